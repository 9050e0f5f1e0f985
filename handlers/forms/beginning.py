"""Selesai on a step that records something: its questions come first, the confirmation with "Simpan"."""

from datetime import date

from handlers.forms.asking import ask_next
from handlers.forms.origins import origin_list
from handlers.forms.sheets import STEP_ITSELF, draft_of, open_sheet
from handlers.ui.request import Reply, Request, task_of
from sop_flows.core.work import declared
from sop_flows.recording import records
from sop_flows.recording.forms.drafts import Draft
from storage.tables import Officer


def begin(
    request: Request, task_id: int, done_on: date | None, done_by: Officer | None, note: str | None = None
) -> Reply:
    """The first question, or where the officer's draft stopped.

    Args:
        done_on, done_by, note: what the confirmation will say, when it is not today or not the officer's work.
    """
    task = task_of(request, task_id)
    if declared(request.session, task)[1].is_by_origin:
        return origin_list(request, task)
    sheet = open_sheet(request, task_id, STEP_ITSELF)
    draft = draft_of(request, sheet)
    if draft is None or draft.corrects:
        # What an undone "Selesai" recorded is offered again.
        draft = Draft(values=records.former_values(request.session, sheet.task))
    if done_on is not None:
        draft.done_on = "" if done_on == sheet.today else done_on.isoformat()
    if done_by is not None:
        draft.done_by = done_by.id or 0
    draft.note = note or draft.note
    return ask_next(request, sheet, draft)
