"""/angkatan: which are open, one of them, its schools; a school that withdraws."""

from handlers.ui.request import About, Reply, Request, button, cohort_of, pressed, rows, screen, who
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, date_words, esc, ngettext, plain_date_words, shorten
from sop_flows.actions.cohorts import before_pandu, cohort_end, membership, moving_dates
from sop_flows.actions.cohorts.cohorts import day_of
from sop_flows.actions.replanning import new_plan
from sop_flows.core.work import is_past
from sop_flows.errors import NotFoundError, NotPermittedError
from sop_flows.staffing.responsibility import may_see, name_of
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


def on_close_asked(request: Request) -> Reply:
    """[Tutup angkatan]: really?"""
    cohort = cohort_of(request, pressed(request))
    if cohort.closed_at is not None:
        return on_cohorts(request)
    count = len(cohort_end.list_open_tasks(request.session, cohort.id or 0))
    lines = [_("Close {cohort}? What was noted stays.").format(cohort=bold(cohort.name))]
    if count:
        lines.append(
            ngettext(
                "{count} task is still open and would not be asked any more.",
                "{count} tasks are still open and would not be asked any more.",
                count,
            ).format(count=count)
        )
    keyboard = (
        (
            button(_("Yes, close"), "cohort_closed", cohort.id or 0, style="danger"),
            button(_("Cancel"), "cohort_card", cohort.id or 0),
        ),
    )
    return screen(request, "\n".join(lines), keyboard)


def on_closed(request: Request) -> Reply:
    """[Ya, tutup]."""
    cohort = cohort_of(request, pressed(request))
    if cohort.closed_at is None:
        cohort_end.close_cohort(request.work, who(request), cohort.id or 0)
    text = _("✅ {cohort} is closed. Thank you for the work.").format(cohort=esc(cohort.name))
    return screen(request, text, ((button(_("‹ Cohorts"), "cohort_list"),),))


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
    school = _school(request)
    count = _count(request, school)
    lines = [bold(school.name), count_words(count), esc(school.kabupaten or "")]
    buttons = [button(_("Children"), "child_list", school.cohort_id, school.id or 0)]
    if request.work.pack.asks_kabupaten and may_open(request):
        buttons.append(button(_("Kab/Kota"), "kabupaten_one", school.cohort_id, school.id or 0))
    if may_open(request):
        buttons.append(button(_("Correct the name"), "fix_school", school.id or 0))
    if school.withdrew_on is not None:
        lines.append(_withdrew_words(request, school))
    elif may_open(request):
        buttons.append(button(_("School withdraws"), "cohort_withdraw", school.id or 0, style="danger"))
    buttons.append(button(_("‹ Back"), "cohort_schools", school.cohort_id))
    return screen(request, "\n".join(filter(None, lines)), rows(buttons))


def on_withdraw_asked(request: Request) -> Reply:
    """[Sekolah mundur]: really?"""
    school = _school(request)
    present = _count(request, school).present
    text = ngettext(
        "{school} withdraws? It takes its {count} child along today. Nothing more is asked about it.",
        "{school} withdraws? It takes all its {count} children along today. Nothing more is asked about them.",
        present,
    ).format(school=bold(school.name), count=present)
    keyboard = (
        (
            button(_("Yes, withdraws"), "cohort_withdrawn", school.id or 0, style="danger"),
            button(_("Cancel"), "cohort_school", school.id or 0),
        ),
    )
    return screen(request, text, keyboard)


def on_withdraw_confirmed(request: Request) -> Reply:
    """[Ya, mundur]: all its children leave."""
    school = _school(request)
    if school.withdrew_on is not None:
        return on_school(request)
    today = request.institution.today(request.now)
    gone = membership.withdraw_school(request.work, school.id or 0, today)
    said = ngettext(
        "✅ {school} has withdrawn with {count} child.",
        "✅ {school} has withdrawn with {count} children.",
        len(gone),
    ).format(school=esc(school.name), count=len(gone))
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


ROUTES = Routes(
    About.NOTHING,
    commands={"angkatan": on_cohorts},
    presses={
        "cohort_list": on_cohorts,
        "cohort_card": on_cohort_card,
        "cohort_schools": on_schools,
        "cohort_school": on_school,
        "cohort_withdraw": on_withdraw_asked,
        "cohort_withdrawn": on_withdraw_confirmed,
        "cohort_close": on_close_asked,
        "cohort_closed": on_closed,
    },
    menu_words={"Cohorts": on_cohorts},
)
