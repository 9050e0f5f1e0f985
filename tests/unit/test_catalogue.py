"""The Indonesian catalogue: complete, nothing fuzzy, nothing that would break when it is filled in."""

import ast
import io
import re
import string
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "locales" / "id" / "LC_MESSAGES" / "pandu.po"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
TAG = re.compile(r"</?[a-z][^>]*>")


@cache
def ids_in_code() -> frozenset[str]:
    """Every message id that the rooms use (of plural messages the singular)."""
    found = set()
    for room in ("bot", "handlers", "sop_flows"):
        for _name, _line, message, _comments, _context in extract_from_dir(
            ROOT / room, [("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(message[0] if isinstance(message, tuple) else message)
    return frozenset(found | calls_in_code())


def calls_in_code() -> set[str]:
    """The ids as Python sees them: Babel's extractor misses a call inside an f-string."""
    found = set()
    for room in ("bot", "handlers", "sop_flows"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                    continue
                said = node.args[0]
                if (
                    node.func.id in KEYWORDS
                    and isinstance(said, ast.Constant)
                    and isinstance(said.value, str)
                ):
                    found.add(said.value)
    return found


def catalogue() -> Catalog:
    return read_po(io.StringIO(CATALOGUE.read_text("utf-8")), locale="id")


def texts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids and the Indonesian strings of a message."""
    ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return tuple(map(str, ids)), tuple(text or "" for text in strings)


def fields(text: str) -> set[str]:
    """The placeholders of a message."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


MESSAGES = [message for message in catalogue() if message.id]


def test_every_id_in_the_code_has_indonesian() -> None:
    known = {texts(message)[0][0] for message in MESSAGES if all(texts(message)[1])}
    assert sorted(ids_in_code() - known) == []


def test_the_catalogue_has_nothing_the_code_does_not_use() -> None:
    assert sorted({texts(message)[0][0] for message in MESSAGES} - ids_in_code()) == []


def test_nothing_is_fuzzy() -> None:
    assert [message.id for message in MESSAGES if message.fuzzy] == []


def test_there_is_one_plural_form() -> None:
    """Indonesian has one; Babel knows none for `id`, and two would bring English through."""
    assert catalogue().num_plurals == 1


def test_placeholders_and_tags_survive_translation() -> None:
    broken = []
    for message in MESSAGES:
        ids, strings = texts(message)
        wanted = set().union(*map(fields, ids))
        tags = sorted(TAG.findall(ids[-1]))
        broken += [text for text in strings if fields(text) != wanted or sorted(TAG.findall(text)) != tags]
    assert broken == []
