"""What every declaration is: frozen, exact, and readable from one short text where that is how people write it."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1)]


class Declared(BaseModel):
    """A frozen part of a pack. Unknown keys and wrong types are refused, never coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    example: ClassVar[str] = ""  # as a file writes it; shown to somebody who wrote something else


class DeclaredAsText(Declared):
    """A part that a pack writes as one text, such as `3-6 bulan` or `arrival - 21 hari`."""

    @classmethod
    def parts_of(cls, text: str) -> dict[str, Any]:
        """The fields that `text` spells.

        Raises:
            ValueError: the text is not one of these; the message shows what would be.
        """
        raise NotImplementedError

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
