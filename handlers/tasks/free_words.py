"""Words without a question: a child's number, an incident, lines of a list, an undo, a reminder, an SOP or a task."""

import re

from handlers.cases.case_gate import forget_near_cases
from handlers.cases.case_list import open_by_code
from handlers.children.children import open_number
from handlers.children.incidents import begin_with, reports_in, set_aside
from handlers.handbook.find import found_for
from handlers.tasks.last_act import on_undo_last
from handlers.tasks.my_tasks import show_these
from handlers.tasks.remind import is_remind, on_remind
from handlers.tasks.several import numbers_said, on_named
from handlers.ui import fallbacks
from handlers.ui.request import Reply, Request, Say, button, reply, to_list, who
from handlers.ui.words import _
from sop_flows.views.task_views import TaskLine, my_tasks

WORDS_MAX = 5  # of what is looked for; more of them are a sentence to somebody

_NUMBER = re.compile(r"(?:no\.?|nomor|anak)? ?(\d{1,4})", re.IGNORECASE)
_SOP = re.compile(r"(?:sop )?\d{1,2}(?:\.\d{1,3})+", re.IGNORECASE)
_WEIGHT = re.compile(r"(?:(?:no\.?|nomor|anak)? ?\d{1,3}[ :=-]+)?\d{1,3}[.,]\d{1,2}(?: ?kg)?", re.IGNORECASE)
_UNDO = re.compile(
    r"(?:tolong )?(?:urungkan|batalkan yang tadi|undo|salah(?: catat| ketik| pencet)?)(?: (?:yang )?(?:tadi|terakhir))?[.!]?",
    re.IGNORECASE,
)
GREETINGS = frozenset(
    ["halo", "hai", "assalamualaikum", "selamat", "pagi", "siang", "sore", "malam", "terima", "kasih", "makasih", "ok", "oke", "baik", "ya", "siap", "tes", "test"]
)  # fmt: skip


def on_words(request: Request) -> Reply:
    """Words that answer no question."""
    return said_by_itself(request) or forget_near_cases(request, fallbacks.on_text(request))


def is_order(request: Request) -> bool:
    """Whether the words say what to do: "selesai 1 3", "urungkan", "ingatkan senin"."""
    words = " ".join((request.text or "").split())
    return numbers_said(words) is not None or is_remind(words) or _UNDO.fullmatch(words) is not None


def is_report(request: Request) -> bool:
    """Whether the words say what happened to a child."""
    return bool(reports_in(request, request.text or ""))


def is_weight(request: Request) -> bool:
    """Whether the words are a weight, with its child or without."""
    return _WEIGHT.fullmatch(" ".join((request.text or "").split())) is not None


def said_by_itself(request: Request, *, loosely: bool = True) -> Reply | None:
    """What the words are about, if they say it themselves.

    Args:
        loosely: also by words that an SOP or a task has.
    """
    words = " ".join((request.text or "").split())
    if not words or len(words) > fallbacks.LONG_TEXT:
        return None
    if match := _NUMBER.fullmatch(words):
        return open_number(request, int(match[1]))
    if numbers_said(words) is not None:
        return on_named(request)
    if _UNDO.fullmatch(words):
        return on_undo_last(request)
    if is_remind(words):
        return on_remind(request)
    if _WEIGHT.fullmatch(words):
        text = _("That looks like a weight. Open the weighing first, then type it: /timbang.")
        return reply(Say(text, ((to_list(), button(_("Help"), "help_open")),)))
    if _SOP.fullmatch(words):
        return found_for(request, words)
    reports = reports_in(request, request.text or "")
    if len(reports) > 1:
        set_aside(request, request.text or "", alone=True)
        return reply()
    if reports:
        return begin_with(request, reports[0])
    return _sop_or_task(request, words) if loosely else None


def _sop_or_task(request: Request, words: str) -> Reply | None:
    said = re.findall(r"[^\W_]+", words.casefold())
    if not said or len(said) > WORDS_MAX or GREETINGS.intersection(said):
        return None
    if (case := open_by_code(request, words)) is not None:
        return case
    own = [line for line in my_tasks(request.work, who(request)) if _is_meant(line, said)]
    if own:
        return show_these(request, own, words)
    return found_for(request, words)


def _is_meant(line: TaskLine, said: list[str]) -> bool:
    """Whether every word stands in the step or the title of its SOP."""
    told = f"{line.step.short} {line.sop.title}".casefold()
    return all(len(word) > 2 and word in told for word in said)
