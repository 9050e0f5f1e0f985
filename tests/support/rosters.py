"""Invented children: plainly invented names, two schools, boys and girls in turn."""

from datetime import date

from sop_flows.actions.cohorts.roster import RosterRow

SCHOOLS = ("SDN 1 Contoh", "SDN 2 Contoh", "SDN 3 Contoh", "SDN 4 Contoh", "SDN 5 Contoh")


def invented_children(count: int, schools: int = 2) -> tuple[RosterRow, ...]:
    """`count` children, spread over the first schools."""
    return tuple(
        RosterRow(
            row=number,
            name=f"Anak Contoh {number:02d}",
            sex="L" if number % 2 else "P",
            school=SCHOOLS[(number - 1) % schools],
            born_on=date(2016, 1 + (number - 1) % 12, 1 + (number - 1) % 28),
            parent_name=f"Orang Tua Contoh {number:02d}",
            phone="0800000" + f"{number:04d}",
            address=f"Jalan Contoh {number}",
        )
        for number in range(1, count + 1)
    )
