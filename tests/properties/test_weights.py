"""Any weight survives being written down and typed; nothing that is typed breaks the parser."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.ui.kilograms import bare_kilos, kilos
from sop_flows.declarations.unit import WeightLimits
from sop_flows.recording.weights import RECORDABLE_G, doubt_about, is_plausible, parse_message, parse_weight

LIMITS = WeightLimits(min_g=10_000, max_g=80_000, change_g=3_000)
grams = st.integers(RECORDABLE_G.start, RECORDABLE_G.stop - 1)
numbers = st.integers(1, 9999)


@given(grams)
def test_what_is_shown_can_be_typed_back(weight_g: int) -> None:
    assert parse_weight(kilos(weight_g)) == weight_g
    assert parse_weight(bare_kilos(weight_g)) == weight_g
    assert parse_weight(bare_kilos(weight_g).replace(",", ".")) == weight_g


@given(st.dictionaries(numbers, grams, min_size=2, max_size=20))
def test_lines_by_number_come_back_as_they_were_meant(weights: dict[int, int]) -> None:
    text = "\n".join(f"{number:03d} {bare_kilos(weight_g)}" for number, weight_g in weights.items())
    read = parse_message(text)
    assert {one.number: one.weight_g for one in read} == weights
    assert all(one.trouble is None for one in read)


@given(st.text(max_size=60))
def test_any_words_are_read_or_refused(text: str) -> None:
    for one in parse_message(text):
        assert (one.weight_g is None) == (
            one.trouble in ("not_a_weight", "no_number")
        ) or one.trouble == "twice"


@given(grams, st.none() | grams)
def test_a_proposal_is_believable_and_never_what_was_typed(weight_g: int, last_g: int | None) -> None:
    doubt = doubt_about(weight_g, last_g, LIMITS)
    for proposed in doubt.proposals if doubt is not None else ():
        assert proposed != weight_g
        assert is_plausible(proposed, last_g, LIMITS)
