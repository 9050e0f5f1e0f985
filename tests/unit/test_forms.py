"""A typed line as answers of a declared form."""

from datetime import date

import pytest

from sop_flows.declarations.form import Field, Form, Rest
from sop_flows.recording.forms.answers import AnswerError, read_answer, read_line, rest_values
from sop_flows.recording.forms.people import read_people, read_table
from sop_flows.recording.records import school_key

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
    (rest,) = ASSESSMENT.every_rest
    assert rest_values(ASSESSMENT, rest) == {
        "masalah": "tidak ada",
        "potensi": "tidak ada",
        "kebutuhan": "tidak ada",
    }
    assert NUMBER.every_rest == ()


def test_what_may_be_left_out_is_left_out_by_a_rest() -> None:
    rests = (Rest(button="Sisanya: hadir", value="Hadir"), Rest(button="Sisanya: tidak", value="Tidak hadir"))
    presence = Form(
        fields=(
            Field(key="hadir", ask="Hadir?", kind="choice", choices=("Hadir", "Tidak hadir")),
            Field(key="catatan", ask="Catatan?", kind="text", optional=True),
        ),
        rests=rests,
    )
    found = [rest_values(presence, rest) for rest in presence.every_rest]
    assert found == [{"hadir": "Hadir", "catatan": None}, {"hadir": "Tidak hadir", "catatan": None}]


TABLE = Field(key="jadwal", ask="Jadwal?", kind="table", columns=("Hari", "Jam", "Pelajaran"))


def test_a_line_with_a_part_missing_is_asked_back_and_the_others_are_kept() -> None:
    read = read_table(TABLE, "1. Senin; 08.00; Membaca\nSenin; 09.00\nSelasa; ; Menari")
    assert read.rows == (("Senin", "08.00", "Membaca"),)
    assert read.lacking == ("Senin; 09.00", "Selasa; ; Menari")
    further = read_table(TABLE, "Senin; 09.00; Berhitung", read.rows, read.lacking)
    assert further.rows[-1] == ("Senin", "09.00", "Berhitung")
    assert further.lacking == ("Selasa; ; Menari",)
    last = read_table(TABLE, "Selasa; 08.00; Menari", further.rows, further.lacking)
    assert (len(last.rows), last.lacking) == (3, ())


def test_the_only_part_that_lacks_may_come_alone() -> None:
    read = read_table(TABLE, "Senin; 09.00")
    assert read_table(TABLE, "Berhitung", read.rows, read.lacking).rows == (("Senin", "09.00", "Berhitung"),)


def test_a_line_with_a_part_too_many_is_refused() -> None:
    with pytest.raises(AnswerError) as refused:
        read_table(TABLE, "Senin; 08.00; Membaca\nSenin; 09.00; Menari; Aula")
    assert (refused.value.fault, refused.value.said) == ("parts", "Senin; 09.00; Menari; Aula")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("8", "08.00"), ("08:30", "08.30"), ("pukul 14.05 WITA", "14.05"), ("jam 7", "07.00")],
)
def test_an_hour(typed: str, value: str) -> None:
    assert read_answer(Field(key="jam", ask="Jam?", kind="time"), typed, (), TODAY) == value


@pytest.mark.parametrize("typed", ["25", "8.75", "pagi", "08.300"])
def test_no_hour(typed: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read_answer(Field(key="jam", ask="Jam?", kind="time"), typed, (), TODAY)
    assert refused.value.fault == "time"


def test_a_decimal_needs_no_unit_and_keeps_its_limits() -> None:
    heat = Field(key="suhu", ask="Suhu?", kind="decimal", min=34, max=43)
    assert read_answer(heat, "38,5", (), TODAY) == 38.5
    with pytest.raises(AnswerError) as refused:
        read_answer(heat, "385", (), TODAY)
    assert refused.value.fault == "range"


def test_an_officer_or_any_other_name() -> None:
    who = Field(key="pengasuh", ask="Siapa?", kind="officer")
    assert read_answer(who, "wati", ("Ibu Wati", "Pak Budi"), TODAY) == "Ibu Wati"
    assert read_answer(who, "Nenek Sri", ("Ibu Wati",), TODAY) == "Nenek Sri"


def test_a_very_long_answer_is_refused() -> None:
    with pytest.raises(AnswerError) as refused:
        read_line(MET, "a" * 2001, {"ditemui": ()}, TODAY)
    assert refused.value.fault == "too_long"


def field(kind: str, **more: object) -> Field:
    return Field.model_validate({"key": "isi", "ask": "Apa?", "kind": kind, **more})


def read(one: Field, text: str) -> object:
    return read_answer(one, text, one.choices, TODAY)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("120", 120), ("120 cm", 120), ("75,5", 75.5), ("75.5CM", 75.5), ("30", 30), ("200", 200)],
)
def test_a_measure_is_read_with_its_unit_and_decimals(typed: str, value: float) -> None:
    assert read(field("number", unit="cm", min=30, max=200), typed) == value


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("29", "range"), ("1.500", "range"), ("300 cm", "range"), ("-40", "number"), ("dua", "number"), ("1e3", "number"),
     ("120 kg", "number")],
)  # fmt: skip
def test_a_measure_that_does_not_fit_says_why(typed: str, fault: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read(field("number", unit="cm", min=30, max=200), typed)
    assert refused.value.fault == fault


def test_what_is_counted_has_no_decimals() -> None:
    with pytest.raises(AnswerError):
        read(field("number"), "1,5")


@pytest.mark.parametrize(
    ("typed", "value"), [("Ya", True), ("sudah.", True), ("Tidak", False), ("belum", False)]
)
def test_yes_and_no_as_people_say_them(typed: str, value: bool) -> None:
    assert read(field("yes"), typed) is value


@pytest.mark.parametrize(
    ("typed", "value"), [("kemarin", "2026-11-30"), ("3/11", "2026-11-03"), ("12 mei 2016", "2016-05-12")]
)
def test_dates_as_people_type_them(typed: str, value: str) -> None:
    assert read(field("date"), typed) == value


@pytest.mark.parametrize("typed", ["31/2", "1 januari 1500", "entah", "1 januari 2999"])
def test_a_date_that_can_not_be_is_asked_again(typed: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read(field("date"), typed)
    assert refused.value.fault == "date"


def test_a_weekday_beside_the_date_of_another_one_is_asked_about() -> None:
    with pytest.raises(AnswerError) as refused:
        read(field("date"), "rabu 1 desember")  # a Tuesday
    assert refused.value.fault == "weekday"


def test_several_choices_in_one_message() -> None:
    several = field("choices", choices=("Medis", "Hukum", "Sekolah"))
    assert read(several, "medis; HUKUM, medis") == ["Medis", "Hukum"]
    with pytest.raises(AnswerError):
        read(several, "medis, lain")


def test_a_weight_is_grams() -> None:
    assert read(field("weight"), "23,5 kg") == 23_500
    for typed in ("0,5", "900", "berat"):
        with pytest.raises(AnswerError) as refused:
            read(field("weight"), typed)
        assert refused.value.fault == "weight"


PEOPLE = field("people", columns=("Nama", "Status pendidikan/profesi"))


def test_people_line_by_line_and_who_lacks_the_second_part() -> None:
    first = read_people(PEOPLE, "1. Ani; S1\n- Budi\nCitra ;\n\n2) Dedi; Perawat;")
    assert first.rows == (("Ani", "S1"), ("Dedi", "Perawat"))
    assert first.lacking == ("Budi", "Citra")
    second = read_people(PEOPLE, "budi; SMA", first.rows, first.lacking)
    assert second.lacking == ("Citra",)
    third = read_people(PEOPLE, "D3 Gizi", second.rows, second.lacking)
    assert third.rows == (("Ani", "S1"), ("Dedi", "Perawat"), ("budi", "SMA"), ("Citra", "D3 Gizi"))
    assert third.lacking == ()


@pytest.mark.parametrize(("typed", "fault"), [("", "empty"), (" ;\n-", "empty"), ("Ani; S1; Ketua", "parts"), ("123; S1", "parts"),
                                              ("\n".join(f"Orang {letter}; x" for letter in "a" * 61), "too_long")])  # fmt: skip
def test_lines_that_are_no_people(typed: str, fault: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read_people(PEOPLE, typed)
    assert refused.value.fault == fault


def test_two_people_of_one_name_are_two() -> None:
    assert read_people(PEOPLE, "Ani; S1\nAni; SMA").rows == (("Ani", "S1"), ("Ani", "SMA"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SDN 1 Contoh", "sd negeri 01 contoh", True),
        ("SDN 1 Contoh", "SDN 2 Contoh", False),
        ("MI Al-Contoh", "Madrasah Ibtidaiyah Al Contoh", True),
        ("SDN 1 Contoh", "SDN 11 Contoh", False),
    ],
)
def test_schools_are_compared_by_what_their_names_mean(one: str, other: str, same: bool) -> None:
    assert (school_key(one) == school_key(other)) is same
