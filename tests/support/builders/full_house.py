"""A row in every table, with rows at both ends of every foreign key."""

from datetime import date

from sqlmodel import Session

from storage.tables import ConfirmationKind, DayDigest, LeaveReason, Report, ShownMessage
from tests.support.builders import (
    build_absence,
    build_account,
    build_acknowledgement,
    build_case,
    build_case_pin,
    build_child,
    build_child_flag,
    build_cohort,
    build_cohort_move,
    build_confirmation,
    build_conversation,
    build_correction,
    build_digest_item,
    build_handover,
    build_inbox_row,
    build_incident,
    build_invitation,
    build_journal_entry,
    build_membership,
    build_officer,
    build_officer_role,
    build_read_entry,
    build_record,
    build_reminder,
    build_run,
    build_school,
    build_stored_file,
    build_stranger_visit,
    build_task,
    build_task_entry,
    build_task_part,
    build_vital,
    build_weight,
)
from tests.support.builders.rows import SOME_TIME, id_of


def fill_every_table(s: Session) -> None:
    """Add at least one row to each table; no foreign key column is empty in all rows of its table."""
    ani = id_of(build_officer(s, name="Ani Rekaan", is_admin=True))
    budi = id_of(build_officer(s, name="Budi Rekaan"))
    cohort = id_of(build_cohort(s, opened_by_id=ani))
    build_cohort_move(s, cohort_id=cohort, officer_id=ani)
    school = id_of(build_school(s, cohort_id=cohort))
    child = id_of(build_child(s, school_id=school, cohort_id=cohort))
    build_officer_role(s, officer_id=ani, role="guru", cohort_id=cohort, school_id=school)
    phone = id_of(build_account(s, officer_id=ani))
    build_case_pin(s, officer_id=ani)
    build_invitation(s, invited_by_id=ani, replaces_officer_id=budi, used_by_id=budi, used_at=SOME_TIME)
    build_stranger_visit(s)
    build_membership(
        s, child_id=child, until_on=date(2026, 12, 5), reason=LeaveReason.SICK, note="demam", ended_by_id=ani
    )
    build_child_flag(s, child_id=child, set_by_id=ani)
    build_read_entry(s, officer_id=budi, child_id=child)
    build_correction(s, officer_id=ani, row_id=child)
    s.add(
        ShownMessage(
            of_table="children",
            row_id=child,
            account_id=phone,
            message_id=7,
            shown_at=SOME_TIME,
            is_file=False,
        )
    )
    s.add(DayDigest(day=date(2026, 12, 5), parts={"read_log": (1, "ab")}, digest="cd"))
    build_incident(
        s, child_id=child, reported_by_id=ani, closed_at=SOME_TIME, closed_by_id=budi, result="hasil rekaan"
    )
    run = build_run(s, cohort_id=cohort, child_id=child, started_by_id=ani)
    task = id_of(build_task(s, run_id=id_of(run)))
    build_incident(
        s, child_id=child, reported_by_id=ani, kind="lost", words=None, lost_g=3_000, task_id=task,
        seen_at=SOME_TIME, seen_by_id=budi,
    )  # fmt: skip
    part = build_task_part(
        s, task_id=task, assignee_id=ani, assigned_how="taken", state="done", done_by_id=budi
    )
    build_task_entry(s, task_id=task, child_id=child, state="done", closed_at=SOME_TIME, closed_by_id=ani)
    said = id_of(build_confirmation(s, task_id=task, officer_id=ani, child_id=child, note="catatan rekaan"))
    build_confirmation(
        s, task_id=task, officer_id=ani, recorded_by_id=budi, kind=ConfirmationKind.UNDONE, refers_to_id=said
    )
    s.add(
        Report(
            task_id=task, confirmation_id=said, role="peksos", to_role="kepala", reported_by_id=ani,
            reported_at=SOME_TIME, question="tanya rekaan", asked_by_id=budi, asked_at=SOME_TIME,
            answer="jawab rekaan", answered_at=SOME_TIME, closed_at=SOME_TIME, closed_by_id=budi,
        )
    )  # fmt: skip
    build_journal_entry(s, confirmation_id=said, row_id=task)
    weight = build_weight(s, task_id=task, child_id=child, officer_id=ani)
    build_weight(s, task_id=task, child_id=child, officer_id=ani, replaces_id=id_of(weight))
    record = build_record(s, task_id=task, child_id=child, officer_id=ani)
    build_record(s, task_id=task, child_id=child, officer_id=ani, replaces_id=id_of(record))
    build_stored_file(s, task_id=task, child_id=child, officer_id=ani)
    build_reminder(s, officer_id=ani, task_id=task, child_id=child, payload={"catatan": "rekaan"})
    build_acknowledgement(s, task_part_id=id_of(part), officer_id=budi)
    digest = id_of(build_reminder(s, officer_id=ani, task_id=None, kind="digest", rule="digest"))
    build_digest_item(s, reminder_id=digest, kind="late", task_part_id=id_of(part), level="head", page=1)
    build_digest_item(s, reminder_id=digest, kind="as_head")
    build_digest_item(s, reminder_id=digest, kind="obstacle", confirmation_id=said)
    build_digest_item(s, reminder_id=digest, kind="missed", task_id=task)
    build_vital(s)
    build_inbox_row(s)
    build_conversation(s, officer_id=ani, task_id=task)
    build_absence(s, officer_id=ani, deputy_id=budi)
    build_handover(
        s, task_id=task, from_id=ani, to_id=budi, state="returned", answered_at=SOME_TIME, reason="rekaan"
    )
    of_school = build_run(s, cohort_id=cohort, school_id=school, sop="7.1")
    build_task(s, run_id=id_of(of_school), school_id=school)
    case = id_of(build_case(s, peksos_id=ani, name="Anak Rekaan", reason="rekaan", categories=["rekaan"]))
    build_task(s, run_id=id_of(build_run(s, case_id=case, sop="9.1.20")))
    build_read_entry(s, officer_id=ani, case_id=case, account_id=phone)
    build_reminder(s, officer_id=ani, task_id=None, kind="notice", rule="phone_left", account_id=phone)
