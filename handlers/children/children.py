"""/anak: find a child by number, name, school, dormitory or group; its card, its parents (each look is logged), its marks."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from handlers.children.child_page import growth_lines, place_lines, step_lines
from handlers.children.incidents import incident_lines, show_incident
from handlers.cohorts.cohort_cards import count_words
from handlers.people.officer_words import looking_after
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.dialog import forget_name
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    cohort_of,
    further,
    hidden_words,
    hiding,
    pressed,
    reply,
    rows,
    screen,
    to_list,
    turning,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import (
    ROOM_OF_TWO,
    _,
    bold,
    brief_cohort,
    child_code,
    cohort_prefix,
    esc,
    fitted,
    ngettext,
    plain_date_words,
)
from sop_flows.actions import incidents
from sop_flows.actions.cohorts import membership
from sop_flows.actions.cohorts.child_search import (
    Belonging,
    By,
    belongings,
    find_belonging,
    search_exactly,
    search_loosely,
)
from sop_flows.calendar.dates import age_on
from sop_flows.core.notices import ParentsHidden
from sop_flows.staffing.children import (
    may_flag,
    may_keep_children,
    may_read_flag,
    of_own_schools,
    visible_child,
)
from sop_flows.staffing.recorders import flag_words
from sop_flows.staffing.responsibility import log_read, log_reads, may_see
from sop_flows.staffing.roster import answers_for_all
from sop_flows.views.child_page import child_page
from storage.queries import children, cohorts
from storage.queries.children import ChildRow
from storage.queries.cohorts import ChildCount
from storage.tables import NOT_MEMBERS, Child, Cohort, FlagKind, LeaveReason

TOPIC = "child_find"
FOUND_MAX = 10  # children listed by a search; more are asked to be narrowed down
PAGE = 24  # children on one page of a cohort's list


def on_find(request: Request) -> Reply:
    """/anak, with a number or name behind it or not."""
    said = (request.text or "").partition(" ")[2].strip() if request.kind == "command" else ""
    if said:
        return _found(request, said)
    open_now = _visible(request)
    if not open_now:
        return _none_open(request)
    conversation.ask(request, TOPIC, {})
    keyboard = rows([button(one.name, "child_list", one.id or 0) for one in open_now])
    text = _(
        "Type the number or the name of the child, for example 17. A school, dormitory or group will do, too."
    )
    return screen(request, text, keyboard)


def on_typed(request: Request) -> Reply:
    """A number or a name."""
    return _found(request, request.text or "")


def on_list(request: Request) -> Reply:
    """The children of a cohort, or of one school of it; a tap opens the card. Each that is named is logged."""
    s, cohort_id = request.session, pressed(request)
    school_id = further(request, 1) or None
    page = max(further(request, 2), 0)
    cohort = cohort_of(request, cohort_id)
    everyone = children.list_children(s, [cohort_id], school_id=school_id)
    found = of_own_schools(request.work, who(request), everyone)
    title = found[0].school.name if school_id and found else cohort.name
    lines = [bold(title)]
    if not school_id:
        count = cohorts.count_children(s, cohort_id)
        if len(found) < len(everyone):  # of a guru those of the own school
            members = [row for row in found if row.membership.reason not in NOT_MEMBERS]
            here = sum(row.is_present or row.membership.reason == LeaveReason.ENDED for row in members)
            count = ChildCount(here, len(members))
        lines = [f"{lines[0]} · {count_words(count)}"]
    gone = [row for row in found if not row.is_present and row.membership.reason not in NOT_MEMBERS]
    others = {
        _("Not here any more: {numbers}"): gone,
        _("Reserves: {numbers}"): [row for row in found if row.membership.reason == LeaveReason.RESERVE],
        _("Not accepted: {numbers}"): [row for row in found if row.membership.reason == LeaveReason.REFUSED],
    }
    for said, members in others.items():
        if members:
            lines.append(said.format(numbers=", ".join(child_code(row.child.number) for row in members)))
    if not found:
        lines.append(_("No child is on the list yet."))
    by = [button(words, "child_by", cohort_id, kind) for kind, words in _kinds().items()] if found else []
    back = [*by, button(_("Lists"), "lists_all", cohort_id), button(_("‹ Back"), "cohort_card", cohort_id)]
    return _cards(request, lines, found, page, ("child_list", cohort_id, school_id or 0), back)


def _cards(
    request: Request,
    lines: list[str],
    found: Sequence[ChildRow],
    page: int,
    here: tuple[str, int, int] | tuple[str, int, int, int],
    below: list[Button],
) -> Reply:
    """A page of children, each with a button that carries its name; who is named is logged."""
    page = min(page, max((len(found) - 1) // PAGE, 0))
    shown = found[page * PAGE : (page + 1) * PAGE]
    log_reads(request.work, "list", [row.child.id for row in shown])
    verb, *where = here
    is_more = len(found) > (page + 1) * PAGE
    turn = turning(page, is_more, lambda text, at: button(text, verb, *where, at))
    return screen(
        request, "\n".join(lines), (*rows([_to_card(row) for row in shown]), *rows(turn), *rows(below))
    )


def _kinds() -> dict[By, str]:
    return {By.SCHOOL: _("By school"), By.DORMITORY: _("By dormitory"), By.GROUP: _("By group")}


def on_by(request: Request) -> Reply:
    """The schools (0), dormitories (1) or groups (2) of an angkatan, with how many children each has."""
    cohort = cohort_of(request, pressed(request))
    by = By(further(request, 1)) if further(request, 1) in list(By) else By.SCHOOL
    found = belongings(request.work, cohort, by)
    lines = [f"{bold(cohort.name)} · {_kinds()[by]}"]
    lines += [f"{esc(one.name)} · {_belong_words(one)}" for one in found]
    if not found:
        lines.append(_("That is not recorded yet."))
    opens = [button(one.name, "child_place", cohort.id or 0, by, one.index, 0) for one in found]
    back = button(_("‹ Children"), "child_list", cohort.id or 0)
    return screen(request, "\n".join(lines), (*rows(opens), (back,)))


def _belong_words(one: Belonging) -> str:
    present = sum(row.is_present for row in one.rows)
    return count_words(ChildCount(present, len(one.rows)))


def on_place(request: Request) -> Reply:
    """The children of one of them. Numbers: the angkatan, what they are put together by, which, the page."""
    cohort = cohort_of(request, pressed(request))
    by = By(further(request, 1)) if further(request, 1) in list(By) else By.SCHOOL
    found = belongings(request.work, cohort, by)
    if not 0 <= further(request, 2) < len(found):
        return on_by(request)
    return _belonging(request, found[further(request, 2)], max(further(request, 3), 0))


def _belonging(request: Request, one: Belonging, page: int = 0) -> Reply:
    cohort_id = one.cohort.id or 0
    lines = [f"{cohort_prefix(request.session, one.cohort)}{bold(one.name)} · {_belong_words(one)}"]
    here = ("child_place", cohort_id, int(one.by), one.index)
    below = [button(_("‹ Back"), "child_by", cohort_id, one.by)]
    return _cards(request, lines, one.rows, page, here, below)


def on_card(request: Request) -> Reply:
    """The card of a child."""
    return show_child(request, pressed(request))


def on_parents(request: Request) -> Reply:
    """[Orang tua]: shown only after a tap, and logged."""
    row = visible_child(request.work, who(request), pressed(request))
    child = row.child
    log_read(request.work, "parents", child_id=child.id)
    nothing = _("not known")
    lines = [
        child_title(request, row),
        _("Parents: {name}").format(name=esc(child.parent_name or nothing)),
        _("Telephone: {phone}").format(phone=esc(child.phone or nothing)),
        _("Address: {address}").format(address=esc(child.address or nothing)),
    ]
    lines += ["", f"<i>{hidden_words(request)}</i>"]
    shown = screen(request, "\n".join(lines), ((button(_("‹ Back"), "child_card", child.id or 0),),))
    return hiding(shown, ParentsHidden(child=child.id or 0))


def on_mark(request: Request) -> Reply:
    """A mark is set (1) or cleared (0): for the nurse, or needs special care."""
    kind = FlagKind.ASSESSMENT if further(request, 2) else FlagKind.NURSE
    child_id, wanted = pressed(request), bool(further(request, 1))
    if kind == FlagKind.ASSESSMENT:
        with suppress(membership.AlreadyLeftError):  # its card says since when
            membership.mark(request.work, who(request), child_id, kind, wanted)
        return show_child(request, child_id)
    if wanted:
        return show_incident(request, incidents.mark(request.work, child_id))
    return show_child(request, child_id)  # of a card of before: what stands open is there to be answered


def on_call(request: Request) -> Reply:
    """[Panggil cadangan]: the child takes part after all."""
    try:
        membership.call_up(request.work, pressed(request))
    except membership.StillHereError:
        return show_child(request, pressed(request))
    return show_child(request, pressed(request), _("✅ Called up: takes part from now on."))


def show_child(request: Request, child_id: int, above: str = "", first: Sequence[Button] = ()) -> Reply:
    """The card: number, name, school, age, since when, marks; with buttons that come `first`. Logged."""
    s, officer = request.session, who(request)
    row = visible_child(request.work, officer, child_id)
    log_read(request.work, "card", child_id=child_id)
    page = child_page(request.work, officer, row)
    lines = [
        *([above, ""] if above else []),
        child_title(request, row),
        _about(request, row),
        *place_lines(page),
        _stay(request, row),
    ]
    marks = {flag.kind for flag in children.list_flags(s, child_id)}
    if FlagKind.ASSESSMENT in marks and may_read_flag(request.work, officer):
        said = _flagged_as(request)
        lines.append(f"• {esc(said[:1].lower() + said[1:])}")
    lines += [*growth_lines(request, page), *step_lines(request, page)]
    happened, buttons, is_marked = incident_lines(request, child_id)
    if page.weights:
        buttons.append(button(_("Weight curve"), "child_curve", child_id))
    if page.has_portrait or (row.is_present and may_keep_children(request.work, officer)):
        label = _("See the photo") if page.has_portrait else _("Add a photo")
        buttons.append(button(label, "child_photo", child_id))
    keyboard = (*rows([*first]), *_keyboard(request, row, marks, buttons, is_marked=is_marked))
    return screen(request, "\n".join([*lines, *happened]), keyboard)


def reason_words(reason: LeaveReason) -> str:
    """Why a child left, in words."""
    return {
        LeaveReason.SICK: _("ill"),
        LeaveReason.WENT_HOME: _("went home early"),
        LeaveReason.CANCELLED: _("does not take part after all"),
        LeaveReason.REFERRED: _("referred"),
        LeaveReason.SCHOOL_WITHDREW: _("its school withdrew"),
        LeaveReason.ENDED: _("the stay is over"),
        LeaveReason.RESERVE: _("is a reserve"),
        LeaveReason.REFUSED: _("was not accepted"),
    }[reason]


def open_number(request: Request, number: int) -> Reply:
    """ "012", typed without a question: the card, or which of several; nobody of that number is said."""
    seen = _visible(request)
    if not seen:
        return _none_open(request)
    numbered = children.list_children(request.session, [one.id or 0 for one in seen], number=number)
    if of_own_schools(request.work, who(request), numbered):
        return _found(request, str(number))
    said = _("There is no child No. {number} in an angkatan that is yours to see.")
    return screen(
        request,
        said.format(number=child_code(number)),
        ((button(_("Children"), "child_find"), to_list()),),
    )


def _none_open(request: Request) -> Reply:
    return screen(request, _("No cohort is open, so there are no children yet."), ((to_list(),),))


def _found(request: Request, said: str) -> Reply:
    s = request.session
    gone = forget_name(request, said)
    seen = _visible(request)
    if not seen:
        return _none_open(request).and_then(*gone)
    ids = [one.id or 0 for one in seen]
    found = of_own_schools(request.work, who(request), search_exactly(s, ids, said))
    if not found and (together := find_belonging(request.work, seen, said)) is not None:
        conversation.end(request, TOPIC)
        return _belonging(request, together).and_then(*gone)
    found = found or of_own_schools(request.work, who(request), search_loosely(s, ids, said))
    if len(found) == 1:
        conversation.end(request, TOPIC)
        return show_child(request, found[0].child.id or 0).and_then(*gone)
    if not found:
        conversation.ask(request, TOPIC, {})
        text = _("I find no such child. Type the number, a part of the name, the school, dormitory or group.")
        lists = rows([button(one.name, "child_list", one.id or 0) for one in seen])
        return reply(Say(text, lists), *gone)
    conversation.ask(request, TOPIC, {})
    shown = found[:FOUND_MAX]
    for row in shown:
        log_read(request.work, "search", child_id=row.child.id)
    lines = [
        f"{cohort_prefix(s, row.cohort)}{child_code(row.child.number)} · {esc(row.child.name)} · {esc(row.school.name)}"
        for row in shown
    ]
    text = "\n".join([_("Which child?"), *lines, *more_found(len(found))])
    several = len({row.cohort.id for row in shown}) > 1
    picks = [_to_card(row, with_cohort=several) for row in shown]
    return reply(Say(text, rows(picks), protect=True), *gone)


def more_found(count: int) -> list[str]:
    """What stands below a list of FOUND_MAX children when a search has found more."""
    left = count - FOUND_MAX
    more = ngettext(
        "… and {count} more. Type more of the name.", "… and {count} more. Type more of the name.", left
    )
    return [more.format(count=left)] if left > 0 else []


def child_title(request: Request, row: ChildRow) -> str:
    """ "No. 012 · Nama", with the angkatan while several are open (HTML)."""
    number = _("No. {number}").format(number=child_code(row.child.number))
    return f"{cohort_prefix(request.session, row.cohort)}<b>{number} · {esc(row.child.name)}</b>"


def _about(request: Request, row: ChildRow) -> str:
    sex = _("boy") if row.child.sex == "L" else _("girl")
    parts = [esc(row.school.name), sex]
    age = _age(row.child, request.institution.today(request.now))
    if age is not None:
        parts.append(ngettext("{count} year old", "{count} years old", age).format(count=age))
    return " · ".join(parts)


def _age(child: Child, today: date) -> int | None:
    if child.born_on is None:
        return None
    return age_on(date.fromisoformat(child.born_on), today)


def _stay(request: Request, row: ChildRow) -> str:
    today, held = request.institution.today(request.now), row.membership
    if held.reason == LeaveReason.RESERVE:
        return _("A reserve of {cohort}: does not take part yet.").format(cohort=esc(row.cohort.name))
    if held.reason == LeaveReason.REFUSED:
        erased_on = plain_date_words(
            row.cohort.arrival_on + timedelta(days=membership.ERASED_AFTER_DAYS), today
        )
        return _("Was not accepted. The data are erased on {day}.").format(day=erased_on)
    if held.until_on is not None and held.reason is not None:
        day = plain_date_words(held.until_on, today)
        if held.until_on == today:
            return _("The last day here is today: {reason}.").format(reason=reason_words(held.reason))
        return _("Not here any more since {day}: {reason}.").format(day=day, reason=reason_words(held.reason))
    day = plain_date_words(held.from_on, today)
    if held.from_on > today:
        return _("{cohort}, arrives on {day}.").format(cohort=esc(row.cohort.name), day=day)
    return _("{cohort}, since {day}.").format(cohort=esc(row.cohort.name), day=day)


def flag_label(request: Request, kind: FlagKind | None) -> str:
    """What a mark says of a child (escaped)."""
    if kind == FlagKind.ASSESSMENT:
        return esc(_flagged_as(request))
    return _("for {role}").format(role=esc(looking_after(request.institution.pack.unit)))


def _flagged_as(request: Request) -> str:
    """ "Perlu penanganan khusus": what the pack asks at the step that flags children (plain text)."""
    return flag_words(request.institution.pack) or _("Marked children")


def _keyboard(
    request: Request, row: ChildRow, marks: set[FlagKind], happened: list[Button], *, is_marked: bool
) -> Keyboard:
    officer, child_id = who(request), row.child.id or 0
    buttons: list[Button] = [
        *happened,
        *([button(_("Report an incident"), "incident_new", child_id)] if row.is_present else []),
        button(_("Parents"), "child_parents", child_id),
        button(_("Records"), "child_records", child_id),
        button(_("History"), "child_past", child_id, 0),
        button(_("Attachments"), "files_child", child_id),
        button(_("Reminders"), "when_child", child_id, 0),
    ]
    if answers_for_all(request.work, officer):
        buttons.append(button(_("Who looked"), "child_looks", child_id, 0))
    wide: list[Button] = []  # longer labels, alone in their rows
    last: list[Button] = []
    if row.is_present:
        if may_keep_children(request.work, officer):
            last.append(button(_("Correct…"), "fix_child", child_id))
            last.append(button(_("Leaves…"), "child_leave", child_id))
        if may_flag(request.work, officer, FlagKind.NURSE) and not is_marked:
            label = _("Mark for {role}").format(role=looking_after(request.institution.pack.unit))
            wide.append(button(label, "child_mark", child_id, 1, 0))
        if FlagKind.ASSESSMENT not in marks and may_flag(request.work, officer, FlagKind.ASSESSMENT):
            wide.append(button(_flagged_as(request), "child_mark", child_id, 1, 1))
    elif row.membership.reason == LeaveReason.RESERVE and may_keep_children(request.work, officer):
        last.append(button(_("Call up the reserve"), "child_call", child_id, style="success"))
    elif row.membership.reason not in (*NOT_MEMBERS, LeaveReason.ENDED) and may_keep_children(
        request.work, officer
    ):
        last.append(button(_("Is here again…"), "child_back", child_id))
    last.append(button(_("‹ Children"), "child_list", row.child.cohort_id))
    return (*rows(buttons), *rows(wide, 1), *rows(last))


def _to_card(row: ChildRow, *, with_cohort: bool = False) -> Button:
    """The child by number and name: every list of children is protected."""
    which = brief_cohort(row.cohort) if with_cohort else row.child.name
    label = fitted(f"{child_code(row.child.number)} {which}", ROOM_OF_TWO)
    return button(label, "child_card", row.child.id or 0)


def _visible(request: Request) -> list[Cohort]:
    return [
        one for one in cohorts.list_open(request.session) if may_see(request.work, who(request), one.id or 0)
    ]


ROUTES = Routes(
    About.NOTHING,
    commands={"anak": on_find},
    presses={
        "child_find": on_find,
        "child_list": on_list,
        "child_by": on_by,
        "child_place": on_place,
        "child_card": on_card,
        "child_parents": on_parents,
        "child_mark": on_mark,
        "child_call": on_call,
    },
    topics={TOPIC: Question(on_typed, at_once=True, gives_way=True)},
    menu_words={"Children": on_find},
)
