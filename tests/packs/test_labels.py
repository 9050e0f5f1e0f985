"""What a pack gives to buttons fits on them: every choice, tick, role, place and phase of the packs that come along."""

import pytest

from handlers.handbook.browse import capital
from handlers.ui.request import TICKED_MAX
from handlers.ui.words import LABEL_MAX, _
from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.handbook.index import programs_of, shelves_of
from sop_flows.packs import find_pack


def labels(pack: Pack) -> list[tuple[str, int]]:
    """What stands on buttons as it is, each with the characters that it may have."""
    found = [(role.label, TICKED_MAX) for role in pack.unit.roles.values()]
    found += [(role.section_label, LABEL_MAX) for role in pack.unit.roles.values()]
    found += [(one.name, LABEL_MAX) for one in pack.unit.dormitories]
    found += [(one, LABEL_MAX) for one in pack.unit.obstacles]
    found += [(f"{capital(one)} · {count}", LABEL_MAX) for one, count in programs_of(pack).items()]
    found += [(f"‹ {capital(one)}", LABEL_MAX) for one in programs_of(pack)]
    found += [(f"{capital(one.phase)} · {len(one.sops)}", LABEL_MAX) for one in shelves_of(pack)]
    for sop in pack.sops.values():
        found += [(pack.unit.short.get(one, one), LABEL_MAX) for one in sop.obstacles]
        for step in sop.steps:
            found += [(one, LABEL_MAX) for one in step.ticks]
            found += [
                (words.format(choice=one), LABEL_MAX)
                for one in step.outcomes
                for words in (_("Decide: {choice}"), _("Propose: {choice}"))
            ]
            if step.record is not None:
                found += [(rest.button, LABEL_MAX) for rest in step.record.every_rest]
                found += [(step.record.flag or "", LABEL_MAX - 1)]
    return found


@pytest.mark.parametrize("name", ["rppsa_putra_utama", "asrama_bukit_tunas"])
def test_what_a_pack_gives_to_buttons_fits_on_them(name: str) -> None:
    wide = [one for one, room in labels(load_pack(find_pack(name))) if len(one) > room]
    assert wide == []
