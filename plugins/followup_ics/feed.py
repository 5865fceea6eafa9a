"""A calendar at a web address: asked for only if it has changed, and what the answer means.

Whatever is no calendar to its end, such as the page of a login, is unreadable: never "no entries".
"""

from __future__ import annotations

import re
import socket
import ssl
import zlib
from datetime import datetime, timedelta
from gzip import GzipFile
from http.client import HTTPException, HTTPResponse, IncompleteRead
from string import punctuation
from urllib.parse import quote, urljoin

from msgspec import Struct

from followup_ics.connection import ANSWER_WITHIN, Deadline, Place, asked
from followup_rules import Unreadable, __version__
from followup_rules.sentences import Sentence
from followup_rules.web_address import WebAddress, parsed, retry_after

MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_LONGEST_STAMP = 200
_HEADERS = {
    "User-Agent": f"followup-rules/{__version__}",
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
    "Accept-Encoding": "gzip",
}
_LATER = Sentence("the next run tries again")


class Stamps(Struct, frozen=True):
    """By what a server tells whether a calendar has changed (RFC 9110, sections 8.8.2 and 8.8.3); no address."""

    etag: str = ""
    modified: str = ""


class Answer(Struct, frozen=True):
    """A calendar, as a server gave it."""

    raw: bytes
    stamps: Stamps


def fetched(address: WebAddress, known: Stamps, largest: int, now: datetime) -> Answer | None:
    """Return the calendar at an address; None if it is still the known one.

    `largest` is in bytes, unpacked. Raises Unreadable with what to do; nothing of the address but its host is in that.
    """
    first = Place.of(address.url)
    with Deadline(ANSWER_WITHIN) as deadline:
        try:
            answer = _Fetch(address, known, largest, now, deadline).follow(first)
        except Unreadable:
            if not deadline.over:
                raise
        else:
            if not deadline.over:
                return answer
    # What was cut off looks like an odd answer, or like a whole one that has come to its end.
    seconds = int(ANSWER_WITHIN.total_seconds())
    raise Unreadable(
        Sentence(
            "{host} did not give its whole calendar within {seconds} seconds; {later}",
            host=address.host,
            seconds=seconds,
            later=_LATER,
        )
    )


class _Fetch(Struct, frozen=True):
    """One calendar that is asked for."""

    address: WebAddress
    known: Stamps
    largest: int
    now: datetime
    deadline: Deadline

    def follow(self, first: Place) -> Answer | None:
        """Ask at the address, and wherever it sends on to."""
        place = first
        conditions = {"If-None-Match": self.known.etag, "If-Modified-Since": self.known.modified}
        headers = _HEADERS | {name: value for name, value in conditions.items() if value}
        for _ in range(MOST_REDIRECTS + 1):
            try:
                with asked(place, headers, self.deadline) as answer:
                    if answer.status not in _REDIRECTS:
                        return self._understood(place, answer)
                    place = self._next(place, answer.getheader("Location", ""), first)
            except (OSError, HTTPException, EOFError, zlib.error, ValueError) as error:
                # Without the error itself: what libraries say may hold the address.
                raise Unreadable(self._sentence(place.host, error)) from None
        raise Unreadable(
            Sentence(
                "{host} sends on and on, more than {most} times; {copy_anew}",
                host=first.host,
                most=MOST_REDIRECTS,
                copy_anew=self._copy_anew,
            )
        )

    def _next(self, place: Place, location: str, first: Place) -> Place:
        # Headers are read as Latin 1; what is not ASCII, or a space, is meant as the bytes that it was.
        written = quote(location.strip(), punctuation, encoding="latin-1")
        try:
            onward = Place.of(parsed(_joined(place, written)).url, first) if written else None
        except ValueError as error:
            raise Unreadable(
                Sentence("{host} sends on to where it is not followed: {error}", host=place.host, error=error)
            ) from None
        if onward is None:
            raise Unreadable(
                Sentence(
                    "{host} sends on without saying where to; {copy_anew}", host=place.host, copy_anew=self._copy_anew
                )
            )
        # RFC 9110 leaves that to the client; the address itself is the secret here.
        if place.secure and not onward.secure:
            raise Unreadable(
                Sentence(
                    "{host} sends on to http:, which would show the address to others; {copy_anew}",
                    host=place.host,
                    copy_anew=self._copy_anew,
                )
            )
        return onward

    def _understood(self, place: Place, answer: HTTPResponse) -> Answer | None:
        # Without a stamp nothing was asked that could be answered so: such an answer is a fault of the server.
        if answer.status == 304 and self.known != Stamps():
            return None
        if answer.status != 200:
            raise self._refused(place.host, answer)
        return Answer(self._calendar(place.host, self._body(place.host, answer)), _stamps(answer))

    def _refused(self, host: str, answer: HTTPResponse) -> Unreadable:
        status = answer.status
        # Only these two come with Retry-After in earnest (RFC 9110, section 10.2.3; RFC 6585, section 4).
        wait = retry_after(answer.getheader("Retry-After", ""), self.now) if status in (429, 503) else timedelta(0)
        if status == 401:
            return Unreadable(
                Sentence(
                    "{host} asks for a login (401), so this is not the secret address of a calendar; {copy_anew}",
                    host=host,
                    copy_anew=self._copy_anew,
                )
            )
        if status == 403:
            return Unreadable(
                Sentence(
                    "{host} does not let this address be read (403): is the calendar still shared? Else {copy_anew}",
                    host=host,
                    copy_anew=self._copy_anew,
                )
            )
        if status in (404, 410):
            return Unreadable(
                Sentence(
                    "{host} knows no such address ({status}): the calendar's secret address was reset, or the "
                    "calendar is gone or no longer shared; {copy_anew}",
                    host=host,
                    status=status,
                    copy_anew=self._copy_anew,
                )
            )
        if status == 429:
            return Unreadable(
                Sentence("{host} asks to be left alone: too many requests (429); {later}", host=host, later=_LATER),
                wait,
            )
        if status >= 500:
            return Unreadable(
                Sentence("{host} has a problem of its own ({status}); {later}", host=host, status=status, later=_LATER),
                wait,
            )
        return Unreadable(
            Sentence(
                "{host} answers with {status}, and not with a calendar; {copy_anew}",
                host=host,
                status=status,
                copy_anew=self._copy_anew,
            )
        )

    def _body(self, host: str, answer: HTTPResponse) -> bytes:
        packed = answer.getheader("Content-Encoding", "identity").strip().lower()
        if packed not in ("identity", "", "gzip", "x-gzip"):
            raise Unreadable(
                Sentence("{host} packs its answer in a way that was not asked for; {later}", host=host, later=_LATER)
            )
        if packed in ("gzip", "x-gzip"):
            with GzipFile(fileobj=answer) as unpacked:
                # Bounded when unpacked: a megabyte of gzip may hold a gigabyte of zeros.
                raw = unpacked.read(self.largest + 1)
        else:
            raw = answer.read(self.largest + 1)
        if len(raw) > self.largest:
            raise Unreadable(
                Sentence(
                    "the calendar at {host} is larger than {size} MB; share fewer years",
                    host=host,
                    size=self.largest // 1_000_000,
                )
            )
        # A short read of a bounded length is no error to the library, though the server has promised more.
        if answer.length:
            raise IncompleteRead(b"")
        return raw

    def _calendar(self, host: str, raw: bytes) -> bytes:
        text = raw.replace(b"\0", b"").upper()  # without what UTF-16 puts between its letters
        if not text.strip():
            raise Unreadable(
                Sentence("{host} gives an empty answer, and no calendar; {later}", host=host, later=_LATER)
            )
        if not re.search(rb"BEGIN[ \t]*:[ \t]*VCALENDAR", text):
            page = text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
            what = Sentence("a web page, such as that of a login,") if page else Sentence("something else")
            raise Unreadable(
                Sentence(
                    "{host} gives {what} in place of a calendar; {copy_anew}",
                    host=host,
                    what=what,
                    copy_anew=self._copy_anew,
                )
            )
        # What is cut off would else show that all later entries are gone.
        if not re.search(rb"END[ \t]*:[ \t]*VCALENDAR", text):
            raise Unreadable(
                Sentence("the calendar from {host} is cut off (no END:VCALENDAR); {later}", host=host, later=_LATER)
            )
        return raw

    def _sentence(self, host: str, error: Exception) -> str:
        """Return what kept a host from answering, in our own words."""
        match error:
            case socket.gaierror():
                return Sentence(
                    "the name {host} cannot be found: is there a network? {later}; else {copy_anew}",
                    host=host,
                    later=_LATER,
                    copy_anew=self._copy_anew,
                )
            # Before OSError and ValueError, of which it is one; its own sentence tells most.
            case ssl.SSLCertVerificationError():
                return Sentence(
                    "{host} cannot show that it is {host} ({reason}), so it is not asked; is the clock right? "
                    "Of an authority of your own, name the certificate in SSL_CERT_FILE",
                    host=host,
                    reason=error.verify_message.rstrip("."),
                )
            case ConnectionRefusedError():
                return Sentence("{host} takes no connection at this port; {later}", host=host, later=_LATER)
            case ssl.SSLEOFError() | ConnectionError() | EOFError() | IncompleteRead():
                return Sentence("{host} broke off the connection; {later}", host=host, later=_LATER)
            case ssl.SSLError():
                return Sentence(
                    "no secure connection to {host} can be made ({reason}); is it the right port?",
                    host=host,
                    reason=error.reason,
                )
            case TimeoutError():
                return Sentence("{host} does not answer; {later}", host=host, later=_LATER)
            case OSError(strerror=str(told)):
                return Sentence("{host} cannot be reached ({told}); {later}", host=host, told=told, later=_LATER)
            case OSError() | zlib.error():
                return Sentence("what {host} gives is damaged; {later}", host=host, later=_LATER)
            case _:
                return Sentence(
                    "the answer of {host} is not understood ({name}); {later}",
                    host=host,
                    name=type(error).__name__,
                    later=_LATER,
                )

    @property
    def _copy_anew(self) -> str:
        place = self.address.file or "`path`"
        return Sentence("copy the address anew from the calendar's settings into {place}", place=place)


def _joined(place: Place, location: str) -> str:
    """Return where a place sends on to, which may be told from there on (RFC 9110, section 10.2.2)."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    try:
        return urljoin(f"{'https' if place.secure else 'http'}://{host}:{place.port}{place.target}", location)
    except ValueError:
        raise ValueError(Sentence("it is no address")) from None


def _stamps(answer: HTTPResponse) -> Stamps:
    """Return what may be sent back; a server may write anything there."""
    told = (answer.getheader(name, "").strip() for name in ("ETag", "Last-Modified"))
    return Stamps(
        *(stamp if len(stamp) <= _LONGEST_STAMP and stamp.isascii() and stamp.isprintable() else "" for stamp in told)
    )
