"""One request for a calendar on the web: where it may go, over which proxy, and how long all of it may take.

Checked is the number of the host that is really connected to, not its name: a name may lead elsewhere the next moment.
"""

from __future__ import annotations

import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ipaddress import IPv6Address, ip_address
from ssl import create_default_context
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from msgspec import Struct

from followup_rules import Unreadable
from followup_rules.sentences import Sentence
from followup_rules.web_address import is_loopback

ANSWER_WITHIN = timedelta(seconds=40)
"""All of it, from the first name that is looked up to the last byte; a call of a source must be done in a minute."""
_CONNECT_WITHIN = 10.0
"""Seconds for one number of a host: of several, such as one of IPv6, some may lead nowhere."""


class Deadline:
    """Ends a connection, whatever it waits for, once the time is up: a limit of each read alone never would."""

    def __init__(self, length: timedelta) -> None:
        self._end = time.monotonic() + length.total_seconds()
        self._timer = threading.Timer(length.total_seconds(), self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self.over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._leave()

    @property
    def left(self) -> float:
        """Seconds; never nothing, since that would mean no limit at all."""
        return max(0.001, self._end - time.monotonic())

    def watch(self, connected: socket.socket) -> None:
        """Watch a connection, in place of an earlier one. A copy of it: TLS takes the original one apart."""
        self._leave()
        with self._lock:
            self._watched = connected.dup()
        if self.over:
            self._cut()

    def _leave(self) -> None:
        with self._lock:
            if self._watched is not None:
                self._watched.close()
            self._watched = None

    def _cut(self) -> None:
        self.over = True
        with self._lock, suppress(OSError):  # it may have ended by itself
            if self._watched is not None:
                self._watched.shutdown(socket.SHUT_RDWR)


class Place(Struct, frozen=True):
    """Where a request goes: an address in its parts."""

    secure: bool
    host: str
    port: int
    target: str
    user: str = ""
    """`NAME:PASSWORD`, quoted."""
    named: bool = False
    """It is the host that the config names, and not one that somebody else has sent us to."""

    def __repr__(self) -> str:
        """Tell the host alone: tracebacks may show this."""
        return self.host

    @classmethod
    def of(cls, url: str, first: Place | None = None) -> Place:
        """Return the place of an address; `first` is that of the address in the config, if this is another one."""
        parts = urlsplit(url)
        secure, host = parts.scheme == "https", parts.hostname or ""
        port = parts.port or (443 if secure else 80)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        user = parts.netloc.rpartition("@")[0]
        if first is None:
            return cls(secure, host, port, target, user, named=True)
        if (secure, host, port) == (first.secure, first.host, first.port):
            return cls(secure, host, port, target, first.user, named=True)
        return cls(secure, host, port, target)


@contextmanager
def asked(place: Place, headers: Mapping[str, str], deadline: Deadline) -> Iterator[HTTPResponse]:
    """Ask for what is at a place, and lend the answer.

    Raises Unreadable if it must not be asked, and what sockets, TLS and HTTP raise.
    """
    connection = (HTTPSConnection if place.secure else HTTPConnection)(place.host, place.port)
    # http.client connects by the name; here the number must be the one that was checked.
    connection.sock = _connected(place, deadline)
    with closing(connection):
        login = {"Authorization": _basic(place.user)} if place.user else {}
        # close: the end of the connection ends an answer that tells no length.
        connection.request("GET", place.target, headers={**headers, **login, "Connection": "close"})
        with connection.getresponse() as answer:
            yield answer


def _connected(place: Place, deadline: Deadline) -> socket.socket:
    """Return a connection to a place, secure if that is asked for."""
    proxy = _proxy(place)
    if proxy:
        try:
            reached = _reached(proxy.hostname or "", proxy.port or 80, deadline)
        except OSError:
            raise Unreadable(
                Sentence(
                    "the proxy {hostname} cannot be reached; see https_proxy and no_proxy", hostname=proxy.hostname
                )
            ) from None
    else:
        reached = _reached(place.host, place.port, deadline, place)
    try:
        deadline.watch(reached)
        if proxy:
            _tunnel(reached, proxy, place)
        if not place.secure:
            return reached
        return create_default_context().wrap_socket(reached, server_hostname=place.host)
    except BaseException:
        reached.close()
        raise


def _reached(host: str, port: int, deadline: Deadline, place: Place | None = None) -> socket.socket:
    """Return a connection to the first number of a host that answers, of those that `place` may have, if it is given.

    Raises Unreadable if it may have none of them; OSError.
    """
    numbers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = [each for each in numbers if place is None or may_go(place, str(each[4][0]))]
    if not allowed:
        raise _not_allowed(place) if place else OSError(f"{host} has no number")
    fault: OSError = OSError()
    for family, kind, protocol, _, number in allowed:
        reached = socket.socket(family, kind, protocol)
        try:
            reached.settimeout(min(deadline.left, _CONNECT_WITHIN))
            reached.connect(number)
            reached.settimeout(deadline.left + _CONNECT_WITHIN)  # the deadline itself ends what comes after
        except OSError as error:
            reached.close()
            fault = error
        else:
            return reached
    raise fault


def may_go(place: Place, number: str) -> bool:
    """Tell whether a request for a place may go to this number of its host.

    The host that the config names may lie at home: TLS shows that it is that host. Whatever else it sends us to must
    lie in the open: no stranger may have us ask a printer, a router or a service of this computer.
    """
    if place.named:
        return place.secure or is_loopback(number)
    # An address of version 4 within one of version 6, ::ffff:127.0.0.1, leads to the former (RFC 4291, section
    # 2.5.5.2).
    found = ip_address(number)
    inner = found.ipv4_mapped if isinstance(found, IPv6Address) and found.ipv4_mapped else found
    return inner.is_global and not inner.is_multicast


def _not_allowed(place: Place) -> Unreadable:
    if place.named:
        return Unreadable(
            Sentence(
                "{host} is not this computer, so http: would show the address to others; use https:", host=place.host
            )
        )
    return Unreadable(
        Sentence(
            "it is sent on to {host}, which lies in a private network or on this computer; if that is "
            "right, give its address itself",
            host=place.host,
        )
    )


# -- proxies


def _proxy(place: Place) -> SplitResult | None:
    """Return the proxy that the environment names for a place; this computer is reached without one."""
    found = getproxies()
    written = found.get("https") or found.get("all") or ""
    if not written or not place.secure or is_loopback(place.host) or proxy_bypass(f"{place.host}:{place.port}"):
        return None
    # "proxy.example:3128" is common in https_proxy, and other programs take it for http.
    proxy = urlsplit(written if "://" in written else f"http://{written}")
    if proxy.scheme != "http" or not proxy.hostname:
        raise Unreadable(
            Sentence(
                "the proxy in https_proxy is of a kind that is not known here ({scheme}:); name one as "
                "http://HOST:PORT",
                scheme=proxy.scheme,
            )
        )
    if not place.named:
        _check_literal(place)
    return proxy


def _check_literal(place: Place) -> None:
    """Raise Unreadable if a proxy would be sent to a private number; what lies behind a name only the proxy knows."""
    with suppress(OSError):  # then it is a name
        # As computers read numbers of version 4, too: 127.1 and 2130706433 are this computer (POSIX, inet_addr).
        number = place.host if ":" in place.host else socket.inet_ntoa(socket.inet_aton(place.host))
        if not may_go(place, number):
            raise _not_allowed(place)


def _tunnel(reached: socket.socket, proxy: SplitResult, place: Place) -> None:
    """Have a proxy connect to a place (RFC 9110, section 9.3.6)."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    lines = [f"CONNECT {host}:{place.port} HTTP/1.1", f"Host: {host}:{place.port}"]
    if user := proxy.netloc.rpartition("@")[0]:
        lines.append(f"Proxy-Authorization: {_basic(user)}")
    reached.sendall("\r\n".join([*lines, "", ""]).encode())
    with HTTPResponse(reached, method="CONNECT") as answer:
        answer.begin()
        status = answer.status
    if status == 407:
        raise Unreadable(
            Sentence(
                "the proxy {hostname} asks for a login (407); set https_proxy to http://NAME:PASSWORD@HOST:PORT",
                hostname=proxy.hostname,
            )
        )
    if status != 200:
        raise Unreadable(
            Sentence(
                "the proxy {hostname} does not lead to {host} ({status}); see https_proxy and no_proxy",
                hostname=proxy.hostname,
                host=place.host,
                status=status,
            )
        )


def _basic(user: str) -> str:
    return f"Basic {b64encode(unquote(user).encode()).decode()}"
