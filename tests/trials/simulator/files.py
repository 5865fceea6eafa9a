"""The simulated world as files, and the product run on them with its own plugins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from followup_rules.config.read import read_config
from followup_rules.store.store import open_store
from followup_rules.tick.run import Report, preview, run

from . import setting
from .session import copied
from .world import ME, Mail, Meeting, Note, Picture, World

LONG_AGO = Mail(id="long-ago@elsewhere.org", employer="", at=datetime(2020, 1, 6, 12, tzinfo=UTC), outgoing=True,
                other="zoe@elsewhere.org", subject="Bonne annee")  # fmt: skip


def write(folder: Path, picture: Picture) -> None:
    """Write a picture as a calendar, a folder of mail and a file of notes.

    A mail of mine from long ago lies there, too: mail of others alone would not show what I sent.
    """
    (folder / "mail").mkdir(exist_ok=True)
    (folder / "mail/long-ago.eml").write_bytes(bytes(_message(LONG_AGO)))
    entries = [line for meeting in picture.meetings.values() for line in _entry(meeting)]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//simulator//EN", *entries, "END:VCALENDAR", ""]
    (folder / "calendar.ics").write_text("\r\n".join(lines), newline="")
    (folder / "notes.md").write_text("\n".join(_lines(picture)))
    for mail in picture.mails.values():
        file = folder / "mail" / f"{mail.id}.eml"
        if not file.exists():
            file.write_bytes(bytes(_message(mail)))


def spoil(folder: Path, failing: Iterable[str]) -> None:
    """Leave files as programs do that are interrupted, or moved them: a calendar cut, notes emptied, mail gone."""
    for name in failing:
        if name == "calendar":
            content = (folder / "calendar.ics").read_bytes()
            (folder / "calendar.ics").write_bytes(content[: len(content) // 2])
        elif name == "notes":
            (folder / "notes.md").write_bytes(b"")
        else:
            (folder / "mail").rename(folder / "mail-elsewhere")


def mend(folder: Path) -> None:
    """Put back what was moved away; the files are written anew."""
    if (folder / "mail-elsewhere").exists():
        (folder / "mail-elsewhere").rename(folder / "mail")


def _entry(meeting: Meeting) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{meeting.uid}", f"DTSTAMP:{_utc(meeting.stamp)}")
    yield from (f"DTSTART:{_utc(meeting.start)}", f"DTEND:{_utc(meeting.end)}", f"SUMMARY:{meeting.title}")
    yield f"STATUS:{'CANCELLED' if meeting.status == 'cancelled' else 'CONFIRMED'}"
    if meeting.label:
        yield f"DESCRIPTION:#case:{meeting.label}"
    yield f"ATTENDEE;PARTSTAT={'DECLINED' if meeting.status == 'declined' else 'ACCEPTED'}:mailto:{ME}"
    yield from (f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{person}" for person in meeting.people)
    yield "END:VEVENT"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _lines(picture: Picture) -> Iterator[str]:
    yield "# Notes"
    for note in picture.notes.values():
        yield f"\n## {f'<{note.address}>' if note.address else note.heading}\n"
        yield f"- {' '.join(_words(note))}"
    yield ""


def _words(note: Note) -> Iterator[str]:
    if note.ticked:
        yield "[x]"
    if note.day:
        yield str(note.day)
    if note.clock:
        yield f"{note.clock:%H:%M}"
    yield f"#{note.tag}"
    if note.label:
        yield f"#case:{note.label}"
    yield note.text
    yield from (f"{name}:{value}" for name, value in note.pairs)


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = (ME, mail.other) if mail.outgoing else (mail.other, ME)
    message["Subject"], message["Date"], message["Message-ID"] = mail.subject, mail.at, f"<{mail.id}>"
    if mail.answers:
        message["In-Reply-To"] = f"<{mail.answers}>"
        message["References"] = f"<{mail.thread}> <{mail.answers}>"
    if mail.key:
        message["X-Followup-Key"] = mail.key
    message.set_content(mail.text)
    return message


class FileSession:
    """A folder in which the product runs as it does at home."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self._open = ExitStack()
        self.store = self._open.enter_context(open_store(folder / "followup.db"))

    def close(self) -> None:
        """End: close the store."""
        self._open.close()

    def both(self) -> tuple[Report, Report]:
        """Write the files as they are now, plan and run."""
        mend(self.folder)
        write(self.folder, self.world.picture)
        spoil(self.folder, self.world.failing)
        for name, text in setting.files(self.world.knobs).items():
            (self.folder / name).write_text(text)
        config = read_config(self.folder / "config.toml")
        assert not config.problems, config.problems
        with copied(self.store) as copy:
            planned = preview(config, copy, self.world.clock)
        return planned, run(config, self.store, self.world.clock)
