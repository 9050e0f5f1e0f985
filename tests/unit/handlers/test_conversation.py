"""What is being asked: one row, and a question that came in between gives back the one before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.ui import conversation
from handlers.ui.request import Request
from sop_flows.calendar.office_hours import OfficeHours
from sop_flows.core.institution import Institution
from sop_flows.core.work import Work
from storage.cabinet import Cabinet
from storage.engine import Store
from tests.support.builders.officers import build_officer
from tests.support.packs import our_pack

NOW = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def incoming(sqlite_store: Store, tmp_path: Path) -> Iterator[Request]:
    """An officer's request in an open transaction."""
    pack = our_pack()
    office = OfficeHours(pack.unit.calendar, pack.unit.timezone, {}, ())
    house = Institution(pack=pack, office=office, cabinet=Cabinet(tmp_path, sqlite_store.keyring))
    with sqlite_store.transaction() as s:
        officer = build_officer(s)
        yield Request(Work(s, house, NOW, officer, 1), 1, "chat")


def asked(incoming: Request) -> str | None:
    row = conversation.current(incoming)
    return None if row is None else row.topic


def test_a_question_ends(incoming: Request) -> None:
    conversation.ask(incoming, "task_skip", {})
    assert asked(incoming) == "task_skip"
    conversation.end(incoming)
    assert asked(incoming) is None


def test_the_question_before_comes_back_with_its_draft_and_its_card(incoming: Request) -> None:
    row = conversation.ask(incoming, "weigh_in", {"child": 7})
    row.card_message_id, row.card_shown_at = 55, NOW
    conversation.ask(incoming, "task_obstacle", {"n": 1})
    present = conversation.current(incoming)
    assert present is not None
    assert (present.card_message_id, conversation.draft_of(present)) == (None, {"n": 1})
    back = conversation.end(incoming)
    assert back is not None
    assert (back.topic, conversation.draft_of(back), back.card_message_id) == ("weigh_in", {"child": 7}, 55)
    assert back.card_shown_at == NOW


def test_asking_the_same_again_keeps_the_card_and_stacks_nothing(incoming: Request) -> None:
    row = conversation.ask(incoming, "weigh_in", {"child": 7})
    row.card_message_id = 55
    again = conversation.ask(incoming, "weigh_in", {"child": 8})
    assert again.card_message_id == 55
    conversation.end(incoming)
    assert asked(incoming) is None


def test_only_a_few_questions_wait(incoming: Request) -> None:
    for topic in ("a", "b", "c", "d", "e", "f"):
        conversation.ask(incoming, topic, {})
    left = []
    while (waiting := asked(incoming)) is not None:
        left.append(waiting)
        conversation.end(incoming)
    assert left == ["f", "e", "d", "c"]


def test_a_question_further_down_can_end_alone(incoming: Request) -> None:
    for topic in ("a", "b", "c"):
        conversation.ask(incoming, topic, {})
    conversation.end(incoming, "b")
    assert asked(incoming) == "c"
    conversation.end(incoming)
    assert asked(incoming) == "a"
