"""The documents name nothing that the repository does not hold: every link and every path in them leads to a file."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(path for path in (ROOT / "docs").rglob("*.md")),
    *sorted(path for path in (ROOT / "tests").rglob("*.md")),
]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`([a-z_]+/[\w./]*)`")
IN_THE_DATA_FOLDER = ("files/",)
BELOW = ("", "sop_flows", "handlers", "bot")  # a path may begin at its room


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_path_leads_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    broken = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    paths = [
        path
        for path in PATH.findall(text)
        if path not in IN_THE_DATA_FOLDER and not any((ROOT / room / path).exists() for room in BELOW)
    ]
    assert broken + paths == []
