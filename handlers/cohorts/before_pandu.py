"""What should have been done before Pandu was used: looked through once, confirmed in bulk or step by step."""

from collections.abc import Iterable
from datetime import date

from handlers.cohorts.cohort_cards import show_cohort
from handlers.ui import conversation
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_day
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    button,
    cohort_of,
    pressed,
    pressed_day,
    rows,
    screen,
    who,
    word,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, date_words, esc, ngettext, section, shorten
from sop_flows.actions.cohorts import before_pandu as rules
from sop_flows.actions.cohorts.before_pandu import BeforeGroup, BeforeLine
from sop_flows.core.work import is_past
from sop_flows.errors import FutureWorkError, NotFoundError, NotPermittedError
from storage.tables import Cohort

NO_STEP = -1  # in a button: all steps; 9.2.03 begins with a step 0


def on_list(request: Request) -> Reply:
    """The list, per SOP."""
    cohort = _cohort(request, pressed(request))
    groups = rules.list_groups(request.work, cohort.id or 0, who(request))
    if not groups:
        return show_cohort(request, cohort, _nothing_left(request, cohort))
    past = _is_past(request, groups)
    lines = [bold(_("Past their time: done or not?") if past else _("Done before Pandu was used?"))]
    lines.append(esc(cohort.name))
    for group in groups:
        count = ngettext("{count} step", "{count} steps", len(group.lines)).format(count=len(group.lines))
        lines.append(f"{group.sop.number} {esc(shorten(group.sop.title, 45))} · {count}")
    buttons = [
        button(group.sop.number, "before_sop", cohort.id or 0, tag=group.sop.number) for group in groups
    ]
    keyboard = (
        (button(_("Confirm all"), "before_ask", cohort.id or 0, NO_STEP, style="success"),),
        *rows(buttons, 4),
        (button(_("‹ Back"), "cohort_card", cohort.id or 0),),
    )
    return screen(request, "\n".join(lines), keyboard)


def on_sop(request: Request) -> Reply:
    """The steps of one SOP on the list."""
    cohort = _cohort(request, pressed(request))
    group = _group(request, cohort, word(request))
    if group is None:
        return on_list(request)
    lines = [bold(f"SOP {group.sop.number} {group.sop.title}")]
    lines += [f"{place}. {_line_words(line)}" for place, line in enumerate(group.lines, start=1)]
    steps = [
        button(str(place), "before_step", cohort.id or 0, line.step.step, tag=group.sop.number)
        for place, line in enumerate(group.lines, start=1)
    ]
    everything = button(
        _("All of them were done"),
        "before_ask",
        cohort.id or 0,
        NO_STEP,
        tag=group.sop.number,
        style="success",
    )
    return screen(request, "\n".join(lines), ((everything,), *rows(steps, 8), (_back(cohort),)))


def on_step(request: Request) -> Reply:
    """One step: was it done?"""
    cohort = _cohort(request, pressed(request))
    group = _group(request, cohort, word(request))
    line = next((one for one in group.lines if one.step.step == pressed(request, 1)), None) if group else None
    if group is None or line is None:
        return on_list(request)
    number, step = group.sop.number, line.step.step
    text = f"{bold(f'SOP {number} {group.sop.title}')}\n{_line_words(line)}\n{esc(line.step.prompt)}"
    keyboard = (
        (button(_("Was done"), "before_ask", cohort.id or 0, step, tag=number, style="success"),),
        (button(_("Not done yet"), "before_owed", cohort.id or 0, step, tag=number),),
        (button(_("‹ Back"), "before_sop", cohort.id or 0, tag=number),),
    )
    return screen(request, text, keyboard)


def on_ask(request: Request) -> Reply:
    """It was done: when?"""
    cohort = _cohort(request, pressed(request))
    return DATE.begin(request, {"cohort_id": cohort.id, "step": pressed(request, 1), "sop": word(request)})


def _ask_day(talk: Talk) -> Screen:
    about = (talk.draft["cohort_id"], talk.draft["step"])
    unknown = button(
        _("The date is not known"), "before_done", *about, tag=talk.draft["sop"], style="success"
    )
    return _("When was it done? Type the date if you know it, for example 20 November."), ((unknown,),)


def _dated(talk: Talk) -> Reply:
    cohort = _cohort(talk.request, talk.draft["cohort_id"])
    try:
        return _confirm_or_ask(talk.request, cohort, talk.draft["step"], talk.draft["sop"], talk.day("on"))
    except FutureWorkError as error:
        said = _("{day} is not possible. Choose a date between {first} and {last}.").format(
            day=date_words(error.wanted), first=date_words(error.earliest), last=date_words(error.latest)
        )
        raise NotAnAnswerError(said) from error


def on_done(request: Request) -> Reply:
    """[Tanggal tidak diketahui]."""
    cohort = _cohort(request, pressed(request))
    return _confirm_or_ask(request, cohort, pressed(request, 1), word(request), None)


def on_sure(request: Request) -> Reply:
    """[Ya, konfirmasi] of many steps at once."""
    cohort = _cohort(request, pressed(request))
    day = pressed_day(request, 1) if pressed(request, 1) else None
    return _confirm(request, cohort, NO_STEP, word(request), day)


def on_undo(request: Request) -> Reply:
    """[Urungkan]: they are on the list again."""
    cohort = _cohort(request, pressed(request))
    count = rules.undo_confirmed(request.work, cohort.id or 0, pressed(request, 1))
    said = ngettext(
        "{count} step is on the list again.", "{count} steps are on the list again.", count
    ).format(count=count)
    return screen(request, said, ((_back(cohort),),))


def on_owed(request: Request) -> Reply:
    """[Belum dilaksanakan]: an ordinary open task from now on."""
    cohort = _cohort(request, pressed(request))
    try:
        rules.not_done(request.work, cohort.id or 0, word(request), pressed(request, 1))
    except NotFoundError:  # a second tap
        return on_list(request)
    keyboard: Keyboard = ((_back(cohort),),)
    return screen(request, _("It now stands among the open tasks, with time from today on."), keyboard)


def _confirm_or_ask(request: Request, cohort: Cohort, step: int, number: str, day: date | None) -> Reply:
    """One step is confirmed at once; of many there is one more look first."""
    if step != NO_STEP:
        return _confirm(request, cohort, step, number, day)
    rules.check_day(day, request.today)
    count = rules.count_open(request.work, cohort.id or 0, number or None, None)
    if not count:
        return on_list(request) if request.press is not None else show_cohort(request, cohort)
    conversation.end(request, DATE.topic)
    top = bold(f"SOP {number}") if number else bold(cohort.name)
    if _is_past(request, rules.list_groups(request.work, cohort.id or 0, who(request))):
        asked = ngettext("{count} step is noted as done.", "{count} steps are noted as done.", count)
    else:
        asked = ngettext(
            "{count} step is noted as done before Pandu was used.",
            "{count} steps are noted as done before Pandu was used.",
            count,
        )
    when = _("The date is not known") if day is None else date_words(day)
    keyboard = (
        (
            button(
                _("Yes, confirm"), "before_sure", cohort.id or 0, day.toordinal() if day else 0, tag=number,
                style="success",
            ),
            button(_("Cancel"), "before_list", cohort.id or 0),
        ),
    )  # fmt: skip
    return screen(request, f"{top}\n{asked.format(count=count)}\n{when}", keyboard)


def _confirm(request: Request, cohort: Cohort, step: int, number: str, day: date | None) -> Reply:
    count = rules.confirm_all(
        request.work, cohort.id or 0, day, sop=number or None, step=None if step == NO_STEP else step
    )
    conversation.end(request, DATE.topic)
    said = ngettext("✅ {count} step noted as done.", "✅ {count} steps noted as done.", count).format(
        count=count
    )
    if not count:  # a second tap
        return show_cohort(request, cohort, _("That was noted before."))
    undo = button(_("Undo"), "before_undo", cohort.id or 0, request.work.update_id or 0)
    if rules.list_groups(request.work, cohort.id or 0, who(request)):
        return screen(request, said, ((undo, _back(cohort)),))
    return screen(request, said, ((undo, button(_("‹ Back"), "cohort_card", cohort.id or 0)),))


def _line_words(line: BeforeLine) -> str:
    times = f" (×{len(line.tasks)})" if len(line.tasks) > 1 else ""
    return f"{esc(line.step.short)}{times}"


def _group(request: Request, cohort: Cohort, number: str) -> BeforeGroup | None:
    groups = rules.list_groups(request.work, cohort.id or 0, who(request))
    return next((group for group in groups if group.sop.number == number), None)


def _back(cohort: Cohort) -> Button:
    return button(_("‹ The list"), "before_list", cohort.id or 0)


def _cohort(request: Request, cohort_id: int) -> Cohort:
    """The angkatan, for whoever says what was done. Raises NotFoundError, NotPermittedError: only others do."""
    cohort = cohort_of(request, cohort_id)
    work, officer = request.work, who(request)
    is_asked = rules.may_speak(work, officer) or rules.list_groups(work, cohort_id, officer)
    if not is_asked and rules.list_groups(work, cohort_id):
        raise NotPermittedError("opens_cohorts")
    return cohort


def _is_past(request: Request, groups: Iterable[BeforeGroup]) -> bool:
    """Whether steps of since Pandu is used are among them."""
    return any(is_past(request.work, task) for group in groups for task in group.tasks)


def _nothing_left(request: Request, cohort: Cohort) -> str:
    """That is all; or whom the rest is asked of."""
    others = rules.list_groups(request.work, cohort.id or 0)
    if not others:
        return _("✅ Nothing is left on the list of what was done before Pandu.")
    unit = request.institution.pack.unit
    roles = dict.fromkeys(role for group in others for line in group.lines for role in line.step.executors)
    names = ", ".join(section(unit, role) for role in roles)
    return _("What is left is asked of {sections}.").format(sections=esc(names))


DATE = Dialog(
    "before_date",
    (Field("on", _ask_day, typed_day("past")),),
    _dated,
    lambda talk: button(_("‹ The list"), "before_list", talk.draft["cohort_id"]),
    life=Life.OPEN,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "before_list": on_list,
        "before_sop": on_sop,
        "before_step": on_step,
        "before_ask": on_ask,
        "before_done": on_done,
        "before_owed": on_owed,
        "before_sure": on_sure,
        "before_undo": on_undo,
    },
    dialogs=(DATE,),
)
