"""A mistake in a pack is named with file, line and reason. One mistake at a time, then several."""

from pathlib import Path

import pytest

from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import load_pack, load_sop_text
from sop_flows.packs import find_pack
from tests.packs.small_pack import FILES, FIRST, SECOND, write_small_pack

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
        "1.1.yaml", "title: Pertama", "title: 2026", "1.1.yaml:2: 'title' must be a text, not the number 2026; put quotes around a text: \"2026\"",
    ),
    "word instead of a list": (
        "1.1.yaml", "executors: [peksos]\n    standard", "executors: peksos\n    standard",
        "1.1.yaml:19: 'executors' must be a list, not 'peksos'; write [peksos]",
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
    "a photo in a line": (
        "1.1.yaml", 'kind: text}\n      rest: "Sisanya: baik"\n      rest_value: baik\n', "kind: photo}\n",
        "1.1.yaml:15: step 2: 'hasil' is a photo, which no line can hold; write style: asked",
    ),
    "half of rest": (
        "1.1.yaml", "      rest_value: baik\n", "",
        "1.1.yaml:23: 'Sisanya: baik' records nothing: write what, or fields that have a proposal",
    ),
    "a value without its rest": (
        "1.1.yaml", '      rest: "Sisanya: baik"\n', "",
        "1.1.yaml:23: rest_value is what a rest records, and there is no rest: the button",
    ),
    "a roll that records afterwards": (
        "1.1.yaml", "    record:\n", "    record:\n      ask: after\n",
        "1.1.yaml:15: step 2: a record of a roll or a decision is what is done; ask: before",
    ),
    "a log that asks for two texts": (
        "1.2.yaml", "kind: do", "kind: do\n    lasting: departure\n    record:\n      ask: log\n      fields:\n"
        "        - {key: a, ask: A, kind: text}\n        - {key: b, ask: B, kind: text}\n",
        "1.2.yaml:17: a log needs one text that must be answered: the words of a note; mark others optional",
    ),
    "a first note of what does not go on": (
        "1.2.yaml", "kind: do", "kind: do\n    first_due: 1 hari\n    record: {ask: log, fields: [{key: a, ask: A, kind: text}]}",
        "1.2.yaml:10: step 1 has first_due, but does not go on; it needs lasting, or 3-6 bulan",
    ),
    "a first note of no case": (
        "1.2.yaml", "    every: {days: 10, first_at: 10, until: departure}\n    remind: [\"-1 hari\"]\n",
        "    lasting: departure\n    first_due: 1 hari\n    record: {ask: log, fields: [{key: a, ask: A, kind: text}]}\n",
        "1.2.yaml:17: only a step of a case is asked for its first note; leave it out",
    ),
    "a list of children of no angkatan": (
        "1.2.yaml", 'subject: cohort\nclock: kalender\nstarts:\n  - after: "1.1"\nsteps:\n  - step: 1\n',
        'subject: school\nclock: kalender\nstarts:\n  - after: "1.1"\nsteps:\n  - step: 1\n    executor_may: roster\n',
        "1.2.yaml:11: only an angkatan has a list of children; leave it out",
    ),
    "a form that nobody wrote": (
        "1.2.yaml", "kind: do", "kind: do\n    record: surat",
        "1.2.yaml:16: there is no form 'surat'; unit.yaml has none under 'forms:'",
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
        "1.2.yaml:14: unknown role 'kepla'; unit.yaml has kepala, peksos; did you mean 'kepala'?",
    ),
    "after a SOP that is not there": (
        "1.2.yaml", 'after: "1.1"', 'after: "1.9"', "1.2.yaml:8: after 1.9: there is no such SOP in the pack; did you mean 1.1?",
    ),
    "after a milestone": (
        "1.2.yaml", 'after: "1.1"', 'after: "1.1"\n    after_step: 1',
        "1.2.yaml:9: after_step 1: SOP 1.1 has no asked step of that number; it has 2",
    ),
    "two SOPs that wait for each other": (
        "1.1.yaml", "at: arrival", 'after: "1.2"', "1.1.yaml:8: a circle of starts: 1.1 after 1.2 after 1.1; begin one of them otherwise, or with 'when'",
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
    "a tab": ("1.2.yaml", "title: Kedua", "\ttitle: Kedua", "1.2.yaml:2: the line begins with a tab; YAML is indented with spaces only"),
    "an impossible date": (
        "unit.yaml", "created: 2008-12-19", "created: 2008-13-19",
        "unit.yaml:17: '2008-13-19' is no date: month must be in 1..12; write it like 2026-12-24",
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
    "an unknown way to start": (
        "1.1.yaml", "at: arrival", "sesudah: 1.2.1",
        "1.1.yaml:8: unknown key 'sesudah'; here may stand at, after, after_step, when, later, flagged_in, by_hand, child",
    ),
    "a start that is only a word": (
        "1.1.yaml", "- at: arrival", "- arrival",
        "1.1.yaml:8: 'starts' must be a mapping of keys to values, not 'arrival'; write it like '- at: arrival' or '- after: 9.2.01'",
    ),
    "the same start twice": (
        "1.1.yaml", "  - at: arrival", "  - at: arrival\n  - at: arrival", "1.1.yaml:9: the same start stands twice",
    ),
    "a title of blanks": ("1.1.yaml", "title: Pertama", 'title: "  "', "1.1.yaml:2: 'title' must not be empty"),
    "a number that is no number": (
        "1.1.yaml", 'number: "1.1"', "number: 1.1a", "1.1.yaml:1: '1.1a' is no number of a SOP; write it like 9.2.15",
    ),
    "a SOP that only waits for itself": (
        "1.2.yaml", 'after: "1.1"', 'after: "1.2"', "1.2.yaml:8: a circle of starts: 1.2 after 1.2; begin one of them otherwise, or with 'when'",
    ),
    "when without a decision": (
        "1.2.yaml", 'after: "1.1"', 'after: "1.1"\n    when: [rujuk]', "1.2.yaml:9: when: no step of SOP 1.1 has a decision",
    ),
    "0 days": (
        "1.1.yaml", "1 hari", "0 hari", "1.1.yaml:20: '0 hari' is no time at all; a milestone has standard: 0, without a unit",
    ),
    "0 for work": (
        "1.1.yaml", "standard: 1 hari", "standard: 0", "1.1.yaml:15: step 2 is asked (kind do); standard: 0 is for milestones",
    ),
    "more hours than a day has": (
        "1.1.yaml", "1 hari", "25 jam", "1.1.yaml:20: '25 jam' is too long; 24 jam are the most; write it in hari",
    ),
    "months that go back": (
        "1.1.yaml", "1 hari", "3-2 bulan", "1.1.yaml:20: '3-2 bulan': the second amount must be larger than the first",
    ),
    "a standard without a unit": (
        "1.1.yaml", "1 hari", "2", "1.1.yaml:20: 'standard' must be a text, not the number 2; write it like '1 hari', '4 jam' or '3-6 bulan'",
    ),
    "0 days after the arrival": (
        "1.1.yaml", "at: arrival", "at: arrival + 0 hari", "1.1.yaml:8: 'arrival + 0 hari': write 'arrival' for the day itself",
    ),
    "a date a thousand years away": (
        "1.1.yaml", "at: arrival", "at: arrival + 9999 hari",
        "1.1.yaml:8: 'arrival + 9999 hari' is too far away; 366 hari or 24 bulan are the most",
    ),
    "a grid that ends before it begins": (
        "1.2.yaml", "until: departure", "until: arrival + 5 hari",
        "1.2.yaml:16: never asked: the first time would be arrival + 10 hari, after until: arrival + 5 hari of a stay of 30 days",
    ),
    "a grid after the stay": (
        "1.2.yaml", "first_at: 10", "first_at: 40",
        "1.2.yaml:16: never asked: the first time would be arrival + 40 hari, after until: departure of a stay of 30 days",
    ),
    "a grid of days and months": (
        "1.2.yaml", "days: 10", "days: 10, months: 1", "1.2.yaml:16: every has either days or months",
    ),
    "a grid without a beginning": (
        "1.2.yaml", "first_at: 10, ", "", "1.2.yaml:16: 'first_at' is missing: days after the anchor on which the first one falls",
    ),
    "a reminder before the time before": (
        "1.2.yaml", '"-1 hari"', '"-11 hari"', "1.2.yaml:17: reminds 11 days before, but comes round every 10 days",
    ),
    "a stay that is never closed": (
        "1.2.yaml", "until: departure", "until: closed", "1.2.yaml:16: only a case is closed; write a date, like 'departure'",
    ),
    "a target before the start": (
        "1.1.yaml", "standard: 1 hari", "target: arrival - 1 hari",
        "1.1.yaml:20: step 2: target arrival - 1 hari is before the SOP starts (arrival)",
    ),
    "due before it opens": (
        "1.1.yaml", "standard: 1 hari", "opens: departure\n    due: arrival + 2 hari",
        "1.1.yaml:21: step 2: due arrival + 2 hari is before it opens (departure)",
    ),
    "a case that arrives": (
        "1.1.yaml", "subject: cohort", "subject: case",
        "1.1.yaml:8: a case has no arrival; count from its opening, like 'opening + 3 hari'\n"
        "1.2.yaml:8: after 1.1: that SOP is of a case, this one of a cohort; it would never start",
    ),
    "services that a cohort has not": (
        "1.1.yaml", "clock: kerja", "clock: kerja\nends_services: true",
        "1.1.yaml:7: ends_services is for a SOP of a case; the subject of this one is cohort",
    ),
    "a decimal number for a SOP": (
        "1.2.yaml", 'after: "1.1"', "after: 1.10",
        '1.2.yaml:8: 1.10 is read by YAML as a decimal number and would be changed; put it in quotes: "1.10"',
    ),
    "an octal number": (
        "1.1.yaml", "- step: 2", "- step: 010",
        '1.1.yaml:15: 010 is read by YAML as a number and would be changed; put it in quotes: "010"; or write it without 0 in front',
    ),
    "a number that is none": ("1.1.yaml", "- step: 2", "- step: 08", "1.1.yaml:15: 'step' must be a whole number, not '08'"),
    "a time of day that is a number": (
        "unit.yaml", "08.00-16.00, istirahat 12.00-13.00", "12:30",
        'unit.yaml:12: 12:30 is read by YAML as a number and would be changed; put it in quotes: "12:30"',
    ),
    "a date for a text": (
        "1.1.yaml", "title: Pertama", "title: 2026-12-01",
        "1.1.yaml:2: 'title' must be a text, not the date 2026-12-01; put quotes around a text: \"2026-12-01\"",
    ),
    "a date with a time": (
        "unit.yaml", "created: 2008-12-19", "created: 2008-12-19 08:00:00",
        "unit.yaml:17: '2008-12-19 08:00:00' has a time of day; write the date alone, like 2026-12-24",
    ),
    "a date as people write it": (
        "unit.yaml", "created: 2008-12-19", "created: 19-12-2008",
        "unit.yaml:17: 'created' must be a date like 2026-12-24, not '19-12-2008'",
    ),
    "revised before it was made": (
        "unit.yaml", "revised: 2010-05-17", "revised: 2007-05-17",
        "unit.yaml:17: revised 2007-05-17 is before created 2008-12-19",
    ),
    "seasons on the same days": (
        "unit.yaml", "dormitories:",
        "  seasons:\n    - {name: A, first_on: 2027-02-01, last_on: 2027-02-08, hours: {}}\n"
        "    - {name: B, first_on: 2027-02-08, last_on: 2027-03-08, hours: {}}\ndormitories:",
        "unit.yaml:15: season 'B' has days in common with 'A'",
    ),
    "closing days backwards": (
        "unit.yaml", "dormitories:",
        "  closing_days:\n    - {name: A, first_on: 2027-06-25, last_on: 2027-06-21}\ndormitories:",
        "unit.yaml:14: closing days 'A' end before they start",
    ),
    "closing days for a year": (
        "unit.yaml", "dormitories:",
        "  closing_days:\n    - {name: A, first_on: 2027-06-21, last_on: 2028-06-25}\ndormitories:",
        "unit.yaml:14: closing days 'A': more than 92 in a row; is the year right?",
    ),
    "the key on": (
        "1.1.yaml", "phase: awal", "on: awal", "1.1.yaml:4: the key 'on:' is read by YAML 1.1 as a boolean, not as a word",
    ),
    "a list with the word no in it": (
        "1.1.yaml", "kind: text", "kind: choice, choices: [ya, no]",
        "1.1.yaml:25: 'choices' must be a text, not the boolean false (YAML 1.1 reads yes, no, on and off so; put quotes around a word)",
    ),
    "a merge key": (
        "1.1.yaml", "{key: hasil, ask: Apa?, kind: text}", "{key: hasil, ask: Apa?, kind: text, <<: {}}",
        "1.1.yaml:25: '<<' is not read here; write the keys out (a whole SOP can have same_steps_as)",
    ),
    "a tag": (
        "1.1.yaml", "title: Pertama", "title: !!python/object/apply:os.system [ls]",
        "1.1.yaml:2: the tag '!tag:yaml.org,2002:python/object/apply:os.system' is not known here; leave it out",
    ),
    "a tab within": (
        "1.1.yaml", "    activity: Mencatat", "\t activity: Mencatat",
        "1.1.yaml:16: the line begins with a tab; YAML is indented with spaces only",
    ),
    "an indentation": (
        "1.1.yaml", "    activity: Mencatat", "     activity: Mencatat",
        "1.1.yaml:16: not readable as YAML: mapping values are not allowed in this context; put quotes around a text that has ': ' in it",
    ),
    "a quote without an end": (
        "1.2.yaml", '["-1 hari"]', '["-1 hari]', "1.2.yaml:17: not readable as YAML: found unexpected end of stream; what begins here has no end",
    ),
    "a colon in a text": (
        "1.1.yaml", "title: Pertama", "title: Tahap: Pertama",
        "1.1.yaml:2: not readable as YAML: mapping values are not allowed in this context; put quotes around a text that has ': ' in it",
    ),
    "a control character": ("1.1.yaml", "Pertama", "Per\x07tama", "1.1.yaml:2: a control character (code 7) stands here; delete it"),
    "two documents in a file": (
        "1.1.yaml", "phase: awal\n", "phase: awal\n---\n", "1.1.yaml:5: a second document begins here; one file is one SOP, without '---'",
    ),
    "a key without a word": ("1.1.yaml", "phase: awal", "~: awal", "1.1.yaml:4: a key is missing before the ':'"),
    "a number that another file has": (
        "1.2.yaml", 'number: "1.2"', 'number: "1.1"',
        "1.2.yaml:1: the file is called 1.2.yaml, but the SOP in it is 1.1, which is in 1.1.yaml already",
    ),
    "a section that is no role": (
        "unit.yaml", "roles:", "sections: [peksoz]\nroles:",
        "unit.yaml:5: unknown role 'peksoz'; unit.yaml has kepala, peksos; did you mean 'peksos'?",
    ),
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


def test_a_mistake_in_a_former_sop_is_said_with_its_folder(tmp_path: Path) -> None:
    pack = load_pack(write_small_pack(tmp_path))
    (tmp_path / "former").mkdir()
    (tmp_path / "former" / "1.1.yaml").write_text("number: '1.1'\nclock: senin\n", encoding="utf-8")
    with pytest.raises(PackErrors) as refused:
        len(pack.former)
    assert all(error.file == "former/1.1.yaml" for error in refused.value)
    assert "former/1.1.yaml:2: 'clock' must be" in str(refused.value)


def test_a_circle_with_another_way_in_would_never_end(tmp_path: Path) -> None:
    also_by_hand = FIRST.replace("  - at: arrival", '  - after: "1.2"\n  - by_hand: true')
    with pytest.raises(PackErrors, match=r"a circle of starts: 1\.1 after 1\.2 after 1\.1"):
        load_pack(write_small_pack(tmp_path, **{"1_1_yaml": also_by_hand}))


def test_a_dormitory_is_proposed_only_where_there_are_some(tmp_path: Path) -> None:
    sleeps = FIRST.replace("kind: text}", "kind: choice, proposal: dormitory}").replace(
        '      rest: "Sisanya: baik"\n      rest_value: baik\n', ""
    )
    assert load_pack(write_small_pack(tmp_path, **{"1_1_yaml": sleeps}))
    without = "\n".join(
        line for line in FILES["unit.yaml"].splitlines() if "ormitor" not in line and "Wisma" not in line
    )
    write_small_pack(tmp_path, **{"1_1_yaml": sleeps}, unit_yaml=without)
    with pytest.raises(PackErrors) as caught:
        load_pack(tmp_path)
    said = "1.1.yaml:25: 'hasil' proposes a dormitory, but unit.yaml has none; list them under 'dormitories:'"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        (
            "{petirahan: [awal, tengahan], perlindungan: [akhir]}",
            "1.2.yaml:4: unknown phase 'tengah'; petirahan has awal, tengahan (unit.yaml); did you mean 'tengahan'?",
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


def test_a_target_of_the_sop_before_its_start_is_named_where_it_stands(tmp_path: Path) -> None:
    early = FIRST.replace("steps:\n", "target: arrival - 1 hari\nsteps:\n").replace(
        "    standard: 1 hari\n", ""
    )
    with pytest.raises(PackErrors, match=r"^1\.1\.yaml:9: step 2: target arrival - 1 hari is before the SOP"):
        load_pack(write_small_pack(tmp_path, **{"1_1_yaml": early}))


def test_a_case_without_rules_for_cases_is_named(tmp_path: Path) -> None:
    no_cases = FILES["unit.yaml"].split("case:")[0]
    of_a_case = SECOND.replace("cohort", "case").replace('after: "1.1"', "by_hand: true")
    of_a_case = of_a_case.replace("first_at: 10", "first_at: 10, anchor: opening").replace(
        "departure", "closed"
    )
    with pytest.raises(PackErrors, match=r"^1\.2\.yaml:5: a SOP of a case, but unit\.yaml has no 'case:'"):
        load_pack(write_small_pack(tmp_path, unit_yaml=no_cases, **{"1_2_yaml": of_a_case}))
    assert "1.2" in load_pack(write_small_pack(tmp_path, **{"1_2_yaml": of_a_case})).sops


def test_a_sop_that_nothing_starts_is_named(tmp_path: Path) -> None:
    flags = FIRST.replace('rest: "Sisanya: baik"', "flag: Perlu perhatian").replace("rest_value: baik", "")
    waiting = SECOND.replace("cohort", "child").replace("after:", "flagged_in:")
    also_waiting = flags.replace("at: arrival", 'flagged_in: "1.2"').replace("cohort", "child")
    with pytest.raises(PackErrors) as caught:
        load_pack(
            write_small_pack(
                tmp_path,
                **{
                    "1_1_yaml": also_waiting,
                    "1_2_yaml": waiting.replace(
                        "remind:",
                        "record: {fields: [{key: a, ask: A?, kind: text}], flag: Perlu}\n    remind:",
                    ),
                },
            )
        )
    what = "nothing ever starts this SOP: it waits for 1.{}, which in turn waits for it"
    assert str(caught.value) == f"1.1.yaml:7: {what.format(2)}\n1.2.yaml:7: {what.format(1)}"


def test_an_outcome_that_can_not_be_decided_is_named(tmp_path: Path) -> None:
    decides = FIRST.replace("    per: child\n", "").replace(
        '      rest: "Sisanya: baik"\n      rest_value: baik\n',
        "    decision: {field: hasil, proposes: peksos, settles: kepla}\n",
    )
    decides = decides.replace("kind: text}", "kind: choice, choices: [lanjut, rujuk]}")
    follows = SECOND.replace('after: "1.1"', 'after: "1.1"\n    when: [lanjut, rujukan]')
    with pytest.raises(PackErrors) as caught:
        load_pack(write_small_pack(tmp_path, **{"1_1_yaml": decides, "1_2_yaml": follows}))
    assert [str(error) for error in caught.value] == [
        "1.1.yaml:25: unknown role 'kepla'; unit.yaml has kepala, peksos; did you mean 'kepala'?",
        "1.2.yaml:9: when rujukan: SOP 1.1 decides lanjut, rujuk; did you mean 'rujuk'?",
    ]


def test_two_numbers_that_people_take_for_one_are_named(tmp_path: Path) -> None:
    twin = SECOND.replace('number: "1.2"', 'number: "1.02"')
    with pytest.raises(PackErrors, match=r"^1\.2\.yaml:1: 1\.2 is the same number as 1\.02"):
        load_pack(write_small_pack(tmp_path, **{"1_02_yaml": twin}))


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
    with pytest.raises(PackErrors, match="no pack here"):
        load_pack(find_pack("a" * 5000))


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
    with pytest.raises(PackErrors, match=r"\*all stands within what it stands for"):
        load_sop_text("steps: &all [*all]")


def test_a_stored_text_that_is_wrong_is_named_too() -> None:
    with pytest.raises(PackErrors, match=r"^SOP:10: step 1"):
        load_sop_text(FIRST.replace("executors: [peksos]", "executors: []", 1))
