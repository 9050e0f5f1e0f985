"""What every declaration is: frozen, exact, and readable from one short text where that is how people write it."""

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, StringConstraints, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

_QUOTED = re.compile(r"'([^']+)'")

SOP_NUMBER = r"^\d+(\.\d+)+$"
NOT_BLANK = r"\S"

Text = Annotated[str, StringConstraints(pattern=NOT_BLANK)]


class Declared(BaseModel):
    """A frozen part of a pack. Unknown keys and wrong types are refused, never coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    example: ClassVar[str] = ""  # as a file writes it; shown to somebody who wrote something else


class DeclaredAsText(Declared):
    """A part that a pack writes as one text, such as `3-6 bulan` or `arrival - 21 hari`."""

    pattern: ClassVar[
        str
    ]  # of the text, without ^ and $; also for the JSON Schema, so no Python specialities

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Editors are told what people write, not what Pandu makes of it."""
        return {**cls.written_schema(core, handler), "description": cls.__doc__ or ""}

    @classmethod
    def written_schema(cls, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return what a file may hold here: a text of this pattern."""
        return {"type": "string", "pattern": f"^({cls.pattern})$", "examples": _quoted(cls.example)}

    refusal: ClassVar[str] = ""  # what is said behind another text: what it is not, and what to write

    @classmethod
    def fields_of(cls, written: re.Match[str]) -> dict[str, Any]:
        """Return the fields that a text of the pattern spells. Raises ValueError: it can't be meant."""
        raise NotImplementedError

    @classmethod
    def parts_of(cls, text: str) -> dict[str, Any]:
        """Return the fields that `text` spells.

        Raises:
            ValueError: the text is not one of these; the message shows what would be.
        """
        written = re.fullmatch(cls.pattern, text)
        if written is None:
            raise ValueError(f"{text!r} {cls.refusal}")
        return cls.fields_of(written)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `text`.

        Raises:
            ValueError: the text is not one of these; the message shows what would be.
        """
        return cls(**cls.parts_of(text))

    @model_validator(mode="before")
    @classmethod
    def _read_text(cls, value: Any) -> Any:
        return cls.parts_of(value) if isinstance(value, str) else value


def _quoted(example: str) -> list[str]:
    return _QUOTED.findall(example)
