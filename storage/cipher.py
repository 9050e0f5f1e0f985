"""Encryption of what names a person: AES-GCM with keys derived from one secret, the key id in the value.

A cell is bound to its row: `2:<key id>:<base64>`, sealed for table, column and row. Cells of before 0018 are base64
alone and sealed for their column only; they are read as long as `pandu rekey` has not bound them all.
"""

import base64
import binascii
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
BOUND = "2:"  # what a bound cell begins with; base64 has no colon


class UnsealError(Exception):
    """A value cannot be read: written with a key that is not in the ring, damaged, or moved to another column."""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"pandu", info=purpose).derive(secret.encode())


class Fingerprint(str):
    """A keyed hash under the first secret: what is written.

    Attributes:
        every: that one, and those under the earlier secrets: what is looked for.
    """

    every: tuple[str, ...]

    def __new__(cls, every: Sequence[str]) -> "Fingerprint":
        self = super().__new__(cls, every[0])
        self.every = tuple(every)
        return self


def every(fingerprint: str) -> tuple[str, ...]:
    """Under what a row may be found: the hash under each secret; of a plain text that text."""
    return fingerprint.every if isinstance(fingerprint, Fingerprint) else (fingerprint,)


def key_id_of(cell: str) -> str:
    """The id of the key that a cell was sealed with, hexadecimal; "" of what is no cell."""
    if cell.startswith(BOUND):
        return cell.split(":")[1]
    try:
        return base64.b64decode(cell)[:KEY_ID_BYTES].hex()
    except binascii.Error:
        return ""


class Keyring:
    """Seals with the first secret, unseals with any.

    Args:
        secrets: `PANDU_SECRET_KEY` first, then earlier ones that stored rows may still carry.

    Attributes:
        reads_unbound: whether cells of before 0018 are still read: until `pandu rekey` is through.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self.reads_unbound = False
        self._keys: dict[bytes, AESGCM] = {}
        for secret in secrets:
            key = _derive(secret, b"seal")
            self._keys.setdefault(hashlib.sha256(key).digest()[:KEY_ID_BYTES], AESGCM(key))
        self._current = next(iter(self._keys))
        self._index_keys = [_derive(secret, b"index") for secret in dict.fromkeys(secrets)]

    @property
    def key_id(self) -> str:
        """The id that new values carry, hexadecimal; safe to show."""
        return self._current.hex()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys, the present one first."""
        return tuple(key_id.hex() for key_id in self._keys)

    @property
    def mark(self) -> str:
        """What a cell begins with that is bound and under the present key."""
        return f"{BOUND}{self.key_id}:"

    @property
    def loose_mark(self) -> str:
        """What a cell of before 0018 begins with that is under the present key: letters that depend on the id alone."""
        return base64.b64encode(self._current).decode()[: KEY_ID_BYTES * 8 // 6]

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

    def seal(self, clear: str, context: str, row: str | None = None) -> str:
        """Encrypt text into a cell.

        Args:
            context: table and column.
            row: what tells the row from all others, see `storage.types`; None: not bound, as before 0018.
        """
        if row is None:
            return base64.b64encode(self.seal_bytes(clear.encode(), context)).decode()
        return self.seal_under(self.key_id, clear, context, row)

    def seal_under(self, key_id: str, clear: str, context: str, row: str) -> str:
        """As `seal`, with one key of the ring."""
        nonce = os.urandom(NONCE_BYTES)
        key = self._keys[bytes.fromhex(key_id)]
        sealed = nonce + key.encrypt(nonce, clear.encode(), f"{context}:{row}".encode())
        return f"{BOUND}{key_id}:{base64.b64encode(sealed).decode()}"

    def unseal(self, cell: str, context: str, row: str | None = None) -> str:
        """Decrypt what `seal` made. Raises UnsealError."""
        try:
            if cell.startswith(BOUND):
                _version, key_id, sealed = cell.split(":")
                content = bytes.fromhex(key_id) + base64.b64decode(sealed)
                return self.unseal_bytes(content, f"{context}:{row}").decode()
            content = base64.b64decode(cell)
        except ValueError as error:
            raise UnsealError(f"{context}: the value is damaged") from error
        if row is not None and not self.reads_unbound:
            raise UnsealError(f"{context}: the value is not bound to its row, as all are since `pandu rekey`")
        return self.unseal_bytes(content, context).decode()

    def fingerprint(self, text: str, purpose: str) -> Fingerprint:
        """A keyed hash (hexadecimal) for looking a value up without storing it in clear."""
        return self.fingerprint_bytes(text.encode("utf-8", "surrogatepass"), purpose)

    def fingerprint_bytes(self, content: bytes, purpose: str) -> Fingerprint:
        """As `fingerprint`, for the content of a file."""
        whole = purpose.encode() + b":" + content
        return Fingerprint([hmac.new(key, whole, hashlib.sha256).hexdigest() for key in self._index_keys])
