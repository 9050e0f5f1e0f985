"""A photo or file that nobody asked for: kept, and asked what it is for; an album once."""

from collections.abc import Callable

from handlers.cohorts.add_children import add_sent_list
from handlers.cohorts.cohort_cards import may_open
from handlers.cohorts.open_cohort import begin_with_list
from handlers.cohorts.roster_reading import is_list
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.conversation import Life
from handlers.ui.questions import file_problem
from handlers.ui.refusals import sentence
from handlers.ui.request import (
    About,
    Button,
    Delete,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    button,
    picks_in_rows,
    pressed,
    reply,
    rows,
    screen,
    task_of,
    to_list,
    who,
)
from handlers.ui.routing import Routes
from handlers.ui.shown import last_card
from handlers.ui.words import _, ngettext, task_words
from sop_flows.actions.attachments import attach_kept, throw_away
from sop_flows.errors import NotPermittedError, RuleError
from sop_flows.staffing.responsibility import own_parts
from sop_flows.views.task_views import TaskLine, my_tasks, task_line
from storage.tables import SAYABLE, Task

TOPIC = "photo_for"
MOST = 20  # files kept at once
OFFERED = 8  # tasks among which it is chosen


def on_sent(request: Request) -> Reply:
    """The first one, and every one that comes while it is asked: of an album the question is one."""
    row = conversation.current(request)
    asked = row is not None and row.topic == TOPIC
    kept = list(conversation.draft_of(row).get("files", [])) if row is not None and asked else []
    if request.kind == "text":
        return reply(Say(_("Tap what the photo is for, or “Throw it away”."), ((to_list(),),)))
    if (problem := file_problem(request)) or request.file is None:
        return reply(Say(problem))
    if len(kept) >= MOST:
        return reply(Say(_("I keep no more than {count} files at once.").format(count=MOST)))
    key = request.institution.cabinet.put(request.file.content)
    kept.append([key, request.file.mime, len(request.file.content), request.file.name])
    is_roster = not kept[1:] and not request.file.photo and is_list(request.file.content, request.today)
    row = conversation.ask(
        request, TOPIC, {"files": kept, **({"roster": request.message_id} if is_roster else {})}
    )
    text, keyboard = _question(request, kept, is_roster=is_roster)
    if asked and row.card_message_id is not None:
        return reply(Edit(text, keyboard, message_id=row.card_message_id, protect=True, card=True))
    return reply(Say(text, keyboard, protect=True, card=True))


def _question(request: Request, kept: list[list[object]], *, is_roster: bool) -> tuple[str, Keyboard]:
    count, found = len(kept), _offered(request)
    lines, opens = [], []
    if is_roster:
        fills = [
            button(_("For {cohort}").format(cohort=line.cohort.name), "photo_children", line.task.id or 0)
            for line in found
            if line.step.executor_may == "roster" and line.cohort is not None
        ]
        opens += fills
        lines.append(
            _("This is a list of children.")
            if fills
            else _("This is a list of children, to open a cohort with.")
        )
        if may_open(request):
            opens.append(button(_("Open a cohort with it"), "photo_roster", style="success"))
        elif not fills:
            lines.append(sentence(request, NotPermittedError("opens_cohorts")))
    if not found and not opens:
        lines.append(_("You have no open task to which it could belong."))
    elif found:
        asked = _("What is the photo or file for?")
        several = _("What are the {count} photos or files for?").format(count=count)
        lines.append(several if count > 1 else asked)
    for place, line in enumerate(found, start=1):
        lines.append(f"{place}. {task_words(request.session, line)}")
    picks = [button(str(place), "photo_to", line.task.id or 0) for place, line in enumerate(found, start=1)]
    return "\n".join(lines), (*rows(opens), *picks_in_rows(picks), (_throw_away(),))


def _offered(request: Request) -> list[TaskLine]:
    """The task of the card that was on the phone, then one's own, the most urgent first."""
    found = list(my_tasks(request.work, who(request)))
    card = last_card(request)
    if card is not None:
        task = request.session.get(Task, card[0])
        if task is not None and task.state in SAYABLE and _is_own(request, task):
            found = [task_line(request.work, task, who(request))] + [
                line for line in found if line.task.id != task.id
            ]
    return found[:OFFERED]


def _is_own(request: Request, task: Task) -> bool:
    try:
        own_parts(request.work, who(request), task)
    except RuleError:
        return False
    return True


def on_chosen(request: Request) -> Reply:
    """To which task they belong."""
    row = conversation.current(request)
    if row is None or row.topic != TOPIC:
        return screen(request, _("That was noted before."), ((to_list(),),))
    task_id, kept = pressed(request), conversation.draft_of(row).get("files", [])
    for key, mime, size, *name in kept:
        attach_kept(request.work, who(request), task_id, key, mime, size, *name)
    conversation.end(request, TOPIC)
    line = task_line(request.work, request.session.get_one(Task, task_id), who(request))
    count = len(kept)
    said = ngettext("✅ {count} file is attached: {task}", "✅ {count} files are attached: {task}", count)
    text = said.format(count=count, task=task_words(request.session, line))
    return screen(request, text, ((button(_("Open"), "task_open", task_id), to_list()),))


def on_roster(request: Request) -> Reply:
    """[Buka angkatan]: with the list of children that was sent."""
    return _with_list(request, lambda content: begin_with_list(request, content))


def on_children(request: Request) -> Reply:
    """[Untuk Angkatan III]: the list that was sent is of the angkatan of the officer's step."""
    task = task_of(request, pressed(request))
    own_parts(request.work, who(request), task)
    return _with_list(
        request, lambda content: add_sent_list(request, task.cohort_id or 0, task.id or 0, content)
    )


def _with_list(request: Request, begin: Callable[[bytes], Reply]) -> Reply:
    """Go on with the list of children that was kept; what was sent goes from the chat."""
    row = conversation.current(request)
    draft = conversation.draft_of(row) if row is not None and row.topic == TOPIC else {}
    if not draft.get("roster"):
        return screen(request, _("That was noted before."), ((to_list(),),))
    ((key, *_about),) = draft["files"]
    content = request.institution.cabinet.get(key)
    throw_away(request.work, key)
    conversation.end(request, TOPIC)
    return begin(content).and_then(Delete(int(draft["roster"])))


def on_thrown(request: Request) -> Reply:
    """[Buang]: nothing is attached."""
    row = conversation.current(request)
    if row is not None and row.topic == TOPIC:
        for key, *_about in conversation.draft_of(row).get("files", []):
            throw_away(request.work, key)
    conversation.end(request, TOPIC)
    return screen(request, _("Nothing is stored."), ((to_list(),),))


def _throw_away() -> Button:
    return button(_("Throw it away"), "photo_no")


PRESSES = {
    "photo_to": on_chosen,
    "photo_roster": on_roster,
    "photo_children": on_children,
    "photo_no": on_thrown,
}
ROUTES = Routes(
    About.NOTHING,
    presses=PRESSES,
    topics={TOPIC: Question(on_sent, life=Life.SHORT, buttons=frozenset(PRESSES), gives_way=True)},
    file_topics=frozenset({TOPIC}),
)
