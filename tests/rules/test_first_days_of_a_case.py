"""The first days of a case and where the child goes at its end, by the calendar that comes with Pandu.

Kenanga is opened by Sari on Monday 26 October 2026 at 08.00.
"""

from typing import Any

import pytest

from sop_flows.actions import decisions
from sop_flows.actions.cases import child_data, opening
from sop_flows.actions.cases.intake import Intake, IntakeOddError
from sop_flows.actions.confirm import confirm
from sop_flows.actions.log import add_note, last_notes
from sop_flows.core.states import is_late
from sop_flows.declarations.loader import Pack
from sop_flows.errors import FutureWorkError, TooOldError
from storage.tables import Case, Task
from tests.support.institution import Home
from tests.support.packs import real_pack

EMERGENCY = ("Situasi darurat",)
CARE = ["9.1.24", "9.1.25", "9.1.26", "9.1.28"]  # bed, food, things to wash, health


@pytest.fixture
def pack() -> Pack:
    """The shelter's SOPs."""
    ours = real_pack()
    sops = {number: sop for number, sop in ours.sops.items() if sop.subject == "case"}
    return Pack(ours.unit, sops, ours.lines, ours.folder)


def open_case(home: Home, **known: Any) -> Case:
    said: dict[str, Any] = {"age_years": 9, "unborn": False, "sex": "P", "in_house": True, "at_school": True}
    intake = Intake(categories=EMERGENCY, code_name="Kenanga", **(said | known))
    return home.tap(opening.open_case, home.sari, intake).case


def do(home: Home, *steps: tuple[str, int]) -> None:
    for sop, step in steps:
        task = home.task(sop, step)
        officer = home.budi if sop in (*CARE, "9.1.27") else home.sari
        home.confirm(officer, task)


def shelter(home: Home) -> None:
    do(home, *(("9.1.20", step) for step in range(1, 7)))


def fresh(home: Home, case: Case) -> Case:
    with home.reading() as s:
        return s.get_one(Case, case.id)


# --- the first day ----------------------------------------------------------------------------------------------


def test_the_emergency_steps_stand_side_by_side_and_the_last_waits_for_all(home: Home) -> None:
    open_case(home)
    assert home.states("9.1.20") == dict.fromkeys(range(1, 6), "open")
    assert home.due(home.task("9.1.20", 4)) == "2026-10-28 08.00"  # 2 hari, as printed, at the latest
    do(home, *(("9.1.20", step) for step in (5, 3, 2, 1)))  # the place does not wait for the institutions
    assert 6 not in home.states("9.1.20")
    do(home, ("9.1.20", 4))
    assert home.states("9.1.20")[6] == "open"


def test_an_undo_of_the_last_takes_the_step_after_all_back(home: Home) -> None:
    open_case(home)
    do(home, *(("9.1.20", step) for step in range(1, 6)))
    home.undo(home.sari, home.task("9.1.20", 5))
    assert home.states("9.1.20") == dict.fromkeys(range(1, 5), "done") | {5: "open"}
    do(home, ("9.1.20", 5))
    assert home.states("9.1.20")[6] == "open"


def test_a_child_in_the_house_has_a_bed_food_and_health_from_the_first_day(home: Home) -> None:
    open_case(home)
    assert home.started() == ["9.1.20", *CARE]
    assert ("9.1.24", 2) in home.mine(home.budi)


def test_else_they_begin_when_a_place_was_prepared(home: Home) -> None:
    open_case(home, in_house=False)
    assert home.started() == ["9.1.20"]
    do(home, ("9.1.20", 5))
    assert home.started() == ["9.1.20", *CARE]


def test_or_when_it_comes_to_the_house_before_that(home: Home) -> None:
    case = open_case(home, in_house=False)
    home.tap(child_data.set_in_house, home.sari, case.id, True)
    assert home.started() == ["9.1.20", *CARE]
    do(home, ("9.1.20", 5))
    assert [home.runs(number) for number in CARE] == [["open"]] * 4  # not once more


def test_heads_who_know_cases_hear_of_it_at_once_and_nobody_else(home: Home) -> None:
    home.it_is("2026-10-26 22.30")  # in the quiet hours
    open_case(home)
    assert home.notices(home.kirana) == ["case_opened"]
    assert [home.notices(one) for one in (home.tari, home.rahmat, home.dewi)] == [[], [], []]
    assert ("case_opened", "Kirana") in home.send_due()


def checked(home: Home) -> list[tuple[int, str, str | None]]:
    """The questions for a check-up (SOP 9.1.28 step 3): number, state, due."""
    return [(t.occurrence, str(t.state), home.due(t)) for t in home.tasks("9.1.28", 3) if t.occurrence]


def test_a_child_is_checked_within_a_day_and_then_each_month(home: Home) -> None:
    nia = home.officer("Nia", "perawat")
    open_case(home)
    home.later(minutes=1)
    assert checked(home)[0] == (1, "open", "2026-10-27 16.00")
    assert ("9.1.28", 3) in home.mine(nia)
    home.later(minutes=10)
    assert ("handed", "Nia") in home.send_due()
    service = home.task("9.1.28", 3)
    home.tap(
        add_note, nia, service.id, "sehat, tidak ada luka"
    )  # on the card of the service: it is the same note
    assert checked(home)[0] == (1, "done", "2026-10-27 16.00")
    assert ("9.1.28", 3) not in home.mine(nia)
    home.it_is("2026-11-25 23.00")
    assert [state for _number, state, _due in checked(home)[1:]] == ["waiting", "waiting"]
    home.it_is("2026-11-26 08.00")
    assert checked(home)[1] == (2, "open", "2026-11-26 16.00")
    home.tap(add_note, nia, home.task("9.1.28", 3, occurrence=2).id, "berat 22 kg")
    home.it_is("2026-12-26 08.00")  # a Saturday: she works every day
    assert checked(home)[2] == (3, "open", "2026-12-26 16.00")
    home.confirm(nia, home.task("9.1.28", 3, occurrence=3))  # one tap is enough
    with home.reading() as s:
        assert [note.words for note in last_notes(s, service)] == ["berat 22 kg", "sehat, tidak ada luka"]
    assert home.fresh(service).state == "open"
    assert home.due(service) == "2027-04-26 16.00"


def test_the_check_up_that_nobody_makes_is_late_and_ends_with_its_service(home: Home) -> None:
    nia = home.officer("Nia", "perawat")
    open_case(home)
    home.it_is("2026-10-28 08.00")
    with home.reading() as s:
        assert is_late(s.get_one(Task, home.task("9.1.28", 3, occurrence=1).id), home.now)
    service = home.task("9.1.28", 3)
    home.confirm(nia, service)
    assert checked(home) == []
    assert home.states("9.1.28")[2] == "open"
    home.undo(nia, service)
    assert checked(home)[0] == (1, "open", "2026-10-27 16.00")


# --- school -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "starts"),
    [
        ({"at_school": False}, True),
        ({"at_school": True}, False),
        ({"at_school": None}, False),  # nobody said
        ({"at_school": False, "age_years": 5}, False),
        ({"at_school": False, "age_years": None}, True),  # of unknown age
        ({"at_school": None, "age_years": None, "unborn": True, "sex": None}, False),
    ],
)
def test_clothes_and_school_are_for_a_child_who_goes_to_none(
    home: Home, known: dict[str, Any], starts: bool
) -> None:
    open_case(home, **known)
    shelter(home)
    assert ("9.1.27" in home.started()) is starts


def test_what_is_said_later_starts_it_and_takes_back_what_nobody_has_worked_on(home: Home) -> None:
    case = open_case(home)
    shelter(home)
    home.tap(child_data.set_at_school, home.sari, case.id, False)
    assert home.runs("9.1.27") == ["open"]
    home.tap(child_data.set_at_school, home.sari, case.id, True)
    assert home.runs("9.1.27") == ["closed"]
    assert ("9.1.27", 2) not in home.mine(home.budi)


# --- what is known of the child ---------------------------------------------------------------------------------


def test_a_baby_once_born_is_no_longer_unborn(home: Home) -> None:
    case = open_case(home, age_years=None, unborn=True, sex=None, at_school=None, mother="Ibu Rekaan")
    assert (case.mother, case.name) == ("Ibu Rekaan", None)
    with pytest.raises(IntakeOddError):  # it has no age before
        home.tap(child_data.set_age, home.sari, case.id, 1)
    home.tap(child_data.be_born, home.sari, case.id, "L")
    born = fresh(home, case)
    assert (born.unborn, born.age_years, born.sex, born.mother) == (False, 0, "L", "Ibu Rekaan")
    with pytest.raises(IntakeOddError):
        home.tap(child_data.be_born, home.sari, case.id, "P")


def test_an_age_may_be_a_guess_or_unknown(home: Home) -> None:
    case = open_case(home, age_years=None)
    assert home.states("9.1.20")[1] == "open"
    home.tap(child_data.set_age, home.sari, case.id, 9, is_about=True)
    assert (fresh(home, case).age_years, fresh(home, case).age_is_about) == (9, True)
    with pytest.raises(TooOldError):
        home.tap(child_data.set_age, home.sari, case.id, 18)
    assert fresh(home, case).age_years == 9


def test_what_a_form_says_of_the_case_changes_the_case(home: Home) -> None:
    case = open_case(home)
    values = {"kategori": ["Diperdagangkan"], "di_bawah_18": True}
    home.tap(confirm, home.sari, home.task("9.1.20", 1).id, values=values)
    assert fresh(home, case).categories == ["Diperdagangkan"]


def test_not_below_18_is_refused(home: Home) -> None:
    open_case(home)
    with pytest.raises(TooOldError):
        home.confirm(
            home.sari, home.task("9.1.20", 1), values={"kategori": ["Diperdagangkan"], "di_bawah_18": False}
        )
    assert home.states("9.1.20")[1] == "open"


# --- the end ----------------------------------------------------------------------------------------------------


@pytest.fixture
def leaving(home: Home) -> Task:
    """9.1.35 step 2: the evaluation of January ended with "akhiri", 9.1.34 is done."""
    open_case(home)
    shelter(home)
    do(home, ("9.1.24", 2))
    home.it_is("2027-01-26 09.00")
    for step in (2, 3, 4):
        for officer in (home.budi, home.dewi, home.sari):
            home.confirm(officer, home.task("9.1.33", step))
    task = home.task("9.1.33", 5)
    home.tap(decisions.propose, home.sari, task.id, "akhiri", "keluarga siap menerima")
    for officer in (home.budi, home.dewi):
        home.tap(decisions.agree, officer, task.id)
    for officer in (home.budi, home.dewi, home.sari):
        home.confirm(officer, home.task("9.1.33", 6))
    do(home, ("9.1.34", 2), ("9.1.34", 3), ("9.1.34", 4))
    return home.task("9.1.35", 2)


def handed(on: str) -> dict[str, object]:
    return {
        "penerima": "Keluarga asli",
        "nama": "Nenek Rekaan",
        "hubungan": None,
        "alamat": None,
        "tanggal": on,
    }


def test_services_go_on_until_the_child_has_left(home: Home, leaving: Task) -> None:
    assert home.states("9.1.25") == dict.fromkeys(range(1, 6), "open")
    with pytest.raises(FutureWorkError):  # it has not left yet
        home.confirm(home.sari, leaving, values=handed("2027-01-28"))
    home.it_is("2027-01-28 09.00")
    home.confirm(home.sari, leaving, values=handed("2027-01-27"))
    assert home.runs("9.1.25") == ["closed"]
    assert home.run("9.1.35").state == "open"
    home.undo(home.sari, leaving)
    assert home.states("9.1.25") == dict.fromkeys(range(1, 6), "open")


def test_the_child_is_looked_after_for_three_months_after_the_hand_over(home: Home, leaving: Task) -> None:
    home.confirm(home.sari, leaving, values=handed("2027-01-26"))
    do(home, ("9.1.35", 3))
    looking = home.task("9.1.35", 4)
    assert home.due(looking) == "2027-04-26 16.00"
    assert home.states("9.1.35") == {2: "done", 3: "done", 4: "open"}


def test_the_first_visit_is_asked_within_three_days_and_the_last_report_waits_for_all(
    home: Home, leaving: Task
) -> None:
    home.confirm(home.sari, leaving, values=handed("2027-01-26"))
    do(home, ("9.1.35", 3))
    home.later(minutes=1)
    (visit,) = [one for one in home.tasks("9.1.35", 4) if one.occurrence]
    assert (visit.state, home.due(visit)) == ("open", "2027-01-29 16.00")
    home.undo(home.sari, home.task("9.1.35", 3))
    assert home.states("9.1.35") == {2: "done", 3: "open"}
    assert not home.tasks("9.1.35", 4)
    do(home, ("9.1.35", 3))
    home.it_is("2027-01-27 10.00")
    home.tap(add_note, home.sari, home.task("9.1.35", 4, occurrence=1).id, "anak kerasan")
    assert home.fresh(home.task("9.1.35", 4, occurrence=1)).state == "done"
    assert home.states("9.1.35") == {2: "done", 3: "done", 4: "open"}
    home.it_is("2027-04-26 10.00")
    do(home, ("9.1.35", 4))
    assert home.states("9.1.35")[5] == "open"


def test_without_a_word_of_the_hand_over_the_months_count_from_today(home: Home, leaving: Task) -> None:
    home.skip(home.sari, leaving)
    do(home, ("9.1.35", 3))
    assert home.due(home.task("9.1.35", 4)) == "2027-04-26 16.00"
    assert home.states("9.1.25") == dict.fromkeys(range(1, 6), "open")


def test_an_evaluation_that_begins_by_its_date_is_said_to_everybody_with_a_step(home: Home) -> None:
    open_case(home)
    home.it_is("2027-01-26 00.01")
    task = home.task("9.1.33", 2)
    rows = [row for officer in (home.budi, home.dewi, home.sari) for row in home.rows(task, officer)]
    assert [row.rule for row in rows if row.rule == "handed"] == ["handed"] * 3


def test_an_assessment_of_15_days_is_said_when_it_begins(home: Home) -> None:
    open_case(home)
    shelter(home)
    home.send_due()
    do(home, ("9.1.21", 1), ("9.1.21", 2))
    assert ("handed", "Sari") not in home.send_due()  # the next step stands below her own confirmation
    do(home, ("9.1.21", 3), ("9.1.21", 4))
    assert home.states("9.1.22") == dict.fromkeys((2, 3, 4), "open")
    home.later(minutes=9)
    assert ("handed", "Sari") not in home.send_due()  # it can still be undone
    home.later(minutes=1)
    assert home.send_due().count(("handed", "Sari")) == 3
