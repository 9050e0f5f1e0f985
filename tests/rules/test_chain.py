"""One step leads to the next: SOP 9.2.01 to 9.2.03 before the arrival, 9.2.04 to 9.1.12 after it.

The angkatan arrives on Tuesday 1 December 2026; 30 days before is a Sunday, so the letters begin on Friday 30 October.
"""

import pytest

from sop_flows.errors import AlreadyDoneError, NeedsReasonError, NotFoundError, NotYetError, NotYoursError
from tests.support.institution import Home, local


def test_nothing_is_owed_before_the_first_day(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-29 23.59")
    assert home.started() == []
    assert home.mine(home.budi) == []


def test_the_first_step_opens_on_the_first_day(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 08.00")
    assert home.started() == ["9.2.01"]
    assert home.states("9.2.01") == {2: "open"}  # step 1 is a milestone: shown, not asked
    assert home.due(home.task("9.2.01", 2)) == "2026-11-02 16.00"  # 1 working day after Friday: Monday


def test_a_step_opens_when_the_one_before_is_done(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    outcome = home.confirm(home.budi, home.task("9.2.01", 2))
    assert [(task.sop, task.step) for task in outcome.opened] == [("9.2.01", 3)]
    assert home.states("9.2.01") == {2: "done", 3: "open"}
    home.it_is("2026-11-06 09.00")  # however late it is
    assert home.states("9.2.01") == {2: "done", 3: "open"}


def test_the_next_steps_time_counts_from_when_it_was_recorded(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-11-04 09.00")  # two days late, a Wednesday
    home.confirm(home.budi, home.task("9.2.01", 2))
    assert home.due(home.task("9.2.01", 3)) == "2026-11-05 16.00"


def test_a_skipped_step_goes_on_too(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    home.skip(home.budi, home.task("9.2.01", 2), "sekolah sudah pernah dilayani")
    assert home.states("9.2.01") == {2: "skipped", 3: "open"}
    assert home.said(home.task("9.2.01", 2)) == [("skipped", "Budi")]


def test_skipping_needs_a_reason(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    with pytest.raises(NeedsReasonError):
        home.skip(home.budi, home.task("9.2.01", 2), "   ")
    assert home.states("9.2.01") == {2: "open"}


def test_an_obstacle_leaves_the_step_open(home: Home) -> None:
    from sop_flows.actions.confirm import obstacle

    home.angkatan()
    home.it_is("2026-10-30 09.00")
    task = home.task("9.2.01", 2)
    home.tap(obstacle, home.budi, task.id, "Pejabat yang berwenang tidak di tempat")
    assert home.states("9.2.01") == {2: "open"}
    assert home.said(task) == [("obstacle", "Budi")]
    assert home.due(task) == "2026-11-02 16.00"


def test_the_end_of_a_sop_starts_the_next(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    for step in (2, 3, 4, 5):
        home.confirm(home.budi, home.task("9.2.01", step))
    assert home.runs("9.2.01") == ["open"]
    assert home.runs("9.2.02") == []
    outcome = home.confirm(home.budi, home.task("9.2.01", 6))
    assert home.runs("9.2.01") == ["closed"]
    assert home.runs("9.2.02") == ["open"]
    assert [run.sop for run in outcome.runs_opened] == ["9.2.02"]
    assert home.states("9.2.02") == {2: "open"}
    assert home.due(home.task("9.2.02", 2)) == "2026-10-30 10.00"  # 1 hour of Friday morning


def test_the_three_sops_before_the_arrival_to_their_end(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    home.finish_until("9.2.03", 3, through=("9.2.01", "9.2.02", "9.2.03"))
    assert home.states("9.2.02") == {2: "done", 3: "done", 4: "done", 5: "done", 6: "done", 7: "done"}
    assert home.said(home.task("9.2.02", 3)) == [("done", "Tari")]  # SK petugas: Bagian TU
    assert home.said(home.task("9.2.02", 7)) == [("done", "Dewi")]  # motivasi: Seksi Bimbingan
    home.confirm(home.budi, home.task("9.2.03", 3))
    assert home.states("9.2.03") == {1: "done", 2: "done", 3: "done", 4: "waiting"}


def test_the_arrival_is_not_owed_before_its_day(home: Home) -> None:
    """SOP 9.2.03 step 4 has a date of its own: it opens two days before the arrival and is due on its day."""
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    home.finish_until("9.2.03", 3, through=("9.2.01", "9.2.02", "9.2.03"))
    home.confirm(home.budi, home.task("9.2.03", 3))
    arrival = home.task("9.2.03", 4)
    assert local(arrival.opens_at) == "2026-11-29 00.00"
    with pytest.raises(NotYetError):
        home.confirm(home.budi, arrival)
    assert ("9.2.03", 4) not in home.mine(home.budi)
    home.it_is("2026-11-29 00.00")
    assert home.fresh(arrival).state == "open"
    assert home.due(arrival) == "2026-12-01 16.00"


def test_what_starts_with_the_arrival_does_not_wait_for_the_letters(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 07.00")
    assert home.states("9.2.01") == {2: "open"}
    at_arrival = {"9.2.01", "9.2.04", "9.2.12", "9.2.13", "9.2.15"}
    assert set(home.started()) == at_arrival
    home.it_is("2026-12-02 08.00")
    assert set(home.started()) == at_arrival | {"9.1.09", "9.2.08", "9.2.14"}


def test_from_the_reception_to_the_home_visits(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-12-01 08.00")
    home.finish_until("9.2.10", 2)
    for sop in ("9.2.04", "9.2.05", "9.2.06", "9.2.09"):
        assert home.runs(sop) == ["closed"], sop
    assert home.said(home.task("9.2.04", 3)) == [("done", "Kirana")]  # the Kepala leads the reception
    home.flag(home.sari, 2)
    task = home.finish_until("9.1.12", 2)
    assert home.runs("9.2.10") == ["closed"]
    assert home.entries(task) == {2: "open"}


def test_another_roles_step_is_refused_with_who_holds_it(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    with pytest.raises(NotYoursError) as refused:
        home.confirm(home.sari, home.task("9.2.01", 2))
    assert (refused.value.roles, refused.value.holders) == (("penyantunan",), ("Budi",))


def test_a_second_tap_says_who_and_when(home: Home) -> None:
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    task = home.task("9.2.01", 2)
    home.confirm(home.budi, task)
    home.it_is("2026-10-30 09.05")
    with pytest.raises(AlreadyDoneError) as refused:
        home.confirm(home.rahmat, task)
    assert (refused.value.state, refused.value.who) == ("done", "Budi")
    assert local(refused.value.closed_at) == "2026-10-30 09.00"
    assert home.said(task) == [("done", "Budi")]


def test_a_forged_number_leads_nowhere(home: Home) -> None:
    from sop_flows.actions.confirm import confirm

    with pytest.raises(NotFoundError):
        home.tap(confirm, home.budi, 999_999)


def test_a_run_keeps_the_version_it_was_opened_with(home: Home) -> None:
    """The pack changes while a run is open: its steps stay as they were."""
    from dataclasses import replace

    from sop_flows.core.work import declared
    from tests.support.packs import our_pack

    home.angkatan()
    home.it_is("2026-10-30 09.00")
    old = our_pack().sops["9.2.01"]
    shorter = old.model_copy(update={"steps": old.steps[:3], "title": "Orientasi singkat"})
    pack = replace(home.house.pack, sops={**home.house.pack.sops, "9.2.01": shorter})
    home.house = replace(home.house, pack=pack)
    for step in (2, 3, 4, 5, 6):
        home.confirm(home.budi, home.task("9.2.01", step))
    assert home.runs("9.2.01") == ["closed"]
    with home.reading() as s:
        assert declared(s, home.task("9.2.01", 5))[0].title == "Pelayanan Petirahan: Orientasi/konsultasi"
