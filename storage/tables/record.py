"""Data captured at a step: weights, forms, ticks, files."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedJson, EncryptedText


class Weight(SQLModel, table=True):
    """One child's weight on one day (SOP 9.2.06 step 4, 9.2.15 step 4). A correction is a new row."""

    __tablename__ = "weights"
    __table_args__ = (
        CheckConstraint("weight_g BETWEEN 1000 AND 200000", name="ck_weights_grams"),
        Index("ix_weights_child", "child_id", "weighed_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id", index=True)
    child_id: int = Field(foreign_key="children.id")
    weight_g: int  # grams
    weighed_on: date
    recorded_at: datetime
    officer_id: int = Field(foreign_key="officers.id")
    recorded_by_id: int = Field(foreign_key="officers.id")
    update_id: int | None = Field(default=None, sa_type=BigInteger)
    replaces_id: int | None = Field(default=None, foreign_key="weights.id", unique=True)


class Record(SQLModel, table=True):
    """What a form at a step captured, for one child of a roll or for the task. A correction is a new row."""

    __tablename__ = "records"
    __table_args__ = (
        Index("ix_records_task_child", "task_id", "child_id"),
        Index("ix_records_child", "child_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="tasks.id")
    child_id: int | None = Field(default=None, foreign_key="children.id")
    key: str = Field(sa_type=Text)  # "form", or the tick ("pagi")
    data: dict[str, object] = Field(sa_type=EncryptedJson("records.data"))
    done_on: date
    recorded_at: datetime
    officer_id: int = Field(foreign_key="officers.id")
    recorded_by_id: int = Field(foreign_key="officers.id")
    update_id: int | None = Field(default=None, sa_type=BigInteger)
    replaces_id: int | None = Field(default=None, foreign_key="records.id", unique=True)


class StoredFile(SQLModel, table=True):
    """A photo or document; its content lies encrypted under the data folder, named by keyed hash.

    One with a child and no task is the portrait of that child; there is one at most.
    """

    __tablename__ = "files"
    __table_args__ = (Index("ix_files_child", "child_id"),)

    id: int | None = Field(default=None, primary_key=True)
    content_key: str = Field(sa_type=Text, index=True)
    mime: str = Field(sa_type=Text)
    size_bytes: int
    task_id: int | None = Field(default=None, foreign_key="tasks.id", index=True)
    child_id: int | None = Field(default=None, foreign_key="children.id")
    officer_id: int = Field(foreign_key="officers.id")
    stored_at: datetime
    name: str | None = Field(default=None, sa_type=EncryptedText("files.name"))  # as it was sent
