"""`pandu sop diff`: what changed between two packs, or between the running pack and what open runs go on with."""

from collections.abc import Mapping, Sequence

import click

from bot.commands.options import institution, read_pack
from sop_flows.declarations.differences import pack_differences, sop_differences
from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import Pack, load_sop_text
from storage.queries.versions import list_versions_in_use
from storage.tables import SopVersion

SAME, DIFFERENT, TROUBLE = 0, 1, 2  # exit status, as of diff


@click.command("diff")
@click.argument("old", default="")
@click.argument("new", default="")
def diff_command(old: str, new: str) -> None:
    """What changed from the pack OLD to NEW (the running pack when left out), file by file and step by step.

    Without OLD: what open runs still do differently, because they go on with the version they were started with.
    Exit status 0: nothing; 1: something; 2: a pack can't be read.
    """
    try:
        found = _between(old, new) if old else _with_open_runs()
    except PackErrors as errors:
        for error in errors:
            click.echo(str(error), err=True)
        raise SystemExit(TROUBLE) from None
    for heading, lines in found.items():
        click.echo(heading)
        for line in lines:
            click.echo(f"  {line}")
    if not found:
        click.echo("The packs say the same." if old else "All open runs are of the running pack.")
    raise SystemExit(DIFFERENT if found else SAME)


def _between(old: str, new: str) -> Mapping[str, Sequence[str]]:
    return pack_differences(read_pack(old), read_pack(new))


def _with_open_runs() -> Mapping[str, Sequence[str]]:
    with institution() as opened, opened.store.reading() as s:
        pack = opened.house.pack
        return dict(_of_version(pack, version, count) for version, count in list_versions_in_use(s)
                    if not _is_current(pack, version))  # fmt: skip


def _is_current(pack: Pack, version: SopVersion) -> bool:
    now = pack.sops.get(version.number)
    return now is not None and now.digest == version.digest


def _of_version(pack: Pack, version: SopVersion, count: int) -> tuple[str, Sequence[str]]:
    runs = f"{count} open run{'s' if count > 1 else ''} of version {version.digest[:8]}"
    now = pack.sops.get(version.number)
    then = load_sop_text(version.source)
    if now is None:
        return f"{then.number} {then.title}: {runs}", ("gone",)
    return f"{now.number} {now.title}: {runs}", sop_differences(then, now)
