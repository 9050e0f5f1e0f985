"""What officers do in the benchmarks: by one phone and by twenty, so that it can be done again and again."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.house import CHILDREN, FIRST_GURU, GURU_CHATS, STAFF_CHATS, open_task
from benchmarks.stand import Act, Burst, Stand

A_SECOND = 10.0  # well below Telegram's 30 messages a second, which Pandu keeps to
ONE, MANY = 1, 20  # phones
ACTS = 20  # of one kind in one round
PAIRS = 6  # of one phone: Selesai and Urungkan by turns
LOOK, DURABLE = 2.0, 2.5  # how many times the bare bot they may cost
SIZES = ("9.2.14", 2)  # what is asked for each child: the size of clothes
WEIGHING = ("9.2.15", 4)

DONE, UNDO, OPEN = "1.task_done.", "1.task_undo.", "1.task_open."


@dataclass(frozen=True)
class Kind:
    """One kind of tap.

    Attributes:
        floor: what of the bare bot it is compared with, "tap" or "text".
        goal: times the bare bot.
    """

    name: str
    floor: str
    goal: float


TUGAS = Kind("/tugas", "text", LOOK)
CARD = Kind("a card", "tap", LOOK)
STATUS = Kind("/status", "text", LOOK)
SELESAI = Kind("Selesai", "tap", DURABLE)
URUNGKAN = Kind("Urungkan", "tap", DURABLE)
WEIGHT = Kind("a typed weight", "text", DURABLE)
FORM = Kind("a form's answer", "text", DURABLE)
KINDS = (TUGAS, CARD, STATUS, SELESAI, URUNGKAN, WEIGHT, FORM)
LISTS = Kind("the lists, and the letters", "tap", LOOK)
LIST = Kind("a list", "tap", LOOK)
CHILD = Kind("a child's page", "tap", LOOK)
SEARCH = Kind("a search for a child", "text", LOOK)
READ = (STATUS, LISTS, LIST, CHILD, SEARCH)  # what heads look at most


def gurus(data: str, chats: Sequence[int]) -> list[Act]:
    """Each taps the same button of the own task."""
    return [Act(chat, data=f"{data}{FIRST_GURU + GURU_CHATS.index(chat) + 1}") for chat in chats]


class Officers:
    """Those of the house of `benchmarks.house`, at the stand where Pandu serves them."""

    def __init__(self, stand: Stand, folder: Path) -> None:
        self.stand = stand
        self._sizes = open_task(folder, *SIZES)
        self._weighing = open_task(folder, *WEIGHING)
        self._cards: list[str] = []
        self._children = {WEIGHT: iter(range(1, CHILDREN + 1)), FORM: iter(range(1, CHILDREN + 1))}
        self._opened: set[tuple[Kind, int]] = set()
        self._turn = itertools.count()

    def sit_down(self) -> None:
        """Everybody has the list of tasks on the screen."""
        chats = (*STAFF_CHATS, *GURU_CHATS)
        self.stand.shows_card(chats)
        shown = self.stand.world.phone_of(STAFF_CHATS[0]).last_message
        data = [str(button["callback_data"]) for row in shown.inline_rows for button in row]
        self._cards = [one for one in data if one.startswith(OPEN)]

    def do(self, phones: int, kinds: Sequence[Kind] = KINDS) -> dict[Kind, Burst]:
        """One round of each kind by so many phones."""
        found: dict[Kind, Burst] = {}
        staff = list(itertools.islice(itertools.cycle(STAFF_CHATS[:phones]), ACTS))
        for kind in kinds:
            if kind in (TUGAS, STATUS):
                found[kind] = self.stand.does([Act(chat, words=kind.name) for chat in staff], A_SECOND)
            elif kind is CARD:
                found[kind] = self.stand.does([Act(chat, data=self._card()) for chat in staff], A_SECOND)
            elif kind is SELESAI:
                found |= self._confirm(GURU_CHATS[:phones], PAIRS if phones == ONE else 1)
            elif kind in (LISTS, LIST, CHILD, SEARCH):
                found[kind] = self.stand.does([self._look(kind, chat) for chat in staff], A_SECOND)
            elif kind in (WEIGHT, FORM):
                found[kind] = self._say_of_children(kind, staff[: ACTS // 2])
        return found

    def mixed(self, how_many: int) -> list[Act]:
        """Looks and confirmations by turns, from forty phones."""
        return list(itertools.islice(self.for_ever(), how_many))

    def for_ever(self) -> Iterator[Act]:
        """The same without an end; whoever has confirmed takes it back next."""
        for turn in itertools.count():
            for staff, guru in zip(STAFF_CHATS, GURU_CHATS, strict=True):
                yield Act(staff, data=self._card())
                yield from gurus(UNDO if turn % 2 else DONE, [guru])

    def _card(self) -> str:
        """Another card than the time before: else Telegram says that nothing is modified."""
        return self._cards[next(self._turn) % len(self._cards)]

    def _look(self, kind: Kind, chat: int) -> Act:
        """Each time at something else."""
        turn = next(self._turn)
        child = turn % CHILDREN + 1
        if kind is SEARCH:
            return Act(chat, words=f"/anak contoh {child:02d}")
        if kind is CHILD:
            return Act(chat, data=f"1.child_card.{child}")
        if kind is LIST:
            return Act(chat, data=f"1.roll_list.{self._weighing}.{turn % 2}.{turn // 2 % 3}")
        return Act(chat, data=f"1.{('lists_all', 'letters')[turn % 2]}.1.0")

    def _confirm(self, chats: Sequence[int], pairs: int) -> dict[Kind, Burst]:
        done, undone = Burst(), Burst()
        for _pair in range(pairs):
            done += self.stand.does(gurus(DONE, chats), A_SECOND)
            undone += self.stand.does(gurus(UNDO, chats), A_SECOND)
        return {SELESAI: done, URUNGKAN: undone}

    def _say_of_children(self, kind: Kind, chats: Sequence[int]) -> Burst:
        for chat in set(chats):
            if (kind, chat) not in self._opened:
                start = (
                    Act(chat, words="/timbang")
                    if kind is WEIGHT
                    else Act(chat, data=f"1.roll_open.{self._sizes}")
                )
                self.stand.does([start], A_SECOND)
                self._opened.add((kind, chat))
        words = "{:03d} 24,5" if kind is WEIGHT else "{:03d} M"
        return self.stand.does(
            [Act(chat, words=words.format(next(self._children[kind]))) for chat in chats], A_SECOND
        )


def floor_taps(how_many: int, phones: int = MANY) -> list[Act]:
    """Taps on the card of a bare bot."""
    return [
        Act(chat, data="1.task_done.0")
        for chat in itertools.islice(itertools.cycle(STAFF_CHATS[:phones]), how_many)
    ]


def floors(stand: Stand, phones: int) -> dict[str, Burst]:
    """What the bare bot needs for a tap, and for a message typed."""
    taps = floor_taps(ACTS, phones)
    return {
        "tap": stand.does(taps, A_SECOND),
        "text": stand.does([Act(one.chat, words="/tugas") for one in taps], A_SECOND),
    }
