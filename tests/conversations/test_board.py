"""[Papan]: where an angkatan stands as a picture, for heads; on Monday by itself, without names."""

from typing import Any

import pytest

from handlers.cards import board_picture
from tests.conversations.test_what_comes_out import lived
from tests.support.person import Person
from tests.support.town import Town


def picture_of(town: Town, person: Person) -> bytes:
    """The picture or document that came last before the words."""
    found = [one for one in person.phone.received if {"photo", "document"} & set(one.content)]
    content = max(found, key=lambda one: one.id).content
    file = content["document"] if "document" in content else content["photo"][-1]
    return town.world.find_file(file["file_id"]).content


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the template was given, each time."""
    given: list[dict[str, Any]] = []
    real = board_picture.board_values

    def noted(*arguments: Any, **named: Any) -> dict[str, Any]:
        values = real(*arguments, **named)
        given.append(values)
        return values

    monkeypatch.setattr(board_picture, "board_values", noted)
    return given


async def test_the_board_for_heads_when_they_ask_and_on_monday(
    town: Town, drawn: list[dict[str, Any]]
) -> None:
    kepala = await lived(town)
    [monday] = drawn  # 7 December, by itself: without a sound, above the morning list, without names
    assert monday["sub"] == "Senin, 7 Desember 2026 · hari 7 dari 30 · 4 anak"
    assert {one["name"] for one in monday["late"]} <= {"Seksi Penyantunan", "Seksi Bimbingan", "Peksos"}
    sent = next(one for one in kepala.phone.received if "photo" in one.content)
    assert sent.silent
    assert "Contoh" not in sent.text.replace("Angkatan Contoh", "")
    later = [one for one in kepala.phone.received if one.id > sent.id]
    below = min(later, key=lambda one: one.id)
    assert below.text.startswith("Selamat pagi, Kepala Contoh.")
    assert not any("photo" in one.content for one in town.people["Budi Contoh"].phone.received)

    await kepala.types("Status")
    await kepala.taps("Papan")
    assert kepala.buttons == ["Gelap", "PDF", "Terlambat", "‹ Status"]
    assert picture_of(town, kepala)[:4] == b"\x89PNG"
    await kepala.taps("Gelap")
    await kepala.taps("PDF")
    assert picture_of(town, kepala)[:5] == b"%PDF-"
    light, dark, page = drawn[1:]
    assert (light["dark"], dark["dark"], page["dark"]) == (False, True, False)
    assert {one["name"] for one in light["late"]} == {"Budi Contoh", "Rahmat Contoh"}
    assert "Contoh" not in str(page["late"])  # it is for the Dinas
    phases = {one["name"]: one for one in light["phases"]}
    assert len(phases) == len(light["phases"])
    bars = {bar["number"]: bar for one in light["phases"] for bar in one["bars"]}
    assert (bars["9.2.05"]["first"], bars["9.2.05"]["state"], bars["9.2.05"]["done"]) == (0, "done", 3)
    assert bars["9.1.12"]["state"] == "late"
    assert bars["9.1.15"]["state"] == "waiting"
    assert [(one["done"], one["total"], one["said"]) for one in light["lines"]] == [
        (4, 4, ""),
        (4, 4, "1 turun"),
        (1, 2, ""),
    ]
    await town.people["Budi Contoh"].taps_data("1.status_board.1")  # forged: heads no section
    assert len(drawn) == 4
    named = max(one.id for one in kepala.phone.received if "photo" in one.content)
    town.clock.advance(minutes=6)
    await town.settle()
    assert named not in [one.id for one in kepala.phone.received]  # a phone may lie open on a table
