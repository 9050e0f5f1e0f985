"""What morning lists said."""

from collections.abc import Collection

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage.tables import DigestItem, ItemKind, Reminder

_ITEMS = (
    select(DigestItem)
    .where(col(DigestItem.reminder_id).in_(bindparam("lists", expanding=True)))
    .where(col(DigestItem.kind).in_(bindparam("kinds", expanding=True)))
    .order_by(col(DigestItem.id))
)


def list_items(s: Session, digest: Reminder, *kinds: ItemKind) -> tuple[DigestItem, ...]:
    """What the list says of these kinds, in its order."""
    return tuple(s.exec(_ITEMS, params={"lists": [digest.id], "kinds": kinds}))


def items_of(s: Session, digests: Collection[Reminder], *kinds: ItemKind) -> dict[int, list[DigestItem]]:
    """The same of several lists at once, by the id of the list; without those that say nothing of these kinds."""
    found: dict[int, list[DigestItem]] = {}
    for item in s.exec(_ITEMS, params={"lists": [row.id for row in digests], "kinds": kinds}):
        found.setdefault(item.reminder_id, []).append(item)
    return found
