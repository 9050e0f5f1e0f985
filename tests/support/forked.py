"""`python -m bot` as a process of its own, forked from one that has imported it: a test waits for what Pandu does, not for
Python to read a thousand modules.

That Pandu starts as an operator starts it is shown by the tests of the demo, of bare hosts and of the start itself.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[2]
COMMANDS = (f"bot.commands.{path.stem}" for path in sorted((ROOT / "bot/commands").glob("[a-z]*.py")))

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["bot.cli", *COMMANDS, "simulator.app", __name__])


def start(
    module: str,
    *arguments: str,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdout: bool = False,
) -> "Forked":
    """As `python -m module arguments`; what it says on stderr, and on `stdout` if asked for, can be read."""
    with mock.patch.dict(os.environ, PYTHONPATH=str(ROOT)):
        forkserver.ensure_running()
    return Forked(module, arguments, dict(env), cwd or Path.cwd(), stdout)


def run(
    module: str,
    *arguments: str,
    env: Mapping[str, str],
    cwd: Path | None = None,
    timeout: float = 60,
) -> "subprocess.CompletedProcess[str]":
    """The same to its end. Raises TimeoutExpired."""
    forked = start(module, *arguments, env=env, cwd=cwd, stdout=True)
    try:
        out, err = forked.communicate(timeout)
    except subprocess.TimeoutExpired:
        forked.kill()
        raise
    return subprocess.CompletedProcess(arguments, forked.wait(), out, err)


class Forked:
    """What `subprocess.Popen` is to a process that was started."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        env: dict[str, str],
        cwd: Path,
        stdout: bool,
    ) -> None:
        reads, writes = zip(*(_context.Pipe(duplex=False) for _stream in range(2)), strict=True)
        self._process = _context.Process(
            target=_be, args=(module, arguments, env, cwd, writes[0], writes[1] if stdout else None)
        )
        self._process.start()
        for end in writes:
            end.close()
        self.stderr, self.stdout = map(_text_of, reads)

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None: it runs; negative: the signal that ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it says until it ends, on stdout and on stderr. Raises TimeoutExpired."""
        said: dict[str, str] = {}

        def read(name: str, stream: TextIOWrapper) -> None:
            said[name] = "" if stream.closed else stream.read()
            stream.close()

        readers = [
            threading.Thread(target=read, args=(name, stream), daemon=True)
            for name, stream in (("out", self.stdout), ("err", self.stderr))
        ]
        for one in readers:
            one.start()
        for one in readers:
            one.join(timeout)
            if one.is_alive():
                raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        self.wait(timeout)
        return said["out"], said["err"]

    def send_signal(self, number: int) -> None:
        """As `kill`."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()


def _text_of(end: Connection) -> TextIOWrapper:
    """The end of a pipe as a text to read."""
    with end:
        return os.fdopen(os.dup(end.fileno()), encoding="utf-8", errors="replace")


def _be(
    module: str,
    arguments: Sequence[str],
    env: dict[str, str],
    cwd: Path,
    err: Connection,
    out: Connection | None,
) -> None:
    """In the new process."""
    os.dup2(err.fileno(), 2)
    err.close()
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere if out is None else out.fileno(), 1)
    os.close(nowhere)
    if out is not None:
        out.close()
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
