"""Officers, their roles, the Telegram accounts bound to them, and the invitations that bind them."""

from datetime import date, datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.types import EncryptedJson, EncryptedText


class Officer(SQLModel, table=True):
    """A person who may act. Not a Telegram account: a new phone is bound to the same officer.

    The morning list comes at `morning_minutes`, before the day `morning_since_on` at `morning_before`: what was
    planned for a day that has begun stays as it was. None is the time that the pack gives.
    """

    __tablename__ = "officers"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=EncryptedText("officers.name"))
    is_admin: bool = False
    enrolled_at: datetime
    removed_at: datetime | None = None
    morning_minutes: int | None = None  # after local midnight
    morning_before: int | None = None
    morning_since_on: date | None = None  # local date; None: always
    switched_off: str | None = Field(default=None, sa_type=Text)  # kinds of reminders, a space between them


class OfficerRole(SQLModel, table=True):
    """One role of an officer; `is_head` makes the person the kasi of that role. A role of one cohort (guru) has its cohort.

    A role that was taken keeps its row: who ever held it is told apart from who never did.
    """

    __tablename__ = "officer_roles"
    __table_args__ = (
        UniqueConstraint("officer_id", "role", "cohort_id", name="uq_officer_roles_officer_role_cohort"),
        Index("uq_officer_roles_officer_role", "officer_id", "role", unique=True,
              sqlite_where=text("cohort_id IS NULL"), postgresql_where=text("cohort_id IS NULL")),
        Index("ix_officer_roles_role", "role"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officers.id", index=True)
    role: str = Field(sa_type=Text)
    is_head: bool = False
    cohort_id: int | None = Field(default=None, foreign_key="cohorts.id")
    school_id: int | None = Field(
        default=None, foreign_key="schools.id"
    )  # a guru sees its children only; None: not said yet
    ended_at: datetime | None = None  # when it was taken from the officer


class Account(SQLModel, table=True):
    """A Telegram account bound to an officer. The chat id is encrypted, for this officer and hash; `chat_key` is its
    keyed hash. So neither can be another's: the row would not be read.

    Of a phone with which shelter cases can be opened: `cases_wait_since` while a head who knows them has still to say
    yes; `cases_from`, from when on the yes of the operator counts; `cases_until`, to when no PIN is asked.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        Index("uq_accounts_bound_chat", "chat_key", unique=True, sqlite_where=text("unbound_at IS NULL"),
              postgresql_where=text("unbound_at IS NULL")),
        Index("uq_accounts_bound_officer", "officer_id", unique=True, sqlite_where=text("unbound_at IS NULL"),
              postgresql_where=text("unbound_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officers.id")
    chat_key: str = Field(sa_type=Text)
    chat_id: str = Field(sa_type=EncryptedText("accounts.chat_id", also=("officer_id", "chat_key")))
    bound_at: datetime
    unbound_at: datetime | None = None
    blocked_at: datetime | None = None  # Telegram answered 403; shown to the admin
    cases_wait_since: datetime | None = None
    cases_from: datetime | None = None
    cases_until: datetime | None = None


class CasePin(SQLModel, table=True):
    """The PIN with which an officer opens shelter cases, and how far it is typed on the phone.

    Sealed, not hashed: a keyed hash of four digits hides no more, and a change of the secret can't renew it.
    """

    __tablename__ = "case_pins"

    officer_id: int = Field(foreign_key="officers.id", primary_key=True)
    pin: str | None = Field(default=None, sa_type=EncryptedText("case_pins.pin"))
    wrong_tries: int = 0  # in a row
    shut_at: datetime | None = None  # too many wrong tries, or it was forgotten: a head resets it
    reset_from: datetime | None = None  # from when on the reset of the operator counts
    typing: dict[str, object] | None = Field(default=None, sa_type=EncryptedJson("case_pins.typing"))


class Invitation(SQLModel, table=True):
    """A single-use code. `grant` holds name, roles, heads, admin, cohort (encrypted: it has a name), and the code."""

    __tablename__ = "invitations"

    id: int | None = Field(default=None, primary_key=True)
    code_key: str = Field(sa_type=Text, unique=True)  # keyed hash of the code
    grant: dict[str, object] = Field(sa_type=EncryptedJson("invitations.grant"))
    replaces_officer_id: int | None = Field(default=None, foreign_key="officers.id")
    invited_by_id: int | None = Field(default=None, foreign_key="officers.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by_id: int | None = Field(default=None, foreign_key="officers.id")


class StrangerVisit(SQLModel, table=True):
    """What a chat without an officer has tried: one refusal, and wrong codes within the hour."""

    __tablename__ = "stranger_visits"

    chat_key: str = Field(sa_type=Text, primary_key=True)
    refused_at: datetime | None = None
    hour_began_at: datetime | None = None
    wrong_codes: int = 0
    told_to_wait_at: datetime | None = None
