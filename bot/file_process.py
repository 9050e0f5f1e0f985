"""A process of its own makes pictures and documents: it begins with the first of them and ends when it had nothing to do
for a minute. The bot goes on meanwhile, and its memory stays small.

It knows no key, no token and no database: it gets plain values and gives bytes. On the pipes: four bytes that say how
long what follows is, then that; an answer begins with "+" (the file) or "-" (what went wrong).
"""

import json
import os
import select
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from bot.file_makers import MADE_APART, make
from bot.logs import ElsewhereError, place_of

IDLE_S = 60.0  # without work it ends after that
LONGEST_S = 60.0  # a file that takes longer is none
_LENGTH = struct.Struct(">I")
_ROOMS = str(Path(__file__).parent.parent)
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "HOME")  # of the environment; no setting of ours


class FileProcessError(ElsewhereError):
    """The file could not be made; says which maker, and the class and place of its error."""


class FileProcess:
    """Makes files one after the other, for threads that wait for them.

    Args:
        idle_s: seconds after which a process without work ends.
    """

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, while it runs."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def make(self, maker: str, arguments: dict[str, Any]) -> bytes:
        """Return what `bot.file_makers.make` makes of the same. Raises FileProcessError."""
        what = " ".join(filter(None, (maker, str(arguments.get("template") or ""))))
        asked = json.dumps([maker, arguments], ensure_ascii=False).encode()
        with self._lock:
            said = self._ask(asked)
            if said is None:  # it ended while it was asked, or was killed
                self.stop()
                said = self._ask(asked)
            if said is None:
                self.stop()
                raise FileProcessError(f"{what}: no answer")
        if said[:1] != b"+":
            raise FileProcessError(f"{what}: {said[1:].decode()}")
        return said[1:]

    def stop(self) -> None:
        """End the process; the next file begins another one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, asked: bytes) -> bytes | None:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = self._begin()
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        too_long = threading.Timer(LONGEST_S, process.kill)
        too_long.start()
        try:
            _write(process.stdin, asked)
            return _read(process.stdout)
        except BrokenPipeError:
            return None
        finally:
            too_long.cancel()

    def _begin(self) -> subprocess.Popen[bytes]:
        known = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "bot.file_process", str(self._idle_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=known | {"PYTHONPATH": _ROOMS},
            cwd=_ROOMS,
            start_new_session=True,  # Ctrl-C is for the bot, which ends this one
        )


def apart(process: FileProcess) -> dict[str, Callable[[dict[str, Any]], bytes]]:
    """The makers by name, each of which has it made by the process."""

    def maker(name: str) -> Callable[[dict[str, Any]], bytes]:
        return lambda arguments: process.make(name, arguments)

    return {name: maker(name) for name in MADE_APART}


def _write(pipe: IO[bytes], said: bytes) -> None:
    pipe.write(_LENGTH.pack(len(said)) + said)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if head is None or len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    said = pipe.read(length)
    return said if said is not None and len(said) == length else None


def serve(idle_s: float) -> None:
    """Answer on the pipes until there is nothing to do, or nobody asks any more."""
    asked_by, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while select.select([asked_by], [], [], idle_s)[0]:
        asked = _read(asked_by)
        if asked is None:
            return
        try:
            answer = b"+" + make(*json.loads(asked))
        except Exception as error:  # told to whoever waits for the file
            answer = b"-" + place_of(error).encode()
        _write(answers, answer)


if __name__ == "__main__":
    serve(float(sys.argv[1]))
