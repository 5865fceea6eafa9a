"""Google: Gmail and Calendar as sources, Gmail drafts and Google Tasks as outputs. Nothing is ever sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from followup_rules import Context, Fact, HealthCheck, Login, Output, OutputType, Profile, Source, SourceType, hookimpl
from followup_rules.model import DRAFT, TASK
from followup_rules.sentences import Sentence

# This module is loaded at every run, and each method of a dataclass costs time then: none that nobody calls.


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GoogleOptions:
    """What every table that uses Google may say of the account."""

    account: str = field(default="", metadata={"help": "The Google account; left out, the first of `profile.me`."})
    client: Path | None = field(
        default=None,
        metadata={
            "help": "The file of your OAuth client, from the Google console; left out, `client.json` beside the token."
        },
    )
    token: Path | None = field(
        default=None,
        metadata={"help": "The file of the login, made by `followup auth google`; left out, in your data folder."},
    )
    keyring: bool = field(default=False, metadata={"help": "Keep the login in the system's keyring, in no file."})
    api_endpoint: str = field(
        default="", metadata={"help": "Another server than Google's, such as an emulator: `http://127.0.0.1:4000`."}
    )
    token_uri: str = field(default="", metadata={"help": "Where that server renews a login."})


class GmailOptions(GoogleOptions):
    """The config table of mail in Gmail."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CalendarOptions(GoogleOptions):
    """The config table of Google Calendar."""

    calendars: tuple[str, ...] = field(
        default=("primary",),
        metadata={"help": "The ids of the calendars to read, from their settings; `primary` is your own."},
    )
    days_ahead: int = field(default=180, metadata={"help": "How far into the future meetings are read, in days."})
    mine: bool = field(
        default=True,
        metadata={
            "help": "Whether they are your own; of shared or team calendars (`false`) no `#tags` and `#case:` are read."
        },
    )

    def __post_init__(self) -> None:
        """Check what the types cannot say."""
        if not self.calendars:
            raise ValueError(Sentence('`calendars` is empty; write calendars = ["primary"]'))
        if not 0 < self.days_ahead <= 3_650:
            raise ValueError(Sentence("`days_ahead` must be a number of days from 1 to 3650"))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DraftsOptions(GoogleOptions):
    """The config table of drafts in Gmail."""

    key_header: bool = field(
        default=True, metadata={"help": "Whether a draft carries a hash of its key, by which it is known once sent."}
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TasksOptions(GoogleOptions):
    """The config table of Google Tasks."""

    list: str = field(default="followup", metadata={"help": "The name of the task list; it is made if there is none."})

    def __post_init__(self) -> None:
        """Check what the types cannot say."""
        if not self.list or self.list != self.list.strip():
            raise ValueError(
                Sentence('`list` must be a name that neither begins nor ends with a space, such as "followup"')
            )


@hookimpl
def register_sources() -> list[SourceType]:
    """Add the sources `gmail` and `google-calendar`."""
    mail = Sentence("Mail that you sent with Gmail, and what came in the same conversations")
    meetings = Sentence("Meetings in Google Calendar")
    return [
        SourceType("gmail", mail, ("sent", "received"), GmailOptions, _mail),
        SourceType("google-calendar", meetings, ("meeting",), CalendarOptions, _calendar),
    ]


@hookimpl
def register_outputs() -> list[OutputType]:
    """Add the outputs `gmail-drafts` and `google-tasks`."""
    return [
        OutputType("gmail-drafts", Sentence("Drafts in Gmail"), (DRAFT,), DraftsOptions, _drafts),
        OutputType(
            "google-tasks", Sentence("Tasks in a list of their own in Google Tasks"), (TASK,), TasksOptions, _tasks
        ),
    ]


@hookimpl
def register_logins() -> list[Login]:
    """Add the login `google`."""
    return [Login("google", Sentence("Gmail, Google Calendar and Google Tasks"), _log_in)]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    """Add the health check `google`."""
    return [
        HealthCheck(
            "google", Sentence("What Google really answers for your account, with nothing private in it"), _examine
        )
    ]


# What stands behind these is imported only where a config uses it.


def _mail(options: GmailOptions, context: Context) -> Source:
    from followup_google.gmail import GmailSource  # noqa: PLC0415

    return GmailSource(options, context)


def _calendar(options: CalendarOptions, context: Context) -> Source:
    from followup_google.calendar import CalendarSource  # noqa: PLC0415

    return CalendarSource(options, context)


def _drafts(options: DraftsOptions, context: Context) -> Output:
    from followup_google.drafts import GmailDrafts  # noqa: PLC0415

    return GmailDrafts(options, context)


def _tasks(options: TasksOptions, context: Context) -> Output:
    from followup_google.tasks import GoogleTasks  # noqa: PLC0415

    return GoogleTasks(options, context)


def _examine(tables: Mapping[str, Any], profile: Profile, everything: bool) -> Iterable[Fact]:
    if not any(isinstance(options, GoogleOptions) for options in tables.values()):
        return ()
    from followup_google.health import examine  # noqa: PLC0415

    return examine(tables, profile, everything)


def _log_in(tables: Mapping[str, Any], profile: Profile, browser: bool) -> str:
    from followup_google.login import log_in  # noqa: PLC0415

    return log_in(tables, profile, browser=browser)
