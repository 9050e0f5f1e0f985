"""`pandu sop`: what a pack says, and what is wrong in it. Needs no token, no key and no database."""

from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from bot.commands.options import print_json, read_pack, refuse, with_json, with_pack, write_file
from bot.lazy_group import Lazy, LazyGroup
from sop_flows.calendar.dates import OfficeHours
from sop_flows.calendar.plan import check_plan, plan_warnings
from sop_flows.declarations.described import DescribedStep, described, near_numbers
from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Step


@click.group(
    "sop",
    cls=LazyGroup,
    lazy={
        "plan": Lazy("plan:plan_command", "Which role gets which step on which day."),
        "diff": Lazy("diff:diff_command", "What changed from one pack to another."),
    },
)
def sop_group() -> None:
    """Packs and their SOPs. PANDU_PACK says which pack, unless --pack does."""


@sop_group.command("check")
@click.argument("pack", default="")
def check_command(pack: str) -> None:
    """Read a pack (a folder, or the name of a built-in one) and say what is wrong in it.

    Every mistake is a line `file:line: what is wrong; what to write instead`, and the exit status is 1.
    """
    try:
        found = read_pack(pack)
        # Of the pack alone: what this machine's data folder adds to the calendar is no mistake of a pack.
        office = OfficeHours.of(found.unit)
        problems = check_plan(found, office)
        len(found.former)  # read now, so that a mistake in it is said
    except PackErrors as errors:
        problems = [str(error) for error in errors]
    if problems:
        for line in problems:
            click.echo(line, err=True)
        click.echo(f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}.", err=True)
        raise SystemExit(1)
    for line in plan_warnings(found, office):
        click.echo(f"warning: {line}", err=True)
    steps = sum(len(sop.steps) for sop in found.sops.values())
    click.echo(f"{found.unit.name}: {len(found.sops)} SOPs, {steps} steps, nothing wrong.")


@sop_group.command("list")
@with_pack
@with_json
def list_command(pack: str, as_json: bool) -> None:
    """Every SOP of the pack, in the order of the document."""
    sops = [described(sop) for sop in read_pack(pack).sops.values()]
    if as_json:
        print_json([asdict(sop) for sop in sops])
        return
    for heading, group in groupby(sops, key=lambda sop: f"{sop.program}: {sop.phase}"):
        click.echo(heading)
        for sop in group:
            click.echo(f"  {sop.number:<8}{sop.title}")
            click.echo(f"          {len(sop.steps)} steps, per {sop.subject}; {'; or '.join(sop.starts)}")


@sop_group.command("show")
@click.argument("number")
@with_pack
@with_json
def show_command(number: str, pack: str, as_json: bool) -> None:
    """One SOP with its steps, as the pack says it."""
    found = read_pack(pack)
    if number not in found.sops:
        near = near_numbers(number, found.sops)
        hint = f"did you mean {' or '.join(near)}?" if near else "`pandu sop list` prints them all"
        refuse(f"there is no SOP {number}; {hint}", 1)
    if as_json:
        print_json(asdict(described(found.sops[number])))
    else:
        _print_sop(found, number)


@sop_group.command("graph")
@with_pack
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def graph_command(pack: str, out: Path | None) -> None:
    """The phases, the SOPs in them, and what starts what, as Mermaid text: many editors and wikis draw it."""
    from bot.commands.sop_graph import sop_graph

    found = read_pack(pack)
    if out is None:
        click.echo(sop_graph(found), nl=False)
        return
    write_file(out, sop_graph(found).encode())
    click.echo(f"{out}: {len(found.sops)} SOPs")


def _print_sop(pack: Pack, number: str) -> None:
    sop, said = pack.sops[number], described(pack.sops[number])
    click.echo(f"{said.number}  {said.title}")
    click.echo(f"{said.program}, {said.phase}; one run per {said.subject}; {sop.clock} time")
    click.echo(f"Starts: {'; or '.join(said.starts)}{'. An emergency.' if sop.emergency else ''}")
    if sop.same_steps_as is not None:
        click.echo(f"Written as what differs from {sop.same_steps_as}.")
    for step, declared in zip(said.steps, sop.steps, strict=True):
        _print_step(step)
        _print_form(declared)
    for title, lines in (("Equipment", said.equipment), ("Obstacles", said.obstacles)):
        if lines:
            click.echo(f"{title}: {'; '.join(lines)}")
    for oddity in sop.oddities:
        click.echo(f"As in the document: {oddity}")
    if said.qualification is not None:
        click.echo(f"Qualification: {said.qualification}")


def _print_form(step: Step) -> None:
    for field in step.record.fields if step.record is not None else ():
        choices = f": {', '.join(field.choices)}" if field.choices else ""
        click.echo(f"        {field.ask} ({field.kind}{choices}{', optional' if field.optional else ''})")
    if step.decision is not None:
        said = f"{step.decision.proposes} proposes; after an objection {step.decision.settles} decides"
        click.echo(f"      decided together: {said}")


def _print_step(step: DescribedStep) -> None:
    printed = "" if step.printed_step == str(step.step) else f" (printed: {step.printed_step})"
    click.echo(f"\n  {step.step:>2}{printed}  {step.document_text or '(blank in the document)'}")
    facts: list[str] = [", ".join(step.executors), step.kind]
    if step.standard_time != "-":
        facts.append(f"standard time {step.standard_time}")
    facts += [
        f"{word} {date}"
        for word, date in (
            ("target", step.target),
            ("opens", step.opens),
            ("due", step.due),
            ("goes on until", step.lasting),
        )
        if date is not None
    ]
    if step.first_due is not None:
        facts.append(f"first note within {step.first_due}")
    if step.event is not None:
        facts.append(f"chooses the day of {step.event}")
    if step.repeats is not None:
        facts.append(f"every {step.repeats} until {step.until or 'the services of the case end'}")
    elif step.until is not None:
        facts.append(f"until {step.until}")
    if step.reminds:
        facts.append(f"reminds {', '.join(step.reminds)}")
    click.echo(f"      {'; '.join(facts)}")
    if step.prompt:
        click.echo(f"      → {step.prompt}")
    for requirement in step.requires:
        click.echo(f"        ☐ {requirement}")
    if step.records is not None:
        click.echo(f"      records {step.records}")
