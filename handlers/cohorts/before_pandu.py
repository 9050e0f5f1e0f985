"""What should have been done before Pandu was used: looked through once, confirmed in bulk or step by step."""

from datetime import date

from handlers import conversation
from handlers.cohorts.cohort_cards import show_cohort
from handlers.looks.dates import date_words
from handlers.looks.markup import bold, esc, shorten
from handlers.looks.screens import button, pressed, pressed_day, rows, screen, who, word
from handlers.looks.wording import _, ngettext
from handlers.reply import Button, Keyboard, Reply, Say, reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.actions.cohorts import before_pandu as rules
from sop_flows.actions.cohorts.before_pandu import BeforeGroup, BeforeLine
from sop_flows.errors import FutureWorkError, NotFoundError, NotPermittedError
from sop_flows.handbook.typed_days import parse_day
from storage.tables import Cohort

TOPIC = "before_date"
ECHO_MAX = 30  # characters of the officer's words that are said back
NO_STEP = -1  # in a button: all steps; 9.2.03 begins with a step 0


def on_list(visit: Visit) -> Reply:
    """The list, per SOP."""
    cohort = _cohort(visit, pressed(visit))
    groups = rules.list_groups(visit.session, visit.house, cohort.id or 0)
    if not groups:
        return show_cohort(visit, cohort, _("✅ Nothing is left on the list of what was done before Pandu."))
    lines = [bold(_("Done before Pandu was used?")), esc(cohort.name)]
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
    return screen(visit, "\n".join(lines), keyboard)


def on_sop(visit: Visit) -> Reply:
    """The steps of one SOP on the list."""
    cohort = _cohort(visit, pressed(visit))
    group = _group(visit, cohort, word(visit))
    if group is None:
        return on_list(visit)
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
    return screen(visit, "\n".join(lines), ((everything,), *rows(steps, 8), (_back(cohort),)))


def on_step(visit: Visit) -> Reply:
    """One step: was it done?"""
    cohort = _cohort(visit, pressed(visit))
    group = _group(visit, cohort, word(visit))
    line = next((one for one in group.lines if one.step.step == pressed(visit, 1)), None) if group else None
    if group is None or line is None:
        return on_list(visit)
    number, step = group.sop.number, line.step.step
    text = f"{bold(f'SOP {number} {group.sop.title}')}\n{_line_words(line)}\n{esc(line.step.prompt)}"
    keyboard = (
        (button(_("Was done"), "before_ask", cohort.id or 0, step, tag=number, style="success"),),
        (button(_("Not done yet"), "before_owed", cohort.id or 0, step, tag=number),),
        (button(_("‹ Back"), "before_sop", cohort.id or 0, tag=number),),
    )
    return screen(visit, text, keyboard)


def on_ask(visit: Visit) -> Reply:
    """It was done: when?"""
    cohort = _cohort(visit, pressed(visit))
    step, number = pressed(visit, 1), word(visit)
    conversation.ask(visit, TOPIC, {"cohort_id": cohort.id, "step": step, "sop": number})
    keyboard = (
        (
            button(
                _("The date is not known"), "before_done", cohort.id or 0, step, tag=number, style="success"
            ),
        ),
        (_back(cohort),),
    )
    return screen(
        visit, _("When was it done? Type the date if you know it, for example 20 November."), keyboard
    )


def on_day_typed(visit: Visit) -> Reply:
    """The date of the work."""
    talk = conversation.current(visit)
    draft = conversation.draft_of(talk) if talk is not None else {}
    cohort = _cohort(visit, draft["cohort_id"])
    words = (visit.text or "").strip()
    day = parse_day(words, visit.house.today(visit.now), "past")
    if day is None:
        said = _(
            "I do not understand the date “{words}”. Type it for example like this: 3 December, or 3/12."
        ).format(words=esc(shorten(words, ECHO_MAX)))
        return reply(Say(said, ((_back(cohort),),)))
    try:
        return _confirm_or_ask(visit, cohort, draft["step"], draft["sop"], day)
    except FutureWorkError as error:
        said = _("{day} is not possible. Choose a date between {first} and {last}.").format(
            day=date_words(error.wanted), first=date_words(error.earliest), last=date_words(error.latest)
        )
        return reply(Say(said, ((_back(cohort),),)))


def on_done(visit: Visit) -> Reply:
    """[Tanggal tidak diketahui]."""
    cohort = _cohort(visit, pressed(visit))
    return _confirm_or_ask(visit, cohort, pressed(visit, 1), word(visit), None)


def on_sure(visit: Visit) -> Reply:
    """[Ya, konfirmasi] of many steps at once."""
    cohort = _cohort(visit, pressed(visit))
    day = pressed_day(visit, 1) if pressed(visit, 1) else None
    return _confirm(visit, cohort, NO_STEP, word(visit), day)


def on_undo(visit: Visit) -> Reply:
    """[Urungkan]: they are on the list again."""
    cohort = _cohort(visit, pressed(visit))
    count = rules.undo_confirmed(
        visit.session,
        visit.house,
        who(visit),
        cohort.id or 0,
        pressed(visit, 1),
        visit.now,
        update_id=visit.update_id,
    )
    said = ngettext(
        "{count} step is on the list again.", "{count} steps are on the list again.", count
    ).format(count=count)
    return screen(visit, said, ((_back(cohort),),))


def on_owed(visit: Visit) -> Reply:
    """[Belum dilaksanakan]: an ordinary open task from now on."""
    cohort = _cohort(visit, pressed(visit))
    s, house = visit.session, visit.house
    try:
        rules.not_done(s, house, who(visit), cohort.id or 0, word(visit), pressed(visit, 1), visit.now)
    except NotFoundError:  # a second tap
        return on_list(visit)
    keyboard: Keyboard = ((_back(cohort),),)
    return screen(visit, _("It now stands among the open tasks, with time from today on."), keyboard)


def _confirm_or_ask(visit: Visit, cohort: Cohort, step: int, number: str, day: date | None) -> Reply:
    """One step is confirmed at once; of many there is one more look first."""
    if step != NO_STEP:
        return _confirm(visit, cohort, step, number, day)
    rules.check_day(visit.house, day, visit.now)
    count = rules.count_open(visit.session, visit.house, cohort.id or 0, number or None, None)
    if not count:
        return on_list(visit) if visit.press is not None else show_cohort(visit, cohort)
    conversation.end(visit, TOPIC)
    top = bold(f"SOP {number}") if number else bold(cohort.name)
    asked = ngettext(
        "{count} step is noted as done before Pandu was used.",
        "{count} steps are noted as done before Pandu was used.",
        count,
    ).format(count=count)
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
    return screen(visit, f"{top}\n{asked}\n{when}", keyboard)


def _confirm(visit: Visit, cohort: Cohort, step: int, number: str, day: date | None) -> Reply:
    count = rules.confirm_all(
        visit.session,
        visit.house,
        who(visit),
        cohort.id or 0,
        day,
        visit.now,
        update_id=visit.update_id,
        sop=number or None,
        step=None if step == NO_STEP else step,
    )
    conversation.end(visit, TOPIC)
    said = ngettext("✅ {count} step noted as done.", "✅ {count} steps noted as done.", count).format(
        count=count
    )
    if not count:  # a second tap
        return show_cohort(visit, cohort)
    undo = button(_("Undo"), "before_undo", cohort.id or 0, visit.update_id)
    if rules.list_groups(visit.session, visit.house, cohort.id or 0):
        return screen(visit, said, ((undo, _back(cohort)),))
    return screen(visit, said, ((undo, button(_("‹ Back"), "cohort_card", cohort.id or 0)),))


def _line_words(line: BeforeLine) -> str:
    times = f" (×{len(line.tasks)})" if len(line.tasks) > 1 else ""
    return f"{esc(line.step.short)}{times}"


def _group(visit: Visit, cohort: Cohort, number: str) -> BeforeGroup | None:
    groups = rules.list_groups(visit.session, visit.house, cohort.id or 0)
    return next((group for group in groups if group.sop.number == number), None)


def _back(cohort: Cohort) -> Button:
    return button(_("‹ The list"), "before_list", cohort.id or 0)


def _cohort(visit: Visit, cohort_id: int) -> Cohort:
    cohort = visit.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFoundError
    if not rules.may_speak(visit.session, visit.house, who(visit)):
        raise NotPermittedError("opens_cohorts")
    return cohort


ROUTES = Routes(
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
    topics={TOPIC: on_day_typed},
)
