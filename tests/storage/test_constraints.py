"""Wrong states that the database itself refuses, whatever the program does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session

from storage.engine import Store
from tests.support import builders as b
from tests.support.builders.rows import SOME_TIME, id_of

LATER = SOME_TIME + timedelta(hours=1)


@dataclass(frozen=True)
class Wrong:
    """A state that must not be, and the CHECK that says so."""

    what: str
    build: Callable[[Session], Any]
    check: str


WRONG = [
    Wrong("the children leave on the day they arrive",
          lambda s: b.build_cohort(s, departure_on=date(2026, 12, 1)), "ck_cohorts_departure_after_arrival"),
    Wrong("a child without a number", lambda s: b.build_child(s, number=0), "ck_children_number_positive"),
    Wrong("a sex that no list has", lambda s: b.build_child(s, sex="X"), "ck_children_sex"),
    Wrong("a child left and nobody says why",
          lambda s: b.build_membership(s, until_on=date(2026, 12, 5)), "ck_memberships_reason_when_ended"),
    Wrong("a reason and no last day",
          lambda s: b.build_membership(s, reason="sakit"), "ck_memberships_reason_when_ended"),
    Wrong("a child left before it came",
          lambda s: b.build_membership(s, until_on=date(2026, 11, 30), reason="batal ikut"),
          "ck_memberships_until_after_from"),
    Wrong("an open run that never opened",
          lambda s: b.build_run(s, opened_at=None), "ck_runs_open_has_time"),
    Wrong("a closed run without a time",
          lambda s: b.build_run(s, state="closed"), "ck_runs_closed_has_time"),
    Wrong("a waiting run that waits for nothing",
          lambda s: b.build_run(s, state="waiting", opened_at=None), "ck_runs_waiting_has_time"),
    Wrong("an open task that is never due",
          lambda s: b.build_task(s, due_at=None), "ck_tasks_open_has_times"),
    Wrong("an open task that never opened",
          lambda s: b.build_task(s, opened_at=None), "ck_tasks_open_has_times"),
    Wrong("a waiting task that waits for nothing",
          lambda s: b.build_task(s, state="waiting"), "ck_tasks_waiting_has_time"),
    Wrong("a done task without a time",
          lambda s: b.build_task(s, state="done"), "ck_tasks_closed_has_time"),
    Wrong("an open task that was closed",
          lambda s: b.build_task(s, closed_at=LATER), "ck_tasks_closed_has_time"),
    Wrong("an occurrence below nought", lambda s: b.build_task(s, occurrence=-1), "ck_tasks_occurrence"),
    Wrong("somebody is in charge and nobody knows how",
          lambda s: b.build_task_part(s, assignee_id=id_of(b.build_officer(s))), "ck_task_parts_assignee_how"),
    Wrong("taken by nobody", lambda s: b.build_task_part(s, assigned_how="taken"), "ck_task_parts_assignee_how"),
    Wrong("a part done by nobody", lambda s: b.build_task_part(s, state="done"), "ck_task_parts_done_by"),
    Wrong("an open part that somebody has done",
          lambda s: b.build_task_part(s, done_by_id=id_of(b.build_officer(s))), "ck_task_parts_done_by"),
    Wrong("an open entry that was closed",
          lambda s: b.build_task_entry(s, closed_at=LATER), "ck_task_entries_closed_has_time"),
    Wrong("an excused entry without a time",
          lambda s: b.build_task_entry(s, state="excused"), "ck_task_entries_closed_has_time"),
    Wrong("undone, and nobody knows what",
          lambda s: b.build_confirmation(s, kind="undone"), "ck_confirmations_undone_refers"),
    Wrong("a child of 300 g", lambda s: b.build_weight(s, weight_g=300), "ck_weights_grams"),
    Wrong("a child of 235 kg", lambda s: b.build_weight(s, weight_g=235_000), "ck_weights_grams"),
    Wrong("a reminder of no task",
          lambda s: b.build_reminder(s, task_id=None), "ck_reminders_has_task"),
    Wrong("a reminder sent at no time",
          lambda s: b.build_reminder(s, state="sent"), "ck_reminders_sent_has_time"),
    Wrong("a pending reminder that was sent",
          lambda s: b.build_reminder(s, sent_at=LATER), "ck_reminders_sent_has_time"),
    Wrong("a reply spoken before the update was handled",
          lambda s: b.build_inbox_row(s, replied_at=LATER), "ck_inbox_replied_after_handled"),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.what)
def test_a_wrong_state_is_refused(store: Store, wrong: Wrong) -> None:
    with pytest.raises(IntegrityError, match=wrong.check), store.transaction() as s:
        wrong.build(s)


def twice_the_same_number(s: Session) -> None:
    child = b.build_child(s)
    b.build_child(s, school_id=child.school_id, cohort_id=child.cohort_id, number=child.number)


def two_memberships_at_once(s: Session) -> None:
    b.build_membership(s, child_id=b.build_membership(s).child_id)


def two_marks_of_a_kind(s: Session) -> None:
    b.build_child_flag(s, child_id=b.build_child_flag(s).child_id)


def one_role_twice(s: Session) -> None:
    b.build_officer_role(s, officer_id=b.build_officer_role(s).officer_id)


def two_phones_of_one_officer(s: Session) -> None:
    b.build_account(s, officer_id=b.build_account(s).officer_id)


def one_chat_of_two_officers(s: Session) -> None:
    b.build_account(s, chat_key=b.build_account(s).chat_key)


def one_code_twice(s: Session) -> None:
    b.build_invitation(s, code_key=b.build_invitation(s).code_key)


def one_school_twice(s: Session) -> None:
    school = b.build_school(s)
    b.build_school(s, cohort_id=school.cohort_id, name=school.name)


def one_angkatan_twice(s: Session) -> None:
    b.build_cohort(s, name=b.build_cohort(s).name)


def one_run_twice(s: Session) -> None:
    run = b.build_run(s)
    b.build_run(s, cohort_id=run.cohort_id, nth=run.nth)


def one_occurrence_twice(s: Session) -> None:
    task = b.build_task(s, occurrence=2)
    b.build_task(s, run_id=task.run_id, occurrence=2)


def one_part_twice(s: Session) -> None:
    b.build_task_part(s, task_id=b.build_task_part(s).task_id)


def one_child_twice_on_a_roll(s: Session) -> None:
    entry = b.build_task_entry(s)
    b.build_task_entry(s, task_id=entry.task_id, child_id=entry.child_id)


def two_corrections_of_one_weight(s: Session) -> None:
    first = b.build_weight(s)
    for _ in range(2):
        b.build_weight(s, task_id=first.task_id, child_id=first.child_id, replaces_id=first.id)


def two_corrections_of_one_record(s: Session) -> None:
    first = b.build_record(s)
    for _ in range(2):
        b.build_record(s, task_id=first.task_id, child_id=first.child_id, replaces_id=first.id)


def one_reminder_pending_twice(s: Session) -> None:
    b.build_reminder(s, key=b.build_reminder(s).key)


def one_update_twice(s: Session) -> None:
    row = b.build_inbox_row(s, identity="same")
    b.build_inbox_row(s, update_id=row.update_id, identity="same")


TWICE = [
    twice_the_same_number, two_memberships_at_once, two_marks_of_a_kind, one_role_twice, two_phones_of_one_officer,
    one_chat_of_two_officers, one_code_twice, one_school_twice, one_angkatan_twice, one_run_twice,
    one_occurrence_twice, one_part_twice, one_child_twice_on_a_roll, two_corrections_of_one_weight,
    two_corrections_of_one_record, one_reminder_pending_twice, one_update_twice,
]  # fmt: skip


@pytest.mark.parametrize("build", TWICE, ids=lambda build: build.__name__)
def test_nothing_is_there_twice(store: Store, build: Callable[[Session], None]) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)unique"), store.transaction() as s:
        build(s)


def a_mark_set_anew(s: Session) -> None:
    b.build_child_flag(s, child_id=b.build_child_flag(s, cleared_at=LATER).child_id)


def a_child_who_came_back(s: Session) -> None:
    first = b.build_membership(s, until_on=date(2026, 12, 5), reason="sakit")
    b.build_membership(s, child_id=first.child_id, from_on=date(2026, 12, 8))


def a_new_phone(s: Session) -> None:
    b.build_account(s, officer_id=b.build_account(s, unbound_at=LATER).officer_id)


def an_undone_task_opened_again(s: Session) -> None:
    task = b.build_task(s, state="withdrawn", closed_at=LATER)
    b.build_task(s, run_id=task.run_id)


def a_reminder_owed_again(s: Session) -> None:
    b.build_reminder(s, key=b.build_reminder(s, state="dropped").key)


def another_update_under_an_old_number(s: Session) -> None:
    row = b.build_inbox_row(s, identity="before the quiet week")
    b.build_inbox_row(s, update_id=row.update_id, identity="after it")


def a_guru_of_two_angkatan(s: Session) -> None:
    role = b.build_officer_role(s, role="guru", cohort_id=id_of(b.build_cohort(s)))
    b.build_officer_role(s, officer_id=role.officer_id, role="guru", cohort_id=id_of(b.build_cohort(s)))


ALLOWED = [
    a_mark_set_anew, a_child_who_came_back, a_new_phone, an_undone_task_opened_again, a_reminder_owed_again,
    another_update_under_an_old_number, a_guru_of_two_angkatan,
]  # fmt: skip


@pytest.mark.parametrize("build", ALLOWED, ids=lambda build: build.__name__)
def test_what_happens_again_is_allowed(store: Store, build: Callable[[Session], None]) -> None:
    with store.transaction() as s:
        build(s)


def task_of_no_run(s: Session) -> None:
    s.execute(text("UPDATE tasks SET run_id = 777 WHERE id = :id"), {"id": b.build_task(s).id})


NOWHERE: list[tuple[str, Callable[[Session], Any]]] = [
    ("a child of no school", lambda s: b.build_child(s, school_id=777, cohort_id=id_of(b.build_cohort(s)))),
    ("a task of no run", task_of_no_run),
    ("a confirmation of no task", lambda s: b.build_confirmation(s, task_id=777)),
    ("a reminder for nobody", lambda s: b.build_reminder(s, officer_id=777)),
    ("an entry of no child", lambda s: b.build_task_entry(s, child_id=777)),
]


@pytest.mark.parametrize("build", [build for _what, build in NOWHERE], ids=[what for what, _build in NOWHERE])
def test_nothing_points_nowhere(store: Store, build: Callable[[Session], Any]) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), store.transaction() as s:
        build(s)


@pytest.mark.parametrize("table", ["officers", "cohorts", "children", "runs", "tasks"])
def test_what_others_point_at_stays(store: Store, table: str) -> None:
    with store.transaction() as s:
        b.build_weight(s)
        b.build_task_part(s, assignee_id=id_of(b.build_officer(s)), assigned_how="taken")
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), store.transaction() as s:
        s.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize(
    "build",
    [
        lambda s: b.build_task(s, state="OPEN"),  # the member's name instead of its word
        lambda s: b.build_membership(s, until_on=date(2026, 12, 5), reason="bosan"),
        lambda s: b.build_reminder(s, kind="nudge"),
        lambda s: b.build_confirmation(s, kind="maybe"),
    ],
)
def test_an_unknown_word_is_refused_before_it_is_written(
    store: Store, build: Callable[[Session], Any]
) -> None:
    with pytest.raises(StatementError, match="is not a valid"), store.transaction() as s:
        build(s)


@pytest.mark.parametrize(
    ("table", "column", "check"),
    [
        ("tasks", "state", "ck_tasks_state"),
        ("tasks", "due_kind", "ck_tasks_due_kind"),
        ("task_parts", "state", "ck_task_parts_state"),
        ("task_parts", "assigned_how", "ck_task_parts_assigned_how"),
        ("task_entries", "state", "ck_task_entries_state"),
        ("runs", "state", "ck_runs_state"),
        ("reminders", "kind", "ck_reminders_kind"),
        ("reminders", "state", "ck_reminders_state"),
        ("reminders", "dropped_why", "ck_reminders_dropped_why"),
        ("digest_items", "kind", "ck_digest_items_kind"),
        ("journal", "change", "ck_journal_change"),
        ("child_flags", "kind", "ck_child_flags_kind"),
        ("memberships", "reason", "ck_memberships_reason"),
    ],
)
def test_an_unknown_word_is_refused_by_the_database_too(
    store: Store, table: str, column: str, check: str
) -> None:
    with store.transaction() as s:
        task = b.build_task(s)
        b.build_task_part(s, task_id=id_of(task), assignee_id=id_of(b.build_officer(s)), assigned_how="taken")
        b.build_task_entry(s, task_id=id_of(task), state="done", closed_at=LATER)
        b.build_reminder(s, task_id=id_of(task), **({"state": "dropped"} if column == "dropped_why" else {}))
        b.build_journal_entry(s)
        b.build_digest_item(s)
        b.build_child_flag(s)
        b.build_membership(s, until_on=date(2026, 12, 5), reason="sakit")
    with pytest.raises(IntegrityError, match=check), store.transaction() as s:
        s.execute(text(f"UPDATE {table} SET {column} = 'entah'"))
