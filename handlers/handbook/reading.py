"""Which SOP is being read, in which version: the pack's, or the one by which the task's run goes."""

from dataclasses import dataclass

from handlers.handbook.way import Way, way_of
from handlers.ui.request import ButtonError, Reply, Request, button, rows, screen, task_of, to_list
from handlers.ui.words import _, esc
from sop_flows.core.work import declared
from sop_flows.declarations.sop import Sop
from sop_flows.errors import NotFoundError, NotPermittedError
from storage.tables import Task

CODE_LENGTH = 8  # characters of a digest that tell versions apart


@dataclass(frozen=True)
class Reading:
    """An SOP with the way back.

    Attributes:
        other: the other version, when the task's run goes by an older one than the pack's.
        task: the task that led here.
    """

    sop: Sop
    way: Way
    other: Sop | None = None
    task: Task | None = None


def reading_of(request: Request) -> tuple[Reading, int] | None:
    """What a button asks to read, and the page or step; None when the pack no longer has that SOP.

    Raises:
        ButtonError: the button says no page (forged).
    """
    if request.press is None:
        raise ButtonError("no button")
    number, place, way = way_of(request.press)
    task = _task(request, way.task_id)
    current = request.institution.pack.sops.get(number)
    running = None if task is None else declared(request.session, task)[0]
    if running is not None and (running.number != number or running == current):
        running = None
    if way.old or current is None:
        shown, other = running or current, current
    else:
        shown, other = current, running
    if shown is None:
        return None
    old = shown is running
    way = Way(way.task_id if task is not None else 0, way.shelf, way.page, way.words, old)
    return Reading(shown, way, other if other is not shown else None, task), place


def no_such_sop(request: Request) -> Reply:
    """An old button of an SOP that left the pack."""
    buttons = [button(_("‹ SOP handbook"), "book_list", 0), to_list()]
    return screen(request, _("The handbook no longer has this SOP."), rows(buttons))


def code_of(sop: Sop) -> str:
    """The short name of a version: "3f9a2c1b"."""
    return sop.digest[:CODE_LENGTH]


def version_lines(reading: Reading) -> list[str]:
    """What is said (HTML) when the run goes by an older version; empty when there is one version only."""
    other, sop = reading.other, reading.sop
    if reading.way.old:
        return [_("Old version ({code}), by which this task goes.").format(code=code_of(sop))]
    if other is None:
        return []
    pattern = (
        _("This case goes by an older version ({code}).")
        if sop.subject == "case"
        else _("This angkatan goes by an older version ({code}).")
    )
    said = pattern.format(code=code_of(other))
    changed = [step.step for step in sop.steps if step not in other.steps]
    if changed:
        said += " " + _("Different at step: {steps}.").format(steps=esc(", ".join(map(str, changed))))
    return [said]


def _task(request: Request, task_id: int) -> Task | None:
    """The task that led here; None when there is none, or not for this officer."""
    if not task_id:
        return None
    try:
        return task_of(request, task_id)
    except (NotFoundError, NotPermittedError):
        return None
