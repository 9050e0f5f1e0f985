"""Sentences for people: plain English ids in code, Indonesian in locales/, read once at start."""

import io
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = "id"


@cache
def _catalogue() -> GNUTranslations:
    """The catalogue, straight from the .po: no compiled copy that could be stale."""
    source = files("locales").joinpath(LOCALE, "LC_MESSAGES", "pandu.po")
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.StringIO(source.read_text("utf-8")), locale=LOCALE))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _(message: str) -> str:
    """The sentence in the officer's language."""
    return _catalogue().gettext(message)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """The id of a sentence that is translated when it is used."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for `count` things."""
    return _catalogue().ngettext(one, many, count)
