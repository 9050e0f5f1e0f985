"""Children who come onto the roster of an open angkatan: the whole list that followed, or one more child."""

from dataclasses import replace
from typing import Any

from handlers.cohorts.cohort_cards import (
    count_words,
    fillable_cohort,
    may_open,
    on_cohorts,
    show_changeable,
    show_cohort,
)
from handlers.cohorts.roster_reading import (
    SCHOOL,
    TEMPLATE,
    TURNED,
    ask_words,
    asks_school,
    asks_turned,
    children_words,
    is_sent,
    not_taken,
    offered_schools,
    read_sent,
    rows_of,
    school_question,
    school_said,
    schools_words,
    template_button,
    turned_question,
)
from handlers.cohorts.roster_words import elsewhere_words, twin_words
from handlers.ui.conversation import Life
from handlers.ui.dialog import Dialog, Field, Screen, Talk, forget
from handlers.ui.request import (
    About,
    Button,
    Keyboard,
    Reply,
    Request,
    SentFile,
    button,
    further,
    pressed,
    screen,
    to_list,
    to_task,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, child_code, esc, ngettext
from sop_flows.actions.cohorts.cohorts import add_children, known_before, still_elsewhere
from sop_flows.actions.cohorts.corrections import (
    Again,
    CorrectionRefusedError,
    Fact,
    compare,
    correct_child,
)
from sop_flows.actions.cohorts.roster import Roster, RosterRow, one_spelling
from storage.queries import cohorts
from storage.tables import Cohort

TASK = "task"  # key of the draft: the step whose card began it, 0 for none
QUESTIONS_SHOWN = 8  # rows with a name that is on the roster already


def on_add(request: Request) -> Reply:
    """[Tambah anak] of the angkatan, [Kirim daftar anak] of a step."""
    return ADD.begin(request, {"cohort_id": pressed(request), TASK: further(request, 1)})


def add_sent_list(request: Request, cohort_id: int, task_id: int, content: bytes) -> Reply:
    """Look at a list of children that was sent before anything was asked."""
    draft: dict[str, Any] = {"cohort_id": fillable_cohort(request, cohort_id).id, TASK: task_id}
    sent = replace(request, kind="document", file=SentFile(content, "", TEMPLATE, False), message_id=None)
    read = read_sent(sent, draft, _keyboard(draft))
    return ADD.begin(request, draft) if isinstance(read, Roster) else read


def _ask(talk: Talk) -> Screen:
    text = _("Children for {cohort}.").format(cohort=bold(_cohort(talk).name))
    return f"{text} {ask_words()}", _keyboard(talk.draft)


def _read(talk: Talk) -> Reply:
    """A file or pasted lines; more of them may follow."""
    _cohort(talk)
    read = read_sent(talk.request, talk.draft, _keyboard(talk.draft))
    return ADD.go_on(talk).and_then(*forget(talk.request)) if isinstance(read, Roster) else read


def _ask_school(talk: Talk) -> Screen:
    return school_question(talk.draft, _known(talk), "roster_add_school")


def _read_school(talk: Talk) -> Reply | str:
    return _read(talk) if is_sent(talk.request) else school_said(talk.request)


def on_school_chosen(request: Request) -> Reply:
    """The school that all of them come from was tapped."""
    talk = ADD.talk(request, SCHOOL)
    offered = [] if talk is None else offered_schools(talk.draft, _known(talk))
    place = pressed(request)
    return ADD.take(request, SCHOOL, offered[place]) if 0 <= place < len(offered) else _as_it_is(request)


def on_turned_chosen(request: Request) -> Reply:
    """Which of the two readings of the birth dates is right."""
    return ADD.take(request, TURNED, pressed(request) == 1)


def _as_it_is(request: Request) -> Reply:
    """What is asked now."""
    talk = ADD.talk(request)
    return on_cohorts(request) if talk is None else ADD.go_on(talk)


def on_confirmed(request: Request) -> Reply:
    """[Simpan]."""
    cohort = fillable_cohort(request, pressed(request))
    talk = ADD.talk(request)
    if talk is None or talk.draft["cohort_id"] != cohort.id or not talk.draft.get("rows"):
        return show_cohort(request, cohort)
    return ADD.confirm(request)


def on_fix(request: Request) -> Reply:
    """[Perbaiki ...]: what the list says otherwise is put right, child by child; the new ones still wait."""
    cohort = fillable_cohort(request, pressed(request))
    talk = ADD.talk(request)
    if talk is None or talk.draft["cohort_id"] != cohort.id or not talk.draft.get("rows"):
        return show_cohort(request, cohort)
    done, refused = 0, []
    for one in _again(talk).differences:
        try:
            correct_child(
                request.work, one.child_id, one.fact, one.after, _("By the list that was sent again")
            )
            done += 1
        except CorrectionRefusedError:
            refused.append(child_code(one.number))
    said = "✅ " + ngettext("{count} entry is put right.", "{count} entries are put right.", done).format(
        count=done
    )
    if refused:
        said += " " + _("Not possible for No. {numbers}: please look at the child.").format(
            numbers=", ".join(dict.fromkeys(refused))
        )
    if _again(talk).new:
        return ADD.change(talk, "confirm", said)
    return show_cohort(request, cohort, said)


def on_others(request: Request) -> Reply:
    """[Anak lain semua]: who is called as somebody on the roster is another child."""
    cohort = fillable_cohort(request, pressed(request))
    talk = ADD.talk(request, "confirm")
    if talk is None or talk.draft["cohort_id"] != cohort.id:
        return _as_it_is(request)
    talk.draft["others"] = True
    return ADD.change(talk, "confirm")


def _save(talk: Talk) -> Reply:
    """They get the next numbers and join the open rolls. Who is on the roster already is left as it is."""
    cohort = _cohort(talk)
    new = _again(talk).new
    if not new:
        return _ended(talk, cohort, _("Nobody is new on this list. Nothing is changed."))
    added = add_children(talk.request.work, who(talk.request), cohort.id or 0, new)
    first, last = child_code(added[0].number), child_code(added[-1].number)
    said = (
        _("✅ Added: No. {first}.").format(first=first)
        if len(added) == 1
        else _("✅ Added: No. {first} to {last}.").format(first=first, last=last)
    )
    return _ended(talk, cohort, said)


def _ended(talk: Talk, cohort: Cohort, said: str) -> Reply:
    """Back to where it began: the card of the angkatan, or the step."""
    task_id = int(talk.draft.get(TASK) or 0)
    if not task_id:
        return show_cohort(talk.request, cohort, said)
    count = cohorts.count_children(talk.request.session, cohort.id or 0)
    text = f"{said}\n{bold(cohort.name)}: {count_words(count)}"
    return screen(talk.request, text, ((to_task(task_id), to_list()),))


def on_left(request: Request) -> Reply:
    """[Batal]: back to where it began."""
    if task_id := further(request, 1):
        return screen(request, _("Nothing is stored."), ((to_task(task_id), to_list()),))
    return show_changeable(request)


def _look(talk: Talk) -> Screen:
    """What would be saved."""
    request, cohort, again = talk.request, _cohort(talk), _again(talk)
    children = again.new
    lines = [bold(cohort.name)]
    if again.known:
        lines.append(
            _("Already on the roster: {count}. They stay as they are.").format(count=len(again.known))
        )
        lines += _difference_lines(again)
    if children:
        lines += [children_words(request, children), schools_words(children, [])]
    elif not again.differences:
        lines.append(_("Nobody is new, and nothing is different."))
    questions = twin_words(Roster(children).twins)
    for number, codes in known_before(request.session, cohort.id or 0, children)[:QUESTIONS_SHOWN]:
        listed = ", ".join(map(child_code, codes))
        questions.append(
            _("Row {row} has the name of No. {codes}. Is it another child?").format(row=number, codes=listed)
        )
    questions += map(esc, elsewhere_words(still_elsewhere(request.session, cohort.id, children)))
    if questions:
        lines += ["", *questions[: QUESTIONS_SHOWN + 2]]
    if left := not_taken(talk.draft):
        lines += ["", *left]
    keyboard = list(_keyboard(talk.draft))
    if not children:
        keyboard = [(_stop(talk.draft),)]
    if again.known:
        keyboard.insert(0, (button(_("They are other children"), "cohort_add_others", cohort.id or 0),))
    if again.differences and may_open(request):
        label = _("Put right: {count}").format(count=len(again.differences))
        keyboard.insert(0, (button(label, "cohort_add_fix", cohort.id or 0),))
    hint = _("Save, or send more lines.") if children else _("Or send more lines.")
    return "\n".join([*lines, "", hint]), tuple(keyboard)


def _difference_lines(again: Again) -> list[str]:
    """What the list says otherwise, by number and fact; the values are on the child's page."""
    if not again.differences:
        return []
    named: dict[int, list[str]] = {}
    for one in again.differences:
        named.setdefault(one.number, []).append(_fact_words(one.fact))
    lines = [_("The list says otherwise; nothing is changed by itself:")]
    lines += [
        f"• {child_code(number)}: {', '.join(facts)}"
        for number, facts in list(named.items())[:QUESTIONS_SHOWN]
    ]
    if len(named) > QUESTIONS_SHOWN:
        lines.append(_("and {count} more").format(count=len(named) - QUESTIONS_SHOWN))
    return lines


def _fact_words(fact: Fact) -> str:
    return {
        Fact.SEX: _("boy or girl"),
        Fact.BORN: _("birth date"),
        Fact.PARENT: _("parents' name"),
        Fact.PHONE: _("telephone"),
        Fact.ADDRESS: _("address"),
    }.get(fact, _("name"))


def _cohort(talk: Talk) -> Cohort:
    return fillable_cohort(talk.request, talk.draft["cohort_id"])


def _rows(talk: Talk) -> tuple[RosterRow, ...]:
    return one_spelling(rows_of(talk.draft), _known(talk))


def _again(talk: Talk) -> Again:
    """The list beside the roster; all of it is new when the officer has said that they are other children."""
    if talk.draft.get("others"):
        return Again(_rows(talk), (), ())
    return compare(talk.request.work, int(talk.draft["cohort_id"]), _rows(talk))


def _known(talk: Talk) -> list[str]:
    """The schools of the angkatan."""
    found = cohorts.list_schools(talk.request.session, talk.draft["cohort_id"])
    return [one.school.name for one in found]


def _keyboard(draft: dict[str, Any]) -> Keyboard:
    if not draft.get("rows"):
        return ((template_button(), _stop(draft)),)
    return ((button(_("Save"), "cohort_add_save", draft["cohort_id"], style="success"), _stop(draft)),)


def _stop(draft: dict[str, Any]) -> Button:
    return button(_("Cancel"), "cohort_add_stop", draft["cohort_id"], *filter(None, [draft.get(TASK)]))


ADD = Dialog(
    "cohort_add",
    (
        Field("rows", _ask, _read, files=True),
        Field(SCHOOL, _ask_school, _read_school, is_asked=asks_school, forgets=True, files=True),
        Field(
            TURNED,
            lambda talk: turned_question(talk.draft, "roster_add_turned"),
            _read,
            is_asked=asks_turned,
            files=True,
        ),
        Field("confirm", _look, _read, files=True),
    ),
    _save,
    lambda talk: _stop(talk.draft),
    elsewhere=_as_it_is,
    left=on_left,
    life=Life.OPEN,
    plain=lambda _talk: True,
)
ROUTES = Routes(
    About.NOTHING,
    presses={
        "cohort_add": on_add,
        "cohort_add_save": on_confirmed,
        "cohort_add_fix": on_fix,
        "cohort_add_others": on_others,
        "cohort_add_stop": ADD.leave,
        "roster_add_school": on_school_chosen,
        "roster_add_turned": on_turned_chosen,
    },
    dialogs=(ADD,),
)
