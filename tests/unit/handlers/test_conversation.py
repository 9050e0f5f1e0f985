"""What is being asked: one row, and a question that came in between gives back the one before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.ui import conversation
from handlers.ui.conversation import Life
from handlers.ui.request import Request
from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.work import Institution, Work
from storage.cabinet import Cabinet
from storage.engine import Store
from storage.tables import Conversation
from tests.support.builders.officers import build_officer
from tests.support.packs import real_pack

NOW = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def incoming(sqlite_store: Store, tmp_path: Path) -> Iterator[Request]:
    """An officer's request in an open transaction."""
    pack = real_pack()
    office = OfficeHours.of(pack.unit, {}, ())
    house = Institution(pack=pack, office=office, cabinet=Cabinet(tmp_path, sqlite_store.keyring))
    with sqlite_store.transaction() as s:
        officer = build_officer(s)
        yield Request(Work(s, house, NOW, officer, 1), 1, "chat")


def spoken(
    row: Conversation, update: int, at: datetime | None, last_id: int | None = 55, whole: bool = True
) -> None:
    conversation.note_spoken(row, update, card_id=None, last_id=last_id, at=at, is_whole=whole)


def is_early(incoming: Request, seconds: float) -> bool:
    """Whether words that Telegram dated so long after NOW come too early."""
    row = conversation.row_of(incoming)
    assert row is not None
    return conversation.is_early(replace(incoming, message_sent_at=NOW + timedelta(seconds=seconds)), row)


def asked(incoming: Request) -> str | None:
    row = conversation.current(incoming)
    return None if row is None else row.topic


def of_update(incoming: Request, update_id: int) -> Request:
    """The same request, in another update."""
    return replace(incoming, work=replace(incoming.work, update_id=update_id))


def test_how_long_words_answer_is_what_the_question_declares(incoming: Request) -> None:
    for life, over_by_time, over_by_leaving, asked_again in (
        (Life.SHORT, True, True, False),
        (Life.WAITS, False, False, True),
        (Life.OPEN, False, False, False),
    ):
        row = conversation.ask(incoming, "trip", {})
        late = [NOW + timedelta(minutes=minutes) for minutes in (59, 61)]
        assert [conversation.is_over(row, life, at) for at in late] == [False, over_by_time], life
        conversation.leave(incoming, row, life)
        assert conversation.is_over(row, life, NOW) == over_by_leaving, life
        assert (conversation.is_left_for_good(row), conversation.was_left(row)) == (
            over_by_leaving,
            asked_again,
        )
        conversation.ask(incoming, "trip", {})
        assert not conversation.is_over(row, life, NOW)
        assert not conversation.was_left(row)


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


def test_words_are_an_answer_two_seconds_after_the_question_was_shown(incoming: Request) -> None:
    row = conversation.ask(incoming, "weigh_in", {})
    assert is_early(incoming, 3600)  # nobody knows yet that it is on the phone
    spoken(row, 1, NOW, whole=False)
    assert is_early(incoming, 3600)  # a message of the reply is, the question is not
    spoken(row, 1, NOW)
    assert [is_early(incoming, seconds) for seconds in (-1, 0, 1, 2, 3)] == [True, True, True, False, False]
    assert row.card_message_id == 55


def test_an_edit_that_changed_nothing_has_the_time_of_the_card_that_stood_there(incoming: Request) -> None:
    row = conversation.ask(incoming, "weigh_in", {})
    conversation.note_card(incoming, row, "001", ())
    spoken(row, 1, NOW)
    second = of_update(incoming, 2)
    conversation.ask(second, "weigh_in", {})
    conversation.note_card(second, row, "001", ())
    spoken(row, 2, None)
    assert not is_early(second, 2)
    third = of_update(incoming, 3)
    conversation.ask(third, "weigh_in", {})
    conversation.note_card(third, row, "002", ())
    spoken(row, 3, None)  # a reply whose end nobody noted has shown it before, who knows when
    assert is_early(third, 60)


def test_a_question_of_an_earlier_version_was_read_long_ago(incoming: Request) -> None:
    row = conversation.ask(incoming, "weigh_in", {})
    row.draft = {"child": 7}
    assert not is_early(incoming, 0)


def test_a_question_that_comes_back_is_answered_after_the_reply_that_says_so(incoming: Request) -> None:
    row = conversation.ask(incoming, "weigh_in", {"child": 7})
    spoken(row, 1, NOW)
    for topic in ("task_obstacle", None):
        incoming = of_update(incoming, (incoming.work.update_id or 0) + 1)
        if topic is None:
            conversation.end(incoming)
        else:
            conversation.ask(incoming, topic, {})
    assert is_early(incoming, 60)
    spoken(row, (incoming.work.update_id or 0), NOW + timedelta(seconds=58), last_id=99)
    assert (is_early(incoming, 59), is_early(incoming, 60)) == (True, False)
    assert row.card_message_id == 55  # its card stands further up


def test_kept_answers_outlive_every_question_but_their_own(incoming: Request) -> None:
    row = conversation.ask(incoming, "weigh_in", {"child": 7}, None)
    words = [{"text": "24,1", "message_id": 8, "sent_at": NOW.isoformat(), "early": True}]
    conversation.keep(incoming, row, words)
    conversation.ask(incoming, "weigh_in", {"child": 8}, None)
    assert conversation.kept(row) == words
    conversation.ask(incoming, "task_skip", {})
    assert conversation.kept(row) == []
    conversation.end(incoming)
    assert conversation.kept(row) == words
    assert is_early(incoming, 3600)  # whatever follows is kept behind them
    conversation.end(incoming)
    assert conversation.take_lost(incoming, row) == words  # said, not dropped
