"""The weigh-in's chart: a PNG for a phone held upright, whatever there is to draw."""

import struct

import pytest

from bot.charts import draw_weights

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
    picture = draw_weights("Penimbangan ke-2", AVERAGES, children, WORDS)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", picture[16:24]) == (960, 1344)
