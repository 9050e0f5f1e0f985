"""When the morning list may come: half hours of a morning, between limits that follow each other."""

from datetime import time

import pytest
from pydantic import ValidationError

from sop_flows.declarations.digest import DigestRules


def test_without_a_word_in_the_pack_it_is_half_past_seven_between_six_and_nine() -> None:
    rules = DigestRules()
    assert rules.choices() == (360, 390, 420, 450, 480, 510, 540)
    assert rules.morning(None) == time(7, 30)
    assert rules.may_switch_off == ("lead",)


def test_what_was_chosen_is_kept_within_limits_that_changed_since() -> None:
    rules = DigestRules.model_validate({"at": "07.30", "earliest": "07.00", "latest": "08.00"})
    assert rules.choices() == (420, 450, 480)
    assert [rules.morning(minutes) for minutes in (360, 450, 540)] == [time(7), time(7, 30), time(8)]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"at": "07.15"}, "'07.15' is no half hour; write '07.30'"),
        ({"at": "7.30"}, "'7.30' is no half hour"),
        ({"at": "24.00"}, "'24.00' is no half hour"),
        ({"at": "09.30"}, "earliest, at and latest follow each other"),
        ({"earliest": "08.00"}, "earliest, at and latest follow each other"),
        ({"earliest": "05.30"}, "a morning list comes between 06.00 and 10.00"),
        ({"latest": "10.30"}, "a morning list comes between 06.00 and 10.00"),
        ({"may_switch_off": ("due",)}, "Input should be 'lead'"),
    ],
)
def test_what_is_no_morning_is_refused(written: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DigestRules.model_validate(written)
    assert why in str(refused.value)
