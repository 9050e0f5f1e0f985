"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


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
    op.create_table(
        "chat_leases",
        sa.Column("chat_key", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_key"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("chat_key", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "replied_at IS NULL OR handled_at IS NOT NULL OR set_aside_at IS NOT NULL",
            name="ck_inbox_replied_after_handled",
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("update_id", "identity", name="uq_inbox_update"),
    )
    op.create_index(
        "ix_inbox_unhandled",
        "inbox",
        ["chat_key", "id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL AND set_aside_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL AND set_aside_at IS NULL"),
    )
    op.create_index(
        "ix_inbox_unreplied",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("replied_at IS NULL AND reply IS NOT NULL"),
        postgresql_where=sa.text("replied_at IS NULL AND reply IS NOT NULL"),
    )
    op.create_table(
        "officers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sop_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index(op.f("ix_sop_versions_number"), "sop_versions", ["number"], unique=False)
    op.create_table(
        "stranger_visits",
        sa.Column("chat_key", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hour_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("told_to_wait_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("chat_key"),
    )
    op.create_table(
        "vitals",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("chat_key", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_accounts_bound_chat",
        "accounts",
        ["chat_key"],
        unique=True,
        sqlite_where=sa.text("unbound_at IS NULL"),
        postgresql_where=sa.text("unbound_at IS NULL"),
    )
    op.create_index(
        "uq_accounts_bound_officer",
        "accounts",
        ["officer_id"],
        unique=True,
        sqlite_where=sa.text("unbound_at IS NULL"),
        postgresql_where=sa.text("unbound_at IS NULL"),
    )
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("arrival_on", sa.Date(), nullable=False),
        sa.Column("departure_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("departure_on > arrival_on", name="ck_cohorts_departure_after_arrival"),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["officers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("grant", sa.Text(), nullable=False),
        sa.Column("replaces_officer_id", sa.Integer(), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["replaces_officer_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["used_by_id"],
            ["officers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_key"),
    )
    op.create_table(
        "officer_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'guru') = (cohort_id IS NOT NULL)", name="ck_officer_roles_guru_has_cohort"
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("officer_id", "role", "cohort_id", name="uq_officer_roles_officer_role_cohort"),
    )
    op.create_index(op.f("ix_officer_roles_officer_id"), "officer_roles", ["officer_id"], unique=False)
    op.create_index("ix_officer_roles_role", "officer_roles", ["role"], unique=False)
    op.create_index(
        "uq_officer_roles_officer_role",
        "officer_roles",
        ["officer_id", "role"],
        unique=True,
        sqlite_where=sa.text("cohort_id IS NULL"),
        postgresql_where=sa.text("cohort_id IS NULL"),
    )
    op.create_table(
        "schools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("withdrew_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cohort_id", "name", name="uq_schools_cohort_name"),
    )
    op.create_table(
        "children",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Text(), nullable=True),
        sa.Column("parent_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.CheckConstraint("sex IN ('L', 'P')", name="ck_children_sex"),
        sa.CheckConstraint("number >= 1", name="ck_children_number_positive"),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["school_id"],
            ["schools.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cohort_id", "number", name="uq_children_cohort_number"),
    )
    op.create_index(op.f("ix_children_school_id"), "children", ["school_id"], unique=False)
    op.create_table(
        "child_flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('assessment', 'nurse')", name="ck_child_flags_kind"),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"],
            ["officers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_child_flags_set",
        "child_flags",
        ["child_id", "kind"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('sakit', 'pulang lebih awal', 'batal ikut', 'dirujuk', 'sekolah mundur', 'selesai')",
            name="ck_memberships_reason",
        ),
        sa.CheckConstraint("(until_on IS NULL) = (reason IS NULL)", name="ck_memberships_reason_when_ended"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ck_memberships_until_after_from"),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["officers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_memberships_child_id"), "memberships", ["child_id"], unique=False)
    op.create_index(
        "uq_memberships_open",
        "memberships",
        ["child_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "read_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sop", sa.Text(), nullable=False),
        sa.Column("sop_version_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'closed') <= (closed_at IS NOT NULL)", name="ck_runs_closed_has_time"),
        sa.CheckConstraint("(state = 'open') <= (opened_at IS NOT NULL)", name="ck_runs_open_has_time"),
        sa.CheckConstraint("(state = 'waiting') <= (opens_at IS NOT NULL)", name="ck_runs_waiting_has_time"),
        sa.CheckConstraint("state IN ('waiting', 'open', 'closed', 'withdrawn')", name="ck_runs_state"),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sop_version_id"],
            ["sop_versions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sop", "subject", "nth", name="uq_runs_sop_subject_nth"),
    )
    op.create_index("ix_runs_cohort", "runs", ["cohort_id", "sop"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("sop", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("occurrence_on", sa.Date(), nullable=True),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("before_pandu", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_kind", sa.Text(), nullable=True),
        sa.Column("chosen_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') <= (opens_at IS NOT NULL)", name="ck_tasks_waiting_has_time"),
        sa.CheckConstraint(
            "(state IN ('done', 'skipped', 'withdrawn')) = (closed_at IS NOT NULL)",
            name="ck_tasks_closed_has_time",
        ),
        sa.CheckConstraint(
            "(state IN ('open', 'done', 'skipped')) <= (opened_at IS NOT NULL AND due_at IS NOT NULL)",
            name="ck_tasks_open_has_times",
        ),
        sa.CheckConstraint("due_kind IN ('standard', 'target', 'date', 'moved')", name="ck_tasks_due_kind"),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'done', 'skipped', 'withdrawn')", name="ck_tasks_state"
        ),
        sa.CheckConstraint("occurrence >= 0", name="ck_tasks_occurrence"),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["runs.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_tasks_cohort_state", "tasks", ["cohort_id", "state"], unique=False)
    op.create_index(
        "ix_tasks_waiting",
        "tasks",
        ["opens_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_tasks_run_step_occurrence",
        "tasks",
        ["run_id", "step", "occurrence"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.Column("refers_to_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'undone') <= (refers_to_id IS NOT NULL)", name="ck_confirmations_undone_refers"
        ),
        sa.CheckConstraint(
            "kind IN ('done', 'part_done', 'skipped', 'obstacle', 'undone', 'delegated', 'taken', 'rescheduled')",
            name="ck_confirmations_kind",
        ),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["refers_to_id"],
            ["confirmations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_confirmations_task", "confirmations", ["task_id", "id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("card_message_id", sa.BigInteger(), nullable=True),
        sa.Column("card_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("officer_id"),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_files_content_key"), "files", ["content_key"], unique=False)
    op.create_index(op.f("ix_files_task_id"), "files", ["task_id"], unique=False)
    op.create_table(
        "records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["records.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("replaces_id"),
    )
    op.create_index("ix_records_task_child", "records", ["task_id", "child_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("edits_message_id", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="ck_reminders_sent_has_time"),
        sa.CheckConstraint(
            "kind IN ('lead', 'morning', 'due', 'handed', 'snooze', 'digest', 'notice')",
            name="ck_reminders_kind",
        ),
        sa.CheckConstraint("state IN ('pending', 'sent', 'dropped', 'failed')", name="ck_reminders_state"),
        sa.CheckConstraint(
            "task_id IS NOT NULL OR kind IN ('digest', 'notice')", name="ck_reminders_has_task"
        ),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_reminders_officer_id"), "reminders", ["officer_id"], unique=False)
    op.create_index("ix_reminders_task", "reminders", ["task_id"], unique=False)
    op.create_index(
        "ix_reminders_unsent",
        "reminders",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "uq_reminders_pending_key",
        "reminders",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "task_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_off_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="ck_task_entries_closed_has_time"),
        sa.CheckConstraint("state IN ('open', 'done', 'excused', 'withdrawn')", name="ck_task_entries_state"),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("task_id", "child_id", name="uq_task_entries_task_child"),
    )
    op.create_index(op.f("ix_task_entries_child_id"), "task_entries", ["child_id"], unique=False)
    op.create_index(
        "ix_task_entries_open",
        "task_entries",
        ["task_id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "task_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("assigned_how", sa.Text(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (done_by_id IS NOT NULL)", name="ck_task_parts_done_by"),
        sa.CheckConstraint(
            "assigned_how IN ('sole', 'taken', 'named', 'duty')", name="ck_task_parts_assigned_how"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'done', 'skipped', 'withdrawn')", name="ck_task_parts_state"
        ),
        sa.CheckConstraint(
            "(assignee_id IS NULL) = (assigned_how IS NULL)", name="ck_task_parts_assignee_how"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("task_id", "role", name="uq_task_parts_task_role"),
    )
    op.create_index("ix_task_parts_assignee", "task_parts", ["assignee_id", "state"], unique=False)
    op.create_index("ix_task_parts_role_state", "task_parts", ["role", "state"], unique=False)
    op.create_table(
        "weights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("weighed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("weight_g BETWEEN 1000 AND 200000", name="ck_weights_grams"),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["children.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["weights.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("replaces_id"),
    )
    op.create_index("ix_weights_child", "weights", ["child_id", "weighed_on"], unique=False)
    op.create_index(op.f("ix_weights_task_id"), "weights", ["task_id"], unique=False)
    op.create_table(
        "confirmation_effects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("confirmation_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(task_id IS NULL) <> (run_id IS NULL)", name="ck_confirmation_effects_one_target"
        ),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["runs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_confirmation_effects_confirmation_id"),
        "confirmation_effects",
        ["confirmation_id"],
        unique=False,
    )
    keep_confirmations()


def downgrade() -> None:
    op.drop_index(op.f("ix_confirmation_effects_confirmation_id"), table_name="confirmation_effects")
    op.drop_table("confirmation_effects")
    op.drop_index(op.f("ix_weights_task_id"), table_name="weights")
    op.drop_index("ix_weights_child", table_name="weights")
    op.drop_table("weights")
    op.drop_index("ix_task_parts_role_state", table_name="task_parts")
    op.drop_index("ix_task_parts_assignee", table_name="task_parts")
    op.drop_table("task_parts")
    op.drop_index(
        "ix_task_entries_open",
        table_name="task_entries",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_task_entries_child_id"), table_name="task_entries")
    op.drop_table("task_entries")
    op.drop_index(
        "uq_reminders_pending_key",
        table_name="reminders",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index(
        "ix_reminders_unsent",
        table_name="reminders",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_reminders_task", table_name="reminders")
    op.drop_index(op.f("ix_reminders_officer_id"), table_name="reminders")
    op.drop_table("reminders")
    op.drop_index("ix_records_task_child", table_name="records")
    op.drop_table("records")
    op.drop_index(op.f("ix_files_task_id"), table_name="files")
    op.drop_index(op.f("ix_files_content_key"), table_name="files")
    op.drop_table("files")
    op.drop_table("conversations")
    op.drop_index("ix_confirmations_task", table_name="confirmations")
    op.drop_table("confirmations")
    op.drop_index(
        "uq_tasks_run_step_occurrence",
        table_name="tasks",
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.drop_index(
        "ix_tasks_waiting",
        table_name="tasks",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_tasks_cohort_state", table_name="tasks")
    op.drop_table("tasks")
    op.drop_index("ix_runs_cohort", table_name="runs")
    op.drop_table("runs")
    op.drop_table("read_log")
    op.drop_index(
        "uq_memberships_open",
        table_name="memberships",
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.drop_index(op.f("ix_memberships_child_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(
        "uq_child_flags_set",
        table_name="child_flags",
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.drop_table("child_flags")
    op.drop_index(op.f("ix_children_school_id"), table_name="children")
    op.drop_table("children")
    op.drop_table("schools")
    op.drop_index(
        "uq_officer_roles_officer_role",
        table_name="officer_roles",
        sqlite_where=sa.text("cohort_id IS NULL"),
        postgresql_where=sa.text("cohort_id IS NULL"),
    )
    op.drop_index("ix_officer_roles_role", table_name="officer_roles")
    op.drop_index(op.f("ix_officer_roles_officer_id"), table_name="officer_roles")
    op.drop_table("officer_roles")
    op.drop_table("invitations")
    op.drop_table("cohorts")
    op.drop_index(
        "uq_accounts_bound_officer",
        table_name="accounts",
        sqlite_where=sa.text("unbound_at IS NULL"),
        postgresql_where=sa.text("unbound_at IS NULL"),
    )
    op.drop_index(
        "uq_accounts_bound_chat",
        table_name="accounts",
        sqlite_where=sa.text("unbound_at IS NULL"),
        postgresql_where=sa.text("unbound_at IS NULL"),
    )
    op.drop_table("accounts")
    op.drop_table("vitals")
    op.drop_table("stranger_visits")
    op.drop_index(op.f("ix_sop_versions_number"), table_name="sop_versions")
    op.drop_table("sop_versions")
    op.drop_table("officers")
    op.drop_index(
        "ix_inbox_unreplied",
        table_name="inbox",
        sqlite_where=sa.text("replied_at IS NULL AND reply IS NOT NULL"),
        postgresql_where=sa.text("replied_at IS NULL AND reply IS NOT NULL"),
    )
    op.drop_index(
        "ix_inbox_unhandled",
        table_name="inbox",
        sqlite_where=sa.text("handled_at IS NULL AND set_aside_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL AND set_aside_at IS NULL"),
    )
    op.drop_table("inbox")
    op.drop_table("chat_leases")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_confirmations()")
