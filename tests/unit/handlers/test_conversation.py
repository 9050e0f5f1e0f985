"""What is being asked: one row, and a question that came in between gives back the one before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers import conversation
from handlers.visit import Visit
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.core.institution import House
from storage.cabinet import Cabinet
from storage.engine import Store
from tests.support.builders.officers import build_officer
from tests.support.packs import our_pack

NOW = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def visit(sqlite_store: Store, tmp_path: Path) -> Iterator[Visit]:
    """An officer's visit in an open transaction."""
    pack = our_pack()
    office = OfficeHours(pack.unit.calendar, pack.unit.timezone, {}, ())
    house = House(pack=pack, office=office, cabinet=Cabinet(tmp_path, sqlite_store.keyring))
    with sqlite_store.transaction() as s:
        officer = build_officer(s)
        yield Visit(s, house, NOW, 1, 1, "chat", officer)


def asked(visit: Visit) -> str | None:
    row = conversation.current(visit)
    return None if row is None else row.topic


def test_a_question_ends(visit: Visit) -> None:
    conversation.ask(visit, "task_skip", {})
    assert asked(visit) == "task_skip"
    conversation.end(visit)
    assert asked(visit) is None


def test_the_question_before_comes_back_with_its_draft_and_its_card(visit: Visit) -> None:
    row = conversation.ask(visit, "weigh_in", {"child": 7})
    row.card_message_id, row.card_shown_at = 55, NOW
    conversation.ask(visit, "task_obstacle", {"n": 1})
    present = conversation.current(visit)
    assert present is not None
    assert (present.card_message_id, conversation.draft_of(present)) == (None, {"n": 1})
    back = conversation.end(visit)
    assert back is not None
    assert (back.topic, conversation.draft_of(back), back.card_message_id) == ("weigh_in", {"child": 7}, 55)
    assert back.card_shown_at == NOW


def test_asking_the_same_again_keeps_the_card_and_stacks_nothing(visit: Visit) -> None:
    row = conversation.ask(visit, "weigh_in", {"child": 7})
    row.card_message_id = 55
    again = conversation.ask(visit, "weigh_in", {"child": 8})
    assert again.card_message_id == 55
    conversation.end(visit)
    assert asked(visit) is None


def test_only_a_few_questions_wait(visit: Visit) -> None:
    for topic in ("a", "b", "c", "d", "e", "f"):
        conversation.ask(visit, topic, {})
    left = []
    while (waiting := asked(visit)) is not None:
        left.append(waiting)
        conversation.end(visit)
    assert left == ["f", "e", "d", "c"]


def test_a_question_further_down_can_end_alone(visit: Visit) -> None:
    for topic in ("a", "b", "c"):
        conversation.ask(visit, topic, {})
    conversation.end(visit, "b")
    assert asked(visit) == "c"
    conversation.end(visit)
    assert asked(visit) == "a"
