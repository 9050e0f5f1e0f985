"""HTML that Telegram accepts, whatever an officer or a pack says."""

import pytest

from handlers.ui.words import child_code, clip, esc, more, shorten


def test_names_cannot_break_the_markup() -> None:
    assert esc("<b>Ani & Budi") == "&lt;b&gt;Ani &amp; Budi"


def test_a_short_text_is_left_alone() -> None:
    assert clip("<b>satu</b>\ndua") == "<b>satu</b>\ndua"


def test_a_long_text_is_cut_at_a_line_and_says_so() -> None:
    assert clip("a" * 50 + "\n" + "b" * 50 + "\n" + "c" * 50, 130) == "a" * 50 + "…"


@pytest.mark.parametrize("unit", ["<b>tebal</b> ", "Tom &amp; ", "<i>x</i>\n", "a"])
def test_open_tags_are_closed_and_none_is_cut_through(unit: str) -> None:
    text = clip("<blockquote expandable>" + unit * 2000 + "</blockquote>")
    assert len(text) <= 4096
    for name in ("b", "i", "blockquote"):
        assert text.count(f"<{name}>") + text.count(f"<{name} ") == text.count(f"</{name}>")
    words = text.removesuffix("</blockquote>").rstrip("…")
    assert not words.endswith(("&", "&a", "&am", "&amp", "<", "<b", "</", "</b"))


def test_folded_lines() -> None:
    assert more("satu", "dua") == "<blockquote expandable>satu\ndua</blockquote>"
    assert more() == ""


def test_words_are_shortened() -> None:
    assert shorten("Orang tua kelayan berhalangan", 12) == "Orang tua k…"
    assert child_code(7) == "007"
