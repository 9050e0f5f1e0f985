"""Whatever is done to a file of a pack, it is read or refused with sentences, and what is read is stored as it is."""

from hypothesis import example, given
from hypothesis import strategies as st

from sop_flows.declarations.errors import PackErrors
from sop_flows.declarations.loader import load_sop_text
from sop_flows.declarations.sop import Sop
from tests.packs.small_pack import FIRST, SECOND
from tests.unit.declarations.test_cases_language import EVALUATION

WORDS = [
    "no", "on", "~", "9.10", "010", "12:30", "0", "-1", "9" * 30, "2026-02-30", "3-6 bulan", "opening",
    "departure - 3 hari", "9999 hari", "*a", "&a x", "!x y", "[", "{", "- ", "? ", "<<: {}", '"', "'", "|", "\t", "#",
    "é", "\u2028", "",
]  # fmt: skip

Change = tuple[float, int, str]
CHANGES = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.integers(0, 12), st.sampled_from(WORDS) | st.text(max_size=3)
    ),
    min_size=1,
    max_size=4,
)


@given(text=st.sampled_from([FIRST, SECOND, EVALUATION]), changes=CHANGES)
@example(text=SECOND, changes=[(0.6875, 0, "\u2028")])  # bare, in a text without quotes
def test_any_change_is_read_or_named(text: str, changes: list[Change]) -> None:
    for where, gone, put in changes:
        at = int(where * len(text))
        text = text[:at] + put + text[at + gone :]
    read = read_or_refused(text)
    if isinstance(read, PackErrors):
        assert all(error.what and 1 <= error.line <= text.count("\n") + 2 for error in read)
    else:
        assert load_sop_text(read.source) == read


@given(st.text(max_size=200))
def test_any_text_is_named(text: str) -> None:
    read = read_or_refused(text)
    assert isinstance(read, PackErrors)
    assert read.errors


def read_or_refused(text: str) -> Sop | PackErrors:
    try:
        return load_sop_text(text)
    except PackErrors as errors:
        return errors
