"""A decision of several sections on its card: what is proposed, who agrees or objects, and the officer's own buttons."""

from handlers.ui.request import Button, Request, button
from handlers.ui.words import _, bold, esc, section, shorten
from sop_flows.actions.decisions import Standing, standing_of
from sop_flows.views.task_views import TaskLine
from storage.tables import TaskState

REASON_SHOWN = 300  # characters on the card


def decision_lines(request: Request, line: TaskLine) -> list[str]:
    """Where it stands (HTML): proposal, votes, and what the head settled."""
    now = standing_of(request.work, line.task)
    unit = request.institution.pack.unit
    if now.proposal is None:
        return [_("{role} proposes first.").format(role=esc(section(unit, now.proposes)))]
    said = [
        _("Proposed by {who}: {choice}").format(who=esc(now.proposed_by or "-"), choice=bold(now.proposal))
    ]
    if now.reason:
        said.append(_("Reason: {note}").format(note=esc(shorten(now.reason, REASON_SHOWN))))
    for vote in now.votes:
        who = f"{esc(vote.who)} ({esc(section(unit, vote.role))})"
        if vote.agrees:
            said.append(_("Agrees: {who}").format(who=who))
        else:
            said.append(_("Objects: {who}: {note}").format(who=who, note=esc(vote.reason or "-")))
    if now.settled is not None:
        said.append(
            _("Decided by {who}: {choice}").format(who=esc(now.settled_by or "-"), choice=bold(now.settled))
        )
    return said


def decision_buttons(request: Request, line: TaskLine) -> list[Button]:
    """What the officer can say now: a choice to propose or to settle on, or whether the section agrees."""
    now = standing_of(request.work, line.task)
    task_id = line.task.id or 0
    mine = {part.role for part in line.parts if part.role in line.mine and part.state == TaskState.OPEN}
    if now.settles in mine:
        return _choices(now, "decide_settle", task_id, _("Decide: {choice}"))
    if now.proposes in mine:
        return _choices(now, "decide_propose", task_id, _("Propose: {choice}"))
    if not mine or now.proposal is None:
        return []
    return [
        button(_("Agree"), "decide_agree", task_id, style="success"),
        button(_("Object"), "decide_object", task_id),
    ]


def _choices(now: Standing, verb: str, task_id: int, words: str) -> list[Button]:
    return [
        button(words.format(choice=choice), verb, task_id, place) for place, choice in enumerate(now.choices)
    ]
