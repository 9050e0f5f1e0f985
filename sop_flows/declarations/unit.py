"""The institution: what all its SOPs share."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt, model_serializer, model_validator

from sop_flows.declarations.declared import Declared, DeclaredAsText, Text
from sop_flows.declarations.digest import DigestRules, HalfHour
from sop_flows.declarations.form import Form
from sop_flows.declarations.hours import CalendarFile
from sop_flows.declarations.incidents import IncidentRules
from sop_flows.declarations.sop import Duration, SopNumber

_PLACE = re.compile(r"\d+(\.\d+)+(/\d+)?")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        if not available_timezones():
            raise ValueError("this machine has no time-zone data; install it: pip install tzdata") from None
        raise ValueError(f"there is no time zone {name!r}; write it like 'Asia/Makassar'") from None
    return name


def _place(text: str) -> str:
    if _PLACE.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no place; write '9.2.15' for a SOP or '9.2.06/4' for one of its steps")
    return text


SHORT_MAX = 24  # characters; what the narrowest phone shows whole on a button


def _short(text: str) -> str:
    if len(text) > SHORT_MAX:
        raise ValueError(f"{text!r} stands on a button; use at most {SHORT_MAX} characters")
    return text


ShortText = Annotated[Text, AfterValidator(_short)]

# What a role does beside the steps that name it; another institution gives these duties to other roles.
Duty = Literal["answers_for_all", "opens_cohorts", "of_one_cohort", "looks_after_marked"]


class Role(Declared):
    """A role an officer may hold."""

    label: Text
    """as an officer reads it"""
    section_label: Text
    """the section in a sentence: "Langkah ini tugas Seksi Bimbingan." """
    head: str | None = None
    """the role whose head answers for it; None: nobody above"""
    works: Literal["office", "every day"] = "office"
    answers_for_all: bool = False
    """the head of the house: sees all, hears of what stays late"""
    opens_cohorts: bool = False
    """beside the admin"""
    of_one_cohort: bool = False
    """held for the length of one cohort, and sees only that one"""
    looks_after_marked: bool = False
    """is told of children who are marked at a weigh-in"""


class Guide(Declared):
    """What /bantuan tells who asks how it is done; **a button**, `what is typed`."""

    roles: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    """by the code of the role"""
    heads: tuple[Text, ...] = ()
    admins: tuple[Text, ...] = ()


class StandIn(Declared):
    """A role that may do another's steps; the executor of the step stays `acts_for`."""

    role: Text
    acts_for: Text
    where: tuple[Annotated[str, AfterValidator(_place)], ...]
    """SOP numbers, or number/step"""


class Dormitory(Declared):
    """A house in which children of one sex sleep."""

    name: Text
    sex: Literal["L", "P"]
    capacity: PositiveInt


class AgeLimits(Declared):
    """What a child of some age may weigh at its first weighing, in grams."""

    from_years: NonNegativeInt
    """whole years from which on they hold, until the next ones"""
    min_g: PositiveInt
    max_g: PositiveInt


class WeightLimits(Declared):
    """What a typed weight is compared with before it is believed, in grams."""

    min_g: PositiveInt
    max_g: PositiveInt
    change_g: PositiveInt
    """a larger change since the last weight is asked back"""
    lost_g: PositiveInt = 1_000
    """who has lost that much since the last weight is to be looked at: told to the nurse and the kasi"""
    first_by_age: tuple[AgeLimits, ...] = ()
    """in place of min_g and max_g for the first weight of a child whose birth date is known"""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        of_ages = (one.max_g <= one.min_g for one in self.first_by_age)
        if self.max_g <= self.min_g or any(of_ages):
            raise ValueError("weights: max_g must be larger than min_g")
        years = [one.from_years for one in self.first_by_age]
        if years != sorted(set(years)):
            raise ValueError("weights: first_by_age must name each age once, the youngest first")
        return self

    def at_age(self, years: int | None) -> Self:
        """The limits of a first weight at that age, in whole years; None: it is not known."""
        if years is None:
            return self
        found = [one for one in self.first_by_age if one.from_years <= years]
        return self.model_copy(update={"min_g": found[-1].min_g, "max_g": found[-1].max_g}) if found else self


class Ages(Declared):
    """Of the children of an angkatan, in whole years: what lies outside is no birth date of one of them."""

    youngest: Annotated[int, Field(ge=0, le=30)] = 4
    oldest: Annotated[int, Field(ge=1, le=30)] = 18

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.oldest <= self.youngest:
            raise ValueError("ages: oldest must be larger than youngest")
        return self


class SopDates(Declared):
    """Dates and approval printed on every SOP."""

    created: date
    revised: date
    effective: date
    approved_by: Text


class Related(Declared):
    """What the document prints under "Keterkaitan"."""

    text: Text
    nature: Text
    nature_of: dict[SopNumber, Text] = Field(default_factory=dict)
    """the SOPs that print another nature"""


class CaseRules(Declared):
    """What a case of a child needs (SOP 9.1.20 step 1)."""

    codes: tuple[Text, ...] = Field(min_length=1)
    """code names that are proposed for a child, one after another"""
    max_age: Annotated[int, Field(ge=1, le=120)]
    """years; a child is younger than this"""
    categories: tuple[Text, ...] = Field(min_length=1)
    """for whom the shelter is"""
    school_age: Annotated[int, Field(ge=0, le=120)] = 6
    """years; a younger child is not asked whether it goes to school"""
    keeper: Text = "peksos"
    """the role whose officer has the case"""
    known_to_heads_of: tuple[Text, ...] = ("peksos",)
    """heads who may know the child; the Kepala always does"""


class EscalationRules(Declared):
    """After how long a late step is told to its heads. Days are working days, in the care of children calendar days."""

    head_after: Duration = Duration(amount=1, unit="hari")
    """the head who answers for the role"""
    top_after: Duration = Duration(amount=3, unit="hari")
    """the head of the house"""
    emergency_top_after: Duration = Duration(amount=4, unit="jam")
    """an emergency: the first head at due, then this"""
    again_after: Duration = Duration(amount=3, unit="hari")
    """to a head who took it on, if it is still late then"""

    @model_validator(mode="after")
    def _are_times(self) -> Self:
        for name in ("head_after", "top_after", "again_after"):
            written: Duration = getattr(self, name)
            if written.unit != "hari" or written.amount_max is not None or written.is_zero:
                raise ValueError(f"escalation: {name} is a number of days, like '1 hari'")
        urgent = self.emergency_top_after
        if urgent.unit == "bulan" or urgent.amount_max is not None or urgent.is_zero:
            raise ValueError("escalation: emergency_top_after is like '4 jam'")
        if self.top_after.amount < self.head_after.amount:
            raise ValueError("escalation: top_after is not sooner than head_after")
        return self


class AccessRules(Declared):
    """How long children's data stay in reach on a phone."""

    closed_days: Annotated[int, Field(ge=0, le=3660)] = 30
    """the children of an angkatan can be looked at for so long after it was closed"""
    hide_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """a message that shows who a child is, is changed back after this"""
    pin_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    """cases ask for the PIN when nothing of a case was opened for so long"""


class Years(DeclaredAsText):
    """A number of whole years, such as `5 tahun`."""

    example: ClassVar[str] = "'5 tahun'"
    pattern: ClassVar[str] = r"(\d{1,2}) tahun"
    refusal: ClassVar[str] = f"is no number of years; write it like {example}"

    amount: PositiveInt

    @classmethod
    def fields_of(cls, written: re.Match[str]) -> dict[str, Any]:
        """Return those of `5 tahun`."""
        return {"amount": int(written[1])}

    @model_serializer
    def __str__(self) -> str:
        return f"{self.amount} tahun"

    def before(self, on: date) -> date:
        """The same day so many years earlier; of 29 February the last of the month."""
        year = on.year - self.amount
        return date(year, on.month, min(on.day, monthrange(year, on.month)[1]))


class Retention(Declared):
    """After how long it is proposed to the head of the house to erase what names children. Without it nothing is."""

    children: Years | None = None
    """of an angkatan, since it was closed"""
    cases: Years | None = None
    """since the case was closed"""


class Unit(Declared):
    """One institution. Everything its SOPs share stands here once."""

    name: Text
    short_name: Text
    city: Text
    timezone: Annotated[str, AfterValidator(_known_zone)]
    roles: dict[str, Role] = Field(min_length=1)
    stand_ins: tuple[StandIn, ...] = ()
    calendar: CalendarFile
    dormitories: tuple[Dormitory, ...] = ()
    weights: WeightLimits = WeightLimits(min_g=5_000, max_g=150_000, change_g=5_000)
    """of people, not of children of one age: nobody is doubted in vain"""
    ages: Ages = Ages()
    digest: DigestRules = DigestRules()
    escalation: EscalationRules = EscalationRules()
    access: AccessRules = AccessRules()
    retention: Retention = Retention()
    stay_days: Annotated[int, Field(ge=1, le=366)] = 30
    legal_basis: tuple[Text, ...]
    sop_dates: SopDates
    related: Related
    sections: tuple[Text, ...] = ()
    """roles; those that "each section" of the document stands for"""
    phases: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    """of each program, in their order"""
    case: CaseRules | None = None
    """None: this unit has no cases"""
    incidents: IncidentRules = IncidentRules()
    tick_times: dict[Text, HalfHour] = Field(default_factory=dict)
    """local times before which a tick of a daily step is not taken: "malam": "18.00" """
    shifts: tuple[HalfHour, ...] = ()
    """local times at which a duty ends by itself; without any it goes on until the next one says so"""
    forms: dict[Text, Form] = Field(default_factory=dict)
    """forms that several steps name: `record: surat`"""
    house_facts: tuple[Text, ...] = ()
    """keys of answers about a child that everybody of the house may read: where it sleeps, what it may not eat"""
    obstacles: tuple[ShortText, ...] = ()
    """what usually hinders, offered beside the obstacles of the SOP"""
    short: dict[Text, ShortText] = Field(default_factory=dict)
    """obstacles of the document that are longer than a button: what stands on it; the whole is recorded"""
    synonyms: dict[Text, tuple[SopNumber, ...]] = Field(default_factory=dict)
    """words that the document does not use, and the SOPs that officers mean by them"""
    guide: Guide = Guide()
    sop_order: tuple[Text, ...] = ()
    """groups of numbers in the order of the document: 9.2 comes before 9.1"""

    @cached_property
    def roles_that(self) -> Mapping[Duty, tuple[str, ...]]:
        """The codes of the roles with each duty, in the order of the file."""
        return {
            duty: tuple(code for code, role in self.roles.items() if getattr(role, duty))
            for duty in get_args(Duty)
        }
