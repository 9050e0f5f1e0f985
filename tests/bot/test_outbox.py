"""Replies on their way: late, refused, doubled, but never lost."""

import httpx
import pytest
from sqlmodel import col, select

from handlers.ui.request import Button, Delete, Edit, Reply, Request, Say, Toast, reply
from simulator.faults import Fault
from storage.tables import Account, Conversation, InboxRow, StrangerVisit
from tests.bot.conftest import MakeTown
from tests.support.builders.inbox import build_conversation
from tests.support.town import Town


def last_row(town: Town) -> InboxRow:
    return town.rows(select(InboxRow).order_by(col(InboxRow.id)))[-1]


@pytest.mark.parametrize("status", [429, 500, 502])
async def test_a_reply_that_can_not_be_said_now_is_said_later(make_town: MakeTown, status: int) -> None:
    pauses: list[float] = []

    async def retry(seconds: float) -> None:
        pauses.append(seconds)

    town = await make_town(retry=retry)
    ani = town.seat("Ani")
    town.world.faults.append(Fault(status=status, method="sendMessage", retry_after=7, count=2))
    await ani.types("halo")
    assert [screen.text for screen in ani.screens] == ["got halo"]
    assert pauses == ([7, 7] if status == 429 else [1, 2])
    assert last_row(town).replied_at is not None


async def test_while_one_reply_waits_the_next_update_is_handled_and_order_is_kept(
    make_town: MakeTown,
) -> None:
    handled_meanwhile: list[bool] = []

    async def retry(seconds: float) -> None:
        await town.runtime.workers.work_until_idle()
        handled_meanwhile.append(all(row.handled_at for row in town.rows(select(InboxRow))))

    def route(request: Request) -> Reply:
        request.session.add(StrangerVisit(chat_key=request.text or "", refused_at=request.now))
        return reply(Say(f"got {request.text}"))

    town = await make_town(route, retry=retry)
    ani = town.seat("Ani")
    town.world.faults.append(Fault(status=429, method="sendMessage", retry_after=30))
    for word in ("satu", "dua", "tiga"):
        ani.phone.types(word)
    await town.settle()
    assert handled_meanwhile == [True]
    assert [screen.text for screen in ani.screens] == ["got satu", "got dua", "got tiga"]


async def test_an_answer_lost_on_the_way_is_said_twice_at_most(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    town.world.faults.append(Fault(status=502, method="sendMessage", takes_effect=True))
    await ani.types("halo")
    assert [screen.text for screen in ani.screens] == ["got halo", "got halo"]


class FailsOnce(httpx.AsyncBaseTransport):
    """The n-th sendMessage gets no answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport, nth: int) -> None:
        self.inner = inner
        self.left = nth

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("sendMessage"):
            self.left -= 1
            if self.left == 0:
                raise httpx.ReadError("the line broke")
        return await self.inner.handle_async_request(request)


async def test_what_was_said_of_a_reply_is_not_said_again(make_town: MakeTown) -> None:
    town = await make_town(
        lambda request: reply(Say("satu"), Say("dua"), Say("tiga")),
        through=lambda inner: FailsOnce(inner, 2),
    )
    ani = town.seat("Ani")
    await ani.types("halo")
    assert [screen.text for screen in ani.screens] == ["satu", "dua", "tiga"]


async def test_not_modified_counts_as_said(make_town: MakeTown) -> None:
    def route(request: Request) -> Reply:
        keyboard = ((Button("Go", "1.go~now"),),)
        return reply(Edit("same", keyboard) if request.press else Say("same", keyboard))

    town = await make_town(route)
    ani = town.seat("Ani")
    await ani.types("halo")
    await ani.taps("Go")
    await ani.taps("Go")
    assert [screen.text for screen in ani.screens] == ["same"]
    assert last_row(town).error is None
    assert last_row(town).replied_at is not None


async def test_a_message_that_is_gone_is_said_anew(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    await ani.types("halo")
    card = ani.last_screen
    data = card.data_of("Go")
    town.world.delete(card.message)
    await ani.taps_data(data, on=card)
    assert [screen.text for screen in ani.screens] == ["tapped now"]
    assert last_row(town).error is None


async def test_what_telegram_refuses_goes_to_doctor_and_the_officer_is_told(make_town: MakeTown) -> None:
    town = await make_town(lambda request: reply(Say("<b>broken")))
    ani = town.seat("Ani")
    await ani.types("halo")
    assert "P1" in ani.last_screen.text
    row = last_row(town)
    assert row.error is not None
    assert row.error.startswith("BadRequest: Can't parse entities")
    assert row.replied_at is not None


async def test_a_blocked_bot_is_noted_and_forgotten_when_the_officer_writes_again(
    make_town: MakeTown,
) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    town.world.faults.append(Fault(status=403, method="sendMessage"))
    await ani.types("halo")
    assert town.rows(select(Account))[0].blocked_at == town.clock.now()
    await ani.types("lagi")
    assert town.rows(select(Account))[0].blocked_at is None
    assert ani.last_screen.text == "got lagi"


async def test_telegram_says_itself_that_the_bot_was_blocked(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    await ani.blocks()
    assert town.rows(select(Account))[0].blocked_at == town.clock.now()
    await ani.unblocks()
    assert town.rows(select(Account))[0].blocked_at is None
    assert ani.screens == []


async def test_every_tap_is_answered_even_when_there_is_nothing_to_say(make_town: MakeTown) -> None:
    keyboard = ((Button("Go", "1.go"),),)
    town = await make_town(lambda request: reply() if request.press else reply(Say("card", keyboard)))
    ani = town.seat("Ani")
    await ani.types("halo")
    await ani.taps("Go")
    assert all(tap.answered for tap in town.world.taps.values())
    assert len(town.world.taps) == 1


async def test_a_toast_that_comes_too_late_becomes_a_message(make_town: MakeTown) -> None:
    keyboard = ((Button("Go", "1.go"),),)
    town = await make_town(
        lambda request: reply(Toast("sudah selesai") if request.press else Say("card", keyboard))
    )
    ani = town.seat("Ani")
    await ani.types("halo")
    ani.phone.taps("Go")
    town.clock.advance(hours=2)
    await town.settle()
    assert [screen.text for screen in ani.screens] == ["card", "sudah selesai"]


async def test_a_reply_left_by_an_earlier_process_is_said_at_start(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    ani.phone.types("halo")
    await town.runtime.poll_once()
    outbox = town.runtime.outbox

    async def killed(*_: object) -> None:
        """Between the commit and the reply."""

    outbox.send = killed  # type: ignore[method-assign, assignment]
    await town.settle()
    assert ani.screens == []
    await town.restart()
    await town.settle()
    assert [screen.text for screen in ani.screens] == ["got halo"]
    assert last_row(town).reply is None


async def test_the_card_is_remembered_for_the_question_it_belongs_to(make_town: MakeTown) -> None:
    town = await make_town(lambda request: reply(Say("card", card=True), Delete(request.message_id or 0)))
    ani = town.seat("Ani")
    with town.store.transaction() as s:
        build_conversation(s, officer_id=ani.id, topic="weigh_in")
    await ani.types("23,5")
    [row] = town.rows(select(Conversation))
    assert row.card_message_id == ani.last_screen.message.id
    assert row.card_shown_at == town.clock.now()
    assert [message.text for message in ani.phone.messages] == ["card"]
