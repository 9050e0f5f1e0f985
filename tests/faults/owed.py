"""What must arrive, by arithmetic of its own: nothing here is asked of Pandu's planning, calendar or pack reader.

The list contains, for each day lived:
- for every post the morning list at 07.30, each day (posts work every day, and each day has its thing);
- for every post the push at 16.00, when the thing of that day is due: things[0] on the day of arrival and on every
  second day after it, things[1] on the days between; as with the weigh-ins the one on the day of arrival is "ke-1",
  so that things[0] begins with "ke-1" and things[1], which has no first day, with "ke-2";
- for Ani, who never does the first two steps of SOP 9.2.15 (due the day after the arrival), the morning list from the
  2nd of December on, and in it the weigh-ins of days 10, 20 and 30, the day before and on the day itself: typed by hand;
- what the phones were promised by "Saya ingatkan lagi ...": that hour, to the minute.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.faults.house import ARRIVAL, posts

WITA = ZoneInfo("Asia/Makassar")
MORNING, DUE = time(7, 30), time(16, 0)
# Kills and outages make it late; the clock waits for the bot. What comes into the quiet hours so is said at 06.00.
LATEST = timedelta(hours=14)
NURSE = "Ani"
WEIGH_INS = (  # day of December, and what its list says
    (10, "Timbang berat badan ke-2"), (11, "Timbang berat badan ke-2"),
    (20, "Timbang berat badan ke-3"), (21, "Timbang berat badan ke-3"),
    (30, "Timbang berat badan ke-4"),
)  # fmt: skip
PROMISE = re.compile(r"Saya ingatkan lagi (hari ini|besok|[^,]+), (\d\d)\.(\d\d)\.")


@dataclass(frozen=True)
class Owed:
    """One reminder: to whom, when, and words that only it says."""

    name: str
    at: datetime
    words: str
    kind: str  # "digest", "due", "snooze", or "lead" for what stands in a morning list

    @property
    def until(self) -> datetime:
        return self.at + LATEST


def expected(days: int) -> tuple[Owed, ...]:
    """Everything owed on so many days from the arrival on."""
    found = []
    for day in range(days):
        on = ARRIVAL + timedelta(days=day)
        for post in posts():
            found.append(Owed(post.name, _at(on, MORNING), f"Selamat pagi, {post.name}.", "digest"))
            thing = f"{post.things[day % 2]} ke-{day // 2 + 1 + day % 2}"
            found.append(Owed(post.name, _at(on, DUE), f"{thing} · terlambat", "due"))
        if day > 0:
            found.append(Owed(NURSE, _at(on, MORNING), f"Selamat pagi, {NURSE}.", "digest"))
        for number, words in WEIGH_INS:
            if on == date(2026, 12, number):
                found.append(Owed(NURSE, _at(on, MORNING), words, "lead"))
    return tuple(found)


def promised(name: str, thing: str, text: str, shown_at: datetime) -> Owed | None:
    """What the phone of `name` was promised by this screen."""
    said = PROMISE.search(text)
    if said is None:
        return None
    on = shown_at.astimezone(WITA).date()
    if said[1] == "besok":
        on += timedelta(days=1)
    elif said[1] != "hari ini":
        raise AssertionError(f"a day that is not understood: {text}")
    at = _at(on, time(int(said[2]), int(said[3])))
    return Owed(name, at, thing, "snooze")


def _at(on: date, clock: time) -> datetime:
    return datetime.combine(on, clock, WITA)
