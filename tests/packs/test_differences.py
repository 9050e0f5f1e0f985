"""What changed between two declarations is said step by step, old and new."""

import pytest

from sop_flows.declarations.differences import pack_differences, sop_differences
from sop_flows.declarations.loader import Pack, load_pack, load_sop_text
from sop_flows.packs import find_pack
from tests.packs.small_pack import FIRST, SECOND, write_small_pack

MORE = "      - {step: 3, activity: A, prompt: Kerjakan., short: Kerjakan, executors: [peksos], kind: do}\n"[
    4:
]

CHANGED = {
    "nothing": ("title: Pertama", "title: Pertama", ()),
    "a title": ("title: Pertama", "title: Kesatu", ("title: Pertama -> Kesatu",)),
    "a start": ("at: arrival", "at: arrival - 3 hari", ("starts: arrival -> arrival - 3 hari",)),
    "a second start": (
        "  - at: arrival\n", "  - at: arrival\n  - by_hand: true\n", ("starts: with by hand",),
    ),
    "a standard time": (
        "standard: 1 hari", "standard: 3 hari", ("step 2 (Catat data anak): standard: 1 hari -> 3 hari",),
    ),
    "no standard time any more": (
        "    standard: 1 hari\n", "", ("step 2 (Catat data anak): standard: 1 hari -> (nothing)",),
    ),
    "an executor": (
        "executors: [peksos]\n    standard", "executors: [kepala]\n    standard",
        ("step 2 (Catat data anak): executors: peksos -> kepala",),
    ),
    "a question of a form": (
        "ask: Apa?", "ask: Bagaimana?", ("step 2 (Catat data anak): record: field 'hasil': ask: Apa? -> Bagaimana?",),
    ),
    "requirements": (
        "    per: child\n", "    per: child\n    requires: [Jelas, {text: Ada sekolah, check: schools_known}]\n",
        (
            "step 2 (Catat data anak): requires: with Jelas",
            "step 2 (Catat data anak): requires: with Ada sekolah (check schools_known)",
        ),
    ),
    "a step more": ("      rest_value: baik\n", f"      rest_value: baik\n{MORE}", ("step 3 (Kerjakan): new",)),
    "a target for all": (
        "clock: kerja\n", "clock: kerja\ntarget: arrival + 2 hari\n", ("target: (nothing) -> arrival + 2 hari",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("there", "instead", "said"), CHANGED.values(), ids=CHANGED)
def test_a_change_is_said_in_words(there: str, instead: str, said: tuple[str, ...]) -> None:
    assert there in FIRST
    assert sop_differences(load_sop_text(FIRST), load_sop_text(FIRST.replace(there, instead))) == said


def test_what_is_taken_away_is_said_from_the_other_side() -> None:
    longer = load_sop_text(FIRST.replace("      rest_value: baik\n", f"      rest_value: baik\n{MORE}"))
    assert sop_differences(longer, load_sop_text(FIRST)) == ("step 3 (Kerjakan): gone",)


def test_a_pack_with_itself_has_no_differences() -> None:
    pack = load_pack(find_pack("rppsa_putra_utama"))
    assert pack_differences(pack, pack) == {}


def test_new_and_gone_sops_and_the_unit(tmp_path_factory: pytest.TempPathFactory) -> None:
    old = load_pack(write_small_pack(tmp_path_factory.mktemp("old")))
    new = load_pack(
        write_small_pack(
            tmp_path_factory.mktemp("new"),
            **{
                "2_1_yaml": FIRST.replace('"1.1"', '"2.1"'),
                "1_2_yaml": SECOND.replace("Kedua", "Yang kedua"),
            },
        )
    )
    unit = new.unit.model_copy(update={"timezone": "Asia/Jakarta"})
    changed = Pack(unit, {number: sop for number, sop in new.sops.items() if number != "1.1"})
    assert pack_differences(old, changed) == {
        "unit.yaml": ("timezone: Asia/Makassar -> Asia/Jakarta",),
        "1.2 Yang kedua": ("title: Kedua -> Yang kedua",),
        "2.1 Pertama": ("new",),
        "1.1 Pertama": ("gone",),
    }
