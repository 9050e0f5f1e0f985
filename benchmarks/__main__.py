"""Measure everything and print one table. QUICK=1: fewer rounds, and what is long at a tenth of its size."""

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import taps, wholes
from benchmarks.bench import Bench
from benchmarks.table import Table

PARTS = {
    part.__name__: part
    for part in (
        taps.taps, taps.counts, taps.arriving, taps.far, taps.history,
        wholes.start, wholes.memory, wholes.morning, wholes.year,
    )
}  # fmt: skip


def main() -> int:
    """The parts that are named, or all of them."""
    wanted = sys.argv[1:] or PARTS
    table = Table()
    with tempfile.TemporaryDirectory(prefix="pandu-bench-") as folder:
        bench = Bench(Path(folder), table, is_quick=bool(os.environ.get("QUICK")))
        try:
            for name in wanted:
                sys.stderr.write(f"{name} ...\n")
                PARTS[name](bench)
        finally:
            bench.close()
    sys.stdout.write("\n".join(table.lines()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
