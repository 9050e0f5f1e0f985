"""The daily card (SOP 9.2.12): the steps of a day with their ticks and buttons."""

from handlers.ui.request import Keyboard, Reply, Request, button, in_words, rows, screen, to_list, who
from handlers.ui.words import _, clock_words, cohort_prefix, day_words, esc
from sop_flows.actions.daily import Daily, DailyStep, daily_of, last_tap_at
from sop_flows.staffing.responsibility import acting_roles
from sop_flows.views.missed import missed_before
from storage.tables import Task


def show_day(request: Request, task: Task, note: str = "", below: Keyboard = ()) -> Reply:
    """The daily card that the task belongs to."""
    text, keyboard = day_card(request, task)
    return screen(request, f"{note}\n\n{text}" if note else text, (*keyboard, *below))


def day_card(request: Request, task: Task) -> tuple[str, Keyboard]:
    """Text (HTML) and buttons of a day."""
    card = daily_of(request.work, task)
    today = request.institution.today(request.now)
    prefix = cohort_prefix(request.session, card.cohort)
    title = esc(card.sop.title)
    said = [
        f"{prefix}<b>SOP {esc(card.sop.number)} {title}</b>",
        _("Every day · {day}").format(day=day_words(card.on, today)),
    ]
    said += [
        f"{label}. {words}" if label.isdecimal() else words
        for label, words in zip(_labels(card), (_step_line(request, one) for one in card.steps), strict=True)
    ]
    if card.on_duty is not None:
        said.append(_("On duty: {name}").format(name=esc(card.on_duty)))
    if not acting_roles(request.work, who(request), task):
        return "\n".join(said), ((to_list(),),)
    may_undo = last_tap_at(request.work, card, who(request)) is not None
    keyboard = _buttons(request, card, may_undo)
    if (former := missed_before(request.session, card.steps[0].task)) is not None:
        day = day_words(former.occurrence_on or card.on, today)
        label = _("Not recorded {day}").format(day=day)
        keyboard = (*keyboard, (button(label, "task_open", former.id or 0),))
    return "\n".join(said), keyboard


def _labels(card: Daily) -> list[str]:
    """What stands on the button of each step: its number where its words are too long."""
    labels = in_words([one.step.short for one in card.steps])[1]
    return [
        "" if one.ticks or not one.is_open else label for one, label in zip(card.steps, labels, strict=True)
    ]


def _step_line(request: Request, one: DailyStep) -> str:
    name = esc(one.step.short)
    if one.at is not None and one.who is not None:
        return f"☑ {name} · {esc(one.who)} {clock_words(one.at, request.institution.zone)}"
    if one.ticks and one.is_open:
        on, office = one.task.occurrence_on or request.today, request.institution.office
        words = [esc(office.tick_word(on, each.word)) for each in one.ticks]
        ticks = "  ".join(
            f"{'☑' if each.at is not None else '☐'} {word}"
            for each, word in zip(one.ticks, words, strict=True)
        )
        return f"☐ {name}: {ticks}"
    return f"☐ {name}" if one.is_open else f"– {name}"


def _buttons(request: Request, card: Daily, may_undo: bool) -> Keyboard:
    left = [one for one in card.steps if one.is_open]
    undo = [button(_("Undo"), "day_undo", card.steps[0].task.id or 0)] if may_undo else []
    if not left:
        return rows([*undo, to_list()])
    singles = [
        (button(label, "day_done", one.task.id or 0),)
        for one, label in zip(card.steps, _labels(card), strict=True)
        if label
    ]
    word_of = request.institution.office.tick_word
    meals = tuple(
        button(word_of(card.on, each.word).capitalize(), "day_tick", one.task.id or 0, tag=each.word)
        for one in left
        for each in one.ticks
        if each.at is None
    )
    task_id = left[0].task.id or 0
    return (
        (button(_("All done"), "day_all", task_id, style="success"),),
        *singles,
        *((meals,) if meals else ()),
        (
            button(_("I am on duty"), "day_duty", card.cohort.id or 0),
            button(_("Obstacle"), "task_obstacle", task_id),
        ),
        (button(_("Remind me again"), "task_snooze", task_id), button(_("More…"), "task_more", task_id)),
        (*undo, to_list()),
    )
