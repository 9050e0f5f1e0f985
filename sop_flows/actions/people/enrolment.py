"""Enrolment: a code makes an officer of a stranger; an admin removes one; strangers are refused once."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from sop_flows.actions.leave.leave import forget_officer
from sop_flows.actions.leave.reroute import pass_on
from sop_flows.actions.offer import return_offers
from sop_flows.actions.people.case_phones import phone_bound
from sop_flows.actions.people.invitations import RETURNS, Grant, bare, code_key, grant_of
from sop_flows.actions.people.roles import tell_cases_left, tell_joined, theirs
from sop_flows.core.notices import AdminSet, OfficerRemoved, Removed, TasksInherited
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError, RuleError
from sop_flows.limits import WRONG_CODES_PER_HOUR
from sop_flows.notifications.digest_times import plan_officer
from sop_flows.staffing.case_access import Rank, rank_of
from sop_flows.staffing.responsibility import accountable_for, responsibility_of
from sop_flows.staffing.roster import admins, holding, require_admin
from storage.queries import accounts, officers
from storage.tables import (
    LIVE,
    Account,
    Conversation,
    Invitation,
    Officer,
    OfficerRole,
    Task,
    TaskPart,
)

HOUR = timedelta(hours=1)


class LastAdminError(RuleError):
    """There must always be an admin: the last one cannot go."""


class Answer(StrEnum):
    """What came of a code."""

    ENROLLED = "enrolled"
    PHONE_BOUND = "phone_bound"  # the officer's new phone
    ALREADY = "already"  # it is the officer's own code
    TAKEN = "taken"  # the account is another officer's: a shared phone
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    WAIT = "wait"  # too many wrong codes: told once
    SILENT = "silent"  # and then nothing


@dataclass(frozen=True)
class Redemption:
    """The answer to a code.

    Attributes:
        officer: who it is about; None for a stranger.
        at: when the code was used or expired, or until when to wait (aware, UTC).
    """

    answer: Answer
    officer: Officer | None = None
    at: datetime | None = None


def redeem(work: Work, typed: str, chat_key: str, chat_id: int) -> Redemption:
    """What the code that a chat sent makes of it. A refusal is an answer too: wrong codes are counted.

    From the sixth try within an hour of the first wrong one no code is looked at.
    """
    known = accounts.find_officer_of_chat(work.session, chat_key)
    bound = None if known is None else known[0]
    waiting = _told_to_wait(work, chat_key, bound)
    if waiting is not None:
        return waiting
    invitation = (
        officers.lock_invitation(work.session, code_key(work.session, typed)) if bare(typed) else None
    )
    if invitation is None:
        _count_wrong(work, chat_key)
        return Redemption(Answer.UNKNOWN, bound)
    if invitation.used_at is not None:
        if bound is not None and invitation.used_by_id == bound.id:
            return Redemption(Answer.ALREADY, bound)
        _count_wrong(work, chat_key)
        return Redemption(Answer.USED, bound, invitation.used_at)
    replaced = (
        None
        if invitation.replaces_officer_id is None
        else work.session.get_one(Officer, invitation.replaces_officer_id)
    )
    gone_at, returns = None if replaced is None else replaced.removed_at, RETURNS in invitation.grant
    if invitation.expires_at <= work.now or returns != (gone_at is not None):
        _count_wrong(work, chat_key)
        return Redemption(Answer.EXPIRED, bound, min(invitation.expires_at, work.now))
    if bound is not None and (replaced is None or replaced.id != bound.id):
        return Redemption(Answer.TAKEN, bound)

    grant = grant_of(invitation)
    is_new = replaced is None or gone_at is not None
    before = Rank.NONE if replaced is None or is_new else rank_of(work, replaced.id or 0)
    officer = replaced or Officer(name=grant.name, is_admin=False, enrolled_at=work.now)
    if gone_at is not None:
        _come_back(work, officer)
    work.session.add(officer)
    work.session.flush()
    _apply(work, officer, grant)
    work.forget()
    former = _bind(work, officer, chat_key, chat_id) if bound is None else None
    if (account := accounts.find_account_of(work.session, officer.id or 0)) is not None:
        phone_bound(work, officer, account, former, before)
    for role in grant.all_roles if is_new else ():
        of_one = role in work.unit.roles_that["of_one_cohort"]
        tell_joined(work, officer, role, grant.cohort_id if of_one else None)
    _spend(work, invitation, officer)
    _forget_visit(work.session, chat_key)
    plan_officer(work, officer.id or 0)
    if is_new:
        return Redemption(Answer.ENROLLED, officer)
    return Redemption(Answer.PHONE_BOUND if bound is None else Answer.ALREADY, officer)


def refuse_once(work: Work, chat_key: str) -> bool:
    """Whether this stranger is to be told that the bot is for officers only: the first time, then never again."""
    visit = officers.visit_of(work.session, chat_key)
    if visit.refused_at is not None:
        return False
    visit.refused_at = work.now
    work.session.flush()
    return True


def remove_officer(work: Work, admin: Officer, officer_id: int) -> Officer:
    """Take an officer out: the account is unbound, tasks go to who is left, who hear so; so does the officer, on the
    phone that was theirs. What was confirmed stays.

    Raises:
        NotPermittedError: `admin` is none.
        NotFoundError: no such active officer.
        LastAdminError: the last admin.
    """
    require_admin(admin)
    officer = _active(work.session, officer_id)
    _keep_one_admin(work.session, officer)
    before = theirs(work, officer, frozenset(work.unit.roles))
    officer.removed_at = work.now
    account = accounts.find_account_of(work.session, officer_id)
    if account is not None:
        account.unbound_at = work.now
        if officer_id != admin.id:
            work.notify(officer_id, Removed(by=admin.id or 0), account=account.id)
    conversation = work.session.get(Conversation, officer_id)
    if conversation is not None:
        work.session.delete(conversation)
    work.session.flush()
    work.forget()
    held = _held(work.session, officer_id)
    return_offers(work, officer)
    pass_on(work, officer)
    plan_officer(work, officer_id)
    forget_officer(work, officer)
    _tell_heads(work, officer, admin, held)
    _tell_heirs(work, officer, admin, before)
    tell_cases_left(work, officer)
    return officer


def set_admin(work: Work, admin: Officer, officer_id: int, is_admin: bool) -> Officer:
    """Give or take the admin flag; an admin answers for roles that have nobody. The officer, the other admins and the
    head of the house hear it at once.

    Raises:
        NotPermittedError: `admin` is none.
        NotFoundError: no such active officer.
        LastAdminError: it would leave none.
    """
    require_admin(admin)
    officer = _active(work.session, officer_id)
    if not is_admin:
        _keep_one_admin(work.session, officer)
    if officer.is_admin == is_admin:
        return officer
    officer.is_admin = is_admin
    work.session.flush()
    work.forget()
    plan_officer(work, officer_id)
    told = (officer, *admins(work), *holding(work, "answers_for_all", 0))
    for one in {one.id for one in told} - {admin.id}:
        work.notify(one or 0, AdminSet(by=admin.id or 0, officer=officer_id, is_admin=is_admin))
    return officer


def _held(s: Session, officer_id: int) -> set[tuple[str, int]]:
    """The roles and cohorts in which the officer was in charge of something."""
    rows = s.exec(
        select(TaskPart.role, Task.cohort_id)
        .join(Task, col(Task.id) == col(TaskPart.task_id))
        .where(TaskPart.assignee_id == officer_id, col(TaskPart.state).in_(LIVE))
    )
    return {(role, cohort_id or 0) for role, cohort_id in rows}


def _tell_heads(work: Work, gone: Officer, admin: Officer, held: set[tuple[str, int]]) -> None:
    """Whoever answers for the tasks left behind has to know that somebody is needed."""
    heads = {o.id for role, cohort_id in held for o in accountable_for(work, role, cohort_id)}
    for head_id in sorted(one for one in heads if one is not None and one != admin.id):
        work.notify(head_id, OfficerRemoved(name=gone.name))


def _tell_heirs(work: Work, gone: Officer, admin: Officer, before: list[tuple[Task, TaskPart]]) -> None:
    """To whom the open tasks come now."""
    heirs: Counter[int] = Counter()
    for task, part in before:
        heirs.update(one.id or 0 for one in responsibility_of(work, task, part).holders)
    for heir, count in heirs.items():
        if heir != admin.id:
            work.notify(heir, TasksInherited(officer=gone.id or 0, role="", count=count))


def _active(s: Session, officer_id: int) -> Officer:
    officer = s.get(Officer, officer_id)
    if officer is None or officer.removed_at is not None:
        raise NotFoundError
    return officer


def _keep_one_admin(s: Session, officer: Officer) -> None:
    if [one.id for one in officers.lock_admins(s)] == [officer.id]:
        raise LastAdminError


def _apply(work: Work, officer: Officer, grant: Grant) -> None:
    """Add what is granted to what the officer holds."""
    assert officer.id is not None
    held = {
        (row.role, row.cohort_id): row
        for row in work.session.exec(select(OfficerRole).where(OfficerRole.officer_id == officer.id))
    }
    officer.is_admin = officer.is_admin or grant.admin
    of_one_cohort = work.unit.roles_that["of_one_cohort"]
    for role in grant.all_roles:
        cohort_id = grant.cohort_id if role in of_one_cohort else None
        row = held.get((role, cohort_id)) or OfficerRole(
            officer_id=officer.id, role=role, cohort_id=cohort_id
        )
        row.is_head = role in grant.heads or (row.is_head and row.ended_at is None)
        row.ended_at = None
        if cohort_id is not None and grant.school_id is not None:
            row.school_id = grant.school_id
        work.session.add(row)
    work.session.flush()


def _come_back(work: Work, officer: Officer) -> None:
    """Somebody who was removed is the same officer again, with the history of then and the roles of now."""
    officer.is_admin, officer.removed_at = False, None
    held = select(OfficerRole).where(
        OfficerRole.officer_id == officer.id, col(OfficerRole.ended_at).is_(None)
    )
    for row in work.session.exec(held):
        row.ended_at = work.now
        work.session.add(row)
    work.session.flush()


def _bind(work: Work, officer: Officer, chat_key: str, chat_id: int) -> Account | None:
    """Bind the phone; returns the one that was the officer's until now."""
    assert officer.id is not None
    old = accounts.find_account_of(work.session, officer.id)
    if old is not None:
        old.unbound_at = work.now
        conversation = work.session.get(Conversation, officer.id)
        if conversation is not None:  # the draft goes on; its card was in the other chat
            conversation.card_message_id = None
            conversation.card_shown_at = None
        work.session.flush()
    # An account whose officer was removed is unbound already; a chat is bound to one officer at most.
    work.session.add(
        Account(officer_id=officer.id, chat_key=chat_key, chat_id=str(chat_id), bound_at=work.now)
    )
    work.session.flush()
    return old


def _spend(work: Work, invitation: Invitation, officer: Officer) -> None:
    invitation.used_at = work.now
    invitation.used_by_id = officer.id
    work.session.flush()


def _told_to_wait(work: Work, chat_key: str, bound: Officer | None) -> Redemption | None:
    visit = officers.find_visit(work.session, chat_key)
    if visit is None or visit.hour_began_at is None or visit.wrong_codes < WRONG_CODES_PER_HOUR:
        return None
    until = visit.hour_began_at + HOUR
    if work.now >= until:
        return None
    if visit.told_to_wait_at is not None and visit.told_to_wait_at >= visit.hour_began_at and bound is None:
        return Redemption(Answer.SILENT)
    visit.told_to_wait_at = work.now
    work.session.flush()
    return Redemption(Answer.WAIT, bound, until)


def _count_wrong(work: Work, chat_key: str) -> None:
    visit = officers.visit_of(work.session, chat_key)
    if visit.hour_began_at is None or work.now >= visit.hour_began_at + HOUR:
        visit.hour_began_at, visit.wrong_codes, visit.told_to_wait_at = work.now, 0, None
    visit.wrong_codes += 1
    work.session.flush()


def _forget_visit(s: Session, chat_key: str) -> None:
    visit = officers.find_visit(s, chat_key)
    if visit is not None:
        s.delete(visit)
    s.flush()
