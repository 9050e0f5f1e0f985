"""Finding SOPs by words or number."""

from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Sop


def find_sops(pack: Pack, words: str) -> tuple[Sop, ...]:
    """SOPs that contain every word, those with the words in the title first; a whole number finds its SOP alone."""
    asked = words.casefold().replace(",", " ").split()
    if not asked:
        return ()
    exact = [sop for sop in pack.sops.values() if len(asked) == 1 and sop.number == asked[0]]
    if exact:
        return tuple(exact)
    found: list[tuple[int, int, Sop]] = []
    for sop in pack.sops.values():
        title = f"{sop.number} {sop.title}".casefold()
        text = " ".join([title, *_words_of(sop)])
        if all(word in text for word in asked):
            found.append((sum(word not in title for word in asked), len(found), sop))
    return tuple(sop for _missing, _order, sop in sorted(found, key=lambda one: one[:2]))


def _words_of(sop: Sop) -> list[str]:
    said = [*sop.equipment, *sop.obstacles]
    for step in sop.steps:
        said += [step.activity, step.prompt, step.short, *step.requires]
    return [one.casefold() for one in said]
