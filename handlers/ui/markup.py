"""HTML for Telegram: escaping, fitting into one message, codes of children."""

import html
import re

TEXT_MAX = 4096  # characters of one message after Telegram has read the tags; ours counts them too
LABEL_MAX = 24  # characters of a button that the narrowest phone shows whole
ECHO_MAX = 40  # characters of the officer's words that are said back
_TAG = re.compile(r"<(/?)(b|i|u|s|code|pre|blockquote|a)\b[^>]*>")


def esc(text: str) -> str:
    """Anything that a person typed or that a pack says, safe inside HTML."""
    return html.escape(text, quote=False)


def bold(text: str) -> str:
    """Escaped and bold."""
    return f"<b>{esc(text)}</b>"


def more(*lines: str) -> str:
    """Lines (HTML) that are folded until the officer opens them; "" without lines."""
    return f"<blockquote expandable>{chr(10).join(lines)}</blockquote>" if lines else ""


def clip(text: str, limit: int = TEXT_MAX) -> str:
    """`text` (HTML) cut at a line so that it fits; open tags are closed, and … says that it was cut."""
    if len(text) <= limit:
        return text
    room = limit - 40  # for the … and the closing tags
    cut = text.rfind("\n", 0, room)
    kept = text[: cut if cut > room // 2 else room]
    if kept.rfind("<") > kept.rfind(">"):
        kept = kept[: kept.rfind("<")]
    if kept.rfind("&") > kept.rfind(";") and len(kept) - kept.rfind("&") < 8:
        kept = kept[: kept.rfind("&")]
    still_open: list[str] = []
    for match in _TAG.finditer(kept):
        closing, name = match.groups()
        if not closing:
            still_open.append(name)
        elif still_open and still_open[-1] == name:
            still_open.pop()
    return kept + "…" + "".join(f"</{name}>" for name in reversed(still_open))


def shorten(text: str, limit: int) -> str:
    """Plain text cut at `limit` characters, with … in place of what is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def echo(words: str) -> str:
    """What was typed, said back on one line (HTML)."""
    return esc(shorten(" ".join(words.split()), ECHO_MAX))


def child_code(number: int) -> str:
    """A child's number as everyone says it: 17 is "017"."""
    return f"{number:03d}"
