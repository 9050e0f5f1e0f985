"""Reports of an angkatan to the head of the house (SOP 9.1.19 step 5), by the calendar that comes with Pandu."""

import pytest
from sqlmodel import select

from sop_flows.actions import reports
from sop_flows.declarations.loader import Pack
from storage.tables import Cohort, Officer, Report
from tests.support.institution import Home
from tests.support.packs import real_pack

SECTIONS = ("budi", "dewi", "sari")


@pytest.fixture
def pack() -> Pack:
    """The evaluation after a stay."""
    ours = real_pack()
    return Pack(ours.unit, {"9.1.19": ours.sops["9.1.19"]}, ours.lines, ours.folder)


def waiting(home: Home, officer: Officer) -> tuple[Report, ...]:
    return home.call(lambda work: reports.open_for(work, officer))


def test_each_section_reports_its_part_and_the_run_waits_for_nobody(home: Home) -> None:
    home.angkatan()
    home.it_is("2027-01-04 09.00")
    for step in (2, 3, 4, 5):
        for name in SECTIONS:
            home.confirm(getattr(home, name), home.task("9.1.19", step))
    assert [one.role for one in waiting(home, home.kirana)] == ["penyantunan", "bimbingan", "peksos"]
    assert home.runs("9.1.19") == ["closed"]
    first = waiting(home, home.kirana)[0]
    found = home.call(lambda work: reports.contents(work.session, first))
    assert [task.step for _record, task in found] == [3, 4]
    home.tap(reports.accept, home.kirana, first.id, first.task_id)
    assert home.notices(home.budi).count("report_accepted") == 1
    home.undo(home.sari, home.task("9.1.19", 5))
    assert [one.role for one in waiting(home, home.kirana)] == ["bimbingan"]
    with home.working() as work:
        cohort = work.session.exec(select(Cohort)).one()
        cohort.closed_at = home.now
    home.it_is("2027-02-10 09.00")
    assert waiting(home, home.kirana) == ()  # its time to be looked at is over
