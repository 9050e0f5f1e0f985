"""What a report of an incident says: what was done, read off its words."""

import pytest

from sop_flows.recording.temperature import find_temperature, find_treatment


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ("demam 38,5 diberi paracetamol", "diberi paracetamol"),
        ("demam 38,5 sudah parasetamol", "sudah parasetamol"),
        ("sudah dikompres, suhu 38,5", "sudah dikompres"),
        (
            "jatuh di kamar mandi; lutut dibersihkan dan diberi betadine. menangis",
            "dibersihkan dan diberi betadine",
        ),
        ("batuk, minum obat 3x1", "minum obat 3x1"),
        ("demam, belum diberi obat", ""),
        ("tidak mau minum", ""),
        ("sudah 3 hari demam", ""),
        ("minta obat", ""),
        ("muntah dua kali", ""),
    ],
)
def test_what_was_done_stands_by_itself(words: str, done: str) -> None:
    assert find_treatment(words) == done


def test_one_message_says_all_of_it() -> None:
    words = "demam 38,5 diberi paracetamol"
    found = find_temperature(words)
    assert found is not None
    assert (found.tenths, find_treatment(words)) == (385, "diberi paracetamol")
