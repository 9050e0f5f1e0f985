"""The pack that comes with Pandu, read once, and parts of it."""

from functools import cache

from sop_flows.declarations.loader import Pack, load_pack
from sop_flows.packs import find_pack


@cache
def our_pack() -> Pack:
    """All 51 SOPs of RPPSA "Putra Utama"."""
    return load_pack(find_pack("rppsa_putra_utama"))


@cache
def our_pack_of(*numbers: str) -> Pack:
    """Its unit with these SOPs only: a day of all of them takes many times as long to live."""
    ours = our_pack()
    return Pack(ours.unit, {number: ours.sops[number] for number in numbers})
