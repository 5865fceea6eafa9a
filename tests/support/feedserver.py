"""A server on loopback that publishes a calendar, and misbehaves as it is told; and a proxy in front of it."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from select import select
from socket import create_connection
from threading import Thread
from typing import Any

import pytest
import trustme

SECRET = "private-0f3a9c77d1e84b52"
"""Part of every address; it must stand nowhere."""
PATH = f"/calendar/ical/me/{SECRET}/basic.ics"
EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nEND:VCALENDAR\r\n"
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@dataclass(frozen=True)
class Asked:
    """A request: the names of its headers are in small letters."""

    target: str
    headers: Mapping[str, str]


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Feed:
    """What a server publishes, and what it was asked."""

    scheme: str
    port: int = 0
    body: bytes = EMPTY
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    packed: bool = False
    answer: Answer | None = None
    """In place of all this."""
    by_path: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"{self.scheme}://{'localhost' if self.scheme == 'https' else '127.0.0.1'}:{self.port}"

    @property
    def url(self) -> str:
        """The secret address of its calendar."""
        return self.origin + PATH

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request."""
        target = handler.path
        self.asked.append(Asked(target, {name.lower(): value for name, value in handler.headers.items()}))
        (self.by_path.get(target) or self.answer or self._usual)(handler)

    def _usual(self, handler: BaseHTTPRequestHandler) -> None:
        known = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}
        told = [
            (handler.headers[asks], self.headers.get(name)) for asks, name in known.items() if asks in handler.headers
        ]
        if told and all(has == is_now for has, is_now in told):
            give(304)(handler)
            return
        packed = {"Content-Encoding": "gzip"} if self.packed else {}
        body = gzip.compress(self.body) if self.packed else self.body
        give(self.status, body, **{**self.headers, **packed})(handler)


def give(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Return an answer; `_` in the name of a header stands for `-`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def onward(location: str, status: int = 302) -> Answer:
    """Return an answer that sends on to another address."""
    return give(status, Location=location)


def write(content: bytes) -> Answer:
    """Return an answer of exactly these bytes, after which the connection ends."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(content)
        handler.close_connection = True

    return answer


def drip(head: bytes) -> Answer:
    """Return an answer that goes on for ever, a byte at a time, each soon enough for a limit of every read."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        with suppress(OSError):
            while not select([handler.connection], [], [], 0.01)[0]:  # readable once the other side has had enough
                handler.wfile.write(b"x")

    return answer


@contextmanager
def served(
    handler: Callable[[BaseHTTPRequestHandler], None], method: str, context: ssl.SSLContext | None
) -> Iterator[int]:
    """Lend the port of a server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        handler(request)

    setattr(Handler, f"do_{method}", answer)
    server = _Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def server_bind(self) -> None:
        """Bind without looking up the name of this computer."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[misc]

    def handle_error(self, *_: Any) -> None:
        """A client that breaks off is no error here."""


@pytest.fixture
def no_proxy(monkeypatch):
    """Be without proxies, whatever the environment of the tests has."""
    for name in (*_PROXIES, *map(str.upper, _PROXIES)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def feed(no_proxy):
    """Lend a server without TLS."""
    found = Feed("http")
    with served(found.reply, "GET", None) as found.port:
        yield found


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> tuple[trustme.CA, Path]:
    """Lend an authority for certificates, and the file of its own one."""
    made = trustme.CA()
    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    made.cert_pem.write_to_path(file)
    return made, file


def context_of(authority: trustme.CA, *names: str, **more: Any) -> ssl.SSLContext:
    """Return what a server needs to show that it has these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **more).configure_cert(context)
    return context


@pytest.fixture
def secure_feed(no_proxy, authority, monkeypatch):
    """Lend a server with TLS: as `localhost`, and as `calendar.example` and `other.example` behind a proxy."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    found = Feed("https")
    names = ("localhost", "calendar.example", "other.example")
    with served(found.reply, "GET", context_of(authority[0], *names)) as found.port:
        yield found


@dataclass
class Proxy:
    """A proxy that connects to one port of this computer, whatever host it is asked for."""

    to: int
    port: int = 0
    status: int = 200
    asked: list[Asked] = field(default_factory=list)

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Connect, and hand on what comes from either side until one has ended."""
        self.asked.append(Asked(handler.path, {name.lower(): value for name, value in handler.headers.items()}))
        handler.send_response(self.status)
        handler.end_headers()
        handler.close_connection = True
        if self.status != 200:
            return
        near = handler.connection
        with create_connection(("127.0.0.1", self.to)) as far, suppress(OSError):
            while True:
                for side in select([near, far], [], [])[0]:
                    content = side.recv(65_536)
                    if not content:
                        return
                    (far if side is near else near).sendall(content)


@pytest.fixture
def proxy(secure_feed):
    """Lend a proxy in front of the server with TLS."""
    found = Proxy(secure_feed.port)
    with served(found.reply, "CONNECT", None) as found.port:
        yield found
