"""Telegram's HTML: text with tags in, plain text and entities out, with Telegram's own complaints.

Offsets and lengths of entities are UTF-16 units, offsets in complaints are bytes of UTF-8.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

from simulator.refusals import bad_request

JSON = dict[str, Any]

ENTITY_OF_TAG = {
    "b": "bold", "strong": "bold",
    "i": "italic", "em": "italic",
    "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}  # the four that Telegram knows; others stay as typed
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
ATTRIBUTE_NAME = re.compile(r"""([^\s=>/"']+)\s*""")
NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*(?=[\s>])")


def utf16_length(text: str) -> int:
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


@dataclass
class OpenTag:
    name: str
    argument: str
    offset: int  # UTF-16 units
    position: int  # index into the parts of the plain text


def parse_html(source: str) -> tuple[str, list[JSON]]:
    """Plain text and entities of `source`.

    Raises:
        Refusal: "can't parse entities: ..." where Telegram would say so.
    """
    parts: list[str] = []
    entities: list[JSON] = []
    nested: list[OpenTag] = []
    length = 0
    at = 0
    while at < len(source):
        character = source[at]
        if character == "&":
            decoded, at = _decode_reference(source, at)
            parts.append(decoded)
            length += utf16_length(decoded)
        elif character != "<":
            parts.append(character)
            length += utf16_length(character)
            at += 1
        elif source[at + 1 : at + 2] == "/":
            at = _close_tag(source, at, nested, entities, parts, length)
        else:
            name, argument, end = _read_start_tag(source, at)
            nested.append(OpenTag(name, argument, length, len(parts)))
            at = end
    if nested:
        raise _complaint(f'Can\'t find end tag corresponding to start tag "{nested[-1].name}"')
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return _trim("".join(parts), entities)


def _complaint(what: str) -> Exception:
    return bad_request(f"can't parse entities: {what}")


def _byte_offset(source: str, at: int) -> int:
    return len(source[:at].encode())


def _decode_reference(source: str, at: int) -> tuple[str, int]:
    match = REFERENCE.match(source, at)
    if match is None:
        return "&", at + 1
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return (NAMED[name], match.end()) if name in NAMED else ("&", at + 1)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "&", at + 1
    return chr(code), match.end()


def _read_start_tag(source: str, begin: int) -> tuple[str, str, int]:
    offset = _byte_offset(source, begin)
    name_match = re.compile(r"[^\s>]*").match(source, begin + 1)
    assert name_match is not None
    at = name_match.end()
    if at >= len(source):
        raise _complaint(f"Unclosed start tag at byte offset {offset}")
    name = name_match.group().lower()
    if name not in ENTITY_OF_TAG:
        raise _complaint(f'Unsupported start tag "{name}" at byte offset {offset}')
    attributes: dict[str, str] = {}
    while True:
        at = _skip_space(source, at)
        if at >= len(source):
            raise _complaint(f'Unclosed start tag "{name}" at byte offset {offset}')
        if source[at] == ">":
            break
        match = ATTRIBUTE_NAME.match(source, at)
        if match is None:
            raise _complaint(f'Empty attribute name in the tag "{name}" at byte offset {offset}')
        value, at = "1", match.end()
        if source[at : at + 1] == "=":
            value, at = _read_value(source, _skip_space(source, at + 1), offset)
        attributes[match.group(1)] = value
    return name, _argument(name, attributes, offset), at + 1


def _skip_space(source: str, at: int) -> int:
    while at < len(source) and source[at].isspace():
        at += 1
    return at


def _read_value(source: str, at: int, offset: int) -> tuple[str, int]:
    quote = source[at : at + 1]
    if quote in ("'", '"'):
        end = source.find(quote, at + 1)
        if end == -1 or end + 1 >= len(source):
            raise _complaint(f"Unclosed start tag at byte offset {offset}")
        return html.unescape(source[at + 1 : end]), end + 1
    match = NAME_TOKEN.match(source, at)
    if match is None:
        raise _complaint(f"Unexpected end of name token at byte offset {_byte_offset(source, at)}")
    return match.group().lower(), match.end()


def _argument(name: str, attributes: dict[str, str], offset: int) -> str:
    if name == "a":
        return attributes.get("href", "")
    if name == "blockquote":
        return attributes.get("expandable", "")
    css_class = attributes.get("class", "")
    if name == "code" and css_class.startswith("language-"):
        return css_class.removeprefix("language-")
    if name == "span" and css_class != "tg-spoiler":
        raise _complaint(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    return ""


def _close_tag(
    source: str, begin: int, nested: list[OpenTag], entities: list[JSON], parts: list[str], length: int
) -> int:
    offset = _byte_offset(source, begin)
    if not nested:
        raise _complaint(f"Unexpected end tag at byte offset {offset}")
    match = re.compile(r"</([^\s>]*)\s*").match(source, begin)
    assert match is not None
    if source[match.end() : match.end() + 1] != ">":
        raise _complaint(f"Unclosed end tag at byte offset {offset}")
    tag = nested.pop()
    found = match.group(1).lower()
    if found and found != tag.name:
        raise _complaint(
            f'Unmatched end tag at byte offset {offset}, expected "</{tag.name}>", found "</{found}>"'
        )
    if length > tag.offset:
        entity: JSON = {"type": ENTITY_OF_TAG[tag.name], "offset": tag.offset, "length": length - tag.offset}
        if tag.name == "a":
            entity["url"] = tag.argument or "".join(parts[tag.position :])
        elif tag.name == "blockquote" and tag.argument:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code" and tag.argument:
            entity = {**entity, "type": "pre", "language": tag.argument}
        entities.append(entity)
    return match.end() + 1


def _trim(text: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    """Telegram drops white space at both ends and moves the entities along."""
    stripped = text.lstrip()
    cut = utf16_length(text) - utf16_length(stripped)
    stripped = stripped.rstrip()
    whole = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, whole)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return stripped, kept
