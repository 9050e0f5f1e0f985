"""A typed line as answers of a declared form."""

from datetime import date

import pytest

from sop_flows.declarations.form import Field, Form
from sop_flows.forms.answers import AnswerError, read_line, rest_values

ASSESSMENT = Form(
    fields=(
        Field(key="masalah", ask="Apa masalahnya?", kind="text"),
        Field(key="potensi", ask="Apa potensinya?", kind="text"),
        Field(key="kebutuhan", ask="Apa kebutuhannya?", kind="text"),
    ),
    rest="Sisanya: tidak ada",
    rest_value="tidak ada",
)
PARENTS = Form(
    fields=(
        Field(key="orang_tua", ask="Siapa?", kind="text"),
        Field(key="telepon", ask="Nomor?", kind="text", optional=True),
        Field(key="alamat", ask="Di mana?", kind="text"),
    )
)
NUMBER = Form(fields=(Field(key="nomor_induk", ask="Berapa?", kind="number"),))
HOUSE = Form(fields=(Field(key="wisma", ask="Mana?", kind="choice", proposal="dormitory"),))
MET = Form(
    fields=(Field(key="ditemui", ask="Siapa?", kind="choice", choices=("Ayah", "Ibu"), free_text=True),)
)
TODAY = date(2026, 12, 1)
HOUSES = {"wisma": ("Wisma Melati", "Wisma Mawar", "Wisma Rinjani")}


def test_parts_are_separated_by_semicolons() -> None:
    read = read_line(ASSESSMENT, "sulit tidur ; rajin;  teman sebaya", {}, TODAY)
    assert read == {"masalah": "sulit tidur", "potensi": "rajin", "kebutuhan": "teman sebaya"}


@pytest.mark.parametrize("line", ["sulit tidur", "a; b", "a; b; c; d"])
def test_too_few_or_many_parts_are_refused(line: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read_line(ASSESSMENT, line, {}, TODAY)
    assert refused.value.fault == "parts"


@pytest.mark.parametrize("line", ["Pak Contoh; ; Dusun Contoh", "Pak Contoh; - ; Dusun Contoh"])
def test_an_optional_part_may_stay_empty(line: str) -> None:
    assert read_line(PARENTS, line, {}, TODAY) == {
        "orang_tua": "Pak Contoh",
        "telepon": None,
        "alamat": "Dusun Contoh",
    }


def test_a_part_that_is_needed_may_not() -> None:
    with pytest.raises(AnswerError) as refused:
        read_line(PARENTS, "; 0811; Dusun Contoh", {}, TODAY)
    assert refused.value.fault == "empty"


def test_a_number_is_digits() -> None:
    assert read_line(NUMBER, "017", {}, TODAY) == {"nomor_induk": 17}
    with pytest.raises(AnswerError) as refused:
        read_line(NUMBER, "A-17", {}, TODAY)
    assert refused.value.fault == "number"


@pytest.mark.parametrize(("typed", "house"), [("Wisma Mawar", "Wisma Mawar"), ("mawar", "Wisma Mawar")])
def test_part_of_a_choice_is_enough_when_it_means_one(typed: str, house: str) -> None:
    assert read_line(HOUSE, typed, HOUSES, TODAY) == {"wisma": house}


@pytest.mark.parametrize("typed", ["wisma", "kamboja", "a"])
def test_a_choice_that_means_none_or_several_is_refused(typed: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read_line(HOUSE, typed, HOUSES, TODAY)
    assert refused.value.fault == "choice"


@pytest.mark.parametrize(("typed", "who"), [("ibu", "Ibu"), ("Nenek", "Nenek")])
def test_some_choices_may_be_written_in_own_words(typed: str, who: str) -> None:
    assert read_line(MET, typed, {"ditemui": ("Ayah", "Ibu")}, TODAY) == {"ditemui": who}


def test_the_rest_gets_the_same_answer_in_every_field() -> None:
    assert rest_values(ASSESSMENT) == {
        "masalah": "tidak ada",
        "potensi": "tidak ada",
        "kebutuhan": "tidak ada",
    }
    assert rest_values(NUMBER) is None


def test_a_very_long_answer_is_refused() -> None:
    with pytest.raises(AnswerError) as refused:
        read_line(MET, "a" * 2001, {"ditemui": ()}, TODAY)
    assert refused.value.fault == "too_long"
