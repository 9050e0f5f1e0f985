"""What the handbook finds: numbers however typed, words with typing errors, the best first."""

import pytest

from sop_flows.handbook.search import KEY_MAX, SearchIndex, search_key
from tests.support.packs import real_pack


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex(real_pack())


def found(index: SearchIndex, words: str) -> list[str]:
    return [hit.sop.number for hit in index.find(words).hits]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("konseling", "9.1.08"),
        ("konsling", "9.1.08"),  # a letter is missing
        ("KONSELNIG", "9.1.08"),  # two letters are swapped
        ("kónseling", "9.1.08"),
        ("konse", "9.1.08"),
        ("timbang", "9.2.06"),
        ("penimbangan", "9.2.06"),
        ("beri makn", "9.2.12"),
        ("makan", "9.2.12"),
        ("homevisit", "9.1.12"),
        ("home visit", "9.1.12"),
        ("asesmen", "9.2.09"),  # the document: asessment
        ("sk petugas", "9.2.02"),
        ("d3 keperawatan", "9.2.15"),
        ("obat obatan kurang", "9.2.15"),  # an obstacle
        ("penimbang berat badan", "9.2.06"),  # equipment
        ("kunjungan dari orang tua yang", "9.1.09"),  # small words are no words
        ("tukang masak", "9.2.12"),  # only the document's wording has it
    ],
)
def test_words_find_their_sop_first(index: SearchIndex, typed: str, first: str) -> None:
    assert found(index, typed)[:1] == [first]


def test_makan_does_not_find_samakan(index: SearchIndex) -> None:
    assert "9.1.12" not in found(index, "makan")  # "untuk menyamakan program"
    assert "9.1.12" not in found(index, "makanan")


@pytest.mark.parametrize(
    "typed", ["9.1.8", "9.1.08", " 9.1.08. ", "SOP 9.1.8", "sop: 9,1,8", "9-1-8", "9 1 08", "918", "9108"]
)
def test_a_number_finds_its_sop_alone(index: SearchIndex, typed: str) -> None:
    assert found(index, typed) == ["9.1.08"]


def test_a_beginning_of_numbers_finds_all_of_them(index: SearchIndex) -> None:
    numbers = list(real_pack().sops)
    assert found(index, "9.1") == [number for number in numbers if number.startswith("9.1.")]
    assert found(index, "9") == numbers


@pytest.mark.parametrize("typed", ["23,5 121", "9,2,99", "9/9"])
def test_numbers_of_something_else_find_nothing(index: SearchIndex, typed: str) -> None:
    assert index.find(typed).hits == ()


def test_a_mistyped_number_is_no_other_number(index: SearchIndex) -> None:
    assert found(index, "9.1.99") == []
    assert found(index, "9.7") == []


def test_the_step_is_named_where_the_words_stand(index: SearchIndex) -> None:
    hits = {hit.sop.number: hit.step for hit in index.find("timbang").hits}
    step = hits["9.2.15"]
    assert step is not None
    assert step.step == 4
    assert index.find("konseling").hits[0].step is None  # in the title


def test_most_of_three_words_is_nearest_and_one_of_two_is_nothing(index: SearchIndex) -> None:
    finding = index.find("surat gajah orang tua")
    assert not finding.complete
    assert finding.hits[0].sop.number == "9.2.02"
    assert index.find("gajah timbang").hits == ()


@pytest.mark.parametrize("typed", ["", " ", "😀", "<>", "a", "a b c", "\u202e", "...", "-"])
def test_nothing_to_look_for_finds_nothing(index: SearchIndex, typed: str) -> None:
    assert search_key(typed) == ""
    assert index.find(typed).hits == ()


@pytest.mark.parametrize(
    "typed", ["x" * 5000, "anak " * 900, "9." * 2000 + "1", "ﬃ" * 100, "Ⅷ.①.②", "٣.٤", "makan\x00minum"]
)
def test_a_key_is_short_and_its_own_key(index: SearchIndex, typed: str) -> None:
    key = search_key(typed)
    assert len(key) <= KEY_MAX
    assert search_key(key) == key
    assert key.isascii()
    index.find(typed)
