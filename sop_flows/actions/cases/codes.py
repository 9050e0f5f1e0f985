"""Code names of cases: what everybody but the few who know the child calls it."""

from itertools import count

from sqlmodel import Session, select

from sop_flows.declarations.unit import CaseRules
from sop_flows.errors import RuleError
from storage.tables import Case

CODE_MAX_CHARACTERS = 24  # fits a button beside another one
TELLING_CHARACTERS = 3  # a part of a name this long tells who it is; "al" does not


class CodeOddError(RuleError):
    """Empty, too long, of several lines, or without a letter."""


class CodeTakenError(RuleError):
    """Another case, open or closed, has this code name."""

    def __init__(self, code: str) -> None:
        super().__init__("taken")
        self.code = code


class CodeTellsError(RuleError):
    """The code name holds a part of the child's name."""


def propose_code(s: Session, rules: CaseRules, child_name: str | None = None) -> str:
    """The next unused code name of the pack; when all are used, the first with a number: "Melati 2".

    One that would tell the child's name is passed over.
    """
    used = {_plain(code) for code in s.exec(select(Case.code_name))}
    fit = [code for code in rules.codes if not tells(code, child_name)] or list(rules.codes)
    for nth in count(1):
        for code in fit:
            proposed = code if nth == 1 else f"{code} {nth}"
            if _plain(proposed) not in used:
                return proposed
    raise AssertionError("count() never ends")


def check_code(s: Session, code: str, child_name: str | None = None) -> str:
    """The code name as it is stored. Raises CodeOddError, CodeTellsError, CodeTakenError (whatever its case)."""
    clean = " ".join(code.split())
    lines = code.strip().splitlines()
    if not any(letter.isalpha() for letter in clean) or len(clean) > CODE_MAX_CHARACTERS or len(lines) > 1:
        raise CodeOddError
    if tells(clean, child_name):
        raise CodeTellsError
    if _plain(clean) in {_plain(used) for used in s.exec(select(Case.code_name))}:
        raise CodeTakenError(clean)
    return clean


def tells(code: str, child_name: str | None) -> bool:
    """Whether the code name and the child's name share a word, or one stands inside the other."""
    if not child_name or not child_name.strip():
        return False
    said, name = _plain(code), _plain(child_name)
    if said in name or name in said:
        return True
    return any(len(part) >= TELLING_CHARACTERS and part in said for part in name.split())


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()
