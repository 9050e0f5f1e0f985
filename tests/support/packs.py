"""The pack that comes with Pandu, read once, and parts of it."""

from functools import cache

from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.declarations.offset import Offset
from sop_flows.declarations.sop import Start
from sop_flows.packs import find_pack

BEGINS = 32  # days before the arrival: a Friday


@cache
def real_pack() -> Pack:
    """All 51 SOPs of RPPSA "Putra Utama"."""
    return load_pack(find_pack("rppsa_putra_utama"))


@cache
def our_pack() -> Pack:
    """The same with the former calendar, by which angkatan that were opened before still go on.

    Its steps follow each other by working days alone, which is easier to reckon with; what depends on the days of the
    real one says so and takes `real_pack`.
    """
    pack = real_pack()
    sops = {number: pack.former.get(number, sop) for number, sop in pack.sops.items()}
    # 30 days before is a Sunday for most of them, from which they would begin on the Monday.
    begins = (Start(at=Offset(anchor="arrival", days=-BEGINS)),)
    sops["9.2.01"] = sops["9.2.01"].model_copy(update={"starts": begins})
    return Pack(pack.unit, sops, pack.lines)


@cache
def our_pack_of(*numbers: str) -> Pack:
    """Its unit with these SOPs only: a day of all of them takes many times as long to live."""
    ours = our_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in numbers})
