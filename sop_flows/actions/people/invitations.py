"""Invitations: a single-use code that makes somebody an officer, or binds an officer's new phone."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from sop_flows.actions.cohorts.roster_cells import NAME_MAX_CHARACTERS, text_of
from sop_flows.actions.people.case_phones import tell_of_invitation
from sop_flows.core.spelling import fold
from sop_flows.core.work import Institution, Work
from sop_flows.errors import RuleError
from sop_flows.limits import INVITATION_DAYS
from sop_flows.staffing.case_access import Rank, rank_in
from sop_flows.staffing.roster import admins, grants_of
from storage.queries import officers
from storage.tables import Invitation, Officer, OfficerRole
from storage.types import keyring_of

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 and O, no 1 and I: a code is read aloud on the telephone
CODE_CHARACTERS = 8
CODE = "code"  # sealed with the grant, so that another secret can find the invitation
RETURNS = "returns"  # beside it: the officer of the invitation was removed, and comes back with it


class UnknownRoleError(RuleError):
    """The pack has no such role; `known` are the codes it has."""

    def __init__(self, role: str, known: tuple[str, ...]) -> None:
        super().__init__(role)
        self.role = role
        self.known = known


class NeedsRoleError(RuleError):
    """An invitation grants a role, or the admin flag."""


class NeedsCohortError(RuleError):
    """A role of one cohort (guru pendamping) is granted with its cohort; other roles are of every cohort.

    `roles` are those granted that need a cohort; empty when a cohort was given and none needs it.
    """

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__(f"cohort for {roles}")
        self.roles = roles


class NameOddError(RuleError):
    """Not a person's name: empty, too long, or not a word."""


class UnknownNameError(RuleError):
    """No active officer is called so; `similar` are names that come near."""

    def __init__(self, similar: tuple[str, ...] = ()) -> None:
        super().__init__("unknown name")
        self.similar = similar


class AmbiguousNameError(RuleError):
    """Several officers are called so; `ids` tell them apart."""

    def __init__(self, ids: tuple[int, ...]) -> None:
        super().__init__(f"officers {ids}")
        self.ids = ids


@dataclass(frozen=True)
class Grant:
    """What a code makes of the person who redeems it. `heads` are roles whose kasi the person becomes."""

    name: str
    roles: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    admin: bool = False
    cohort_id: int | None = None  # of a role that is of one cohort
    school_id: int | None = None  # a guru sees its children only; None: not said yet

    @property
    def all_roles(self) -> tuple[str, ...]:
        """Roles held; whoever heads a role holds it."""
        return tuple(dict.fromkeys((*self.roles, *self.heads)))


@dataclass(frozen=True)
class Invited:
    """A fresh code; this is the only time that it is known. `grant` is what it grants in the end."""

    code: str
    grant: Grant
    expires_at: datetime


def grant_of(invitation: Invitation) -> Grant:
    """What the invitation grants."""
    stored: dict[str, Any] = dict(invitation.grant)
    return Grant(
        name=stored["name"],
        roles=tuple(stored["roles"]),
        heads=tuple(stored["heads"]),
        admin=stored["admin"],
        cohort_id=stored["cohort_id"],
        school_id=stored.get("school_id"),
    )


def list_former(s: Session, name: str) -> tuple[Officer, ...]:
    """The officers of this name who were removed, the last one first."""
    gone = s.exec(
        select(Officer).where(col(Officer.removed_at).is_not(None)).order_by(col(Officer.id).desc())
    )
    return tuple(one for one in gone if fold(one.name) == fold(name))


def invite(
    work: Work,
    grant: Grant,
    *,
    invited_by: Officer | None = None,
    replaces: Officer | None = None,
    returns: Officer | None = None,
) -> Invited:
    """Make a code that is good for INVITATION_DAYS days.

    The first officer is admin: as long as there is no admin and none is invited, the flag is granted.

    Args:
        replaces: the officer whose new phone it binds; roles granted beside are added to those held.
        returns: the officer, removed before, as whom the person comes back, with these roles and no others.

    Raises:
        NameOddError, UnknownRoleError, NeedsRoleError, NeedsCohortError: the grant makes no sense.
    """
    grant = _checked(work.institution, grant, is_new=replaces is None)
    if not grant.admin and replaces is None and not _has_admin(work):
        grant = Grant(**{**asdict(grant), "admin": True})
    code = new_code()
    expires_at = work.now + timedelta(days=INVITATION_DAYS)
    work.session.add(
        Invitation(
            code_key=code_key(work.session, code),
            grant={**asdict(grant), CODE: bare(code), **({RETURNS: True} if returns is not None else {})},
            replaces_officer_id=None if (same := replaces or returns) is None else same.id,
            invited_by_id=None if invited_by is None else invited_by.id,
            created_at=work.now,
            expires_at=expires_at,
        )
    )
    work.session.flush()
    tell_of_invitation(work, grant.name, _knowing(work, grant, replaces), invited_by, replaces)
    return Invited(code, grant, expires_at)


def clean_name(text: str) -> str:
    """An officer's name as it is stored.

    Raises:
        NameOddError: it is no name.
    """
    name = text_of(text)
    if (
        not any(letter.isalpha() for letter in name)
        or len(name) > NAME_MAX_CHARACTERS
        or name.startswith("/")
    ):
        raise NameOddError
    return name


def find_named(s: Session, name: str) -> Officer:
    """The active officer of this name (case and dots do not matter), or of this id.

    Raises:
        UnknownNameError: nobody, with names that come near.
        AmbiguousNameError: several, with their ids.
    """
    active = officers.list_active(s)
    if name.strip().removeprefix("#").isdecimal():
        found = [officer for officer in active if officer.id == int(name.strip().removeprefix("#"))]
    else:
        found = [officer for officer in active if fold(officer.name) == fold(name)]
    if len(found) > 1:
        raise AmbiguousNameError(tuple(officer.id or 0 for officer in found))
    if not found:
        wanted = {fold(word) for word in name.split() if len(fold(word)) > 2}
        near = [o.name for o in active if wanted & {fold(word) for word in o.name.split()}]
        raise UnknownNameError(tuple(near[:5]))
    return found[0]


def new_code() -> str:
    """A code such as 7Q4K-PZ2M: 40 random bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
    return f"{letters[:4]}-{letters[4:]}"


def bare(typed: str) -> str | None:
    """The eight characters of a code, however it was typed; None when it cannot be a code."""
    text = "".join(c for c in typed.upper() if c.isalnum())
    return text if len(text) == CODE_CHARACTERS and all(c in ALPHABET for c in text) else None


def code_key(s: Session, code: str) -> str:
    """The keyed hash under which a code is found."""
    return keyring_of(s.get_bind().dialect).fingerprint(bare(code) or "", "invitation")


def _checked(institution: Institution, grant: Grant, *, is_new: bool) -> Grant:
    known = tuple(institution.pack.unit.roles)
    for role in grant.all_roles:
        if role not in known:
            raise UnknownRoleError(role, known)
    if is_new and not grant.all_roles and not grant.admin:
        raise NeedsRoleError
    of_one_cohort = institution.pack.unit.roles_that["of_one_cohort"]
    needing = tuple(role for role in grant.all_roles if role in of_one_cohort)
    if bool(needing) != (grant.cohort_id is not None):
        raise NeedsCohortError(needing)
    return Grant(**{**asdict(grant), "name": clean_name(grant.name)})


def _knowing(work: Work, grant: Grant, replaces: Officer | None) -> tuple[str, ...]:
    """The roles that the person has in the end, when they are such that may know cases; else nothing."""
    rows = [
        OfficerRole(officer_id=0, role=role, is_head=role in grant.heads, cohort_id=grant.cohort_id)
        for role in grant.all_roles
    ]
    held = () if replaces is None else grants_of(work, replaces.id or 0)
    if rank_in(work.institution, [*rows, *held]) is Rank.NONE:
        return ()
    return tuple(dict.fromkeys([*grant.all_roles, *(row.role for row in held)]))


def _has_admin(work: Work) -> bool:
    return bool(admins(work)) or any(
        grant_of(one).admin for one in officers.list_live_invitations(work.session, work.now)
    )
