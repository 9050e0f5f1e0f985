"""One word or text of a YAML file, and the ways in which YAML 1.1 would silently change it."""

import re
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"
_KINDS = ("str", "value", "null", "bool", "int", "float", "timestamp", "merge", "map", "seq")
_TRUE = frozenset({"yes", "true", "on"})

# 010 would be 8, 12:30 would be 750, 1_000 would be 1000: only a number as people write it is one.
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})")

# As escapes (\x07 or \L in double quotes) or bare (U+2028): the stored text of the SOP would not be read back.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")

_constructor = yaml.constructor.SafeConstructor()


def kind_of(node: yaml.Node) -> str:
    """What YAML 1.1 takes it for: str, bool, int, float, timestamp, null, merge, map, seq, or "!" and an unknown tag."""
    tag = str(node.tag)
    return tag.removeprefix(_TAG) if tag.removeprefix(_TAG) in _KINDS else f"!{tag.removeprefix('!')}"


def read_scalar(node: yaml.ScalarNode) -> Any:
    """Its value: a text, whole number, boolean, date or None.

    Raises:
        ValueError: YAML would make something else of it than a reader; the message says what and what to write.
    """
    kind, text = kind_of(node), node.value
    if kind in ("str", "value"):
        if (found := _INVISIBLE.search(text)) is not None:
            what = "its escape" if node.style == '"' else "it"
            raise ValueError(f"a control character (code {ord(found[0])}) stands here; delete {what}")
        return text
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "int":
        if _PLAIN_NUMBER.fullmatch(text) is None:
            raise ValueError(_changed(text, "number"))
        return int(text)
    if kind == "float":
        raise ValueError(_changed(text, "decimal number"))
    if kind == "timestamp":
        return _date(node)
    if kind == "merge":
        raise ValueError("'<<' is not read here; write the keys out (a whole SOP can have same_steps_as)")
    raise ValueError(f"the tag '{kind}' is not known here; leave it out")


def _changed(text: str, to: str) -> str:
    shown = text if len(text) <= 20 else text[:20] + "..."
    hint = "; or write it without 0 in front" if re.fullmatch(r"-?0\d+", text) else ""
    return f'{shown} is read by YAML as a {to} and would be changed; put it in quotes: "{shown}"{hint}'


def _date(node: yaml.ScalarNode) -> Any:
    if len(node.value) > len("2026-12-24"):
        raise ValueError(f"{node.value[:40]!r} has a time of day; write the date alone, like 2026-12-24")
    try:
        return _constructor.construct_yaml_timestamp(node)
    except ValueError as error:
        raise ValueError(f"{node.value!r} is no date: {error}; write it like 2026-12-24") from None
