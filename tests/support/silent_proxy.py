"""A network that can fall silent before PostgreSQL: nothing is closed, nothing comes any more, as when a cable is pulled."""

import socket
import threading
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer

from sqlalchemy.engine import make_url

PIECE = 65_536


class SilentProxy(ThreadingTCPServer):
    """Listens on loopback and passes everything on, until it falls silent for ever.

    Args:
        database_url: where the server is, on a Unix socket or a port.

    Attributes:
        silent: set when it has fallen silent.
        url: of the same database, through the proxy.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, database_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Wire)
        self.silent = threading.Event()
        self._ended = threading.Event()
        self._direct = make_url(database_url)
        self._last_words: bytes | None = None
        here = self._direct.set(host="127.0.0.1", port=self.server_address[1], query={})
        self.url = here.render_as_string(hide_password=False)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def falls_silent_after(self, words: bytes) -> None:
        """The next time that these words have been passed on to the server is the last thing that happens."""
        self._last_words = words

    def close(self) -> None:
        """Close every connection."""
        self._ended.set()
        self.shutdown()
        self.server_close()

    def connect(self) -> socket.socket:
        """To the server itself."""
        folder = self._direct.query.get("host")
        if folder:
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{folder}/.s.PGSQL.{self._direct.port or 5432}")
            return server
        return socket.create_connection((self._direct.host or "127.0.0.1", self._direct.port or 5432))

    def pass_on(self, source: socket.socket, target: socket.socket, *, to_server: bool) -> None:
        """Until either side closes, or nothing is passed on any more: then keep both open."""
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if self.silent.is_set():
                    break
                target.sendall(piece)
                if to_server and self._last_words is not None and self._last_words in piece:
                    self.silent.set()
        if self.silent.is_set():
            self._ended.wait()
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class _Wire(BaseRequestHandler):
    """One connection."""

    server: SilentProxy

    def handle(self) -> None:
        with self.server.connect() as far:
            back = threading.Thread(
                target=self.server.pass_on, args=(far, self.request), kwargs={"to_server": False}, daemon=True
            )
            back.start()
            self.server.pass_on(self.request, far, to_server=True)
            back.join()
