"""What Google's answers and the network's failures mean, in sentences that say what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from followup_google.token import LOG_IN
from followup_rules import Unreadable
from followup_rules.hookspecs import LONGEST_WAIT
from followup_rules.sentences import Sentence
from followup_rules.web_address import retry_after

# As the older services name it, and as the newer ones do (google.rpc.ErrorInfo).
_RATE = frozenset({
    *("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"),
    *("concurrentLimitExceeded", "variableTermLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"),
})  # fmt: skip
_NOT_GRANTED = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_NOT_ENABLED = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_RETRY_AFTER = re.compile(r"retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)", re.IGNORECASE)
_SECONDS = re.compile(r"(\d{1,6})(?:\.\d*)?s")


class Missing(Unreadable):
    """What was asked for is not there (404), or no longer (410)."""


class Limited(Unreadable):
    """Google wants fewer requests for a while; what was read before is good."""


class Denied(Unreadable):
    """Whoever has granted the login may not do this (403)."""


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
    limited: bool = False
    """There were too many requests."""
    denied: bool = False
    wait: timedelta = timedelta(0)
    """How long the service asks not to be called again."""

    def unreadable(self) -> Unreadable:
        """Return what a source raises."""
        kinds = {Missing: self.missing, Odd: self.odd, Limited: self.limited, Denied: self.denied}
        kind = next((kind for kind, is_it in kinds.items() if is_it), Unreadable)
        return kind(self.sentence, self.wait)


def fault_of(error: Exception) -> Fault | None:
    """Return what went wrong with a call, or None if the error is of no kind that a call raises."""
    from google.auth import exceptions as auth  # noqa: PLC0415 -- loaded already where there is such an error
    from googleapiclient.errors import HttpError  # noqa: PLC0415
    from requests import exceptions as network  # noqa: PLC0415

    if isinstance(error, HttpError):
        return _answered(error)
    if isinstance(error, auth.RefreshError):
        return _not_renewed(error)
    if isinstance(error, auth.GoogleAuthError):
        return Fault(
            Sentence("Google cannot be reached to renew the login; the next run tries again"),
            certain=True,
            passing=True,
        )
    # Only what was never sent is certain to have had no effect.
    if isinstance(error, network.RequestException):
        said = cause(error)
        return Fault(
            Sentence("Google cannot be reached ({said}); the next run tries again", said=said),
            _unsent(error),
            passing=True,
        )
    return None


def _answered(error: Any) -> Fault:
    """Return what an answer of Google means that is no success."""
    status, reasons = int(error.resp.status), _reasons(error.content)
    wait = _wait(error)
    # Gmail and Calendar say too many requests with 403 as well as with 429.
    if status == 429 or (status == 403 and reasons & _RATE):
        said = Sentence("Google asks to be left alone: too many requests")
        if wait:
            said = Sentence("Google asks to be left alone for {time}: too many requests", time=_spoken(wait))
        return Fault(said, certain=True, passing=True, limited=True, wait=wait)
    if status >= 500:
        return Fault(
            Sentence("Google has a problem of its own ({status}); the next run tries again", status=status),
            False,
            passing=True,
            wait=wait,
        )
    # Google's library has tried to renew the login before it hands this on.
    if status == 401:
        return Fault(EXPIRED, certain=True)
    if status == 403:
        return Fault(_forbidden(reasons, error), certain=True, denied=not reasons & (_NOT_GRANTED | _NOT_ENABLED))
    if status == 400 and "mail service not enabled" in _message(error).lower():
        return Fault(_NO_GMAIL, certain=True)
    said = Sentence("Google says {status}: {message}", status=status, message=_message(error))
    return Fault(said, certain=True, missing=status in (404, 410), odd=status == 400)


def _forbidden(reasons: set[str], error: Any) -> str:
    if reasons & _NOT_GRANTED:
        return Sentence("the login does not cover this; {log_in}, and tick every box", log_in=LOG_IN)
    if reasons & _NOT_ENABLED:
        return Sentence("this API is switched off in your project; enable it in the Google console (docs/google.md)")
    if "domainPolicy" in reasons:
        return Sentence(
            "the administrator of your organization does not let programs use this service; ask them "
            "to, or use another account"
        )
    return Sentence("Google says 403: {message}", message=_message(error))


EXPIRED = Sentence(
    "Google does not accept the login any more (in the mode “testing” one ends after 7 days; docs/google.md); {log_in}",
    log_in=LOG_IN,
)
_NO_GMAIL = Sentence("this account has no Gmail; use another `account`, or take the tables of Gmail out of the config")
_NEW_CLIENT = Sentence(
    "the OAuth client of the login is no longer there, or has another secret; make a new one "
    "in the Google console, save its file in place of the old one (docs/google.md), and {log_in}",
    log_in=LOG_IN,
)
_REFUSED_LOGINS = {
    "deleted_client": _NEW_CLIENT,
    "invalid_client": _NEW_CLIENT,
    "unauthorized_client": _NEW_CLIENT,
    "disabled_client": Sentence(
        "the OAuth client of the login is switched off, or its project is; switch it on again in "
        "the Google console, or make a new one there (docs/google.md)"
    ),
    "admin_policy_enforced": Sentence(
        "the administrator of your organization does not let this OAuth client in; ask them to "
        "trust its client id, or use another account: a new login does not help before"
    ),
    "org_internal": Sentence(
        "the OAuth client is only for accounts of its own organization; use one of these, or make "
        "a client for external users (docs/google.md)"
    ),
    "invalid_rapt": Sentence(
        "your organization wants you to show again who you are, after so many hours; {log_in}; to "
        "be spared that, ask its administrator to trust the OAuth client (session control)",
        log_in=LOG_IN,
    ),
}
"""What can be done where a login is not renewed: by the word of the answer (RFC 6749, section 5.2; Google's own)."""


def _not_renewed(error: Any) -> Fault:
    """Return why Google's library could not renew a login."""
    said = next((each for each in error.args if isinstance(each, dict)), {})
    words = [str(said.get(name, "")) for name in ("error_subtype", "error")]
    if "invalid_rapt" in str(said.get("error_description", "")):  # older answers tell it there alone
        words.insert(0, "invalid_rapt")
    if not said and "reauth" in str(error).lower():  # the library has tried to show it by itself
        words.insert(0, "invalid_rapt")
    known = next((_REFUSED_LOGINS[word] for word in words if word in _REFUSED_LOGINS), "")
    if known:
        return Fault(known, certain=True)
    if error.retryable:  # the library has tried several times already
        return Fault(
            Sentence("Google cannot renew the login just now ({error}); the next run tries again", error=words[-1]),
            certain=True,
        )
    if not said:  # it has asked nobody
        return Fault(UNRENEWABLE, certain=True)
    if words[-1] == "invalid_grant":
        return Fault(EXPIRED, certain=True)
    told = " ".join(f"{words[-1]}: {said.get('error_description', '')}".rstrip(": ").split())[:200]
    console = Sentence("if that comes back, look at the OAuth client in the Google console (docs/google.md)")
    return Fault(
        Sentence(
            "Google does not accept the login any more ({told}); {log_in}; {console}",
            told=told,
            log_in=LOG_IN,
            console=console,
        ),
        certain=True,
    )


UNRENEWABLE = Sentence(
    "the login has ended, and Google gave nothing to renew it with; take its permission back "
    "in your Google account, under “Third-party apps and services”, and {log_in}",
    log_in=LOG_IN,
)


def _details(content: bytes) -> Any:
    try:
        # A proxy on the way answers with a page of HTML, which the status alone must tell.
        return json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return {}


def _reasons(content: bytes) -> set[str]:
    """Return the reasons of an error, as the older and the newer services write them."""
    found = _details(content)
    status = {str(found.get("status", ""))} if isinstance(found, dict) else set()
    return {str(each.get("reason", "")) for each in _listed(content)} | status


def _listed(content: bytes) -> list[Mapping[str, Any]]:
    found = _details(content)
    if not isinstance(found, dict):
        return []
    lists = [found.get("errors"), found.get("details")]
    return [each for listed in lists if isinstance(listed, list) for each in listed if isinstance(each, dict)]


def _message(error: Any) -> str:
    found = _details(error.content)
    said = found.get("message") if isinstance(found, dict) else found
    return " ".join(str(said or error.resp.reason or "no reason").split())[:200]


def _wait(error: Any) -> timedelta:
    """Return how long Google asks to be left alone: in a header, in the details, or in words."""
    told = retry_after(error.resp.get("retry-after", ""), datetime.now(UTC))
    delays = (str(each.get("retryDelay", "")) for each in _listed(error.content))  # google.rpc.RetryInfo
    delay = next(filter(None, map(_SECONDS.fullmatch, delays)), None)
    instant = _RETRY_AFTER.search(_message(error))
    if not told and delay:
        told = timedelta(seconds=int(delay[1]))
    if not told and instant:
        told = datetime.fromisoformat(instant[1]) - datetime.now(UTC)
    return min(max(told, timedelta(0)), LONGEST_WAIT)


def _spoken(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 120:
        return Sentence("{number} second", "{number} seconds", number=seconds)
    return Sentence("{number} minute", "{number} minutes", number=seconds // 60)


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
