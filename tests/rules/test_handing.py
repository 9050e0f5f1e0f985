"""Serahkan ke rekan: asked, accepted, returned, taken back or not answered; the giver stays in charge until then."""

import pytest

from sop_flows.actions import offer as handing
from sop_flows.actions.assign import delegate
from sop_flows.actions.candidates import candidates
from sop_flows.actions.leave import leave, officials
from sop_flows.actions.offer import HandoverRefusedError
from sop_flows.actions.people.enrolment import remove_officer
from sop_flows.core.work import Work
from sop_flows.errors import AlreadyDoneError, NotFoundError, NotYoursError
from sop_flows.staffing.open_offers import open_offer
from storage.tables import Handover, Officer, Task
from tests.support.institution import Home, local


@pytest.fixture
def citra(home: Home) -> Officer:
    return home.officer("Citra", "penyantunan")


@pytest.fixture
def letter(home: Home, citra: Officer) -> Task:
    """9.2.01 step 2, opened Friday 30 October; Budi has taken it."""
    home.angkatan()
    home.it_is("2026-10-30 09.00")
    task = home.task("9.2.01", 2)
    home.take(home.budi, task)
    return task


def offer(home: Home, task: Task, to: Officer, by: Officer | None = None) -> Handover:
    offered = home.tap(delegate, by or home.budi, task.id, to)
    assert isinstance(offered, Handover)
    return offered


def test_until_it_is_accepted_the_giver_stays_in_charge(home: Home, letter: Task, citra: Officer) -> None:
    offered = offer(home, letter, citra)
    assert home.in_charge(letter) == ("Budi", "taken")
    assert home.notices(citra) == ["offered"]
    home.tap(handing.accept, citra, offered.id)
    assert home.in_charge(letter) == ("Citra", "named")
    assert home.said(letter)[-1] == ("delegated", "Citra")
    assert home.notices(home.budi) == ["offer_accepted"]
    assert home.mine(home.budi) == []


def test_a_head_names_anybody_but_who_is_in_charge(home: Home, letter: Task, citra: Officer) -> None:
    with home.working(home.kirana) as work:
        assert [one.name for one in candidates(work, work.session.get_one(Task, letter.id), home.kirana)] == [
            "Citra"
        ]


def test_returned_with_or_without_a_reason(home: Home, letter: Task, citra: Officer) -> None:
    offered = offer(home, letter, citra)
    home.call(handing.give_back, citra, offered.id, "sedang di lapangan")
    again = offer(home, letter, citra)
    home.call(handing.give_back, citra, again.id, None)
    assert home.in_charge(letter) == ("Budi", "taken")
    said = [row.payload for row in home.rows(letter, home.budi) if row.rule == "offer_returned"]
    assert [(one or {}).get("reason") for one in said] == ["sedang di lapangan", None]


def test_taken_back_before_it_is_accepted(home: Home, letter: Task, citra: Officer) -> None:
    offered = offer(home, letter, citra)
    home.send_due()
    with pytest.raises(NotFoundError):
        home.call(handing.take_back, citra, offered.id)
    home.call(handing.take_back, home.budi, offered.id)
    (change,) = [row for row in home.rows(letter, citra) if row.rule == "offer_taken_back"]
    assert change.edits_message_id is not None, "what was sent says so"
    with pytest.raises(HandoverRefusedError) as refused:
        home.tap(handing.accept, citra, offered.id)
    assert refused.value.why == "withdrawn"


def test_not_yet_sent_and_taken_back_is_never_sent(home: Home, letter: Task, citra: Officer) -> None:
    offered = offer(home, letter, citra)
    home.call(handing.take_back, home.budi, offered.id)
    assert home.notices(citra) == []


def test_not_answered_in_time_the_giver_is_told(home: Home, letter: Task, citra: Officer) -> None:
    """Due Monday 2 November 16.00, and one working day is then too."""
    offered = offer(home, letter, citra)
    assert local(offered.ends_at) == home.due(letter) == "2026-11-02 16.00"
    home.it_is("2026-11-02 15.59")
    assert home.notices(home.budi) == []
    home.it_is("2026-11-02 16.00")
    assert home.notices(home.budi) == ["offer_lapsed"]
    assert home.in_charge(letter) == ("Budi", "taken")
    with pytest.raises(HandoverRefusedError) as refused:
        home.tap(handing.accept, citra, offered.id)
    assert refused.value.why == "lapsed"


def test_a_late_step_may_be_answered_for_one_working_day(home: Home, letter: Task, citra: Officer) -> None:
    home.it_is("2026-11-05 10.00")
    assert local(offer(home, letter, citra).ends_at) == "2026-11-06 16.00"


def test_finished_meanwhile(home: Home, letter: Task, citra: Officer) -> None:
    offered = offer(home, letter, citra)
    home.confirm(home.budi, letter)
    with pytest.raises(AlreadyDoneError):
        home.tap(handing.accept, citra, offered.id)
    home.it_is("2026-11-02 16.00")
    assert "offer_lapsed" not in home.notices(home.budi)


def test_the_head_names_somebody_else_meanwhile(home: Home, letter: Task, citra: Officer) -> None:
    lina = home.officer("Lina", "penyantunan")
    offered = offer(home, letter, citra)
    assert home.tap(delegate, home.rahmat, letter.id, lina) is None
    assert home.in_charge(letter) == ("Lina", "named")
    with pytest.raises(HandoverRefusedError):
        home.tap(handing.accept, citra, offered.id)
    assert home.in_charge(letter) == ("Lina", "named")


def test_one_offer_at_a_time_and_to_nobody_on_leave(home: Home, letter: Task, citra: Officer) -> None:
    lina = home.officer("Lina", "penyantunan")
    today = home.house.today(home.now)
    home.tap(leave.record_leave, lina, lina.id, today, today, None)
    with pytest.raises(HandoverRefusedError) as refused:
        offer(home, letter, lina)
    assert (refused.value.why, refused.value.name) == ("away", "Lina")
    offer(home, letter, citra)
    with pytest.raises(HandoverRefusedError) as refused:
        offer(home, letter, citra)
    assert (refused.value.why, refused.value.name) == ("offered", "Citra")


def test_offered_to_somebody_who_is_removed_it_comes_back(home: Home, letter: Task, citra: Officer) -> None:
    offered = offer(home, letter, citra)
    home.call(remove_officer, home.tari, citra.id)
    assert home.notices(home.budi) == ["offer_unanswered"]
    with home.reading() as s:
        assert open_offer(Work(s, home.house, home.now), home.fresh(letter)) is None
    with pytest.raises(HandoverRefusedError):
        home.call(handing.take_back, home.budi, offered.id)
    home.it_is("2026-11-02 16.01")
    assert home.notices(home.budi).count("offer_lapsed") == 0


def test_offered_to_somebody_whose_leave_begins_it_comes_back(
    home: Home, letter: Task, citra: Officer
) -> None:
    offered = offer(home, letter, citra)
    today = home.house.today(home.now)
    home.tap(leave.record_leave, citra, citra.id, today, today, None)
    assert home.notices(home.budi) == ["offer_unanswered"]
    assert home.notices(citra) == [], "the question was not sent yet"
    with pytest.raises(HandoverRefusedError) as over:
        home.tap(handing.accept, citra, offered.id)
    assert over.value.why == "lapsed"
    assert home.in_charge(letter) == ("Budi", "taken")


def test_a_forged_answer(home: Home, letter: Task, citra: Officer) -> None:
    offered = offer(home, letter, citra)
    with pytest.raises(NotFoundError):
        home.tap(handing.accept, home.sari, offered.id)
    with pytest.raises(NotFoundError):
        home.tap(handing.accept, citra, 999)


# --- "Pejabat yang berwenang tidak di tempat" ------------------------------------------------------------------


def test_the_obstacle_of_the_document_in_both_wordings() -> None:
    assert officials.says_official_absent("Pejabat yang berwenang tidak di tempat")
    assert officials.says_official_absent("Pejabat yang berwenang berhalangan hadir")
    assert not officials.says_official_absent("Orang tua kelayan berhalangan hadir")


def test_a_deputy_who_may_do_the_step_gets_it(home: Home, letter: Task, citra: Officer) -> None:
    """Rahmat, the kasi, is away; Citra deputises for him."""
    today = home.house.today(home.now)
    home.tap(leave.record_leave, home.rahmat, home.rahmat.id, today, today, citra)
    pair, in_charge = home.tap(officials.ask_deputy, home.budi, letter.id, home.rahmat.id)
    assert (pair.deputy.name, in_charge) == ("Citra", True)
    assert home.in_charge(letter) == ("Citra", "named")


def test_a_deputy_of_another_section_is_asked(home: Home, letter: Task) -> None:
    wayan = home.officer("Wayan", head="bimbingan")
    today = home.house.today(home.now)
    home.tap(leave.record_leave, home.kirana, home.kirana.id, today, today, wayan)
    pair, in_charge = home.tap(officials.ask_deputy, home.budi, letter.id, home.kirana.id)
    assert (pair.deputy.name, in_charge) == ("Wayan", False)
    assert "official_needed" in home.notices(wayan)
    assert home.in_charge(letter) == ("Budi", "taken")
    with pytest.raises(NotYoursError):
        home.tap(officials.ask_deputy, home.sari, letter.id, home.kirana.id)


def test_nobody_is_away(home: Home, letter: Task) -> None:
    with pytest.raises(NotFoundError):
        home.tap(officials.ask_deputy, home.budi, letter.id, home.kirana.id)
    with home.reading() as s:
        assert officials.deputies(Work(s, home.house, home.now), home.budi, home.fresh(letter)) == ()
