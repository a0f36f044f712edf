"""A real HTTP server in a thread, that behaves as it is told, also badly."""

import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[[BaseHTTPRequestHandler, Heard], None]


@dataclass
class Server:
    """What was heard, and the address."""

    url: str
    stop: threading.Event
    heard: list[Heard] = field(default_factory=list)


def answer(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer properly."""

    def behave(handler: BaseHTTPRequestHandler, _heard: Heard) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def raw(*pieces: bytes, pause: float = 0.0) -> Behaviour:
    """Write bytes as they are, with a pause after each, and hang up."""

    def behave(handler: BaseHTTPRequestHandler, _heard: Heard) -> None:
        handler.close_connection = True
        for piece in pieces:
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)

    return behave


@contextmanager
def serving(behaviour: Behaviour, certificate: Path | None = None) -> Iterator[Server]:
    """Serve until the context ends."""
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            heard = Heard(self.command, self.path, dict(self.headers), self.rfile.read(size))
            server.heard.append(heard)
            # a client that has lost its patience is part of what is tested
            with suppress(ConnectionError):
                behaviour(self, heard)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: Any) -> None:
            pass

    listener = Quiet(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
    scheme = "https" if certificate else "http"
    server = Server(f"{scheme}://127.0.0.1:{listener.server_port}", stop)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


def make_certificate(folder: Path) -> Path:
    """Make a key and a certificate of our own for this machine, in one file."""
    key, certificate, both = (folder / name for name in ("key.pem", "certificate.pem", "both.pem"))
    wanted = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = ["openssl", "req", "-x509", *kind, *wanted, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
