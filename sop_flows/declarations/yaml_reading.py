"""Text of a YAML file -> marked data: tuples, dicts and scalars, with the line of each."""

import re
from typing import Any

import yaml

from sop_flows.declarations.errors import PackError
from sop_flows.declarations.marked_yaml import MarkedYaml, Path
from sop_flows.declarations.scalars import kind_of, read_scalar

DEPTH_MAX = 12  # levels; a SOP uses 7
TOO_DEEP = f"nested too deeply; {DEPTH_MAX} levels are the most"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_INDENTED = "not readable as YAML: {}; is an indentation wrong?"
_HINTS = {
    "mapping values are not allowed in this context": (
        "not readable as YAML: {}; put quotes around a text that has ': ' in it"
    ),
    "could not find expected ':'": "not readable as YAML: {}; is a ':' missing, or an indentation wrong?",
    "did not find expected key": _INDENTED,
    "did not find expected '-' indicator": _INDENTED,
    "but found another document": "a second document begins here; one file is one SOP, without '---'",
    "exceeded maximum nesting depth": TOO_DEEP,
}


def read_marked(text: str, file: str) -> MarkedYaml:
    """Read one YAML text; its `errors` say what is wrong, and there is no data when that is not readable at all."""
    marked = MarkedYaml(file)
    try:
        marked.data = _Reader(text, marked).read(_top_of(text, file), ())
    except PackError as error:
        marked.errors.append(error)
    return marked


def _top_of(text: str, file: str) -> yaml.Node:
    if (control := _CONTROL.search(text)) is not None:
        line = text.count("\n", 0, control.start()) + 1
        raise PackError(file, line, f"a control character (code {ord(control[0])}) stands here; delete it")
    try:
        top = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise _yaml_error(error, text, file) from error
    if top is None or top.value == "":
        raise PackError(file, 1, "the file is empty")
    return top


class _Reader:
    def __init__(self, text: str, marked: MarkedYaml) -> None:
        self._text = text
        self._marked = marked
        self._read: dict[yaml.Node, Any] = {}  # what an alias stands for is read once

    def read(self, node: yaml.Node, path: Path) -> Any:
        line = _line(node)
        self._marked.lines.setdefault(path, line)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node in self._read:
            if self._read[node] is ...:
                name = self._text[node.start_mark.index + 1 :].split(maxsplit=1)[0]
                raise PackError(self._marked.file, line, f"*{name} stands within what it stands for")
            return self._read[node]
        if len(path) >= DEPTH_MAX:
            raise PackError(self._marked.file, line, TOO_DEEP)
        self._read[node] = ...  # until it is read
        if kind_of(node) not in ("map", "seq"):
            self._marked.refuse_line(line, f"the tag '{kind_of(node)}' is not known here; leave it out")
        if isinstance(node, yaml.MappingNode):
            self._read[node] = self._mapping(node, path)
        else:
            self._read[node] = tuple(self.read(item, (*path, at)) for at, item in enumerate(node.value))
        return self._read[node]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        seen: dict[Any, int] = {}
        for written, value in node.value:
            line = _line(written)
            key = self._key(written, path)
            inner = (*path, "?" if key is None else key if isinstance(key, int) else str(key))
            if key in seen:
                self._marked.refuse_line(line, f"the key '{key}' stands twice, first in line {seen[key]}")
            elif key is not None:
                seen[key] = self._marked.lines[inner] = line
                found[key] = self.read(value, inner)
        return found

    def _key(self, node: yaml.Node, path: Path) -> Any:
        """The key, None when it can't be one, which is noted then."""
        line, kind = _line(node), kind_of(node)
        if not isinstance(node, yaml.ScalarNode):
            self._marked.refuse_line(line, "a key must be a single word")
        elif kind == "bool":
            hint = "; call the number of a step 'step:'" if node.value.lower() == "no" else ""
            what = f"the key '{node.value}:' is read by YAML 1.1 as a boolean, not as a word{hint}"
            self._marked.refuse_line(line, what)
        elif kind == "null":
            self._marked.refuse_line(line, "a key is missing before the ':'")
        else:
            return self._scalar(node)
        return None

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return read_scalar(node)
        except ValueError as error:
            self._marked.refuse_line(_line(node), str(error))
            return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


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
    if "end of stream" in problem and (opened := getattr(error, "context_mark", None)) is not None:
        return PackError(
            file, opened.line + 1, f"not readable as YAML: {problem}; what begins here has no end"
        )
    return PackError(file, line, _HINTS.get(problem, "not readable as YAML: {}").format(problem))
