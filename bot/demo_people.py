"""The invented institution of the demo: officers for every role, an angkatan that arrives today."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, select

from sop_flows.actions.cohorts.cohorts import open_cohort
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.actions.people.invitations import Grant, invite
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.core.institution import House
from sop_flows.declarations.unit import Unit
from storage.tables import Cohort

OPENS = time(8, 0)  # the demo begins in the morning of the arrival
CHILDREN = 60
SCHOOLS = ("SDN 1 Contoh", "SDN 2 Contoh", "SDN 3 Contoh", "SDN 4 Contoh", "SDN 5 Contoh")
COHORT = "Angkatan Contoh"


@dataclass(frozen=True)
class DemoOfficer:
    """Somebody invented. `as_what` stands beside the name in the list of phones."""

    name: str
    as_what: str
    roles: tuple[str, ...]
    heads: tuple[str, ...] = ()
    admin: bool = False

    @property
    def on_phone(self) -> str:
        """The name of the phone."""
        return f"{self.name} · {self.as_what}"


# Of RPPSA "Putra Utama"; another pack gets officers from its own roles, see `demo_officers`.
OFFICERS = (
    DemoOfficer("Ibu Sari Contoh", "TU, admin", ("tu",), ("tu",), admin=True),
    DemoOfficer("Bapak Bayu Contoh", "Kepala", ("kepala",), ("kepala",)),
    DemoOfficer("Ibu Rina Contoh", "Kasi Penyantunan", ("penyantunan",), ("penyantunan",)),
    DemoOfficer("Bapak Dodi Contoh", "Penyantunan", ("penyantunan",)),
    DemoOfficer("Ibu Ani Contoh", "Perawat", ("perawat",)),
    DemoOfficer("Ibu Wulan Contoh", "Kasi Bimbingan", ("bimbingan",), ("bimbingan",)),
    DemoOfficer("Bapak Jaya Contoh", "Bimbingan", ("bimbingan",)),
    DemoOfficer("Ibu Lestari Contoh", "Peksos", ("peksos",), ("peksos",)),
)
GURU = DemoOfficer("Bapak Guntur Contoh", "Guru pendamping", ("guru",))
NAMES = (
    "Ibu Sari",
    "Bapak Bayu",
    "Ibu Rina",
    "Bapak Dodi",
    "Ibu Ani",
    "Bapak Jaya",
    "Ibu Wulan",
    "Bapak Guntur",
)


def demo_officers(unit: Unit) -> tuple[tuple[DemoOfficer, ...], tuple[DemoOfficer, ...]]:
    """Somebody for every role: who is there from the first day, and who comes with the angkatan.

    A role that is its own head has two: the head and a colleague. Who opens angkatan, else the first, is admin.
    """
    if set(unit.roles) == {role for one in (*OFFICERS, GURU) for role in one.roles}:
        return OFFICERS, (GURU,)
    of_one_cohort, opening = unit.roles_that("of_one_cohort"), unit.roles_that("opens_cohorts")
    admin = next((code for code in (*opening, *unit.roles) if code not in of_one_cohort), "")
    there: list[DemoOfficer] = []
    coming: list[DemoOfficer] = []
    for code, role in unit.roles.items():
        as_what = f"{role.label}, admin" if code == admin else role.label
        made = [DemoOfficer(_name(len(there) + len(coming)), as_what, (code,), admin=code == admin)]
        if role.head == code:
            head = DemoOfficer(_name(len(there) + len(coming) + 1), f"Kepala {role.label}", (code,), (code,))
            made.append(head)
        (coming if code in of_one_cohort else there).extend(made)
    return tuple(sorted(there, key=lambda one: not one.admin)), tuple(coming)


def _name(place: int) -> str:
    again = "" if place < len(NAMES) else f" {place // len(NAMES) + 1}"
    return f"{NAMES[place % len(NAMES)]} Contoh{again}"


def demo_morning(office: OfficeHours, now: datetime) -> datetime:
    """08.00 of today, or of the next day on which the office works; aware UTC."""
    return office.at(office.next_working_day(office.local_date(now)), OPENS)


def invite_demo_officer(
    s: Session, house: House, officer: DemoOfficer, now: datetime, cohort_id: int | None = None
) -> str:
    """A real invitation; returns its code."""
    grant = Grant(officer.name, officer.roles, officer.heads, officer.admin, cohort_id)
    return invite(s, house, grant, now).code


def open_demo_cohort(s: Session, house: House, now: datetime) -> int:
    """Five schools, sixty children, arriving today. Returns the cohort's id."""
    arrival_on = house.today(now)
    departure_on = arrival_on + timedelta(days=house.pack.unit.stay_days)
    opened = open_cohort(
        s,
        house,
        COHORT,
        arrival_on,
        departure_on,
        now,
        rows=demo_children(arrival_on.year, house.pack.unit.city),
    )
    assert opened.cohort.id is not None
    return opened.cohort.id


def has_cohort(s: Session) -> bool:
    """Whether the demo was seeded before."""
    return s.exec(select(Cohort)).first() is not None


def demo_children(year: int, city: str) -> tuple[RosterRow, ...]:
    """Plainly invented children of nine and ten years."""
    return tuple(
        RosterRow(
            row=number,
            name=f"Anak Contoh {number:02d}",
            sex="LP"[number % 2],
            school=SCHOOLS[(number - 1) // (CHILDREN // len(SCHOOLS))],
            born_on=date(year - 9 - number % 2, 1 + number % 12, 1 + number % 28),
            parent_name=f"Orang Tua Contoh {number:02d}",
            phone=f"0800000{number:04d}",
            address=f"Jalan Contoh {number}, {city}",
        )
        for number in range(1, CHILDREN + 1)
    )
