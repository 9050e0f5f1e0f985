"""What is said to whom when something of a case ends: decisions, services, reports, the case itself; who waits for whom.

Kenanga is opened by Sari on Monday 26 October 2026 at 08.00; the evaluation begins on 26 January.
"""

from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions import decisions, reports
from sop_flows.actions.acknowledge import take_back, take_on
from sop_flows.actions.cases import keeping, lists, names, standing
from sop_flows.actions.cases.child_data import rename, set_fact
from sop_flows.actions.confirm import obstacle
from sop_flows.actions.leave import leave
from sop_flows.core.notices import Decided, ServicesEnd, find_notices
from sop_flows.core.work import Work
from sop_flows.declarations.loader import Pack
from sop_flows.engine.chain import add_run, open_run
from sop_flows.errors import AlreadyDoneError, NeedsReasonError, NotPermittedError
from storage.tables import Case, Officer, Reminder, Report, Task, TaskState
from tests.rules.test_first_days_of_a_case import do, fresh, handed, open_case, shelter
from tests.support.institution import Home
from tests.support.packs import real_pack

SECTIONS = ("budi", "dewi", "sari")


@pytest.fixture
def pack() -> Pack:
    """The shelter's SOPs."""
    ours = real_pack()
    sops = {number: sop for number, sop in ours.sops.items() if sop.subject == "case"}
    return Pack(ours.unit, sops, ours.lines, ours.folder)


@pytest.fixture
def decision(home: Home) -> Task:
    """9.1.33 step 5, with services that run."""
    open_case(home)
    shelter(home)
    do(home, ("9.1.24", 2))
    home.it_is("2027-01-26 09.00")
    for step in (2, 3, 4):
        for name in SECTIONS:
            home.confirm(getattr(home, name), home.task("9.1.33", step))
    return home.task("9.1.33", 5)


def ends(home: Home, decision: Task) -> Task:
    """The sections agree to end it and report, 9.1.34 is done: 9.1.35 step 2."""
    home.tap(decisions.propose, home.sari, decision.id, "akhiri", "keluarga siap menerima")
    for officer in (home.budi, home.dewi):
        home.tap(decisions.agree, officer, decision.id)
    for name in SECTIONS:
        home.confirm(getattr(home, name), home.task("9.1.33", 6))
    do(home, ("9.1.34", 2), ("9.1.34", 3), ("9.1.34", 4))
    return home.task("9.1.35", 2)


def end_notices(home: Home, officer: Officer) -> list[tuple[bool, bool, int]]:
    """What the officer is told of services that end: soon, taken back, how many."""
    with home.reading() as s:
        found = find_notices(s, ServicesEnd, Reminder.officer_id == officer.id)
        return [
            (one.soon, one.back, len(one.tasks))
            for _row, one in sorted(found, key=lambda one: one[0].id or 0)
        ]


# --- decisions, services ----------------------------------------------------------------------------------------


def test_a_decision_reaches_all_who_took_part_and_its_undo_too(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "akhiri", "keluarga siap menerima")
    home.tap(decisions.object_to, home.dewi, decision.id, "keluarga belum siap")
    assert "decided" not in home.notices(home.sari)
    home.tap(decisions.settle, home.kirana, decision.id, "lanjut")
    told = [one for one in SECTIONS if "decided" in home.notices(getattr(home, one))]
    assert told == list(SECTIONS)  # Budi had not answered, and need not any more
    assert "decided" not in home.notices(home.kirana)
    home.send_due()
    home.undo(home.kirana, decision)
    with home.reading() as s:
        rows = [row for row, one in find_notices(s, Decided) if one.back]
    assert {home.name(row.officer_id) for row in rows} == {"Budi", "Dewi", "Sari"}
    assert all(row.edits_message_id for row in rows)  # where it stands
    case = home.call(lambda work: lists.last_decision(work, work.session.exec(select(Case)).one()))
    assert case is None


def test_the_page_has_the_last_decision_and_the_history_every_voice(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "akhiri", "keluarga siap menerima")
    home.tap(decisions.object_to, home.dewi, decision.id, "keluarga belum siap")
    home.tap(decisions.settle, home.kirana, decision.id, "lanjut")
    with home.reading() as s:
        work = Work(s, home.house, home.now, home.sari)
        case = s.exec(select(Case)).one()
        found = lists.last_decision(work, case)
        assert found is not None
        assert found.id == decision.id
        said = [one.said.note for one in lists.history(work, case) if isinstance(one, lists.CaseSaid)]
    assert said[:3] == ["lanjut", "keluarga belum siap", "akhiri: keluarga siap menerima"]


def test_who_gives_services_hears_that_they_end_and_goes_on_until_the_child_has_left(
    home: Home, decision: Task
) -> None:
    leaving = ends(home, decision)
    running = len(home.call(lambda work: list(work.session.exec(select(Task).where(Task.running, Task.state == "open")).all())))  # fmt: skip
    assert end_notices(home, home.budi) == [(True, False, running)]
    assert home.states("9.1.25") == dict.fromkeys(range(1, 6), "open")
    home.confirm(home.sari, leaving, values=handed("2027-01-26"))
    assert end_notices(home, home.budi)[1] == (False, False, running)
    assert end_notices(home, home.sari) == []  # who said it knows it
    home.send_due()
    home.undo(home.sari, leaving)
    assert end_notices(home, home.budi)[2] == (False, True, running)
    assert home.states("9.1.25") == dict.fromkeys(range(1, 6), "open")


# --- reports ----------------------------------------------------------------------------------------------------


def waiting(home: Home, officer: Officer) -> list[Report]:
    return list(home.call(lambda work: reports.open_for(work, officer)))


def test_a_report_is_read_asked_back_about_accepted_and_told_back(home: Home, decision: Task) -> None:
    ends(home, decision)
    found = waiting(home, home.kirana)
    assert [(one.role, home.name(one.reported_by_id)) for one in found] == [
        ("penyantunan", "Budi"), ("bimbingan", "Dewi"), ("peksos", "Sari"), ("peksos", "Sari"),
    ]  # fmt: skip  # each section of the evaluation, then the termination
    assert home.notices(home.kirana).count("reported") == 4
    assert waiting(home, home.budi) == waiting(home, home.tari) == []
    first = found[0]
    steps = home.call(lambda work: [task.step for _record, task in reports.contents(work.session, first)])
    assert set(steps) >= {3, 5}
    with pytest.raises(NotPermittedError):
        home.tap(reports.accept, home.budi, first.id, first.task_id)
    with pytest.raises(NotPermittedError):
        home.tap(reports.answer, home.budi, first.id, first.task_id, "belum ditanya")
    home.tap(reports.ask_back, home.kirana, first.id, first.task_id, "berat badannya?")
    assert "report_asked" in home.notices(home.budi)
    home.tap(reports.answer, home.budi, first.id, first.task_id, "naik 2 kg")
    assert "report_answered" in home.notices(home.kirana)
    home.tap(reports.accept, home.kirana, first.id, first.task_id)
    assert "report_accepted" in home.notices(home.budi)
    assert len(waiting(home, home.kirana)) == 3
    with pytest.raises(AlreadyDoneError):
        home.tap(reports.accept, home.kirana, first.id, first.task_id)
    case = home.call(lambda work: work.session.exec(select(Case)).one())
    voices = home.call(lambda work: lists.history(work, case))
    about = {(one.what, one.words) for one in voices if isinstance(one, lists.CaseAnswer)}
    assert about == {("asked", "berat badannya?"), ("answered", "naik 2 kg"), ("accepted", "")}


def test_nothing_is_proposed_without_its_reason(home: Home, decision: Task) -> None:
    with pytest.raises(NeedsReasonError):
        home.tap(decisions.propose, home.sari, decision.id, "lanjut", " ")
    assert home.fresh(decision).state == TaskState.OPEN


def test_a_report_that_is_taken_back_need_not_be_read(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "lanjut", "membaik")
    for officer in (home.budi, home.dewi):
        home.tap(decisions.agree, officer, decision.id)
    task = home.task("9.1.33", 6)
    home.confirm(home.budi, task)
    assert len(waiting(home, home.kirana)) == 1
    home.undo(home.budi, task)
    assert waiting(home, home.kirana) == []
    assert "reported" not in home.notices(home.kirana)  # not said yet, and not said any more
    home.confirm(home.budi, task)
    assert len(waiting(home, home.kirana)) == 1


def test_during_leave_of_the_head_the_deputy_reads_it(home: Home, decision: Task) -> None:
    today = date(2027, 1, 26)
    home.tap(leave.record_leave, home.kirana, home.kirana.id, today, today, home.rahmat)
    home.tap(decisions.propose, home.sari, decision.id, "lanjut", "membaik")
    for officer in (home.budi, home.dewi):
        home.tap(decisions.agree, officer, decision.id)
    home.confirm(home.budi, home.task("9.1.33", 6))
    assert "reported" in home.notices(home.rahmat)
    found = waiting(home, home.rahmat)
    home.tap(reports.accept, home.rahmat, found[0].id, found[0].task_id)
    assert waiting(home, home.rahmat) == []


def test_without_a_head_of_the_house_no_admin_reads_of_a_case(home: Home, decision: Task) -> None:
    home.tap(decisions.propose, home.sari, decision.id, "lanjut", "membaik")
    for officer in (home.budi, home.dewi):
        home.tap(decisions.agree, officer, decision.id)
    with home.working() as work:
        work.session.get_one(Officer, home.kirana.id).removed_at = home.now
    home.confirm(home.budi, home.task("9.1.33", 6))
    assert "reported" not in home.notices(home.tari)
    assert waiting(home, home.tari) == []


# --- the case itself --------------------------------------------------------------------------------------------


def test_only_the_last_step_closes_the_case(home: Home, decision: Task) -> None:
    def last(task: Task) -> bool:
        return home.call(lambda work: keeping.is_last_step(work, work.session.get_one(Task, task.id)))

    leaving = ends(home, decision)
    assert not last(leaving)
    home.confirm(home.sari, leaving, values=handed("2027-01-26"))
    do(home, ("9.1.35", 3))
    assert not last(home.task("9.1.35", 4))
    do(home, ("9.1.35", 4))
    assert last(home.task("9.1.35", 5))


def test_aftercare_goes_on_when_the_case_is_closed_early_and_closes_it_in_the_end(
    home: Home, decision: Task
) -> None:
    case = home.call(lambda work: work.session.exec(select(Case)).one())
    leaving = ends(home, decision)
    home.confirm(home.sari, leaving, values=handed("2027-01-26"))
    home.it_is("2027-02-26 09.00")
    home.call(_another_run, case)
    home.tap(keeping.close_case, home.sari, home.sari, case.id, "keluarga pindah")
    assert fresh(home, case).closed_at is None
    assert home.states("9.1.35") == {2: "done", 3: "open"}
    assert "case_closed" in home.notices(home.kirana)
    home.tap(keeping.reopen_case, home.kirana, home.kirana, case.id, "salah")
    assert fresh(home, case).services_ended_at is not None  # the child has left all the same
    home.tap(keeping.close_case, home.sari, home.sari, case.id, "keluarga pindah")
    do(home, ("9.1.35", 3), ("9.1.35", 4), ("9.1.35", 5))
    assert fresh(home, case).closed_at == home.now


def _another_run(work: Work, case: Case) -> None:
    """Something else is still open in the case: advocacy, begun by hand."""
    here = work.session.get_one(Case, case.id)
    open_run(work, add_run(work, work.pack.sops["9.1.32"], here, work.now))


def test_alone_the_aftercare_ends_with_the_case(home: Home, decision: Task) -> None:
    case = home.call(lambda work: work.session.exec(select(Case)).one())
    home.confirm(home.sari, ends(home, decision), values=handed("2027-01-26"))
    home.tap(keeping.close_case, home.sari, home.sari, case.id, "keluarga pindah jauh")
    assert fresh(home, case).closed_at == home.now


def test_another_code_name_stands_in_the_history(home: Home) -> None:
    case = open_case(home)
    home.tap(rename, home.sari, home.sari, case.id, "Jalak")
    with home.reading() as s:
        moves = keeping.moves_of(s, s.get_one(Case, case.id))
    assert [(one.fact, one.before, one.after) for one in moves] == [("code_name", "Kenanga", "Jalak")]


# --- who waits for whom -----------------------------------------------------------------------------------------


def test_the_keeper_hears_when_another_section_leaves_the_child_waiting(home: Home) -> None:
    open_case(home)
    task = home.task("9.1.24", 2)
    told = [one for one in home.owed(task) if one[1] == "kept_waiting"]
    assert [who for _at, _rule, who in told] == ["Sari"]
    home.it_is(told[0][0])
    assert ("kept_waiting", "Sari") in home.send_due()
    home.confirm(home.budi, task)
    assert [
        one for one in home.owed(officer=home.sari) if one[1] == "kept_waiting" and one[0] <= told[0][0]
    ] == []


def test_what_was_done_in_time_is_not_told(home: Home) -> None:
    open_case(home)
    task = home.task("9.1.24", 2)
    home.confirm(home.budi, task)
    assert [one for one in home.owed(task) if one[1] == "kept_waiting"] == []


def test_the_stand_in_does_what_the_keeper_must(home: Home) -> None:
    lina = home.officer("Lina", "peksos")
    case = open_case(home)
    with pytest.raises(NotPermittedError):
        home.tap(keeping.close_case, lina, lina, case.id, "salah")
    today = date(2026, 10, 26)
    home.tap(leave.record_leave, home.sari, home.sari.id, today, today, lina)
    waits = home.task("9.1.24", 2)
    assert {who for _at, rule, who in home.owed(waits) if rule == "kept_waiting"} == {"Lina"}
    with home.reading() as s:
        work = Work(s, home.house, home.now, lina)
        assert keeping.may_keep(work, lina, s.get_one(Case, case.id))
        counts = standing.case_counts(work, lina)
        assert counts is not None
        assert counts.knows
    home.tap(keeping.close_case, lina, lina, case.id, "dijemput keluarga")
    assert fresh(home, case).closed_at == home.now


# --- the clock of an emergency ----------------------------------------------------------------------------------


def test_who_is_to_do_an_emergency_step_hears_when_it_falls_due_and_who_took_over(home: Home) -> None:
    wati = home.officer("Wati", head="peksos")
    open_case(home)
    task = home.task("9.1.20", 1)
    assert ("2026-10-27 08.00", "due", "Sari") in home.owed(task)
    home.it_is("2026-10-27 08.00")
    sent = home.send_due()
    assert ("due", "Sari") in sent
    assert ("late_head", "Wati") in sent
    home.later(5)
    with home.reading() as s:
        row = s.exec(
            select(Reminder).where(Reminder.officer_id == wati.id, Reminder.rule == "late_head", Reminder.task_id == task.id)
        ).one()  # fmt: skip
    home.tap(take_on, wati, row.id)
    assert home.notices(home.sari).count("taken_on") == 1
    home.tap(take_on, wati, row.id)
    assert home.notices(home.sari).count("taken_on") == 1  # twice says nothing new
    home.tap(take_back, wati, row.id)
    assert home.notices(home.sari).count("taken_on") == 2


def test_an_obstacle_at_an_emergency_stands_in_the_status_of_who_knows_the_child(home: Home) -> None:
    open_case(home)
    home.tap(obstacle, home.sari, home.task("9.1.20", 4).id, "polisi belum datang")

    def stuck(officer: Officer) -> list[int]:
        return [line.task.step for line in home.call(lambda work: standing.hindered_steps(work, officer))]

    assert stuck(home.kirana) == stuck(home.sari) == [4]
    assert stuck(home.budi) == []
    do(home, ("9.1.20", 4))
    assert stuck(home.kirana) == []


# --- names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "near", "found"),
    [
        ("Melur Rekaan menangis semalam", False, True),
        ("dijemput neneknya melur  rekaan, pukul 3", False, True),
        ("melur menangis semalam", False, False),  # one word tells it only to who has to do with the child
        ("melur menangis semalam", True, True),
        ("Bu Melur datang", True, False),
        ("rekaan data", True, False),  # not the first word of the name
        ("melurus jalan", True, False),
        ("Kenanga menangis", True, False),
    ],
)
def test_a_text_names_the_child_of_a_case(home: Home, text: str, near: bool, found: bool) -> None:
    open_case(home, name="Melur Rekaan")
    named = home.call(lambda work: names.names_in(work, text, lambda _case: near))
    assert bool(named) is found
    for one in named:
        assert "melur" not in names.without(text, dict.fromkeys(one.places, "Kenanga")).casefold()


@pytest.mark.parametrize("name", ["Anak 1", "Bayi", "Al"])
def test_what_is_no_name_yet_names_nobody(home: Home, name: str) -> None:
    open_case(home, name=name)
    for text in ("anak 1 demam", "bayi menangis", "al sakit"):
        assert home.call(lambda work, said=text: names.names_in(work, said, lambda _case: True)) == ()


def test_a_name_is_known_as_soon_as_it_is_written_down(home: Home) -> None:
    case = open_case(home)

    def named() -> bool:
        return bool(home.call(lambda work: names.names_in(work, "Melur Rekaan", lambda _case: False)))

    assert not named()
    home.tap(set_fact, home.sari, home.sari, case.id, "name", "Melur Rekaan")
    assert named()
