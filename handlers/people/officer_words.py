"""Officers in words: their roles, as an officer reads them."""

from collections.abc import Iterable

from sqlmodel import Session

from handlers.ui.words import _
from sop_flows.actions.people.invitations import Grant
from sop_flows.declarations.unit import Unit
from storage.tables import Cohort, OfficerRole


def role_words(unit: Unit, role: str, *, is_head: bool = False, cohort: str = "") -> str:
    """ "Peksos", "Penyantunan (kasi)", "Guru Pendamping Angkatan III" (plain text)."""
    label = unit.roles[role].label if role in unit.roles else role
    if cohort:
        label = f"{label} {cohort}"
    if is_head and role not in unit.roles_that["answers_for_all"]:
        return _("{role} (head)").format(role=label)
    return label


def grants_words(s: Session, unit: Unit, grants: Iterable[OfficerRole], is_admin: bool) -> str:
    """All roles of an officer in one line (plain text)."""
    words = [
        role_words(unit, row.role, is_head=row.is_head, cohort=_cohort_name(s, row.cohort_id))
        for row in grants
    ]
    return _listed([*words, "admin"] if is_admin else words)


def grant_words(s: Session, unit: Unit, grant: Grant) -> str:
    """What an invitation grants, in one line (plain text)."""
    cohort = _cohort_name(s, grant.cohort_id)
    of_one_cohort = unit.roles_that["of_one_cohort"]
    words = [
        role_words(unit, role, is_head=role in grant.heads, cohort=cohort if role in of_one_cohort else "")
        for role in grant.all_roles
    ]
    return _listed([*words, "admin"] if grant.admin else words)


def looking_after(unit: Unit) -> str:
    """Who is told of marked children, as the word stands in a sentence: "perawat" (plain text)."""
    return labels(unit, unit.roles_that["looks_after_marked"])


def labels(unit: Unit, roles: Iterable[str]) -> str:
    """Roles as their words stand in a sentence: "guru pendamping" (plain text)."""
    return _listed([_within(unit.roles[role].label) for role in roles if role in unit.roles])


def _within(label: str) -> str:
    """A label within a sentence: "Guru Pendamping" becomes "guru pendamping", "TU" and "Petugas UKS"'s UKS stay."""
    return " ".join(word if word.isupper() else word[:1].lower() + word[1:] for word in label.split(" "))


def _listed(words: list[str]) -> str:
    """ "Peksos", "Peksos dan admin", "TU, Peksos dan admin"."""
    if len(words) < 2:
        return "".join(words)
    return _("{some} and {last}").format(some=", ".join(words[:-1]), last=words[-1])


def _cohort_name(s: Session, cohort_id: int | None) -> str:
    cohort = None if cohort_id is None else s.get(Cohort, cohort_id)
    return "" if cohort is None else cohort.name
