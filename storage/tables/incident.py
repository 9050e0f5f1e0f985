"""What happened to a child and was reported: illness, an injury, running away. Open until somebody closes it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from storage.types import EncryptedText


class Incident(SQLModel, table=True):
    """One report, with its result once it is closed."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("tenths IS NULL OR tenths BETWEEN 300 AND 450", name="ck_incidents_tenths"),
        CheckConstraint(
            "(closed_at IS NULL) = (result IS NULL) AND (closed_at IS NULL) = (closed_by_id IS NULL)",
            name="ck_incidents_closed_with_result",
        ),
        Index("ix_incidents_child", "child_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="children.id")
    words: str = Field(sa_type=EncryptedText("incidents.words"))
    tenths: int | None = None  # body temperature in tenths of a degree Celsius
    is_grave: bool = False  # told in the quiet hours, too
    reported_at: datetime
    reported_by_id: int = Field(foreign_key="officers.id")
    update_id: int | None = Field(default=None, sa_type=BigInteger)
    closed_at: datetime | None = None
    closed_by_id: int | None = Field(default=None, foreign_key="officers.id")
    result: str | None = Field(default=None, sa_type=EncryptedText("incidents.result"))
