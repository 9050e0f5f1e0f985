"""What a step records: a line or a few questions, for a child or for the run."""

from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema, model_validator

from sop_flows.declarations.declared import Declared, Text

# choices: several, ticked. yes: a yes/no. people: one per line, "nama; pendidikan/profesi" (see columns).
FieldKind = Literal[
    "weight", "text", "choice", "choices", "number", "date", "yes", "people", "location", "photo"
]
# case_categories, case_age: what was answered when the case was opened (SOP 9.1.20 step 1). boys, girls: how many
# children of a school or Kab/Kota there are (SOP 9.2.04 step 1).
Proposal = Literal[
    "sequence", "groups", "dormitory", "parents", "case_categories", "case_age", "boys", "girls"
]
# What an answer does besides being kept. roll_call: who did not come leaves the angkatan (SOP 9.2.05 step 1).
# selection: who waits as a reserve or is not accepted is no member (SOP 9.2.03 step 2).
Effect = Literal["roll_call", "selection"]
CHOICES_OF: dict[Effect, int] = {"roll_call": 2, "selection": 3}  # of its one question, in their order

# YAML 1.1 reads a bare yes as true; nothing else can be meant by it here.
_BARE_YES = BeforeValidator(lambda kind: "yes" if kind is True else kind)


ASK_MAX = 200  # characters of a question


class Field(Declared):
    """One thing that is recorded. `ask` is what the officer reads, `name` what stands before the answer."""

    example: ClassVar[str] = "'- {key: hasil, ask: Apa hasilnya?, kind: text}'"

    key: Annotated[Text, StringConstraints(max_length=40)]
    ask: Annotated[Text, StringConstraints(max_length=ASK_MAX)]
    kind: Annotated[FieldKind, _BARE_YES, WithJsonSchema({"enum": [*get_args(FieldKind), True]})]
    """what kind of answer: choices are several, ticked; people are one per line (see columns)"""
    label: Annotated[Text, StringConstraints(max_length=60)] | None = None
    """short name in summaries: "Ukuran baju" """
    unit: Text | None = None
    """of a number: cm"""
    min: int | None = None
    """of a number"""
    max: int | None = None
    columns: tuple[Text, ...] = ()
    """of people; every one must be filled"""
    choices: tuple[Text, ...] = ()
    free_text: bool = False
    """a choice that may also be written in own words"""
    optional: bool = False
    proposal: Proposal | None = None
    """what Pandu can work out and only needs a yes"""

    @model_validator(mode="after")
    def _choices_where_they_belong(self) -> Self:
        # The dormitories stand in unit.yaml, so that they are not written twice.
        if self.kind in ("choice", "choices") and not self.choices and self.proposal != "dormitory":
            raise ValueError(f"'{self.key}' is a choice without choices")
        if self.kind not in ("choice", "choices") and (self.choices or self.free_text):
            raise ValueError(
                f"'{self.key}' has choices or free_text, but its kind is {self.kind}, not choice"
            )
        twice = sorted({choice for choice in self.choices if self.choices.count(choice) > 1})
        if twice:
            raise ValueError(f"'{self.key}' has the choice {twice[0]!r} twice")
        return self

    @model_validator(mode="after")
    def _numbers_and_columns_where_they_belong(self) -> Self:
        if self.kind != "number" and (self.unit, self.min, self.max) != (None, None, None):
            raise ValueError(f"'{self.key}' has unit, min or max, but its kind is {self.kind}, not number")
        if self.min is not None and self.max is not None and self.max <= self.min:
            raise ValueError(f"'{self.key}': max must be larger than min")
        if (self.kind == "people") != bool(self.columns):
            raise ValueError(f"'{self.key}': columns and kind people come together")
        return self

    @property
    def name(self) -> str:
        """Its short name in summaries."""
        return self.label or self.key


class Form(Declared):
    """The fields of one record.

    `line`: one message answers all fields, its parts separated by ";". `asked`: question by question.
    """

    style: Literal["line", "asked"] = "line"
    fields: tuple[Field, ...]
    what: Text | None = None
    """in words, what it records: "masalah, potensi, kebutuhan" """
    flag: Text | None = None
    """a yes/no on the entry, such as "Perlu penanganan khusus" """
    rest: Text | None = None
    """a button that answers for all children who have no record yet"""
    rest_value: Text | None = None
    """what that button records, in every field"""
    effect: Effect | None = None
    """what the answers do: roll_call is asked school by school, and whoever got the second choice leaves; selection:
    the second choice makes a reserve, the third is not accepted"""

    @model_validator(mode="after")
    def _is_answerable(self) -> Self:
        if not self.fields:
            raise ValueError("a form needs at least one field")
        keys = [field.key for field in self.fields]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"two fields have the key {twice[0]!r}")
        if (self.rest is None) != (self.rest_value is None):
            raise ValueError("rest and rest_value come together: the button and what it records")
        if self.effect is not None:
            only = self.fields[0]
            if len(self.fields) > 1 or only.kind != "choice" or len(only.choices) != CHOICES_OF[self.effect]:
                what = f"effect {self.effect} needs one field, a choice of {CHOICES_OF[self.effect]}"
                raise ValueError(f"{what}, in the order of docs/packs.md")
        for field in self.fields:
            if self.rest_value is not None and field.kind not in ("text", "choice"):
                raise ValueError(f"rest_value can't answer '{field.key}', which is a {field.kind}")
            if self.rest_value is not None and field.choices and self.rest_value not in field.choices:
                raise ValueError(f"rest_value {self.rest_value!r} is none of the choices of '{field.key}'")
        return self
