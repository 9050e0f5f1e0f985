"""The packs that come with Pandu, one folder each."""

import os
from pathlib import Path

BUILT_IN = Path(__file__).parent


def find_pack(name_or_folder: str) -> Path:
    """The folder of a pack: one that comes with Pandu by its name, any other by its path."""
    built_in = BUILT_IN / name_or_folder
    # os.path: a name that no file can have is not there, and no error.
    return built_in if os.path.isdir(built_in) else Path(name_or_folder)
