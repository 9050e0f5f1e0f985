"""Which process may write as the running bot: the one that took the unit last."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel


class Ownership(SQLModel, table=True):
    """The only row. `owner_epoch` rises each time a process takes the unit; a former owner knows a lower one."""

    __tablename__ = "ownership"
    __table_args__ = (CheckConstraint("id = 1", name="ck_ownership_one_row"),)

    id: int = Field(default=1, primary_key=True)
    owner_epoch: int = 0
    taken_at: datetime | None = None  # real time
    key_id: str | None = Field(default=None, sa_type=Text)  # of the key that the owner writes with
