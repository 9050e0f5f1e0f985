"""What morning lists said."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from storage.tables import DigestItem, ItemKind, Reminder


def list_items(s: Session, digest: Reminder, *kinds: ItemKind) -> tuple[DigestItem, ...]:
    """What the list says of these kinds, in its order."""
    query = select(DigestItem).where(DigestItem.reminder_id == digest.id, col(DigestItem.kind).in_(kinds))
    return tuple(s.exec(query.order_by(col(DigestItem.id))))


def items_of(s: Session, digests: Collection[Reminder], *kinds: ItemKind) -> dict[int, list[DigestItem]]:
    """The same of several lists at once, by the id of the list; without those that say nothing of these kinds."""
    query = select(DigestItem).where(
        col(DigestItem.reminder_id).in_([row.id for row in digests]), col(DigestItem.kind).in_(kinds)
    )
    found: dict[int, list[DigestItem]] = {}
    for item in s.exec(query.order_by(col(DigestItem.id))):
        found.setdefault(item.reminder_id, []).append(item)
    return found
