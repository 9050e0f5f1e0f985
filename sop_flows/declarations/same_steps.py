"""`same_steps_as: 9.1.02`: a file that says only in what its SOP differs from another one."""

from collections.abc import Mapping
from typing import Any

from sop_flows.declarations.marked_yaml import MarkedYaml, Path

KEY = "same_steps_as"

# What a SOP always says itself: its name, and what is odd in its own pages of the document.
OWN = frozenset({"number", "title", KEY, "oddities"})


def complete_all(files: Mapping[str, MarkedYaml]) -> tuple[str, ...]:
    """Put what a file leaves out into it, from the SOP that it names. What is written wins.

    Args:
        files: by the number of the SOP. Mistakes are noted in them.

    Returns:
        The numbers that are whole now, each after the one that it names. What is missing among them has its
        mistakes noted, or is named after one that has.
    """
    done: dict[str, bool] = {}
    for number in files:
        _complete(number, files, done, ())
    return tuple(number for number, whole in done.items() if whole)


def same_steps_as(marked: MarkedYaml) -> str | None:
    """The number that the file names, if it names one."""
    named = marked.data.get(KEY) if isinstance(marked.data, dict) else None
    return named if isinstance(named, str) else None


def _complete(
    number: str, files: Mapping[str, MarkedYaml], done: dict[str, bool], on_the_way: tuple[str, ...]
) -> bool:
    if number in done:
        return done[number]
    marked = files[number]
    base = same_steps_as(marked)
    if base is None or marked.errors:
        done[number] = not marked.errors
        return done[number]
    circle = (*on_the_way, number)
    if base in circle:
        marked.refuse((KEY,), f"same_steps_as goes round in a circle: {' -> '.join((*circle, base))}")
        done[number] = False
    elif base not in files:
        marked.refuse((KEY,), f"same_steps_as {base}: there is no such SOP in the pack")
        done[number] = False
    else:
        done[number] = _complete(base, files, done, circle) and _merge(marked, files[base], base)
    return done[number]


def _merge(marked: MarkedYaml, base: MarkedYaml, base_number: str) -> bool:
    own: dict[str, Any] = marked.data
    if not isinstance(base.data, dict) or not isinstance(base.data.get("steps"), tuple):
        return False
    places = {step.get("step"): at for at, step in enumerate(base.data["steps"]) if isinstance(step, dict)}
    written = _own_steps(marked, places, base_number)
    if marked.errors:
        return False
    inherited = {key: value for key, value in base.data.items() if key not in OWN}
    steps = tuple(
        {**step, **own["steps"][written[at]]} if at in written else step
        for at, step in enumerate(base.data["steps"])
    )
    line = marked.line((KEY,))
    lines: dict[Path, int] = {(key,): line for key in inherited} | {
        ("steps", at): line for at in range(len(steps))
    }
    marked.data = {**inherited, **own, "steps": steps}
    marked.move(("steps",), {("steps", index): ("steps", at) for at, index in written.items()}, lines)
    return True


def _own_steps(marked: MarkedYaml, places: Mapping[Any, int], base_number: str) -> dict[int, int]:
    """Where the steps of this file belong: position in the other SOP -> position in the file."""
    written: dict[int, int] = {}
    steps = marked.data.get("steps", ())
    if not isinstance(steps, tuple):
        marked.refuse(("steps",), "'steps' must be a list")
        return {}
    for index, step in enumerate(steps):
        number = step.get("step") if isinstance(step, dict) else None
        if number not in places:
            what = (
                f"SOP {base_number} has no step {number}; a step here starts with 'step:' and a number of it"
            )
            marked.refuse(("steps", index), what)
        elif places[number] in written:
            marked.refuse(("steps", index), f"step {number} stands twice")
        else:
            written[places[number]] = index
    return written
