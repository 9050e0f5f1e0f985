"""YAML that remembers on which line everything stands, and refuses what YAML would silently change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from sop_flows.declarations.errors import PackError, PackErrors

Path = tuple[str | int, ...]  # keys and positions from the top of the file

DEPTH_MAX = 12  # levels; a SOP uses 7. Deeper is an alias that contains itself

_scalars = yaml.constructor.SafeConstructor()


@dataclass
class MarkedYaml:
    """One file as plain data (sequences are tuples), with the line of every key and item."""

    file: str
    data: Any = None
    _lines: dict[Path, int] = field(default_factory=dict)
    errors: list[PackError] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def refuse(self, path: Path, what: str) -> None:
        """Note a mistake at `path`."""
        self.errors.append(PackError(self.file, self.line(path), what))

    def move(self, places: Mapping[Path, Path], lines: Mapping[Path, int]) -> None:
        """Say where things stand after `data` was put together anew.

        Args:
            places: old path -> new path, for all that stands below them too. Other list items keep no line.
            lines: of what came from elsewhere; where a line is known already, that one wins.
        """
        moved = {path: line for path, line in self._lines.items() if len(path) < 2 or path[:1] != ("steps",)}
        for old, new in places.items():
            for path, line in self._lines.items():
                if path[: len(old)] == old:
                    moved[(*new, *path[len(old) :])] = line
        self._lines = {**lines, **moved}

    def _read(self, node: yaml.Node, path: Path) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > DEPTH_MAX:
            self.refuse(path, "nested too deeply; does an alias contain itself?")
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._read(item, (*path, index)) for index, item in enumerate(node.value))
        return self._scalar(node, path)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[Any, Any]]:
        seen: dict[Any, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.errors.append(PackError(self.file, line, "a key must be a single word"))
                continue
            if key_node.tag == "tag:yaml.org,2002:bool":
                hint = "; call the number of a step 'step:'" if key_node.value.lower() == "no" else ""
                what = f"the key '{key_node.value}:' is read by YAML 1.1 as a boolean, not as a word{hint}"
                self.errors.append(PackError(self.file, line, what))
                continue
            key = self._scalar(key_node, path)
            if key in seen:
                what = f"the key '{key_node.value}' stands twice, first in line {seen[key]}"
                self.errors.append(PackError(self.file, line, what))
                continue
            seen[key] = line
            inner = (*path, key if isinstance(key, int) else str(key))
            self._lines[inner] = line
            yield key, self._read(value_node, inner)

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        try:
            return _scalars.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            line = node.start_mark.line + 1
            what = f"{node.value!r} can't be read: {getattr(error, 'problem', None) or error}"
            self.errors.append(PackError(self.file, line, what))
            return None


def read_marked(text: str, file: str) -> MarkedYaml:
    """Read one YAML text; mistakes that can be passed over are collected in `errors`.

    Raises:
        PackErrors: the text is no YAML, or is empty.
    """
    marked = MarkedYaml(file)
    try:
        node = yaml.compose(
            text, Loader=yaml.CSafeLoader
        )  # ten times faster than SafeLoader, and keeps the marks
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        raise PackErrors([PackError(file, line, f"not readable as YAML: {what}")]) from error
    if node is None:
        raise PackErrors([PackError(file, 1, "the file is empty")])
    marked.data = marked._read(node, ())
    return marked
