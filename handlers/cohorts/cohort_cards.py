"""/angkatan: which are open, one of them, its schools; a school that withdraws."""

from datetime import date, timedelta

from handlers.ui.dialog import Dialog, Field, Screen, Talk, is_over, typed_day, typed_words, why
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Button,
    Reply,
    Request,
    button,
    cohort_of,
    pressed,
    pressed_day,
    rows,
    screen,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, date_words, esc, ngettext, plain_date_words, section, shorten
from sop_flows.actions.cohorts import before_pandu, cohort_end, membership, moving_dates
from sop_flows.actions.cohorts.cohorts import day_of
from sop_flows.actions.people import subjects
from sop_flows.actions.replanning import new_plan
from sop_flows.core.work import is_past, is_stay_closed, last_closing, sop_of
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.responsibility import may_fill_roster, may_see, name_of
from sop_flows.staffing.roster import answers_for_all
from sop_flows.staffing.roster import may_open as may_open_cohorts
from storage.queries import cohorts
from storage.queries.cohorts import ChildCount
from storage.tables import Cohort, School

REASON_SHOWN = 120  # characters of why the dates were changed


def count_words(count: ChildCount) -> str:
    """ "60 anak", and "58 dari 60 anak" when some have left."""
    if count.present == count.total:
        return ngettext("{count} child", "{count} children", count.total).format(count=count.total)
    return _("{present} of {total} children").format(present=count.present, total=count.total)


def stay_words(request: Request, cohort: Cohort) -> str:
    """ "hari 12 dari 30", "datang 1 Desember", "sudah pulang 31 Desember"."""
    today = request.institution.today(request.now)
    if today < cohort.arrival_on:
        return _("arrives on {day}").format(day=plain_date_words(cohort.arrival_on, today))
    if today > cohort.departure_on:
        return _("left on {day}").format(day=plain_date_words(cohort.departure_on, today))
    last = (cohort.departure_on - cohort.arrival_on).days
    return _("day {day} of {last}").format(day=day_of(cohort, today), last=last)


def may_open(request: Request) -> bool:
    """Whether the officer may open an angkatan and change its roster."""
    return may_open_cohorts(request.work, who(request))


def changeable_cohort(request: Request, cohort_id: int) -> Cohort:
    """The angkatan, for whoever opens them, while it is not closed. Raises NotFoundError, NotPermittedError."""
    cohort = request.session.get(Cohort, cohort_id)
    if cohort is None or cohort.closed_at is not None:
        raise NotFoundError
    if not may_open(request):
        raise NotPermittedError("opens_cohorts")
    return cohort


def fillable_cohort(request: Request, cohort_id: int) -> Cohort:
    """The angkatan, for whoever may put children on its list, while it is not closed. Raises NotFoundError,
    NotPermittedError."""
    cohort = request.session.get(Cohort, cohort_id)
    if cohort is None or cohort.closed_at is not None:
        raise NotFoundError
    if not may_fill_roster(request.work, who(request), cohort_id):
        raise NotPermittedError("opens_cohorts")
    return cohort


def show_changeable(request: Request) -> Reply:
    """The card of the angkatan of the button, for whoever opens them."""
    return show_cohort(request, changeable_cohort(request, pressed(request)))


def on_cohorts(request: Request) -> Reply:
    """The open angkatan."""
    officer, s = who(request), request.session
    found = [one for one in cohorts.list_open(s) if may_see(request.work, officer, one.id or 0)]
    lines = [
        f"{bold(one.name)} · {stay_words(request, one)} · {count_words(cohorts.count_children(s, one.id or 0))}"
        for one in found
    ]
    keyboard = [(button(one.name, "cohort_card", one.id or 0),) for one in found]
    if cohort_end.list_closed(request.work, officer):
        keyboard.append((button(_("Closed ones"), "cohort_closed_list"),))
    if answers_for_all(request.work, officer) and subjects.is_anything_past_retention(request.work):
        keyboard.append((button(_("Past the time to keep"), "retention_list"),))
    if may_open(request):
        keyboard.append((button(_("Open a new cohort"), "cohort_new", style=None if found else "primary"),))
    return screen(request, "\n".join(lines or [_("No cohort is open.")]), tuple(keyboard))


def on_cohort_card(request: Request) -> Reply:
    """One angkatan: its stay, its schools, and the ways on."""
    return show_cohort(request, cohort_of(request, pressed(request)))


def show_cohort(request: Request, cohort: Cohort, above: str = "") -> Reply:
    """The card of an angkatan, with a sentence `above` it (HTML)."""
    s, today, cohort_id = request.session, request.institution.today(request.now), cohort.id or 0
    count = cohorts.count_children(s, cohort_id)
    schools = cohorts.list_schools(s, cohort_id)
    lines = [
        *([above, ""] if above else []),
        f"{bold(cohort.name)} · {stay_words(request, cohort)} · {count_words(count)}",
        _("{arrival} to {departure}").format(
            arrival=plain_date_words(cohort.arrival_on, today), departure=date_words(cohort.departure_on)
        ),
        *_moved_lines(request, cohort_id),
        *_shut_lines(request, cohort),
        ngettext("{count} school", "{count} schools", len(schools)).format(count=len(schools)),
    ]
    buttons = [
        button(_("Children"), "child_list", cohort_id),
        button(_("Schools"), "cohort_schools", cohort_id),
        button(_("Lists"), "lists_all", cohort_id),
    ]
    if may_open(request) and cohort.closed_at is None:
        buttons.append(button(_("Add children"), "cohort_add", cohort_id))
        buttons.append(button(_("Change dates"), "cohort_move", cohort_id))
        buttons.append(button(_("Correct the name"), "fix_cohort", cohort_id))
    lacking = sum(not one.school.kabupaten and one.school.withdrew_on is None for one in schools)
    if lacking and request.work.pack.asks_kabupaten and may_open(request) and cohort.closed_at is None:
        lines.append(
            ngettext(
                "Of {count} school the Kab/Kota is not known.",
                "Of {count} schools the Kab/Kota is not known.",
                lacking,
            ).format(count=lacking)
        )
        buttons.append(button(_("Note the Kab/Kota"), "kabupaten_ask", cohort_id))
    groups = before_pandu.list_groups(request.work, cohort_id, who(request))
    if count_before := sum(len(group.tasks) for group in groups):
        past = any(is_past(request.work, task) for group in groups for task in group.tasks)
        lines += ["", past_words(count_before) if past else before_words(count_before)]
        label = _("Past their time ({count})") if past else _("Done before ({count})")
        buttons.append(button(label.format(count=count_before), "before_list", cohort_id))
    if (
        cohort.closed_at is None
        and cohort_end.is_over(cohort, request.institution, request.now)
        and may_open(request)
    ):
        buttons.append(button(_("Close the cohort"), "cohort_close", cohort_id))
    if new_plan.keeps_former(request.work, cohort) and new_plan.may_take(request.work, who(request), cohort):
        buttons.append(button(_("New calendar"), "plan_cohort", cohort_id))
    if _was_closed(request, cohort) and answers_for_all(request.work, who(request)):
        buttons.append(button(_("Open again…"), "cohort_reopen", cohort_id))
    buttons.append(button(_("‹ Cohorts"), "cohort_list"))
    return screen(request, "\n".join(lines), rows(buttons))


def _moved_lines(request: Request, cohort_id: int) -> list[str]:
    """That the dates were changed, by whom and why: so that nobody looks for a mistake."""
    move = moving_dates.last_move(request.session, cohort_id)
    if move is None:
        return []
    day = plain_date_words(request.institution.today(move.moved_at), request.institution.today(request.now))
    reason = esc(shorten(move.reason, REASON_SHOWN))
    name = name_of(request.session, move.officer_id)
    if name is None:
        return [_("Dates changed on {day}: {reason}").format(day=day, reason=reason)]
    return [_("Dates changed on {day} by {who}: {reason}").format(day=day, who=esc(name), reason=reason)]


def _shut_lines(request: Request, cohort: Cohort) -> list[str]:
    """That it was closed, or opened again, by whom and why."""
    found = last_closing(request.session, cohort)
    if found is None:
        return []
    said = (
        _("Closed on {day} by {who}: {reason}")
        if found.after
        else _("Opened again on {day} by {who}: {reason}")
    )
    line = said.format(
        day=plain_date_words(request.institution.today(found.corrected_at), request.today),
        who=esc(name_of(request.session, found.officer_id) or "-"),
        reason=esc(shorten(found.reason, REASON_SHOWN)),
    )
    return [line, *([_kept_words(request, cohort)] if found.after and cohort.closed_at is None else [])]


def _kept_words(request: Request, cohort: Cohort) -> str:
    """What follows the stay and goes on; "" without any."""
    kept = cohort_end.list_aftercare(request.session, cohort.id or 0)
    names = (f"{sop.number} {sop.title}" for sop in (sop_of(request.session, run) for run in kept))
    return _("Goes on after the stay: {sops}.").format(sops=esc(", ".join(names))) if kept else ""


def on_close_asked(request: Request) -> Reply:
    """[Tutup angkatan]: what is open by section, and why?"""
    cohort = cohort_of(request, pressed(request))
    if cohort.closed_at is not None:
        return on_cohorts(request)
    cohort_end.refuse_early(request.work, cohort)
    return SHUT.begin(request, {"cohort": cohort.id})


def _ask_shut(talk: Talk) -> Screen:
    cohort = cohort_of(talk.request, int(talk.draft["cohort"]))
    lines = [_("Close {cohort}? What was noted stays.").format(cohort=bold(cohort.name))]
    unit = talk.request.institution.pack.unit
    left = cohort_end.open_by_section(talk.request.work, cohort.id or 0)
    if left:
        lines.append(_("Still open, and not asked any more:"))
        lines += [f"• {esc(section(unit, role))}: {count}" for role, count in left.items()]
    if not is_stay_closed(talk.request.session, cohort):
        lines += filter(None, [_kept_words(talk.request, cohort)])
    lines.append(_("Why is it closed now? One or two sentences."))
    return "\n".join(lines), ()


def _look_shut(talk: Talk) -> Screen:
    cohort = cohort_of(talk.request, int(talk.draft["cohort"]))
    text = _("Close {cohort}? Reason: {note}. The heads and the Kepala are told.")
    yes = button(_("Yes, close"), "cohort_closed", cohort.id or 0, style="danger")
    return text.format(cohort=bold(cohort.name), note=esc(str(talk.draft["reason"]))), ((yes,),)


def on_closed(request: Request) -> Reply:
    """[Ya, tutup]."""
    cohort = cohort_of(request, pressed(request))
    if cohort.closed_at is not None or SHUT.talk(request, "sure") is None:
        return _is_closed(request, cohort) if _was_closed(request, cohort) else on_close_asked(request)
    return SHUT.confirm(request)


def _was_closed(request: Request, cohort: Cohort) -> bool:
    return cohort.closed_at is not None or is_stay_closed(request.session, cohort)


def _shut(talk: Talk) -> Reply:
    request = talk.request
    cohort = cohort_of(request, int(talk.draft["cohort"]))
    cohort_end.close_cohort(request.work, who(request), cohort.id or 0, str(talk.draft["reason"]))
    return _is_closed(request, cohort)


def _is_closed(request: Request, cohort: Cohort) -> Reply:
    if cohort.closed_at is None:
        return show_cohort(
            request, cohort, _("✅ The stay of {cohort} is closed.").format(cohort=esc(cohort.name))
        )
    text = _("✅ {cohort} is closed. Thank you for the work.").format(cohort=esc(cohort.name))
    return screen(request, text, ((button(_("‹ Cohorts"), "cohort_list"),),))


def on_closed_list(request: Request) -> Reply:
    """[Yang sudah ditutup]: those that can still be looked at."""
    found = cohort_end.list_closed(request.work, who(request))
    days = request.institution.pack.unit.access.closed_days
    lines = [_("Closed angkatan, for {days} days after they were closed:").format(days=days)]
    lines += [f"• {bold(one.name)} · {stay_words(request, one)}" for one in found]
    if not found:
        lines.append(_("None."))
    keyboard = [(button(one.name, "cohort_card", one.id or 0),) for one in found]
    return screen(request, "\n".join(lines), (*keyboard, (button(_("‹ Cohorts"), "cohort_list"),)))


def on_reopen_asked(request: Request) -> Reply:
    """[Buka lagi] of the Kepala: why?"""
    return REOPEN.begin(request, {"cohort": cohort_of(request, pressed(request)).id})


def _ask_reopen(talk: Talk) -> Screen:
    cohort = cohort_of(talk.request, int(talk.draft["cohort"]))
    return _("Why does {cohort} go on? One or two sentences.").format(cohort=bold(cohort.name)), ()


def _reopen(talk: Talk) -> Reply:
    request, cohort_id = talk.request, int(talk.draft["cohort"])
    cohort = cohort_end.reopen_cohort(request.work, cohort_id, str(talk.draft["reason"]))
    return show_cohort(request, cohort, _("✅ It goes on where it stood. The heads are told."))


def before_words(count: int) -> str:
    """How many steps should have been done before Pandu was used."""
    return ngettext(
        "{count} step should have been done before Pandu was used. Please look through the list.",
        "{count} steps should have been done before Pandu was used. Please look through the list.",
        count,
    ).format(count=count)


def past_words(count: int) -> str:
    """How many steps were past their time when the angkatan was opened."""
    return ngettext(
        "{count} step is past its time: was it done, or not yet?",
        "{count} steps are past their time: were they done, or not yet?",
        count,
    ).format(count=count)


def on_schools(request: Request) -> Reply:
    """The schools of an angkatan."""
    cohort = cohort_of(request, pressed(request))
    found = cohorts.list_schools(request.session, cohort.id or 0)
    lines = [bold(_("Schools of {cohort}").format(cohort=cohort.name))]
    for place, one in enumerate(found, start=1):
        gone = f" · {_withdrew_words(request, one.school)}" if one.school.withdrew_on else ""
        lines.append(f"{place}. {esc(one.school.name)} · {count_words(one.children)}{gone}")
    if not found:
        lines.append(_("No school yet: they come with the roster."))
    keyboard = rows(
        [button(str(place), "cohort_school", one.school.id or 0) for place, one in enumerate(found, start=1)],
        5,
    )
    return screen(
        request, "\n".join(lines), (*keyboard, (button(_("‹ Back"), "cohort_card", cohort.id or 0),))
    )


def on_school(request: Request) -> Reply:
    """One school."""
    return show_school(request)


def show_school(request: Request, above: str = "") -> Reply:
    """The card of a school, with a sentence `above` it (HTML)."""
    school = _school(request)
    count = _count(request, school)
    lines = [above, bold(school.name), count_words(count), esc(school.kabupaten or "")]
    buttons = [button(_("Children"), "child_list", school.cohort_id, school.id or 0)]
    if request.work.pack.asks_kabupaten and may_open(request):
        buttons.append(button(_("Kab/Kota"), "kabupaten_one", school.cohort_id, school.id or 0))
    if may_open(request):
        buttons.append(button(_("Correct the name"), "fix_school", school.id or 0))
    if school.withdrew_on is not None:
        lines.append(_withdrew_words(request, school))
        if may_open(request):
            buttons.append(button(_("It takes part after all"), "cohort_school_back", school.id or 0))
    elif may_open(request):
        buttons.append(button(_("School withdraws"), "cohort_withdraw", school.id or 0, style="danger"))
    buttons.append(button(_("‹ Back"), "cohort_schools", school.cohort_id))
    return screen(request, "\n".join(filter(None, lines)), rows(buttons))


def on_withdraw_asked(request: Request) -> Reply:
    """[Sekolah mundur]: why?"""
    school = _school(request)
    if school.withdrew_on is not None:
        return on_school(request)
    return WITHDRAW.begin(request, {"school": school.id})


def _of_talk(talk: Talk) -> School:
    school = talk.request.session.get(School, int(talk.draft["school"]))
    if school is None:
        raise NotFoundError
    return school


def _ask_withdraw(talk: Talk) -> Screen:
    text = _("Why does {school} withdraw? One or two sentences; no child's name.")
    return text.format(school=bold(_of_talk(talk).name)), ()


def _ask_withdraw_day(talk: Talk) -> Screen:
    school_id = int(talk.draft["school"])
    days = [
        button(label, "cohort_withdraw_on", school_id, day.toordinal())
        for label, day in ((_("Today"), talk.today), (_("Yesterday"), talk.today - timedelta(days=1)))
    ]
    return _("What was the last day of its children here? Choose, or type the date."), (tuple(days),)


def on_withdraw_day(request: Request) -> Reply:
    """The last day was tapped."""
    return WITHDRAW.take(request, "on", pressed_day(request))


def _check_withdraw_day(talk: Talk, on: date) -> date:
    if on > talk.today:
        raise NotAnAnswerError(_("Type the last day here, today or earlier."))
    return on


def _look_withdraw(talk: Talk) -> Screen:
    school = _of_talk(talk)
    present = _count(talk.request, school).present
    text = ngettext(
        "{school} withdraws? It takes its {count} child along. Last day {day}. Reason: {note}",
        "{school} withdraws? It takes all its {count} children along. Last day {day}. Reason: {note}",
        present,
    ).format(
        school=bold(school.name),
        count=present,
        day=plain_date_words(talk.day("on"), talk.today),
        note=esc(str(talk.draft["reason"])),
    )
    yes = button(_("Yes, withdraws"), "cohort_withdrawn", school.id or 0, style="danger")
    return text, ((yes,),)


def _withdraw(talk: Talk) -> Reply:
    """All its children leave; one tap takes it back."""
    request, school = talk.request, _of_talk(talk)
    gone = membership.withdraw_school(request.work, school.id or 0, talk.day("on"), str(talk.draft["reason"]))
    said = ngettext(
        "✅ {school} has withdrawn with {count} child.",
        "✅ {school} has withdrawn with {count} children.",
        len(gone),
    ).format(school=esc(school.name), count=len(gone))
    undo = button(_("Undo"), "cohort_school_back", school.id or 0)
    return screen(request, said, ((undo, button(_("‹ Back"), "cohort_card", school.cohort_id)),))


def on_withdraw_confirmed(request: Request) -> Reply:
    """[Ya, mundur]."""
    if _school(request).withdrew_on is not None:
        return show_school(request, _("That was noted before."))
    return WITHDRAW.confirm(request)


def on_school_back(request: Request) -> Reply:
    """[Urungkan]: the school and the children who left with it belong again."""
    school = _school(request)
    if school.withdrew_on is None:
        return show_school(request, _("That was noted before."))
    back = membership.school_back(request.work, school.id or 0)
    said = ngettext(
        "✅ {school} is back with {count} child.", "✅ {school} is back with {count} children.", len(back)
    ).format(school=esc(school.name), count=len(back))
    return show_cohort(request, request.session.get_one(Cohort, school.cohort_id), said)


def _withdrew_words(request: Request, school: School) -> str:
    assert school.withdrew_on is not None
    day = plain_date_words(school.withdrew_on, request.institution.today(request.now))
    return _("withdrew on {day}").format(day=day)


def _count(request: Request, school: School) -> ChildCount:
    found = cohorts.list_schools(request.session, school.cohort_id)
    return next(one.children for one in found if one.school.id == school.id)


def _school(request: Request) -> School:
    school = request.session.get(School, pressed(request))
    if school is None:
        raise NotFoundError
    cohort_of(request, school.cohort_id)
    return school


def _to_school(talk: Talk) -> Button:
    return button(_("Cancel"), "cohort_school", int(talk.draft["school"]))


def _to_cohort(talk: Talk) -> Button:
    return button(_("Cancel"), "cohort_card", int(talk.draft["cohort"]))


WITHDRAW = Dialog(
    "school_leaves",
    (
        Field("reason", _ask_withdraw, typed_words),
        Field("on", _ask_withdraw_day, typed_day("past"), _check_withdraw_day),
        Field("sure", _look_withdraw),
    ),
    _withdraw,
    _to_school,
    about="school",
    elsewhere=on_withdraw_asked,
)
SHUT = Dialog(
    "cohort_shut",
    why(_ask_shut, _look_shut),
    _shut,
    _to_cohort,
    about="cohort",
    elsewhere=on_close_asked,
)
REOPEN = Dialog(
    "cohort_reopen",
    why(_ask_reopen),
    _reopen,
    _to_cohort,
    about="cohort",
    elsewhere=is_over,
)
ROUTES = Routes(
    About.NOTHING,
    commands={"angkatan": on_cohorts},
    presses={
        "cohort_list": on_cohorts,
        "cohort_card": on_cohort_card,
        "cohort_schools": on_schools,
        "cohort_school": on_school,
        "cohort_withdraw": on_withdraw_asked,
        "cohort_withdraw_on": on_withdraw_day,
        "cohort_withdrawn": on_withdraw_confirmed,
        "cohort_school_back": on_school_back,
        "cohort_closed_list": on_closed_list,
        "cohort_reopen": on_reopen_asked,
        "cohort_close": on_close_asked,
        "cohort_closed": on_closed,
    },
    dialogs=(WITHDRAW, SHUT, REOPEN),
    menu_words={"Cohorts": on_cohorts},
)
