"""Due reminders on their way: bundled, paced, once; nothing blocks what is behind it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from simulator.faults import Fault
from storage.tables import Account, Reminder, ReminderKind, ReminderState
from tests.bot.conftest import MakeTown
from tests.support.builders.reminders import build_reminder
from tests.support.clocks import wita
from tests.support.person import Person
from tests.support.town import Town


def owe(town: Town, person: Person, rule: str, at: str, **fields: Any) -> int:
    """A notice with `rule` as its words, due `2026-11-30 09.00`."""
    with town.store.transaction() as s:
        row = build_reminder(
            s,
            officer_id=person.id,
            task_id=None,
            kind=ReminderKind.NOTICE,
            rule=rule,
            due_at=wita(at),
            **fields,
        )
        assert row.id is not None
        return row.id


def state_of(town: Town, number: int) -> str:
    [row] = town.rows(select(Reminder).where(col(Reminder.id) == number))
    return row.state.value


def state_text(town: Town, number: int) -> str:
    """As `state_of`, of a row that can't be read as a whole."""
    with town.store.reading() as s:
        return str(s.execute(text(f"SELECT state FROM reminders WHERE id = {number}")).scalar())


def texts(person: Person) -> list[str]:
    return [screen.text for screen in person.screens]


def blocked_since(town: Town) -> list[datetime | None]:
    return [account.blocked_at for account in town.rows(select(Account).order_by(col(Account.id)))]


async def test_sent_when_due_and_not_before(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    number = owe(town, ani, "timbang", "2026-11-30 09.00")
    town.clock.set("2026-11-30 08.59")
    await town.settle()
    assert texts(ani) == []
    town.clock.set("2026-11-30 09.00")
    await town.settle()
    assert texts(ani) == ["timbang"]
    assert ani.last_screen.is_protected
    [row] = town.reminders()
    assert (row.id, row.state, row.sent_at) == (number, ReminderState.SENT, wita("2026-11-30 09.00"))
    assert row.message_id == ani.last_screen.message.id
    town.clock.advance(days=1)
    await town.settle()
    assert texts(ani) == ["timbang"]


async def test_what_falls_into_the_same_quarter_of_an_hour_is_one_message(make_town: MakeTown) -> None:
    """The quarter begins with the first, wherever that is on the clock, and waiting does not lengthen it."""
    town = await make_town()
    ani, budi = town.seat("Ani"), town.seat("Budi")
    for rule, at in (("satu", "08.59"), ("dua", "09.01"), ("tiga", "09.13"), ("empat", "09.14")):
        owe(town, ani, rule, f"2026-11-30 {at}")
    owe(town, budi, "lima", "2026-11-30 09.05")
    await town.lives_until("2026-11-30 09.12")
    assert (texts(ani), texts(budi)) == ([], ["lima"])  # nothing leaves before it is due
    await town.lives_until("2026-11-30 09.13")
    assert (texts(ani), texts(budi)) == (["satu\ndua\ntiga"], ["lima"])
    await town.lives_until("2026-11-30 09.30")
    assert (texts(ani), texts(budi)) == (["satu\ndua\ntiga", "empat"], ["lima"])


async def test_what_comes_up_while_another_waits_does_not_lengthen_the_quarter(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    owe(town, ani, "satu", "2026-11-30 08.50")
    owe(town, ani, "dua", "2026-11-30 09.00")
    await town.lives_until("2026-11-30 08.55")
    owe(town, ani, "tiga", "2026-11-30 09.04")
    owe(town, ani, "empat", "2026-11-30 09.05")
    await town.lives_until("2026-11-30 09.03")
    assert texts(ani) == []
    await town.lives_until("2026-11-30 09.30")
    assert texts(ani) == ["satu\ndua\ntiga", "empat"]


async def test_what_is_no_longer_true_is_dropped(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    untrue = owe(town, ani, "untrue", "2026-11-30 09.00")
    ended = owe(town, ani, "digest", "2026-11-30 09.00", ends_at=wita("2026-11-30 08.30"))
    await town.lives_until("2026-11-30 09.30")
    assert texts(ani) == []
    assert (state_of(town, untrue), state_of(town, ended)) == ("dropped", "dropped")


async def test_quiet_hours_wait_until_six(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    number = owe(town, ani, "timbang", "2026-11-30 20.00")
    await town.lives_until("2026-12-01 05.59")
    assert texts(ani) == []
    assert state_of(town, number) == "pending"
    await town.lives_until("2026-12-01 06.00")
    assert texts(ani) == ["timbang"]


async def test_an_edit_makes_no_noise_and_does_not_wait(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    owe(town, ani, "timbang", "2026-11-30 19.00")
    await town.lives_until("2026-11-30 19.00")
    owe(town, ani, "sudah diambil Budi", "2026-11-30 21.00", edits_message_id=ani.last_screen.message.id)
    await town.lives_until("2026-11-30 21.00")
    assert texts(ani) == ["sudah diambil Budi"]


async def test_after_an_outage_everything_comes_once_in_one_message_marked_as_late(
    make_town: MakeTown,
) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    for rule, at in (("satu", "2026-11-30 09.00"), ("dua", "2026-11-30 13.00"), ("tiga", "2026-12-01 07.30")):
        owe(town, ani, rule, at)
    owe(town, ani, "untrue", "2026-11-30 10.00")
    await town.settle()
    await town.is_off_until("2026-12-01 09.00")
    assert texts(ani) == ["late:\nsatu\ndua\ntiga"]
    owe(town, ani, "empat", "2026-12-01 10.00")
    await town.lives_until("2026-12-01 10.30")
    assert texts(ani)[1:] == ["empat"]


async def test_a_restart_is_no_outage(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    owe(town, ani, "satu", "2026-11-30 08.10")
    await town.settle()
    await town.is_off_until("2026-11-30 08.12")
    assert texts(ani) == ["satu"]


async def test_a_clock_that_was_moved_is_no_outage(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    owe(town, ani, "satu", "2026-11-30 09.00")
    await town.settle()
    town.clock.advance(days=1)
    await town.settle()
    assert texts(ani) == ["satu"]


@pytest.mark.parametrize("status", [400, 403])
async def test_a_reminder_that_can_not_be_sent_blocks_nobody(make_town: MakeTown, status: int) -> None:
    town = await make_town()
    ani, budi = town.seat("Ani"), town.seat("Budi")
    failed = owe(town, ani, "racun", "2026-11-30 09.00")
    owe(town, budi, "satu", "2026-11-30 09.00")
    town.world.faults.append(Fault(status=status, method="sendMessage", chat_id=ani.phone.id))
    await town.lives_until("2026-11-30 09.01")
    assert blocked_since(town) == [wita("2026-11-30 09.00") if status == 403 else None, None]
    owe(town, ani, "dua", "2026-11-30 10.00")
    await town.lives_until("2026-11-30 10.00")
    again = ["racun"] if status == 403 else []  # it was the chat and not the text: owed once he is reached
    assert (texts(ani), texts(budi)) == (["dua", *again], ["satu"])
    assert state_of(town, failed) == ("sent" if status == 403 else "failed")
    assert blocked_since(town) == [None, None]  # the next one arrived


async def test_a_text_that_is_refused_takes_nothing_of_its_bundle_with_it(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    owe(town, ani, "satu", "2026-11-30 09.00")
    broken = owe(town, ani, "<b>broken", "2026-11-30 09.00")
    owe(town, ani, "dua", "2026-11-30 09.00")
    await town.lives_until("2026-11-30 09.01")
    assert texts(ani) == ["satu", "dua"]
    assert state_of(town, broken) == "failed"


async def test_a_reminder_whose_text_can_not_be_made_stands_alone(make_town: MakeTown) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    owe(town, ani, "satu", "2026-11-30 09.00")
    broken = owe(town, ani, "raises", "2026-11-30 09.00")
    await town.lives_until("2026-11-30 09.01")
    assert texts(ani) == ["satu"]
    [row] = town.rows(select(Reminder).where(col(Reminder.id) == broken))
    assert row.state == ReminderState.FAILED
    assert row.error is not None
    assert row.error.startswith("RuntimeError in tests.support.standin_ports.push:")


async def test_retry_after_is_kept_in_the_row_and_others_go_on(make_town: MakeTown) -> None:
    town = await make_town()
    ani, budi = town.seat("Ani"), town.seat("Budi")
    number = owe(town, ani, "satu", "2026-11-30 09.00")
    owe(town, budi, "dua", "2026-11-30 09.00")
    town.world.faults.append(Fault(status=429, chat_id=ani.phone.id, retry_after=600))
    town.clock.set("2026-11-30 09.00")
    await town.settle()
    assert (texts(ani), texts(budi)) == ([], ["dua"])
    owe(town, ani, "tiga", "2026-11-30 09.00")
    await town.settle()
    assert texts(ani) == []  # nothing else to this chat either
    with town.store.transaction() as s:
        row = s.get_one(Reminder, number)
        assert row.state == ReminderState.PENDING
        assert row.lease_until is not None
        row.lease_until -= timedelta(seconds=600)  # ten minutes of real time go by
        s.add(row)
    await town.settle()
    assert texts(ani) == ["satu\ntiga"]


async def test_killed_between_sending_and_marking_one_message_comes_twice_at_most(
    make_town: MakeTown,
) -> None:
    town = await make_town()
    ani = town.seat("Ani")
    owe(town, ani, "satu", "2026-11-30 09.00")
    town.clock.set("2026-11-30 09.00")

    def killed(*_: object) -> None:
        raise RuntimeError

    town.runtime.dispatcher.delivery._sent = killed  # type: ignore[method-assign, assignment]
    await town.runtime.dispatcher.dispatch_until_idle()
    assert texts(ani) == ["satu"]
    await town.restart()
    await town.settle()
    await town.settle()
    assert texts(ani) == ["satu", "satu"]


async def test_an_officer_whose_messages_can_not_be_made_holds_up_nobody(
    make_town: MakeTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = await make_town()
    ani, budi = town.seat("Ani"), town.seat("Budi")
    kept = owe(town, ani, "satu", "2026-11-30 09.00")
    owe(town, budi, "dua", "2026-11-30 09.01")
    batcher = town.runtime.dispatcher._batcher
    batch = batcher.batch

    def broken(s: Any, officer: Any, *rest: Any, **how: Any) -> Any:
        if officer.id == ani.id:
            raise RuntimeError
        return batch(s, officer, *rest, **how)

    monkeypatch.setattr(batcher, "batch", broken)
    town.clock.set("2026-11-30 09.05")
    await town.runtime.dispatcher.dispatch_until_idle()
    assert (texts(ani), texts(budi)) == ([], ["dua"])
    assert state_of(town, kept) == "pending"  # tried again later, and doctor counts it as overdue


async def test_a_row_that_can_not_be_read_takes_no_other_with_it(make_town: MakeTown) -> None:
    town = await make_town()
    ani, budi = town.seat("Ani"), town.seat("Budi")
    broken = owe(town, ani, "satu", "2026-11-30 09.00")
    owe(town, ani, "dua", "2026-11-30 09.00")
    owe(town, budi, "tiga", "2026-11-30 09.00")
    with town.store.engine.begin() as connection:
        column = "X'00'" if town.store.engine.dialect.name == "sqlite" else "'\\x00'::bytea"
        connection.execute(text(f"UPDATE reminders SET payload = {column} WHERE id = {broken}"))
    town.clock.set("2026-11-30 09.00")
    await town.settle()
    assert (texts(ani), texts(budi)) == (["dua"], ["tiga"])
    assert state_text(town, broken) == "failed"


async def test_an_officer_without_a_phone_is_told_to_doctor(make_town: MakeTown) -> None:
    town = await make_town()
    ani, budi = town.seat("Ani"), town.seat("Budi")
    with town.store.transaction() as s:
        for account in s.exec(select(Account).where(col(Account.officer_id) == ani.id)):
            account.unbound_at = town.clock.now()
            s.add(account)
    number = owe(town, ani, "satu", "2026-11-30 09.00")
    owe(town, budi, "dua", "2026-11-30 09.00")
    await town.lives_until("2026-11-30 09.00")
    assert (texts(ani), texts(budi)) == ([], ["dua"])
    assert state_of(town, number) == "failed"
