"""Where a reader of the handbook came from, carried by every button: a task, a list, the words looked for."""

from dataclasses import dataclass, replace

from handlers.ui.request import Button, ButtonError, Press, button
from handlers.ui.words import _

# Lists of SOPs by the number that a button has. From PHASES on: the phases in their order.
HOME, MINE, FOUND, ALL = range(4)
PHASES = 10
WORD_MAX = 40  # characters of the word of a button


@dataclass(frozen=True)
class Way:
    """The way back.

    Attributes:
        task_id: the task whose card led here, 0 for none.
        shelf: the list that led here (HOME, MINE, FOUND, ALL or PHASES + n) and its page.
        words: what was looked for (a key of `search_key` in sop_flows/handbook/search.py), of FOUND.
        old: the version by which the task's run goes is read, not the pack's.
    """

    task_id: int = 0
    shelf: int = HOME
    page: int = 0
    words: str = ""
    old: bool = False

    def in_version(self, old: bool) -> "Way":
        """The same way through the other version."""
        return replace(self, old=old)


def way_of(press: Press) -> tuple[str, int, Way]:
    """The SOP's number, the page or step, and the way back that a button carries.

    Raises:
        ButtonError: it carries no page (forged).
    """
    number, _space, words = press.word.partition(" ")
    task_id, shelf, page, old = (*press.numbers[1:5], 0, 0, 0, 0)[:4]
    way = Way(max(task_id, 0), max(shelf, HOME), max(page, 0), words, old=old == 1)
    return number, press.number(0), way


def open_button(label: str, number: str, page: int, way: Way) -> Button:
    """To a page of an SOP."""
    return _to(label, "book_open", number, page, way)


def step_button(label: str, number: str, step: int, way: Way) -> Button:
    """To a step of an SOP."""
    return _to(label, "book_step", number, step, way)


def shelf_button(label: str, shelf: int, page: int = 0, words: str = "") -> Button:
    """To a list of SOPs."""
    return button(label, "book_shelf", shelf, page, tag=words)


def back_button(way: Way) -> Button:
    """Back to the task, or to the list that led here."""
    if way.task_id:
        return button(_("‹ Back to the task"), "task_open", way.task_id)
    if way.shelf == HOME:
        return button(_("‹ SOP handbook"), "book_list", 0)
    label = _("‹ Search results") if way.shelf == FOUND else _("‹ The list")
    return shelf_button(label, way.shelf, way.page, way.words)


def _to(label: str, verb: str, number: str, place: int, way: Way) -> Button:
    if not number:
        raise ButtonError("no SOP")
    tag = f"{number} {way.words}"[:WORD_MAX].rstrip()
    return button(label, verb, place, way.task_id, way.shelf, way.page, int(way.old), tag=tag)
