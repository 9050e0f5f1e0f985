"""A pooler of transactions before PostgreSQL, as small as can be: each transaction may get another session."""

import socket
import struct
import threading
from contextlib import ExitStack, suppress

PARSED_UNTIL = (b"Q", b"S")  # a query, or the end of a batch: the server answers up to ReadyForQuery


class Pooler:
    """Listens on loopback, two sessions to the server's Unix socket for each client; in turn after each transaction."""

    def __init__(self, server_socket: str) -> None:
        self._server_socket = server_socket
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), ExitStack() as open_sockets:
            open_sockets.enter_context(client)
            startup = _sized(client)
            while struct.unpack("!i", startup[4:8])[0] != 0x30000:  # asks for encryption first
                client.sendall(b"N")
                startup = _sized(client)
            sessions = []
            for _session in range(2):
                sessions.append(open_sockets.enter_context(socket.socket(socket.AF_UNIX)))
                sessions[-1].connect(self._server_socket)
                sessions[-1].sendall(startup)
                greeting, _state = _answer(sessions[-1])
            client.sendall(greeting)
            while True:
                kind, message = _message(client)
                sessions[0].sendall(message)
                if kind == b"X":
                    return
                if kind in PARSED_UNTIL:
                    answer, state = _answer(sessions[0])
                    client.sendall(answer)
                    if state == b"I":  # no transaction is open
                        sessions.reverse()


def _sized(source: socket.socket) -> bytes:
    """A length and what it counts."""
    head = _exactly(source, 4)
    return head + _exactly(source, struct.unpack("!i", head)[0] - 4)


def _message(source: socket.socket) -> tuple[bytes, bytes]:
    kind = _exactly(source, 1)
    return kind, kind + _sized(source)


def _answer(server: socket.socket) -> tuple[bytes, bytes]:
    """Everything up to ReadyForQuery, and the state of the transaction that it tells."""
    said = b""
    while True:
        kind, message = _message(server)
        said += message
        if kind == b"Z":
            return said, message[-1:]


def _exactly(source: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = source.recv(count - len(found))
        if not more:
            raise OSError("closed")
        found += more
    return found
