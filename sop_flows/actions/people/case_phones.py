"""Cases on a phone: a yes is asked and given, a PIN made, typed and reset; whoever has to know of it hears it at once."""

from datetime import date, datetime, timedelta
from hmac import compare_digest

from sqlmodel import col, select

from sop_flows.core.notices import (
    CasesAllowed,
    CasesAsked,
    CasesRefused,
    KnowerInvited,
    PhoneCodeMade,
    PhoneLeft,
    PinMade,
    PinReset,
    PinShut,
)
from sop_flows.core.work import Work
from sop_flows.errors import NotFoundError, NotPermittedError, RuleError
from sop_flows.staffing.case_access import (
    PIN_TRIES,
    Rank,
    is_first,
    keep_unlocked,
    knowing_heads,
    may_say_yes,
    names,
    pin_of,
    rank_of,
    waits,
    who_may_say_yes,
)
from sop_flows.staffing.roster import admins, is_away, officer_of
from storage.queries.accounts import find_account_of
from storage.tables import Account, Officer

OPERATOR_WAITS = timedelta(hours=24)  # so long every phone that was told can still object


class AnotherHeadError(RuleError):
    """`heads` (names) can say it in chat; the machine is for when nobody can."""

    def __init__(self, heads: tuple[str, ...]) -> None:
        super().__init__("a head can")
        self.heads = heads


# --- a yes ------------------------------------------------------------------------------------------------------


def tell_of_invitation(
    work: Work, name: str, roles: tuple[str, ...], by: Officer | None, replaces: Officer | None
) -> None:
    """Before the code is used: who knows cases hears for whom it is, and the officer's phone that it replaces."""
    by_id = 0 if by is None else by.id or 0
    if replaces is not None and replaces.id != by_id:
        work.notify(replaces.id or 0, PhoneCodeMade(by=by_id))
    if not roles:
        return
    invited = KnowerInvited(by=by_id, name=name, roles=roles, new_phone=replaces is not None)
    for head in knowing_heads(work, None if replaces is None else replaces.id):
        if head.id != by_id:
            work.notify(head.id or 0, invited)


def phone_bound(work: Work, officer: Officer, account: Account, former: Account | None, before: Rank) -> None:
    """A phone was bound, or the officer's roles grew on the one in use: may it open cases at once?

    Args:
        former: the phone that was the officer's until now; None: there was none, or it is the same.
        before: what the officer might know before.
    """
    rank = rank_of(work, officer.id or 0)
    if former is not None:
        at = work.now.astimezone(work.zone)
        work.notify(officer.id or 0, PhoneLeft(clock=f"{at:%H.%M}"), account=former.id)
    if rank is Rank.NONE or (former is None and rank <= before):
        return
    is_new = former is not None
    if not is_new and is_first(work, officer.id or 0, rank):
        keep_unlocked(work, account)
        return
    account.cases_wait_since, account.cases_from, account.cases_until = work.now, None, None
    work.session.add(account)
    work.session.flush()
    asked = CasesAsked(
        officer=officer.id or 0, account=account.id or 0, new_phone=is_new,
        operator=not who_may_say_yes(work, officer.id or 0),
    )  # fmt: skip
    told = knowing_heads(work, officer.id) or tuple(one for one in admins(work) if one.id != officer.id)
    for head in told:
        work.notify(head.id or 0, asked)


def allow_phone(work: Work, head: Officer, account_id: int) -> Account:
    """[Ya, buka kasus]: from now on cases open on that phone, with the PIN.

    Raises NotFoundError: it does not wait (any more); NotPermittedError ("case").
    """
    account = _waiting(work, head, account_id)
    account.cases_wait_since, account.cases_from, account.cases_until = None, None, None
    work.session.add(account)
    work.session.flush()
    said = CasesAllowed(by=head.id or 0, officer=account.officer_id, account=account_id)
    work.notify(account.officer_id, said)
    return account


def refuse_phone(work: Work, head: Officer, account_id: int) -> Account:
    """[Jangan dibuka]: it stays shut, also when the operator had opened it from tomorrow on; the admins hear it.

    Raises as `allow_phone`.
    """
    account = _waiting(work, head, account_id)
    account.cases_from = None
    work.session.add(account)
    work.session.flush()
    said = CasesRefused(by=head.id or 0, officer=account.officer_id, account=account_id)
    for one in {account.officer_id, *(admin.id or 0 for admin in admins(work))} - {head.id}:
        work.notify(one, said)
    return account


def _waiting(work: Work, head: Officer, account_id: int) -> Account:
    account = work.session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFoundError
    if not may_say_yes(work, head, account.officer_id):
        raise NotPermittedError("case")
    if account.unbound_at is not None or not waits(account, work.now):
        raise NotFoundError
    return account


def allow_by_operator(work: Work, officer: Officer) -> datetime:
    """The yes on the machine, when no head can give it: it counts in 24 hours, and every phone of the officer, the heads
    and the admins hear it now. Returns from when on.

    Raises NotFoundError: the officer's phone does not wait; AnotherHeadError.
    """
    account = find_account_of(work.session, officer.id or 0)
    if account is None or not waits(account, work.now):
        raise NotFoundError
    _refuse_while_a_head_can(work, officer)
    if account.cases_from is None:
        account.cases_from = work.now + OPERATOR_WAITS
        work.session.add(account)
        work.session.flush()
    on, clock = _when(work, account.cases_from)
    _tell_all(
        work, officer, CasesAllowed(officer=officer.id or 0, account=account.id or 0, on=on, clock=clock)
    )
    return account.cases_from


def _refuse_while_a_head_can(work: Work, officer: Officer) -> None:
    able = [
        one
        for one in who_may_say_yes(work, officer.id or 0)
        if not is_away(work, one.id)
        and (account := find_account_of(work.session, one.id or 0)) is not None
        and account.blocked_at is None
    ]
    if able:
        raise AnotherHeadError(names(able))


def _tell_all(work: Work, officer: Officer, notice: CasesAllowed | PinReset) -> None:
    """The officer on every phone, former ones too; the heads who know cases, and the admins."""
    former = work.session.exec(
        select(Account)
        .where(Account.officer_id == officer.id, col(Account.unbound_at).is_not(None))
        .order_by(col(Account.id))
    )
    for account in {one.chat_id: one for one in former}.values():
        work.notify(officer.id or 0, notice, account=account.id)
    others = (*knowing_heads(work, officer.id), *admins(work))
    for one in {officer.id: None} | {other.id: None for other in others}:
        work.notify(one or 0, notice)


def _when(work: Work, at: datetime) -> tuple[date, str]:
    local = at.astimezone(work.zone)
    return local.date(), f"{local:%H.%M}"


# --- the PIN ----------------------------------------------------------------------------------------------------


def make_pin(work: Work, account: Account, pin: str) -> None:
    """The officer's PIN from now on; the heads who know cases hear that there is one: nobody makes it unseen."""
    officer_id = account.officer_id
    row = pin_of(work, officer_id)
    row.pin, row.wrong_tries, row.shut_at, row.typing = pin, 0, None, None
    work.session.add(row)
    keep_unlocked(work, account)
    work.session.flush()
    for head in knowing_heads(work, officer_id):
        work.notify(head.id or 0, PinMade(officer=officer_id))


def try_pin(work: Work, account: Account, pin: str) -> int:
    """The PIN was typed: cases open when it is right. Returns the tries that are left; PIN_TRIES when it was right.

    After the last wrong one cases are shut, and the heads who may reset it hear it.
    """
    row = pin_of(work, account.officer_id)
    if row.shut_at is not None or row.pin is None:
        return 0
    if compare_digest(row.pin, pin):
        row.wrong_tries = 0
        work.session.add(row)
        keep_unlocked(work, account)
        return PIN_TRIES
    row.wrong_tries += 1
    left = max(0, PIN_TRIES - row.wrong_tries)
    work.session.add(row)
    if not left:
        shut_pin(work, account, forgotten=False)
    return left


def shut_pin(work: Work, account: Account, *, forgotten: bool) -> None:
    """Cases stay shut on the phone until a head resets the PIN; those who can are asked, once."""
    row = pin_of(work, account.officer_id)
    is_told = row.shut_at is not None
    row.shut_at, row.typing = row.shut_at or work.now, None
    account.cases_until = None
    work.session.add_all([row, account])
    work.session.flush()
    if not is_told:
        for head in knowing_heads(work, account.officer_id):
            work.notify(head.id or 0, PinShut(officer=account.officer_id, forgotten=forgotten))


def reset_pin(work: Work, head: Officer, officer_id: int) -> Officer:
    """[Atur ulang PIN] by a head who knows cases: a new one is made when a case is opened next; the officer hears it.

    Raises NotFoundError: no such officer, or no PIN; NotPermittedError ("case").
    """
    officer = officer_of(work, officer_id)
    if officer is None:
        raise NotFoundError
    if not may_say_yes(work, head, officer_id):
        raise NotPermittedError("case")
    row = pin_of(work, officer_id)
    if row.pin is None and row.shut_at is None:
        raise NotFoundError
    row.reset_from = work.now
    pin_of(work, officer_id)
    account = find_account_of(work.session, officer_id)
    if account is not None:
        account.cases_until = None
    work.session.flush()
    work.notify(officer_id, PinReset(by=head.id or 0, officer=officer_id))
    return officer


def reset_by_operator(work: Work, officer: Officer) -> datetime:
    """As `allow_by_operator`, of a PIN that is shut. Raises NotFoundError: it is not; AnotherHeadError."""
    row = pin_of(work, officer.id or 0)
    if row.shut_at is None:
        raise NotFoundError
    _refuse_while_a_head_can(work, officer)
    row.reset_from = row.reset_from or work.now + OPERATOR_WAITS
    work.session.add(row)
    work.session.flush()
    on, clock = _when(work, row.reset_from)
    _tell_all(work, officer, PinReset(officer=officer.id or 0, on=on, clock=clock))
    return row.reset_from
