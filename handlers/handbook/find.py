"""/sop and its search: by a word or a number, in the command itself or typed after "Cari"."""

from handlers import conversation
from handlers.handbook.browse import TOPIC, list_screen, search_button, show_home, show_shelf
from handlers.handbook.reading import Reading
from handlers.handbook.sop_page import sop_page
from handlers.handbook.way import ALL, FOUND, Way, shelf_button
from handlers.looks.markup import bold, esc, shorten
from handlers.looks.screens import button, further, rows, screen, to_list
from handlers.looks.wording import _
from handlers.reply import Keyboard, Reply
from handlers.routing import Routes
from handlers.visit import Visit
from sop_flows.handbook.search import Hit, search_key

ECHO_MAX = 40  # characters of what was typed that are said back


def on_handbook(visit: Visit) -> Reply:
    """/sop, or /sop followed by words to look for or a number to open. Old "‹ ›" buttons page the whole list."""
    parts = (visit.text or "").split(maxsplit=1)
    if visit.press is None and len(parts) > 1 and parts[0].startswith("/"):
        return _search(visit, parts[1])
    page = further(visit, 0)
    return show_shelf(visit, ALL, page) if page > 0 else show_home(visit)


def on_search(visit: Visit) -> Reply:
    """Cari: asks for the words."""
    conversation.ask(visit, TOPIC, {})
    back = ((button(_("Cancel"), "book_list", 0),),)
    return screen(
        visit, _("Which words or which number shall I look for? For example: food, weigh, 9.1.8."), back
    )


def on_words_typed(visit: Visit) -> Reply:
    """The words to look for; the question stays open until something is found."""
    if visit.house.search_index.find(visit.text or "").hits:
        conversation.end(visit, TOPIC)
    return _search(visit, visit.text or "")


def on_shelf(visit: Visit) -> Reply:
    """A page of a list; of results it is found anew from the words that the button carries."""
    press = visit.press
    if press is not None and press.numbers[:1] == (FOUND,):
        return _results(visit, press.word, press.word, press.numbers[1] if len(press.numbers) > 1 else 0)
    shelf, page = (*(press.numbers if press is not None else ()), 0, 0)[:2]
    return show_shelf(visit, shelf, page)


def _search(visit: Visit, typed: str) -> Reply:
    key = search_key(typed)
    if not key:
        text = _(
            "I can look for words of two letters or more, and for numbers. For example: food, weigh, 9.1.8."
        )
        return screen(visit, text, _ways_on())
    return _results(visit, key, typed, 0)


def _results(visit: Visit, key: str, typed: str, page: int) -> Reply:
    found = visit.house.search_index.find(key)
    asked = esc(shorten(" ".join(typed.split()), ECHO_MAX))
    if not found.hits:
        text = _("No SOP has the words “{words}”. Try others, or see the list.").format(words=asked)
        return screen(visit, text, _ways_on())
    if len(found.hits) == 1 and found.complete:
        text, keyboard = sop_page(visit, Reading(found.hits[0].sop, Way()), 0)
        return screen(visit, text, keyboard)
    top = bold(_("SOPs with")) + f" “{asked}”"
    if not found.complete:
        top = _("Nearest to “{words}”").format(words=asked)
    notes = {hit.sop.number: _where(hit) for hit in found.hits if hit.step is not None}
    way = Way(shelf=FOUND, page=page, words=key)
    return list_screen(visit, top, [hit.sop for hit in found.hits], way, notes)


def _where(hit: Hit) -> str:
    if hit.step is None:
        return ""
    return _("step {step}: {words}").format(step=hit.step.step, words=esc(hit.step.short))


def _ways_on() -> Keyboard:
    return rows([search_button(), shelf_button(_("All SOPs"), ALL), to_list()])


ROUTES = Routes(
    commands={"sop": on_handbook},
    presses={"book_list": on_handbook, "book_search": on_search, "book_shelf": on_shelf},
    topics={TOPIC: on_words_typed},
    menu_words={"SOP handbook": on_handbook},
)
