"""docs/panduan.md says what Pandu says: its buttons, its commands, the words of /bantuan; its pictures are there and small."""

import json
import re
from pathlib import Path

import pytest

from handlers.handbook.help import free_words
from handlers.routes import COMMANDS
from scripts.guide import what_can_be_tried
from tests.support.labels import ours
from tests.support.packs import our_pack

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "panduan.md").read_text("utf-8")
PICTURES = ROOT / "docs" / "screenshots"
PAGE = ROOT / "simulator" / "page"
LESSONS = json.loads((PAGE / "lessons.json").read_text("utf-8"))
WORDS = json.loads((PAGE / "words.json").read_text("utf-8"))
LANGUAGES = {"id", "en"}
IN_CODE = {"Content-Type", "Enter", "Escape", "Asia/Makassar"}
TOGETHER_MAX = 1_500_000  # bytes


def bold(text: str, mark: str) -> set[str]:
    return set(re.findall(rf"{re.escape(mark)}([^*\n]+){re.escape(mark)}", text))


def unknown(labels: set[str]) -> set[str]:
    """What no catalogue says, nor begins to say ("Kejadian: 1")."""
    said = ours()
    return {one for one in labels if not any(text == one or text.startswith(f"{one}:") for text in said)}


def test_its_buttons_and_commands_are_those_of_the_bot() -> None:
    assert unknown(bold(GUIDE, "**") - {"Latihan", "Yang bisa dicoba"}) == set()
    assert set(re.findall(r"(?<![\w<])/([a-z]+)\b(?!/)", re.sub(r"\]\(.*?\)|src=\S+", "", GUIDE))) <= set(
        COMMANDS
    )


def test_it_says_the_words_of_the_help() -> None:
    for said in free_words():
        assert f"- {said}\n" in GUIDE


def test_it_says_what_the_bot_says_to_each_role() -> None:
    """Under [Panduan saya] of /bantuan; a guide for every role, for heads and for admins."""
    unit = our_pack().unit
    assert set(unit.guide.roles) == set(unit.roles)
    sentences = re.findall(r"^(?:- |\d\. )(.+)$", GUIDE, re.MULTILINE)
    for said in (*unit.guide.roles.values(), unit.guide.heads, unit.guide.admins):
        assert said
        assert set(said) <= set(sentences)


def test_its_pictures_are_there_and_small_and_every_one_is_shown() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = set(re.findall(r"screenshots/([\w-]+\.png)", GUIDE + readme))
    there = {file.name: file.stat().st_size for file in PICTURES.iterdir()}
    assert shown == set(there)
    assert sum(there.values()) < TOGETHER_MAX


def test_it_says_what_can_be_tried_on_the_page() -> None:
    assert what_can_be_tried() in GUIDE, "scripts/guide.py writes it"


@pytest.mark.parametrize("role", LESSONS["roles"])
def test_lessons_say_what_is_done(role: str) -> None:
    """What is to be tapped or typed stands in the words of the step, so that who follows them does what the test does."""
    for step in LESSONS["roles"][role]:
        for language in LANGUAGES:
            said = step["say"][language]
            for what in step["do"]:
                label = (
                    WORDS["clock.day"][language] if what == WORDS["clock.day"]["id"] else what.strip("[]{}☐ ")
                )
                assert f"*{label}*" in said or label.isdigit(), (
                    said
                )  # the place of a line may be told by its words


def test_the_page_says_everything_in_both_languages() -> None:
    """Each word that it asks for is there, none for nothing, and both languages take the same {things}."""
    html, code = (PAGE / "index.html").read_text("utf-8"), "".join(scripts().values())
    asked = set(re.findall(r'data-(?:word|aria-label|placeholder|alt)="([^"]+)"', html))
    for call in re.findall(r"word\(([^)]*)", code):
        asked |= set(re.findall(r'"([a-z]+\.[\w-]+)"', call))
    kinds = {one for one in WORDS if one.startswith("kind.")}
    assert asked <= set(WORDS)
    assert {one for one in WORDS if f'"{one}"' not in html + code} <= kinds
    tries = [
        one["try"]
        for of in ("roles", "more")
        for steps in LESSONS[of].values()
        for one in steps
        if "try" in one
    ]
    says = [step["say"] for steps in LESSONS["roles"].values() for step in steps]
    for said in (*WORDS.values(), *tries, *says):
        assert set(said) == LANGUAGES
        assert all(said.values())
        assert len({frozenset(re.findall(r"{\w+}", text)) for text in said.values()}) == 1, said


def scripts() -> dict[str, str]:
    """The scripts of the page by name, without what they say to who reads them."""
    return {file.name: re.sub(r"(?<![:\"'])//.*", "", file.read_text("utf-8")) for file in PAGE.glob("*.js")}


def test_no_word_of_the_page_stands_in_its_code() -> None:
    """But for the name, and what the bot says: the labels that the other officers look for."""
    html = re.sub(r"<(title|h1|strong)>Pandu</\1>", "", (PAGE / "index.html").read_text("utf-8"))
    assert re.findall(r">[^<]*[A-Za-z]{2}[^<]*<", html) == []
    assert re.findall(r' (?:aria-label|placeholder|alt|title)="[^"]+"', html) == []
    for name, code in scripts().items():
        texts = {text for quoted in re.findall(r'"([^"\n]*)"|`([^`\n]*)`', code) for text in quoted}
        plain = {re.sub(r"\$\{[^}]*\}", "", text).strip() for text in texts}
        words = {text for text in plain if re.match(r"[A-Z][a-z]+\b|[^-.#]*[a-z]{3} [a-z]{3}[^-.#]*$", text)}
        assert words - {*ours()} - IN_CODE == set(), name
