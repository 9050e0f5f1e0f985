"""On which phone shelter cases open: who may know them by role, whose phone waits for a yes, when the PIN is asked.

A role that may know cases is granted by an admin, who may not know them. So a further holder of it, and every new phone
of one, waits for a head who knows the cases already.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from sqlmodel import col, select

from sop_flows.core.work import Institution, Work
from sop_flows.staffing.roster import enrolled, grants_of, has_duty, headed
from storage.queries.accounts import find_account_of
from storage.tables import Account, CasePin, Officer, OfficerRole

PIN_DIGITS = 4
PIN_TRIES = 3  # wrong ones in a row; then a head has to reset the PIN


class Rank(IntEnum):
    """How much somebody may know of cases by role: nothing, those they have, all as head of the role, all."""

    NONE = 0
    KEEPER = 1
    HEAD = 2
    TOP = 3


def rank_in(institution: Institution, grants: Collection[OfficerRole]) -> Rank:
    """What these role rows let somebody know."""
    rules = institution.pack.unit.case
    if rules is None:
        return Rank.NONE
    roles = {grant.role for grant in grants}
    if has_duty(institution, roles, "answers_for_all"):
        return Rank.TOP
    if headed(institution, grants) & set(rules.known_to_heads_of):
        return Rank.HEAD
    return Rank.KEEPER if rules.keeper in roles else Rank.NONE


def rank_of(work: Work, officer_id: int) -> Rank:
    """What the officer may know by the roles held now, not for somebody who is away."""
    return rank_in(work.institution, grants_of(work, officer_id))


def is_first(work: Work, officer_id: int, rank: Rank) -> bool:
    """Whether nobody else ever held this rank: also one who was removed since, or whose role was taken."""
    others: dict[int, list[OfficerRole]] = {}
    for row in work.session.exec(select(OfficerRole).where(OfficerRole.officer_id != officer_id)):
        others.setdefault(row.officer_id, []).append(row)
    return all(rank_in(work.institution, rows) != rank for rows in others.values())


def knowing_heads(work: Work, but: int | None) -> tuple[Officer, ...]:
    """Who may know every case by their own role, whether on a phone that waits or not; without the officer `but`."""
    return tuple(
        one for one in enrolled(work) if one.id != but and rank_of(work, one.id or 0) in (Rank.HEAD, Rank.TOP)
    )


def may_say_yes(work: Work, head: Officer, officer_id: int) -> bool:
    """Whether the head may open cases on a phone of the officer, or reset the PIN: knows them, on a phone that does not
    wait itself, and it is not their own."""
    if head.id == officer_id or rank_of(work, head.id or 0) not in (Rank.HEAD, Rank.TOP):
        return False
    account = find_account_of(work.session, head.id or 0)
    return account is not None and not waits(account, work.now)


def who_may_say_yes(work: Work, officer_id: int) -> tuple[Officer, ...]:
    """The heads who may say yes for the officer."""
    return tuple(one for one in knowing_heads(work, officer_id) if may_say_yes(work, one, officer_id))


def waits(account: Account, now: datetime) -> bool:
    """Whether cases are shut on the phone until somebody says yes, or until that yes counts."""
    return account.cases_wait_since is not None and (account.cases_from is None or account.cases_from > now)


def is_unlocked(account: Account, now: datetime) -> bool:
    """Whether cases open without the PIN."""
    return account.cases_until is not None and account.cases_until > now


def keep_unlocked(work: Work, account: Account) -> None:
    """Something of a case was opened: the idle time begins anew. Written at most once a minute."""
    until = work.now + timedelta(minutes=work.unit.access.pin_minutes)
    if account.cases_until is None or abs(until - account.cases_until) >= timedelta(minutes=1):
        account.cases_until = until
        work.session.add(account)


def pin_of(work: Work, officer_id: int) -> CasePin:
    """The officer's PIN; without one a new row, which is written when something is put in it. What the operator has reset is gone from its time on."""
    row = work.session.get(CasePin, officer_id) or CasePin(officer_id=officer_id)
    if row.reset_from is not None and row.reset_from <= work.now:
        row.pin, row.wrong_tries, row.shut_at, row.reset_from, row.typing = None, 0, None, None, None
        work.session.add(row)
    return row


def phones_waiting(work: Work) -> tuple[Account, ...]:
    """Phones in use on which cases wait for a yes, of officers who may know them; the longest first."""
    found = work.session.exec(
        select(Account)
        .where(col(Account.cases_wait_since).is_not(None), col(Account.unbound_at).is_(None))
        .order_by(col(Account.cases_wait_since), col(Account.id))
    )
    return tuple(one for one in found if waits(one, work.now) and _is_knower(work, one.officer_id))


def pins_shut(work: Work) -> tuple[CasePin, ...]:
    """PINs that a head has to reset."""
    found = work.session.exec(
        select(CasePin).where(col(CasePin.shut_at).is_not(None)).order_by(col(CasePin.shut_at))
    )
    return tuple(one for one in found if _is_knower(work, one.officer_id))


def names(officers: Iterable[Officer]) -> tuple[str, ...]:
    """Their names, as they stand in a sentence."""
    return tuple(one.name for one in officers)


def _is_knower(work: Work, officer_id: int) -> bool:
    return any(one.id == officer_id for one in enrolled(work)) and rank_of(work, officer_id) is not Rank.NONE
