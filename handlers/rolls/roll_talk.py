"""Where an officer is in a roll: whose card is shown and what is being asked. A row, so a restart goes on there."""

from copy import deepcopy
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from handlers.ui import conversation
from handlers.ui.request import Delete, Edit, Keyboard, Reply, Request, Say, reply, who
from handlers.ui.words import clip
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.recording.roll_call import Roll, lock_roll
from sop_flows.staffing.responsibility import log_read
from storage.tables import Conversation

WEIGH_IN = "weigh_in"  # topic: the next words are weights
ROLL = "roll"  # topic: the next words answer a roll's form
ASLEEP = timedelta(hours=6)  # a shift; words after it are not taken for an answer without asking


@dataclass
class Talk:
    """The draft of a roll's conversation. Everything in it becomes JSON.

    Attributes:
        child_id: the child whose card is shown; 0: none.
        asks: "" (the child's value), "doubt", "replace", "reason", "rest", "preview", "fix", "flags", "day",
            "absent" (who of the school of `child_id` did not come).
        said: the line above the card (HTML): what was just recorded.
        doubts: [child id, grams] that are asked back about, the first one now.
        typed_on: the day on which the weights that are asked back about were typed (ISO): that is theirs.
        resume: the number to go back to when all doubts about a message by number are answered; 0: none.
        reason_for: "skip" or "put_off", while `asks` is "reason".
        last_g, last_at: the last bare weight of this officer and when (ISO).
        fixing: the child shown has something recorded, and the card said that it can be replaced.
        flag: the form's flag as toggled for the child shown.
        offered: proposed values of the child shown, recorded by one tap.
        preview: proposed values of all children by child id (as text: JSON keys), until accepted.
        answered: something was recorded since the roll was opened.
        day: the date of the work (ISO) when the officer said that it was not today.
        picked: numbers marked for the nurse since the screen was opened; of a roll-call, of those who did not come.
        cut_at: when a text came that Telegram has cut (ISO): the next piece is no answer.
        parts: what the line typed last had of the form, by field: only what is missing is asked then.
        ticked: of a question with several choices, those ticked so far for the child shown.
    """

    child_id: int = 0
    asks: str = ""
    said: str = ""
    doubts: list[list[int]] = field(default_factory=list)
    reason_for: str = ""
    last_g: int = 0
    last_at: str = ""
    typed_on: str = ""
    resume: int = 0
    flag: bool = False
    fixing: bool = False
    offered: dict[str, Any] = field(default_factory=dict)
    preview: dict[str, dict[str, Any]] = field(default_factory=dict)
    picked: list[int] = field(default_factory=list)
    ticked: list[str] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)
    cut_at: str = ""
    day: str = ""
    answered: bool = False

    @property
    def worked_on(self) -> date | None:
        """The date of the work that the officer gave; None: the roll's own, which is today."""
        return date.fromisoformat(self.day) if self.day else None

    def turn_to(self, child_id: int, said: str = "") -> None:
        """Show this child's card next, with `said` above it."""
        self.child_id = child_id
        self.asks = ""
        self.said = said
        self.flag = self.fixing = False
        self.offered = {}
        self.parts = {}
        self.ticked = []
        self.reason_for = ""


def topic_of(roll: Roll) -> str:
    """Which handler reads the next words."""
    return WEIGH_IN if roll.is_weighing else ROLL


def talk_about(request: Request, task_id: int) -> Talk:
    """The officer's talk about this roll as it stands; a fresh one when something else is being asked."""
    row = conversation.current(request)
    if row is None or row.task_id != task_id or row.topic not in (WEIGH_IN, ROLL):
        return Talk()
    known = {one.name for one in fields(Talk)}
    # A copy all the way down: what is changed inside the row's own value is not noticed as a change.
    draft = deepcopy(conversation.draft_of(row))
    return Talk(**{key: value for key, value in draft.items() if key in known})


def roll_asked(request: Request, topic: str) -> tuple[Conversation, Roll, Talk] | None:
    """What the words are for, locked; None and asked no more: withdrawn, or no longer this officer's."""
    row = conversation.current(request)
    if row is None or row.task_id is None:
        return None
    try:
        roll = lock_roll(request.work, who(request), row.task_id)
    except (NotFoundError, NotYoursError):
        conversation.end(request, topic)
        return None
    return row, roll, talk_about(request, roll.task_id)


def show(
    request: Request,
    roll: Roll,
    talk: Talk,
    text: str,
    keyboard: Keyboard,
    *,
    anew: bool = False,
    last: bool = False,
) -> Reply:
    """Keep the talk and show its card, changed in place so that it stays the last message.

    Args:
        anew: say it as a new message: the officer has just come here from another screen.
        last: nothing is asked any more; the talk ends with this card.
    """
    row = conversation.ask(request, topic_of(roll), asdict(talk), roll.task_id)
    card_id = row.card_message_id
    if last:
        conversation.end(request, topic_of(roll))
    text = clip(text)
    if request.press is not None:
        if anew or (card_id is not None and card_id != request.message_id):
            return reply(Say(text, keyboard, protect=True, card=not last))
        return reply(Edit(text, keyboard, protect=True, card=not last))
    answer = (
        Say(text, keyboard, protect=True, card=not last)
        if anew or card_id is None
        else Edit(text, keyboard, message_id=card_id, protect=True, card=not last)
    )
    typed = request.message_id if request.kind == "text" and not anew else None
    return reply(answer, Delete(typed)) if typed is not None else reply(answer)


def note_reading(request: Request, roll: Roll, child_id: int | None = None) -> None:
    """Write down that the officer looks at children's data (UU 27/2022)."""
    screen = f"roll {roll.task.sop}/{roll.task.step}"
    log_read(request.work, screen, child_id=child_id)


def has_slept(request: Request, row: Conversation) -> bool:
    """Whether the card was left so long ago that new words may be meant for something else."""
    return request.now - row.updated_at > ASLEEP


def repeats_last(request: Request, talk: Talk, weight_g: int, seconds: int) -> bool:
    """Whether the same bare weight came twice within `seconds`: a double send, or twins?"""
    if not talk.last_at or talk.last_g != weight_g:
        return False
    sent_at = request.message_sent_at or request.now
    return abs((sent_at - datetime.fromisoformat(talk.last_at)).total_seconds()) <= seconds
