"""The invented people of the demo: officers for every role, and the children of an angkatan."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

CHILDREN = 60
SCHOOLS = ("SDN 1 Contoh", "SDN 2 Contoh", "SDN 3 Contoh", "SDN 4 Contoh", "SDN 5 Contoh")
COHORT = "Angkatan Contoh"
COLUMNS = ("nama", "jenis kelamin", "tanggal lahir", "sekolah", "nama orang tua", "telepon", "alamat")


@dataclass(frozen=True)
class Institution:
    """What the demo has to know of the pack.

    Attributes:
        zone: its time zone, such as Asia/Makassar.
        morning: when the demo begins: the morning of a working day, ISO 8601 with offset.
        roles: code, label, and the code of the role that heads it, if any.
        coming: codes of the roles that are of one angkatan only.
        admin: code of the role whose officer is admin.
    """

    zone: str
    city: str
    morning: str
    roles: tuple[tuple[str, str, str | None], ...]
    coming: tuple[str, ...]
    admin: str


@dataclass(frozen=True)
class DemoOfficer:
    """Somebody invented. `as_what` stands beside the name in the list of phones."""

    name: str
    as_what: str
    roles: tuple[str, ...]
    heads: tuple[str, ...] = ()
    admin: bool = False
    cohort: str = ""

    @property
    def on_phone(self) -> str:
        """The name of the phone."""
        return f"{self.name} · {self.as_what}"

    @property
    def invited(self) -> dict[str, Any]:
        """As `pandu invite --list` reads it."""
        return {
            "name": self.name,
            "roles": self.roles,
            "heads": self.heads,
            "admin": self.admin,
            "cohort": self.cohort,
        }


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
GURU = DemoOfficer("Bapak Guntur Contoh", "Guru pendamping", ("guru",), cohort=COHORT)
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


def demo_officers(of: Institution) -> tuple[DemoOfficer, ...]:
    """Somebody for every role; who comes with the angkatan stands last.

    A role that is its own head has two: the head and a colleague.
    """
    if {code for code, _label, _head in of.roles} == {
        role for one in (*OFFICERS, GURU) for role in one.roles
    }:
        return (*OFFICERS, GURU)
    made: list[DemoOfficer] = []
    for code, label, head in of.roles:
        admin = code == of.admin
        cohort = COHORT if code in of.coming else ""
        as_what = f"{label}, admin" if admin else label
        made.append(DemoOfficer(_name(len(made)), as_what, (code,), admin=admin, cohort=cohort))
        if head == code:
            made.append(DemoOfficer(_name(len(made)), f"Kepala {label}", (code,), (code,), cohort=cohort))
    return tuple(sorted(made, key=lambda one: (bool(one.cohort), not one.admin)))


def _name(place: int) -> str:
    again = "" if place < len(NAMES) else f" {place // len(NAMES) + 1}"
    return f"{NAMES[place % len(NAMES)]} Contoh{again}"


def demo_roster(year: int, city: str) -> str:
    """Plainly invented children of nine and ten years, as CSV."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow(COLUMNS)
    for number in range(1, CHILDREN + 1):
        rows.writerow(
            (
                f"Anak Contoh {number:02d}",
                "LP"[number % 2],
                date(year - 9 - number % 2, 1 + number % 12, 1 + number % 28).isoformat(),
                SCHOOLS[(number - 1) // (CHILDREN // len(SCHOOLS))],
                f"Orang Tua Contoh {number:02d}",
                f"0800000{number:04d}",
                f"Jalan Contoh {number}, {city}",
            )
        )
    return written.getvalue()
