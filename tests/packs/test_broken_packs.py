"""A mistake in a pack is named with file, line and reason. One mistake at a time, then several."""

from pathlib import Path

import pytest

from sop_flows.declarations.loader import PackErrors, load_pack, load_sop_text
from tests.packs.small_pack import FILES, FIRST, write_small_pack

# file, what is there, what is put there instead, the one line that says so
BROKEN = {
    "unknown key": (
        "1.1.yaml", "    prompt: Catat.", "    promt: Catat.",
        "1.1.yaml:17: unknown key 'promt'; did you mean 'prompt'?",
    ),
    "missing key": ("1.1.yaml", "phase: awal\n", "", "1.1.yaml:1: 'phase' is missing"),
    "text instead of a number": (
        "1.1.yaml", "- step: 2", "- step: dua", "1.1.yaml:15: 'step' must be a whole number, not 'dua'",
    ),
    "number that would be a text": (
        "1.1.yaml", "title: Pertama", "title: 2026", "1.1.yaml:2: 'title' must be a text, not the number 2026 (put quotes around a text)",
    ),
    "word instead of a list": (
        "1.1.yaml", "executors: [peksos]\n    standard", "executors: peksos\n    standard",
        "1.1.yaml:19: 'executors' must be a list, not 'peksos'",
    ),
    "word that YAML takes for a boolean": (
        "1.1.yaml", "activity: Mencatat", "activity: yes",
        "1.1.yaml:16: 'activity' must be a text, not the boolean true (YAML 1.1 reads yes, no, on and off so; put quotes around a word)",
    ),
    "the key no": (
        "1.1.yaml", "- step: 2", "- no: 2",
        "1.1.yaml:15: the key 'no:' is read by YAML 1.1 as a boolean, not as a word; call the number of a step 'step:'",
    ),
    "a key twice": (
        "1.1.yaml", "    kind: do", "    kind: do\n    standard: 2 hari",
        "1.1.yaml:22: the key 'standard' stands twice, first in line 20",
    ),
    "no such kind": (
        "1.1.yaml", "kind: do", "kind: doo",
        "1.1.yaml:21: 'kind' must be 'start', 'start+', 'do', 'end', 'end+' or 'blank', not 'doo'",
    ),
    "no such duration": (
        "1.1.yaml", "standard: 1 hari", "standard: 1 minggu",
        "1.1.yaml:20: '1 minggu' is no duration; write it like '1 hari', '4 jam' or '3-6 bulan'",
    ),
    "no such date": (
        "1.1.yaml", "at: arrival", "at: kedatangan",
        "1.1.yaml:8: 'kedatangan' is no date; write it like 'arrival', 'arrival - 21 hari', 'departure + 1 hari' or 'opening + 3 bulan'",
    ),
    "no such reminder": (
        "1.2.yaml", '"-1 hari"', '"1 hari"',
        "1.2.yaml:17: '1 hari' is no reminder; write '-3 hari', 'pagi hari H' or 'jatuh tempo'",
    ),
    "two ways to start in one": (
        "1.1.yaml", "- at: arrival", "- {at: arrival, by_hand: true}",
        "1.1.yaml:8: a start has exactly one of: at, after, flagged_in, by_hand",
    ),
    "an emergency in office hours": (
        "1.1.yaml",
        "clock: kerja",
        "clock: kerja\nemergency: true",
        "1.1.yaml:7: an emergency does not wait for office hours; its clock is kalender",
    ),
    "two times for one step": (
        "1.2.yaml", "kind: do", "kind: do\n    standard: 1 hari",
        "1.2.yaml:10: step 1 has both standard and every; only one can say when it is due",
    ),
    "asked without a prompt": (
        "1.1.yaml", "    prompt: Catat.\n", "", "1.1.yaml:15: step 2 is asked (kind do) and has no prompt",
    ),
    "prompt too long for a card": (
        "1.1.yaml", "prompt: Catat.", f"prompt: {'a' * 161}",
        "1.1.yaml:17: 'prompt' has 161 characters; 160 is the most",
    ),
    "a milestone that asks": (
        "1.1.yaml", "kind: start", "kind: start\n    per: child",
        "1.1.yaml:10: step 1 is a milestone (kind start): it asks, records and reminds nothing",
    ),
    "a roll of two roles": (
        "1.2.yaml", "kind: do", "kind: do\n    per: child",
        "1.2.yaml:10: step 1 is a roll (per: child) and can have one executor only",
    ),
    "a choice without choices": (
        "1.1.yaml", "kind: text", "kind: choice", "1.1.yaml:25: 'hasil' is a choice without choices",
    ),
    "half of rest": (
        "1.1.yaml", "      rest_value: baik\n", "",
        "1.1.yaml:23: rest and rest_value come together: the button and what it records",
    ),
    "steps out of order": (
        "1.1.yaml", "- step: 2", "- step: 3", "1.1.yaml:15: step 3 is out of order; 2 comes here",
    ),
    "a step twice": ("1.1.yaml", "- step: 2", "- step: 1", "1.1.yaml:15: step 1 stands twice"),
    "entry_after a step without entries": (
        "1.1.yaml", "per: child", "per: child\n    entry_after: 1",
        "1.1.yaml:23: entry_after 1: no earlier step of that number has an entry per child",
    ),
    "unknown role": (
        "1.2.yaml", "[peksos, kepala]", "[peksos, kepla]",
        "1.2.yaml:14: unknown role 'kepla'; unit.yaml has kepala, peksos",
    ),
    "after a SOP that is not there": (
        "1.2.yaml", 'after: "1.1"', 'after: "1.9"', "1.2.yaml:8: after 1.9: there is no such SOP in the pack",
    ),
    "after a milestone": (
        "1.2.yaml", 'after: "1.1"', 'after: "1.1"\n    after_step: 1',
        "1.2.yaml:9: after_step 1: SOP 1.1 has no asked step of that number",
    ),
    "two SOPs that wait for each other": (
        "1.1.yaml", "at: arrival", 'after: "1.2"', "1.1.yaml:8: after 1.2: that SOP in turn waits for 1.1\n1.2.yaml:8: after 1.1: that SOP in turn waits for 1.2",
    ),
    "flagged where nothing flags": (
        "1.2.yaml", 'after: "1.1"', 'flagged_in: "1.1"',
        "1.2.yaml:8: flagged_in 1.1: no step of that SOP flags a child (record: flag)",
    ),
    "a file with another SOP in it": (
        "1.2.yaml", 'number: "1.2"', 'number: "1.3"',
        "1.2.yaml:1: the file is called 1.2.yaml, but the SOP in it is 1.3",
    ),
    "not YAML": ("1.2.yaml", "[peksos, kepala]", "[peksos, kepala", "1.2.yaml:15: not readable as YAML: did not find expected ',' or ']'"),
    "a tab": ("1.2.yaml", "title: Kedua", "\ttitle: Kedua", "1.2.yaml:2: not readable as YAML: found character that cannot start any token"),
    "an impossible date": (
        "unit.yaml", "created: 2008-12-19", "created: 2008-13-19",
        "unit.yaml:17: '2008-13-19' can't be read: month must be in 1..12",
    ),
    "unknown head": (
        "unit.yaml", "head: kepala", "head: kasi", "unit.yaml:7: unknown role 'kasi'; unit.yaml has kepala, peksos",
    ),
    "stand-in for a step that is not there": ("unit.yaml", "1.1/2", "1.1/7", "unit.yaml:9: SOP 1.1 has no step 7"),
    "unknown time zone": (
        "unit.yaml", "Asia/Makassar", "Asia/Mataram",
        "unit.yaml:4: there is no time zone 'Asia/Mataram'; write it like 'Asia/Makassar'",
    ),
    "unknown weekday": (
        "unit.yaml", "senin:", "monday:",
        "unit.yaml:12: 'monday' must be 'senin', 'selasa', 'rabu', 'kamis', 'jumat', 'sabtu' or 'minggu', not 'monday'",
    ),
    "no such hours": (
        "unit.yaml", "08.00-16.00, istirahat 12.00-13.00", "08:00-16:00",
        "unit.yaml:12: '08:00-16:00' are no hours; write '08.00-12.00' or '08.00-16.00, istirahat 12.00-13.00'",
    ),
    "a break outside the day": (
        "unit.yaml", "12.00-13.00", "15.30-16.30",
        "unit.yaml:12: '08.00-16.00, istirahat 15.30-16.30': the breaks must follow each other within the day",
    ),
    "no such time of day": ("unit.yaml", "08.00-16.00", "08.00-24.30", "unit.yaml:12: 08.00-24.30: there is no such time of day"),
    "a dormitory for nobody": ("unit.yaml", "sex: P", "sex: X", "unit.yaml:14: 'sex' must be 'L' or 'P', not 'X'"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "there", "instead", "says"), BROKEN.values(), ids=BROKEN)
def test_one_mistake_is_named_with_file_line_and_reason(
    tmp_path: Path, file: str, there: str, instead: str, says: str
) -> None:
    assert FILES[file].count(there) >= 1
    broken = FILES[file].replace(there, instead, 1)
    write_small_pack(tmp_path, **{file.replace(".", "_"): broken})
    with pytest.raises(PackErrors) as caught:
        load_pack(tmp_path)
    assert str(caught.value) == says


def test_the_small_pack_itself_is_right(tmp_path: Path) -> None:
    assert list(load_pack(write_small_pack(tmp_path)).sops) == ["1.1", "1.2"]


def test_a_circle_with_another_way_in_would_never_end(tmp_path: Path) -> None:
    also_by_hand = FIRST.replace("  - at: arrival", '  - after: "1.2"\n  - by_hand: true')
    with pytest.raises(PackErrors, match=r"after 1\.2: that SOP in turn waits for 1\.1"):
        load_pack(write_small_pack(tmp_path, **{"1_1_yaml": also_by_hand}))


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        (
            "{petirahan: [awal, akhir], perlindungan: [akhir]}",
            "1.2.yaml:4: unknown phase 'tengah'; petirahan has awal, akhir (unit.yaml)",
        ),
        ("{asrama: [awal]}", "1.2.yaml:3: unknown program 'petirahan'; unit.yaml has phases of asrama"),
    ],
)
def test_a_unit_that_lists_its_phases_means_them_all(tmp_path: Path, phases: str, said: str) -> None:
    odd = FILES["1.2.yaml"].replace("phase: awal", "phase: tengah")
    write_small_pack(tmp_path, unit_yaml=f"{FILES['unit.yaml']}phases: {phases}\n", **{"1_2_yaml": odd})
    with pytest.raises(PackErrors) as caught:
        load_pack(tmp_path)
    assert said in str(caught.value).splitlines()


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    write_small_pack(
        tmp_path,
        **{
            "1_1_yaml": FIRST.replace("clock: kerja", "clock: malam").replace("1 hari", "sehari"),
            "1_2_yaml": "",
        },
    )
    with pytest.raises(PackErrors) as caught:
        load_pack(tmp_path)
    assert [(error.file, error.line) for error in caught.value] == [
        ("1.1.yaml", 6),
        ("1.1.yaml", 20),
        ("1.2.yaml", 1),
    ]
    assert caught.value.errors[2].what == "the file is empty"


def test_a_folder_without_a_unit_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackErrors, match=r"no pack here: there is no unit\.yaml"):
        load_pack(tmp_path)


def test_a_pack_without_sops_is_refused(tmp_path: Path) -> None:
    (tmp_path / "unit.yaml").write_text(FILES["unit.yaml"], encoding="utf-8")
    with pytest.raises(PackErrors, match="the pack has no SOP"):
        load_pack(tmp_path)


def test_a_file_with_the_other_ending_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    write_small_pack(tmp_path)
    (tmp_path / "1.3.yml").write_text(FIRST, encoding="utf-8")
    with pytest.raises(PackErrors, match=r"1\.3\.yml:1: not read; rename it to 1\.3\.yaml"):
        load_pack(tmp_path)


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    write_small_pack(tmp_path)
    (tmp_path / "1.2.yaml").write_bytes(
        FILES["1.2.yaml"].replace("Menimbang", "Menimb\xe4ng").encode("latin-1")
    )
    with pytest.raises(PackErrors, match=r"^1\.2\.yaml:11: not UTF-8"):
        load_pack(tmp_path)


def test_an_alias_that_contains_itself_ends() -> None:
    with pytest.raises(PackErrors, match="nested too deeply"):
        load_sop_text("steps: &all [*all]")


def test_a_stored_text_that_is_wrong_is_named_too() -> None:
    with pytest.raises(PackErrors, match=r"^SOP:10: step 1"):
        load_sop_text(FIRST.replace("executors: [peksos]", "executors: []", 1))
