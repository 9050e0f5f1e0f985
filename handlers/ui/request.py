"""What reaches a handler and what it answers: the request, its button, the reply, a whole screen."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import Enum, auto
from typing import Any, Literal, Self

from sqlmodel import Session

from handlers.ui.words import LABEL_MAX, _, clip, esc, shorten
from sop_flows.core.notices import CaseHidden, Notice, RecordsHidden, to_payload
from sop_flows.core.work import Institution, Work, case_of
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.responsibility import find_task, may_see, may_see_task, refuse_shut
from storage.tables import Account, Case, Cohort, Officer, Reminder, Run, Task

# --- what a handler answers -------------------------------------------------------------------------------------


Style = Literal["success", "danger", "primary"]


@dataclass(frozen=True)
class Button:
    """One inline button: its text and the packed callback data (or a link)."""

    text: str
    data: str = ""
    style: Style | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Say:
    """A new message to the officer who acted.

    `card` remembers the sent message as the one that the officer's conversation edits in place.
    `menu` is a reply keyboard: rows of words; an empty tuple leaves the present one.
    `hides` is a notice, as it is stored, that takes the place of the message after the minutes of the pack.
    """

    text: str
    keyboard: Keyboard = ()
    menu: tuple[tuple[str, ...], ...] = ()
    protect: bool = False
    card: bool = False
    hides: dict[str, Any] | None = None
    silent: bool = False  # it comes without a sound
    what: Literal["say"] = "say"


@dataclass(frozen=True)
class Edit:
    """Change a message in place; None means the message whose button was tapped.

    When the message is gone, it is said anew, unless `in_place`. `card` and `hides` as in Say.
    """

    text: str
    keyboard: Keyboard = ()
    message_id: int | None = None
    protect: bool = False
    card: bool = False
    hides: dict[str, Any] | None = None
    in_place: bool = False
    what: Literal["edit"] = "edit"


@dataclass(frozen=True)
class Toast:
    """The short answer to a tap, shown over the chat; `alert` has to be closed by hand."""

    text: str = ""
    alert: bool = False
    what: Literal["toast"] = "toast"


@dataclass(frozen=True)
class Delete:
    """Remove a message, typed by the officer or ours (Telegram allows it for 48 hours)."""

    message_id: int
    what: Literal["delete"] = "delete"


@dataclass(frozen=True)
class SendFile:
    """A picture or document made after the commit by a named maker in `bot/file_makers.py` from plain arguments."""

    maker: str
    arguments: dict[str, Any]
    caption: str = ""
    filename: str = "pandu.png"
    photo: bool = True
    protect: bool = True
    hides: dict[str, Any] | None = None
    silent: bool = False
    what: Literal["file"] = "file"


@dataclass(frozen=True)
class SendPin:
    """A place on the map, in degrees."""

    latitude: float
    longitude: float
    protect: bool = True
    hides: dict[str, Any] | None = None
    what: Literal["pin"] = "pin"


@dataclass(frozen=True)
class SetCommands:
    """The command menu of this chat: (command, description) pairs."""

    commands: tuple[tuple[str, str], ...]
    what: Literal["commands"] = "commands"


@dataclass(frozen=True)
class LeaveChat:
    """Leave the group after what was said."""

    what: Literal["leave"] = "leave"


Action = Say | Edit | Toast | Delete | SendFile | SendPin | SetCommands | LeaveChat


@dataclass(frozen=True)
class Reply:
    """Actions in the order in which they are carried out. An empty reply is allowed (a stranger's second word)."""

    actions: tuple[Action, ...] = field(default=())

    def and_then(self, *more: Action) -> "Reply":
        """This reply with further actions at its end."""
        return Reply(self.actions + more)


def reply(*actions: Action) -> Reply:
    """A reply of these actions."""
    return Reply(actions)


@dataclass(frozen=True)
class Push:
    """A message that comes by itself, and the reminders that it tells."""

    rows: tuple[Reminder, ...]
    reply: Reply


def hiding(answer: Reply, notice: Notice) -> Reply:
    """The reply; what it shows is hidden again after the minutes of the pack: a phone may lie open on a table."""
    hides = to_payload(notice)
    hidden = (Say, Edit, SendFile, SendPin)
    return Reply(
        tuple(replace(one, hides=hides) if isinstance(one, hidden) else one for one in answer.actions)
    )


def hiding_records(answer: Reply, task: Task) -> Reply:
    """The reply, which shows what was recorded at a step: of a case or of one child it is hidden again."""
    if task.case_id is not None:
        return hiding(answer, CaseHidden(case=task.case_id))
    return answer if task.child_id is None else hiding(answer, RecordsHidden(child=task.child_id))


def to_rows(answer: Reply) -> list[dict[str, Any]]:
    """As JSON-ready rows, for the inbox."""
    return [asdict(action) for action in answer.actions]


_KINDS: dict[str, type[Any]] = {
    "say": Say,
    "edit": Edit,
    "toast": Toast,
    "delete": Delete,
    "file": SendFile,
    "pin": SendPin,
    "commands": SetCommands,
    "leave": LeaveChat,
}


def from_rows(rows: list[dict[str, Any]]) -> Reply:
    """The reply that `to_rows` stored."""
    actions: list[Action] = []
    for row in rows:
        values = dict(row)
        if "keyboard" in values:
            values["keyboard"] = tuple(tuple(Button(**b) for b in line) for line in values["keyboard"])
        if "menu" in values:
            values["menu"] = tuple(tuple(line) for line in values["menu"])
        if "commands" in values:
            values["commands"] = tuple((name, text) for name, text in values["commands"])
        actions.append(_KINDS[values["what"]](**values))
    return Reply(tuple(actions))


# --- callback data ----------------------------------------------------------------------------------------------
# The shape is `1.verb.a.b.c~word`. It is user input: a forged one meets the same checks as any other.


VERSION = 1
MAX_BYTES = 64  # Telegram's limit for callback data
OPENS = ("task_open", "visit_open", "weigh_start", "roll_open")  # verbs whose first number is a task
OF_CARD = "task_snooze"  # stands on every card of an own open task; its numbers are the task and a child
OF_ANOTHER = "book_open"  # stands on the card of a colleague's; its second number is the task
_SHAPE = re.compile(r"1\.([a-z_]{1,24})((?:\.-?\d{1,18})*)(?:~([^~]{0,40}))?")


class ButtonError(ValueError):
    """Callback data that this bot never made, or of a version it no longer knows."""


@dataclass(frozen=True)
class Press:
    """What a button means: a verb (the route), its numbers, a word."""

    verb: str
    numbers: tuple[int, ...] = ()
    word: str = ""

    def number(self, position: int) -> int:
        """The number at `position`. Raises ButtonError when the data is too short: it was forged."""
        try:
            return self.numbers[position]
        except IndexError as error:
            raise ButtonError(f"{self.verb} has no number {position}") from error


def pack(verb: str, *numbers: int, word: str = "") -> str:
    """Callback data for a button.

    Raises:
        ButtonError: it would not fit in 64 bytes, or would not parse back.
    """
    data = ".".join([str(VERSION), verb, *map(str, numbers)]) + (f"~{word}" if word else "")
    if len(data.encode()) > MAX_BYTES or _SHAPE.fullmatch(data) is None:
        raise ButtonError(f"not fit for a button: {data}")
    return data


def parse(data: str) -> Press:
    """The press that `pack` made. Raises ButtonError on anything else."""
    match = _SHAPE.fullmatch(data)
    if match is None or len(data.encode()) > MAX_BYTES:
        raise ButtonError("not a button of ours")
    verb, numbers, word = match.groups()
    return Press(verb, tuple(int(n) for n in numbers.split(".")[1:]) if numbers else (), word or "")


@dataclass(frozen=True)
class Shown:
    """What stood on the phone.

    Attributes:
        lines: task ids by the number of their line; empty when it was no list.
        card: task and child (or 0) of the card; None when it was none, or several.
    """

    lines: dict[int, int]
    card: tuple[int, int] | None

    def as_json(self, at: datetime) -> dict[str, Any]:
        """To be stored. `at`: Telegram's own date of the message."""
        return {
            "at": at.isoformat(),
            "lines": [[number, task] for number, task in self.lines.items()],
            "card": None if self.card is None else list(self.card),
        }

    @classmethod
    def of_json(cls, row: dict[str, Any]) -> Self:
        """What was stored."""
        card = row.get("card")
        return cls(dict(row.get("lines") or ()), None if card is None else (card[0], card[1]))


def shown_by(actions: Sequence[Action]) -> Shown | None:
    """What the last message of these shows of tasks, if anything."""
    keyboards = [one.keyboard for one in actions if isinstance(one, Say | Edit) and one.keyboard]
    if not keyboards:
        return None
    pressed = list(_presses(keyboards[-1]))
    lines = {
        int(text): press.numbers[0] for text, press in pressed if text.isdecimal() and press.verb in OPENS
    }
    cards = {(press.numbers[0], (*press.numbers, 0)[1]) for _text, press in pressed if press.verb == OF_CARD}
    cards = cards or {
        (press.numbers[1], 0) for _text, press in pressed if press.verb == OF_ANOTHER and press.numbers[1:]
    }
    card = cards.pop() if len(cards) == 1 and not lines else None
    return None if card is None and not lines else Shown(lines, card)


def _presses(keyboard: Keyboard) -> Iterator[tuple[str, Press]]:
    for one in (button for row in keyboard for button in row):
        try:
            press = parse(one.data)
        except ButtonError:
            continue
        if press.numbers:
            yield one.text, press


# --- what reaches a handler -------------------------------------------------------------------------------------


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


Failed = Literal["", "large", "lost", "pixels", "broken", "locked"]  # why what was sent is not there


@dataclass(frozen=True)
class SentFile:
    """A file that the gate has downloaded, decrypted in memory; the handler stores it."""

    content: bytes
    mime: str
    name: str
    photo: bool
    seconds: int = 0  # of a voice message


@dataclass(frozen=True)
class Request:
    """One update, read. `officer` is None for a stranger.

    `work` is what the rules work with: the transaction, the institution, the time, the officer.
    `download_failed` is set when something was sent and could not be fetched: "large" is more than a bot can fetch,
    "lost" may come through the next time; or it was, and is not kept: a picture of too many "pixels", a "broken" one, a
    paper that is "locked" with a password.
    `unasked` holds the officer when it was found that there is no conversation: that is asked by every part of a tap.
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
    download_failed: Failed = ""
    message_sent_at: datetime | None = None  # when Telegram got the typed message
    is_group: bool = False
    is_forward: bool = False
    is_edit: bool = False
    kind: str = "text"  # text, command, button, photo, document, voice, location, sticker, other
    unasked: set[int] = field(default_factory=set, compare=False, repr=False)

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


# --- showing a screen -------------------------------------------------------------------------------------------


TICKED_MAX = LABEL_MAX - 2  # characters of a choice behind its tick
PICKS_MAX = 6  # numbers in a row: each is wide enough for a thumb


def screen(request: Request, text: str, keyboard: Keyboard = (), *, card: bool = False) -> Reply:
    """One screen with protected content: any of them may come to hold a child's data by a later edit."""
    if request.press is not None:
        return reply(Edit(clip(text), keyboard, protect=True, card=card))
    return reply(Say(clip(text), keyboard, protect=True, card=card))


def hidden_words(request: Request) -> str:
    """What stands under a screen that is hidden again."""
    return _("Who looks at this is recorded. It is hidden again after {minutes} minutes.").format(
        minutes=request.institution.pack.unit.access.hide_minutes
    )


def who(request: Request) -> Officer:
    """The officer who came. Raises NotPermittedError for a stranger (a route that let one in)."""
    if request.officer is None:
        raise NotPermittedError("officer")
    return request.officer


def further(request: Request, position: int) -> int:
    """A further number of the button (a page, mostly), 0 when it has none."""
    given = request.press.numbers if request.press is not None else ()
    return given[position] if len(given) > position else 0


def pressed(request: Request, position: int = 0) -> int:
    """A number of the button that was tapped. Raises ButtonError when it has none (forged)."""
    if request.press is None:
        raise ButtonError("no button")
    return request.press.number(position)


def pressed_day(request: Request, position: int = 1) -> date:
    """A day of the button that was tapped. Raises ButtonError when the number is no day (forged)."""
    try:
        return date.fromordinal(pressed(request, position))
    except (ValueError, OverflowError) as error:
        raise ButtonError("no day") from error


def task_of(request: Request, task_id: int) -> Task:
    """The task, for an officer who may look at it: a guru sees only the own angkatan, and a case only who has a
    step of it or knows the child.

    Raises NotFoundError, NotPermittedError, CohortShutError.
    """
    task = find_task(request.session, task_id)
    case = case_of(request.session, task)
    if case is not None:
        if not may_see_task(request.work, who(request), task, case):
            raise NotPermittedError("case")
    else:
        refuse_shut(request.work, task.cohort_id)
        if not may_see(request.work, who(request), task.cohort_id or 0):
            raise NotPermittedError("own cohort")
    return task


def cohort_of(request: Request, cohort_id: int) -> Cohort:
    """The cohort, for an officer who may see it: a guru sees only the own one.

    Raises NotFoundError, NotPermittedError, CohortShutError.
    """
    cohort = request.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFoundError
    refuse_shut(request.work, cohort_id)
    if not may_see(request.work, who(request), cohort_id):
        raise NotPermittedError("own cohort")
    return cohort


def word(request: Request) -> str:
    """The word of the button that was tapped, "" without one."""
    return request.press.word if request.press is not None else ""


def button(text: str, verb: str, *numbers: int, tag: str = "", style: Style | None = None) -> Button:
    """A button that does `verb`; a name that is too long for it is cut here, so that no phone cuts it anywhere."""
    label = text if len(text) <= LABEL_MAX else shorten(text, LABEL_MAX)
    return Button(label, pack(verb, *numbers, word=tag), style)


def ticked(words: str, on: bool) -> str:
    """The label of a choice with its tick."""
    mark = "☑" if on else "☐"
    return f"{mark} {words}" if len(words) <= TICKED_MAX else f"{mark}{words}"


def rows(buttons: list[Button], width: int = 2) -> Keyboard:
    """The buttons in rows of `width`."""
    return tuple(tuple(buttons[i : i + width]) for i in range(0, len(buttons), width))


def picks_in_rows(picks: list[Button], most: int = PICKS_MAX) -> Keyboard:
    """Numbers to tap, in even rows that are large enough for a thumb."""
    count = -(-len(picks) // most)
    return rows(picks, -(-len(picks) // count)) if picks else ()


def in_words(choices: Sequence[str], room: int = LABEL_MAX) -> tuple[list[str], list[str]]:
    """Choices whose words may be too long for a button: the lines (HTML) that say those, and the label of each.

    Args:
        room: characters of a label; TICKED_MAX where a tick stands before it.
    """
    lines: list[str] = []
    labels: list[str] = []
    for choice in choices:
        if len(choice) > room:
            lines.append(f"{len(lines) + 1}. {esc(choice)}")
        labels.append(choice if len(choice) <= room else str(len(lines)))
    return lines, labels


def turning(
    page: int, is_more: bool, to: Callable[[str, int], Button], *, short: bool = False
) -> list[Button]:
    """The buttons to the pages beside this one, as far as there are any.

    Args:
        page: from 0.
        is_more: there are pages behind it.
        to: the button with this text to that page.
        short: under a list with buttons by number.
    """
    back, on = ("‹", "›") if short else (_("‹ Previous"), _("Next ›"))
    return [*([to(back, page - 1)] if page > 0 else []), *([to(on, page + 1)] if is_more else [])]


def numbers(verb: str, ids: list[int], first: int = 1, *, way_back: tuple[int, ...] = ()) -> Keyboard:
    """Buttons 1, 2, 3 … for the numbered lines of a list; `way_back` are further numbers, of where they stand."""
    return as_numbers([button("", verb, one, *way_back) for one in ids], first)


def as_numbers(opens: Sequence[Button], first: int = 1, *, way_back: tuple[int, ...] = ()) -> Keyboard:
    """Buttons 1, 2, 3 … that do what these do; those that open a card with a `way_back`."""
    leading = [_leading_back(one, way_back) if way_back else one for one in opens]
    return picks_in_rows([replace(one, text=str(n)) for n, one in enumerate(leading, start=first)])


def _leading_back(opens: Button, way_back: tuple[int, ...]) -> Button:
    press = parse(opens.data)
    if press.verb != "task_open":
        return opens
    return replace(opens, data=pack(press.verb, *press.numbers, *way_back))


def to_list() -> Button:
    """Back to the officer's tasks."""
    return button(_("My tasks"), "task_list")


def to_task(task_id: int) -> Button:
    """Back to the card of a task."""
    return button(_("‹ Back"), "task_open", task_id)
