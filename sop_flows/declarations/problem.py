"""One mistake that only shows when a declaration is read as a whole."""

from typing import NamedTuple

from sop_flows.declarations.marked_yaml import Path


class Problem(NamedTuple):
    """What is wrong, and where in the file."""

    path: Path
    what: str
