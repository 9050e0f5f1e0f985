"""How a case is said: its code name, age and sex; what everybody with a step of it may read."""

from collections.abc import Iterable

from handlers.ui.request import Request
from handlers.ui.words import _, bold, esc, ngettext, plain_date_words
from sop_flows.actions.cases.codes import CodeOddError, CodeTakenError, CodeTellsError
from sop_flows.actions.cases.monthly import Service
from storage.tables import Case


def case_name(case: Case) -> str:
    """ "Kasus Kenanga" (escaped)."""
    return _("Case {code}").format(code=esc(case.code_name))


def case_title(case: Case) -> str:
    """ "Kasus Kenanga · perempuan · 9 tahun", the first part bold (HTML)."""
    return " · ".join([bold(_("Case {code}").format(code=case.code_name)), *about(case)])


def closing_words(case: Case) -> str:
    """That the case closes with the step that is asked about (HTML)."""
    return "⚠️ " + bold(_("This is the last step: {case} will be closed.").format(case=case_name(case)))


def about(case: Case) -> list[str]:
    """Sex and age, as far as they are known."""
    said = []
    if case.sex is not None:
        said.append(_("boy") if case.sex == "L" else _("girl"))
    said.append(age_words(case.age_years, unborn=case.unborn, is_about=case.age_is_about))
    return said


def age_words(age_years: int | None, *, unborn: bool = False, is_about: bool = False) -> str:
    """ "9 tahun", "kira-kira 9 tahun", "di bawah 1 tahun", "dalam kandungan", "umur belum diketahui"."""
    if unborn:
        return _("not born yet")
    if age_years is None:
        return _("age not known yet")
    if age_years == 0:
        return _("younger than 1 year")
    said = ngettext("{count} year old", "{count} years old", age_years).format(count=age_years)
    return _("about {age}").format(age=said) if is_about else said


def too_old_words(max_age: int) -> str:
    """Whom the shelter is not for, and who helps then."""
    return _(
        "The shelter is for children below {age} (SOP 9.1.20 step 1). For somebody of {age} or older please "
        "contact the local social service (Dinas Sosial). If the age was a slip, choose it again."
    ).format(age=max_age)


def keeper_label(request: Request) -> str:
    """What the unit calls whoever has a case: "Peksos" (escaped)."""
    unit = request.institution.pack.unit
    return "" if unit.case is None else esc(unit.roles[unit.case.keeper].label)


def service_when(request: Request, service: Service) -> str:
    """ "sejak 1 Desember, 3 bulan pada 1 Maret"; once these are over, the question whether it is finished (HTML)."""
    today = request.institution.today(request.now)
    since = plain_date_words(service.since, today)
    if service.is_late:
        return "⏰ " + _("since {day}, the longest time is over").format(day=since)
    months = service.step.standard.amount if service.step.standard is not None else 0
    words = (
        _("since {day}, {months} months reached: is it finished?")
        if service.is_due
        else _("since {day}, {months} months on {on}")
    )
    return words.format(day=since, months=months, on=plain_date_words(service.ask_on, today))


def in_order(services: Iterable[Service]) -> tuple[Service, ...]:
    """What is late or to be asked about first, then the longest running."""
    return tuple(
        sorted(services, key=lambda one: (not one.is_late, not one.is_due, one.since, one.task.id or 0))
    )


def service_lines(request: Request, services: Iterable[Service], *, numbered: bool = True) -> list[str]:
    """A line for each, in the given order, under what those that follow each other have in common (HTML)."""
    lines: list[str] = []
    former = ""
    for place, one in enumerate(services, start=1):
        when = service_when(request, one)
        if when != former:
            lines.append(f"<i>{when}</i>")
            former = when
        lines.append(f"{place}. {esc(one.step.short)}" if numbered else f"• {esc(one.step.short)}")
    return lines


def code_problem(error: CodeTakenError | CodeTellsError | CodeOddError) -> str:
    """Why a code name does not do (HTML)."""
    match error:
        case CodeTakenError():
            return _("There is a case {code} already. Choose another code name.").format(
                code=bold(error.code)
            )
        case CodeTellsError():
            return _("That code name tells the child's name. Choose another one.")
    return _("A code name is one or two words, for example Kenanga.")
