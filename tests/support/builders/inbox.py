"""Updates, and what is being asked."""

from typing import Any

from sqlmodel import Session

from storage.tables import Conversation, InboxRow
from tests.support.builders.officers import build_officer
from tests.support.builders.rows import SOME_TIME, add, id_of, next_number


def build_inbox_row(s: Session, **fields: Any) -> InboxRow:
    """An update that was not handled yet."""
    number = next_number()
    return add(
        s, InboxRow, fields,
        update_id=1_000 + number, chat_key="key1", raw=f'{{"update_id": {1_000 + number}}}', received_at=SOME_TIME,
    )  # fmt: skip


def build_conversation(s: Session, **fields: Any) -> Conversation:
    """An officer is in the middle of a weigh-in."""
    if "officer_id" not in fields:
        fields["officer_id"] = id_of(build_officer(s))
    return add(s, Conversation, fields, topic="weigh_in", draft={"child": 3}, updated_at=SOME_TIME)
