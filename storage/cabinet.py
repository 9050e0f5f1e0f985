"""The file cabinet: photos and documents, encrypted under the data folder, named by keyed hash of their content."""

import os
import re
from pathlib import Path

from storage.types import KEY_ID_BYTES, Keyring, UnsealError, every

CONTEXT = "files.content"
NAME = re.compile("[0-9a-f]{64}")


class Cabinet:
    """Files of one data folder.

    Attributes:
        folder: the data folder.
    """

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self.folder = folder
        self._keyring = keyring

    def put(self, content: bytes) -> str:
        """Store and return the key. On the disk before it returns: the row that names it comes after."""
        key = self._keyring.fingerprint_bytes(content, CONTEXT)
        if not self._path(key).exists():
            self.put_sealed(key, self._keyring.seal_bytes(content, CONTEXT))
        return key

    def put_sealed(self, key: str, sealed: bytes) -> None:
        """Store what `sealed` gave."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        with fresh.open("wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)

    def sealed(self, key: str) -> bytes:
        """The content as it lies there. Raises FileNotFoundError."""
        return self._path(key).read_bytes()

    def get(self, key: str) -> bytes:
        """The content. Raises FileNotFoundError or UnsealError: also when it is that of another name."""
        content = self._keyring.unseal_bytes(self._path(key).read_bytes(), CONTEXT)
        if key not in every(self._keyring.fingerprint_bytes(content, CONTEXT)):
            raise UnsealError(f"{CONTEXT}: the file belongs elsewhere")
        return content

    def holds(self, key: str) -> bool:
        """Whether it is there."""
        return self._path(key).exists()

    def names(self) -> list[str]:
        """Every file."""
        return sorted(path.name for path in (self.folder / "files").glob("??/*") if NAME.fullmatch(path.name))

    def is_renewed(self, key: str) -> bool:
        """Whether it is under the present key. Raises FileNotFoundError."""
        with self._path(key).open("rb") as file:
            return file.read(KEY_ID_BYTES).hex() == self._keyring.key_id

    def drop(self, key: str) -> None:
        """Remove it, if it is there."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / "files" / key[:2] / key
