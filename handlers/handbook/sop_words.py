"""What a declaration says, in words: when an SOP starts, who does a step, how long, how often, what is recorded."""

from collections.abc import Iterable

from handlers.ui.chosen_days import anchor_name
from handlers.ui.words import _, duration_words, esc, section, sections
from sop_flows.calendar.dates import DEFAULT_TARGET_DAYS
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Duration, Sop, Start, Step
from sop_flows.declarations.timing import Every, Remind
from sop_flows.declarations.unit import Unit
from sop_flows.staffing.responsibility import OwnStep, backup_roles


def start_words(start: Start, sop: Sop) -> str:
    """ "30 hari sebelum kedatangan", "setelah 9.1.33 bila keputusannya rujuk atau akhiri" (escaped)."""
    if start.child is not None:
        facts = {
            "in_house": _("the child is in the house"),
            "not_at_school": _("the child goes to no school"),
        }
        bare = start_words(start.model_copy(update={"child": None}), sop)
        return _("{start} when {fact}").format(start=bare, fact=facts[start.child])
    if start.at is not None:
        return offset_words(start.at, sop)
    if start.flagged_in is not None:
        return _("for each child marked in {number}").format(number=esc(start.flagged_in))
    if start.after is None:
        return _("by hand with /mulai")
    said = _("after {number}").format(number=esc(start.after))
    if start.after_step is not None:
        said = _("after {number} step {step}").format(number=esc(start.after), step=start.after_step)
    if start.later is not None:
        said = f"{esc(str(start.later))} {said}"
    if start.when:
        outcomes = _(" or ").join(esc(one) for one in start.when)
        said = _("{start} when the decision is {outcomes}").format(start=said, outcomes=outcomes)
    return said


def offset_words(offset: Offset, sop: Sop) -> str:
    """ "30 hari sebelum kedatangan", "pada hari kedatangan", "3 bulan sejak kasus dibuka"."""
    amount = offset.days or offset.months
    pattern = _("{count} months") if offset.months else _("{count} days")
    count = pattern.format(count=abs(amount))
    if offset.anchor == "opening":
        case = sop.subject == "case"
        if not amount:
            return _("when the case is opened") if case else _("when the angkatan is opened")
        since = _("{count} since the case was opened") if case else _("{count} since the angkatan was opened")
        return since.format(count=count)
    anchor = anchor_name(offset.anchor)
    if not amount:
        return _("on the day of {anchor}").format(anchor=anchor)
    side = _("{count} after {anchor}") if amount > 0 else _("{count} before {anchor}")
    return side.format(count=count, anchor=anchor)


def time_words(sop: Sop, step: Step, *, brief: bool = False) -> str:
    """How long a step may take, or by when: "waktu baku 2 hari kerja", "target: 2 hari setelah kedatangan".

    Args:
        brief: of what recurs, only how often.
    """
    if not step.asked:
        return _("milestone")
    if step.choose_date is not None:
        return _("a date is chosen, {first} to {last} days after arrival").format(
            first=step.choose_date.earliest.days, last=step.choose_date.latest.days
        )
    if step.running:
        running = _("runs for {time}").format(time=esc(str(step.standard)))
        if step.first_due is not None:
            running += ", " + _("first note within {time}").format(time=first_due_words(sop, step.first_due))
            return running + (", " + often_words(step.every) if step.every is not None and not brief else "")
        return running if brief else running + "; " + _("asked about once a month on the monthly card")
    if step.every is not None:
        return often_words(step.every) if brief else every_words(step.every, sop)
    said = []
    if step.standard is not None:
        said.append(_("standard time {time}").format(time=duration_words(sop, step)))
    if step.event is not None:
        said.append(_("the day is chosen: {event}").format(event=esc(step.event.what)))
    if step.lasting is not None:
        said.append(_("goes on until {when}").format(when=offset_words(step.lasting, sop)))
    if step.first_due is not None:
        said.append(_("first note within {time}").format(time=first_due_words(sop, step.first_due)))
    if step.due is not None:
        said.append(_("due {when}").format(when=offset_words(step.due, sop)))
    if step.standard is None and step.due is None and step.target is not None:
        said.append(_("target: {when}").format(when=offset_words(step.target, sop)))
    return ", ".join(said) or _("target: {days} working days").format(days=DEFAULT_TARGET_DAYS)


def first_due_words(sop: Sop, first_due: Duration) -> str:
    """ "1 hari", "3 hari kerja"."""
    return _("{time} of work").format(time=first_due) if sop.clock == "kerja" else str(first_due)


def every_words(every: Every, sop: Sop) -> str:
    """ "tiap 10 hari, mulai 10 hari setelah kedatangan, sampai kepulangan"."""
    how = often_words(every)
    if every.days is not None:
        first = every.anchor.model_copy(update={"days": every.anchor.days + (every.first_at or 0)})
        how += ", " + _("first {when}").format(when=offset_words(first, sop))
    return _("{how}, until {end}").format(how=how, end=_until(every, sop))


def often_words(every: Every) -> str:
    """ "tiap 10 hari", "tiap bulan"."""
    if every.months is not None:
        return _("every month") if every.months == 1 else _("every {count} months").format(count=every.months)
    return _("every day") if every.days == 1 else _("every {count} days").format(count=every.days)


def _until(every: Every, sop: Sop) -> str:
    if every.until == "closed":
        return _("the services end")
    if not every.until.days and every.until.anchor != "opening":
        return _("arrival") if every.until.anchor == "arrival" else _("departure")
    return offset_words(every.until, sop)


def remind_words(reminds: tuple[Remind, ...]) -> str:
    """ "3 hari sebelumnya, pagi pada harinya, saat jatuh tempo"."""
    said = []
    for remind in reminds:
        if remind.kind == "lead":
            said.append(_("{days} days before").format(days=remind.days))
        else:
            said.append(_("on the morning of the day") if remind.kind == "morning" else _("when due"))
    return ", ".join(said)


def labels(unit: Unit, roles: Iterable[str]) -> str:
    """The roles in few letters: "Penyantunan, Peksos"."""
    return ", ".join(unit.roles[role].label if role in unit.roles else role for role in roles)


def who_words(unit: Unit, sop: Sop, step: Step) -> str:
    """ "Seksi Penyantunan; dapat digantikan Perawat" (escaped)."""
    said = esc(sections(unit, step.executors))
    instead = backup_roles(unit, step.executors, sop.number, step.step)
    if instead:
        said += "; " + _("{roles} may do it too").format(roles=esc(sections(unit, instead)))
    return said


def why_words(unit: Unit, own: OwnStep) -> str:
    """Why a step is the reader's (escaped): "Peksos", "Perawat, menggantikan Seksi Penyantunan"."""
    role = esc(labels(unit, [own.role]))
    if own.acts_for is None:
        return role
    return _("{role}, as the backup of {section}").format(role=role, section=esc(section(unit, own.acts_for)))


def record_words(step: Step) -> str:
    """What the step records (escaped): "berat badan, untuk setiap anak"; "" when nothing."""
    form = step.record
    if form is None:
        return ""
    what = esc(form.what or ", ".join(field.name for field in form.fields))
    if step.per is None:
        return what
    return (
        _("{what}, for each child").format(what=what)
        if step.per == "child"
        else _("{what}, for each marked child").format(what=what)
    )


def document_words(step: Step) -> str:
    """The step in the document's own words (escaped)."""
    return esc(step.activity.strip()) or _("(empty in the document)")


def printed_words(step: Step) -> str:
    """What is odd about the number in print (escaped); "" when it is the step's own."""
    if step.printed is None:
        return ""
    if not step.printed:
        return _("printed without a number")
    return _("printed as number {number}").format(number=esc(step.printed))


def document_line(step: Step) -> str:
    """The row as the document has it (escaped), with the number in print: "4. Pelaksanaan orientasi"."""
    number = str(step.step) if step.printed is None else step.printed
    return f"{esc(number)}. {document_words(step)}" if number else document_words(step)


def as_written(words: str) -> str:
    """ "tercetak nomor 4, seperti tertulis di dokumen"."""
    return _("{words}, as written in the document").format(words=words)
