"""The SOPs of a case that start with its opening, at once or months later."""

from sop_flows.calendar.dates import start_on
from sop_flows.core.work import Work, case_anchors, day_begins
from sop_flows.engine.chain import add_run, open_run
from storage.tables import Case, Run


def start_sops(work: Work, case: Case) -> tuple[Run, ...]:
    """Start what begins on the day of the opening (SOP 9.1.20); what begins months later (9.1.33) waits.

    Args:
        case: a new case, flushed.
        now: aware, UTC; the moment of the opening.
    """
    runs = []
    today = work.today
    for sop in work.pack.sops.values():
        starts = [start.at for start in sop.starts if start.at is not None]
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
