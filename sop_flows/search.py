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
    texts = {number: " ".join(_words_of(sop)) for number, sop in pack.sops.items()}
    # "makan" must not find "samakan"; only when no word begins so, the middle of words counts ("timbang").
    found = [number for number, text in texts.items() if all(f" {word}" in f" {text}" for word in asked)]
    if not found:
        found = [number for number, text in texts.items() if all(word in text for word in asked)]
    titles = {number: pack.sops[number].title.casefold() for number in found}
    found.sort(key=lambda number: sum(word not in titles[number] for word in asked))
    return tuple(pack.sops[number] for number in found)


def _words_of(sop: Sop) -> list[str]:
    said = [sop.number, sop.title.replace("(", " "), *sop.equipment, *sop.obstacles]
    for step in sop.steps:
        said += [step.activity, step.prompt, step.short, *(one.text for one in step.requires)]
    return [one.casefold() for one in said]
