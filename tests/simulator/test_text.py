"""Text, captions and HTML: what Telegram takes and how it says no."""

import pytest

from simulator.entities import to_html
from simulator.phones import Phone
from simulator.world import World
from tests.simulator.conftest import Calls

COMPLAINTS = [
    ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("<table>", 'Unsupported start tag "table" at byte offset 0'),
    ("é<div>", 'Unsupported start tag "div" at byte offset 2'),
    ("berat < 20 kg", 'Unsupported start tag "" at byte offset 6'),
    ("a <b", "Unclosed start tag at byte offset 2"),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ("<a href ", 'Unclosed start tag "a" at byte offset 0'),
    ("<a href=@x>", "Unexpected end of name token at byte offset 8"),
    ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
]


@pytest.mark.parametrize(("source", "complaint"), COMPLAINTS)
def test_broken_html_is_refused_in_telegrams_words(
    ani: Phone, call: Calls, source: str, complaint: str
) -> None:
    answer = call("sendMessage", chat_id=ani.id, text=source, parse_mode="HTML")
    assert answer == f"Bad Request: can't parse entities: {complaint}"
    assert ani.received == []


def test_html_becomes_plain_text_and_entities(ani: Phone, call: Calls) -> None:
    source = "😀 <b>a <i>b</i></b> <a href='https://x.id/?a=1&amp;b=2'>c</a> &lt;d&gt; &eacute;"
    sent = call("sendMessage", chat_id=ani.id, text=source, parse_mode="HTML")
    assert sent["text"] == "😀 a b c <d> &eacute;"
    assert sent["entities"] == [
        {"type": "bold", "offset": 3, "length": 3},  # the smiley is two UTF-16 units
        {"type": "italic", "offset": 5, "length": 1},
        {"type": "text_link", "offset": 7, "length": 1, "url": "https://x.id/?a=1&b=2"},
    ]


def test_quotations_spoilers_and_code(ani: Phone, call: Calls) -> None:
    source = "<blockquote expandable>a</blockquote><tg-spoiler>b</tg-spoiler><pre>c</pre><s>d</s><u>e</u><code>f</code>"
    sent = call("sendMessage", chat_id=ani.id, text=source, parse_mode="HTML")
    assert [e["type"] for e in sent["entities"]] == [
        "expandable_blockquote", "spoiler", "pre", "strikethrough", "underline", "code",
    ]  # fmt: skip


def test_white_space_at_the_ends_goes_and_entities_move_along(ani: Phone, call: Calls) -> None:
    sent = call("sendMessage", chat_id=ani.id, text="  <b> a</b>\n", parse_mode="HTML")
    assert sent["text"] == "a"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]


def test_text_has_4096_units_after_parsing(ani: Phone, call: Calls) -> None:
    assert call("sendMessage", chat_id=ani.id, text="<b>" + "a" * 4096 + "</b>", parse_mode="HTML")[
        "message_id"
    ]
    assert call("sendMessage", chat_id=ani.id, text="a" * 4097) == "Bad Request: message is too long"
    assert call("sendMessage", chat_id=ani.id, text="😀" * 2049) == "Bad Request: message is too long"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "Bad Request: message text is empty"),
        (" \n ", "Bad Request: text must be non-empty"),
        ("<b> </b>", "Bad Request: text must be non-empty"),
    ],
)
def test_empty_text_is_refused(ani: Phone, call: Calls, text: str, refusal: str) -> None:
    assert call("sendMessage", chat_id=ani.id, text=text, parse_mode="HTML") == refusal


def test_a_caption_has_1024_units(ani: Phone, call: Calls) -> None:
    photo = ani.sends_photo().content["photo"][0]["file_id"]
    assert call("sendPhoto", chat_id=ani.id, photo=photo, caption="a" * 1024)["caption"] == "a" * 1024
    assert (
        call("sendPhoto", chat_id=ani.id, photo=photo, caption="a" * 1025)
        == "Bad Request: message caption is too long"
    )


def test_a_person_sends_very_long_text_in_pieces(world: World, ani: Phone) -> None:
    ani.types("a" * 5000)
    assert [len(u["message"]["text"]) for u in world.take_updates()] == [4096, 904]


def test_commands_of_people_are_marked(world: World, ani: Phone) -> None:
    ani.types("/tugas minggu ini")
    assert world.take_updates()[0]["message"]["entities"] == [
        {"type": "bot_command", "offset": 0, "length": 6}
    ]


def test_the_page_gets_safe_html(ani: Phone, call: Calls) -> None:
    call(
        "sendMessage",
        chat_id=ani.id,
        text="<b>&lt;script&gt; 😀<i>x</i></b> <a href='javascript:x'>y</a>",
        parse_mode="HTML",
    )
    message = ani.last_message
    assert to_html(message.text, message.entities) == "<b>&lt;script&gt; 😀<i>x</i></b> y"
