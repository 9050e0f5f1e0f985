"""Photos and documents of a call: uploaded now, or named by the id of an earlier one."""

from typing import Any

from simulator.arguments import Arguments, Upload
from simulator.bot_json import document_json, photo_json
from simulator.pictures import picture_size
from simulator.refusals import Refusal, bad_request
from simulator.state import StoredFile
from simulator.switches import PHOTO_LIMIT_BYTES, UPLOAD_LIMIT_BYTES
from simulator.world import World

JSON = dict[str, Any]

PHOTO_SIDES_SUM = 10_000  # width + height in pixels
PHOTO_RATIO = 20


def read_media(world: World, args: Arguments, kind: str, value: Any) -> JSON:
    """Content of a message of `kind`, "photo" or "document".

    Args:
        value: the argument: empty for an upload of the same name, "attach://part", or a file id.

    Raises:
        Refusal: nothing there, too large, not a picture, unknown id.
    """
    if isinstance(value, str) and value.startswith("attach://"):
        upload = args.uploads.get(value.removeprefix("attach://"))
    else:
        upload = args.uploads.get(kind)
    if upload is not None:
        stored = _store(world, kind, upload)
    elif not value:
        raise bad_request(f"there is no {kind} in the request")
    elif value in world.files:
        stored = world.files[value]
    else:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return {"photo": photo_json(stored)} if kind == "photo" else {"document": document_json(stored)}


def _store(world: World, kind: str, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > UPLOAD_LIMIT_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    if kind == "document":
        return world.store_file(upload.content, upload.name, upload.mime_type, "documents")
    if len(upload.content) > PHOTO_LIMIT_BYTES:
        raise bad_request(f"file of size {len(upload.content)} bytes is too big for a photo; the maximum size is "
                          f"{PHOTO_LIMIT_BYTES} bytes")  # fmt: skip
    width, height = picture_size(upload.content)
    if width + height > PHOTO_SIDES_SUM or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return world.store_file(upload.content, upload.name, "image/jpeg", "photos", (width, height))
