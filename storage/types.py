"""Column types: words of an enum as text, encrypted text, encrypted JSON; and CHECKs that keep them honest."""

import json
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Dialect, Text
from sqlalchemy.types import TypeDecorator

from storage.cipher import Keyring


def keyring_of(dialect: Dialect) -> Keyring:
    """The keyring that `storage.engine` hung on this engine's dialect: one ring an engine, no global."""
    ring: Keyring = dialect.pandu_keyring  # type: ignore[attr-defined]  # set in storage.engine
    return ring


class Word(TypeDecorator[StrEnum]):
    """A StrEnum stored by its value as text (SQLModel alone would store the member's name)."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class EncryptedText(TypeDecorator[str]):
    """Text sealed with the engine's keyring. `context` ties the value to its column."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring_of(dialect).seal(value, self.context)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring_of(dialect).unseal(value, self.context)


class EncryptedJson(TypeDecorator[Any]):
    """JSON sealed with the engine's keyring."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return keyring_of(dialect).seal(json.dumps(value, ensure_ascii=False), self.context)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(keyring_of(dialect).unseal(value, self.context))


def one_of(column: str, words: type[StrEnum], name: str) -> CheckConstraint:
    """CHECK that `column` holds one of the enum's words (NULL passes)."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=name)
