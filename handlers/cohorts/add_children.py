"""Children who come onto the roster of an open angkatan: the whole list that followed, or one more child."""

from typing import Any

from handlers.cohorts.cohort_cards import changeable_cohort, on_cohorts, show_cohort
from handlers.cohorts.roster_reading import (
    ask_words,
    children_words,
    read_sent,
    rows_of,
    schools_words,
)
from handlers.cohorts.roster_words import twin_words
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.dialog import forget
from handlers.ui.markup import bold, child_code, esc
from handlers.ui.reply import Keyboard, Reply, Say, reply
from handlers.ui.request import Request
from handlers.ui.routing import About, Routes
from handlers.ui.screens import button, pressed, screen, who
from handlers.ui.texts import _
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
    read = read_sent(request, draft, _keyboard(draft))
    if not isinstance(read, Roster):
        return read
    conversation.ask(request, TOPIC, draft)
    return reply(Say(_summary(request, cohort, draft), _keyboard(draft), protect=True), *forget(request))


def on_confirmed(request: Request) -> Reply:
    """[Simpan]: they get the next numbers and join the open rolls."""
    cohort = changeable_cohort(request, pressed(request))
    row = conversation.current(request)
    draft = conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}
    if draft.get("cohort_id") != cohort.id or not draft.get("rows"):
        return show_cohort(request, cohort)
    rows = _rows(request, cohort, draft)
    added = add_children(request.work, who(request), cohort.id or 0, rows)
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
    rows = _rows(request, cohort, draft)
    lines = [bold(cohort.name), children_words(rows), schools_words(rows, [])]
    questions = twin_words(Roster(rows).twins)
    for number, codes in known_before(request.session, cohort.id or 0, rows)[:QUESTIONS_SHOWN]:
        listed = ", ".join(map(child_code, codes))
        questions.append(
            _("Row {row} has the name of No. {codes}. Is it another child?").format(row=number, codes=listed)
        )
    if questions:
        lines += ["", *questions[: QUESTIONS_SHOWN + 2]]
    if draft.get("ignored"):
        lines += ["", _("Columns not read: {columns}").format(columns=esc(", ".join(draft["ignored"])))]
    return "\n".join([*lines, "", _("Save, or send more lines.")])


def _rows(request: Request, cohort: Cohort, draft: dict[str, Any]) -> tuple[RosterRow, ...]:
    known = [one.school.name for one in cohorts.list_schools(request.session, cohort.id or 0)]
    return one_spelling(rows_of(draft), known)


def _keyboard(draft: dict[str, Any]) -> Keyboard:
    stop = button(_("Cancel"), "cohort_add_stop", draft["cohort_id"])
    if not draft.get("rows"):
        return ((stop,),)
    return ((button(_("Save"), "cohort_add_save", draft["cohort_id"], style="success"), stop),)


ROUTES = Routes(
    About.NOTHING,
    presses={"cohort_add": on_add, "cohort_add_save": on_confirmed, "cohort_add_stop": on_stop},
    topics={TOPIC: Question(on_sent, at_once=True)},
    file_topics=frozenset({TOPIC}),
)
