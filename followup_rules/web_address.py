"""Web addresses as secrets: whoever knows the address of a private calendar can read it.

Such an address may stand in the config, better in a file of its own that nobody else may read. Nothing that is shown
or kept holds more of it than the name of the host.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from followup_rules import regular_files
from followup_rules.hookspecs import LONGEST_WAIT, Unreadable
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from urllib.parse import SplitResult

FILE_END = ".url"
"""How the name of a file ends that holds an address."""
_LONGEST = 4_000
_SCHEME = re.compile(
    r"([a-z][a-z0-9+.-]*)://|(https?|webcals?|feed|file|data|ftps?|mailto|tel|javascript):", re.IGNORECASE
)
_SECURE = ("https", "webcal", "webcals")
# RFC 3986, section 3.3, and the % of what is quoted already: Proton's keys are told apart by it.
_SAFE = "/%:@!$&'()*+,;=~-._?"
_WEB_PAGES = (
    (
        r"calendar\.google\.com",
        r"/calendar/(?!ical/)",
        Sentence("the “Secret address in iCal format” from its settings"),
    ),
    (
        r"(?:www\.)?icloud\.com",
        r"",
        Sentence("the webcal link of the calendar's “Public Calendar” (in its sharing settings)"),
    ),
    (
        r"outlook\.(?:live|office365|office)\.com",
        r".*\.html$|/calendar/(?!.*\.ics)",
        Sentence("the ICS link, not the HTML link"),
    ),
    (r"calendar\.proton\.me", r"/(?!api/)", Sentence("the link of “Share with anyone” (in the calendar's settings)")),
)
"""Pages of calendars that people copy in place of the calendar: host, path, and what to copy instead."""


class WebAddress:
    """The address of something on the web, as the config gives it or a file that the config names.

    As text, in messages and in tracebacks it is its host alone: `calendar.google.com/…`.
    """

    __slots__ = ("_fault", "_url", "file")

    def __init__(self, url: str, file: Path | None = None, fault: str = "") -> None:
        self._url, self._fault = url, fault
        self.file = file
        """Where it stands; None if it stands in the config itself."""

    @property
    def url(self) -> str:
        """The whole address, with `https:`, or `http:` to this computer. Raises Unreadable if its file gives none."""
        if self._fault:
            raise Unreadable(self._fault)
        return self._url

    @property
    def host(self) -> str:
        """The name of the host, and the port if it is an unusual one; never a user or a password."""
        return self._url.partition("://")[2].partition("/")[0].rpartition("@")[2]

    @property
    def secrets(self) -> set[str]:
        """What must stand in no message: all of it, and what follows the host."""
        tail = self._url.partition("://")[2].partition("/")[2]
        return {part for part in (self._url, tail) if len(part) > len("calendar.ics")}

    def __str__(self) -> str:
        return f"{self.host}/…" if self._url else str(self.file)

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WebAddress) and (self._url, self._fault) == (other._url, other._fault)

    def __hash__(self) -> int:
        return hash((self._url, self._fault))


def is_address(written: str) -> bool:
    """Tell whether a text is meant as a web address, of whatever scheme, and not as a path."""
    return bool(_SCHEME.match(written.strip()))


def parsed(written: str, file: Path | None = None) -> WebAddress:
    """Return the address that a text gives. Raises ValueError, with a sentence that shows nothing secret."""
    return WebAddress(_normal(written.strip()), file)


def in_file(file: Path) -> WebAddress:
    """Return the address that a file holds in its one line; what is wrong with that is raised when it is used."""
    try:
        return parsed(_line_of(file), file)
    except OSError as error:
        return WebAddress(
            "",
            file,
            Sentence("{file}, which holds the address, {reason}", file=file, reason=regular_files.reason(error)),
        )
    except ValueError as error:
        return WebAddress("", file, Sentence("{file}: {error}", file=file, error=error))


def _line_of(file: Path) -> str:
    # utf-8-sig: editors of Windows put a mark before the first letter.
    text = regular_files.read(file, _LONGEST).decode("utf-8-sig", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise ValueError(Sentence("it must hold one line, the address, and holds {number}", number=len(lines)))
    if not is_address(lines[0]):
        raise ValueError(Sentence("its line is no web address; it begins with https:// or webcal://"))
    return lines[0]


def _normal(written: str) -> str:
    from urllib.parse import quote, urlsplit  # noqa: PLC0415 -- most configs have no address

    found = _SCHEME.match(written)
    scheme = (found[1] or found[2]).lower() if found else ""
    if scheme == "file":
        raise ValueError(Sentence("an address that begins with file: is not read; write the path itself"))
    if scheme not in (*_SECURE, "http"):
        raise ValueError(
            Sentence(
                "an address that begins with {scheme}: is not read; only https:, webcal: and webcals: are",
                scheme=scheme,
            )
        )
    if len(written) > _LONGEST or not written.isprintable() or " " in written:
        raise ValueError(Sentence("the address holds spaces or is too long; copy it anew"))
    try:
        parts = urlsplit(f"{'http' if scheme == 'http' else 'https'}:{written.partition(':')[2]}")
        name = (parts.hostname or "").rstrip(".")
        # urlsplit keeps the last dot of a name, which certificates do not have.
        host = name if name.isascii() else name.encode("idna").decode()
        port = parts.port
    except ValueError:
        # `from None`: the error of the library quotes the address.
        raise ValueError(Sentence("the address has no host and port that make sense; copy it anew")) from None
    if not host:
        raise ValueError(Sentence("the address names no host; copy it anew, from https:// or webcal:// on"))
    if scheme == "http" and not is_loopback(host):
        raise ValueError(
            Sentence(
                "http: would show the address to everybody on the way to {host}; write https: in its place", host=host
            )
        )
    if better := _instead_of_page(host, parts):
        raise ValueError(
            Sentence("this is a page of {host}, not its calendar; copy {better}", host=host, better=better)
        )
    netloc = f"[{host}]" if ":" in host else host
    # So that the same address, however it was copied, is the same source.
    netloc += f":{port}" if port and port != (80 if parts.scheme == "http" else 443) else ""
    user = parts.netloc.rpartition("@")[0]
    target = quote(parts.path or "/", _SAFE) + (f"?{quote(parts.query, _SAFE + '/')}" if parts.query else "")
    return f"{parts.scheme}://{user + '@' if user else ''}{netloc}{target}"


def _instead_of_page(host: str, parts: SplitResult) -> str:
    """Return what to copy in place of the address of a page for people; "" if it is none that is known."""
    of_host = ((path, better) for name, path, better in _WEB_PAGES if re.fullmatch(name, host))
    return next((better for path, better in of_host if re.match(path, parts.path)), "")


def is_loopback(host: str) -> bool:
    """Tell whether a name or a number is that of this computer (RFC 6761, section 6.3; RFC 1122, 3.2.1.3)."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def retry_after(header: str, now: datetime) -> timedelta:
    """Return how long a service asks to be left alone in Retry-After (RFC 9110, section 10.2.3); a day at most."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- seldom needed

    asked = header.strip()
    # At most thirty years: the number may be of any length.
    if asked.isdecimal():
        return min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
    try:
        # The other form of Retry-After (RFC 9110, section 10.2.3); a date that is past asks for no wait.
        return min(max(parsedate_to_datetime(asked) - now, timedelta(0)), LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return timedelta(0)
