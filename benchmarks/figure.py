"""One measured figure beside its floor."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

ROUNDS = 7  # the median of so many is quoted; machines are shared and noisy


@dataclass(frozen=True)
class Figure:
    """Seconds of what is measured and of its floor, medians of ROUNDS taken in turn."""

    name: str
    seconds: float
    floor_name: str
    floor_seconds: float

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.seconds / self.floor_seconds

    def line(self) -> str:
        """For people."""
        ours, floor = self.seconds * 1000, self.floor_seconds * 1000
        return f"{self.name:<52} {ours:9.2f} ms = {self.ratio:6.1f} x {self.floor_name} ({floor:.2f} ms)"


def seconds_of(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(name: str, work: Callable[[], object], floor_name: str, floor: Callable[[], object]) -> Figure:
    """Both in turn, after one call of each that is not counted."""
    work()
    floor()
    pairs = [(seconds_of(work), seconds_of(floor)) for _ in range(ROUNDS)]
    return _median(name, floor_name, pairs)


async def measure_async(
    name: str, work: Callable[[], Awaitable[object]], floor_name: str, floor: Callable[[], Awaitable[object]]
) -> Figure:
    """As `measure`, for what runs in a loop."""
    await work()
    await floor()
    pairs = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        between = time.perf_counter()
        await floor()
        pairs.append((between - began, time.perf_counter() - between))
    return _median(name, floor_name, pairs)


def _median(name: str, floor_name: str, pairs: list[tuple[float, float]]) -> Figure:
    return Figure(
        name,
        statistics.median(ours for ours, _floor in pairs),
        floor_name,
        statistics.median(floor for _ours, floor in pairs),
    )
