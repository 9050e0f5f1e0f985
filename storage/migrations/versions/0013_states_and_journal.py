"""Missed and before Pandu are states of a task; what a confirmation changed is a journal; a dropped
reminder says why; what a morning list said are rows."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import keyring_of

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = "'waiting', 'open', 'before_pandu', 'done', 'skipped', 'missed', 'withdrawn'"
FORMER_STATES = "'waiting', 'open', 'done', 'skipped', 'withdrawn'"
CHECKS = (
    ("tasks", "ck_tasks_state", f"state IN ({STATES})", f"state IN ({FORMER_STATES})"),
    ("task_parts", "ck_task_parts_state", f"state IN ({STATES})", f"state IN ({FORMER_STATES})"),
    (
        "tasks",
        "ck_tasks_open_has_times",
        "(state IN ('open', 'before_pandu', 'done', 'skipped', 'missed')) <= (opened_at IS NOT NULL AND due_at IS NOT NULL)",
        "(state IN ('open', 'done', 'skipped')) <= (opened_at IS NOT NULL AND due_at IS NOT NULL)",
    ),
    (
        "tasks",
        "ck_tasks_closed_has_time",
        "(state IN ('done', 'skipped', 'missed', 'withdrawn')) = (closed_at IS NOT NULL)",
        "(state IN ('done', 'skipped', 'withdrawn')) = (closed_at IS NOT NULL)",
    ),
)


def upgrade() -> None:
    _rules("waiting")
    op.execute(
        "UPDATE task_parts SET state = 'missed' WHERE state = 'skipped' AND task_id IN"
        " (SELECT id FROM tasks WHERE state = 'skipped' AND close_reason = 'missed')"
    )
    op.execute(
        "UPDATE tasks SET state = 'missed', close_reason = CASE WHEN before_pandu THEN 'before_pandu' END"
        " WHERE state = 'skipped' AND close_reason = 'missed'"
    )
    op.execute("UPDATE tasks SET state = 'before_pandu' WHERE state = 'open' AND before_pandu")
    op.execute(
        "UPDATE tasks SET close_reason = 'before_pandu'"
        " WHERE state = 'done' AND before_pandu AND close_reason IS NULL"
    )
    with op.batch_alter_table("tasks") as batch:
        batch.drop_column("before_pandu")
    _rules("after")
    _keep_journal()
    _say_why()
    _keep_items()


def downgrade() -> None:
    _forget_items()
    with op.batch_alter_table("reminders") as batch:
        batch.drop_constraint("ck_reminders_dropped_why", type_="check")
        batch.drop_constraint("ck_reminders_why_of_dropped", type_="check")
        batch.drop_column("dropped_why")
    _forget_journal()
    _rules("waiting")
    with op.batch_alter_table("tasks") as batch:
        batch.add_column(sa.Column("before_pandu", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE tasks SET before_pandu = true WHERE state = 'before_pandu' OR close_reason = 'before_pandu'"
    )
    op.execute("UPDATE tasks SET state = 'open' WHERE state = 'before_pandu'")
    op.execute("UPDATE tasks SET state = 'skipped', close_reason = 'missed' WHERE state = 'missed'")
    op.execute("UPDATE task_parts SET state = 'skipped' WHERE state = 'missed'")
    with op.batch_alter_table("tasks") as batch:
        batch.alter_column("before_pandu", server_default=None)
    _rules("before")


def _rules(which: str) -> None:
    """Put the rules of the states as they are after, or before, this migration; none while rows are changed."""
    for table in ("tasks", "task_parts"):
        with op.batch_alter_table(table) as batch:
            for of_table, name, after, before in CHECKS:
                if of_table != table:
                    continue
                if which == "waiting":
                    batch.drop_constraint(name, type_="check")
                else:
                    batch.create_check_constraint(name, after if which == "after" else before)


# --- reminders ----------------------------------------------------------------------------------------------

WHY = (
    "'done', 'skipped', 'withdrawn', 'child_done', 'officer_gone', 'moved', 'snoozed', 'chosen', 'taken',"
    " 'handed_on', 'later_one', 'switched_off', 'renewed', 'over', 'nothing'"
)


def _say_why() -> None:
    with op.batch_alter_table("reminders") as batch:
        batch.add_column(sa.Column("dropped_why", sa.Text(), nullable=True))
        batch.create_check_constraint("ck_reminders_dropped_why", f"dropped_why IN ({WHY})")
        batch.create_check_constraint(
            "ck_reminders_why_of_dropped", "dropped_why IS NULL OR state = 'dropped'"
        )


# --- the journal --------------------------------------------------------------------------------------------

UNDO_MINUTES = 10
JOURNAL = sa.Table(
    "journal",
    sa.MetaData(),
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("confirmation_id", sa.Integer()),
    sa.Column("change", sa.Text()),
    sa.Column("of_table", sa.Text()),
    sa.Column("row_id", sa.Integer()),
    sa.Column("old", sa.JSON(none_as_null=True)),
    sa.Column("new", sa.JSON(none_as_null=True)),
)
TIMES = ("due_at", "recorded_at", "closed_at", "done_at", "ends_at", "services_ended_at")


def _keep_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("confirmation_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("of_table", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("old", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("new", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("change IN ('opened', 'closed', 'moved', 'dropped')", name="ck_journal_change"),
        sa.ForeignKeyConstraint(["confirmation_id"], ["confirmations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_journal_confirmation_id"), "journal", ["confirmation_id"])
    op.create_index("ix_journal_row", "journal", ["of_table", "row_id"])
    for row in _rows("SELECT * FROM confirmation_effects ORDER BY id"):
        kind = "task" if row["task_id"] is not None else "run"
        _note(row["confirmation_id"], "opened", f"{kind}s", row[f"{kind}_id"], None, {"state": "open"})
    for said in _still_undoable():
        _note_closed(said)
    op.drop_table("confirmation_effects")


def _forget_journal() -> None:
    op.create_table(
        "confirmation_effects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("confirmation_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(task_id IS NULL) <> (run_id IS NULL)", name="ck_confirmation_effects_one_target"
        ),
        sa.ForeignKeyConstraint(["confirmation_id"], ["confirmations.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_confirmation_effects_confirmation_id"), "confirmation_effects", ["confirmation_id"]
    )
    op.execute(
        "UPDATE reminders SET ends_at = (SELECT closed_at FROM tasks WHERE tasks.id = reminders.task_id)"
        " WHERE state = 'dropped' AND id IN (SELECT row_id FROM journal WHERE of_table = 'reminders')"
    )
    for kind in ("task", "run"):
        op.execute(
            f"INSERT INTO confirmation_effects (confirmation_id, {kind}_id)"
            f" SELECT DISTINCT confirmation_id, row_id FROM journal"
            f" WHERE of_table = '{kind}s' AND change = 'opened' AND old IS NULL"
        )
    op.drop_table("journal")


def _still_undoable() -> list[dict[str, Any]]:
    """What officers said in the last minutes and did not undo. Not what ended a case or its services: too much
    followed from it; that it is too late to undo it is said then."""
    last = _rows("SELECT max(recorded_at) AS recorded_at FROM confirmations")[0]["recorded_at"]
    if last is None:
        return []
    found = _rows(
        "SELECT c.*, t.case_id, t.state AS task_state, t.closed_at, t.close_reason, t.done_on AS task_done_on"
        " FROM confirmations c JOIN tasks t ON t.id = c.task_id"
        " WHERE c.kind IN ('done', 'part_done', 'skipped')"
        " AND NOT EXISTS (SELECT 1 FROM confirmations u WHERE u.refers_to_id = c.id) ORDER BY c.id DESC LIMIT 500"
    )
    fresh = [row for row in found if row["recorded_at"] > last - timedelta(minutes=UNDO_MINUTES)]
    ended = _rows("SELECT id, closed_at, services_ended_at FROM cases") + [
        {**row, "services_ended_at": None}
        for row in _rows("SELECT case_id AS id, closed_at FROM tasks WHERE close_reason = 'ended'")
    ]
    at = {(row["id"], row[name]) for row in ended for name in ("closed_at", "services_ended_at")}
    return [row for row in fresh if (row["case_id"], row["recorded_at"]) not in at]


def _note_closed(said: Mapping[str, Any]) -> None:
    """What stood in several tables at the moment of the confirmation."""
    at, task = said["recorded_at"], said["task_id"]
    reopens: dict[str, Any] = {"done_at": None, "done_on": None, "done_by_id": None}
    for part in _rows("SELECT * FROM task_parts WHERE task_id = :id", id=task):
        if said["kind"] == "skipped" and part["state"] == "skipped":
            _note(said["id"], "closed", "task_parts", part["id"], {"state": "open"}, {"state": "skipped"})
        elif said["role"] == part["role"] and part["done_at"] == at:
            new = {"state": "done", **{name: part[name] for name in reopens}}
            _note(said["id"], "closed", "task_parts", part["id"], {"state": "open", **reopens}, new)
    if said["kind"] == "part_done" or said["closed_at"] != at:
        return
    for entry in _rows("SELECT * FROM task_entries WHERE task_id = :id AND state = 'withdrawn'", id=task):
        if said["kind"] == "skipped" and entry["closed_at"] == at:
            new = {"state": "withdrawn", "closed_at": at}
            _note(
                said["id"], "closed", "task_entries", entry["id"], {"state": "open", "closed_at": None}, new
            )
    before = {
        "state": "before_pandu" if said["close_reason"] == "before_pandu" else "open",
        "closed_at": None,
        "done_on": None,
        "close_reason": None,
    }
    after = {"state": said["task_state"], "closed_at": at, "done_on": said["task_done_on"]}
    _note(said["id"], "closed", "tasks", task, before, {**after, "close_reason": said["close_reason"]})
    for row in _rows("SELECT * FROM reminders WHERE task_id = :id AND state = 'dropped'", id=task):
        if row["ends_at"] == at and row["kind"] != "notice":
            _note(said["id"], "dropped", "reminders", row["id"], {"state": "pending"}, {"state": "dropped"})
    op.get_bind().execute(
        sa.text("UPDATE reminders SET ends_at = NULL WHERE task_id = :id AND state = 'dropped'"), {"id": task}
    )


def _rows(query: str, **given: object) -> list[dict[str, Any]]:
    """Rows as dictionaries, their times as aware UTC."""
    typed = sa.text(query)
    found = [dict(row) for row in op.get_bind().execute(typed, given).mappings()]
    for row in found:
        for name in row.keys() & set(TIMES):
            at = datetime.fromisoformat(row[name]) if isinstance(row[name], str) else row[name]
            row[name] = at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)
    return found


def _note(
    said: int, change: str, of_table: str, row: int, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> None:
    values = {"confirmation_id": said, "change": change, "of_table": of_table, "row_id": row}
    plain = None if old is None else _plain(old)
    op.get_bind().execute(sa.insert(JOURNAL).values(**values, old=plain, new=_plain(new)))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


# --- what morning lists said --------------------------------------------------------------------------------

KEPT_DAYS = 14  # how far back lists are looked at
SEALED_FOR = "reminders.payload"


def _keep_items() -> None:
    op.create_table(
        "digest_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("task_part_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("confirmation_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('late', 'obstacle', 'missed', 'as_head')", name="ck_digest_items_kind"),
        sa.CheckConstraint("(kind = 'late') = (task_part_id IS NOT NULL)", name="ck_digest_items_late_part"),
        sa.CheckConstraint(
            "(kind = 'late') = (level IS NOT NULL AND page IS NOT NULL)", name="ck_digest_items_late_page"
        ),
        sa.CheckConstraint(
            "(kind = 'obstacle') = (confirmation_id IS NOT NULL)", name="ck_digest_items_obstacle"
        ),
        sa.CheckConstraint("(kind = 'missed') = (task_id IS NOT NULL)", name="ck_digest_items_missed_task"),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminders.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_part_id"], ["task_parts.id"]),
        sa.ForeignKeyConstraint(["confirmation_id"], ["confirmations.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_digest_items_reminder_id"), "digest_items", ["reminder_id"])
    columns = ("task_part_id", "level", "page", "confirmation_id", "task_id")
    for reminder, said in _lists():
        for item in _items_of(said):
            values = {**dict.fromkeys(columns), **item, "reminder_id": reminder}
            op.get_bind().execute(
                sa.text(f"INSERT INTO digest_items ({', '.join(values)}) VALUES (:{', :'.join(values)})"),
                values,
            )


def _items_of(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The items of a list by its payload; without those that point at nothing."""
    levels = said.get("late_parts") or {}
    pages = said.get("late_pages") or [[int(part) for part in levels]]
    for number, page in enumerate(pages, start=1):
        for part in page:
            if str(part) in levels:
                yield {"kind": "late", "task_part_id": part, "level": levels[str(part)], "page": number}
    if isinstance(said.get("obstacles"), list):
        yield {"kind": "as_head"}
    yield from ({"kind": "obstacle", "confirmation_id": one} for one in said.get("obstacles") or ())
    yield from ({"kind": "missed", "task_id": one} for one in said.get("missed") or ())


def _forget_items() -> None:
    ring = keyring_of(op.get_bind().dialect)
    found = _rows("SELECT * FROM digest_items ORDER BY id")
    for reminder in {row["reminder_id"] for row in found}:
        said: dict[str, Any] = {}
        for row in (one for one in found if one["reminder_id"] == reminder):
            if row["kind"] == "late":
                said.setdefault("late_parts", {})[str(row["task_part_id"])] = row["level"]
                pages = said.setdefault("late_pages", [])
                pages += [[] for _ in range(row["page"] - len(pages))]
                pages[row["page"] - 1].append(row["task_part_id"])
            elif row["kind"] == "missed":
                said.setdefault("missed", []).append(row["task_id"])
            else:
                told = said.setdefault("obstacles", [])
                told += [] if row["kind"] == "as_head" else [row["confirmation_id"]]
        payload = _rows("SELECT payload FROM reminders WHERE id = :id", id=reminder)[0]["payload"]
        former = {} if payload is None else json.loads(ring.unseal(payload, SEALED_FOR))
        sealed = ring.seal(json.dumps({**former, **said}, ensure_ascii=False), SEALED_FOR)
        op.get_bind().execute(
            sa.text("UPDATE reminders SET payload = :sealed WHERE id = :id"),
            {"sealed": sealed, "id": reminder},
        )
    op.drop_table("digest_items")


def _lists() -> Iterator[tuple[int, dict[str, Any]]]:
    """The morning lists of the last weeks, by id, with what they noted."""
    found = _rows(
        "SELECT id, due_at, payload FROM reminders"
        " WHERE kind = 'digest' AND state IN ('pending', 'sent') AND payload IS NOT NULL ORDER BY id"
    )
    last = max((row["due_at"] for row in found), default=None)
    for row in found:
        if last is not None and row["due_at"] > last - timedelta(days=KEPT_DAYS + 1):
            ring = keyring_of(op.get_bind().dialect)
            yield row["id"], json.loads(ring.unseal(row["payload"], SEALED_FOR))
