"""What changed between two declarations, in words: `step 3 (Kunjungan rumah): standard: 3 hari -> 5 hari`."""

from collections.abc import Iterator, Mapping
from typing import Any

from sop_flows.declarations.declared import Declared
from sop_flows.declarations.described import start_in_words
from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Sop

NOTHING, EMPTY = "(nothing)", "(empty)"
SHOWN_MAX = 120  # characters of a value; a longer one is cut in the middle
IDENTITY = ("step", "key", "name")  # what tells the items of a list apart, the first that they have


def pack_differences(old: Pack, new: Pack) -> dict[str, tuple[str, ...]]:
    """What changed, by file in the order of the new pack: "unit.yaml", then SOPs. Equal files are left out."""
    found = {"unit.yaml": tuple(_changes(_dumped(old.unit), _dumped(new.unit)))}
    for number, sop in new.sops.items():
        before = old.sops.get(number)
        found[f"{number} {sop.title}"] = ("new",) if before is None else sop_differences(before, sop)
    for number, sop in old.sops.items():
        if number not in new.sops:
            found[f"{number} {sop.title}"] = ("gone",)
    return {what: lines for what, lines in found.items() if lines}


def sop_differences(old: Sop, new: Sop) -> tuple[str, ...]:
    """What changed in an SOP, one line each; empty when nothing did."""
    before, after = _dumped(old), _dumped(new)
    for said, sop in ((before, old), (after, new)):
        said["starts"] = [start_in_words(start, sop) for start in sop.starts]
    # A step that has its SOP's target says so in both places; one line is enough.
    if old.target != new.target:
        for said, target in ((before, old.target), (after, new.target)):
            for step in said["steps"]:
                if step.get("target") == str(target):
                    del step["target"]
    return tuple(_changes(before, after))


def _dumped(model: Declared) -> dict[str, Any]:
    said: dict[str, Any] = model.model_dump(mode="json", exclude_defaults=True)
    return said


def _changes(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict | None) and isinstance(new, dict | None):
        before, after = old or {}, new or {}
        for key in dict.fromkeys([*after, *before]):
            yield from _changes(before.get(key), after.get(key), (*path, key))
    elif isinstance(old, list | None) and isinstance(new, list | None) and (old or new):
        yield from _list_changes(old or [], new or [], path)
    else:
        yield f"{': '.join(path)}: {_shown(old)} -> {_shown(new)}"


def _list_changes(old: list[Any], new: list[Any], path: tuple[str, ...]) -> Iterator[str]:
    identity = _identity([*old, *new])
    if identity is None:
        yield from _text_changes([_shown(one) for one in old], [_shown(one) for one in new], path)
        return
    before, after = ({one[identity]: one for one in items} for items in (old, new))
    for key, one in after.items():
        place = (*path[:-1], _named(path[-1], identity, one))
        if key not in before:
            yield f"{': '.join(place)}: new"
        else:
            yield from _changes(before[key], one, place)
    for key, one in before.items():
        if key not in after:
            yield f"{': '.join((*path[:-1], _named(path[-1], identity, one)))}: gone"
    kept = [key for key in before if key in after], [key for key in after if key in before]
    if kept[0] != kept[1]:
        yield f"{': '.join(path)}: in another order"


def _text_changes(old: list[str], new: list[str], path: tuple[str, ...]) -> Iterator[str]:
    """Texts are added and taken away; what only moved is said as such."""
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    where = ": ".join(path)
    if not gone and not come:
        yield f"{where}: in another order"
    elif len(gone) == len(come) == 1:
        yield f"{where}: {gone[0]} -> {come[0]}"
    else:
        yield from (f"{where}: without {one}" for one in gone)
        yield from (f"{where}: with {one}" for one in come)


def _identity(items: list[Any]) -> str | None:
    if not all(isinstance(item, dict) for item in items):
        return None
    return next((key for key in IDENTITY if all(key in item for item in items)), None)


def _named(what: str, identity: str, item: Mapping[str, Any]) -> str:
    if identity == "step":
        return f"step {item['step']} ({item.get('short', '')})"
    return f"{what.removesuffix('s')} {item[identity]!r}"


def _shown(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, dict):
        facts = ", ".join(f"{key} {_shown(one)}" for key, one in value.items() if key != "text")
        said = f"{value['text']} ({facts})" if "text" in value else facts
    elif isinstance(value, list):
        said = ", ".join(_shown(one) for one in value)
    else:
        said = str(value)
    half = SHOWN_MAX // 2
    said = said or EMPTY
    return said if len(said) <= SHOWN_MAX else f"{said[:half]}…{said[-half:]}"
