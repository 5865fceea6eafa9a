"""A scripted Google, all of it ours: answers shaped as Google's reference of Gmail, Calendar and Tasks says.

It keeps what the emulator has nothing for: labels such as SCHEDULED, a search that is heeded (or not), addresses to send
from, a quota by units, entries that were moved, lists that are gone. Its clock moves only when somebody waits.
"""

from __future__ import annotations

import html
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .account import SCOPES
from .wire import Reply, Request, failed, said

UNITS = {
    ("GET", "profile"): 1, ("GET", "history"): 2, ("GET", "messages"): 5, ("GET", "messages/*"): 20, ("GET", "threads/*"): 40,
    ("GET", "drafts"): 5, ("GET", "drafts/*"): 20, ("POST", "drafts"): 10, ("PUT", "drafts/*"): 15, ("DELETE", "drafts/*"): 10,
    ("GET", "settings/sendAs"): 1,
}  # fmt: skip
"""What Gmail's requests cost in projects from May 2026 on (developers.google.com/workspace/gmail/api/reference/quota)."""
_GMAIL, _CALENDAR, _TASKS = "/gmail/v1/users/me/", "/calendar/v3/calendars/", "/tasks/v1/"
_NEVER = "2999-01-01T00:00:00Z"
_NONE_LEFT = (
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service "
    "'gmail.googleapis.com' for consumer 'project_number:1'."
)


class Clock:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def monotonic(self) -> float:
        """Return the time."""
        return self.now


@dataclass
class Mail:
    """A message of Gmail; the draft's id if it is one."""

    id: str
    thread: str
    labels: list[str]
    head: list[tuple[str, str]]
    at: datetime
    snippet: str = ""
    raw: bytes = b""
    draft: str = ""

    def header(self, name: str) -> str:
        """Return a header, or nothing."""
        return next((value for key, value in self.head if key.lower() == name.lower()), "")


@dataclass
class Scripted:
    """One account, and the server before it."""

    email: str = "camille@gmail.com"
    url: str = ""
    clock: Clock = field(default_factory=Clock)
    mails: list[Mail] = field(default_factory=list)
    """The oldest first; drafts, too."""
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"primary": []})
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of tasks, by id: title and tasks."""
    senders: list[dict[str, Any]] = field(default_factory=list)
    limit: int = 0
    """Units in a minute; 0: as many as one likes."""
    heeds: bool = True
    """Whether what is searched for is heeded."""
    as_stored: Callable[[bytes], bytes] = bytes
    """What becomes of a draft that is stored."""
    instead: list[Callable[[Request], Reply | None]] = field(default_factory=list)
    """Asked before all else; what returns a reply is the answer."""
    requests: list[Request] = field(default_factory=list)
    spent: int = 0
    errors: list[BaseException] = field(default_factory=list)
    _history: list[dict[str, Any]] = field(default_factory=list)
    _window: deque[tuple[float, int]] = field(default_factory=deque)
    _ids: Iterator[int] = field(default_factory=lambda: count(0x19A0000001))
    _lock: Lock = field(default_factory=Lock)

    # what the user and the world do

    def mail(self, labels: Sequence[str], at: datetime, *, thread: str = "", text: str = "", **head: str) -> Mail:
        """A mail is there from now on."""
        name = self._id()
        headers = [(key.replace("_", "-"), value) for key, value in head.items()]
        made = Mail(name, thread or name, list(labels), headers, at, text)
        self.mails.append(made)
        self.note("messagesAdded", made)
        return made

    def keep(self, message: Message, labels: Sequence[str], at: datetime) -> Mail:
        """Put a mail as it is into the mailbox."""
        texts = (part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/plain")
        made = self.mail(labels, at, text=html.escape(" ".join(next(texts, b"").decode().split())[:200]))
        made.head = [(name, str(value)) for name, value in message.items()]
        return made

    def meeting(self, title: str, start: date, end: date, people: Sequence[dict[str, Any]], **more: Any) -> str:
        """Put a meeting into the first calendar, of a whole day if the times are dates; return its id."""
        name = self._id()
        who = next((each for each in people if each.get("organizer")), {"self": True})
        times = {"start": _when(start), "end": _when(end), "updated": "2026-09-01T00:00:00.000Z", "status": "confirmed"}
        entry = {
            "id": name,
            "iCalUID": f"{name}@google.com",
            "summary": title,
            "attendees": list(people),
            **times,
            **more,
        }
        self.entries["primary"].append(
            {**entry, "organizer": {key: who[key] for key in ("email", "self") if key in who}}
        )
        return name

    def tasks(self) -> list[dict[str, Any]]:
        """Return the tasks of all lists, deleted ones, too."""
        return [task for each in self.lists.values() for task in each["tasks"]]

    def note(self, change: str, mail: Mail, labels: Sequence[str] = ()) -> None:
        """Write down in the history what happened to a mail."""
        told = {"id": mail.id, "threadId": mail.thread, "labelIds": list(mail.labels)}
        self._history.append({"id": self._id(), change: [{"message": told, "labelIds": list(labels)}]})

    def drafts(self) -> list[Mail]:
        """Return the drafts, the newest first."""
        return [mail for mail in reversed(self.mails) if mail.draft]

    def schedule(self, draft: Mail, at: datetime) -> Mail:
        """The user lets Gmail send a draft later: it is no draft any more, and not sent."""
        draft.draft, draft.labels, draft.at = "", ["SCHEDULED"], at
        return draft

    def send(self, mail: Mail, at: datetime) -> None:
        """It is sent."""
        mail.draft, mail.labels, mail.at = "", ["SENT"], at
        self.note("labelsAdded", mail, ["SENT"])

    def token_file(self, path: Path, *, scopes: Sequence[str] = SCOPES, **more: str) -> Path:
        """Write what a program keeps after a login."""
        kept = {
            "token": "tok",
            "refresh_token": "again",
            "client_id": "c",
            "client_secret": "s",
            "scopes": list(scopes),
        }
        content = {**kept, "token_uri": f"{self.url}/token", "expiry": _NEVER, "account": self.email, **more}
        path.write_text(json.dumps(content))
        path.chmod(0o600)
        return path

    def forget(self) -> None:
        """Forget what was asked and spent."""
        self.requests.clear()
        self.spent = 0

    # what programs ask

    def reply(self, request: Request) -> Reply:
        """Answer a request."""
        with self._lock:
            self.requests.append(request)
            reply = next((reply for each in self.instead if (reply := each(request))), None)
            return reply or self._spend(request) or self._done(request)

    def _spend(self, request: Request) -> Reply | None:
        path = unquote(request.path).removeprefix(_GMAIL)
        known = path if (request.method, path) in UNITS else f"{path.partition('/')[0]}/*"
        units = UNITS.get((request.method, known), 0) if request.path.startswith(_GMAIL) else 0
        while self._window and self.clock.now - self._window[0][0] >= 60:
            self._window.popleft()
        if self.limit and sum(each for _, each in self._window) + units > self.limit:
            return failed(403, "rateLimitExceeded", _NONE_LEFT)
        self._window.append((self.clock.now, units))
        self.spent += units
        return None

    def _done(self, request: Request) -> Reply:
        path = unquote(request.path)
        if path == "/token":
            return said({"access_token": "tok2", "expires_in": 3599, "token_type": "Bearer"})
        if path.startswith(_GMAIL):
            return self._gmail(request, path.removeprefix(_GMAIL))
        if path.startswith(_CALENDAR):
            name = path.removeprefix(_CALENDAR).removesuffix("/events")
            return said({"items": self.entries[name]}) if name in self.entries else failed(404)
        return self._tasks(request, path.removeprefix(_TASKS))

    def _gmail(self, request: Request, path: str) -> Reply:
        what, _, name = path.partition("/")
        if path == "profile":
            return said({"emailAddress": self.email, "historyId": self._point()})
        if path == "settings/sendAs":
            return said({"sendAs": self.senders}) if self.senders else failed(404)
        if path == "history":
            since = int(request.query["startHistoryId"], 16)
            records = [each for each in self._history if int(each["id"], 16) > since]
            return said({"historyId": self._point(), **({"history": records} if records else {})})
        if what == "threads":
            mails = [self._shown(mail, request) for mail in self.mails if mail.thread == name]
            return said({"id": name, "messages": mails}) if mails else failed(404)
        if what == "messages" and name:
            found = next((mail for mail in self.mails if mail.id == name), None)
            return said(self._shown(found, request)) if found else failed(404)
        if what == "messages":
            return self._list("messages", [mail for mail in reversed(self.mails) if not mail.draft], request)
        return self._drafts(request, name)

    def _list(self, what: str, mails: Sequence[Mail], request: Request) -> Reply:
        wanted = set(parse_qs(urlsplit(request.target).query).get("labelIds", ()))
        found = [mail for mail in mails if wanted <= {*mail.labels} and self._fits(mail, request.query.get("q", ""))]
        first, size = int(request.query.get("pageToken", 0)), int(request.query.get("maxResults", 100))
        more = {"nextPageToken": str(first + size)} if first + size < len(found) else {}
        page = found[first : first + size]
        if what == "drafts":
            return said({"drafts": [{"id": mail.draft, "message": _names(mail)} for mail in page], **more})
        return said({"messages": [_names(mail) for mail in page], **more})

    def _fits(self, mail: Mail, query: str) -> bool:
        """Tell whether a mail is searched for: by Message-ID, subject, or both of them in braces."""
        if not query or not self.heeds or query.startswith("after:"):
            return not query.startswith("after:") or mail.at.timestamp() >= int(query.removeprefix("after:"))
        ident, subject = re.search(r"rfc822msgid:([^\s}]+)", query), re.search(r'subject:"([^"]*)"', query)
        words = " ".join(re.findall(r"\w+", mail.header("Subject").lower()))
        return bool(
            (ident and mail.header("Message-ID").strip("<>") == ident[1])
            or (subject and subject[1] and subject[1] in words)
        )

    def _drafts(self, request: Request, name: str) -> Reply:
        if request.method == "GET" and not name:
            return self._list("drafts", self.drafts(), request)
        if request.method == "POST":
            made = Mail(self._id(), "", ["DRAFT"], [], datetime.now().astimezone(), draft=f"r-{self._id()}")
            self.mails.append(made)
            return self._store(made, request)
        found = next((mail for mail in self.mails if mail.draft == name), None)
        if found is None:
            return failed(404)
        if request.method == "DELETE":
            self.mails.remove(found)
            return Reply(204)
        if request.method == "PUT":
            found.id = self._id()
            return self._store(found, request)
        return said({"id": name, "message": self._shown(found, request)})

    def _store(self, draft: Mail, request: Request) -> Reply:
        raw = request.json["message"]["raw"]
        draft.raw = self.as_stored(urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
        mail: Message = message_from_bytes(draft.raw)
        draft.head = [(name, str(value)) for name, value in mail.items()]
        draft.thread = request.json["message"].get("threadId") or draft.thread or draft.id
        return said({"id": draft.draft, "message": {**_names(draft), "labelIds": ["DRAFT"]}})

    def _shown(self, mail: Mail, request: Request) -> dict[str, Any]:
        shown = {**_names(mail), "snippet": mail.snippet, "internalDate": str(int(mail.at.timestamp() * 1000))}
        shown |= {"labelIds": list(mail.labels)} if mail.labels else {}
        if request.query.get("format") == "raw":
            return {**shown, "raw": urlsafe_b64encode(mail.raw).decode().rstrip("=")}
        if request.query.get("format") == "minimal":
            return shown
        asked = parse_qs(urlsplit(request.target).query).get("metadataHeaders", [])
        head = [(name, value) for name, value in mail.head if not asked or name in asked]  # capitals matter here
        return {**shown, "payload": {"headers": [{"name": name, "value": value} for name, value in head]}}

    def _tasks(self, request: Request, path: str) -> Reply:
        if path == "users/@me/lists":
            if request.method == "POST":
                made = {"id": self._id(), "title": request.json["title"], "tasks": []}
                self.lists[made["id"]] = made
                return said({"id": made["id"], "title": made["title"]})
            return said({"items": [{"id": name, "title": each["title"]} for name, each in self.lists.items()]})
        _, name, _, task = [*path.split("/"), ""][:4]
        if name not in self.lists:
            return failed(400, "invalid", "Invalid task list ID")
        there = self.lists[name]["tasks"]
        if request.method == "POST":
            there.append({"id": self._id(), "status": "needsAction", **request.json})
            return said(there[-1])
        if not task:
            return said({"items": there})
        found = next((each for each in there if each["id"] == task), None)
        if found is None:
            return failed(404)
        if request.method == "DELETE":
            found["deleted"] = True
            return Reply(204)
        if request.method == "PATCH":
            found.update(request.json)
        return said(found)

    def _id(self) -> str:
        return f"{next(self._ids):x}"

    def _point(self) -> str:
        return self._history[-1]["id"] if self._history else "1"


def _when(when: date) -> dict[str, str]:
    return {"dateTime": when.isoformat()} if isinstance(when, datetime) else {"date": when.isoformat()}


def _names(mail: Mail) -> dict[str, str]:
    return {"id": mail.id, "threadId": mail.thread}


@contextmanager
def running() -> Iterator[Scripted]:
    """Run one for a test, on the loopback; whatever is asked of it, nothing is sent."""
    google = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _exchange(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.command, self.path, tuple(self.headers.items()), body)
            try:
                reply = google.reply(request)
            except Exception as error:  # noqa: BLE001 -- told when the test ends
                google.errors.append(error)
                reply = failed(500)
            request.status = reply.status
            self.wfile.write(reply.head + reply.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _exchange  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        google.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield google
        finally:
            server.shutdown()
            thread.join()
    assert not google.errors
    assert not [request.target for request in google.requests if request.path.endswith("/send")]
