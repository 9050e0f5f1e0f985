"""What has to be true before a step is done: a line of its checklist, which Pandu may check by itself."""

from typing import Any, ClassVar, Literal, Self

from pydantic import GetJsonSchemaHandler, PositiveInt, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sop_flows.declarations.declared import DeclaredAsText, Text

# schools_never_served  no school of this angkatan was in an earlier one (SOP 9.2.01 step 2)
# schools_at_least      there are at least `count` schools (9.2.01 step 3)
# schools_known         every child has a school (9.2.01 step 3)
# sexes_known           every child's sex is known (9.2.01 step 3)
# form                  the form of the step answers it (9.2.02 step 3)
Check = Literal["schools_never_served", "schools_at_least", "schools_known", "sexes_known", "form"]


class Requirement(DeclaredAsText):
    """One requirement in the words of the document, written as a text alone where nothing can be checked."""

    example: ClassVar[str] = "'Jelas lokasi seleksi'"
    pattern: ClassVar[str] = r".+"

    text: Text
    check: Check | None = None
    count: PositiveInt | None = None
    """of schools_at_least"""

    @classmethod
    def parts_of(cls, text: str) -> dict[str, Any]:
        """Take every text as a requirement that a person ticks."""
        return {"text": text}

    @classmethod
    def written_schema(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """As text, or with a check."""
        return {"anyOf": [super().written_schema(core, handler), handler(core)]}

    @model_validator(mode="after")
    def _count_where_it_belongs(self) -> Self:
        if (self.check == "schools_at_least") != (self.count is not None):
            raise ValueError("count belongs to check: schools_at_least, and that needs it")
        return self

    @model_serializer
    def _written(self) -> str | dict[str, Any]:
        if self.check is None:
            return self.text
        said = {"text": self.text, "check": self.check, "count": self.count}
        return {key: value for key, value in said.items() if value is not None}

    def __str__(self) -> str:
        return self.text
