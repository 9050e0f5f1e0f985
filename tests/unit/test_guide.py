"""docs/panduan.md says what Pandu says: its buttons, its commands, the words of /bantuan; its pictures are there and small."""

import json
import re
from pathlib import Path

import pytest

from handlers.handbook.help import free_words
from handlers.routes import COMMANDS
from tests.support.labels import ours

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "panduan.md").read_text("utf-8")
PICTURES = ROOT / "docs" / "screenshots"
LESSONS = ROOT / "simulator" / "page" / "lessons.json"
TOGETHER_MAX = 1_500_000  # bytes


def bold(text: str, mark: str) -> set[str]:
    return set(re.findall(rf"{re.escape(mark)}([^*\n]+){re.escape(mark)}", text))


def unknown(labels: set[str]) -> set[str]:
    """What no catalogue says, nor begins to say ("Kejadian: 1")."""
    said = ours()
    return {one for one in labels if not any(text == one or text.startswith(f"{one}:") for text in said)}


def test_its_buttons_and_commands_are_those_of_the_bot() -> None:
    assert unknown(bold(GUIDE, "**") - {"Latihan"}) == set()
    assert set(re.findall(r"(?<![\w<])/([a-z]+)\b(?!/)", re.sub(r"\]\(.*?\)|src=\S+", "", GUIDE))) <= set(
        COMMANDS
    )


def test_it_says_the_words_of_the_help() -> None:
    for said in free_words():
        assert f"- {said}\n" in GUIDE


def test_its_pictures_are_there_and_small_and_every_one_is_shown() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = set(re.findall(r"screenshots/([\w-]+\.png)", GUIDE + readme))
    there = {file.name: file.stat().st_size for file in PICTURES.iterdir()}
    assert shown == set(there)
    assert sum(there.values()) < TOGETHER_MAX


@pytest.mark.parametrize("role", json.loads(LESSONS.read_text("utf-8"))["roles"])
def test_lessons_say_what_is_done(role: str) -> None:
    """What is to be tapped or typed stands in the words of the step, so that who follows them does what the test does."""
    for step in json.loads(LESSONS.read_text("utf-8"))["roles"][role]:
        for what in step["do"]:
            label = what.strip("[]☐ ")
            assert label in step["say"] or label.isdigit(), step[
                "say"
            ]  # the place of a line may be told by its words
