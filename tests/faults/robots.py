"""Officers at their phones: they tap what comes, change their minds, tap twice, and type in between."""

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulator.phones import Phone
from simulator.state import Message, Tap
from tests.faults.house import CHILDREN, posts
from tests.faults.owed import NURSE, WITA, Owed, promised
from tests.faults.telegram import Telegram

WORDS = ("/tugas", "/kapan", "/pengingat", "/bantuan", "Tugas saya")
WAYS = (  # what one does with a push, one button after the other
    ("Selesai",),
    ("Selesai",),
    ("Ingatkan lagi", "1 jam"),
    ("Buka", "Hambatan", "Hujan", "Buka", "Selesai"),
)
THING = re.compile(r"(Periksa \w+ (?:pagi|lagi) ke-\d+) · terlambat")
AT_WORK = 0.7  # of the glances, at a phone on which something is to be done
TALKS = 0.6  # of the other glances
TWICE = 0.2  # of the taps on Selesai
DAY_FROM, DAY_UNTIL = 6, 18  # hours in which something is put off by an hour
LINES = "\n".join(f"{number} {20 + number},5" for number in range(1, CHILDREN + 1))
PATIENCE = 60  # looks at a screen that does not offer what was wanted


@dataclass(frozen=True)
class Sent:
    """One thing done on a phone, and the number of the update that tells the bot."""

    update_id: int
    name: str
    what: str
    tap: Tap | None = None
    task_id: int | None = None


@dataclass
class _Plan:
    """Buttons still to be tapped on one message."""

    message: Message
    thing: str
    labels: list[str]
    looked: int = 0
    revision: int = -1  # of the message when it was tapped last: wait until it has changed


@dataclass
class Robot:
    """One officer."""

    phone: Phone
    plans: list[_Plan] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)  # messages


class Nurse:
    """Ani weighs when her list says so: one message with a line for each child. Nothing else is hers to do."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self._seen: set[int] = set()
        self._asked = False

    def says(self) -> str | None:
        """What she types next."""
        for message in self.phone.received:
            if message.id not in self._seen and "Selamat pagi" in message.text:
                self._seen.add(message.id)
                if any(label.startswith("Mulai") for label in self.phone.labels(message)):
                    self._asked = True
                    return "/timbang"
        newest = self.phone.received[-1] if self.phone.received else None
        if self._asked and newest is not None and "No. 001" in newest.text:
            self._asked = False
            return LINES
        return None


class Robots:
    """All officers. `acts` once for every glance at a phone."""

    def __init__(self, telegram: Telegram, random: random.Random) -> None:
        self._telegram = telegram
        self._random = random
        self._robots = [Robot(telegram.world.phone(post.name)) for post in posts()]
        self._nurse = Nurse(telegram.world.phone(NURSE))
        self.sent: list[Sent] = []
        self.promises: list[Owed] = []
        self.void: set[Owed] = set()  # promises that the officer made void: done before, or put off anew

    def acts(self) -> None:
        """Somebody looks at the phone."""
        with self._telegram.world.lock:
            said = self._nurse.says()
            if said is not None:
                self._types(self._nurse, said)
            for robot in self._robots:
                self._looks(robot)
            busy = [robot for robot in self._robots if robot.plans]
            is_busy = bool(busy) and self._random.random() < AT_WORK
            robot = self._random.choice(busy if is_busy else self._robots)
            if not self._goes_on(robot) and not is_busy and self._random.random() < TALKS:
                self._types(robot, self._random.choice(WORDS))

    def ends(self) -> None:
        """The last evening: nobody taps any more, but what is promised by then counts."""
        with self._telegram.world.lock:
            for robot in self._robots:
                for plan in robot.plans:
                    self._notes_promise(robot, plan)
                robot.plans.clear()

    def _looks(self, robot: Robot) -> None:
        for message in robot.phone.received:
            if message.id in robot.seen:
                continue
            robot.seen.add(message.id)
            thing = THING.search(message.text)
            if thing is None or "Selesai" not in robot.phone.labels(message):
                continue
            again = any(
                promise.name == robot.phone.name and promise.words == thing[1] for promise in self.promises
            )
            way = ("Selesai",) if again else self._random.choice(WAYS)
            robot.plans.append(_Plan(message, thing[1], list(way)))

    def _goes_on(self, robot: Robot) -> bool:
        if not robot.plans:
            return False
        plan = robot.plans[0]
        if plan.message.revision == plan.revision:
            return False
        self._notes_promise(robot, plan)
        if not plan.labels:
            robot.plans.pop(0)
            return False
        label = plan.labels[0]
        if label == "1 jam" and not self._is_day():
            return False
        if label not in robot.phone.labels(plan.message):
            plan.looked += 1
            if plan.looked > PATIENCE:
                robot.plans.pop(0)
            return False
        plan.labels.pop(0)
        plan.revision = plan.message.revision
        self._taps(robot, plan.message, label)
        if label == "Selesai":
            self._makes_void(plan)
        if label == "Selesai" and self._random.random() < TWICE:
            self._taps(robot, plan.message, label)
        return True

    def _is_day(self) -> bool:
        """Far enough from midnight for "hari ini" to be still today when it is read."""
        return DAY_FROM <= self._telegram.clock.now().astimezone(WITA).hour < DAY_UNTIL

    def _notes_promise(self, robot: Robot, plan: _Plan) -> None:
        shown_at = datetime.fromtimestamp(plan.message.edit_date or plan.message.date, UTC)
        owed = promised(robot.phone.name, plan.thing, plan.message.text, shown_at)
        if owed is not None and owed not in self.promises:
            self._makes_void(plan)
            self.promises.append(owed)

    def _makes_void(self, plan: _Plan) -> None:
        """What was promised of this thing for later than this message (a push that came twice) is not owed any more."""
        name = self._telegram.world.accounts[plan.message.chat_id].name
        self.void |= {
            one
            for one in self.promises
            if (one.name, one.words) == (name, plan.thing) and plan.message.date < one.at.timestamp()
        }

    def _taps(self, robot: Robot, message: Message, label: str) -> None:
        button = next(one for row in message.inline_rows for one in row if one["text"] == label)
        number = self._telegram.world.updates.next_id
        tap = robot.phone.presses(message, button)
        assert isinstance(tap, Tap)
        task = re.search(r"\.(\d+)", tap.data.partition("task_")[2])
        task_id = int(task[1]) if task else None
        self.sent.append(Sent(number, robot.phone.name, label, tap, task_id))

    def _types(self, robot: Robot | Nurse, text: str) -> None:
        number = self._telegram.world.updates.next_id
        robot.phone.types(text)
        self.sent.append(Sent(number, robot.phone.name, text))
