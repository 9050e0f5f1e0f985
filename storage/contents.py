"""Contents of files that no row needs any more: taken from the cabinet once that is committed, never before.

A row of `vitals` keeps each until it is gone, so that a kill in between leaves nothing behind.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, delete, select

from storage.cabinet import Cabinet
from storage.engine import Store, WritingSession
from storage.tables import StoredFile, Vital

CONTENT_GONE = "erased"  # in place of the key, in a row that stays though its content goes
LET_GO = "let_go:"  # in `vitals`, before the key of the content


def let_go(s: Session, cabinet: Cabinet, keys: Iterable[str], now: datetime) -> None:
    """Owe it that these contents go; nothing does when the transaction is rolled back."""
    for key in keys:
        s.merge(Vital(name=f"{LET_GO}{key}", value="", at=now))
    if isinstance(s, WritingSession):
        s.afterwards[let_go] = partial(drop_let_go, cabinet=cabinet)


def drop_let_go(store: Store, cabinet: Cabinet) -> None:
    """Take away what was let go and what no row names again since. That it is gone is written with the next commit.

    Raises OSError: the folder can't be written; what is left is tried again with the next one, or at the next start.
    """
    with store.reading() as s:
        names = s.exec(select(Vital.name).where(col(Vital.name).startswith(LET_GO, autoescape=True))).all()
        keys = [name.removeprefix(LET_GO) for name in names]
        if not keys:
            return
        needed = set(s.exec(select(StoredFile.content_key).where(col(StoredFile.content_key).in_(keys))))
    for key in keys:
        if key not in needed:
            cabinet.drop(key)
    store.later("", partial(_forget, names=names))


def _forget(s: Session, names: Iterable[str]) -> None:
    s.execute(delete(Vital).where(col(Vital.name).in_(names)))
