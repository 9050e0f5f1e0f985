"""How the day of an event is spoken of: its name, when it stands, and why another day can't be chosen."""

from datetime import date

from sqlmodel import Session

from handlers.ui.words import _, date_words, short_date_words
from sop_flows.core.work import declared
from sop_flows.errors import DayTakenError
from storage.tables import Run, Task

OFFERED = 3  # free days named in a refusal


def event_name(s: Session, task: Task) -> str:
    """ "Hari outbond" (plain text); the short name of the step where the SOP has no event."""
    sop, step = declared(s, task)
    chooser = sop.choosing_step
    name = step.short if chooser is None or chooser.event is None else chooser.event.what
    return name[:1].upper() + name[1:]


def event_words(s: Session, task: Task, today: date) -> str:
    """ "Hari outbond: Sabtu, 12 Desember" (plain text); "" for a step before it is chosen, or without an event."""
    sop, step = declared(s, task)
    chooser, on = sop.choosing_step, s.get_one(Run, task.run_id).event_on
    if chooser is None or chooser.event is None or on is None or task.occurrence or step.step < chooser.step:
        return ""
    proposed = chooser.step == step.step and task.chosen_on is None and on >= today
    said = _("{event}: {day} (proposal)") if proposed else _("{event}: {day}")
    return said.format(event=event_name(s, task), day=date_words(on))


def is_changeable(s: Session, task: Task, today: date) -> bool:
    """Whether the day of the run's event can still be another one: until its eve."""
    on = s.get_one(Run, task.run_id).event_on
    return on is not None and on > today and bool(event_words(s, task, today))


def taken_words(error: DayTakenError) -> str:
    """Why that day can't be, and which ones can."""
    if not error.free:
        return _("The day can only be changed until its eve, to a day that is left.")
    days = ", ".join(short_date_words(day, error.wanted) for day in error.free[:OFFERED])
    return _(
        "The angkatan has something else on {day}, or there is no time to prepare. Free: {days}."
    ).format(day=date_words(error.wanted), days=days)


def anchor_name(anchor: str) -> str:
    """What a date counts from, in words: "kedatangan", "kegiatan"."""
    names = {
        "arrival": _("arrival"),
        "departure": _("departure"),
        "start": _("the start of this SOP"),
        "event": _("the event"),
    }
    return names.get(anchor, "")
