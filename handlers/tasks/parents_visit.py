"""The parents' visit in week two (SOP 9.1.09): its date, the list of children, being ready for it; the day of an event."""

import re
from datetime import date, timedelta

from handlers.tasks.chosen_day_words import week_words, within_sentence
from handlers.ui.chosen_days import event_name, taken_words
from handlers.ui.dialog import Dialog, Field, Screen, Talk
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    button,
    pressed,
    pressed_day,
    rows,
    screen,
    to_list,
    to_task,
    who,
)
from handlers.ui.routing import Routes, merge
from handlers.ui.words import (
    _,
    child_code,
    date_words,
    echo,
    esc,
    ngettext,
    other_weekday,
    plain_date_words,
    short_date_words,
)
from sop_flows.actions import parents_visit
from sop_flows.actions.reschedule import check_chooser, date_window, hold_left_out
from sop_flows.core.work import declared, sop_of
from sop_flows.errors import DayTakenError, FutureWorkError, NotFoundError, OutsideWindowError
from sop_flows.handbook.typed_days import parse_day, read_day
from sop_flows.staffing.responsibility import find_task, lock_task, own_parts
from storage.tables import Cohort, Task

OFFERED = 3  # days with a button of their own
_WEEKDAY = re.compile(
    r"(?:hari\s+)?(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)(?:\s+depan)?", re.IGNORECASE
)


def on_other(request: Request) -> Reply:
    """Tanggal lain: typed."""
    return DATE.begin(request, {"types": True}, task_id=pressed(request))


def _open_task(request: Request, task_id: int) -> Task:
    """The task, locked. Raises NotFoundError: of no angkatan (forged); NotYoursError, AlreadyDoneError."""
    task = lock_task(request.session, task_id)
    check_chooser(request.work, task)
    if task.cohort_id is None:
        raise NotFoundError
    return task


def _ask(talk: Talk) -> Screen:
    """Proposals by button, any other day typed."""
    request, task = talk.request, _open_task(talk.request, talk.task_id)
    if talk.said or not talk.draft.get("types"):
        return talk.said or _question(request, task), _days(request, task)
    text = _("Type the date, for example {day}.").format(day=_example(request, task))
    return text, ()


def _back(talk: Talk) -> Button:
    if talk.said or not talk.draft.get("types"):
        return to_task(talk.task_id)
    return button(_("‹ Back"), "parents_choose", talk.task_id)


def _example(request: Request, task: Task) -> str:
    return plain_date_words(date_window(request.work, task)[0], request.today)


def _question(request: Request, task: Task) -> str:
    cohort = request.session.get_one(Cohort, task.cohort_id)
    _sop, step = declared(request.session, task)
    if step.choose_date is None:
        asked = _("{event} of {cohort}: {day} stands now. Which day, from {window}?")
        return asked.format(
            event=esc(event_name(request.session, task)),
            cohort=esc(cohort.name),
            day=date_words(date_window(request.work, task)[2]),
            window=_window(request, task, _("{first} to {last}")),
        )
    week = week_words(step.choose_date)
    asked = (
        _("{step} of {cohort} is in {week}: {window}. Which date?")
        if week
        else _("{step} of {cohort}: {window}. Which date?")
    )
    text = asked.format(
        step=esc(step.short),
        cohort=esc(cohort.name),
        week=week,
        window=_window(request, task, _("{first} to {last}")),
    )
    if task.chosen_on is None:
        return text
    return _("Chosen now: {day}.").format(day=date_words(task.chosen_on)) + " " + text


def _window(request: Request, task: Task, template: str) -> str:
    """ "8 sampai 14 Desember"; the month once when it is one."""
    first, last, _proposed = date_window(request.work, task)
    today = request.today
    from_words = (
        str(first.day)
        if (first.year, first.month) == (last.year, last.month)
        else plain_date_words(first, today)
    )
    return template.format(first=from_words, last=plain_date_words(last, today))


def _days(request: Request, task: Task) -> Keyboard:
    """The proposed Sunday, the Saturday, then whatever is left of week two."""
    today = request.today
    buttons = [
        button(short_date_words(day, today), "parents_date", task.id or 0, day.toordinal())
        for day in parents_visit.offered_days(request.work, task, today)[:OFFERED]
    ]
    return (*rows(buttons), (button(_("Another date"), "parents_other", task.id or 0), to_task(task.id or 0)))


def on_day_tapped(request: Request) -> Reply:
    """A proposed day."""
    return DATE.taken(Talk(request, {}, pressed(request)), pressed_day(request))


def _typed(talk: Talk) -> date:
    """A day in words, or its number alone."""
    task, words = find_task(talk.request.session, talk.task_id), (talk.request.text or "").strip()
    check_chooser(talk.request.work, task)
    found = read_day(words, talk.today, "future")
    if found is not None and found.day is not None and found.weekday is not None:
        raise NotAnAnswerError(other_weekday(words, found.day))
    day = _read(talk.request, task, words)
    if day is None:
        text = _("I do not understand the date “{words}”. Type it for example like this: {day}.")
        raise NotAnAnswerError(text.format(words=echo(words), day=_example(talk.request, task)))
    return day


def _read(request: Request, task: Task, words: str) -> date | None:
    """The day that was meant: "minggu" is the Sunday of week two, "14" the 14th within it, "besok" tomorrow."""
    first, last, _proposed = date_window(request.work, task)
    week = [first + timedelta(days=days) for days in range((last - first).days + 1)]
    if words.isdecimal():
        return next((day for day in week if day.day == int(words)), None)
    day = parse_day(words, request.today, "future")
    if day is not None and day < first and _WEEKDAY.fullmatch(words):
        return next((one for one in week if one.weekday() == day.weekday()), day)
    return day


def _choose(talk: Talk) -> Reply:
    request, day = talk.request, talk.day("on")
    try:
        task = parents_visit.choose(request.work, talk.task_id, day)
    except OutsideWindowError as error:
        raise NotAnAnswerError(_outside(request, talk.task_id, error)) from error
    except FutureWorkError as error:
        text = _("{day} is over. Choose a day from {first} on.").format(
            day=date_words(error.wanted), first=date_words(error.earliest)
        )
        raise NotAnAnswerError(text) from error
    except DayTakenError as error:
        raise NotAnAnswerError(taken_words(error)) from error
    buttons = [button(_("Change the date"), "parents_choose", talk.task_id), to_task(talk.task_id)]
    return screen(request, _chosen_words(request, task, day), rows(buttons))


def _outside(request: Request, task_id: int, error: OutsideWindowError) -> str:
    """ "20 Desember sudah lewat minggu kedua. Menurut SOP 9.1.09 pilih antara 8 dan 14 Desember." """
    task = find_task(request.session, task_id)
    day = plain_date_words(error.wanted, request.today)
    _sop, step = declared(request.session, task)
    week = "" if step.choose_date is None else week_words(step.choose_date)
    if error.wanted > error.latest:
        what = _("{day} is after {week}.") if week else _("{day} is too late.")
    else:
        what = _("{day} is before {week}.") if week else _("{day} is too early.")
    rule = _("By SOP {sop} choose between {window}.").format(
        sop=esc(task.sop), window=_window(request, task, _("{first} and {last}"))
    )
    return f"{what.format(day=day, week=week)} {rule}"


def _chosen_words(request: Request, task: Task, day: date) -> str:
    """What was chosen, and which reminders are still ahead."""
    _sop, step = declared(request.session, task)
    if step.choose_date is None:
        name = esc(event_name(request.session, task))
        said = "✅ " + _("{step}: {day}.").format(step=name, day=date_words(day))
        return said + "\n" + _("What is due before it moves along. The day can be changed until its eve.")
    lines = ["✅ " + _("{step}: {day}.").format(step=esc(step.short), day=date_words(day))]
    leads = parents_visit.leads_ahead(request.work, task)
    if leads:
        days = _(" and ").join(
            ngettext("{count} day", "{count} days", one).format(count=one) for one in leads
        )
        lines.append(_("I will remind you {days} before, and that morning.").format(days=days))
    return "\n".join(lines)


def on_hold(request: Request) -> Reply:
    """Jadwalkan juga: what a short stay left out is held all the same."""
    run = hold_left_out(request.work, pressed(request))
    sop = sop_of(request.session, run)
    text = _("{sop} {title} is scheduled: {day}. The day can be changed until its eve.").format(
        sop=esc(sop.number), title=esc(sop.title), day=date_words(run.event_on or request.today)
    )
    return screen(request, "✅ " + text, ((to_list(),),))


def on_ready(request: Request) -> Reply:
    """Sudah siap: noted; the reminders of the day itself still come."""
    task = _open_task(request, pressed(request))
    day = parents_visit.note_ready(request.work, task)
    what = within_sentence(declared(request.session, task)[1])
    text = "✅ " + _("Noted: ready for {step} on {day}.").format(step=esc(what), day=date_words(day))
    return screen(
        request, text, rows([button(_("See the list"), "parents_list", task.id or 0), to_task(task.id or 0)])
    )


def on_list(request: Request) -> Reply:
    """Lihat daftar: the children by school, by code; who needs special care is named apart."""
    task = find_task(request.session, pressed(request))
    own_parts(request.work, who(request), task)
    listed = parents_visit.guest_list(request.session, task.cohort_id or 0)
    total = sum(len(numbers) for numbers in listed.by_school.values())
    lines = [
        ngettext("{count} child in the house", "{count} children in the house", total).format(count=total)
    ]
    for school, numbers in listed.by_school.items():
        codes = ", ".join(child_code(number) for number in numbers)
        lines.append(f"<b>{esc(school)}</b>: {codes}")
    if listed.flagged:
        codes = ", ".join(child_code(number) for number in listed.flagged)
        lines.append(_("{step}: No. {codes}").format(step=esc(_of_flagged(request, task)), codes=codes))
    return screen(request, "\n".join(lines), ((to_task(task.id or 0), to_list()),))


def _of_flagged(request: Request, task: Task) -> str:
    """What is done for the children with a mark: "Konsultasi keluarga", a later step of the SOP."""
    sop, step = declared(request.session, task)
    later = (one for one in sop.asked_steps if one.step > step.step and one.per == "flagged child")
    return next((one.short for one in later), _("Marked children"))


DATE = Dialog(
    "parents_date",
    (Field("on", _ask, _typed, says=True),),
    _choose,
    _back,
)
ROUTES = Routes(
    About.TASK,
    presses={
        "parents_choose": DATE.of_button,
        "parents_other": on_other,
        "parents_date": on_day_tapped,
        "parents_ready": on_ready,
        "parents_list": on_list,
    },
    dialogs=(DATE,),
)
ROUTES = merge(ROUTES, Routes(About.RUN, presses={"event_hold": on_hold}))
