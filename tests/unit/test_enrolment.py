"""Codes, officers, admins and strangers, by the rules; on real databases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from sop_flows.actions.people.enrolment import (
    Answer,
    LastAdminError,
    Redemption,
    redeem,
    refuse_once,
    remove_officer,
    set_admin,
)
from sop_flows.actions.people.invitations import (
    ALPHABET,
    AmbiguousNameError,
    Grant,
    NameOddError,
    NeedsCohortError,
    NeedsRoleError,
    UnknownNameError,
    UnknownRoleError,
    bare,
    find_named,
    invite,
    new_code,
)
from sop_flows.calendar.dates import OfficeHours
from sop_flows.core.work import Institution, Work
from sop_flows.errors import NotFoundError, NotPermittedError
from storage.cabinet import Cabinet
from storage.engine import Store
from storage.queries import accounts, officers
from storage.tables import Account, Cohort, Conversation, Invitation, Officer, OfficerRole
from storage.types import Keyring
from tests.support.clocks import wita
from tests.support.database import SECRET
from tests.support.packs import real_pack

NOW = wita("2026-12-02 10.00")
HOUR = timedelta(hours=1)


@pytest.fixture
def s(store: Store) -> Iterator[Session]:
    with store.transaction() as session:
        yield session


@pytest.fixture
def house(tmp_path: Path) -> Institution:
    pack = real_pack()
    office = OfficeHours.of(pack.unit, {}, ())
    return Institution(pack=pack, office=office, cabinet=Cabinet(tmp_path, Keyring([SECRET])))


def invited(s: Session, house: Institution, name: str, *roles: str, now: datetime = NOW, **more: bool) -> str:
    return invite(Work(s, house, now), Grant(name, roles, **more)).code  # type: ignore[arg-type]  # flags only


def sends(s: Session, house: Institution, code: str, chat: int, now: datetime = NOW) -> Redemption:
    return redeem(Work(s, house, now), code, f"chat {chat}", chat)


def enrolled(s: Session, house: Institution, name: str, *roles: str, chat: int) -> Officer:
    found = sends(s, house, invited(s, house, name, *roles), chat)
    assert found.answer == Answer.ENROLLED
    assert found.officer is not None
    return found.officer


def test_codes_have_no_letters_that_sound_or_look_alike() -> None:
    assert not set("01OI") & set(ALPHABET)
    codes = {new_code() for _time in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 9 and code[4] == "-" for code in codes)


@pytest.mark.parametrize("typed", ["7Q4K-PZ2M", "7q4kpz2m", " 7q4k pz2m ", "7Q4K–PZ2M"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert bare(typed) == "7Q4KPZ2M"


@pytest.mark.parametrize("typed", ["", "7Q4K", "7Q4K-PZ2M-9", "0Q4K-PZ2M", "tersebut ini"])
def test_what_cannot_be_a_code(typed: str) -> None:
    assert bare(typed) is None


def test_a_code_makes_an_officer_with_its_roles(s: Session, house: Institution) -> None:
    code = invite(Work(s, house, NOW), Grant("Ibu Sari", ("peksos",), ("bimbingan",))).code
    found = sends(s, house, code.lower().replace("-", ""), chat=1)
    assert found.answer == Answer.ENROLLED
    assert found.officer is not None
    rows = s.exec(select(OfficerRole).where(OfficerRole.officer_id == found.officer.id)).all()
    assert {(row.role, row.is_head) for row in rows} == {("peksos", False), ("bimbingan", True)}
    assert accounts.find_officer_of_chat(s, "chat 1") is not None


def test_the_code_is_not_in_the_database(s: Session, house: Institution) -> None:
    code = invited(s, house, "Ibu Sari", "peksos")
    (row,) = s.exec(select(Invitation)).all()
    assert code.replace("-", "") not in row.code_key.upper()
    assert "Sari" not in str(s.connection().exec_driver_sql("SELECT * FROM invitations").fetchall())


def test_the_first_officer_ever_invited_is_admin_and_the_second_is_not(
    s: Session, house: Institution
) -> None:
    first = invite(Work(s, house, NOW), Grant("Ibu Sari", ("tu",)))
    second = invite(Work(s, house, NOW), Grant("Pak Rahmat", ("bimbingan",)))
    assert (first.grant.admin, second.grant.admin) == (True, False)


def test_when_the_first_code_was_never_used_the_next_officer_is_admin(s: Session, house: Institution) -> None:
    invite(Work(s, house, NOW), Grant("Ibu Sari", ("tu",)))
    later = invite(Work(s, house, NOW + timedelta(days=8)), Grant("Pak Rahmat", ("tu",)))
    assert later.grant.admin is True


def test_a_used_code_says_when_it_was_used(s: Session, house: Institution) -> None:
    code = invited(s, house, "Ibu Sari", "peksos")
    sends(s, house, code, chat=1)
    again = sends(s, house, code, chat=2, now=NOW + timedelta(days=1))
    assert (again.answer, again.at, again.officer) == (Answer.USED, NOW, None)


def test_the_same_officer_sending_the_own_code_again_is_enrolled_already(
    s: Session, house: Institution
) -> None:
    code = invited(s, house, "Ibu Sari", "peksos")
    sends(s, house, code, chat=1)
    for _time in range(7):  # it is no wrong code, so it is never too many
        assert sends(s, house, code, chat=1).answer == Answer.ALREADY


def test_a_code_is_good_for_seven_days(s: Session, house: Institution) -> None:
    code = invited(s, house, "Ibu Sari", "peksos")
    expired = sends(s, house, code, chat=1, now=NOW + timedelta(days=7))
    assert (expired.answer, expired.at) == (Answer.EXPIRED, NOW + timedelta(days=7))
    assert sends(s, house, code, chat=2, now=NOW + timedelta(days=7) - HOUR / 60).answer == Answer.ENROLLED


def test_sixth_wrong_code_in_an_hour_is_told_once_to_wait_then_silence(
    s: Session, house: Institution
) -> None:
    code = invited(s, house, "Ibu Sari", "peksos")
    minutes = [sends(s, house, "2222-2222", chat=1, now=NOW + i * HOUR / 60) for i in range(5)]
    assert [one.answer for one in minutes] == [Answer.UNKNOWN] * 5
    sixth = sends(s, house, "2222-2222", chat=1, now=NOW + HOUR / 6)
    assert (sixth.answer, sixth.at) == (Answer.WAIT, NOW + HOUR)
    # Not even the right code: otherwise the waiting would stop nobody.
    assert sends(s, house, code, chat=1, now=NOW + HOUR / 2).answer == Answer.SILENT
    assert sends(s, house, "2222-2222", chat=2, now=NOW + HOUR / 2).answer == Answer.UNKNOWN  # another chat
    assert sends(s, house, code, chat=1, now=NOW + HOUR).answer == Answer.ENROLLED


def test_a_phone_of_another_officer_is_refused_and_the_code_stays_good(
    s: Session, house: Institution
) -> None:
    enrolled(s, house, "Ibu Sari", "peksos", chat=1)
    code = invited(s, house, "Pak Rahmat", "bimbingan")
    refused = sends(s, house, code, chat=1)
    assert refused.answer == Answer.TAKEN
    assert refused.officer is not None
    assert refused.officer.name == "Ibu Sari"
    assert sends(s, house, code, chat=2).answer == Answer.ENROLLED


def test_a_new_phone_is_bound_to_the_same_officer_and_the_old_one_is_a_stranger(
    s: Session, house: Institution
) -> None:
    sari = enrolled(s, house, "Ibu Sari", "peksos", chat=1)
    s.add(Conversation(officer_id=sari.id or 0, topic="x", draft={"a": 1}, card_message_id=7, updated_at=NOW))
    s.flush()
    code = invite(Work(s, house, NOW), Grant("Ibu Sari"), replaces=sari).code
    found = sends(s, house, code, chat=2)
    assert (found.answer, found.officer) == (Answer.PHONE_BOUND, sari)
    assert accounts.find_officer_of_chat(s, "chat 1") is None
    account = accounts.find_account_of(s, sari.id or 0)
    assert account is not None
    assert account.chat_key == "chat 2"
    talk = s.get_one(Conversation, sari.id)
    assert (talk.draft, talk.card_message_id) == ({"a": 1}, None)  # the draft goes on, its card is elsewhere
    assert len(s.exec(select(Officer)).all()) == 1


def test_a_code_for_the_new_phone_of_somebody_removed_is_no_longer_good(
    s: Session, house: Institution
) -> None:
    admin = enrolled(s, house, "Ibu Admin", "tu", chat=1)
    sari = enrolled(s, house, "Ibu Sari", "peksos", chat=2)
    code = invite(Work(s, house, NOW), Grant("Ibu Sari"), replaces=sari).code
    remove_officer(Work(s, house, NOW), admin, sari.id or 0)
    assert sends(s, house, code, chat=3).answer == Answer.EXPIRED


def test_names_find_officers_and_ambiguity_is_told(s: Session, house: Institution) -> None:
    first = enrolled(s, house, "Ibu Sari", "peksos", chat=1)
    assert find_named(s, "ibu  sari") is first
    assert find_named(s, f"{first.id}") is first
    second = enrolled(s, house, "Ibu Sari", "bimbingan", chat=2)
    with pytest.raises(AmbiguousNameError) as both:
        find_named(s, "Ibu Sari")
    assert both.value.ids == (first.id, second.id)
    with pytest.raises(UnknownNameError) as none:
        find_named(s, "Bu Sari")
    assert none.value.similar == ("Ibu Sari", "Ibu Sari")


@pytest.mark.parametrize(
    ("grant", "error"),
    [
        (Grant("Ibu Sari", ("peksoz",)), UnknownRoleError),
        (Grant("Ibu Sari", (), ("kepalaa",)), UnknownRoleError),
        (Grant("Ibu Sari"), NeedsRoleError),
        (Grant("  ", ("peksos",)), NameOddError),
        (Grant("12", ("peksos",)), NameOddError),
        (Grant("x" * 101, ("peksos",)), NameOddError),
        (Grant("Ibu Guru", ("guru",)), NeedsCohortError),
        (Grant("Ibu Sari", ("peksos",), cohort_id=1), NeedsCohortError),
    ],
)
def test_an_invitation_that_makes_no_sense(
    s: Session, house: Institution, grant: Grant, error: type[Exception]
) -> None:
    with pytest.raises(error):
        invite(Work(s, house, NOW), grant)
    assert s.exec(select(Invitation)).all() == []


def test_a_guru_is_of_one_cohort(s: Session, house: Institution) -> None:
    day = NOW.date()
    cohort = Cohort(
        name="Angkatan Contoh", arrival_on=day, departure_on=day + timedelta(days=30), opened_at=NOW
    )
    s.add(cohort)
    s.flush()
    code = invite(Work(s, house, NOW), Grant("Ibu Guru", ("guru", "peksos"), cohort_id=cohort.id)).code
    sends(s, house, code, chat=1)
    rows = s.exec(select(OfficerRole)).all()
    assert {(row.role, row.cohort_id) for row in rows} == {("guru", cohort.id), ("peksos", None)}


def test_removing_an_officer_unbinds_the_phone_and_keeps_the_row(s: Session, house: Institution) -> None:
    admin = enrolled(s, house, "Ibu Admin", "tu", chat=1)
    sari = enrolled(s, house, "Ibu Sari", "peksos", chat=2)
    remove_officer(Work(s, house, NOW), admin, sari.id or 0)
    assert sari.removed_at == NOW
    assert accounts.find_officer_of_chat(s, "chat 2") is None
    assert [officer.name for officer in officers.list_active(s)] == ["Ibu Admin"]
    with pytest.raises(NotFoundError):
        remove_officer(Work(s, house, NOW), admin, sari.id or 0)
    # The phone can be enrolled again: by a new code, as a new officer.
    assert enrolled(s, house, "Ibu Sari", "peksos", chat=2).id != sari.id


def test_the_last_admin_cannot_be_removed_nor_give_the_flag_away(s: Session, house: Institution) -> None:
    admin = enrolled(s, house, "Ibu Admin", "tu", chat=1)
    sari = enrolled(s, house, "Ibu Sari", "peksos", chat=2)
    with pytest.raises(LastAdminError):
        remove_officer(Work(s, house, NOW), admin, admin.id or 0)
    with pytest.raises(LastAdminError):
        set_admin(Work(s, house, NOW), admin, admin.id or 0, False)
    set_admin(Work(s, house, NOW), admin, sari.id or 0, True)
    remove_officer(Work(s, house, NOW), admin, admin.id or 0)
    assert [(o.name, o.is_admin) for o in officers.list_active(s)] == [("Ibu Sari", True)]


def test_only_an_admin_removes(s: Session, house: Institution) -> None:
    admin = enrolled(s, house, "Ibu Admin", "tu", chat=1)
    sari = enrolled(s, house, "Ibu Sari", "peksos", chat=2)
    with pytest.raises(NotPermittedError):
        remove_officer(Work(s, house, NOW), sari, admin.id or 0)


def test_a_stranger_is_refused_once(s: Session, house: Institution) -> None:
    assert [refuse_once(Work(s, house, NOW), "chat 9") for _time in range(3)] == [True, False, False]


def test_a_chat_is_bound_to_one_officer_and_an_officer_to_one_chat(s: Session, house: Institution) -> None:
    sari = enrolled(s, house, "Ibu Sari", "peksos", chat=1)
    for chat in (2, 3):
        sends(s, house, invite(Work(s, house, NOW), Grant("Ibu Sari"), replaces=sari).code, chat)
    bound = s.exec(select(Account).where(Account.unbound_at == None)).all()  # noqa: E711 - SQL
    assert [(one.officer_id, one.chat_key) for one in bound] == [(sari.id, "chat 3")]
