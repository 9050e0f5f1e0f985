"""What reaches a handler: who came, with what, in which transaction, at what time."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from sqlmodel import Session

from handlers.ui.buttons import Press
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from storage.tables import Account, Case, Officer, Run, Task


class About(Enum):
    """What the first number of a button is; of a question, the task it is asked about or the `case` of its draft.

    So it is known of every route whether it concerns a shelter case: see `subject_of`.
    """

    NOTHING = auto()  # no case: children and dates of an angkatan, officers, the handbook, lists of one's own
    TASK = auto()
    CARD = auto()  # a task, by a button on its card: a refusal may stand in place of the card
    RUN = auto()  # a run of an SOP
    CASE = auto()  # a case, for whoever knows the child
    CASE_PART = auto()  # a case, also for whoever has an open step of it
    CASES = auto()  # cases, but none by its number: a list, one that is being opened
    AMONG_OTHERS = auto()  # the same, among other things: what leads to one asks by itself whether it is shut
    QUESTION = auto()  # none: the button or words are about what was asked


@dataclass(frozen=True)
class SentFile:
    """A file that the gate has downloaded, decrypted in memory; the handler stores it."""

    content: bytes
    mime: str
    name: str
    photo: bool


@dataclass(frozen=True)
class Request:
    """One update, read. `officer` is None for a stranger.

    `work` is what the rules work with: the transaction, the institution, the time, the officer.
    `download_failed` is set when something was sent and could not be fetched: ask for it again.
    """

    work: Work
    chat_id: int
    chat_key: str
    phone: Account | None = None  # of the officer; None for a stranger
    message_id: int | None = None  # the message typed, or the one whose button was tapped
    text: str | None = None
    press: Press | None = None
    file: SentFile | None = None
    location: tuple[float, float] | None = None  # latitude, longitude in degrees
    download_failed: bool = False
    message_sent_at: datetime | None = None  # when Telegram got the typed message
    is_group: bool = False
    is_forward: bool = False
    is_edit: bool = False
    kind: str = "text"  # text, command, button, photo, document, location, sticker, other

    @property
    def session(self) -> Session:
        """The transaction of this update."""
        return self.work.session

    @property
    def institution(self) -> Institution:
        """What the rules need and that does not change: pack, office hours, file cabinet."""
        return self.work.institution

    @property
    def now(self) -> datetime:
        """When the update is handled, aware UTC."""
        return self.work.now

    @property
    def today(self) -> date:
        """The local date on which it was typed or tapped; "kemarin" is counted from it."""
        return self.work.today

    @property
    def officer(self) -> Officer | None:
        """Who came; None for a stranger."""
        return self.work.actor


ABOUT_CASES = (About.CASES, About.AMONG_OTHERS)


@dataclass(frozen=True)
class Subject:
    """What a button, command or answer is about, looked up; `case` is the one that it concerns.

    Attributes:
        about: what the route was declared to be about.
        for_part: it is for whoever has an open step of the case, too.
        is_gone: there is nothing of that number, or never was.
    """

    about: About
    task: Task | None = None
    run: Run | None = None
    case: Case | None = None
    for_part: bool = False
    is_gone: bool = False

    @property
    def is_confidential(self) -> bool:
        """Whether a case is concerned."""
        return self.case is not None or self.about in ABOUT_CASES
