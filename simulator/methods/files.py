"""getFile: where a file can be fetched, up to 20 MB."""

from typing import Any

from simulator.arguments import Arguments
from simulator.refusals import bad_request
from simulator.switches import DOWNLOAD_LIMIT_BYTES
from simulator.world import World

JSON = dict[str, Any]


def get_file(world: World, args: Arguments) -> JSON:
    stored = world.find_file(args.text("file_id"))
    if stored.size > DOWNLOAD_LIMIT_BYTES:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }
