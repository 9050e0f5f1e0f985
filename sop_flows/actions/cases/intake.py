"""What the opening of a case already says, so that a step's form need not ask for it again (SOP 9.1.20 step 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sop_flows.declarations.form import Form
from sop_flows.declarations.unit import CaseRules
from sop_flows.errors import RuleError, TooOldError

NAME_MAX_CHARACTERS = 120
TEXT_MAX_CHARACTERS = 500  # of an address or a reason: one or two sentences


class IntakeOddError(RuleError):
    """An answer that no question of ours gives: an unknown category, a negative age, an over-long text."""


@dataclass(frozen=True)
class Intake:
    """What is known of the child when the case is opened.

    Attributes:
        categories: of unit.case.categories, at least one.
        age_years: None for a child that is not born yet (`unborn`), and where nobody knows it.
        sex: "L" or "P"; None only when unborn.
        age_is_about: the age is a guess.
        in_house: the child is in the house already, so that bed, food and health begin now.
        at_school: None where it was not asked.
        mother: her name, of a child that is not born yet.
        name, address, reason: known to the social worker, the heads that the pack names and the Kepala.
    """

    categories: tuple[str, ...]
    age_years: int | None
    unborn: bool
    sex: str | None
    code_name: str
    name: str | None = None
    address: str | None = None
    reason: str | None = None
    age_is_about: bool = False
    in_house: bool = False
    at_school: bool | None = None
    mother: str | None = None


def oldest(rules: CaseRules) -> int:
    """The highest age that is taken in, in years."""
    return rules.max_age - 1


def check_age(rules: CaseRules, age_years: int) -> int:
    """The age. Raises TooOldError (below 18: SOP 9.1.20 step 1), IntakeOddError for a negative one."""
    if age_years > oldest(rules):
        raise TooOldError(rules.max_age)
    if age_years < 0:
        raise IntakeOddError
    return age_years


def check_text(words: str, limit: int = TEXT_MAX_CHARACTERS) -> str | None:
    """Words as they are stored, None when there are none. Raises IntakeOddError when they are too long."""
    clean = words.strip()
    if len(clean) > limit:
        raise IntakeOddError
    return clean or None


def check_intake(rules: CaseRules, intake: Intake) -> Intake:
    """Everything but the code name. Raises IntakeOddError, TooOldError."""
    known = [one for one in rules.categories if one in intake.categories]
    if not known or len(known) != len(set(intake.categories)):
        raise IntakeOddError
    if (intake.unborn and intake.age_years is not None) or (intake.sex is None and not intake.unborn):
        raise IntakeOddError
    if intake.sex not in (None, "L", "P"):
        raise IntakeOddError
    if intake.age_years is not None:
        check_age(rules, intake.age_years)
    return replace(
        intake,
        categories=tuple(known),
        age_is_about=intake.age_is_about and intake.age_years is not None,
        name=None if intake.unborn else check_text(intake.name or "", NAME_MAX_CHARACTERS),
        mother=check_text(intake.mother or "", NAME_MAX_CHARACTERS) if intake.unborn else None,
        address=check_text(intake.address or ""),
        reason=check_text(intake.reason or ""),
    )


def answers(form: Form, intake: Intake) -> Mapping[str, object] | None:
    """The answers of a step's form as far as the opening says them; None unless it says all of them.

    A field says with `proposal: case_categories` or `case_age` that the opening answers it.
    """
    values: dict[str, object] = {}
    for field in form.fields:
        if field.proposal == "case_categories":
            values[field.key] = [one for one in field.choices if one in intake.categories]
        elif (
            field.proposal == "case_age"
        ):  # refused at the opening when it is not so; nobody knows it: it is asked
            is_known = intake.unborn or intake.age_years is not None
            values[field.key] = intake.age_years if field.kind != "yes" else True if is_known else None
        else:
            return None
    return values if all(value not in (None, []) for value in values.values()) else None
