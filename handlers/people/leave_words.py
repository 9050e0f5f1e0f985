"""How a leave is said: its days."""

from handlers.ui.request import Request
from handlers.ui.words import span_words
from storage.tables import Absence


def capital(words: str) -> str:
    """With a capital first letter: "Hari ini"."""
    return words[:1].upper() + words[1:]


def leave_span(request: Request, absence: Absence) -> str:
    """The days of a leave in words."""
    return span_words(absence.from_on, absence.until_on, request.institution.today(request.now))
