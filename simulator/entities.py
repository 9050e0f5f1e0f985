"""Entities that Telegram finds by itself (commands, links), and entities drawn as HTML for the page."""

import html
import re
from typing import Any

from simulator.html_text import utf16_length

JSON = dict[str, Any]

COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")

SAFE_LINKS = ("http://", "https://", "tg://", "tel:", "mailto:")  # javascript: stays plain text
TAGS = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "pre"}


def find_entities(text: str) -> list[JSON]:
    """Commands and links in `text`, as Telegram marks them in every message."""
    found = []
    for kind, pattern in (("bot_command", COMMAND), ("url", LINK)):
        for match in pattern.finditer(text):
            offset = utf16_length(text[: match.start()])
            found.append({"type": kind, "offset": offset, "length": utf16_length(match.group())})
    return sorted(found, key=lambda entity: entity["offset"])


def with_found_entities(text: str, entities: list[JSON]) -> list[JSON]:
    """`entities` and what Telegram adds by itself where none of them already is."""
    taken = [
        (e["offset"], e["offset"] + e["length"])
        for e in entities
        if e["type"] in ("text_link", "code", "pre")
    ]
    added = [
        found
        for found in find_entities(text)
        if not any(
            start < found["offset"] + found["length"] and found["offset"] < end for start, end in taken
        )
    ]
    return sorted(entities + added, key=lambda entity: (entity["offset"], -entity["length"]))


def to_html(text: str, entities: list[JSON]) -> str:
    """`text` as safe HTML: only tags that the page knows, everything else escaped."""
    units = text.encode("utf-16-le")
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    for entity in sorted(entities, key=lambda e: (e["offset"], -e["length"])):
        start, end = entity["offset"], entity["offset"] + entity["length"]
        covered = units[start * 2 : end * 2].decode("utf-16-le", "replace")
        before, after = _tags(entity, covered)
        opens.setdefault(start, []).append(before)
        closes.setdefault(end, []).insert(0, after)
    out = []
    borders = sorted({0, len(units) // 2, *opens, *closes})
    for index, border in enumerate(borders):
        out += closes.get(border, [])
        out += opens.get(border, [])
        following = borders[index + 1] if index + 1 < len(borders) else border
        out.append(html.escape(units[border * 2 : following * 2].decode("utf-16-le", "replace")))
    return "".join(out)


def _tags(entity: JSON, covered: str) -> tuple[str, str]:
    kind = entity["type"]
    if kind in TAGS:
        return f"<{TAGS[kind]}>", f"</{TAGS[kind]}>"
    if kind == "blockquote":
        return "<blockquote>", "</blockquote>"
    if kind == "expandable_blockquote":
        return '<blockquote class="expandable" tabindex="0">', "</blockquote>"
    if kind == "spoiler":
        return '<span class="spoiler" tabindex="0">', "</span>"
    if kind in ("url", "text_link"):
        address = html.escape(entity.get("url") or covered)
        if not address.startswith(SAFE_LINKS):
            return "", ""
        return f'<a href="{address}" target="_blank" rel="noreferrer">', "</a>"
    if kind == "bot_command":
        return f'<a class="command" data-command="{html.escape(covered)}">', "</a>"
    return "", ""
