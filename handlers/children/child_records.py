"""[Catatan], [Riwayat], [Kurva berat] and [Siapa yang melihat] on a child's card: what was recorded about it, as far as it
is of the officer's own steps; what happened to it; how it grows; for the Kepala who looked and who put what right."""

from handlers.children.child_page import bmi_words
from handlers.children.children import child_title, flag_label, reason_words
from handlers.children.incidents import what_words
from handlers.ui.form_words import report_lines
from handlers.ui.kilograms import change, kilos
from handlers.ui.read_words import LOOKS, looked_lines, paged
from handlers.ui.request import (
    About,
    Reply,
    Request,
    SendFile,
    button,
    further,
    hiding,
    pressed,
    reply,
    rows,
    screen,
    turning,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, child_code, esc, plain_date_words, short_date_words, shorten
from sop_flows.core.notices import FileHidden, RecordsHidden
from sop_flows.core.work import declared
from sop_flows.errors import NotPermittedError
from sop_flows.recording import records
from sop_flows.staffing.children import visible_child
from sop_flows.staffing.responsibility import log_read, name_of
from sop_flows.staffing.roster import answers_for_all
from sop_flows.views.child_page import Happening, child_page, child_timeline
from storage.queries.reads import newest_changes, newest_reads
from storage.queries.step_records import list_of_child, list_weights_of_child
from storage.tables import Record, Task, Weight

SHOWN = 10  # records on one page; the newest first
PAST_SHOWN = 16  # lines of the history on one page
WORDS_SHOWN = 80  # characters of a reason or report in it


def on_records(request: Request) -> Reply:
    """What is recorded, the newest first. Second number: the page. Each look is logged."""
    officer, child_id = who(request), pressed(request)
    row = visible_child(request.work, officer, child_id)
    log_read(request.work, "records", child_id=child_id)
    page = max(0, further(request, 1))
    found = [
        (task, record, keys)
        for task, record in _found(request, child_id)
        if (keys := records.readable(request.work, officer, task, record)) is None
        or (isinstance(record, Record) and keys.intersection(record.data))
    ]
    shown = found[page * SHOWN : (page + 1) * SHOWN]
    lines = [child_title(request, row)]
    for task, record, keys in shown:
        lines += ["", *_lines(request, task, record, keys)]
    if not shown:
        lines.append(_("Nothing is recorded yet that is of your section."))
    is_more = len(found) > (page + 1) * SHOWN
    turn = turning(
        page if shown else 0, is_more, lambda text, at: button(text, "child_records", child_id, at)
    )
    shown_again = screen(
        request, "\n".join(lines), (*rows(turn), (button(_("‹ Back"), "child_card", child_id),))
    )
    return hiding(shown_again, RecordsHidden(child=child_id))


def _found(request: Request, child_id: int) -> list[tuple[Task, Record | Weight]]:
    """Forms and weights about the child, the newest first."""
    of_forms = list_of_child(request.session, child_id, (records.FORM,))
    found: list[tuple[Task, Record | Weight]] = [(task, record) for record, task in of_forms]
    found += [(task, weight) for weight, task in list_weights_of_child(request.session, child_id)]
    return sorted(found, key=lambda one: (one[1].recorded_at, one[1].id or 0), reverse=True)


def _lines(request: Request, task: Task, record: Record | Weight, keys: frozenset[str] | None) -> list[str]:
    """ "SOP 9.2.06 · Observasi: ... · Sari, 2 Desember" (HTML). `keys`: only these answers; None: all."""
    sop, step = declared(request.session, task)
    on = record.weighed_on if isinstance(record, Weight) else record.done_on
    day = plain_date_words(on, request.institution.today(request.now))
    by = esc(name_of(request.session, record.officer_id) or "-")
    top = f"<b>SOP {esc(sop.number)} · {esc(step.short)}</b> · {by}, {day}"
    if isinstance(record, Weight):
        return [top, kilos(record.weight_g)]
    answers = {
        key: value
        for key, value in record.data.items()
        if value is not None and (keys is None or key in keys)
    }
    return [top, *report_lines(step.record, answers, only_known=True)]


# --- what happened ----------------------------------------------------------------------------------------------


def on_past(request: Request) -> Reply:
    """[Riwayat]: the newest first. Second number: the page. Each look is logged."""
    officer, child_id = who(request), pressed(request)
    row = visible_child(request.work, officer, child_id)
    log_read(request.work, "history", child_id=child_id)
    found = child_timeline(request.work, officer, row)
    page = min(max(0, further(request, 1)), max((len(found) - 1) // PAST_SHOWN, 0))
    shown = found[page * PAST_SHOWN : (page + 1) * PAST_SHOWN]
    lines = [child_title(request, row) + " · " + _("History")]
    lines += [f"• {_past_words(request, one)}" for one in shown]
    is_more = len(found) > (page + 1) * PAST_SHOWN
    turn = turning(page, is_more, lambda text, at: button(text, "child_past", child_id, at))
    back = button(_("‹ Back"), "child_card", child_id)
    return hiding(screen(request, "\n".join(lines), (*rows(turn), (back,))), RecordsHidden(child=child_id))


def _past_words(request: Request, one: Happening) -> str:
    """ "12 Des: Timbang berat badan, 24,8 kg · Ani" (HTML)."""
    words = _happening(request, one)
    by = name_of(request.session, one.officer_id)
    on = short_date_words(request.institution.today(one.at), request.institution.today(request.now))
    return f"{on}: {words}" + (f" · {esc(by)}" if by else "")


def _happening(request: Request, one: Happening) -> str:
    step = "" if one.step is None else esc(one.step.short)
    match one.what:
        case "came":
            return _("joined the angkatan")
        case "left":
            return _("left: {reason}").format(reason="" if one.left is None else reason_words(one.left))
        case "weighed":
            return f"{step}, {kilos(one.weight_g or 0)}"
        case "skipped":
            said = _("{step}, skipped").format(step=step)
            return said + (f": {esc(shorten(one.words, WORDS_SHOWN))}" if one.words else "")
        case "marked" | "unmarked":
            mark = flag_label(request, one.flag)
            return (
                _("marked: {mark}").format(mark=mark)
                if one.what == "marked"
                else _("no longer marked: {mark}").format(mark=mark)
            )
        case "incident" if one.incident is not None:
            return what_words(request, one.incident)
        case "closed":
            return _("answered: {words}").format(words=esc(shorten(one.words or "-", WORDS_SHOWN)))
    return f"{step} ✅"


# --- how it grows -----------------------------------------------------------------------------------------------


def on_curve(request: Request) -> Reply:
    """[Kurva berat]: drawn from the number and the weights alone; taken away after the minutes of the pack."""
    row = visible_child(request.work, who(request), pressed(request))
    page = child_page(request.work, who(request), row)
    if not page.weights:
        return screen(
            request,
            _("No weight is recorded yet that is yours to see."),
            ((button(_("‹ Back"), "child_card", row.child.id or 0),),),
        )
    log_read(request.work, "curve", child_id=row.child.id)
    title = _("No. {number}").format(number=child_code(row.child.number)) + f" · {row.cohort.name}"
    below = _("First weighing: nothing to compare yet.")
    if len(page.weights) > 1:
        whole = change(page.weights[-1].weight_g - page.weights[0].weight_g)
        below = _("{change} kg since the arrival").format(change=whole)
    if page.growth is not None and page.height_cm is not None:
        below = bmi_words(page.growth, page.height_cm)
    today = request.institution.today(request.now)
    arguments = {
        "title": title,
        "averages": [
            {
                "day": plain_date_words(one.weighed_on, today),
                "kg": one.weight_g / 1000,
                "label": kilos(one.weight_g),
            }
            for one in page.weights
        ],
        "children": [],
        "words": {
            "average": _("Weight (kg)"),
            "changes": _("Change since the weighing before (kg)"),
            "gained": _("gained"),
            "lost": _("lost"),
            "no_changes": below,
        },
    }
    name = f"berat-{child_code(row.child.number)}.png"
    return hiding(reply(SendFile("weights", arguments, caption=esc(title), filename=name)), FileHidden())


# --- who looked -------------------------------------------------------------------------------------------------


def on_looks(request: Request) -> Reply:
    """[Siapa yang melihat], for the Kepala: who opened or changed what of the child, by day. Second number: the page."""
    officer, child_id = who(request), pressed(request)
    if not answers_for_all(request.work, officer):
        raise NotPermittedError("answers_for_all")
    row = visible_child(request.work, officer, child_id)
    s = request.session
    looks = newest_reads(s, child_id=child_id, limit=LOOKS)
    lines = looked_lines(request, looks, newest_changes(s, child_id=child_id, limit=LOOKS))
    log_read(request.work, "looks", child_id=child_id)
    back = button(_("‹ Back"), "child_card", child_id)
    return paged(
        request, child_title(request, row) + " · " + _("Who looked"), lines, ("child_looks", child_id), back
    )


ROUTES = Routes(
    About.NOTHING,
    presses={
        "child_records": on_records,
        "child_past": on_past,
        "child_curve": on_curve,
        "child_looks": on_looks,
    },
)
