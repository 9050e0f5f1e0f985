"""`pandu sop`: check a pack, show an SOP as it is declared."""

import click

from bot.settings import SettingsError
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.calendar.plan import check_plan
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.packs import find_pack

OURS = "rppsa_putra_utama"


@click.group("sop")
def sop_group() -> None:
    """Packs and their SOPs."""


@sop_group.command("check")
@click.argument("pack", default="")
def check_command(pack: str) -> None:
    """Read a pack (a folder, or the name of a built-in one) and say what is wrong in it (status 1)."""
    found = load_pack(find_pack(pack or _configured()))
    office = OfficeHours(found.unit.calendar, found.unit.timezone, {}, ())
    problems = check_plan(found, office)
    for line in problems:
        click.echo(line, err=True)
    if problems:
        raise SystemExit(1)
    steps = sum(len(sop.steps) for sop in found.sops.values())
    click.echo(f"{found.unit.name}: {len(found.sops)} SOPs, {steps} steps, nothing wrong.")


@sop_group.command("show")
@click.argument("number")
@click.option("--pack", default="", help="A folder, or the name of a built-in pack.")
def show_command(number: str, pack: str) -> None:
    """Print an SOP with its steps."""
    found = load_pack(find_pack(pack or _configured()))
    if number not in found.sops:
        click.echo(f"pandu sop show: there is no SOP {number}; there are {', '.join(found.sops)}", err=True)
        raise SystemExit(2)
    _print(found, number)


def _print(pack: Pack, number: str) -> None:
    sop = pack.sops[number]
    click.echo(f"{sop.number}  {sop.title}")
    click.echo(f"{sop.program}, {sop.subject}, {sop.clock}{', emergency' if sop.emergency else ''}")
    for step in sop.steps:
        who = ", ".join(step.executors)
        time = f"  [{step.standard}]" if step.standard is not None else ""
        click.echo(f"  {step.step:>2}  {step.activity}")
        click.echo(f"      {who}{time}")
        if step.asked:
            click.echo(f"      → {step.prompt}")
    for title, lines in (("Equipment", sop.equipment), ("Obstacles", sop.obstacles)):
        if lines:
            click.echo(f"{title}: {'; '.join(str(line) for line in lines)}")


def _configured() -> str:
    """PANDU_PACK where the other settings are there too, else ours: checking a pack needs no secret."""
    from bot.settings import read_settings

    try:
        return read_settings().pack
    except SettingsError:
        import os

        return os.environ.get("PANDU_PACK") or OURS
