"""A dialog asks what is missing, refuses what is no answer, and does it once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handlers.ui import conversation
from handlers.ui.dialog import Dialog, Field, Screen, Talk, typed_day, typed_words
from handlers.ui.questions import NotAnAnswerError
from handlers.ui.request import Delete, Edit, Press, Reply, Request, Say, button, reply
from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.work import Institution, Work
from storage.cabinet import Cabinet
from storage.engine import Store
from tests.support.builders.officers import build_officer
from tests.support.packs import real_pack

NOW = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def incoming(sqlite_store: Store, tmp_path: Path) -> Iterator[Request]:
    """An officer's request in an open transaction."""
    pack = real_pack()
    office = OfficeHours.of(pack.unit, {}, ())
    institution = Institution(pack=pack, office=office, cabinet=Cabinet(tmp_path, sqlite_store.keyring))
    with sqlite_store.transaction() as s:
        yield Request(Work(s, institution, NOW, build_officer(s), 1), 1, "chat", message_id=7)


def asks(words: str) -> Screen:
    return words, ()


def not_today(talk: Talk, on: date) -> date:
    if on == talk.today:
        raise NotAnAnswerError("not today")
    return on


class Trip:
    """A dialog of a day, a reason and a last look; what it has done."""

    def __init__(self, *, is_card: bool = False, anew: str = "") -> None:
        self.done: list[dict[str, object]] = []
        self.refusal: NotAnAnswerError | None = None
        self.dialog = Dialog(
            "trip",
            (
                Field("day", lambda _talk: asks("Which day?"), typed_day("future"), not_today),
                Field("why", lambda _talk: asks("Why?"), typed_words, forgets=True),
                Field("never", lambda _talk: asks("Never?"), typed_words, is_asked=lambda _talk: False),
                Field("look", lambda talk: asks(f"{talk.draft['day']}, {talk.draft['why']}?"), anew=anew),
            ),
            self._submit,
            lambda _talk: button("Batal", "trip_stop"),
            about="child",
            elsewhere=lambda _request: reply(Say("over")),
            is_card=is_card,
        )

    def _submit(self, talk: Talk) -> Reply:
        if self.refusal is not None:
            raise self.refusal
        self.done.append({"day": talk.day("day"), "why": talk.draft["why"]})
        return reply(Say("done"))

    def says(self, request: Request, words: str) -> Reply:
        return self.dialog(replace(request, text=words))


def tap(request: Request, child: int = 5) -> Request:
    return replace(request, kind="button", press=Press("trip_ok", (child,)))


def text(answer: Reply) -> str:
    shown = answer.actions[0]
    assert isinstance(shown, Say | Edit)
    return shown.text


def test_it_asks_what_is_missing_and_does_it_once(incoming: Request) -> None:
    trip = Trip()
    assert text(trip.dialog.begin(incoming, {"child": 5})) == "Which day?"
    assert text(trip.says(incoming, "4 desember")) == "Why?"
    answer = trip.says(incoming, "Hujan")
    assert text(answer) == "2026-12-04, Hujan?"
    assert Delete(7) in answer.actions  # what was typed goes
    assert text(trip.dialog.confirm(tap(incoming))) == "done"
    assert text(trip.dialog.confirm(tap(incoming))) == "over"
    assert trip.done == [{"day": date(2026, 12, 4), "why": "Hujan"}]
    assert conversation.current(incoming) is None


def test_what_is_given_is_not_asked(incoming: Request) -> None:
    assert text(Trip().dialog.begin(incoming, {"child": 5, "day": "2026-12-04"})) == "Why?"


def test_no_answer_is_refused_and_the_question_stays(incoming: Request) -> None:
    trip = Trip()
    trip.dialog.begin(incoming, {"child": 5})
    for words in ("entah", "hari ini"):
        answer = trip.says(incoming, words)
        assert isinstance(answer.actions[0], Say)
        assert [one.text for line in answer.actions[0].keyboard for one in line] == ["Batal"]
    assert text(trip.says(incoming, "hari ini")) == "not today"
    assert text(trip.says(replace(incoming, kind="photo"), "")) != "Why?"
    assert text(trip.says(incoming, "besok")) == "Why?"


def test_words_at_the_last_look_may_be_another_answer(incoming: Request) -> None:
    trip = Trip(anew="day")
    trip.dialog.begin(incoming, {"child": 5, "day": "2026-12-04", "why": "Hujan"})
    assert text(trip.says(incoming, "hari ini")) == "not today"
    assert text(trip.says(incoming, "5 desember")) == "2026-12-05, Hujan?"
    assert text(trip.dialog.confirm(tap(incoming))) == "done"
    assert trip.done == [{"day": date(2026, 12, 5), "why": "Hujan"}]


def test_at_the_last_look_only_buttons_answer(incoming: Request) -> None:
    trip = Trip()
    trip.dialog.begin(incoming, {"child": 5, "day": "2026-12-04", "why": "Hujan"})
    assert text(trip.says(incoming, "ya")).endswith("2026-12-04, Hujan?")
    assert not trip.done


@pytest.mark.parametrize("child", [5, 6])
def test_a_button_of_another_dialog_changes_nothing(incoming: Request, child: int) -> None:
    trip = Trip()
    trip.dialog.begin(incoming, {"child": 5})
    name = "why" if child == 5 else "day"  # another question, or about another child
    assert text(trip.dialog.take(tap(incoming, child), name, date(2026, 12, 9))) == "over"
    assert text(trip.dialog.take(tap(incoming), "day", date(2026, 12, 9))) == "Why?"


def test_what_a_rule_refuses_is_asked_again(incoming: Request) -> None:
    trip = Trip()
    trip.dialog.begin(incoming, {"child": 5, "day": "2026-12-04", "why": "Hujan"})
    trip.refusal = NotAnAnswerError("a colleague was first", field="day")
    assert text(trip.dialog.confirm(tap(incoming))) == "Which day?\n\na colleague was first"
    trip.refusal = None
    assert text(trip.says(incoming, "9 desember")) == "2026-12-09, Hujan?"


def test_a_card_is_one_message(incoming: Request) -> None:
    trip = Trip(is_card=True)
    trip.dialog.begin(incoming, {"child": 5})
    row = conversation.current(incoming)
    assert row is not None
    row.card_message_id = 55
    answer = trip.says(incoming, "entah")
    shown = answer.actions[0]
    assert isinstance(shown, Edit)
    assert shown.message_id == 55
    assert shown.text.endswith("\n\nWhich day?")
    assert Delete(7) in answer.actions


def test_a_row_that_does_not_say_what_it_asks_is_at_what_is_missing(incoming: Request) -> None:
    trip = Trip()
    conversation.ask(incoming, "trip", {"child": 5, "day": "2026-12-04"})
    assert text(trip.says(incoming, "Hujan")) == "2026-12-04, Hujan?"
