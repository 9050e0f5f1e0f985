"""The institution that is lived in: posts that have one thing to do each day, and what is asked of nobody else.

Its pack is made here: the unit of Pandu's own with a role for each post, the weigh-ins of SOP 9.2.15 as they are, and
two SOPs a post, for the odd and the even days of the stay.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.institution import Opened, open_institution
from bot.settings import Settings
from simulator.world import World
from sop_flows.actions.cohorts.cohorts import open_cohort
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.actions.people.invitations import Grant, invite
from sop_flows.notifications.planning import working
from sop_flows.packs import find_pack
from tests.support.clocks import wita
from tests.support.database import SECRET

ARRIVAL = date(2026, 12, 1)
OPENED_AT = wita("2026-11-30 12.00")
POSTS = 10
CHILDREN = 4
REAL = ("9.2.15",)

# What a post has to do: words that stand on every message about it and on no other.
THINGS = (
    "Periksa dapur", "Periksa kamar", "Periksa halaman", "Periksa gudang", "Periksa pagar",
    "Periksa lampu", "Periksa air", "Periksa alat", "Periksa buku", "Periksa obat",
)  # fmt: skip

STEP = """
number: "{number}"
title: {short}
program: petirahan
phase: kebutuhan dasar
subject: cohort
clock: kalender
starts:
  - at: arrival
obstacles: [Hujan, Alat rusak]
steps:
  - step: 1
    activity: {short}
    prompt: {short} hari ini.
    short: {short}
    executors: [{role}]
    kind: do
    every: {{days: 2, first_at: {first_at}, until: departure}}
    remind: ["jatuh tempo"]
"""


@dataclass(frozen=True)
class Post:
    """One officer and what is theirs: `things[0]` on the day of arrival and every second day, `things[1]` between."""

    name: str
    role: str
    things: tuple[str, str]


def posts() -> tuple[Post, ...]:
    """Everybody who has something to do each day."""
    return tuple(
        Post(f"Petugas {n:02d}", f"pos{n:02d}", (f"{thing} pagi", f"{thing} lagi"))
        for n, thing in enumerate(THINGS[:POSTS], start=1)
    )


def write_pack(folder: Path) -> Path:
    """The folder of the pack."""
    folder.mkdir()
    ours = find_pack("rppsa_putra_utama")
    unit: dict[str, Any] = yaml.safe_load((ours / "unit.yaml").read_text("utf-8"))
    for post in posts():
        label = f"Pos {post.role[-2:]}"
        unit["roles"][post.role] = {
            "label": label,
            "section_label": label,
            "head": "kepala",
            "works": "every day",
        }
    unit["stand_ins"] = [{"role": "perawat", "acts_for": "penyantunan", "where": ["9.2.15"]}]
    unit["related"].pop("nature_of")
    unit["sop_order"] = ["9.2", "9.3"]
    (folder / "unit.yaml").write_text(yaml.safe_dump(unit, allow_unicode=True, sort_keys=False), "utf-8")
    for number in REAL:
        (folder / f"{number}.yaml").write_text((ours / f"{number}.yaml").read_text("utf-8"), "utf-8")
    for place, post in enumerate(posts()):
        for first_at, short in enumerate(post.things):
            number = f"9.3.{2 * place + first_at + 1:02d}"
            text = STEP.format(number=number, short=short, role=post.role, first_at=first_at)
            (folder / f"{number}.yaml").write_text(text, "utf-8")
    return folder


def settings_of(folder: Path, database_url: str, pack: Path) -> dict[str, str]:
    """The environment of the bot."""
    return {
        "DATABASE_URL": database_url,
        "PANDU_SECRET_KEY": SECRET,
        "PANDU_DATA_DIR": str(folder),
        "PANDU_PACK": str(pack),
        "PANDU_TEST_CLOCK": "1",
        "PANDU_LOG_LEVEL": "WARNING",
    }


def begin(settings: dict[str, str], world: World, departure: date, now: datetime) -> Opened:
    """Open the angkatan, write the invitations, and let everybody send theirs."""
    opened = open_institution(Settings.model_validate(settings), now)
    codes = {}
    with opened.store.transaction() as s, working(s, opened.house, now) as work:
        wayan = invite(work, Grant("Wayan", ("kepala",), ("kepala",), admin=True))
        codes["Wayan"] = wayan.code
        for name, role in (("Ani", "perawat"), *((post.name, post.role) for post in posts())):
            codes[name] = invite(work, Grant(name, (role,))).code
        children = [
            RosterRow(n, f"Anak Rekaan {n}", "L" if n % 2 else "P", "SD Rekaan")
            for n in range(1, CHILDREN + 1)
        ]
        open_cohort(work, "Angkatan I", ARRIVAL, departure, rows=children)
    for name, code in codes.items():
        world.phone(name).starts(code)
    return opened
