"""What somebody has to look at about a child: an incident, a mark for the nurse, weight that was lost. Open until answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedText, Word, one_of


class IncidentKind(StrEnum):
    """`reported`: in words, by anybody; `marked`: for the nurse, by a tap; `lost`: weight, found at a weigh-in."""

    REPORTED = "reported"
    MARKED = "marked"
    LOST = "lost"


OPEN = text("closed_at IS NULL")


class Incident(SQLModel, table=True):
    """One of them, with its result once it is closed; without one it was taken back: a mark, or a weight put right."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("tenths IS NULL OR tenths BETWEEN 300 AND 450", name="ck_incidents_tenths"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (result IS NULL OR closed_at IS NOT NULL)",
            name="ck_incidents_closed_by",
        ),
        CheckConstraint("(kind = 'reported') = (words IS NOT NULL)", name="ck_incidents_words"),
        CheckConstraint("(kind = 'lost') = (lost_g IS NOT NULL)", name="ck_incidents_lost"),
        one_of("kind", IncidentKind, "ck_incidents_kind"),
        Index("ix_incidents_child", "child_id", "id"),
        Index("ix_incidents_open", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: int | None = Field(default=None, primary_key=True)
    child_id: int = Field(foreign_key="children.id")
    kind: IncidentKind = Field(default=IncidentKind.REPORTED, sa_type=Word(IncidentKind))
    words: str | None = Field(default=None, sa_type=EncryptedText("incidents.words"))
    task_id: int | None = Field(default=None, foreign_key="tasks.id")  # the weigh-in at which weight was lost
    lost_g: int | None = None  # grams, since the weight before
    tenths: int | None = None  # body temperature in tenths of a degree Celsius
    is_grave: bool = False  # told in the quiet hours, too
    reported_at: datetime
    reported_by_id: int = Field(foreign_key="officers.id")
    update_id: int | None = Field(default=None, sa_type=BigInteger)
    seen_at: datetime | None = None
    seen_by_id: int | None = Field(default=None, foreign_key="officers.id")  # who has to act, and says so
    closed_at: datetime | None = None
    closed_by_id: int | None = Field(default=None, foreign_key="officers.id")
    result: str | None = Field(default=None, sa_type=EncryptedText("incidents.result"))
