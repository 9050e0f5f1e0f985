"""What a step records: a line or a few questions, for a child or for the run."""

from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from sop_flows.declarations.declared import Declared, Text

# choices: several, ticked. yes: a yes/no. people, table: one row a line, parts separated by ";" (see columns).
FieldKind = Literal[
    "weight", "text", "choice", "choices", "number", "decimal", "date", "time", "yes", "people", "table",
    "officer", "location", "photo", "file", "voice",
]  # fmt: skip
SENT: tuple[FieldKind, ...] = ("location", "photo", "file", "voice")  # never typed
KEPT: tuple[FieldKind, ...] = ("photo", "file", "voice")  # ids of stored files
ROWS: tuple[FieldKind, ...] = ("people", "table")
MEASURED: tuple[FieldKind, ...] = ("number", "decimal")
# case_categories, case_age: what was answered when the case was opened (SOP 9.1.20 step 1). boys, girls: how many
# children of a school or Kab/Kota there are (SOP 9.2.04 step 1). day: of the run's event, or on which the step was done.
# children: how many there are now. earlier: what an earlier step of the run says of the child. as_group: what was
# answered for another child of its group (SOP 9.2.06 step 2). said: the number before its unit in the words of a note
# ("55 anak").
Proposal = Literal[
    "sequence", "groups", "dormitory", "parents", "case_categories", "case_age", "boys", "girls", "day",
    "children", "earlier", "as_group", "said",
]  # fmt: skip
# What an answer does besides being kept. roll_call: who did not come leaves the angkatan (SOP 9.2.05 step 1).
# selection: who waits as a reserve or is not accepted is no member (SOP 9.2.03 step 2).
# handed_over: the child of a case has left, on the one date of the form; what runs for months ends (SOP 9.1.35 step 2).
Effect = Literal["roll_call", "selection", "handed_over"]
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
    """what kind of answer: choices are several, ticked; people and tables are one row a line (see columns)"""
    label: Annotated[Text, StringConstraints(max_length=60)] | None = None
    """short name in summaries: "Ukuran baju" """
    unit: Text | None = None
    """of a number or decimal: cm"""
    min: int | None = None
    """of a number or decimal"""
    max: int | None = None
    columns: tuple[Text, ...] = ()
    """of people or a table; every one must be filled"""
    choices: tuple[Text, ...] = ()
    free_text: bool = False
    """a choice that may also be written in own words"""
    optional: bool = False
    read_by: tuple[Text, ...] = ()
    """roles that may read this answer about a child, beside those that may read the record"""
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
        if self.kind not in MEASURED and (self.unit, self.min, self.max) != (None, None, None):
            what = f"'{self.key}' has unit, min or max, but its kind is {self.kind}, not number or decimal"
            raise ValueError(what)
        if self.min is not None and self.max is not None and self.max <= self.min:
            raise ValueError(f"'{self.key}': max must be larger than min")
        kinds = {"day": "date", "children": "number", "said": "number"}
        if self.proposal in kinds and self.kind != kinds[self.proposal]:
            raise ValueError(f"'{self.key}': the proposal {self.proposal} is a {kinds[self.proposal]}")
        if (self.kind in ROWS) != bool(self.columns):
            raise ValueError(f"'{self.key}': columns come together with kind people or table")
        return self

    @property
    def name(self) -> str:
        """Its short name in summaries."""
        return self.label or self.key


class Rest(Declared):
    """A button that answers for all children who have no record yet, and what it records."""

    example: ClassVar[str] = "'- {button: \"Sisanya: hadir\", value: Hadir}'"

    button: Text
    value: Text | None = None
    """in every field that needs an answer; None: what is proposed for each child"""


class Form(Declared):
    """The fields of one record.

    `line`: one message answers all fields, its parts separated by ";". `asked`: question by question.
    """

    ask: Literal["before", "after", "log"] = "before"
    """before: part of the confirmation; after: offered when the step is done, and every field may be left out; log: dated
    notes while the step is open, one message is enough"""
    style: Literal["line", "asked"] = "line"
    fields: tuple[Field, ...]
    what: Text | None = None
    """in words, what it records: "masalah, potensi, kebutuhan" """
    flag: Text | None = None
    """a yes/no on the entry, such as "Perlu penanganan khusus" """
    rest: Text | None = None
    """a button that answers for all children who have no record yet"""
    rest_value: Text | None = None
    """what that button records in every field that needs an answer; without it: what is proposed for each child"""
    rests: tuple[Rest, ...] = ()
    """in place of rest, where there are several such buttons"""
    read_by: tuple[Text, ...] = ()
    """roles that may read the record of a child and its flag, beside the executors and their heads"""
    effect: Effect | None = None
    """what the answers do: roll_call is asked school by school, and whoever got the second choice leaves; selection:
    the second choice makes a reserve, the third is not accepted; handed_over: the child of a case left on the date"""

    @property
    def is_after(self) -> bool:
        """Whether the step is done without it, and it is filled in afterwards."""
        return self.ask == "after"

    @field_validator("fields")
    @classmethod
    def _may_be_left_out(cls, fields: tuple[Field, ...], info: ValidationInfo) -> tuple[Field, ...]:
        if info.data.get("ask") != "after":
            return fields
        return tuple(field.model_copy(update={"optional": True}) for field in fields)

    @model_validator(mode="after")
    def _is_answerable(self) -> Self:
        if not self.fields:
            raise ValueError("a form needs at least one field")
        keys = [field.key for field in self.fields]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"two fields have the key {twice[0]!r}")
        if self.ask == "log":
            needed = [field for field in self.fields if not field.optional and field.kind != "date"]
            if self.note_words is None or len(needed) > 1:
                raise ValueError(
                    "a log needs one text that must be answered: the words of a note; mark others optional"
                )
        if self.rest is None and self.rest_value is not None:
            raise ValueError("rest_value is what a rest records, and there is no rest: the button")
        if self.rest is not None and self.rests:
            raise ValueError("rest and rests are the same: write one of them")
        dates = [field for field in self.fields if field.kind == "date" and not field.optional]
        if self.effect == "handed_over" and len(dates) != 1:
            raise ValueError("effect handed_over needs one date that must be answered: when the child left")
        if self.effect in CHOICES_OF:
            only = self.fields[0]
            if len(self.fields) > 1 or only.kind != "choice" or len(only.choices) != CHOICES_OF[self.effect]:
                what = f"effect {self.effect} needs one field, a choice of {CHOICES_OF[self.effect]}"
                raise ValueError(f"{what}, in the order of docs/packs.md")
        for rest in self.every_rest:
            self._refuse_unanswered(rest)
        return self

    def _refuse_unanswered(self, rest: Rest) -> None:
        if rest.value is None and not any(field.proposal for field in self.fields):
            raise ValueError(f"{rest.button!r} records nothing: write what, or fields that have a proposal")
        for field in self.answered_by_rest if rest.value is not None else ():
            if field.kind not in ("text", "choice"):
                raise ValueError(f"{rest.value!r} can't answer '{field.key}', which is a {field.kind}")
            if field.choices and rest.value not in field.choices:
                raise ValueError(f"{rest.value!r} is none of the choices of '{field.key}'")

    @property
    def is_weighing(self) -> bool:
        """Whether it asks for a weight, and for nothing else that must be answered but a height."""
        first, *others = self.fields
        return first.kind == "weight" and (not others or others == [self.height])

    @property
    def height(self) -> Field | None:
        """Of a weigh-in: the height in cm that may stand behind a weight ("23,5 121")."""
        return next(
            (one for one in self.fields if one.kind == "number" and one.unit == "cm" and one.optional), None
        )

    @property
    def note_words(self) -> Field | None:
        """Of a log: the text that every note has."""
        return next((one for one in self.fields if one.kind == "text" and not one.optional), None)

    @property
    def note_day(self) -> Field | None:
        """Of a log: its day, which is said in front of the words or is today."""
        return next((one for one in self.fields if one.kind == "date"), None)

    @cached_property
    def beside_note(self) -> "Form | None":
        """Of a log: what can be added to a note besides its day and words; None: nothing."""
        known = (self.note_words, self.note_day)
        fields = tuple(field for field in self.fields if field not in known)
        return Form(ask="after", style="asked", fields=fields) if self.ask == "log" and fields else None

    @property
    def one_tap(self) -> Field | None:
        """The field that is all that must be answered, where it comes first: a tap on a choice is then enough."""
        first, *others = self.fields
        return first if all(field.optional for field in others) else None

    @property
    def every_rest(self) -> tuple[Rest, ...]:
        """The buttons that answer for all children who have no record yet."""
        return self.rests if self.rest is None else (Rest(button=self.rest, value=self.rest_value),)

    @property
    def answered_by_rest(self) -> tuple[Field, ...]:
        """The fields that need an answer; the first when none does."""
        return tuple(field for field in self.fields if not field.optional) or self.fields[:1]
