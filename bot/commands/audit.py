"""`pandu reads` and `pandu audit verify`: who looked at which child, and whether old records are what they were."""

from datetime import datetime, time

import click
from sqlmodel import Session

from bot.commands.options import institution, read_day, refuse
from bot.commands.reports import Row, local_time, print_report, row_of, with_only_json
from sop_flows.core.work import Institution
from storage.day_digests import day_of, shown, verify
from storage.queries import reads


@click.command("reads")
@with_only_json
@click.option("--child", type=click.IntRange(min=1), help="The id of a child.")
@click.option("--officer", type=click.IntRange(min=1), help="The id of an officer.")
@click.option("--since", help="On this day or later: 2026-12-01, local.")
@click.option("--changes", is_flag=True, help="Who changed something, instead of who looked.")
def reads_command(child: int | None, officer: int | None, since: str | None, changes: bool) -> None:
    """Who looked at the data of which child, on which screen, or who changed them; the oldest first.

    Looks at cases are not among them: whoever may know a case sees them on its page, in chat.
    """
    day = None if since is None else read_day("--since", since)

    def read(s: Session, house: Institution, _now: datetime) -> list[Row]:
        begins = None if day is None else datetime.combine(day, time(), house.zone)
        if changes:
            return [
                {
                    "at": local_time(one.at, house.zone),
                    "officer_id": one.officer_id,
                    "child_id": one.child_id,
                    "number": number,
                    "cohort": cohort_id,
                    "table": one.table,
                }
                for one, number, cohort_id in reads.list_changes(s, child)
                if officer in (None, one.officer_id) and (begins is None or one.at >= begins)
            ]
        return [
            {
                **row_of(entry, house.zone, "id read_at officer_id child_id"),
                "number": number,
                "cohort": cohort_id,
                **row_of(entry, house.zone, "screen account_id"),
            }
            for entry, number, cohort_id in reads.list_reads(s, child, officer, begins)
        ]

    print_report(read)


@click.group("audit")
def audit_group() -> None:
    """Whether what was recorded is still what it was."""


@audit_group.command("verify")
@click.option("--digest", help="One that the Kepala was told, to be found in the chain.")
def verify_command(digest: str | None) -> None:
    """Reckon the digest of every day again. Exit status 1: something old was changed, added or removed."""
    with institution() as opened, opened.store.reading() as s:
        found = verify(s)
        if found.broken is not None:
            what = found.broken.table or "the digest itself"
            refuse(f"{found.broken.day}: {what} is not what it was; the {found.days} days before are", 1)
        if found.last is None:
            click.echo("No day has a digest yet: the running bot makes one a day.")
            return
        if digest is not None:
            day = day_of(s, digest)
            if day is None:
                refuse(f"--digest: no day has {digest!r}: the chain was made anew, or it is mistyped", 1)
            click.echo(f"{day}: this is its digest")
        last = f"{found.last.day}: {shown(found.last.digest)}"
        click.echo(f"{found.days} days, {found.rows:,} rows are what they were; last digest, {last}")
        if found.newer:
            click.echo(f"{found.newer:,} rows are newer than that")
