"""Which files of ours run between the arrival of a tap on "Selesai" and its answer: `python -m tests.support.traced_tap`."""

import asyncio
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

from scripts.structure import IN_LAYERS, ROOMS, ROOT, levels
from storage.schema import upgrade
from storage.types import Keyring
from tests.support.database import SECRET
from tests.support.engines import open_store
from tests.support.town import Town

PREFIXES = tuple(f"{ROOT / room}/" for room in ROOMS)
NO_FUNCTION = ("<module>", "<lambda>")  # an import is not the tap's; a lambda belongs to what surrounds it
TOOL = 4  # a number of sys.monitoring that no profiler or debugger has


@dataclass
class Trace:
    """Files whose functions ran, and the calls from one file to another, each pair of functions once.

    Attributes:
        is_on: until the tap is answered; threads that began meanwhile go on.
        calls: (calling function, called function).
    """

    is_on: bool = True
    files: set[str] = field(default_factory=set)
    calls: set[tuple[CodeType, CodeType]] = field(default_factory=set)

    def note(self, code: CodeType, frame: FrameType | None) -> None:
        """A function begins or goes on; `frame` is what called it, which may be a library."""
        if not is_ours(code):
            return
        self.files.add(file_of(code))
        while frame is not None and not is_ours(frame.f_code):
            frame = frame.f_back
        if frame is not None and frame.f_code.co_filename != code.co_filename:
            self.calls.add((frame.f_code, code))

    @property
    def returns(self) -> int:
        """Calls beyond the one that each file needs to be reached."""
        return max(0, len(self.calls) - len(self.files) + 1)

    @property
    def climbs(self) -> int:
        """Calls from a lower layer to a higher one."""
        return sum(layer_of(called) < layer_of(calling) for calling, called in self.calls)

    def __str__(self) -> str:
        return "\n".join(
            [f"Selesai: {len(self.files)} files, {self.returns} returns, {self.climbs} climbs"]
            + [f"  {path}" for path in sorted(self.files)]
        )


def is_ours(code: CodeType) -> bool:
    """Whether it is a function of one of the four rooms."""
    return code.co_filename.startswith(PREFIXES) and code.co_name not in NO_FUNCTION


def file_of(code: CodeType) -> str:
    """Its file, from the root of the repository."""
    return str(Path(code.co_filename).relative_to(ROOT))


def layer_of(code: CodeType) -> tuple[int, int]:
    """Its place in the layers; 0 is the top."""
    room, module, *_rest = Path(file_of(code)).parts
    inside = levels(ROOT, room).get(module.removesuffix(".py"), 0) if room in IN_LAYERS else 0
    return ROOMS.index(room), inside


@contextmanager
def tracing() -> Iterator[Trace]:
    """Note what runs meanwhile, in every thread. The running loop gets new threads."""
    trace = Trace()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
    if sys.version_info >= (3, 12):
        events = sys.monitoring.events

        def started(code: CodeType, _offset: int) -> object:
            trace.note(code, sys._getframe(1).f_back)
            return None if is_ours(code) else sys.monitoring.DISABLE

        sys.monitoring.use_tool_id(TOOL, "traced tap")
        for event in (events.PY_START, events.PY_RESUME):
            sys.monitoring.register_callback(TOOL, event, started)
        sys.monitoring.set_events(TOOL, events.PY_START | events.PY_RESUME)
        try:
            yield trace
        finally:
            sys.monitoring.set_events(TOOL, events.NO_EVENTS)
            for event in (events.PY_START, events.PY_RESUME):
                sys.monitoring.register_callback(TOOL, event, None)
            sys.monitoring.free_tool_id(TOOL)
    else:

        def happened(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and trace.is_on:
                trace.note(frame.f_code, frame.f_back)

        before = sys.getprofile()
        threading.setprofile(happened)
        sys.setprofile(happened)
        try:
            yield trace
        finally:
            trace.is_on = False
            sys.setprofile(before)
            threading.setprofile(None)


async def trace_selesai(town: Town) -> Trace:
    """Live until a step of office work is open, and tap its Selesai as one who did so before."""
    rahmat = await town.officer("Rahmat", role="penyantunan")
    await town.open_cohort(arrival="2026-12-30")
    await town.lives_until("2026-11-30 09.00")
    await rahmat.types("/tugas")
    await rahmat.taps("1")
    rahmat.phone.taps("Selesai", on=rahmat.last_screen.message)
    with tracing() as trace:
        await town.runtime.receiver.poll_once(wait_s=0)
        await town.runtime.workers.work_until_idle()
    await town.settle()
    assert rahmat.last_screen.text.startswith("✅ SOP 9.2.01 langkah 2 selesai")
    return trace


async def _trace_alone() -> Trace:
    with tempfile.TemporaryDirectory(prefix="pandu-") as folder:
        url = f"sqlite:///{folder}/pandu.db"
        store = open_store(url, Keyring([SECRET]))
        upgrade(store.engine)
        store.close()
        town = Town(url, Path(folder))
        await town.open()
        try:
            return await trace_selesai(town)
        finally:
            await town.close()


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(_trace_alone())}\n")
