"""What a SOP answers about its steps."""

import pytest
from pydantic import ValidationError

from sop_flows.declarations.loader import load_sop_text
from sop_flows.declarations.sop import UnknownStepError

TEXT = """\
number: "1.1"
title: Contoh
program: petirahan
phase: awal
subject: cohort
clock: kalender
starts: [{at: arrival}]
target: arrival + 2 hari
steps:
  - {step: 1, activity: A, short: Mulai bekerja, executors: [peksos], kind: start}
  - {step: 2, activity: B, prompt: Catat., short: Catat data, executors: [peksos], kind: do}
  - {step: 3, activity: C, prompt: Periksa., short: Periksa dapur, executors: [peksos], kind: do,
     every: {days: 1, first_at: 0, until: departure}}
  - {step: 4, activity: D, prompt: Susun., short: Susun daftar, executors: [peksos], kind: do, beside: true}
  - {step: 5, activity: E, prompt: Lapor., short: Lapor hasil, executors: [peksos], kind: end+, standard: 1 hari}
  - {step: 6, activity: F, short: Kerja selesai, executors: [peksos], kind: end}
"""
SOP = load_sop_text(TEXT)


def test_milestones_are_not_asked_but_their_work_is() -> None:
    assert [step.step for step in SOP.asked_steps] == [2, 3, 4, 5]


def test_the_chain_passes_over_steps_that_open_by_themselves() -> None:
    following = SOP.next_asked_after(2)
    assert following is not None
    assert following.step == 5
    assert SOP.next_asked_after(SOP.step(5)) is None


def test_a_target_of_the_sop_is_for_steps_without_a_time_of_their_own() -> None:
    assert {step.step: str(step.target) for step in SOP.steps if step.target} == {
        2: "arrival + 2 hari",
        4: "arrival + 2 hari",
    }


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(UnknownStepError, match=r"SOP 1\.1 has no step 9"):
        SOP.step(9)


def test_layout_and_comments_do_not_change_the_digest_and_wording_does() -> None:
    commented = "# note\n" + TEXT.replace("title: Contoh", 'title: "Contoh"  # as printed')
    assert load_sop_text(commented).digest == SOP.digest
    assert load_sop_text(TEXT.replace("Susun.", "Susunlah.")).digest != SOP.digest


def test_the_stored_text_says_only_what_the_file_says() -> None:
    # A field that a later version adds must not change the digest of a SOP that does not use it.
    assert "emergency" not in SOP.source
    assert "ticks" not in SOP.source


def test_a_declaration_can_not_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        SOP.title = "Lain"  # type: ignore[misc]
