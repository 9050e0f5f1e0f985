"""The weigh-in's chart: a PNG for a phone held upright, whatever there is to draw."""

import io
import struct
import zlib

import pytest
from PIL import Image

from bot.file_makers import draw_board, draw_weights

WORDS = {
    "average": "Rata-rata",
    "changes": "Perubahan",
    "gained": "naik",
    "lost": "turun",
    "no_changes": "Pertama",
}
AVERAGES = [
    {"day": "1 Desember", "kg": 24.3, "label": "24,3 kg"},
    {"day": "11 Desember", "kg": 25.0, "label": "25,0 kg"},
]


def changes(*kilos: float) -> list[dict[str, object]]:
    return [{"code": f"{n:03d}", "change_kg": kg, "label": f"{kg:+.1f}"} for n, kg in enumerate(kilos, 1)]


def drawn(title: str, children: list[dict[str, object]]) -> bytes:
    return draw_weights({"title": title, "averages": AVERAGES, "children": children, "words": WORDS})


@pytest.mark.parametrize(
    "children",
    [
        pytest.param([], id="first weighing"),
        pytest.param(changes(0.4), id="one child"),
        pytest.param(changes(0.0, 0.0), id="nothing changed"),
        pytest.param(changes(*(-0.1 * n for n in range(1, 41))), id="everybody lost"),
        pytest.param(changes(*(0.1 * n - 0.5 for n in range(60))), id="an angkatan"),
    ],
)
def test_a_portrait_png_is_drawn(children: list[dict[str, object]]) -> None:
    picture = drawn("Penimbangan ke-2", children)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (960, 1344 if children else 672)


def test_many_weigh_ins_are_drawn() -> None:
    values = {
        "title": "Penimbangan ke-20",
        "averages": AVERAGES * 10,
        "children": changes(0.4),
        "words": WORDS,
    }
    assert draw_weights(values)[:4] == b"\x89PNG"


@pytest.mark.parametrize("title", ['#panic("no")', "*Angkatan _1", "$ <a> @b", "\\ ` // [", '"#"'])
def test_signs_in_a_name_are_text_and_no_markup(title: str) -> None:
    assert drawn(title, changes(0.4)) != drawn("", changes(0.4))


def test_the_background_is_opaque() -> None:
    """Telegram shows what shines through in black."""
    picture = drawn("Penimbangan ke-2", changes(0.4))
    assert first_pixel(picture) == (255, 255, 255, 255)


def first_pixel(picture: bytes) -> tuple[int, ...]:
    """Red, green, blue, alpha of the upper left corner of a PNG with eight bits a channel."""
    data, place = b"", 8
    while place < len(picture):
        length = int.from_bytes(picture[place : place + 4])
        if picture[place + 4 : place + 8] == b"IDAT":
            data += picture[place + 8 : place + 8 + length]
        place += length + 12
    return tuple(zlib.decompress(data)[1:5])


def board(name: str, bars: int, late: int) -> dict[str, object]:
    bar = {
        "number": "9.2.01",
        "title": name,
        "first": -60,
        "last": 70,
        "done": 1,
        "total": 2,
        "state": "late",
    }
    return {
        "title": name, "sub": name, "dark": False, "day": 40, "stay": 30, "first": -7, "last": 35,
        "phases": [{"name": name, "planned": 2, "done": 1, "bars": [bar] * bars}],
        "lines": [{"name": name, "done": 0, "total": 0, "said": name}] * late,
        "late": [{"name": name, "count": n + 1} for n in range(late)],
        "words": dict.fromkeys(
            ("day", "steps", "plan", "late", "none-late", "done", "running", "is-late", "waiting"), name[:9]
        ),
        "stamp": "13 Desember 09.00",
    }  # fmt: skip


@pytest.mark.parametrize(("bars", "late"), [(0, 0), (50, 30)])
def test_a_board_is_as_wide_as_a_phone_whatever_the_names(bars: int, late: int) -> None:
    for name in ('#panic("no") *A* $ <b> @c // [', "Kusumawardhanasudirohusodoabdurrahmanwahidin" * 2):
        picture = draw_board(board(name, bars, late))
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", picture[16:24])
        assert width == 960
        assert height < 20 * width  # Telegram takes no longer picture
        with Image.open(io.BytesIO(picture)) as opened:
            edge = opened.convert("L").crop((width - 24, 0, width, height))
        assert min(edge.tobytes()) == 255  # nothing runs off it
