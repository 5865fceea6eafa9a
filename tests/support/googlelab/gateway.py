"""A server between client and emulator: hands everything on as it is, remembers it, and misbehaves when told.

What the emulator has nothing for is ours, after Google's documentation: Gmail's `getProfile`, the Tasks API
(`tasks_stub`), and the 401 for an unknown token, which the emulator takes for its first user's.
"""

from __future__ import annotations

import select
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from .emulator import Emulator
from .faults import Fault, honest
from .tasks_stub import Tasks
from .wire import Reply, Request, failed, forward, said

_PROFILE = "/gmail/v1/users/me/profile"


@dataclass
class _Rule:
    """A fault for the n-th request that fits, or for each."""

    fault: Fault
    fits: Callable[[Request], bool]
    nth: int | None
    seen: int = 0

    def strikes(self, request: Request) -> bool:
        """Count the request if it fits, and tell whether it is the one."""
        fits = self.fits(request)
        self.seen += fits
        return fits and self.nth in (None, self.seen)


@dataclass
class Gateway:
    """What stands at `url`."""

    emulator: Emulator
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    """All since the start or the last `reset`, in the order in which they came."""
    tasks: Tasks = field(default_factory=Tasks)
    profile: bool = True
    """Whether it knows `getProfile`; the bare emulator answers 404."""
    errors: list[BaseException] = field(default_factory=list)
    """What went wrong in it by its own fault."""
    _rules: list[_Rule] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def fault(self, fault: Fault, method: str = "*", path: str = "*", *, nth: int | None = 1) -> None:
        """Strike the n-th request from now on with this method and path (`*` stands for anything); None: each."""
        self.fault_if(fault, lambda request: fnmatchcase(f"{request.method} {request.path}", f"{method} {path}"), nth)

    def fault_if(self, fault: Fault, fits: Callable[[Request], bool], nth: int | None = None) -> None:
        """Strike each request that the function chooses, or the n-th of them."""
        self._rules.append(_Rule(fault, fits, nth))

    def heal(self) -> None:
        """Behave from now on."""
        self._rules.clear()

    def reset(self) -> None:
        """Behave, and forget what came."""
        self.heal()
        self.profile = True
        self.requests.clear()
        self.errors.clear()

    def chosen(self, request: Request) -> Fault:
        """Remember a request, and return what strikes it."""
        with self._lock:
            self.requests.append(request)
            return next((rule.fault for rule in [r for r in self._rules if r.strikes(request)]), honest)

    def reply(self, request: Request) -> Reply:
        """Do what is asked; the emulator does it, or we do."""
        if request.token and not request.user:
            return failed(401)
        if request.path.startswith("/tasks/v1/"):
            return self.tasks.reply(request) if request.user else failed(401)
        if self.profile and (request.method, request.path) == ("GET", _PROFILE):
            return self._profile(request)
        return forward(self.emulator.url, request)

    def _profile(self, request: Request) -> Reply:
        """Ours: the emulator knows the newest history id, but not this way to ask for it."""
        mail, threads, history = (
            self.emulator.ask("GET", f"/gmail/v1/users/me/{what}", token=request.token, maxResults=1, startHistoryId=1)
            for what in ("messages", "threads", "history")
        )
        return said(
            {
                "emailAddress": request.user,
                "messagesTotal": mail["resultSizeEstimate"],
                "threadsTotal": threads["resultSizeEstimate"],
                "historyId": history["historyId"],
            },
        )


@contextmanager
def running(emulator: Emulator) -> Iterator[Gateway]:
    """Run a gateway in threads of this process."""
    gateway = Gateway(emulator)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.gateway = gateway
        gateway.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield gateway
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    """Keeps the errors of its threads, other than of clients that are gone."""

    gateway: Gateway

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exception()
        if error and not isinstance(error, ConnectionError):
            self.gateway.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    """One connection; the exchange of each request on it."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def _exchange(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, tuple(self.headers.items()), body)
        request.user = self.server.gateway.emulator.who(request.token)
        exchange = _Exchange(self.server.gateway, request, self.connection)
        self.server.gateway.chosen(request)(exchange)
        self.close_connection = self.close_connection or not exchange.whole

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _exchange  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass
class _Exchange:
    """See `faults.Exchange`."""

    gateway: Gateway
    request: Request
    connection: socket.socket
    whole: bool = False

    def forward(self) -> Reply:
        return self.gateway.reply(self.request)

    def answer(self, reply: Reply, *, half: bool = False) -> None:
        self.whole = not half
        self.request.status = reply.status if self.whole else None
        head, body = reply.head, reply.body
        sent = head + body if self.whole else head + body[: len(body) // 2] if body else head[: len(head) // 2]
        with suppress(ConnectionError):
            self.connection.sendall(sent)

    def gone(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
