"""Encryption of what names a person: AES-GCM with keys derived from one secret, the key id in the value."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

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
