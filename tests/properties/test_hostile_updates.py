"""Whatever the server sends, and however often: an officer's next words are answered."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from storage.tables import InboxRow
from tests.support.town import Town

HALF = "\ud83d"  # half of a character
DEEP: Any = None
for _level in range(400):
    DEEP = [DEEP]

texts = st.one_of(
    st.text(st.characters(), max_size=20),
    st.sampled_from([HALF, "\x00", "a" + HALF + "\x00b", "/sop" + HALF]),
)
odd = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**30, -(2**63), 2**63, 1e400, DEEP, [], {}]),
)


def update_of(chat_id: int, kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """As an officer's own update, with hostile things where `values` says so."""
    chat = {"id": chat_id, "type": "private", "first_name": values.get("name", "Ani")}
    message = {
        "message_id": values.get("message_id", 5),
        "date": values.get("date", 1_796_000_000),
        "chat": chat,
        "from": {
            "id": values.get("from_id", chat_id),
            "is_bot": False,
            "first_name": values.get("name", "Ani"),
        },
        "text": values.get("text", "/sop"),
        "entities": values.get("entities", []),
        "document": values.get("document", {"file_id": "x", "file_unique_id": "y"}),
    }
    if kind == "callback_query":
        tap = {"id": values.get("tap_id", "1"), "from": message["from"], "chat_instance": "1"}
        return {kind: {**tap, "message": message, "data": values.get("data", "1.menu")}}
    if kind == "my_chat_member":
        return {kind: {**message, "old_chat_member": values.get("old"), "new_chat_member": values.get("new")}}
    return {kind: message}


FIELDS = (
    "name",
    "message_id",
    "date",
    "from_id",
    "text",
    "entities",
    "document",
    "tap_id",
    "data",
    "old",
    "new",
)
hostile = st.tuples(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    st.dictionaries(st.sampled_from(FIELDS), odd, max_size=4),
)


async def test_a_poisonous_update_never_blocks_an_officer(town: Town) -> None:
    await town.officer("Bu Sari", role="tu", admin=True)
    ani = await town.officer("Ani", role="peksos")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(hostile, min_size=1, max_size=8))
    def store(found: list[tuple[str, dict[str, Any]]]) -> None:
        """Into the inbox as the receiver puts them; handled all together below."""
        taken.extend(update_of(ani.phone.id, kind, values) for kind, values in found)

    taken: list[dict[str, Any]] = []
    store()
    # By hand: what was once found to hurt.
    taken += [
        update_of(ani.phone.id, "callback_query", {"tap_id": HALF}),
        update_of(ani.phone.id, "callback_query", {"tap_id": HALF, "date": "x"}),
        update_of(ani.phone.id, "message", {"text": HALF, "date": DEEP}),
        update_of(ani.phone.id, "message", {"message_id": 10**30}),
        {"message": {"chat": {"id": 10**40, "type": "private"}, "message_id": 1, "date": 1}},
        {"message": {"chat": {"id": ani.phone.id}}},
        {"message": DEEP},
    ]
    updates = [{"update_id": 900_000_000 + number, **one} for number, one in enumerate(taken)]
    for one in updates:
        await town.runtime.inbox.take([one])
    await town.runtime.work_until_idle()
    open_rows = select(InboxRow).where(
        col(InboxRow.handled_at).is_(None), col(InboxRow.set_aside_at).is_(None)
    )
    assert town.rows(open_rows) == []
    before = len(ani.screens)
    await ani.types("/bantuan")
    assert len(ani.screens) > before
    assert json.dumps(updates)
