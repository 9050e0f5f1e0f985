"""What morning lists said."""

from sqlmodel import Session, col, select

from storage.tables import DigestItem, ItemKind, Reminder


def list_items(s: Session, digest: Reminder, *kinds: ItemKind) -> tuple[DigestItem, ...]:
    """What the list says of these kinds, in its order."""
    query = select(DigestItem).where(DigestItem.reminder_id == digest.id, col(DigestItem.kind).in_(kinds))
    return tuple(s.exec(query.order_by(col(DigestItem.id))))
