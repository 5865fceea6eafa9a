"""How the gateway can misbehave: each fault does with one exchange what it is named after.

google.fault(swallow, "POST", "*/drafts")
google.fault(status(429, retry_after=7), "GET", "*/messages/*", nth=3)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any, Protocol

from .wire import Reply, Request, failed, said


class Exchange(Protocol):
    """One request that waits for its reply; without a whole one, the connection is closed."""

    request: Request

    def forward(self) -> Reply:
        """Hand on the request."""

    def answer(self, reply: Reply, *, half: bool = False) -> None:
        """Send a reply, or half of it."""

    def gone(self) -> bool:
        """Tell whether the client has closed the connection."""


Fault = Callable[[Exchange], None]


def honest(exchange: Exchange) -> None:
    """No fault."""
    exchange.answer(exchange.forward())


def refuse(exchange: Exchange) -> None:
    """Close the connection, and do nothing."""


def swallow(exchange: Exchange) -> None:
    """Do what is asked, and close the connection without a reply."""
    exchange.forward()


def cut(exchange: Exchange) -> None:
    """Do what is asked, send half of the reply, and close the connection."""
    exchange.answer(exchange.forward(), half=True)


def late(release: Event) -> Fault:
    """Do what is asked, and reply only when it is released; not at all if the client goes before."""

    def fault(exchange: Exchange) -> None:
        reply = exchange.forward()
        while not release.wait(0.02):
            if exchange.gone():
                return
        exchange.answer(reply)

    return fault


def status(code: int, *, reason: str | None = None, retry_after: int | str | None = None, done: bool = False) -> Fault:
    """Reply with an error, worded as Google does, and when to come back, in seconds or as a date; `done`: after doing it."""
    reply = failed(code, reason)
    if retry_after is not None:
        reply = replace(reply, headers=(*reply.headers, ("Retry-After", str(retry_after))))

    def fault(exchange: Exchange) -> None:
        if done:
            exchange.forward()
        exchange.answer(reply)

    return fault


def granted(scope: str) -> Fault:
    """Grant less than is asked for, as if the user had left boxes unticked: for requests for a token."""

    def fault(exchange: Exchange) -> None:
        reply = exchange.forward()
        exchange.answer(replace(reply, body=json.dumps({**reply.json, "scope": scope}).encode()))

    return fault


def says(content: Any) -> Fault:
    """Reply with what we wrote ourselves after Google's documentation, where the emulator has nothing of the kind."""

    def fault(exchange: Exchange) -> None:
        exchange.answer(said(content))

    return fault


def altered(change: Callable[[Any], Any]) -> Fault:
    """Do what is asked, and reply with what the function makes of the answer: what it adds is ours."""

    def fault(exchange: Exchange) -> None:
        exchange.answer(said(change(exchange.forward().json)))

    return fault


def meanwhile(act: Callable[[], object]) -> Fault:
    """Do what is asked; before the reply arrives, something else happens."""

    def fault(exchange: Exchange) -> None:
        reply = exchange.forward()
        act()
        exchange.answer(reply)

    return fault
