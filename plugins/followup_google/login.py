"""`followup auth google`: the user's consent, asked for once, for exactly what the config uses."""

from __future__ import annotations

import json
import os
import webbrowser
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from msgspec import Struct

from followup_google import CalendarOptions, DraftsOptions, GmailOptions, GoogleOptions, TasksOptions
from followup_google.faults import Missing, cause
from followup_google.health import sender
from followup_google.service import CALENDAR, DRAFTS, MAIL, TASKS, Api, Service, check_installed
from followup_google.token import Keeper, Token
from followup_rules import Unreadable, regular_files
from followup_rules.sentences import Sentence, together
from followup_rules.translation import translated

if TYPE_CHECKING:
    from followup_rules import Profile

APIS: Mapping[type[GoogleOptions], Api] = {
    GmailOptions: MAIL,
    DraftsOptions: DRAFTS,
    CalendarOptions: CALENDAR,
    TasksOptions: TASKS,
}
"""What each table of the config needs, and no more."""
PATIENCE = 300
"""How long the user has for the browser, in seconds."""
_LARGEST = 1_000_000
"""In bytes, of the file of the OAuth client."""
# Where the browser ends up when it is on another machine: nobody answers there, but the address holds the answer. A
# port that browsers agree to open: at others some do not show the address.
_HANDED_OVER = "http://localhost:38765/"


class Table(Struct, frozen=True):
    """A table of the config that uses Google."""

    name: str
    options: GoogleOptions

    @property
    def scope(self) -> str:
        """What the user must grant for it."""
        return APIS[type(self.options)].scope


def log_in(tables: Mapping[str, Any], profile: Profile, *, browser: bool) -> str:
    """Log in to every account that the config uses; return a sentence on each. Raises Unreadable."""
    check_installed()
    accounts: defaultdict[Keeper, list[Table]] = defaultdict(list)
    for name, options in tables.items():
        if isinstance(options, GoogleOptions):
            accounts[Keeper.of(options, profile)].append(Table(name, options))
    if not accounts:
        raise Unreadable(
            Sentence('the config uses nothing of Google; add a table such as [sources.mail] with plugin = "gmail"')
        )
    _check_places(accounts)
    told: dict[Keeper, str] = {}
    for keeper, used in accounts.items():
        try:
            told[keeper] = _log_in(keeper, used, profile, browser=browser)
        except Unreadable as error:
            accounts_kept = ", ".join(dict.fromkeys(each.account for each in told))
            kept = Sentence("the login to {accounts} is kept", accounts=accounts_kept) if told else ""
            failed = Sentence("no login to {account}: {error}", account=keeper.account, error=error)
            raise Unreadable(together(failed, kept)) from error
    return reduce(lambda one, other: Sentence("{one}\n{other}", one=one, other=other), told.values())


def _check_places(keepers: Iterable[Keeper]) -> None:
    """Raise Unreadable if two accounts would be kept in one file: either could be taken for the other."""
    used: dict[Path, str] = {}
    for keeper in keepers:
        if not keeper.keyring and used.setdefault(keeper.path, keeper.account) != keeper.account:
            raise Unreadable(
                Sentence(
                    "{path} cannot hold the logins to both {one} and {other}; name two files",
                    path=keeper.path,
                    one=used[keeper.path],
                    other=keeper.account,
                )
            )


def _log_in(keeper: Keeper, used: Sequence[Table], profile: Profile, *, browser: bool) -> str:
    options = used[0].options
    wanted = sorted({table.scope for table in used})
    named = (table.options.client for table in used if table.options.client)
    client = _client(next(named, keeper.path.with_name("client.json")), options)
    with _lax(client["token_uri"]):
        token = _granted(client, wanted, keeper.account, profile.language, browser=browser)
    _check_account(keeper, options, profile, token)
    if not token.refresh_token:
        raise Unreadable(
            Sentence(
                "Google gave a login for an hour only; take its permission back in your Google account, "
                "under “Third-party apps and services”, and log in once more"
            )
        )
    keeper.save(token)
    return _told(keeper, used, token, profile)


def _client(path: Path, options: GoogleOptions) -> dict[str, str]:
    """Return what the file of the OAuth client says. Raises Unreadable, with where to get it."""
    get = Sentence(
        "make an OAuth client for a desktop app in the Google console and save its file there (docs/google.md)"
    )
    try:
        found = json.loads(regular_files.read(path, _LARGEST))["installed"]
        known = {name: str(found[name]) for name in ("client_id", "client_secret", "auth_uri")}
        return {**known, "token_uri": options.token_uri or str(found["token_uri"])}
    except FileNotFoundError as error:
        raise Unreadable(Sentence("the OAuth client {path} is missing; {get}", path=path, get=get)) from error
    except KeyError as error:
        raise Unreadable(
            Sentence(
                "{path} is no OAuth client for a desktop app: it has no {error}; {get}", path=path, error=error, get=get
            )
        ) from error
    except (OSError, ValueError, TypeError) as error:
        raise Unreadable(
            Sentence("the OAuth client {path} cannot be read ({error}); {get}", path=path, error=error, get=get)
        ) from error


def _granted(client: Mapping[str, str], wanted: Sequence[str], account: str, language: str, *, browser: bool) -> Token:
    """Ask the user, and return what they granted. Raises Unreadable."""
    from google_auth_oauthlib.flow import InstalledAppFlow  # noqa: PLC0415 -- heavy

    flow = InstalledAppFlow.from_client_config({"installed": dict(client)}, scopes=list(wanted))
    # Google gives a refresh token only at the first consent, unless consent is asked for again.
    asked = {"prompt": "consent", "access_type": "offline", "login_hint": account}
    try:
        if browser and _browser_here():
            _in_the_browser(flow, asked, language)
        else:
            _by_hand(flow, asked, language)
    except Exception as error:  # the flow, and the two libraries below it, raise all kinds of things
        raise Unreadable(Sentence("Google did not log you in ({reason})", reason=_reason(error))) from error
    credentials = flow.credentials
    said = flow.oauth2session.token.get("scope", ())
    granted = sorted(said.split() if isinstance(said, str) else said)
    if not {*wanted} & {*granted}:
        raise Unreadable(Sentence("you granted nothing of what was asked for; tick the boxes on Google's page"))
    return Token(
        token=credentials.token or "",
        refresh_token=credentials.refresh_token or "",
        client_id=client["client_id"],
        client_secret=client["client_secret"],
        token_uri=client["token_uri"],
        scopes=tuple(granted),
        expiry=f"{credentials.expiry.isoformat()}+00:00" if credentials.expiry else "",
        account=account,
    )


def _browser_here() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _in_the_browser(flow: Any, asked: Mapping[str, str], language: str) -> None:
    click.echo(translated(Sentence("Log in to {asked} in the browser.", asked=asked["login_hint"]), language))
    flow.run_local_server(
        # The name for the browser, the number for us: on some machines localhost is first ::1, where nobody would
        # listen.
        host="localhost",
        bind_addr="127.0.0.1",
        port=0,
        authorization_prompt_message=translated(
            Sentence("If no browser opens, open this address on this machine:\n{url}"), language
        ),
        success_message=translated(Sentence("You are logged in; you may close this window."), language),
        timeout_seconds=PATIENCE,
        **asked,
    )


def _by_hand(flow: Any, asked: Mapping[str, str], language: str) -> None:
    """Let the user log in on any machine, and bring back the address at which its browser ended."""
    flow.redirect_uri = _HANDED_OVER
    address, _ = flow.authorization_url(**asked)
    opened = Sentence(
        "Open this address in a browser, on any machine, and log in to {asked}:\n\n{address}\n",
        asked=asked["login_hint"],
        address=address,
    )
    ended = Sentence("It ends at a page that cannot be opened: {handed_over}?...", handed_over=_HANDED_OVER)
    click.echo(translated(opened, language))
    click.echo(translated(ended, language))
    answer = click.prompt(
        translated(Sentence("Copy the whole address of that page, and paste it here"), language)
    ).strip()
    if not answer.startswith(_HANDED_OVER):
        raise Unreadable(
            Sentence("the address at which the browser ends begins with {handed_over}", handed_over=_HANDED_OVER)
        )
    # oauthlib refuses an answer over http, though it never left the user's machine.
    flow.fetch_token(authorization_response=answer.replace("http://", "https://", 1))


def _reason(error: Exception) -> str:
    """Return why there is no login, as far as possible in the words of whoever said no."""
    from google_auth_oauthlib.flow import WSGITimeoutError  # noqa: PLC0415 -- loaded already
    from requests.exceptions import RequestException  # noqa: PLC0415 -- loaded already

    if isinstance(error, WSGITimeoutError):
        return Sentence("nobody did so in the browser within {minutes} minutes", minutes=PATIENCE // 60)
    if getattr(error, "error", "") == "mismatching_state":
        return Sentence("the answer belongs to another attempt; begin anew")
    if isinstance(error, click.Abort):
        return Sentence("you gave no address")
    if isinstance(error, RequestException):
        return Sentence("it cannot be reached: {cause}", cause=cause(error))
    said = getattr(error, "description", "") or getattr(error, "error", "") or str(error)
    return " ".join(str(said).split())[:200] or type(error).__name__


@contextmanager
def _lax(token_uri: str) -> Iterator[None]:
    """Let the library below accept fewer permissions than asked for, and an emulator on this machine without TLS."""
    wanted = {"OAUTHLIB_RELAX_TOKEN_SCOPE": "1"}
    if urlsplit(token_uri).hostname in ("localhost", "127.0.0.1", "::1"):
        wanted["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})


def _check_account(keeper: Keeper, options: GoogleOptions, profile: Profile, token: Token) -> None:
    """Raise Unreadable if the browser was logged in to another account than the config means, as far as Gmail tells."""
    api = next((api for api in (MAIL, DRAFTS) if api.scope in token.scopes), None)
    if api is None:
        return
    service = Service(api, options, profile, token)
    try:
        found = str(service.read(lambda gmail: gmail.users().getProfile(userId="me"))["emailAddress"]).lower()
    except Missing:  # an emulator
        return
    # People are logged in to several accounts in one browser, and click on the wrong one.
    if found != keeper.account:
        hint = Sentence('log in there, or write account = "{found}"', found=found)
        raise Unreadable(
            Sentence(
                "you are logged in to {found}, and the config means {account}; {hint}",
                found=found,
                account=keeper.account,
                hint=hint,
            )
        )


def _told(keeper: Keeper, used: Sequence[Table], token: Token, profile: Profile) -> str:
    lacking = [f"[{table.name}]" for table in used if table.scope not in token.scopes]
    told = Sentence("Logged in to {account}; the login is kept in {place}.", account=keeper.account, place=keeper.place)
    if lacking:
        told = Sentence(
            "{told}\nYou did not grant what {names} needs; it is not used until you log in again and do.",
            told=told,
            names=", ".join(lacking),
        )
    drafts = [(table.name, table.options) for table in used if isinstance(table.options, DraftsOptions)]
    for fact in filter(None, (sender(name, options, profile) for name, options in drafts)):
        concern = {"area": fact.area, "problem": fact.problem, "hint": fact.hint}
        told = Sentence("{told}\n[{area}] {problem}; {hint}.", told=told, **concern)
    return told
