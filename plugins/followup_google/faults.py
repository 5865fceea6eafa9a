"""What Google's answers and the network's failures mean, in sentences that say what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from msgspec import Struct

from followup_google.token import LOG_IN
from followup_rules import Unreadable

_RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
_NOT_GRANTED = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_NOT_ENABLED = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})


class Missing(Unreadable):
    """What was asked for is not there (404), or no longer (410)."""


class Odd(Unreadable):
    """A definite answer about one thing only, neither about the login nor about the service."""


class Uncertain(ConnectionError):  # noqa: N818 -- what became of a call
    """Nobody knows whether the call had its effect."""


class Fault(Struct, frozen=True):
    """A call that did not succeed."""

    sentence: str
    certain: bool
    """It is known that it had no effect."""
    passing: bool = False
    """Asked again a little later, the same call may succeed."""
    missing: bool = False
    odd: bool = False
    """It concerns this one thing only."""
    wait: timedelta = timedelta(0)
    """How long the service asks not to be called again."""

    def unreadable(self) -> Unreadable:
        """Return what a source raises."""
        kind = Missing if self.missing else Odd if self.odd else Unreadable
        return kind(self.sentence, self.wait)


def fault_of(error: Exception) -> Fault | None:
    """Return what went wrong with a call, or None if the error is of no kind that a call raises."""
    from google.auth import exceptions as auth  # noqa: PLC0415 -- loaded already where there is such an error
    from googleapiclient.errors import HttpError  # noqa: PLC0415
    from requests import exceptions as network  # noqa: PLC0415

    if isinstance(error, HttpError):
        return _answered(error)
    if isinstance(error, auth.RefreshError) and not error.retryable:
        return Fault(_expired(), certain=True)
    if isinstance(error, auth.GoogleAuthError):
        return Fault(
            "Google cannot be reached to renew the login; the next run tries again", certain=True, passing=True
        )
    if isinstance(error, network.RequestException):
        said = cause(error)
        return Fault(f"Google cannot be reached ({said}); the next run tries again", _unsent(error), passing=True)
    return None


def _answered(error: Any) -> Fault:
    """Return what an answer of Google means that is no success."""
    status, reasons = int(error.resp.status), _reasons(error.content)
    wait = _asked_to_wait(error.resp.get("retry-after", ""))
    if status == 429 or (status == 403 and reasons & _RATE):
        pause = f" for {_spoken(wait)}" if wait else ""
        return Fault(f"Google asks to be left alone{pause}: too many requests", certain=True, passing=True, wait=wait)
    if status >= 500:
        return Fault(
            f"Google has a problem of its own ({status}); the next run tries again", False, passing=True, wait=wait
        )
    if status == 401:
        return Fault(_expired(), certain=True)
    if status == 403 and reasons & _NOT_GRANTED:
        return Fault(f"the login does not cover this; {LOG_IN}, and tick every box", certain=True)
    if status == 403 and reasons & _NOT_ENABLED:
        return Fault("this API is switched off in your project; enable it in the Google console (docs/google.md)", True)
    said = f"Google says {status}: {_message(error)}"
    return Fault(said, certain=True, missing=status in (404, 410), odd=status == 400)


def _expired() -> str:
    return f"Google does not accept the login any more (in the mode “testing” one ends after 7 days); {LOG_IN}"


def _details(content: bytes) -> Any:
    try:
        return json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return {}


def _reasons(content: bytes) -> set[str]:
    """Return the reasons of an error, as the older and the newer services write them."""
    found = _details(content)
    if not isinstance(found, dict):
        return set()
    listed = [*(found.get("errors") or ()), *(found.get("details") or ())]
    return {str(each.get("reason", "")) for each in listed if isinstance(each, dict)}


def _message(error: Any) -> str:
    found = _details(error.content)
    said = found.get("message") if isinstance(found, dict) else found
    return " ".join(str(said or error.resp.reason or "no reason").split())[:200]


def _asked_to_wait(header: str) -> timedelta:
    """Read Retry-After (RFC 9110, section 10.2.3): seconds, or an instant."""
    if header.strip().isdecimal():
        return timedelta(seconds=min(int(header), 86_400))
    try:
        return max(parsedate_to_datetime(header) - datetime.now(UTC), timedelta(0))
    except (ValueError, TypeError):
        return timedelta(0)


def _spoken(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"


def _unsent(error: Any) -> bool:
    """Tell whether a request never left this machine."""
    from requests import exceptions as network  # noqa: PLC0415
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415

    reason = getattr(next(iter(error.args), None), "reason", None)
    return isinstance(error, network.ConnectTimeout) or isinstance(reason, NewConnectionError)


def cause(error: Exception) -> str:
    """Return what lies at the bottom of an error."""
    deepest: BaseException = error
    while (deeper := deepest.__cause__ or deepest.__context__) is not None:
        deepest = deeper
    return " ".join(str(deepest).split())[:200] or type(deepest).__name__
