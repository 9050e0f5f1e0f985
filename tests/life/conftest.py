"""The town of a life."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.database import Databases
from tests.support.town import Town

MEMORY = Path("/dev/shm")  # thousands of commits, each of which waits for a disk


@pytest.fixture
def fast_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has one."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=MEMORY, prefix="pandu-life-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def fast_town(fast_folder: Path) -> AsyncIterator[Town]:
    """The real bot on SQLite and the simulator, in this process."""
    town = Town(Databases("sqlite", fast_folder, None).migrated(), fast_folder)
    await town.open()
    yield town
    await town.close()
