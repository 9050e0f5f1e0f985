"""Text of a YAML file -> marked data, read event by event: what is too deep or too much stops at once.

`yaml.compose` would be simpler, but dies of a stack overflow on a few thousand brackets, takes seconds for a
megabyte of them, and leaves it to its caller to unfold an alias bomb.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from sop_flows.declarations.errors import PackError, PackErrors
from sop_flows.declarations.marked_yaml import MarkedYaml, Path
from sop_flows.declarations.scalars import kind_of, read_scalar

DEPTH_MAX = 12  # levels; a SOP uses 7
TOO_DEEP = f"nested too deeply; {DEPTH_MAX} levels are the most"
NODES_MAX = 20_000  # keys, values and lists, with aliases unfolded; a long SOP has 600

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_COLON = "put quotes around a text that has ': ' in it"
_HINTS = {
    "mapping values are not allowed in this context": _COLON,
    "could not find expected ':'": "is a ':' missing, or an indentation wrong?",
    "did not find expected key": "is an indentation wrong?",
    "did not find expected '-' indicator": "is an indentation wrong?",
}


class _Node(NamedTuple):
    value: Any
    size: int  # of it and all within, aliases unfolded


_Written = yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent


def read_marked(text: str, file: str) -> MarkedYaml:
    """Read one YAML text; mistakes that can be passed over are collected in `errors`.

    Raises:
        PackErrors: the text is no YAML, is empty, or is more than a pack file can be.
    """
    if (control := _CONTROL.search(text)) is not None:
        line = text.count("\n", 0, control.start()) + 1
        what = f"a control character (code {ord(control[0])}) stands here; delete it"
        raise PackErrors([PackError(file, line, what)])
    marked = MarkedYaml(file)
    try:
        _Reader(text, marked).read()
    except yaml.YAMLError as error:
        raise PackErrors([_yaml_error(error, text, file)]) from error
    return marked


class _Reader:
    def __init__(self, text: str, marked: MarkedYaml) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._marked = marked
        self._anchors: dict[str, _Node | None] = {}  # None: still being read
        self._count = 0

    def read(self) -> None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                break
        else:
            raise self._stop(1, "the file is empty")
        first = next(self._events)
        if isinstance(first, yaml.ScalarEvent) and not first.value:
            raise self._stop(1, "the file is empty")
        self._marked.data = self._node(first, ()).value
        next(self._events)  # the end of the document
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            raise self._stop(
                _line(after), "a second document begins here; one file is one SOP, without '---'"
            )

    def _node(self, event: _Written | yaml.AliasEvent, path: Path) -> _Node:
        line = _line(event)
        self._marked.lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent):
            node = self._alias(event, line)
        else:
            self._add(1, line)
            if event.anchor is not None:
                self._anchors[event.anchor] = None
            node = self._content(event, path, line)
            if event.anchor is not None:
                self._anchors[event.anchor] = node
        return node

    def _content(self, event: _Written, path: Path, line: int) -> _Node:
        if isinstance(event, yaml.ScalarEvent):
            return _Node(self._scalar(event, line), 1)
        if len(path) >= DEPTH_MAX:
            raise self._stop(line, TOO_DEEP)
        if event.tag not in (None, "!"):
            self._refuse(line, f"the tag '!{event.tag.removeprefix('!')}' is not known here; leave it out")
        before = self._count
        value = self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._sequence(path)
        return _Node(value, self._count - before + 1)

    def _sequence(self, path: Path) -> tuple[Any, ...]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items))).value)
        return tuple(items)

    def _mapping(self, path: Path) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        seen: dict[Any, int] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            key = self._key(event, path, line)
            inner = (*path, key if isinstance(key, int) else str(key)) if key is not None else (*path, "?")
            if key is not None and key not in seen:
                self._marked.lines[inner] = line
            value = self._node(next(self._events), inner).value
            if key is None:
                continue  # said already
            if key in seen:
                self._refuse(line, f"the key '{key}' stands twice, first in line {seen[key]}")
                continue
            seen[key] = line
            found[key] = value
        return found

    def _key(self, event: _Written | yaml.AliasEvent, path: Path, line: int) -> Any:
        """The key, None when it can't be one, which is noted then."""
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, (*path, "?"))
            self._refuse(line, "a key must be a single word")
            return None
        self._add(1, line)
        if kind_of(event) == "bool":
            hint = "; call the number of a step 'step:'" if event.value.lower() == "no" else ""
            self._refuse(
                line, f"the key '{event.value}:' is read by YAML 1.1 as a boolean, not as a word{hint}"
            )
            return None
        key = self._scalar(event, line)
        if key is None and kind_of(event) == "null":
            self._refuse(line, "a key is missing before the ':'")
        return key

    def _alias(self, event: yaml.AliasEvent, line: int) -> _Node:
        if event.anchor not in self._anchors:
            raise self._stop(
                line, f"*{event.anchor} stands for nothing; there is no &{event.anchor} before it"
            )
        node = self._anchors[event.anchor]
        if node is None:
            raise self._stop(line, f"*{event.anchor} stands within what it stands for")
        self._add(node.size, line)
        return node

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Any:
        try:
            return read_scalar(event)
        except ValueError as error:
            self._refuse(line, str(error))
            return None

    def _add(self, nodes: int, line: int) -> None:
        self._count += nodes
        if self._count > NODES_MAX:
            what = f"more than {NODES_MAX} keys and values in one file, aliases unfolded; no SOP is so long"
            raise self._stop(line, what)

    def _refuse(self, line: int, what: str) -> None:
        self._marked.errors.append(PackError(self._marked.file, line, what))

    def _stop(self, line: int, what: str) -> PackErrors:
        return PackErrors([PackError(self._marked.file, line, what)])


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _yaml_error(error: yaml.YAMLError, text: str, file: str) -> PackError:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    lines = text.split("\n")
    # libyaml complains about the line after it, or about something else, depending on where the tab is.
    for number in range(min(line, len(lines)), max(0, line - 3), -1):
        written = lines[number - 1]
        if "\t" in written[: len(written) - len(written.lstrip())]:
            return PackError(file, number, "the line begins with a tab; YAML is indented with spaces only")
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    if "nesting depth" in problem:  # newer libyaml looks ahead and gives up before our own count does
        return PackError(file, line, TOO_DEEP)
    if "end of stream" in problem and (opened := getattr(error, "context_mark", None)) is not None:
        return PackError(
            file, opened.line + 1, f"not readable as YAML: {problem}; what begins here has no end"
        )
    hint = f"; {_HINTS[problem]}" if problem in _HINTS else ""
    return PackError(file, line, f"not readable as YAML: {problem}{hint}")
