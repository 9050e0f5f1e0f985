"""Nothing leads nowhere: every button that is made anywhere has a route, and so has every word of the menus."""

import re
from pathlib import Path

import pytest

import handlers
from handlers.routes import ALL, QUESTIONS
from handlers.ui.conversation import Life
from handlers.ui.menus import commands_for, menu_for
from handlers.ui.request import About, Reply, Request, reply
from handlers.ui.routing import Routes, RouteTwiceError, merge
from handlers.ui.words import _
from sop_flows.declarations.loader import load_pack
from sop_flows.packs import find_pack

PACK = load_pack(find_pack("rppsa_putra_utama"))
SOURCES = sorted(Path(handlers.__file__).parent.rglob("*.py"))
VERB = re.compile(r'"([a-z]+_[a-z_]+)"')
MADE = re.compile(r"(?:button|pack|numbers)\(")


def verbs_made(text: str) -> set[str]:
    """Verbs in calls that make buttons (their labels may hold calls of their own, up to the end of the line)."""
    found = set()
    for match in MADE.finditer(text):
        window = text[match.end() : match.end() + 240]
        depth, end = 1, len(window)
        for position, letter in enumerate(window):
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                end = position
                break
        found.update(VERB.findall(window[:end]))
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_button_has_a_route(source: Path) -> None:
    missing = {
        verb
        for verb in verbs_made(source.read_text())
        if verb not in ALL.presses and not verb.endswith("_id")
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("roles", "is_head", "is_admin"),
    [
        (["kepala"], True, False),
        (["penyantunan"], False, False),
        (["penyantunan"], True, False),
        (["perawat"], False, False),
        (["tu"], False, True),
        (["peksos"], False, False),
        (["bimbingan"], True, False),
        (["guru"], False, False),
        ([], False, True),
    ],
)
def test_every_word_and_command_of_a_menu_has_a_route(
    roles: list[str], is_head: bool, is_admin: bool
) -> None:
    words = {_(word) for word in ALL.menu_words}
    shown = {word for row in menu_for(PACK, roles, is_head=is_head, is_admin=is_admin) for word in row}
    assert shown - words == set()
    commands = {name for name, _said in commands_for(PACK, roles, is_head=is_head, is_admin=is_admin)}
    assert commands - set(ALL.commands) == set()


def test_words_answer_a_question_of_a_kept_row_as_long_as_ever() -> None:
    lives = {life: {topic for topic, one in QUESTIONS.items() if one.life is life} for life in Life}
    assert lives[Life.WAITS] == {"visit_form"}
    assert lives[Life.OPEN] == {
        *("before_date", "case_close", "case_data", "case_open", "child_find", "cohort_add", "cohort_move"),
        *("cohort_open", "enrol_invite", "roll", "visit_move", "visit_not_met", "weigh_in"),
    }


def test_no_button_of_a_form_leaves_it() -> None:
    own = {verb for verb in ALL.presses if verb.startswith(("form_", "visit_"))} | {"place_open"}  # below it
    assert QUESTIONS["visit_form"].buttons == own


def test_two_areas_cannot_claim_one_route() -> None:
    def one(request: Request) -> Reply:
        return reply()

    def other(request: Request) -> Reply:
        return reply()

    with pytest.raises(RouteTwiceError, match="tugas"):
        merge(
            Routes(About.NOTHING, commands={"tugas": one}), Routes(About.NOTHING, commands={"tugas": other})
        )


def test_every_route_says_what_it_is_about() -> None:
    with pytest.raises(TypeError, match="about"):
        Routes(presses={"task_new": lambda request: reply()})  # type: ignore[call-arg]
    for table in (ALL.commands, ALL.presses, ALL.topics, ALL.menu_words):
        assert [name for name, found in table.items() if not isinstance(found.about, About)] == []


def test_what_is_named_like_a_task_or_a_case_is_about_one() -> None:
    """A fence against a wrong declaration; the few that are named alike and carry no such number."""
    alike = {"task_list", "task_week", "day_duty", "start_case", "start_go_case"}
    of_tasks = ("task_", "day_", "roll_", "weigh_", "visit_", "parents_", "form_", "decide_", "month_")
    of_cases = {About.CASE, About.CASE_PART, About.CASES}
    for verb, found in (ALL.presses | ALL.topics).items():
        if verb.startswith(of_tasks) and verb not in alike:
            assert found.about in (About.TASK, About.CARD), verb
        elif verb.startswith("case_"):
            assert found.about in of_cases, verb
