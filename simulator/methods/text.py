"""Text and captions of a call: parsed, counted, refused when too long."""

from typing import Any

from simulator.arguments import Arguments
from simulator.entities import with_found_entities
from simulator.html_text import parse_html, utf16_length
from simulator.refusals import bad_request
from simulator.switches import MAX_CAPTION, MAX_TEXT

JSON = dict[str, Any]


def read_text(args: Arguments) -> tuple[str, list[JSON]]:
    """Text of a message and its entities.

    Raises:
        Refusal: empty, over 4096, or broken HTML.
    """
    if not args.has("text"):
        raise bad_request("message text is empty")
    text, entities = parse_formatted(args, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(args: Arguments) -> tuple[str, list[JSON]]:
    """Caption and its entities, possibly empty.

    Raises:
        Refusal: over 1024, or broken HTML.
    """
    text, entities = parse_formatted(args, "caption", "caption_entities")
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def parse_formatted(args: Arguments, field: str, entities_field: str) -> tuple[str, list[JSON]]:
    source = args.text(field)
    mode = args.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode in ("", "none"):
        text, entities = source.strip(), args.nested(entities_field) or []
    else:
        raise bad_request("unsupported parse_mode: the simulator knows HTML only")
    return text, with_found_entities(text, entities)
