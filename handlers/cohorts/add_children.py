"""Children who come onto the roster of an open angkatan: the whole list that followed, or one more child."""

from typing import Any

from handlers.cohorts.cohort_cards import changeable_cohort, on_cohorts, show_cohort
from handlers.cohorts.roster_reading import (
    SCHOOL,
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
from handlers.cohorts.roster_words import twin_words
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.dialog import forget
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import (
    About,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    pressed,
    reply,
    rows,
    screen,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, child_code
from sop_flows.actions.cohorts.cohorts import add_children, known_before
from sop_flows.actions.cohorts.roster import Roster, RosterRow, one_spelling
from storage.queries import cohorts
from storage.tables import Cohort

TOPIC = "cohort_add"
QUESTIONS_SHOWN = 8  # rows with a name that is on the roster already


def on_add(request: Request) -> Reply:
    """[Tambah anak]."""
    cohort = changeable_cohort(request, pressed(request))
    draft = {"cohort_id": cohort.id}
    conversation.ask(request, TOPIC, draft)
    text = _("Children for {cohort}.").format(cohort=bold(cohort.name))
    return screen(request, f"{text} {ask_words()}", _keyboard(draft))


def on_sent(request: Request) -> Reply:
    """A file or pasted lines."""
    row = conversation.current(request)
    if row is None:
        return on_cohorts(request)
    draft = conversation.draft_of(row)
    cohort = changeable_cohort(request, draft["cohort_id"])
    if asks_school(draft) and not is_sent(request):
        try:
            draft[SCHOOL] = school_said(request)
        except NotAnAnswerError as error:
            return reply(Say(error.sentence, _shown(request, cohort, draft)[1]))
    else:
        read = read_sent(request, draft, _keyboard(draft))
        if not isinstance(read, Roster):
            return read
    conversation.ask(request, TOPIC, draft)
    return reply(Say(*_shown(request, cohort, draft), protect=True), *forget(request))


def on_school_chosen(request: Request) -> Reply:
    """The school that all of them come from was tapped."""
    return _settled(request, SCHOOL)


def on_turned_chosen(request: Request) -> Reply:
    """Which of the two readings of the birth dates is right."""
    return _settled(request, TURNED)


def _settled(request: Request, key: str) -> Reply:
    row = conversation.current(request)
    draft = conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}
    if not draft:
        return on_cohorts(request)
    cohort = changeable_cohort(request, draft["cohort_id"])
    place = pressed(request)
    if key == TURNED and asks_turned(draft):
        draft[TURNED] = place == 1
    elif key == SCHOOL and asks_school(draft):
        offered = offered_schools(draft, _known(request, cohort))
        draft.update({SCHOOL: offered[place]} if place < len(offered) else {})
    conversation.ask(request, TOPIC, draft)
    return screen(request, *_shown(request, cohort, draft))


def _shown(request: Request, cohort: Cohort, draft: dict[str, Any]) -> tuple[str, Keyboard]:
    """What the list leaves open, or what would be saved."""
    stop = button(_("Cancel"), "cohort_add_stop", draft["cohort_id"])
    if asks_school(draft):
        text, buttons = school_question(draft, _known(request, cohort), "roster_add_school")
        return text, (*rows(buttons), (stop,))
    if asks_turned(draft):
        text, buttons = turned_question(draft, "roster_add_turned")
        return text, (tuple(buttons), (stop,))
    return _summary(request, cohort, draft), _keyboard(draft)


def on_confirmed(request: Request) -> Reply:
    """[Simpan]: they get the next numbers and join the open rolls."""
    cohort = changeable_cohort(request, pressed(request))
    row = conversation.current(request)
    draft = conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}
    if draft.get("cohort_id") != cohort.id or not draft.get("rows"):
        return show_cohort(request, cohort)
    if asks_school(draft) or asks_turned(draft):
        return screen(request, *_shown(request, cohort, draft))
    added = add_children(request.work, who(request), cohort.id or 0, _rows(request, cohort, draft))
    conversation.end(request, TOPIC)
    first, last = child_code(added[0].number), child_code(added[-1].number)
    said = (
        _("✅ Added: No. {first}.").format(first=first)
        if len(added) == 1
        else _("✅ Added: No. {first} to {last}.").format(first=first, last=last)
    )
    return show_cohort(request, cohort, said)


def on_stop(request: Request) -> Reply:
    """[Batal]."""
    conversation.end(request, TOPIC)
    return show_cohort(request, changeable_cohort(request, pressed(request)))


def _summary(request: Request, cohort: Cohort, draft: dict[str, Any]) -> str:
    children = _rows(request, cohort, draft)
    lines = [bold(cohort.name), children_words(request, children), schools_words(children, [])]
    questions = twin_words(Roster(children).twins)
    for number, codes in known_before(request.session, cohort.id or 0, children)[:QUESTIONS_SHOWN]:
        listed = ", ".join(map(child_code, codes))
        questions.append(
            _("Row {row} has the name of No. {codes}. Is it another child?").format(row=number, codes=listed)
        )
    if questions:
        lines += ["", *questions[: QUESTIONS_SHOWN + 2]]
    if left := not_taken(draft):
        lines += ["", *left]
    return "\n".join([*lines, "", _("Save, or send more lines.")])


def _rows(request: Request, cohort: Cohort, draft: dict[str, Any]) -> tuple[RosterRow, ...]:
    return one_spelling(rows_of(draft), _known(request, cohort))


def _known(request: Request, cohort: Cohort) -> list[str]:
    """The schools of the angkatan."""
    return [one.school.name for one in cohorts.list_schools(request.session, cohort.id or 0)]


def _keyboard(draft: dict[str, Any]) -> Keyboard:
    stop = button(_("Cancel"), "cohort_add_stop", draft["cohort_id"])
    if not draft.get("rows"):
        return ((template_button(), stop),)
    return ((button(_("Save"), "cohort_add_save", draft["cohort_id"], style="success"), stop),)


ROUTES = Routes(
    About.NOTHING,
    presses={
        "cohort_add": on_add,
        "cohort_add_save": on_confirmed,
        "cohort_add_stop": on_stop,
        "roster_add_school": on_school_chosen,
        "roster_add_turned": on_turned_chosen,
    },
    topics={TOPIC: Question(on_sent, at_once=True)},
    file_topics=frozenset({TOPIC}),
)
