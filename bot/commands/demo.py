"""`pandu demo`: hands over to the simulator's demo, which runs simulator and bot beside each other."""

import json
import os
import shutil
import sys
from datetime import time
from importlib.util import find_spec
from pathlib import Path

import click

from bot.clock import real_now
from sop_flows.calendar.dates import OfficeHours
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack

OURS = "rppsa_putra_utama"
OPENS = time(8, 0)  # the demo begins in the morning of the arrival


@click.command("demo")
@click.option("--port", default=8090, show_default=True, help="Port of the page in the browser.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="data/demo, or data/demo-PACK.")
@click.option("--pack", default=OURS, show_default=True, help="A built-in pack, or a folder.")
@click.option(
    "--begin",
    type=click.Choice(["day-10", "arrival", "empty"]),
    help="The tenth day of a stay (of our pack; the default), the day of the arrival, or officers alone.",
)
@click.option("--fresh", is_flag=True, help="Begin anew: forget what was done in the demo before.")
def demo_command(port: int, data_dir: Path | None, pack: str, begin: str | None, fresh: bool) -> None:
    """Try Pandu in the browser: no token, no real names. Goes on where it was stopped."""
    if find_spec("python_multipart") is None:
        click.echo("pandu demo: the simulator needs one package more: pip install python-multipart", err=True)
        sys.exit(1)
    if begin == "day-10" and pack != OURS:
        click.echo("pandu demo: --begin day-10 was lived with our own pack only", err=True)
        sys.exit(2)
    institution = _institution(pack)
    # Officers and runs of one pack mean nothing to another.
    data_dir = data_dir or Path("data") / ("demo" if pack == OURS else f"demo-{Path(pack).name}")
    if fresh and (data_dir / "pandu.db").exists():
        shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "simulator.demo", "--port", str(port), "--data-dir", str(data_dir)]
    begin = begin or ("day-10" if pack == OURS else "arrival")
    os.execv(sys.executable, [*command, "--pack", pack, "--begin", begin, "--institution", institution])


def _institution(pack: str) -> str:
    """What the demo has to know of the pack, as JSON."""
    unit = load_pack(find_pack(pack)).unit
    office = OfficeHours.of(unit)
    morning = office.at(office.next_working_day(office.local_date(real_now())), OPENS)
    coming = unit.roles_that["of_one_cohort"]
    admins = [code for code in (*unit.roles_that["opens_cohorts"], *unit.roles) if code not in coming]
    return json.dumps(
        {
            "zone": unit.timezone,
            "city": unit.city,
            "morning": morning.astimezone(office.zone).isoformat(),
            "roles": [(code, role.label, role.head) for code, role in unit.roles.items()],
            "coming": coming,
            "admin": next(iter(admins), ""),
        }
    )
