"""The story of `examples/` with Google in place of files: the same meetings in the calendar, the same mails in Gmail.

Notes stay a file: Google has nothing for them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from tests.support.project import ROOT

from .account import SCOPES, Account

EXAMPLES = ROOT / "examples"
sys.path.insert(0, str(EXAMPLES))

import story  # noqa: E402 -- lies beside the data that it plays

_FILES = ("sources.calendar", "sources.sent", "outputs.drafts", "outputs.tasks")
_PLUGINS = dict(zip(_FILES, ("google-calendar", "gmail", "gmail-drafts", "google-tasks"), strict=True))


@dataclass
class Life:
    """Camille, who has everything at Google: an account, and a folder with config and notes."""

    google: Account
    folder: Path
    ids: dict[str, str] = field(default_factory=dict)
    """Of the meetings: the id at Google, and the UID that the same meeting has in the file."""
    _there: set[str] = field(default_factory=set)

    def set_up(self) -> Path:
        """Log in, and write the config: that of the examples, with Google's plugins; return it."""
        config = story.set_up(self.folder)
        self.google.token_file(self.folder / "token.json", scopes=SCOPES)
        tables = config.read_text(encoding="utf-8").split("\n[")
        config.write_text("\n[".join(self._at_google(table) for table in tables), encoding="utf-8")
        return config

    def _at_google(self, table: str) -> str:
        plugin = _PLUGINS.get(table.partition("]")[0])
        if plugin is None:
            return table
        options = {
            "plugin": plugin,
            "account": self.google.email,
            "token": "token.json",
            "api_endpoint": self.google.url,
        }
        return table.partition("]")[0] + "]\n" + "".join(f'{key} = "{value}"\n' for key, value in options.items())

    def turn_to(self, now: datetime) -> None:
        """Let the account hold what had been booked and sent by then, and the notes what had been noted."""
        story.turn_to(self.folder, now)
        for entry in _entries((self.folder / "examples" / "calendar.ics").read_bytes()):
            if self._is_new(f"{entry['UID']} {entry['DTSTART'].to_ical()!r}"):
                self._book(entry)
        for mail in sorted((self.folder / "examples" / "sent").glob("*.eml")):
            if self._is_new(mail.name):
                self._send(message_from_bytes(mail.read_bytes()))

    def _is_new(self, name: str) -> bool:
        new = name not in self._there
        self._there.add(name)
        return new

    def _book(self, entry: Mapping[str, Any]) -> None:
        if str(entry.get("STATUS", "")) == "CANCELLED":
            return  # the emulator lists no cancelled entries
        start, end = entry["DTSTART"].dt, entry["DTEND"].dt
        people = list(_attendees(entry, str(entry.get("ORGANIZER", ""))))
        name = self.google.meeting(
            str(entry["SUMMARY"]), start, end, people, description=str(entry.get("DESCRIPTION", ""))
        )
        self.ids[f"{name}@google.com"] = str(entry["UID"])

    def _send(self, mail: Message) -> None:
        self.google.keep(mail, ["SENT"], parsedate_to_datetime(str(mail["Date"])))


def _entries(calendar: bytes) -> Iterator[Mapping[str, Any]]:
    import icalendar  # noqa: PLC0415 -- only the story at Google needs them
    import recurring_ical_events  # noqa: PLC0415

    found = icalendar.Calendar.from_ical(calendar)
    yield from recurring_ical_events.of(found, keep_recurrence_attributes=True).between((2026, 9, 1), (2027, 1, 31))


def _attendees(entry: Mapping[str, Any], organizer: str) -> Iterator[dict[str, Any]]:
    listed = entry.get("ATTENDEE", [])
    for attendee in listed if isinstance(listed, list) else [listed]:
        room = attendee.params.get("CUTYPE") in ("ROOM", "RESOURCE")
        address = "c_1@resource.calendar.google.com" if room else str(attendee)[len("mailto:") :]
        yield {
            "email": address,
            "displayName": str(attendee.params.get("CN", "")),
            "responseStatus": str(attendee.params.get("PARTSTAT", "needsAction")).lower(),
            "organizer": str(attendee) == organizer,
            "self": address == "me@example.org",
        }
