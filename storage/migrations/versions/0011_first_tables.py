"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"  # what 0001 to 0010 did, before any release, is in here
down_revision = None
branch_labels = None
depends_on = None

KINDS: dict[str, sa.types.TypeEngine[Any]] = {
    "int": sa.Integer(),
    "big": sa.BigInteger(),
    "text": sa.Text(),
    "flag": sa.Boolean(),
    "day": sa.Date(),
    "time": sa.DateTime(timezone=True),
}
# The database itself has named the other foreign keys.
NAMED = ("fk_read_log_case_id", "fk_runs_case_id", "fk_runs_school_id", "fk_runs_started_by_id",
         "fk_tasks_case_id", "fk_tasks_school_id")  # fmt: skip

first = sa.MetaData()


def table(name: str, columns: str, *rest: sa.CheckConstraint | sa.UniqueConstraint | sa.Index) -> None:
    """Add a table to `first`. A column has a name and a kind, or the table whose id it holds; with "?" it may be empty."""
    sa.Table(name, first, *(column(name, *words.split()) for words in columns.split(",")), *rest)


def column(of: str, name: str, kind: str = "int", note: str = "") -> sa.Column[Any]:
    """A column of the table `of`; `id` alone is the key, as is one with the note `key`."""
    target, key = kind.rstrip("?"), f"fk_{of}_{name}"
    refers = () if target in KINDS else (sa.ForeignKey(f"{target}.id", name=key if key in NAMED else None),)
    return sa.Column(
        name,
        KINDS.get(target, KINDS["int"]),
        *refers,
        primary_key=name == "id" or note == "key",
        unique=note == "unique" or None,
        nullable=kind.endswith("?"),
    )


def check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def unique(name: str, columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns.split(", "), name=name)


def index(name: str, columns: str, rows: str | None = None) -> sa.Index:
    """An index, unique where its name begins with uq; of these `rows` only."""
    where = None if rows is None else sa.text(rows)
    is_unique = name.startswith("uq")
    return sa.Index(name, *columns.split(", "), unique=is_unique, sqlite_where=where, postgresql_where=where)


table(
    "chat_leases",
    "chat_key text key, owner text, until time",
)
table(
    "inbox",
    """
    id, update_id big, identity text, chat_key text, raw text?, received_at time, handled_at time?,
    reply text?, replied_at time?, attempts int, error text?, set_aside_at time?
    """,
    check(
        "ck_inbox_replied_after_handled",
        "replied_at IS NULL OR handled_at IS NOT NULL OR set_aside_at IS NOT NULL",
    ),
    unique("uq_inbox_update", "update_id, identity"),
    index("ix_inbox_unhandled", "chat_key, id", "handled_at IS NULL AND set_aside_at IS NULL"),
    index("ix_inbox_unreplied", "id", "replied_at IS NULL AND reply IS NOT NULL"),
)
table(
    "officers",
    """
    id, name text, is_admin flag, enrolled_at time, removed_at time?, morning_minutes int?,
    morning_before int?, morning_since_on day?, switched_off text?
    """,
)
table(
    "sop_versions",
    "id, number text, digest text unique, source text",
    index("ix_sop_versions_number", "number"),
)
table(
    "stranger_visits",
    "chat_key text key, refused_at time?, hour_began_at time?, wrong_codes int, told_to_wait_at time?",
)
table(
    "vitals",
    "name text key, value text, at time",
)
table(
    "absences",
    """
    id, officer_id officers, from_on day, until_on day, begins_at time, returns_at time, stand_in_id
    officers?, recorded_by_id officers, recorded_at time, nobody_told_at time?, begun_at time?, ended_at
    time?
    """,
    check("ck_absences_returns_after_begins", "returns_at > begins_at"),
    check("ck_absences_stand_in_is_another", "stand_in_id IS NULL OR stand_in_id <> officer_id"),
    check("ck_absences_until_after_from", "until_on >= from_on"),
    index("ix_absences_officer_id", "officer_id"),
    index("ix_absences_unfinished", "begins_at", "ended_at IS NULL"),
)
table(
    "accounts",
    """
    id, officer_id officers, chat_key text, chat_id text, bound_at time, unbound_at time?, blocked_at
    time?
    """,
    index("uq_accounts_bound_chat", "chat_key", "unbound_at IS NULL"),
    index("uq_accounts_bound_officer", "officer_id", "unbound_at IS NULL"),
)
table(
    "cases",
    """
    id, code_name text unique, sex text?, age_years int?, unborn flag, name text?, address text?, reason
    text?, categories text, opened_at time, opened_by_id officers, peksos_id officers, services_ended_at
    time?, closed_at time?, close_reason text?
    """,
    check("ck_cases_age", "age_years IS NULL OR age_years >= 0"),
    check("ck_cases_closed_has_reason", "(closed_at IS NULL) = (close_reason IS NULL)"),
    check("ck_cases_sex", "sex IN ('L', 'P')"),
    check("ck_cases_unborn_has_no_age", "NOT unborn OR age_years IS NULL"),
    index("ix_cases_peksos_id", "peksos_id"),
)
table(
    "cohorts",
    """
    id, name text unique, arrival_on day, departure_on day, opened_at time, opened_by_id officers?,
    closed_at time?
    """,
    check("ck_cohorts_departure_after_arrival", "departure_on > arrival_on"),
)
table(
    "invitations",
    """
    id, code_key text unique, grant text, replaces_officer_id officers?, invited_by_id officers?,
    created_at time, expires_at time, used_at time?, used_by_id officers?
    """,
)
table(
    "cohort_moves",
    """
    id, cohort_id cohorts, arrival_from day, arrival_on day, departure_from day, departure_on day,
    reason text, officer_id officers?, moved_at time, update_id big?
    """,
    index("ix_cohort_moves_cohort_id", "cohort_id"),
)
table(
    "officer_roles",
    "id, officer_id officers, role text, is_head flag, cohort_id cohorts?",
    unique("uq_officer_roles_officer_role_cohort", "officer_id, role, cohort_id"),
    index("ix_officer_roles_officer_id", "officer_id"),
    index("ix_officer_roles_role", "role"),
    index("uq_officer_roles_officer_role", "officer_id, role", "cohort_id IS NULL"),
)
table(
    "schools",
    "id, cohort_id cohorts, name text, withdrew_on day?",
    unique("uq_schools_cohort_name", "cohort_id, name"),
)
table(
    "children",
    """
    id, cohort_id cohorts, school_id schools, number int, sex text, name text, name_key text, born_on
    text?, parent_name text?, phone text?, address text?
    """,
    check("ck_children_number_positive", "number >= 1"),
    check("ck_children_sex", "sex IN ('L', 'P')"),
    unique("uq_children_cohort_number", "cohort_id, number"),
    index("ix_children_school_id", "school_id"),
)
table(
    "child_flags",
    "id, child_id children, kind text, set_at time, set_by_id officers, cleared_at time?",
    check("ck_child_flags_kind", "kind IN ('assessment', 'nurse')"),
    index("uq_child_flags_set", "child_id, kind", "cleared_at IS NULL"),
)
table(
    "memberships",
    "id, child_id children, from_on day, until_on day?, reason text?, note text?, ended_by_id officers?",
    check(
        "ck_memberships_reason",
        "reason IN ('sakit', 'pulang lebih awal', 'batal ikut', 'dirujuk', 'sekolah mundur', 'selesai')",
    ),
    check("ck_memberships_reason_when_ended", "(until_on IS NULL) = (reason IS NULL)"),
    check("ck_memberships_until_after_from", "until_on IS NULL OR until_on >= from_on"),
    index("ix_memberships_child_id", "child_id"),
    index("uq_memberships_open", "child_id", "until_on IS NULL"),
)
table(
    "read_log",
    "id, officer_id officers, child_id children?, case_id cases?, screen text, read_at time",
)
table(
    "runs",
    """
    id, sop text, sop_version_id sop_versions, cohort_id cohorts?, case_id cases?, child_id children?,
    school_id schools?, subject text, nth int, state text, opens_at time?, opened_at time?, closed_at
    time?, started_by_id officers?, close_reason text?
    """,
    check("ck_runs_closed_has_time", "(state = 'closed') <= (closed_at IS NOT NULL)"),
    check("ck_runs_cohort_or_case", "(cohort_id IS NULL) <> (case_id IS NULL)"),
    check("ck_runs_open_has_time", "(state = 'open') <= (opened_at IS NOT NULL)"),
    check("ck_runs_state", "state IN ('waiting', 'open', 'closed', 'withdrawn')"),
    check("ck_runs_waiting_has_time", "(state = 'waiting') <= (opens_at IS NOT NULL)"),
    unique("uq_runs_sop_subject_nth", "sop, subject, nth"),
    index("ix_runs_case", "case_id, sop"),
    index("ix_runs_cohort", "cohort_id, sop"),
    index("ix_runs_waiting", "opens_at", "state = 'waiting'"),
)
table(
    "tasks",
    """
    id, run_id runs, cohort_id cohorts?, case_id cases?, child_id children?, school_id schools?, sop
    text, step int, running flag, occurrence int, occurrence_on day?, card text?, state text,
    before_pandu flag, opens_at time?, opened_at time?, ends_at time?, due_at time?, due_kind text?,
    chosen_on day?, closed_at time?, done_on day?, close_reason text?
    """,
    check(
        "ck_tasks_closed_has_time", "(state IN ('done', 'skipped', 'withdrawn')) = (closed_at IS NOT NULL)"
    ),
    check("ck_tasks_cohort_or_case", "(cohort_id IS NULL) <> (case_id IS NULL)"),
    check("ck_tasks_due_kind", "due_kind IN ('standard', 'target', 'date', 'moved')"),
    check("ck_tasks_occurrence", "occurrence >= 0"),
    check(
        "ck_tasks_open_has_times",
        "(state IN ('open', 'done', 'skipped')) <= (opened_at IS NOT NULL AND due_at IS NOT NULL)",
    ),
    check("ck_tasks_state", "state IN ('waiting', 'open', 'done', 'skipped', 'withdrawn')"),
    check("ck_tasks_waiting_has_time", "(state = 'waiting') <= (opens_at IS NOT NULL)"),
    index("ix_tasks_case_state", "case_id, state"),
    index("ix_tasks_cohort_state", "cohort_id, state"),
    index("ix_tasks_ending", "ends_at", "state = 'open' AND ends_at IS NOT NULL"),
    index("ix_tasks_waiting", "opens_at", "state = 'waiting'"),
    index("uq_tasks_run_step_occurrence", "run_id, step, occurrence", "state <> 'withdrawn'"),
)
table(
    "confirmations",
    """
    id, task_id tasks, role text?, child_id children?, kind text, officer_id officers, recorded_by_id
    officers, done_on day?, recorded_at time, note text?, update_id big?, refers_to_id confirmations?
    """,
    check(
        "ck_confirmations_kind",
        "kind IN ('done', 'part_done', 'skipped', 'obstacle', 'undone', 'delegated', 'taken', 'rescheduled')",
    ),
    check("ck_confirmations_undone_refers", "(kind = 'undone') <= (refers_to_id IS NOT NULL)"),
    index("ix_confirmations_task", "task_id, id"),
)
table(
    "conversations",
    """
    officer_id officers key, topic text, task_id tasks?, draft text, card_message_id big?, card_shown_at
    time?, updated_at time
    """,
)
table(
    "files",
    """
    id, content_key text, mime text, size_bytes int, task_id tasks?, child_id children?, officer_id
    officers, stored_at time
    """,
    index("ix_files_content_key", "content_key"),
    index("ix_files_task_id", "task_id"),
)
table(
    "handovers",
    """
    id, task_id tasks, role text, from_id officers, to_id officers, offered_at time, ends_at time, state
    text, answered_at time?, reason text?, update_id big?
    """,
    check("ck_handovers_answered_has_time", "(state = 'offered') = (answered_at IS NULL)"),
    check("ck_handovers_state", "state IN ('offered', 'accepted', 'returned', 'lapsed', 'withdrawn')"),
    check("ck_handovers_to_another", "from_id <> to_id"),
    index("ix_handovers_ends", "ends_at", "state = 'offered'"),
    index("ix_handovers_task_id", "task_id"),
    index("uq_handovers_offered", "task_id, role", "state = 'offered'"),
)
table(
    "records",
    """
    id, task_id tasks, child_id children?, key text, data text, done_on day, recorded_at time,
    officer_id officers, recorded_by_id officers, update_id big?, replaces_id records? unique
    """,
    index("ix_records_task_child", "task_id, child_id"),
)
table(
    "reminders",
    """
    id, key text, kind text, officer_id officers, task_id tasks?, role text?, child_id children?, rule
    text, due_at time, state text, ends_at time?, payload text?, edits_message_id big?, claimed_by
    text?, lease_until time?, attempts int, sent_at time?, message_id big?, turned_at time?, error
    text?, created_at time
    """,
    check("ck_reminders_has_task", "task_id IS NOT NULL OR kind IN ('digest', 'notice')"),
    check(
        "ck_reminders_kind",
        "kind IN ('lead', 'morning', 'due', 'handed', 'snooze', 'digest', 'escalation', 'notice')",
    ),
    check("ck_reminders_sent_has_time", "(state = 'sent') = (sent_at IS NOT NULL)"),
    check("ck_reminders_state", "state IN ('pending', 'sent', 'dropped', 'failed')"),
    index("ix_reminders_digests", "due_at, officer_id", "kind = 'digest'"),
    index("ix_reminders_in_hand", "lease_until", "state = 'pending' AND lease_until IS NOT NULL"),
    index("ix_reminders_message", "message_id, officer_id", "message_id IS NOT NULL"),
    index("ix_reminders_officer_id", "officer_id"),
    index("ix_reminders_officer_sent", "officer_id, sent_at", "state = 'sent'"),
    index("ix_reminders_officer_unsent", "officer_id, due_at", "state = 'pending'"),
    index("ix_reminders_task", "task_id, due_at"),
    index("ix_reminders_unsent", "due_at", "state = 'pending'"),
    index("uq_reminders_pending_key", "key", "state = 'pending'"),
)
table(
    "task_entries",
    """
    id, task_id tasks, child_id children, state text, opened_at time, due_at time, put_off_at time?,
    put_off_reason text?, closed_at time?, closed_by_id officers?, reason text?
    """,
    check("ck_task_entries_closed_has_time", "(state = 'open') = (closed_at IS NULL)"),
    check("ck_task_entries_state", "state IN ('open', 'done', 'excused', 'withdrawn')"),
    unique("uq_task_entries_task_child", "task_id, child_id"),
    index("ix_task_entries_child_id", "child_id"),
    index("ix_task_entries_open", "task_id", "state = 'open'"),
)
table(
    "task_parts",
    """
    id, task_id tasks, position int, role text, state text, assignee_id officers?, assigned_how text?,
    assigned_at time?, done_at time?, done_on day?, done_by_id officers?
    """,
    check("ck_task_parts_assigned_how", "assigned_how IN ('sole', 'taken', 'named', 'duty')"),
    check("ck_task_parts_assignee_how", "(assignee_id IS NULL) = (assigned_how IS NULL)"),
    check("ck_task_parts_done_by", "(state = 'done') = (done_by_id IS NOT NULL)"),
    check("ck_task_parts_state", "state IN ('waiting', 'open', 'done', 'skipped', 'withdrawn')"),
    unique("uq_task_parts_task_role", "task_id, role"),
    index("ix_task_parts_assignee", "assignee_id, state"),
    index("ix_task_parts_role_state", "role, state"),
)
table(
    "weights",
    """
    id, task_id tasks, child_id children, weight_g int, weighed_on day, recorded_at time, officer_id
    officers, recorded_by_id officers, update_id big?, replaces_id weights? unique
    """,
    check("ck_weights_grams", "weight_g BETWEEN 1000 AND 200000"),
    index("ix_weights_child", "child_id, weighed_on"),
    index("ix_weights_task_id", "task_id"),
)
table(
    "acknowledgements",
    "id, task_part_id task_parts, officer_id officers, due_at time, acknowledged_at time, update_id big?",
    index("ix_acknowledgements_task_part_id", "task_part_id"),
)
table(
    "confirmation_effects",
    "id, confirmation_id confirmations, task_id tasks?, run_id runs?",
    check("ck_confirmation_effects_one_target", "(task_id IS NULL) <> (run_id IS NULL)"),
    index("ix_confirmation_effects_confirmation_id", "confirmation_id"),
)

# What an officer said is evidence: the database itself refuses to change or delete it. The note alone may be
# emptied, when a person's data must be erased.
KEPT = (
    "task_id, role, child_id, kind, officer_id, recorded_by_id, done_on, recorded_at, update_id, refers_to_id"
)


def keep_confirmations() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in (("update", f"UPDATE OF {KEPT}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER confirmations_no_{name} BEFORE {when} ON confirmations "
                "BEGIN SELECT RAISE(ABORT, 'confirmations are append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION keep_confirmations() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'confirmations are append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER confirmations_kept BEFORE DELETE OR UPDATE OF {KEPT} ON confirmations "
        "FOR EACH ROW EXECUTE FUNCTION keep_confirmations()"
    )


def upgrade() -> None:
    first.create_all(op.get_bind())
    keep_confirmations()


def downgrade() -> None:
    first.drop_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_confirmations")
