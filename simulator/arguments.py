"""Arguments of a Bot API call, however they came: JSON types, form text, uploaded parts."""

import json
from dataclasses import dataclass, field
from typing import Any

from simulator.refusals import bad_request

JSON = dict[str, Any]


@dataclass
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes
    mime_type: str


@dataclass
class Arguments:
    values: JSON
    uploads: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def number(self, name: str) -> float | None:
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            return None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def nested(self, name: str) -> Any:
        """A JSON value, given as such or as text.

        Raises:
            Refusal: it is not JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str) or value == "":
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f'can\'t parse field "{name}" as JSON') from None

    def chat_id(self) -> int | None:
        """The chat that this call is about, or None."""
        try:
            return int(self.values["chat_id"])
        except (KeyError, TypeError, ValueError):
            return None

    def for_log(self) -> JSON:
        """The values, nested JSON read, uploads as name and size."""
        out: JSON = {}
        for name, value in self.values.items():
            out[name] = value
            if isinstance(value, str) and value[:1] in ("{", "["):
                try:
                    out[name] = json.loads(value)
                except ValueError:
                    continue
        for name, upload in self.uploads.items():
            out[name] = {"file_name": upload.name, "file_size": len(upload.content)}
        return out
