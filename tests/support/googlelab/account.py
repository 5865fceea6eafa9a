"""What one user of Google has, and what the user and the world do there, never through the plugin."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from .emulator import Emulator
from .faults import Fault
from .gateway import Gateway
from .tasks_stub import COMPLETED
from .wire import Request, forward

SCOPES = tuple(
    f"https://www.googleapis.com/auth/{name}"
    for name in ("gmail.readonly", "gmail.compose", "calendar.events.readonly", "tasks")
)
CLIENT = {"client_id": "followup-tests.apps.googleusercontent.com", "client_secret": "not-secret"}
_GMAIL = "/gmail/v1/users/me"
_CALENDAR = "/calendar/v3/calendars"
_NEVER = "2999-01-01T00:00:00Z"
_LONG_AGO = "2001-01-01T00:00:00Z"


@dataclass(frozen=True)
class Mail:
    """A mail that lies at Google."""

    id: str
    thread: str
    message: EmailMessage
    draft: str = ""
    """The draft's id, if it is one: it stays the same when the draft is edited."""

    @property
    def message_id(self) -> str:
        """The header, with its brackets."""
        return self.message["Message-ID"]

    @property
    def text(self) -> str:
        """The plain text."""
        body = self.message.get_body(("plain",))
        return body.get_content() if body else ""


@dataclass
class Account:
    """One user, whose program uses `url`; what is done here goes to the emulator, where no fault can strike it."""

    gateway: Gateway
    email: str
    token: str

    @property
    def url(self) -> str:
        """Where the APIs are, for `api_endpoint`."""
        return self.gateway.url

    @property
    def requests(self) -> list[Request]:
        """What the user's program asked since the start, or the last `forget`; also without a token that is good."""
        return [each for each in self.gateway.requests if each.user in ("", self.email)]

    def forget(self) -> None:
        """Forget what was asked."""
        self.gateway.requests.clear()

    def asked(self, method: str = "", path: str = "") -> list[Request]:
        """Return the requests with this method and this end of their path."""
        return [each for each in self.requests if method in ("", each.method) and each.path.endswith(path)]

    def fault(self, fault: Fault, method: str = "*", path: str = "*", *, nth: int | None = 1) -> None:
        """Let the gateway misbehave at the n-th request with this method and path; None: at each."""
        self.gateway.fault(fault, method, path, nth=nth)

    def heal(self) -> None:
        """Let it behave."""
        self.gateway.heal()

    # mail

    def sent(self, to: str | Sequence[str], subject: str, text: str, at: datetime, **more: str) -> Mail:
        """The user sent a mail. `more`: thread, message_id, in_reply_to, references, and headers such as Cc."""
        return self._mail(["SENT"], {"From": self.email, "To": _line(to)}, subject, text, at, **more)

    def received(self, from_: str, subject: str, text: str, at: datetime, **more: str) -> Mail:
        """The user received a mail; `more` as above, and To."""
        addresses = {"From": from_, "To": more.pop("To", self.email)}
        return self._mail(["INBOX", "UNREAD"], addresses, subject, text, at, **more)

    def sent_mails(self) -> list[Mail]:
        """Return what was sent, the newest first."""
        listed = self._ask("GET", f"{_GMAIL}/messages", labelIds="SENT", maxResults=500).get("messages", [])
        return [_mail(self._ask("GET", f"{_GMAIL}/messages/{each['id']}", format="raw")) for each in listed]

    def trash(self, mail: str) -> None:
        """The user threw a mail away."""
        self._ask("POST", f"{_GMAIL}/messages/{mail}/trash")

    def label(self, mail: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """A mail got labels, or lost some."""
        content = {"addLabelIds": list(add), "removeLabelIds": list(remove)}
        self._ask("POST", f"{_GMAIL}/messages/{mail}/modify", content=content)

    # drafts

    def drafts(self) -> list[Mail]:
        """Return the drafts, the newest first."""
        listed = self._ask("GET", f"{_GMAIL}/drafts", maxResults=500).get("drafts", [])
        return [self.draft(each["id"]) for each in listed]

    def draft(self, draft: str) -> Mail:
        """Return one draft."""
        found = self._ask("GET", f"{_GMAIL}/drafts/{draft}", format="raw")
        return _mail(found["message"], draft=found["id"])

    def write_draft(self, to: str, subject: str, text: str, *, thread: str = "") -> Mail:
        """The user began a mail."""
        message = _message({"From": self.email, "To": to, "Subject": subject}, text)
        made = self._ask("POST", f"{_GMAIL}/drafts", content={"message": _raw(message, thread)})
        return self.draft(made["id"])

    def edit_draft(self, draft: str, text: str) -> None:
        """The user changed the text of a draft."""
        kept = self.draft(draft)
        kept.message.set_content(text)
        self.save_draft(kept)

    def save_draft(self, kept: Mail) -> None:
        """The user's program saved a draft as it is now."""
        self._ask("PUT", f"{_GMAIL}/drafts/{kept.draft}", content={"message": _raw(kept.message, kept.thread)})

    def keep_draft(self, draft: Mail) -> None:
        """The user's program made a new draft of this mail."""
        self._ask("POST", f"{_GMAIL}/drafts", content={"message": _raw(draft.message, draft.thread)})

    def delete_draft(self, draft: str) -> None:
        """The user discarded a draft."""
        self._ask("DELETE", f"{_GMAIL}/drafts/{draft}")

    def send_draft(self, draft: str, at: datetime, *, without: Iterable[str] = ()) -> Mail:
        """The user sent a draft: as with Gmail it gets another id, date and Message-ID, and may lose headers."""
        kept = self.draft(draft)
        self.delete_draft(draft)
        for name in ("Date", "Message-ID", *without):
            del kept.message[name]
        return self._store(["SENT"], kept.message, at, kept.thread)

    # calendar

    def meeting(
        self,
        title: str,
        start: date,
        end: date,
        people: Iterable[str | Mapping[str, Any]] = (),
        *,
        calendar: str = "primary",
        **more: Any,
    ) -> str:
        """Put a meeting into the calendar, of a whole day if the times are dates; return its id."""
        attendees = [{"email": each} if isinstance(each, str) else dict(each) for each in people]
        content = {"summary": title, "start": _when(start), "end": _when(end), "attendees": attendees, **more}
        return self._ask("POST", f"{_CALENDAR}/{calendar}/events", content=content)["id"]

    def delete_meeting(self, meeting: str, *, calendar: str = "primary") -> None:
        """Take a meeting out of the calendar."""
        self._ask("DELETE", f"{_CALENDAR}/{calendar}/events/{meeting}")

    # tasks

    def tasks(self) -> list[dict[str, Any]]:
        """Return the tasks of all lists, hidden and deleted ones, too."""
        return [each.view(task) for each in self._lists for task in each.tasks]

    def task(self, task: str) -> dict[str, Any]:
        """Return one task."""
        return next(each for each in self.tasks() if each["id"] == task)

    def tick_task(self, task: str, at: datetime) -> None:
        """The user ticked a task in Google's app: it is done, and hidden."""
        self.edit_task(task, status=COMPLETED, completed=at.isoformat())
        self._task(task)["hidden"] = True

    def edit_task(self, task: str, **fields: Any) -> None:
        """The user changed a task."""
        self.gateway.tasks.change(self._task(task), fields)

    def delete_task(self, task: str) -> None:
        """The user deleted a task."""
        self.edit_task(task, deleted=True)

    # access

    def token_file(self, path: Path, *, scopes: Sequence[str] = SCOPES, expired: bool = False) -> Path:
        """Write what a program keeps after the user consented; only the user may read it."""
        answer = self._granted(scopes)
        content = CLIENT | {
            "token": answer["access_token"],
            "refresh_token": answer["refresh_token"],
            "token_uri": f"{self.url}/oauth2/token",
            "scopes": list(scopes),
            "expiry": _LONG_AGO if expired else _NEVER,
        }
        return _private(path, content)

    def client_file(self, path: Path) -> Path:
        """Write what Google's console gives to download for a desktop app."""
        places = {"auth_uri": f"{self.url}/o/oauth2/v2/auth", "token_uri": f"{self.url}/oauth2/token"}
        return _private(path, {"installed": {**CLIENT, **places, "redirect_uris": ["http://localhost"]}})

    def consent(self, page: str) -> str:
        """The user agrees on the page to which a program led; return the address to which the browser goes then."""
        fields = {"email": self.email, **dict(parse_qsl(urlsplit(page).query))}
        form = {"Host": "localhost", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode()
        form["Content-Length"] = str(len(body))
        reply = forward(self._emulator.url, Request("POST", "/o/oauth2/v2/auth/callback", tuple(form.items()), body))
        return next(value for name, value in reply.headers if name.lower() == "location")

    def revoke(self, token: str) -> None:
        """Let a token, of access or for refreshing, be worth nothing."""
        self._ask("POST", "/oauth2/revoke", content={"token": token})

    @property
    def _emulator(self) -> Emulator:
        return self.gateway.emulator

    @property
    def _lists(self) -> Any:
        return self.gateway.tasks.lists(self.email)

    def _task(self, task: str) -> dict[str, Any]:
        return next(each for found in self._lists for each in found.tasks if each["id"] == task)

    def _ask(self, method: str, path: str, **what: Any) -> Any:
        return self._emulator.ask(method, path, token=self.token, **what)

    def _granted(self, scopes: Sequence[str]) -> Mapping[str, Any]:
        place = "http://localhost"
        asked = urlencode({"redirect_uri": place, "scope": " ".join(scopes), "client_id": CLIENT["client_id"]})
        code = parse_qs(urlsplit(self.consent(f"{self.url}/?{asked}")).query)["code"][0]
        fields = {**CLIENT, "grant_type": "authorization_code", "code": code, "redirect_uri": place}
        return self._emulator.ask("POST", "/oauth2/token", content=fields)

    def _mail(
        self,
        labels: Sequence[str],
        addresses: Mapping[str, str],
        subject: str,
        text: str,
        at: datetime,
        *,
        thread: str = "",
        message_id: str = "",
        in_reply_to: str = "",
        references: str = "",
        **headers: str,
    ) -> Mail:
        links = {"Message-ID": message_id, "In-Reply-To": in_reply_to, "References": references}
        message = _message({**addresses, "Subject": subject, **links, **headers}, text)
        return self._store(labels, message, at, thread)

    def _store(self, labels: Sequence[str], message: EmailMessage, at: datetime, thread: str) -> Mail:
        message["Date"] = format_datetime(at)
        return self.keep(message, labels, at, thread)

    def keep(self, message: EmailMessage, labels: Sequence[str], at: datetime, thread: str = "") -> Mail:
        """Put a mail as it is into the mailbox."""
        if "Message-ID" not in message:
            message["Message-ID"] = make_msgid(domain="mail.gmail.com")
        moment = str(int(at.astimezone(UTC).timestamp() * 1000))
        content = {**_raw(message, thread), "labelIds": list(labels), "internalDate": moment}
        made = self._ask("POST", f"{_GMAIL}/messages", content=content)
        return Mail(made["id"], made["threadId"], message)


def _message(headers: Mapping[str, str], text: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    for name, value in headers.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def _raw(message: EmailMessage, thread: str) -> dict[str, str]:
    content = {"raw": urlsafe_b64encode(message.as_bytes()).decode()}
    return content | ({"threadId": thread} if thread else {})


def _mail(found: Mapping[str, Any], *, draft: str = "") -> Mail:
    raw = found["raw"]
    content = urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    return Mail(found["id"], found["threadId"], BytesParser(policy=SMTP).parsebytes(content), draft)


def _line(to: str | Sequence[str]) -> str:
    return to if isinstance(to, str) else ", ".join(to)


def _when(when: date) -> dict[str, str]:
    return {"dateTime": when.isoformat()} if isinstance(when, datetime) else {"date": when.isoformat()}


def _private(path: Path, content: Mapping[str, Any]) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
    return path
