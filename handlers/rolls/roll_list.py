"""[Daftar], [Lihat daftar]: which rolls an angkatan has; one as a list with names, values, totals and what is missing;
the same as [Excel] and as [PDF]."""

import html

from handlers.cards.listing import AsFile, Listing, as_pdf, as_workbook
from handlers.cards.task_card import paper_buttons
from handlers.cards.weighing import title_of
from handlers.ui.form_words import label_of, plain_words
from handlers.ui.kilograms import change, kilos
from handlers.ui.request import (
    About,
    Keyboard,
    Reply,
    Request,
    button,
    cohort_of,
    further,
    numbers,
    pressed,
    rows,
    screen,
    to_task,
    turning,
    who,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import (
    _,
    bold,
    child_code,
    esc,
    ngettext,
    plain_date_words,
    short_date_words,
    shorten,
)
from sop_flows.declarations.form import KEPT
from sop_flows.staffing.responsibility import log_reads, name_of
from sop_flows.views.letters import letters_of
from sop_flows.views.roll_list import ListedChild, Order, RollList, Total, lists_of, roll_list
from storage.tables import EntryState

LISTS = 30  # lists of one page: a whole stay has about as many, so that each is three taps away
PAGE = 20  # children of one page: about three screens of a small phone
NAME_SHOWN = 32  # characters of a name; the card and the Excel file have all of it
VALUE_SHOWN = 60  # characters of what is recorded
OPENED = (*KEPT, "location")  # answers that are opened elsewhere, not read


def on_lists(request: Request) -> Reply:
    """[Daftar] of an angkatan: every roll that has begun and that the officer may read. Numbers: angkatan, page."""
    cohort = cohort_of(request, pressed(request))
    cohort_id = cohort.id or 0
    found = lists_of(request.work, who(request), cohort)
    page = min(max(further(request, 1), 0), max((len(found) - 1) // LISTS, 0))
    shown = found[page * LISTS : (page + 1) * LISTS]
    lines = [bold(cohort.name) + " · " + _("Lists")]
    for place, one in enumerate(shown, start=page * LISTS + 1):
        counts = _("{done} of {total}").format(done=one.done, total=one.total)
        lines.append(f"{place}. {esc(title_of(one.task, one.step))} · {counts}")
    if not found:
        lines.append(_("No list of yours to read has begun yet."))
    opens = numbers("roll_list", [one.task.id or 0 for one in shown], page * LISTS + 1)
    is_more = len(found) > (page + 1) * LISTS
    turn = turning(page, is_more, lambda text, at: button(text, "lists_all", cohort_id, at), short=True)
    back = [
        button(_("Agenda of letters"), "letters", cohort_id, 0),
        *([button(_("Papers"), "papers", cohort_id)] if request.work.pack.papers.papers else []),
        button(_("Children"), "child_list", cohort_id),
        button(_("‹ Status"), "status_open", cohort_id),
    ]
    return screen(request, "\n".join(lines), (*opens, *rows(turn), *rows(back)))


def on_letters(request: Request) -> Reply:
    """[Agenda surat] of an angkatan: every letter with its number and date. Numbers: angkatan, page."""
    cohort = cohort_of(request, pressed(request))
    cohort_id = cohort.id or 0
    found = letters_of(request.work, who(request), cohort)
    page = min(max(further(request, 1), 0), max((len(found) - 1) // LISTS, 0))
    shown = found[page * LISTS : (page + 1) * LISTS]
    lines = [bold(cohort.name) + " · " + _("Agenda of letters") + f" · {len(found)}"]
    for place, one in enumerate(shown, start=page * LISTS + 1):
        number = bold(shorten(one.number, VALUE_SHOWN))
        day = short_date_words(one.on, request.work.today)
        lines.append(f"{place}. {number} · {day} · {esc(one.step.short)}")
    if not found:
        lines.append(_("No letter with a number is recorded yet."))
    opens = numbers("task_open", [one.task.id or 0 for one in shown], page * LISTS + 1)
    is_more = len(found) > (page + 1) * LISTS
    turn = turning(page, is_more, lambda text, at: button(text, "letters", cohort_id, at), short=True)
    ways = [button(_("Excel"), "letters_workbook", cohort_id), button(_("PDF"), "letters_pdf", cohort_id)]
    back = button(_("‹ Back"), "lists_all", cohort_id, 0)
    return screen(request, "\n".join(lines), (*opens, *rows(turn), *(rows(ways) if found else ()), (back,)))


def on_letters_workbook(request: Request) -> Reply:
    """[Excel] of the agenda of letters."""
    return _letters_file(request, as_workbook)


def on_letters_pdf(request: Request) -> Reply:
    """[PDF] of the agenda of letters."""
    return _letters_file(request, as_pdf)


def _letters_file(request: Request, made: AsFile) -> Reply:
    cohort = cohort_of(request, pressed(request))
    found = letters_of(request.work, who(request), cohort)
    if not found:
        return on_letters(request)
    table = [
        [
            one.number,
            plain_date_words(one.on),
            f"SOP {one.sop.number} · {one.step.short}",
            name_of(request.session, one.record.officer_id) or "-",
        ]
        for one in found
    ]
    title = f"{cohort.name} · " + _("Agenda of letters")
    header = [_("Letter number"), _("Letter date"), _("Step"), _("By")]
    name = f"agenda-surat-{request.work.today}"
    return made(request, Listing(title, header, [("", table)]), name)


def on_list(request: Request) -> Reply:
    """One page. Numbers: the task, how it is laid out, the page. Each child shown is logged."""
    found = roll_list(request.work, who(request), pressed(request))
    order = _order(request)
    groups = found.laid_out(order)
    sizes = {name: len(members) for name, members in groups}
    listed = [(name, one) for name, members in groups for one in members]
    last = max((len(listed) - 1) // PAGE, 0)
    page = min(max(further(request, 2), 0), last)
    shown = listed[page * PAGE : (page + 1) * PAGE]
    log_reads(request.work, _screen(found), [one.child.id for _name, one in shown])
    lines = [_heading(found)]
    if not found.children:
        lines.append(_("No child stands on this list."))
    else:
        lines += _totals(request, found)
    heading = None
    for name, one in shown:
        if name != heading and (len(groups) > 1 or name):
            lines += ["", f"{bold(_group(found, order, name))} · {sizes[name]}"]
            heading = name
        lines.append(_line(found, order, one))
    if last:
        lines += ["", _("Page {page} of {last}").format(page=page + 1, last=last + 1)]
    return screen(request, "\n".join(lines), _keyboard(request, found, order, page, page < last))


def on_workbook(request: Request) -> Reply:
    """[Excel]: the whole list as a file, by number; each child in it is logged."""
    return _list_file(request, as_workbook, Order.NUMBER)


def on_pdf(request: Request) -> Reply:
    """[PDF]: the whole list, laid out as on the screen, with its totals; each child in it is logged."""
    return _list_file(request, as_pdf, _order(request))


def _list_file(request: Request, made: AsFile, order: Order) -> Reply:
    found = roll_list(request.work, who(request), pressed(request))
    if not found.children:
        return on_list(request)
    groups = found.laid_out(order)
    shown = {one.child.id: None for _name, members in groups for one in members}
    log_reads(request.work, _screen(found), shown)
    name = f"daftar-{found.sop.number}-{found.step.step}-{request.work.today}"
    title = f"{found.cohort.name} · SOP {found.sop.number} · {title_of(found.task, found.step)}"
    listed = [
        (
            f"{_group(found, order, heading)} · {len(members)}" if len(groups) > 1 or heading else "",
            [_row(found, one) for one in members],
        )
        for heading, members in groups
    ]
    done = _("{done} of {total}").format(done=_done(found), total=len(found.children))
    lines = [done, *(html.unescape(line) for line in _totals(request, found))]
    return made(request, Listing(title, _header(found), listed, lines), name)


def _screen(found: RollList) -> str:
    return f"list {found.task.sop}/{found.task.step}"


def _done(found: RollList) -> int:
    return sum(not one.is_missing for one in found.children)


def _order(request: Request) -> Order:
    return Order(further(request, 1)) if further(request, 1) in list(Order) else Order.NUMBER


def _heading(found: RollList) -> str:
    what = bold(f"{found.cohort.name} · {title_of(found.task, found.step)}")
    return f"{what} · " + _("{done} of {total}").format(done=_done(found), total=len(found.children))


def _totals(request: Request, found: RollList) -> list[str]:
    """ "S 14, M 20, L 26", the mean of a weigh-in, who is missing."""
    lines = []
    if found.is_weighing:
        changes = [one.change_g for one in found.children if one.change_g is not None]
        lost = found.laid_out(Order.VALUE)[0][1]
        losing = [child_code(one.child.number) for one in lost if (one.change_g or 0) < 0]
        if changes:
            mean = change(round(sum(changes) / len(changes) / 100) * 100)
            words = _("On average {change} kg, {count} lost weight").format(change=mean, count=len(losing))
            named = ", ".join(losing[:PAGE]) + (", …" if len(losing) > PAGE else "")
            lines.append(words + (f" (No. {named})" if losing else ""))
    rooms = {one.name: one.capacity for one in request.institution.pack.unit.dormitories}
    totals = found.totals(rooms)
    if totals:
        lines.append(esc(", ".join(_total(one) for one in totals)))
    excused = sum(one.state == EntryState.EXCUSED for one in found.children)
    if excused:
        lines.append(
            ngettext("{count} child skipped", "{count} children skipped", excused).format(count=excused)
        )
    if found.missing:
        codes = ", ".join(child_code(one.child.number) for one in found.missing[:PAGE])
        more = "" if len(found.missing) <= PAGE else ", …"
        lines.append(
            _("Not recorded yet: {count} (No. {codes})").format(count=len(found.missing), codes=codes + more)
        )
    return lines


def _total(total: Total) -> str:
    name = {"True": _("Yes"), "False": _("No")}.get(total.value, total.value)
    if total.room is None:
        return f"{name} {total.count}"
    free = max(total.room - total.count, 0)
    return _("{name} {count} ({free} free)").format(name=name, count=total.count, free=free)


def _group(found: RollList, order: Order, name: str) -> str:
    if name:
        return {"True": _("Yes"), "False": _("No")}.get(name, name) if order == Order.VALUE else name
    return _("Not recorded")


def _line(found: RollList, order: Order, one: ListedChild) -> str:
    """ "003 Anak Contoh 03 · SDN 1 · S" (HTML)."""
    parts = [f"{child_code(one.child.number)} {esc(shorten(one.child.name, NAME_SHOWN))}"]
    if order != Order.SCHOOL:
        parts.append(esc(one.school))
    value = _value(found, one)
    field = found.counted_field
    is_said_above = order == Order.VALUE and field is not None and len(one.values) == 1
    if field is not None and field.proposal == "dormitory":
        parts.append(one.child.sex)
    if value and not is_said_above:
        parts.append(esc(shorten(value, VALUE_SHOWN)))
    return " · ".join(parts)


def _value(found: RollList, one: ListedChild) -> str:
    """What is recorded, in one line (plain text)."""
    if one.state == EntryState.EXCUSED:
        return _("skipped: {reason}").format(reason=one.reason or "-")
    if one.is_missing:
        return _("not yet")
    if found.is_weighing:
        if one.weight_g is None:
            return ""
        return kilos(one.weight_g) + ("" if one.change_g is None else f" ({change(one.change_g)})")
    form = found.step.record
    if form is None:
        return _("done")
    said = (
        plain_words(field, one.values[field.key])
        for field in form.fields
        if field.kind not in OPENED and one.values.get(field.key) not in (None, "", [])
    )
    return "; ".join(said)


def _header(found: RollList) -> list[str]:
    form = found.step.record
    columns = [_("Weight (kg)"), _("Change (kg)")] if found.is_weighing else []
    if form is not None and not found.is_weighing:
        columns = [label_of(field) for field in form.fields if field.kind not in OPENED]
    return [_("Number"), _("Name"), _("Sex"), _("School"), *columns, _("Remark")]


def _row(found: RollList, one: ListedChild) -> list[str | float | None]:
    form = found.step.record
    values: list[str | float | None] = []
    if found.is_weighing:
        values = [grams / 1000 if grams is not None else None for grams in (one.weight_g, one.change_g)]
    elif form is not None:
        for field in form.fields:
            if field.kind in OPENED:
                continue
            value = one.values.get(field.key)
            is_number = field.kind == "number" and isinstance(value, int | float)
            values.append(
                value if is_number else "" if value in (None, "", []) else plain_words(field, value)
            )
    remark = _value(found, one) if one.state != EntryState.DONE else ""
    return [child_code(one.child.number), one.child.name, one.child.sex, one.school, *values, remark]


def _keyboard(request: Request, found: RollList, order: Order, page: int, is_more: bool) -> Keyboard:
    task_id = found.task.id or 0
    turn = turning(page, is_more, lambda text, at: button(text, "roll_list", task_id, order, at))
    words = {
        Order.NUMBER: _("By number"),
        Order.SCHOOL: _("By school"),
        Order.VALUE: _("By change") if found.is_weighing else _("By answer"),
        Order.DORMITORY: _("By dormitory"),
        Order.MISSING: _("Only what is missing"),
        Order.GROUP: _("By group"),
    }
    layouts = [button(words[one], "roll_list", task_id, one, 0) for one in found.orders if one != order]
    last = [button(_("Excel"), "roll_workbook", task_id), button(_("PDF"), "roll_pdf", task_id, order)]
    others = button(_("Other lists"), "lists_all", found.task.cohort_id or 0)
    papers = paper_buttons(request, found.task)
    files = rows([*last, *papers]) if found.children else ()
    return (*rows(turn), *rows(layouts), *files, *rows([others, to_task(task_id)]))


ROUTES = merge(
    Routes(About.TASK, presses={"roll_list": on_list, "roll_workbook": on_workbook, "roll_pdf": on_pdf}),
    Routes(
        About.NOTHING,
        presses={
            "lists_all": on_lists,
            "letters": on_letters,
            "letters_workbook": on_letters_workbook,
            "letters_pdf": on_letters_pdf,
        },
    ),
)
