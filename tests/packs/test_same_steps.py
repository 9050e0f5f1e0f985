"""`same_steps_as`: a file that says only in what its SOP differs."""

from pathlib import Path

import pytest

from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import load_pack, load_sop_text
from tests.packs.small_pack import FIRST, write_small_pack

THIRD = """\
number: "1.3"
title: Ketiga
same_steps_as: "1.1"
equipment: [Matras]
oddities: [Judulnya dicetak dua kali]
steps:
  - step: 2
    prompt: Catat lagi.
    remind: ["-1 hari"]
"""


def errors_of(folder: Path, **files: str) -> str:
    with pytest.raises(PackErrors) as caught:
        load_pack(write_small_pack(folder, **files))
    return str(caught.value)


def test_what_is_not_written_comes_from_the_named_sop(tmp_path: Path) -> None:
    sops = load_pack(write_small_pack(tmp_path, **{"1_3_yaml": THIRD})).sops
    first, third = sops["1.1"], sops["1.3"]
    assert third.same_steps_as == "1.1"
    assert (third.phase, third.clock, third.starts) == (first.phase, first.clock, first.starts)
    assert (third.title, third.equipment, first.equipment) == ("Ketiga", ("Matras",), ())
    assert third.steps[0] == first.steps[0]
    assert third.step(2).activity == first.step(2).activity
    assert (third.step(2).prompt, first.step(2).prompt) == ("Catat lagi.", "Catat.")


def test_the_stored_text_is_whole(tmp_path: Path) -> None:
    third = load_pack(write_small_pack(tmp_path, **{"1_3_yaml": THIRD})).sops["1.3"]
    assert load_sop_text(third.source) == third


def test_a_line_of_differences_may_have_several_links(tmp_path: Path) -> None:
    fourth = 'number: "1.4"\ntitle: Keempat\nsame_steps_as: "1.3"\n'
    sops = load_pack(write_small_pack(tmp_path, **{"1_3_yaml": THIRD, "1_4_yaml": fourth})).sops
    assert sops["1.4"].equipment == ("Matras",)
    assert sops["1.4"].oddities == ()  # what is odd in other pages of the document
    assert sops["1.4"].step(2).prompt == "Catat lagi."


def test_a_mistake_is_in_the_line_that_was_written(tmp_path: Path) -> None:
    broken = THIRD.replace('"-1 hari"', '"1 hari"')
    assert errors_of(tmp_path, **{"1_3_yaml": broken}).startswith("1.3.yaml:9: '1 hari' is no reminder")


def test_a_mistake_of_the_named_sop_is_said_once(tmp_path: Path) -> None:
    broken = FIRST.replace("clock: kerja", "clock: malam")
    assert errors_of(tmp_path, **{"1_1_yaml": broken, "1_3_yaml": THIRD}).count("malam") == 1


def test_an_unknown_role_of_the_named_sop_is_said_once(tmp_path: Path) -> None:
    broken = FIRST.replace("executors: [peksos]\n    standard", "executors: [tamu]\n    standard")
    said = errors_of(tmp_path, **{"1_1_yaml": broken, "1_3_yaml": THIRD})
    assert said == "1.1.yaml:19: unknown role 'tamu'; unit.yaml has kepala, peksos"


def test_a_named_sop_that_can_not_be_read_is_there(tmp_path: Path) -> None:
    said = errors_of(tmp_path, **{"1_1_yaml": "\tnumber", "1_3_yaml": THIRD})
    assert said == "1.1.yaml:1: the line begins with a tab; YAML is indented with spaces only"


@pytest.mark.parametrize(
    ("there", "instead", "says"),
    [
        ('as: "1.1"', 'as: "1.9"', "1.3.yaml:3: same_steps_as 1.9: there is no such SOP in the pack"),
        ('as: "1.1"', 'as: "1.3"', "1.3.yaml:3: same_steps_as goes round in a circle: 1.3 -> 1.3"),
        (
            "step: 2",
            "step: 9",
            "1.3.yaml:7: SOP 1.1 has no step 9; a step here starts with 'step:' and a number of it",
        ),
        ("title: Ketiga\n", "", "1.3.yaml:1: 'title' is missing"),
    ],
)
def test_what_can_not_be_completed_is_named(tmp_path: Path, there: str, instead: str, says: str) -> None:
    assert errors_of(tmp_path, **{"1_3_yaml": THIRD.replace(there, instead)}) == says


def test_a_circle_of_two_is_named(tmp_path: Path) -> None:
    fourth = 'number: "1.4"\ntitle: Keempat\nsame_steps_as: "1.3"\n'
    said = errors_of(tmp_path, **{"1_3_yaml": THIRD.replace('as: "1.1"', 'as: "1.4"'), "1_4_yaml": fourth})
    assert said == "1.4.yaml:3: same_steps_as goes round in a circle: 1.3 -> 1.4 -> 1.3"
