"""Files that only we may read: names of children lie in them, sealed or not."""

import os
from pathlib import Path

OURS_ALONE = 0o077  # the umask: what is not given to group and others
FOLDER, FILE = 0o700, 0o600


def keep_private() -> None:
    """Whatever this process makes from now on is for its own user alone."""
    os.umask(OURS_ALONE)


def make_private_folder(folder: Path) -> None:
    """Make it where it is missing; one of before is closed to others. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    close_to_others(folder)


def close_to_others(path: Path) -> None:
    """Take from others what they may do with a file or folder of ours. Somebody else's stays as it is."""
    try:
        found = path.stat()
        if found.st_uid == os.geteuid() and found.st_mode & OURS_ALONE:
            path.chmod(found.st_mode & ~OURS_ALONE & 0o7777)
    except FileNotFoundError:
        return
