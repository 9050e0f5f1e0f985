"""The words of a declaration in the handbook: when an SOP starts, how long and how often, what is recorded."""

import re

import pytest

from handlers.handbook.browse import ranges
from handlers.handbook.sop_words import document_line, record_words, remind_words, start_words, time_words
from sop_flows.declarations.loader import load_sop_text
from sop_flows.declarations.sop import Sop
from tests.support.packs import real_pack

HEAD = """
number: 1.2.3
title: Contoh
program: {program}
phase: awal
subject: {subject}
clock: {clock}
starts: [{start}]
steps:
  - step: 1
    activity: "Melakukan sesuatu"
    prompt: Lakukan.
    short: Lakukan
    executors: [peksos]
    kind: do
"""


def sop(
    start: str = "{at: arrival}", subject: str = "cohort", clock: str = "kalender", more: str = ""
) -> Sop:
    program = "perlindungan" if subject == "case" else "petirahan"
    return load_sop_text(
        HEAD.format(program=program, subject=subject, clock=clock, start=start)
        + "".join(f"    {line}\n" for line in more.splitlines())
    )


@pytest.mark.parametrize(
    ("start", "subject", "said"),
    [
        ("{at: arrival}", "cohort", "pada hari kedatangan"),
        ("{at: arrival - 30 hari}", "cohort", "30 hari sebelum kedatangan"),
        ("{at: departure + 1 hari}", "cohort", "1 hari setelah kepulangan"),
        ("{at: opening}", "case", "saat kasus dibuka"),
        ("{at: opening}", "cohort", "saat angkatan dibuka"),
        ('{at: "opening + 3 bulan"}', "case", "3 bulan sejak kasus dibuka"),
        ("{after: 9.2.01}", "cohort", "setelah 9.2.01"),
        ("{after: 9.1.21, after_step: 3}", "case", "setelah 9.1.21 langkah 3"),
        ("{flagged_in: 9.2.09}", "cohort", "untuk setiap anak yang ditandai di 9.2.09"),
        ("{by_hand: true}", "cohort", "dengan /mulai"),
        (
            "{after: 9.1.33, when: [rujuk, akhiri]}",
            "case",
            "setelah 9.1.33 bila keputusannya rujuk atau akhiri",
        ),
        (
            "{after: 9.1.33, when: [lanjut], later: 1 bulan}",
            "case",
            "1 bulan setelah 9.1.33 bila keputusannya lanjut",
        ),
    ],
)
def test_when_a_sop_starts(start: str, subject: str, said: str) -> None:
    one = sop(start, subject)
    assert start_words(one.starts[0], one) == said


@pytest.mark.parametrize(
    ("more", "clock", "said"),
    [
        ("standard: 2 hari", "kerja", "waktu baku 2 hari kerja"),
        ("standard: 2 hari", "kalender", "waktu baku 2 hari"),
        ("standard: 4 jam", "kerja", "waktu baku 4 jam kerja"),
        ("target: arrival + 2 hari", "kerja", "target: 2 hari setelah kedatangan"),
        ("", "kerja", "target: 3 hari kerja"),
        ("due: arrival", "kerja", "jatuh tempo pada hari kedatangan"),
        (
            "every: {days: 10, first_at: 10, until: departure}",
            "kalender",
            "tiap 10 hari, mulai 10 hari setelah kedatangan, sampai kepulangan",
        ),
        (
            "every: {days: 1, first_at: 0, until: departure - 1 hari}",
            "kalender",
            "tiap hari, mulai pada hari kedatangan, sampai 1 hari sebelum kepulangan",
        ),
        (
            "standard: 3-6 bulan",
            "kalender",
            "berjalan 3-6 bulan; ditanyakan sebulan sekali pada kartu bulanan",
        ),
    ],
)
def test_how_long_a_step_may_take(more: str, clock: str, said: str) -> None:
    one = sop(clock=clock, more=more)
    assert time_words(one, one.steps[0]) == said


def test_what_recurs_is_said_briefly_in_a_list() -> None:
    one = sop(more="every: {days: 10, first_at: 10, until: departure}")
    assert time_words(one, one.steps[0], brief=True) == "tiap 10 hari"


def test_what_is_recorded_and_when_reminded() -> None:
    more = 'remind: ["-3 hari", "pagi hari H", "jatuh tempo"]\nper: child\nrecord: {what: ukuran, fields: [{key: u, ask: Ukuran?, kind: text}]}'
    step = sop(more=more).steps[0]
    assert record_words(step) == "ukuran, untuk setiap anak"
    assert remind_words(step.remind) == "3 hari sebelumnya, pagi pada harinya, saat jatuh tempo"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "1. Melakukan sesuatu"),
        ('printed: "4"', "4. Melakukan sesuatu"),
        ('printed: ""', "Melakukan sesuatu"),
    ],
)
def test_a_row_of_the_document_has_the_number_in_print(more: str, said: str) -> None:
    assert document_line(sop(more=more).steps[0]) == said


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([], ""), ([4], "4"), ([3, 2], "2, 3"), ([2, 3, 4, 6], "2–4, 6"), ([1, 3, 5, 6], "1, 3, 5, 6")],
)
def test_numbers_of_steps_in_short(numbers: list[int], said: str) -> None:
    assert ranges(numbers) == said


def test_no_time_of_the_pack_says_a_word_twice() -> None:
    said = [time_words(one, step) for one in real_pack().sops.values() for step in one.steps]
    assert "jatuh tempo pada hari kegiatan" in said
    twice = [words for words in said if re.search(r"\b(\w+) \1\b", words)]
    assert twice == []
