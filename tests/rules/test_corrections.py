"""A slip is put right: before, after, who, why; what would be wrong is said and not done; nobody is doubled."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from sop_flows.actions.cohorts.cohorts import CohortNameTakenError
from sop_flows.actions.cohorts.corrections import (
    CorrectionRefusedError,
    Fact,
    Why,
    compare,
    correct_child,
    list_corrections,
    rename_cohort,
    rename_officer,
    rename_school,
)
from sop_flows.actions.cohorts.roster import RosterRow
from sop_flows.errors import NeedsReasonError, NotFoundError, NotPermittedError
from storage.queries.children import list_keys
from storage.tables import Child, Cohort, Correction, School
from tests.support.institution import Home

SCHOOLS = ("SDN Rekaan 1", "SDN Rekaan 2")
SLIP = "salah ketik"


@pytest.fixture
def stay(home: Home) -> Home:
    """Day 3; children 1, 3, 5 of the first school, 2 and 4 of the second."""
    home.angkatan(children=5, schools=SCHOOLS)
    home.it_is("2026-12-03 09.00")
    return home


def correct(home: Home, number: int, fact: Fact, typed: str, reason: str = SLIP) -> Correction:
    found: Correction = home.tap(correct_child, home.sari, home.child(number).id, fact, typed, reason)
    return found


@pytest.mark.parametrize(
    ("fact", "typed", "column", "after"),
    [
        (Fact.NAME, "  Anak  Benar ", "name", "Anak Benar"),
        (Fact.SEX, "Perempuan", "sex", "P"),
        (Fact.BORN, "12/05/2016", "born_on", "2016-05-12"),
        (Fact.PARENT, "Ibu Rekaan", "parent_name", "Ibu Rekaan"),
        (Fact.PHONE, "81234567890", "phone", "081234567890"),
        (Fact.ADDRESS, "Dusun Rekaan", "address", "Dusun Rekaan"),
    ],
)
def test_a_fact_is_put_right_with_before_after_who_why(
    stay: Home, fact: Fact, typed: str, column: str, after: str
) -> None:
    number = 2  # a boy
    before = getattr(stay.child(number), column)
    if column == "sex" and before == "P":
        number, before = 1, stay.child(1).sex
    said = correct(stay, number, fact, typed)
    assert getattr(stay.child(number), column) == after
    assert (said.before, said.after, said.reason, said.officer_id) == (before, after, SLIP, stay.sari.id)
    with stay.reading() as s:
        assert [one.fact for one in list_corrections(s, stay.child(number))] == [column]


def test_another_name_is_found_by_it(stay: Home) -> None:
    correct(stay, 1, Fact.NAME, "Anak Benar")
    with stay.reading() as s:
        numbers = sorted(
            number for found in list_keys(s, stay.child(1).cohort_id).values() for number in found
        )
        assert numbers == [1, 2, 3, 4, 5]
        assert len(list_keys(s, stay.child(1).cohort_id)) == 5
    again = stay.call(compare, stay.child(1).cohort_id, [RosterRow(1, "anak benar", "P", SCHOOLS[0])])
    assert again.known == (1,)


def test_another_school_of_the_angkatan(stay: Home) -> None:
    said = correct(stay, 1, Fact.SCHOOL, "sdn rekaan 2")
    assert stay.child(1).school_id == stay.school(SCHOOLS[1]).id
    assert said.before == str(stay.school(SCHOOLS[0]).id)
    with pytest.raises(CorrectionRefusedError) as refused:
        correct(stay, 1, Fact.SCHOOL, "SDN Entah")
    assert refused.value.why == Why.SCHOOL_UNKNOWN


@pytest.mark.parametrize(
    ("fact", "typed", "why"),
    [
        (Fact.NAME, "123", Why.NAME_ODD),
        (Fact.NAME, "Anak Rekaan 1", Why.THE_SAME),
        (Fact.SEX, "entah", Why.SEX_UNKNOWN),
        (Fact.BORN, "kemarin", Why.DATE_UNKNOWN),
        (Fact.BORN, "12/05/2025", Why.AGE_OUTSIDE),
        (Fact.BORN, "12/05/2001", Why.AGE_OUTSIDE),
        (Fact.BORN, "12/05/2027", Why.AGE_OUTSIDE),
        (Fact.PHONE, "1", Why.PHONE_ODD),
        (Fact.ADDRESS, "x" * 301, Why.TOO_LONG),
        (Fact.NAME, "Maria " * 18, Why.TOO_LONG),
    ],
)
def test_what_can_not_be_right_is_refused(stay: Home, fact: Fact, typed: str, why: Why) -> None:
    with pytest.raises(CorrectionRefusedError) as refused:
        correct(stay, 1, fact, typed)
    assert refused.value.why == why
    with stay.reading() as s:
        assert s.exec(select(Correction)).all() == []


def test_two_children_are_never_made_the_same_child(stay: Home) -> None:
    """1 and 3 are of one school and sex; with one birth date another name would make them one."""
    for number in (1, 3):
        correct(stay, number, Fact.BORN, "12/05/2016")
    assert stay.child(1).sex == stay.child(3).sex
    with pytest.raises(CorrectionRefusedError) as refused:
        correct(stay, 3, Fact.NAME, "ANAK REKAAN 1")
    assert (refused.value.why, refused.value.number) == (Why.ANOTHER_CHILD, 1)
    correct(stay, 3, Fact.BORN, "13/05/2016")
    correct(stay, 3, Fact.NAME, "Anak Rekaan 1")  # twins of different days are two children
    with pytest.raises(CorrectionRefusedError):
        correct(stay, 3, Fact.BORN, "12/05/2016")


def test_who_may_not_and_without_a_reason(stay: Home) -> None:
    guru = stay.officer("Guru", guru_of=_cohort(stay))
    with pytest.raises(NotPermittedError):
        stay.tap(correct_child, guru, stay.child(1).id, Fact.NAME, "Anak Benar", SLIP)
    with pytest.raises(NeedsReasonError):
        correct(stay, 1, Fact.NAME, "Anak Benar", "  ")
    with pytest.raises(NotFoundError):
        stay.tap(correct_child, stay.sari, 999, Fact.NAME, "Anak Benar", SLIP)
    assert stay.child(1).name == "Anak Rekaan 1"


def _cohort(home: Home) -> Cohort:
    with home.reading() as s:
        return s.exec(select(Cohort)).one()


# --- school, angkatan, officer ----------------------------------------------------------------------------------


def test_the_name_of_a_school(stay: Home) -> None:
    school = stay.school(SCHOOLS[0])
    stay.tap(rename_school, stay.tari, school.id, "SDN 1 Rekaan", SLIP)
    assert stay.school("SDN 1 Rekaan").id == school.id
    for typed, why in (
        ("sdn rekaan 2", Why.NAME_TAKEN),
        ("--", Why.NAME_ODD),
        ("SDN 1 Rekaan", Why.THE_SAME),
    ):
        with pytest.raises(CorrectionRefusedError) as refused:
            stay.tap(rename_school, stay.tari, school.id, typed, SLIP)
        assert refused.value.why == why
    with pytest.raises(NotPermittedError):
        stay.tap(rename_school, stay.budi, school.id, "SDN Lain", SLIP)


def test_the_name_of_an_angkatan(stay: Home) -> None:
    stay.angkatan("Angkatan IV", arrival="2027-02-01")
    with stay.reading() as s:
        first = s.exec(select(Cohort).where(Cohort.name == "Angkatan III")).one().id
    with pytest.raises(CohortNameTakenError):
        stay.tap(rename_cohort, stay.tari, first, "Angkatan IV", SLIP)
    stay.tap(rename_cohort, stay.tari, first, "Angkatan III/2026", SLIP)
    with stay.reading() as s:
        assert s.get_one(Cohort, first).name == "Angkatan III/2026"


def test_the_name_of_an_officer(stay: Home) -> None:
    said = stay.tap(rename_officer, stay.tari, stay.budi.id, "Budi Santoso", SLIP)
    assert (said.before, stay.name(stay.budi.id)) == ("Budi", "Budi Santoso")
    with pytest.raises(NotPermittedError):
        stay.tap(rename_officer, stay.budi, stay.budi.id, "Budiman", SLIP)


# --- the roster once more ---------------------------------------------------------------------------------------


def rows_of(home: Home) -> list[RosterRow]:
    with home.reading() as s:
        found = s.exec(select(Child, School).join(School).order_by(Child.number)).all()  # type: ignore[arg-type]
        return [RosterRow(one.number, one.name, one.sex, school.name) for one, school in found]


def test_the_same_list_again_changes_nothing_and_doubles_nobody(stay: Home) -> None:
    again = stay.call(compare, _cohort(stay).id, rows_of(stay))
    assert (again.new, again.known, again.differences) == ((), (1, 2, 3, 4, 5), ())


def test_what_is_new_and_what_is_different_is_said(stay: Home) -> None:
    rows = rows_of(stay)
    rows[0] = replace(rows[0], born_on=date(2016, 5, 12), phone="081")
    rows.append(RosterRow(6, "Anak Baru", "L", SCHOOLS[0]))
    again = stay.call(compare, _cohort(stay).id, rows)
    assert [row.name for row in again.new] == ["Anak Baru"]
    assert [(one.number, one.fact, one.before, one.after) for one in again.differences] == [
        (1, Fact.BORN, None, "2016-05-12"),
        (1, Fact.PHONE, None, "081"),
    ]
    assert stay.child(1).born_on is None


def test_one_name_twice_on_the_list_is_one_known_and_one_new_child(stay: Home) -> None:
    rows = rows_of(stay)
    again = stay.call(compare, _cohort(stay).id, [*rows, rows[0]])
    assert (len(again.new), again.known) == (1, (1, 2, 3, 4, 5))


def test_the_name_of_a_child_of_another_school_is_another_child(stay: Home) -> None:
    again = stay.call(compare, _cohort(stay).id, [replace(rows_of(stay)[0], school=SCHOOLS[1])])
    assert (len(again.new), again.known) == (1, ())
