"""What was seen on the phones and what stands in the database, as plain values: a test can forge them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from storage.queries.accounts import find_officer_of_chat
from storage.tables import Confirmation, InboxRow, Reminder, Weight
from tests.faults.month import Lived, Month
from tests.faults.owed import Owed, expected
from tests.faults.robots import Sent
from tests.faults.telegram import Arrival


@dataclass(frozen=True)
class Evidence:
    """Of one month."""

    # of the phones
    arrivals: tuple[Arrival, ...]
    sent: tuple[Sent, ...]
    owed: tuple[Owed, ...]
    void: frozenset[Owed]  # what the officer did before it was due
    promises: int  # how many of `owed` were promised to a phone
    refused: dict[int, int]
    # of the database
    reminders: dict[int, Reminder]
    confirmations: tuple[Confirmation, ...]
    weights: tuple[Weight, ...]
    set_aside: tuple[InboxRow, ...]
    update_of_row: dict[int, int]  # of the inbox
    # of both
    names: dict[int, str]  # of officers, by id
    chats: dict[str, int]  # by name
    lived: Lived
    ended_at: datetime


def collect(month: Month) -> Evidence:
    """Read everything; the bot has stopped."""
    phones = {phone.name: phone.id for phone in month.telegram.world.phones}
    store = month.opened.store
    with store.reading() as s:
        names = {}
        for name, chat_id in phones.items():
            found = find_officer_of_chat(s, store.keyring.fingerprint(str(chat_id), "chat"))
            assert found is not None, name
            names[found[0].id or 0] = name
        evidence = Evidence(
            arrivals=tuple(month.telegram.arrivals),
            sent=tuple(month.robots.sent),
            owed=(*expected(month.days), *month.robots.promises),
            void=frozenset(month.robots.void),
            promises=len(month.robots.promises),
            refused=dict(month.telegram.refused),
            reminders={row.id or 0: row for row in s.exec(select(Reminder)).all()},
            confirmations=tuple(s.exec(select(Confirmation)).all()),
            weights=tuple(s.exec(select(Weight)).all()),
            set_aside=tuple(s.exec(select(InboxRow).where(col(InboxRow.set_aside_at).is_not(None))).all()),
            update_of_row=dict(month.lived.update_of_row),
            names=names,
            chats=phones,
            lived=month.lived,
            ended_at=month.ended_at,
        )
        s.expunge_all()
    return evidence
