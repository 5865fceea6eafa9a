"""One of Google's services, called for one account: reads are repeated, what changes anything is sent once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from warnings import filterwarnings

from msgspec import Struct
from msgspec.structs import replace

from followup_google.faults import Fault, Uncertain, fault_of
from followup_google.quota import PACES, UNITS, Pace
from followup_google.token import LOG_IN, Keeper, Token
from followup_rules import Refused, Unreadable
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from followup_google import GoogleOptions
    from followup_rules import Profile

READ_MAIL = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
READ_CALENDAR = "https://www.googleapis.com/auth/calendar.events.readonly"
WRITE_TASKS = "https://www.googleapis.com/auth/tasks"


class Api(Struct, frozen=True):
    """One of Google's services, for one use."""

    name: str
    version: str
    scope: str
    """What the user must have granted."""
    use: str
    """What it is used for, for messages."""


MAIL = Api("gmail", "v1", READ_MAIL, Sentence("reading Gmail"))
DRAFTS = Api("gmail", "v1", COMPOSE, Sentence("drafts in Gmail"))
CALENDAR = Api("calendar", "v3", READ_CALENDAR, Sentence("Google Calendar"))
TASKS = Api("tasks", "v1", WRITE_TASKS, Sentence("Google Tasks"))

# In seconds; a slower answer counts as none.
_ANSWER_WITHIN = 30
# Before a read is repeated, in seconds.
_PAUSES = (0.5, 1, 2)
# The same after too many requests: what is counted is a minute.
_PAUSES_AT_A_LIMIT = (2, 8, 15, 20)
# If Google asks for more, the next run tries again.
_LONGEST_PAUSE = timedelta(seconds=10)
# In all, in seconds: a call of a plugin must be done within a minute, and a request takes time, too.
_PATIENCE = 45.0
sleep = time.sleep


class Service:
    """Gmail, Calendar or Tasks. Google's library is loaded at the first call, not before."""

    def __init__(self, api: Api, options: GoogleOptions, profile: Profile, token: Token | None = None) -> None:
        """Take the login that is kept, or the given one; nothing is asked yet.

        Raises Unreadable if there is none, if it does not cover this service, or without Google's library.
        """
        check_installed()
        self._api, self._options = api, options
        self._keeper = Keeper.of(options, profile)
        self._kept = token is None
        self._token = token or self._keeper.load()
        self._session: Any = None
        self._patience = _PATIENCE
        self._pace = PACES.setdefault((options.api_endpoint, self._keeper.account), Pace())
        if not self.may(api.scope):
            raise Unreadable(
                Sentence(
                    "the login to {account} does not cover {use}; {log_in}, and tick every box",
                    account=self._keeper.account,
                    use=api.use,
                    log_in=LOG_IN,
                )
            )

    @property
    def account(self) -> str:
        """The address of the account."""
        return self._keeper.account

    def may(self, scope: str) -> bool:
        """Tell whether the user has granted this; a login that says nothing of it is taken to cover all."""
        return not self._token.scopes or scope in self._token.scopes

    def read(self, ask: Callable[[Any], Any]) -> Any:
        """Return the answer to a request that changes nothing. `ask` makes it, from the service of Google's library.

        Raises Unreadable; Missing if what was asked for is not there.
        """
        tries = 0
        while True:
            try:
                return self._execute(ask)
            except Exception as error:
                fault = _known(error)
                pause = self._pause_after(fault, tries)
                if not pause:
                    raise fault.unreadable() from error
            sleep(pause)
            self._patience -= pause
            tries += 1

    def _pause_after(self, fault: Fault, tries: int) -> float:
        """Return how long to wait before a request is repeated, in seconds; 0 if it is not to be."""
        pauses = _PAUSES_AT_A_LIMIT if fault.limited and not fault.wait else _PAUSES
        if not fault.passing or fault.wait > _LONGEST_PAUSE or tries >= len(pauses):
            return 0
        pause = max(pauses[tries], fault.wait.total_seconds())
        return pause if pause <= self._patience else 0

    def pages(self, ask: Callable[[str, Any], Any]) -> Iterator[Any]:
        """Yield the answers of a list, page by page; `ask` is given the token of each, at first an empty one."""
        page: str | None = ""
        while page is not None:
            answer = self.read(partial(ask, page))
            yield answer
            page = answer.get("nextPageToken") or None

    def write(self, ask: Callable[[Any], Any]) -> Any:
        """Return the answer to a request that changes something: it is sent once, over a connection of its own.

        Raises Missing; Refused if it is certain that nothing was changed; Uncertain if it is not.
        """
        if self._session is not None:
            for adapter in self._session.adapters.values():
                adapter.close()  # of a connection that has gone stale nobody could tell whether the request arrived
        try:
            return self._execute(ask)
        except Exception as error:
            fault = _known(error)
            if fault.missing:
                raise fault.unreadable() from error
            raise (Refused(fault.sentence, fault.wait) if fault.certain else Uncertain(fault.sentence)) from error

    def _execute(self, ask: Callable[[Any], Any]) -> Any:
        if self._session is None:
            self._connect()
        request = ask(self._resource)
        self._pace.spend(UNITS.get(request.methodId, 0), sleep)
        # Repeated here, where reads and writes are told apart, and not by the library.
        answer = request.execute(num_retries=0)
        self._keep_what_was_renewed()
        return answer

    def _connect(self) -> None:
        # Near the end of a Python's life Google's library says so at each import: cron would mail it at every run.
        filterwarnings("ignore", category=FutureWarning, module=r"google\.api_core\._python_version_support")
        from google.auth.transport.requests import AuthorizedSession  # noqa: PLC0415 -- heavy
        from googleapiclient.discovery import build  # noqa: PLC0415 -- heavy

        if self._kept:
            self._token = self._keeper.load()  # another service of this run may have renewed it
        self._credentials = _credentials(self._token, self._options.token_uri)
        session = AuthorizedSession(self._credentials)
        # Google serves its calendar under a path, and an emulator does likewise; the other services have theirs inside.
        base = self._options.api_endpoint.rstrip("/")
        endpoint = f"{base}/calendar/v3/" if self._api.name == "calendar" else f"{base}/"
        self._resource = build(
            self._api.name,
            self._api.version,
            http=_Transport(session),
            # Else the library asks Google at each start what its services look like.
            static_discovery=True,
            client_options={"api_endpoint": endpoint} if self._options.api_endpoint else None,
        )
        self._session = session

    def _keep_what_was_renewed(self) -> None:
        """Keep a renewed login for the next hour's runs; one that cannot be kept is renewed again, no harm done.

        If the user has logged in anew meanwhile, that is the one to keep.
        """
        token = str(self._credentials.token or "")
        if token == self._token.token or not self._kept:
            return
        before, expiry = self._token.refresh_token, self._credentials.expiry
        self._token = replace(
            self._token,
            token=token,
            refresh_token=self._credentials.refresh_token or "",
            expiry=f"{expiry.isoformat()}+00:00" if expiry else "",
        )
        with suppress(Unreadable):
            # By the refresh token two logins are told apart; the access token changes every hour.
            if self._keeper.load().refresh_token == before:
                self._keeper.save(self._token)


def check_installed() -> None:
    """Raise Unreadable if Google's library is not there, which is not installed with everything else: it is large."""
    if find_spec("googleapiclient") is None or find_spec("google_auth_oauthlib") is None:
        raise Unreadable(Sentence("Google's library is not installed; pip install 'followup-rules[google]'"))


def _known(error: Exception) -> Fault:
    """Return what went wrong; raise the error itself if it has nothing to do with a call."""
    fault = fault_of(error)
    if fault is None:
        raise error
    return fault


def _credentials(token: Token, token_uri: str) -> Any:
    from google.oauth2.credentials import Credentials  # noqa: PLC0415 -- heavy

    return Credentials(
        token=token.token or None,
        refresh_token=token.refresh_token or None,
        token_uri=token_uri or token.token_uri or "https://oauth2.googleapis.com/token",
        client_id=token.client_id or None,
        client_secret=token.client_secret or None,
        # Without scopes: asked for them again, the library warns on the screen of any that were taken back since.
        expiry=_moment(token.expiry),
    )


def _moment(expiry: str) -> datetime | None:
    """Return the instant as Google's library wants it: in UTC, without saying so."""
    try:
        found = datetime.fromisoformat(expiry)
    except ValueError:
        return None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


class _Transport:
    """What Google's library takes for its HTTP client. Its own sends a POST twice when the answer is lost."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any) -> Any:
        """Send a request, once."""
        import httplib2  # noqa: PLC0415 -- loaded already: Google's library stands on it

        answer = self._session.request(
            # A redirect would carry the token to wherever it leads.
            method,
            uri,
            data=body,
            headers=headers,
            timeout=_ANSWER_WITHIN,
            allow_redirects=False,
        )
        response = httplib2.Response({**{name.lower(): value for name, value in answer.headers.items()},
                                      "status": str(answer.status_code)})  # fmt: skip
        response.reason = answer.reason
        return response, answer.content

    def close(self) -> None:
        """Close all connections."""
        self._session.close()
