"""A shelter case (SOP 9.1.20 to 9.1.35): its steps, its services that run for months, its evaluation and its end."""

import pytest
from sqlmodel import select

from sop_flows.actions import decisions
from sop_flows.actions.cases import keeping, monthly, starting
from sop_flows.actions.confirm import obstacle
from sop_flows.core.notices import passes_quiet_hours
from sop_flows.core.work import Work
from sop_flows.errors import (
    DecisionNeededError,
    NeedsReasonError,
    NotFoundError,
    NothingProposedError,
    NotPermittedError,
    NotYoursError,
    UnknownChoiceError,
)
from sop_flows.staffing import responsibility
from storage.tables import Case, Officer, Reminder, Task
from tests.support.institution import Home, local

RUNNING = [("9.1.24", 3), ("9.1.25", 1), ("9.1.25", 2), ("9.1.25", 3), ("9.1.25", 4), ("9.1.25", 5),
           ("9.1.26", 2), ("9.1.28", 2), ("9.1.28", 3)]  # fmt: skip


def open_case(work: Work, keeper: Officer) -> Case:
    case = Case(
        code_name="Kenanga", sex="P", age_years=9, opened_at=work.now,
        opened_by_id=keeper.id or 0, peksos_id=keeper.id or 0, in_house=True, at_school=False,
    )  # fmt: skip
    work.session.add(case)
    work.session.flush()
    starting.start_sops(work, case)
    return case


@pytest.fixture
def case(home: Home) -> Case:
    """Kenanga, opened by Sari on Monday 26 October 2026 at 08.00."""
    home.lina = home.officer("Lina", "peksos")  # type: ignore[attr-defined]  # a second social worker
    return home.call(open_case, home.sari)


def do(home: Home, officer: Officer, *steps: tuple[str, int]) -> None:
    for sop, step in steps:
        home.confirm(officer, home.task(sop, step))


def through_assessment(home: Home) -> None:
    """Everything of Sari's up to the plan of intervention, on the day of the opening."""
    for sop, steps in (("9.1.20", range(1, 7)), ("9.1.21", range(1, 5)), ("9.1.22", range(2, 5))):
        do(home, home.sari, *((sop, step) for step in steps))


def evaluate(home: Home, upto: int = 4, nth: int = 0) -> None:
    """The sections' own parts of the evaluation's steps 2 to `upto`."""
    for step in range(2, upto + 1):
        task = home.tasks("9.1.33", step)[nth]
        for officer in (home.budi, home.dewi, home.sari):
            home.confirm(officer, task)


@pytest.fixture
def decision(home: Home, case: Case) -> Task:
    """Step 5 of the first evaluation, three months after the opening."""
    through_assessment(home)
    home.it_is("2027-01-26 09.00")
    evaluate(home)
    return home.task("9.1.33", 5)


def test_opening_starts_first_aid_and_plans_the_evaluation(home: Home, case: Case) -> None:
    assert home.started() == ["9.1.20"]
    assert local(home.run("9.1.33").opens_at) == "2027-01-26 00.00"
    assert home.mine(home.sari) == [("9.1.20", 1)]


def test_a_day_of_an_emergency_is_24_hours(home: Home, case: Case) -> None:
    assert home.due(home.task("9.1.20", 1)) == "2026-10-27 08.00"
    home.later(60)
    do(home, home.sari, ("9.1.20", 1), ("9.1.20", 2), ("9.1.20", 3))
    assert home.due(home.task("9.1.20", 4)) == "2026-10-28 09.00"


def test_the_three_identifications_run_side_by_side(home: Home, case: Case) -> None:
    for sop, steps in (("9.1.20", range(1, 7)), ("9.1.21", range(1, 5))):
        do(home, home.sari, *((sop, step) for step in steps))
    assert home.states("9.1.22") == {2: "open", 3: "open", 4: "open"}
    assert {home.due(home.task("9.1.22", step)) for step in (2, 3, 4)} == {"2026-11-10 16.00"}
    do(home, home.sari, ("9.1.22", 3))
    assert home.states("9.1.22") == {2: "open", 3: "done", 4: "open"}


def test_registration_hands_the_care_to_penyantunan(home: Home, case: Case) -> None:
    do(home, home.sari, *(("9.1.20", step) for step in range(1, 7)), *(("9.1.21", step) for step in (1, 2)))
    assert home.mine(home.budi) == []
    do(home, home.sari, ("9.1.21", 3))
    assert home.mine(home.budi) == [("9.1.24", 2), ("9.1.27", 2)]  # what runs for months is not in /tugas
    assert home.states("9.1.25") == dict.fromkeys(range(1, 6), "open")


def test_what_runs_for_months_is_asked_at_three_and_late_after_six(home: Home, case: Case) -> None:
    through_assessment(home)
    do(home, home.budi, ("9.1.24", 2))
    with home.reading() as s:
        found = monthly.services_of(Work(s, home.house, home.now), case.id or 0, "penyantunan")
    assert [(one.sop.number, one.step.step) for one in found] == RUNNING
    assert {str(one.ask_on) for one in found} == {"2027-01-26"}
    assert not any(one.is_due or one.is_late for one in found)
    home.it_is("2027-01-26 08.00")
    with home.reading() as s:
        found = monthly.services_of(Work(s, home.house, home.now), case.id or 0, "penyantunan")
    assert all(one.is_due for one in found)
    assert not any(one.is_late for one in found)
    home.it_is("2027-04-27 08.00")
    with home.reading() as s:
        found = monthly.services_of(Work(s, home.house, home.now), case.id or 0, "penyantunan")
    assert all(one.is_late for one in found)


def test_one_monthly_card_for_a_section_and_a_case(home: Home, case: Case) -> None:
    through_assessment(home)
    do(home, home.budi, ("9.1.24", 2))
    home.it_is("2026-11-25 08.00")
    assert ("9.1.24", 3) not in home.mine(home.budi)
    home.it_is("2026-11-26 08.00")
    assert ("9.1.24", 3) in home.mine(home.budi)
    task = home.task("9.1.24", 3, 1)
    with home.reading() as s:
        card = monthly.monthly_card(Work(s, home.house, home.now), task)
    assert card.role == "penyantunan"
    assert len(card.services) == len(RUNNING)
    home.confirm(home.budi, task)
    assert ("9.1.24", 3) not in home.mine(home.budi)
    home.it_is("2026-12-26 08.00")
    assert home.task("9.1.24", 3, 2).state == "open"


def test_a_month_nobody_answered_is_missed_and_the_service_goes_on(home: Home, case: Case) -> None:
    through_assessment(home)
    do(home, home.budi, ("9.1.24", 2))
    home.it_is("2026-12-26 08.00")
    assert home.task("9.1.24", 3, 1).state == "missed"
    assert home.task("9.1.24", 3, 0).state == "open"


def test_the_card_goes_on_while_another_service_of_the_section_runs(home: Home, case: Case) -> None:
    through_assessment(home)
    do(home, home.budi, ("9.1.24", 2))
    home.confirm(home.budi, home.task("9.1.24", 3, 0))
    assert home.run("9.1.24").state == "open"
    for sop, step in RUNNING[1:]:
        home.confirm(home.budi, home.task(sop, step))
    assert home.run("9.1.24").state == "closed"
    assert [t.occurrence for t in home.tasks("9.1.24", 3)] == [0]


def test_the_monthly_card_comes_back_when_the_end_of_the_last_service_is_undone(
    home: Home, case: Case
) -> None:
    through_assessment(home)
    do(home, home.budi, ("9.1.24", 2))
    for sop, step in RUNNING[1:]:
        home.confirm(home.budi, home.task(sop, step))
    home.confirm(home.budi, home.task("9.1.24", 3, 0))
    assert home.run("9.1.24").state == "closed"
    home.undo(home.budi, home.task("9.1.24", 3, 0))
    assert home.run("9.1.24").state == "open"
    home.it_is("2026-11-26 08.00")
    assert home.task("9.1.24", 3, 1).state == "open"
    assert ("9.1.24", 3) in home.mine(home.budi)


def test_the_monthly_card_comes_back_when_another_service_goes_on_all_the_same(
    home: Home, case: Case
) -> None:
    """The last service is of another SOP than the card: its end closes the card's run too."""
    through_assessment(home)
    do(home, home.budi, ("9.1.24", 2))
    home.confirm(home.budi, home.task("9.1.24", 3, 0))
    for sop, step in RUNNING[1:]:
        home.confirm(home.budi, home.task(sop, step))
    assert home.run("9.1.24").state == "closed"
    home.undo(home.budi, home.task(*RUNNING[-1]))
    assert home.run("9.1.24").state == "open"
    home.it_is("2026-11-26 08.00")
    assert ("9.1.24", 3) in home.mine(home.budi)


def test_only_its_social_worker_does_the_steps_of_a_case(home: Home, case: Case) -> None:
    lina: Officer = home.lina  # type: ignore[attr-defined]
    assert home.mine(lina) == []
    with pytest.raises(NotFoundError):
        home.confirm(lina, home.task("9.1.20", 1))


def test_who_knows_the_child(home: Home, case: Case) -> None:
    lina: Officer = home.lina  # type: ignore[attr-defined]
    with home.reading() as s:
        found = {o.name: responsibility.knows(Work(s, home.house, home.now), o, case)
                 for o in (home.sari, lina, home.budi, home.dewi, home.tari, home.kirana)}  # fmt: skip
        assert found == {
            "Sari": True, "Lina": False, "Budi": False, "Dewi": False, "Tari": False, "Kirana": True,
        }  # fmt: skip
        with pytest.raises(NotPermittedError):
            responsibility.known_case(
                Work(s, home.house, home.now), home.tari, case.id or 0
            )  # an admin is not told


def test_a_decision_is_not_simply_confirmed(home: Home, decision: Task) -> None:
    with pytest.raises(DecisionNeededError):
        home.confirm(home.sari, decision)


def test_the_others_wait_for_the_proposal(home: Home, decision: Task) -> None:
    with pytest.raises(NothingProposedError):
        home.tap(decisions.agree, home.budi, decision.id)
    with pytest.raises(NotYoursError):
        home.tap(decisions.propose, home.budi, decision.id, "lanjut", "membaik")
    with pytest.raises(UnknownChoiceError):
        home.tap(decisions.propose, home.sari, decision.id, "pulang", "membaik")
    with pytest.raises(NotYoursError):
        home.tap(decisions.agree, home.sari, decision.id)


def test_all_agree_to_go_on_and_evaluate_again_a_month_later(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "lanjut", "membaik")
    home.tap(decisions.agree, home.budi, decision.id)
    assert home.fresh(decision).state == "open"
    home.tap(decisions.agree, home.dewi, decision.id)
    assert home.fresh(decision).state == "done"
    for officer in (home.sari, home.budi, home.dewi):
        home.confirm(officer, home.task("9.1.33", 6))
    assert home.runs("9.1.33") == ["closed", "waiting"]
    assert local(home.run("9.1.33", nth=2).opens_at) == "2027-02-26 00.00"
    assert "9.1.34" not in home.started()


def test_an_objection_goes_to_the_head_who_decides(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "akhiri", "membaik")
    with pytest.raises(NeedsReasonError):
        home.tap(decisions.object_to, home.dewi, decision.id, " ")
    assert home.mine(home.kirana) == []
    home.tap(decisions.object_to, home.dewi, decision.id, "keluarga belum siap")
    assert home.mine(home.kirana) == [("9.1.33", 5)]
    with home.reading() as s:
        rows = s.exec(
            select(Reminder).where(Reminder.officer_id == home.kirana.id, Reminder.kind == "handed")
        ).all()
        assert [row.task_id for row in rows] == [decision.id]
        standing = decisions.standing_of(Work(s, home.house, home.now), home.fresh(decision))
    assert standing.proposal == "akhiri"
    assert [(v.role, v.agrees, v.reason) for v in standing.votes] == [
        ("bimbingan", False, "keluarga belum siap")
    ]
    with pytest.raises(NotYoursError):
        home.tap(decisions.settle, home.sari, decision.id, "akhiri")
    home.tap(decisions.settle, home.kirana, decision.id, "lanjut")
    assert home.fresh(decision).state == "done"  # Penyantunan need not answer any more
    with home.reading() as s:
        standing = decisions.standing_of(Work(s, home.house, home.now), home.fresh(decision))
    assert (standing.settled, standing.settled_by) == ("lanjut", "Kirana")


def test_an_objection_taken_back_leaves_the_head_alone(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "akhiri", "membaik")
    home.tap(decisions.object_to, home.dewi, decision.id, "keluarga belum siap")
    home.undo(home.dewi, decision)
    assert home.mine(home.kirana) == []
    home.tap(decisions.agree, home.dewi, decision.id)
    home.tap(decisions.agree, home.budi, decision.id)
    assert home.fresh(decision).state == "done"


def test_what_the_head_took_back_decides_nothing(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "akhiri", "membaik")
    home.tap(decisions.object_to, home.dewi, decision.id, "keluarga belum siap")
    home.tap(decisions.settle, home.kirana, decision.id, "lanjut")
    home.undo(home.kirana, decision)
    home.undo(home.dewi, decision)
    home.tap(decisions.agree, home.dewi, decision.id)
    home.tap(decisions.agree, home.budi, decision.id)
    for officer in (home.sari, home.budi, home.dewi):
        home.confirm(officer, home.task("9.1.33", 6))
    assert home.states("9.1.34") == {2: "open"}  # "akhiri" stands
    assert home.runs("9.1.33") == ["closed"]


def end(home: Home, decision: Task) -> None:
    """The case is to end: the evaluation is reported, termination has begun."""
    home.tap(decisions.propose, home.sari, decision.id, "akhiri", "membaik")
    home.tap(decisions.agree, home.budi, decision.id)
    home.tap(decisions.agree, home.dewi, decision.id)
    for officer in (home.sari, home.budi, home.dewi):
        home.confirm(officer, home.task("9.1.33", 6))


def test_termination_ends_the_services_and_leads_to_referral(home: Home, decision: Task) -> None:
    end(home, decision)
    assert home.states("9.1.34") == {2: "open"}
    assert home.task("9.1.25", 1).state == "open"
    do(home, home.sari, ("9.1.34", 2), ("9.1.34", 3), ("9.1.34", 4))
    with home.reading() as s:
        assert s.exec(select(Task).where(Task.running, Task.state == "open")).all() == []
        reasons = {t.close_reason for t in s.exec(select(Task).where(Task.sop == "9.1.25", Task.step == 1))}
    assert reasons == {"terminated"}
    assert home.states("9.1.35") == {2: "open"}
    assert home.mine(home.budi) == []
    do(home, home.sari, *(("9.1.35", step) for step in (2, 3, 4, 5)))
    with home.reading() as s:
        case = s.exec(select(Case)).one()
        assert case.closed_at == home.now
    assert home.mine(home.sari) == []


def test_an_undone_termination_brings_the_services_back(home: Home, decision: Task) -> None:
    end(home, decision)
    before = home.states("9.1.25")
    do(home, home.sari, ("9.1.34", 2), ("9.1.34", 3), ("9.1.34", 4))
    home.undo(home.sari, home.task("9.1.34", 4))
    assert home.states("9.1.25") == before
    assert home.runs("9.1.35") == ["withdrawn"]
    with home.reading() as s:
        assert s.exec(select(Case)).one().services_ended_at is None
    do(home, home.sari, ("9.1.34", 4))
    assert home.states("9.1.35") == {2: "open"}


def test_what_is_no_monthly_card_has_no_lines(home: Home, case: Case) -> None:
    with home.reading() as s, pytest.raises(NotFoundError):
        monthly.monthly_card(Work(s, home.house, home.now), home.task("9.1.20", 1))


def test_an_obstacle_at_an_emergency_reaches_its_head_at_once(home: Home, case: Case) -> None:
    lina = home.officer("Wati", head="peksos")
    first = home.task("9.1.20", 1)
    home.it_is("2026-10-26 23.30")
    home.tap(obstacle, home.sari, first.id, "polisi belum datang")
    assert "emergency_obstacle" in home.notices(lina)
    with home.reading() as s:
        row = s.exec(select(Reminder).where(Reminder.rule == "emergency_obstacle")).first()
        assert row is not None
        assert passes_quiet_hours(row)


def test_a_case_that_was_closed_by_hand_goes_on_where_it_stood(home: Home, case: Case) -> None:
    wati = home.officer("Wati", head="peksos")
    do(home, home.sari, ("9.1.20", 1))
    before = home.states("9.1.20")
    home.tap(keeping.close_case, home.sari, home.sari, case.id, "dijemput keluarga")
    assert "case_closed" in home.notices(home.kirana)
    assert "open" not in home.states("9.1.20").values()
    with pytest.raises(NotPermittedError):
        home.tap(keeping.reopen_case, home.sari, home.sari, case.id, "salah")
    with pytest.raises(NeedsReasonError):
        home.tap(keeping.reopen_case, home.kirana, home.kirana, case.id, " ")
    home.tap(keeping.reopen_case, home.kirana, home.kirana, case.id, "salah")
    assert home.states("9.1.20") == before
    for one in (home.sari, wati):
        assert (home.notices(one).count("case_closed"), home.notices(one).count("case_reopened")) == (
            int(one is wati),
            1,
        )
    with home.reading() as s:
        moves = keeping.moves_of(s, s.get_one(Case, case.id))
        assert [(one.fact, one.reason) for one in moves] == [
            ("closed_at", "salah"),
            ("closed_at", "dijemput keluarga"),
        ]
