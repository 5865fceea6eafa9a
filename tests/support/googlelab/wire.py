"""What goes over the wire: requests, replies, and errors as Google words them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
"""What concerns one connection only; the length is told anew."""
_STATUS = {
    400: ("INVALID_ARGUMENT", "invalid"),
    401: ("UNAUTHENTICATED", "authError"),
    403: ("PERMISSION_DENIED", "forbidden"),
    404: ("NOT_FOUND", "notFound"),
    410: ("FAILED_PRECONDITION", "fullSyncRequired"),
    429: ("RESOURCE_EXHAUSTED", "rateLimitExceeded"),
    500: ("INTERNAL", "backendError"),
    503: ("UNAVAILABLE", "backendError"),
}
_MESSAGES = {
    "authError": "Request had invalid authentication credentials.",
    "backendError": "Backend Error",
    "forbidden": "Forbidden",
    "fullSyncRequired": "Sync token is no longer valid, a full sync is required.",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "invalid": "Invalid value",
    "notFound": "Requested entity was not found.",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
}


@dataclass
class Request:
    """What a client asked, and with which status it was answered: None if it never was, or not wholly."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    user: str = ""
    """The address of the user whose token it carries."""
    status: int | None = None

    @property
    def path(self) -> str:
        """Without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> Mapping[str, str]:
        """Each parameter, the last of several."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def token(self) -> str:
        """The bearer token; a program may also show who itself is, as Basic."""
        said = (value.partition(" ") for name, value in self.headers if name.lower() == "authorization")
        return next((token for kind, _, token in said if kind == "Bearer"), "")

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What a server answers."""

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = field(default=(("Content-Type", "application/json; charset=UTF-8"),))

    @property
    def head(self) -> bytes:
        """The status line and the headers."""
        length = [] if self.status == HTTPStatus.NO_CONTENT else [("Content-Length", str(len(self.body)))]
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, *length)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def said(content: Any, status: int = 200) -> Reply:
    """Return a reply with JSON."""
    return Reply(status, json.dumps(content, ensure_ascii=False).encode())


def failed(code: int, reason: str | None = None, message: str | None = None) -> Reply:
    """Return an error as Google's APIs word it."""
    status, usual = _STATUS[code]
    reason = reason or usual
    message = message or _MESSAGES.get(reason, status.capitalize())
    domain = "usageLimits" if reason.lower().endswith("ratelimitexceeded") else "global"
    error = {"message": message, "domain": domain, "reason": reason}
    return said({"error": {"code": code, "message": message, "errors": [error], "status": status}}, code)


def forward(url: str, request: Request) -> Reply:
    """Hand on a request as it came, and return the reply."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value)
        connection.endheaders(request.body)
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
        return Reply(answer.status, answer.read(), kept)


def ask(url: str, method: str, path: str, *, token: str = "", content: Any = None, **query: Any) -> Any:
    """Ask a server for JSON, straight, and return its JSON; None if it has nothing to say."""
    body = b"" if content is None else json.dumps(content).encode()
    headers = {"Host": urlsplit(url).netloc, "Content-Type": "application/json", "Content-Length": str(len(body))}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    target = f"{path}?{urlencode(query, doseq=True)}" if query else path
    reply = forward(url, Request(method, target, tuple(headers.items()), body))
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise AssertionError(f"{method} {path}: {reply.status} {reply.body.decode()}")
    return reply.json if reply.body else None
