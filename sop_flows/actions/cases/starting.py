"""The SOPs of a case that start with its opening, at once or months later."""

from sqlmodel import select

from sop_flows.calendar.dates import start_on
from sop_flows.core.work import Work, case_anchors, day_begins, sops_of
from sop_flows.declarations.sop import Start
from sop_flows.engine.chain import add_run, live_run, open_run
from sop_flows.engine.outcome import child_is
from storage.tables import Case, Run, RunState, Task, TaskState


def start_sops(work: Work, case: Case) -> tuple[Run, ...]:
    """Start what begins on the day of the opening (SOP 9.1.20); what begins months later (9.1.33) waits.

    Args:
        case: a new case, flushed.
        now: aware, UTC; the moment of the opening.
    """
    runs = []
    today = work.today
    for sop in work.pack.sops.values():
        starts = [
            start.at
            for start in sop.starts
            if start.at is not None and (start.child is None or child_is(work, case, start.child))
        ]
        if sop.subject != "case" or not starts:
            continue
        on = min(
            start_on(offset, case_anchors(work.institution, case), sop, work.office) for offset in starts
        )
        # An emergency on a day off does not wait: the opening itself is the start.
        at_once = on <= today or any(not (offset.days or offset.months) for offset in starts)
        run = add_run(work, sop, case, work.now if at_once else day_begins(work.institution, on))
        if at_once:
            open_run(work, run)
        runs.append(run)
    return tuple(runs)


def start_what_is_so(work: Work, case: Case) -> tuple[Run, ...]:
    """Something else is known of the child: start what waited for that, when its turn has come."""
    runs = []
    for sop in sops_of(work, case).values():
        for start in sop.starts:
            if sop.subject != "case" or start.child is None or not child_is(work, case, start.child):
                continue
            if live_run(work.session, sop.number, f"case:{case.id}") is not None:
                continue
            if start.at is not None or _is_over(work, case, start):
                runs.append(add_run(work, sop, case, work.now))
                open_run(work, runs[-1])
    return tuple(runs)


def _is_over(work: Work, case: Case, start: Start) -> bool:
    """Whether the SOP, or the step of it, after which it starts is done."""
    before = live_run(work.session, start.after or "", f"case:{case.id}")
    if before is None or start.after_step is None:
        return before is not None and before.state == RunState.CLOSED
    of_step = select(Task.id).where(Task.run_id == before.id, Task.step == start.after_step)
    return work.session.exec(of_step.where(Task.state == TaskState.DONE)).first() is not None
