"""How the words typed on a roll are read when they came too early: for which child may each of them be?"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers.children.incidents import reports_in, set_aside
from handlers.rolls.roll_talk import Talk, has_slept, talk_about
from handlers.ui import conversation
from handlers.ui.answers import Handler, Place, Question, quoted
from handlers.ui.request import Reply, Request, who
from handlers.ui.words import LABEL_MAX, _, child_code
from sop_flows.errors import NotFoundError, NotYoursError
from sop_flows.recording.roll_call import Roll, find_roll, lock_roll
from sop_flows.staffing.responsibility import log_reads
from storage.queries.children import list_names
from storage.queries.rolls import RollRow
from storage.tables import EntryState

CHOICES_MAX = 6  # children offered for one answer; any other is typed by number
NAMED_MAX = 8  # children named in one proposal; those behind them are numbers
WAITING = ("doubt", "replace", "rest", "preview")  # what a roll may ask beside, to be answered by a tap

Assign = Callable[[Request, Roll, Talk, RollRow], Reply]


class RollQuestion(Question):
    """A roll asks about one child after the other. What a weigh-in does otherwise is in `weigh_typed`.

    Args:
        assign: records the words of the visit for this child; a child that is done is asked about or added to.
    """

    def __init__(self, read: Handler, assign: Assign) -> None:
        super().__init__(read)
        self._record = assign

    def is_plain(self, request: Request) -> bool:
        """Lines by number; and whatever comes when the roll is gone, which `read` says."""
        roll = _find(request)
        return roll is None or self.names_child(request, roll, talk_about(request, roll.task_id))

    def sets_aside(self, request: Request) -> bool:
        """Incidents of children, typed where they can't be an answer."""
        text = (request.text or "").strip()
        if not reports_in(request, text):
            return False
        conv, roll = conversation.current(request), _find(request)
        if conv is None or roll is None or has_slept(request, conv) or self._talk(request).asks == "reason":
            return False
        return self.can_not_be_read(request, roll, text) and set_aside(request, text)

    def can_not_be_read(self, request: Request, roll: Roll, text: str) -> bool:
        """Whether no line of it can be an answer, for any child."""
        raise NotImplementedError

    def names_child(self, request: Request, roll: Roll, talk: Talk) -> bool:
        """Whether the words say themselves which children they are about."""
        raise NotImplementedError

    def can_add(self, roll: Roll) -> bool:
        """Whether words can be added to what is recorded about a child."""
        return False

    def waits(self, request: Request) -> bool:
        """A doubt, or a question with a yes, is answered by a tap first."""
        return self._talk(request).asks in WAITING

    def places(self, request: Request) -> tuple[Place, ...]:
        """The child shown, then the others in the order in which they are asked for."""
        roll = _find(request)
        talk = self._talk(request)
        if roll is None or talk.asks not in ("", "whom", *WAITING):
            return ()
        shown = next((row for row in roll.rows if row.child_id == talk.child_id), None)
        after = shown.number if shown is not None else 0
        following = [row for row in roll.askable if row.number > after]
        following += [row for row in roll.askable if row.number < after]
        if shown is not None:  # also when a colleague has recorded it meanwhile: it was on the phone
            following.insert(0, shown)
        return tuple(_place(row) for row in following)

    def choices(self, request: Request, words: str) -> tuple[Place, ...]:
        """The child recorded last, those the proposal has named, and those who follow."""
        roll = _find(request)
        if roll is None or not self.places(request):
            return super().choices(request, words)
        conv = conversation.current(request)
        named: list[int] = conversation.named(conv) if conv is not None else []
        found = {row.child_id: row for row in roll.rows}
        following = [place.key for place in self.places(request)]
        is_open = [found[key].state == EntryState.OPEN for key in following]
        count = is_open.index(True) + 1 if True in is_open else 1
        open_ones = following[: max(count, len(named))]
        keys = dict.fromkeys(
            [*(place.key for place in self.rests(request, roll.task_id)), *named, *open_ones]
        )
        return tuple(self._choice(roll, found[key]) for key in list(keys)[:CHOICES_MAX] if key in found)

    def rests(self, request: Request, task_id: int) -> tuple[Place, ...]:
        """The child whom this officer recorded last."""
        roll = _find(request, task_id)
        own = [
            row
            for row in (roll.rows if roll is not None else ())
            if row.closed_at is not None
            and row.closed_by_id == who(request).id
            and row.state == EntryState.DONE
        ]
        if roll is None or not own:
            return ()
        last = max(own, key=lambda row: (row.closed_at is not None and row.closed_at.timestamp(), row.number))
        return (self._choice(roll, last),)

    def _choice(self, roll: Roll, row: RollRow) -> Place:
        adds = row.state == EntryState.DONE and self.can_add(roll)
        label = _("Adds to No. {number}") if adds else _("No. {number}")
        return Place(row.child_id, label.format(number=child_code(row.number)))

    def labelled(self, request: Request, places: Sequence[Place]) -> tuple[Place, ...]:
        """The number with the name, as on the cards around it."""
        names = list_names(request.session, [place.key for place in places[:NAMED_MAX]])
        log_reads(request.work, "roll_answers", names)
        return tuple(
            replace(place, label=_with_name(place.label, names.get(place.key, ""))) for place in places
        )

    def sentence(self, request: Request, words: str) -> str:
        """ "“Sering menangis.” untuk siapa?" """
        if not self.places(request):
            return super().sentence(request, words)
        return _("For whom is {words}?").format(words=quoted(words))

    def assign(self, request: Request, key: int) -> Reply:
        """For the child, or as the answer to what is asked beside (a reason, a day)."""
        conv = conversation.current(request)
        if not key or conv is None or conv.task_id is None:
            return self.read(request)
        roll = lock_roll(request.work, who(request), conv.task_id)
        return self._record(request, roll, talk_about(request, roll.task_id), roll.row_of(key))

    def is_done(self, request: Request, key: int) -> bool:
        """Whether the child is recorded and the next one is shown."""
        roll = _find(request)
        return roll is not None and not self._talk(request).asks and roll.row_of(key).state != EntryState.OPEN

    def said(self, request: Request) -> str:
        """What was just recorded."""
        return self._talk(request).said

    def fits(self, request: Request, place: Place, words: str) -> bool:
        """Whether the child has no record yet, or is shown to have another, and the words could be one."""
        roll, talk = _find(request), self._talk(request)
        if roll is None:
            return False
        row = roll.row_of(place.key)
        is_free = row.state == EntryState.OPEN or (talk.fixing and row.child_id == talk.child_id)
        return is_free and self.is_answer(request, roll, row, words)

    def is_answer(self, request: Request, roll: Roll, row: RollRow, words: str) -> bool:
        """Whether the words could be the answer for this child."""
        raise NotImplementedError

    def _talk(self, request: Request) -> Talk:
        conv = conversation.current(request)
        return talk_about(request, conv.task_id) if conv is not None and conv.task_id is not None else Talk()


def _find(request: Request, task_id: int | None = None) -> Roll | None:
    """The roll of the question, to be looked at; None when it is withdrawn or no longer this officer's."""
    conv = conversation.current(request)
    task_id = task_id if task_id is not None else conv.task_id if conv is not None else None
    if task_id is None:
        return None
    try:
        return find_roll(request.work, who(request), task_id)
    except (NotFoundError, NotYoursError):
        return None


def _place(row: RollRow) -> Place:
    return Place(row.child_id, child_code(row.number))


def _with_name(label: str, name: str) -> str:
    """The label with as many words of the name as a button shows whole."""
    words = name.split()
    while words and len(" ".join([label, *words])) > LABEL_MAX:
        words.pop()
    return " ".join([label, *words])
