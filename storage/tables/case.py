"""Shelter cases: one child in the temporary shelter and the Rumah Perlindungan."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedJson, EncryptedText


class Case(SQLModel, table=True):
    """One child's case: who may see more than code name, age and sex is a rule of sop_flows.

    What would tell a stranger who the child is, or why it is here, is encrypted; a child that is not born yet has
    no age and perhaps no sex.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("sex IN ('L', 'P')", name="ck_cases_sex"),
        CheckConstraint("age_years IS NULL OR age_years >= 0", name="ck_cases_age"),
        CheckConstraint("NOT unborn OR age_years IS NULL", name="ck_cases_unborn_has_no_age"),
        CheckConstraint("(closed_at IS NULL) = (close_reason IS NULL)", name="ck_cases_closed_has_reason"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code_name: str = Field(sa_type=Text, unique=True)  # "Kenanga": what everybody else calls the child
    sex: str | None = Field(default=None, sa_type=Text)
    age_years: int | None = None  # at the opening (SOP 9.1.20 step 1: below 18)
    unborn: bool = False
    age_is_about: bool = False  # somebody's guess; no age of a child that is born: nobody knows it
    in_house: bool = False  # since the opening, or since somebody said so
    at_school: bool | None = None  # None: nobody said
    mother: str | None = Field(default=None, sa_type=EncryptedText("cases.mother"))  # of a child not born yet
    name: str | None = Field(default=None, sa_type=EncryptedText("cases.name"))
    address: str | None = Field(default=None, sa_type=EncryptedText("cases.address"))
    reason: str | None = Field(default=None, sa_type=EncryptedText("cases.reason"))
    categories: list[str] = Field(default_factory=list, sa_type=EncryptedJson("cases.categories"))
    opened_at: datetime
    opened_by_id: int = Field(foreign_key="officers.id")
    peksos_id: int = Field(foreign_key="officers.id", index=True)  # the social worker in charge
    services_ended_at: datetime | None = None  # terminated (SOP 9.1.34)
    closed_at: datetime | None = None
    close_reason: str | None = Field(default=None, sa_type=EncryptedText("cases.close_reason"))
    plan_taken_at: datetime | None = (
        None  # when it left the calendar it was opened with for the pack's new one
    )
