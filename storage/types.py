"""Column types: words of an enum as text, encrypted text and JSON (AES-GCM); and CHECKs that keep them honest."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import CheckConstraint, Dialect, Text
from sqlalchemy.types import TypeDecorator

# --- encryption -------------------------------------------------------------------------------------------------


NONCE_BYTES = 12
KEY_ID_BYTES = 4


class UnsealError(Exception):
    """A value cannot be read: written with a key that is not in the ring, damaged, or moved to another column."""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"pandu", info=purpose).derive(secret.encode())


class Keyring:
    """Seals with the first secret, unseals with any.

    Args:
        secrets: `PANDU_SECRET_KEY` first, then earlier ones that stored rows may still carry.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys: dict[bytes, AESGCM] = {}
        ids = []
        for secret in secrets:
            key = _derive(secret, b"seal")
            key_id = hashlib.sha256(key).digest()[:KEY_ID_BYTES]
            self._keys[key_id] = AESGCM(key)
            ids.append(key_id)
        self._current = ids[0]
        self._index_key = _derive(secrets[0], b"index")

    @property
    def key_id(self) -> str:
        """The id that new values carry, hexadecimal; safe to show."""
        return self._current.hex()

    def seal_bytes(self, clear: bytes, context: str) -> bytes:
        """Encrypt; `context` (such as `officers.name`) must be given again to read it."""
        nonce = os.urandom(NONCE_BYTES)
        return self._current + nonce + self._keys[self._current].encrypt(nonce, clear, context.encode())

    def unseal_bytes(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal_bytes` made.

        Raises:
            UnsealError: unknown key, damaged value or other context.
        """
        key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        key = self._keys.get(key_id)
        if key is None:
            raise UnsealError(f"written with key {key_id.hex()}, which is not in PANDU_SECRET_KEY")
        try:
            return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode())
        except InvalidTag as error:
            raise UnsealError(f"{context}: the value is damaged or belongs elsewhere") from error

    def seal(self, clear: str, context: str) -> str:
        """Encrypt text into base64 text."""
        return base64.b64encode(self.seal_bytes(clear.encode(), context)).decode()

    def unseal(self, sealed: str, context: str) -> str:
        """Decrypt what `seal` made. Raises UnsealError."""
        return self.unseal_bytes(base64.b64decode(sealed), context).decode()

    def fingerprint(self, text: str, purpose: str) -> str:
        """A keyed hash (hexadecimal) for looking a value up without storing it in clear."""
        return hmac.new(
            self._index_key, f"{purpose}:{text}".encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()

    def fingerprint_bytes(self, content: bytes, purpose: str) -> str:
        """As `fingerprint`, for the content of a file."""
        return hmac.new(self._index_key, purpose.encode() + b":" + content, hashlib.sha256).hexdigest()


# --- types of columns -------------------------------------------------------------------------------------------


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
