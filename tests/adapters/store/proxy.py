"""A network between client and server that can lose one answer."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.engine import make_url

from work_data_hub.io.loader.urls import DatabaseUrl

_CHUNK = 65_536


class LossyProxy:
    """Passes bytes on; once armed it lets one COMMIT through, swallows its answer and hangs up."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._armed = threading.Event()
        self.lost = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def arm(self) -> None:
        """Lose the answer to the next COMMIT."""
        self._armed.set()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            with suppress(OSError):
                while all(self._forward(key.fileobj, key.data, server) for key, _ in ready.select()):
                    pass

    def _forward(self, source: object, target: socket.socket, server: socket.socket) -> bool:
        assert isinstance(source, socket.socket)
        data = source.recv(_CHUNK)
        target.sendall(data)
        if target is server and b"COMMIT" in data and self._armed.is_set():
            self._armed.clear()
            # the answer says that the server has committed; nobody hears of it
            server.recv(_CHUNK)
            self.lost.set()
            return False
        return bool(data)


@contextmanager
def lossy(url: str) -> Iterator[tuple[LossyProxy, str]]:
    """Give a proxy in front of a database, and the URL through it."""
    address = make_url(DatabaseUrl.parse(url).sqlalchemy)
    proxy = LossyProxy(address.host or "127.0.0.1", address.port or 5432)
    try:
        through = address.set(drivername="postgresql", host="127.0.0.1", port=proxy.port)
        yield proxy, through.render_as_string(hide_password=False)
    finally:
        proxy.close()
