"""Finding SOPs by words or number, typing errors forgiven; words of officers by the synonyms of the pack."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from sop_flows.declarations.loader import Pack
from sop_flows.declarations.sop import Sop, Step

KEY_MAX = 32  # characters of what is asked that are looked for: a button of the results carries them along
CONTAINED_FROM = 3  # characters of a word that may be found in the middle of another
LONG = 7  # characters; such a word is looked for with its near spellings even where it stands as typed
STEM_FROM = 6  # characters of a word without its prefix and suffix, to be looked for in others
MAX_SCORE = 10.0  # of a word in the title

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_NUMBER = re.compile(r"\d{1,4}(?:[.,/\s-]+\d{1,3})*")
_BEFORE_NUMBER = re.compile(r"^(?:sop|nomor|no|langkah)\b[.:\s]*")
_STOP_WORDS = frozenset(
    [
        "yang",
        "yg",
        "dan",
        "di",
        "ke",
        "dari",
        "untuk",
        "utk",
        "pada",
        "dengan",
        "dgn",
        "oleh",
        "sop",
        "apa",
        "bagaimana",
        "cara",
        "saya",
        "itu",
        "ini",
        "the",
    ]
)
# "makan" is to find "memakan", not "samakan": what stands before a word must be a prefix of the language.
_PREFIXES = frozenset(
    ["me", "mem", "men", "meng", "pe", "pem", "pen", "peng", "di", "ber", "ter", "ke", "per"]
)
_STEM = re.compile(r"^(?:meng|mem|men|me|peng|pem|pen|pe|ber|per|di|ke)?(.+?)(?:kan|an|nya)?$")


@dataclass(frozen=True)
class Hit:
    """One SOP that was found; `step` is where the words stand when its title does not have them."""

    sop: Sop
    step: Step | None = None


@dataclass(frozen=True)
class Finding:
    """What was found, best first. `complete`: every word was found; else these come nearest."""

    hits: tuple[Hit, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class _Place:
    sop: str
    step: int | None
    score: float


def search_key(text: str) -> str:
    """What is looked for in `text`: lower case without diacritics, words and numbers only, at most KEY_MAX
    characters; "" when nothing is left. A key is its own key."""
    decomposed = unicodedata.normalize("NFKD", text[: 20 * KEY_MAX].casefold())
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    number = _BEFORE_NUMBER.sub("", plain.strip())
    if _NUMBER.fullmatch(number.rstrip(". ")):
        return ".".join(str(int(part)) for part in re.findall(r"\d+", number))[:KEY_MAX].rstrip(".")
    words = [_canonical(word) for word in _WORD.findall(plain)]
    words = [word for word in words if len(word) > 1 or word.isdecimal()]
    told = [word for word in words if word not in _STOP_WORDS] or words
    key = ""
    for word in told:
        longer = f"{key} {word}".lstrip()
        if len(longer) > KEY_MAX:
            break
        key = longer
    return key or "".join(told[:1])[:KEY_MAX]


class SearchIndex:
    """What a pack says, word by word; made once, for reading 51 SOPs takes 30 ms."""

    def __init__(self, pack: Pack) -> None:
        self._sops = pack.sops
        self._order = {number: place for place, number in enumerate(pack.sops)}
        self._vocabulary: dict[str, dict[str, _Place]] = {}
        for sop in pack.sops.values():
            for place, word in _places(sop):
                here = self._vocabulary.setdefault(word, {})
                if sop.number not in here or here[sop.number].score < place.score:
                    here[sop.number] = place
        self._meant = {
            search_key(word): [number for number in numbers if number in pack.sops]
            for word, numbers in pack.unit.synonyms.items()
        }
        for word, numbers in self._meant.items():
            here = self._vocabulary.setdefault(word, {})
            here |= {number: _Place(number, None, MAX_SCORE - at / 10) for at, number in enumerate(numbers)}

    def find(self, words: str) -> Finding:
        """The SOPs that a number or words mean. A whole number finds its SOP alone, "9.1" all that begin so."""
        key = search_key(words)
        if not key:
            return Finding()
        if _NUMBER.fullmatch(key):
            numbered = _by_number(self._sops.values(), key)
            if numbered:
                return Finding(tuple(Hit(sop) for sop in numbered))
        return self._by_words(key.split())

    def _by_words(self, asked: list[str]) -> Finding:
        found: dict[str, list[_Place]] = {}
        for word in asked:
            for number, place in _best_places(self._vocabulary, word).items():
                found.setdefault(number, []).append(place)
        complete = [number for number, places in found.items() if len(places) == len(asked)]
        # With three words or more, a SOP that has most of them is worth showing; one word of two is chance, unless
        # the pack says what is meant by it.
        meant = {number for word in asked for number in self._meant.get(word, ())}
        nearest = [number for number, places in found.items() if 2 * len(places) > len(asked)]
        nearest = nearest or [number for number in found if number in meant]
        chosen = complete or nearest
        together = [self._vocabulary.get(one + two, {}) for one, two in pairwise(asked)]

        def score(number: str) -> float:
            side_by_side = sum(here[number].score for here in together if number in here)
            return round(sum(place.score for place in found[number]) + side_by_side, 3)

        chosen.sort(key=lambda number: (-len(found[number]), -score(number), self._order[number]))
        hits = tuple(_hit(self._sops[number], found[number]) for number in chosen)
        return Finding(hits, complete=bool(complete))


def _by_number(known: Iterable[Sop], key: str) -> list[Sop]:
    asked = [int(part) for part in re.findall(r"\d+", key)]
    sops = [([int(part) for part in sop.number.split(".")], sop) for sop in known]
    exact = [sop for number, sop in sops if number == asked]
    if exact:
        return exact
    if len(asked) == 1 and len(key) > 1:  # typed without points: 918 and 9108 are 9.1.08
        return [
            sop for number, sop in sops if key in ("".join(sop.number.split(".")), "".join(map(str, number)))
        ]
    return [sop for number, sop in sops if number[: len(asked)] == asked]


def _hit(sop: Sop, places: list[_Place]) -> Hit:
    steps = [place.step for place in places if place.step is not None]
    return Hit(sop, sop.step(Counter(steps).most_common(1)[0][0]) if steps else None)


def _best_places(vocabulary: dict[str, dict[str, _Place]], asked: str) -> dict[str, _Place]:
    """Where a word stands, by SOP. The middle of words and typing errors count only when no word begins so."""
    nearness = {word: near for word in vocabulary if (near := _begins(word, asked))}
    if not nearness:
        nearness = {word: near for word in vocabulary if (near := _resembles(word, asked))}
    elif len(asked) >= LONG:  # the document itself writes assessment in three ways
        nearness |= {
            word: near for word in vocabulary if word not in nearness and (near := _is_kin(word, asked))
        }
    best: dict[str, _Place] = {}
    for word, near in nearness.items():
        for number, place in vocabulary[word].items():
            score = place.score * near
            if number not in best or best[number].score < score:
                best[number] = _Place(number, place.step, score)
    return best


def _begins(word: str, asked: str) -> float:
    if word == asked:
        return 1.0
    if word.startswith(asked):
        return 0.9
    at = word.find(asked)
    return 0.8 if at > 0 and len(asked) > CONTAINED_FROM and word[:at] in _PREFIXES else 0.0


def _resembles(word: str, asked: str) -> float:
    if asked[0].isdecimal() or word[0].isdecimal():
        return 0.0  # a mistyped number is another number
    if len(asked) >= CONTAINED_FROM and asked in word:
        return 0.6
    return _mistyped(word, asked, len(asked) > 5) or _is_kin(word, asked)


def _is_kin(word: str, asked: str) -> float:
    """Penimbangan and timbang, assesment and asessment."""
    if asked[0].isdecimal() or word[0].isdecimal():
        return 0.0
    match = _STEM.match(asked)
    stem = match[1] if match is not None else asked
    return 0.5 if len(stem) >= STEM_FROM and stem in word else _mistyped(word, asked, False)


def _mistyped(word: str, asked: str, may_go_on: bool) -> float:
    allowed = _errors_allowed(asked)
    if not allowed:
        return 0.0
    errors = OSA.distance(asked, word, score_cutoff=allowed)
    if errors > allowed and may_go_on:  # the beginning of a longer word
        errors = OSA.distance(asked, word[: len(asked)], score_cutoff=allowed)
    return 0.0 if errors > allowed else 0.7 * (1 - errors / len(asked))


def _errors_allowed(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _canonical(word: str) -> str:
    """9.1.08 and 9.1.8 are one number."""
    return ".".join(str(int(part)) for part in word.split(".")) if word[0].isdecimal() else word


def _places(sop: Sop) -> Iterator[tuple[_Place, str]]:
    for text, score, step in _texts(sop):
        words = _words_of(text)
        yield from ((_Place(sop.number, step, score), word) for word in words)
        if score >= 6:  # "homevisit", "orangtua": two words typed as one
            yield from ((_Place(sop.number, step, score * 0.9), one + two) for one, two in pairwise(words))


def _words_of(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return [_canonical(word) for word in _WORD.findall(plain)]


def _texts(sop: Sop) -> Iterable[tuple[str, float, int | None]]:
    """Everything that is searched: the text, how much a word in it says, the step it stands in."""
    yield sop.number, MAX_SCORE, None
    yield sop.title, MAX_SCORE, None
    yield f"{sop.program} {sop.phase}", 3, None
    yield " ".join((*sop.equipment, *sop.obstacles, sop.qualification or "")), 3, None
    for step in sop.steps:
        yield step.short, 6, step.step
        yield step.prompt, 5, step.step
        yield step.activity, 4, step.step
        yield " ".join(one.text for one in step.requires), 4, step.step
        if step.record is not None:
            fields = (f"{field.ask} {field.name}" for field in step.record.fields)
            yield " ".join((step.record.what or "", *fields)), 4, step.step
