"""/sop and its search: by a word or a number, in the command itself or typed after "Cari"."""

from handlers.handbook.browse import TOPIC, list_screen, search_button, show_home, show_shelf
from handlers.handbook.reading import Reading
from handlers.handbook.sop_page import sop_page
from handlers.handbook.way import ALL, FOUND, Way, shelf_button
from handlers.ui import conversation
from handlers.ui.answers import Question
from handlers.ui.conversation import Life
from handlers.ui.request import About, Keyboard, Reply, Request, button, further, rows, screen, to_list
from handlers.ui.routing import Routes
from handlers.ui.words import _, bold, echo, esc
from sop_flows.handbook.search import Hit, search_key


def on_handbook(request: Request) -> Reply:
    """/sop, or /sop followed by words to look for or a number to open. Old "‹ ›" buttons page the whole list."""
    parts = (request.text or "").split(maxsplit=1)
    if request.press is None and len(parts) > 1 and parts[0].startswith("/"):
        return _search(request, parts[1])
    page = further(request, 0)
    return show_shelf(request, ALL, page) if page > 0 else show_home(request)


def on_search(request: Request) -> Reply:
    """Cari: asks for the words."""
    conversation.ask(request, TOPIC, {})
    back = ((button(_("Cancel"), "book_list", 0),),)
    return screen(
        request, _("Which words or which number shall I look for? For example: food, weigh, 9.1.8."), back
    )


def on_words_typed(request: Request) -> Reply:
    """The words to look for; the question stays open until something is found."""
    if request.institution.search_index.find(request.text or "").hits:
        conversation.end(request, TOPIC)
    return _search(request, request.text or "")


def on_shelf(request: Request) -> Reply:
    """A page of a list; of results it is found anew from the words that the button carries."""
    press = request.press
    if press is not None and press.numbers[:1] == (FOUND,):
        return _results(request, press.word, press.word, press.numbers[1] if len(press.numbers) > 1 else 0)
    shelf, page = (*(press.numbers if press is not None else ()), 0, 0)[:2]
    return show_shelf(request, shelf, page)


def found_for(request: Request, words: str) -> Reply | None:
    """What the handbook has for words typed without a question; None unless all of them are found."""
    key = search_key(words)
    found = request.institution.search_index.find(key) if key else None
    return _results(request, key, words, 0) if found is not None and found.hits and found.complete else None


def _search(request: Request, typed: str) -> Reply:
    key = search_key(typed)
    if not key:
        text = _(
            "I can look for words of two letters or more, and for numbers. For example: food, weigh, 9.1.8."
        )
        return screen(request, text, _ways_on())
    return _results(request, key, typed, 0)


def _results(request: Request, key: str, typed: str, page: int) -> Reply:
    found = request.institution.search_index.find(key)
    asked = echo(typed)
    if not found.hits:
        text = _("No SOP has the words “{words}”. Try others, or see the list.").format(words=asked)
        return screen(request, text, _ways_on())
    if len(found.hits) == 1 and found.complete:
        text, keyboard = sop_page(request, Reading(found.hits[0].sop, Way()), 0)
        return screen(request, text, keyboard)
    top = bold(_("SOPs with")) + f" “{asked}”"
    if not found.complete:
        top = _("Nearest to “{words}”").format(words=asked)
    notes = {hit.sop.number: _where(hit) for hit in found.hits if hit.step is not None}
    way = Way(shelf=FOUND, page=page, words=key)
    return list_screen(request, top, [hit.sop for hit in found.hits], way, notes)


def _where(hit: Hit) -> str:
    if hit.step is None:
        return ""
    return _("step {step}: {words}").format(step=hit.step.step, words=esc(hit.step.short))


def _ways_on() -> Keyboard:
    return rows([search_button(), shelf_button(_("All SOPs"), ALL), to_list()])


ROUTES = Routes(
    About.NOTHING,
    commands={"sop": on_handbook},
    presses={"book_list": on_handbook, "book_search": on_search, "book_shelf": on_shelf},
    topics={TOPIC: Question(on_words_typed, at_once=True, life=Life.SHORT, gives_way=True)},
    menu_words={"SOP handbook": on_handbook},
)
