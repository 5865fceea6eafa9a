"""A person's folder, played from instant to instant through the real command on real files.

What a story writes (`visit`, `mail`, `note`, `config`) lies in the folder until it is changed. `at` plays one tick
there: `followup plan`, `followup run` and, if that did anything, `followup plan` once more, with what must hold of any
tick: plan = run, a plan writes nothing, and a second run at the same instant would change nothing.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner, Result

from followup_rules.cli import cli
from tests.support import marks

ME = "camille@exemple.ca"
JULIE = "julie.roy@nordik.ca"
ASIDE = frozenset({"prepare", "debrief", "fit"})
"""Rules that only concern the user; most stories are not about them."""

CONFIG = """packs = ["interview"]
[profile]
me = ["camille@exemple.ca", "camille@monemploi.ca"]
my_domains = ["monemploi.ca"]
name = "Camille"
timezone = "America/Toronto"
holidays = "CA-QC"
language = "fr"
[sources.calendar]
plugin = "ics"
path = "calendar.ics"
[sources.sent]
plugin = "mailbox"
path = "sent"
[sources.notes]
plugin = "notes"
path = "notes.md"
[outputs.drafts]
plugin = "eml"
path = "out/drafts"
[outputs.tasks]
plugin = "todotxt"
path = "out/todo.txt"
[store]
path = "out/followup.db"
"""


def call(folder: Path, *arguments: str, config: str = "config.toml") -> Result:
    """Call the command in this folder; it must end with an exit code, never with an error of Python."""
    found = CliRunner().invoke(cli, ["--config", str(folder / config), *arguments])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


@dataclass(frozen=True)
class Tick:
    """What one tick said and did."""

    now: str
    exit: int
    changes: list[Mapping[str, Any]]
    decisions: list[Mapping[str, Any]]
    """Of all cases, as `plan` gives them."""
    problems: list[Mapping[str, Any]]
    bytes: str
    """What `plan --json` printed."""

    def rules(self, op: str = "create", *, aside: bool = False) -> list[str]:
        """Return the rules of the changes of one kind, sorted; those that concern only the user if asked for."""
        return sorted(c["rule"] for c in self.changes if c["op"] == op and (aside or c["rule"] not in ASIDE))

    def all(self, rule: str, op: str = "create") -> list[SimpleNamespace]:
        """Return the changes of one rule."""
        return [SimpleNamespace(**c) for c in self.changes if c["op"] == op and c["rule"] == rule]

    def the(self, rule: str, op: str = "create") -> SimpleNamespace:
        """Return the one change of a rule."""
        found = self.all(rule, op)
        assert len(found) == 1, f"{self.now}: {len(found)} of {op} {rule}: {self.changes}"
        return found[0]

    def states(self, rule: str, case: str = "") -> list[SimpleNamespace]:
        """Return the decisions of a rule, in the order of their keys."""
        return [SimpleNamespace(**d) for d in self.decisions if d["rule"] == rule and case in ("", d["case"])]

    def decision(self, rule: str, case: str = "", day: str = "") -> SimpleNamespace:
        """Return the one decision of a rule, for a case and a day if several."""
        found = [d for d in self.states(rule, case) if d.key.endswith(f"@{day}" if day else "")]
        assert len(found) == 1, f"{self.now}: {len(found)} decisions of {rule}: {found}"
        return found[0]

    def state(self, rule: str, case: str = "", day: str = "") -> str:
        """Return the state of the one decision of a rule."""
        return self.decision(rule, case, day).state

    @property
    def said(self) -> str:
        """All problems in one text, each with its place."""
        places = [f"{p['file']}:{p['line']}:{p['column']}: " if p["line"] else "" for p in self.problems]
        return "\n".join(f"{p['where']}: {place}{p['message']}" for p, place in zip(self.problems, places, strict=True))


@dataclass
class Story:
    """A folder with a calendar, sent mail, notes and a config, and what the person does in it."""

    folder: Path
    base: str = CONFIG
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    name: str = "config.toml"
    """Of the config file."""

    def __post_init__(self) -> None:
        (self.folder / "sent").mkdir(parents=True)
        (self.folder / "out").mkdir()
        self.config()
        self._write_calendar()
        self._write_notes()

    @property
    def zone(self) -> ZoneInfo:
        """The user's zone, as the config has it."""
        return ZoneInfo(re.search(r'(?m)^timezone = "(.*)"', (self.folder / self.name).read_text())[1])

    # -- what the person writes

    def config(self, more: str = "", **profile: object) -> None:
        """Write the config: the usual one with other values in the profile, and what the person adds to it."""
        text = self.base
        for key, value in profile.items():
            line = f"{key} = {json.dumps(value)}"
            text, found = re.subn(rf"(?m)^{key} = .*$", line, text)
            text = text if found else text.replace("[profile]\n", f"[profile]\n{line}\n")
        self.base = text
        (self.folder / self.name).write_text(text + more)

    def visit(self, ident: str = "I1", start: str = "", *who: str, minutes: int = 60, **fields: Any) -> None:
        """Write a calendar entry, or change one: `title`, `status`, `partstat`, `organizer`, ..."""
        entry = self.meetings.setdefault(ident, {"title": "Entrevue", "who": (JULIE,), "stamp": "2026-10-01 09:00"})
        if start:
            entry |= {"start": start, "minutes": minutes}
        if who:
            entry["who"] = who
        entry |= fields
        self._write_calendar()

    def unlist(self, ident: str) -> None:
        """Take an entry out of the calendar without a trace."""
        del self.meetings[ident]
        self._write_calendar()

    def mail(self, at: str, to: str, subject: str, body: str = "Bonjour,", **headers: str) -> None:
        """Put a mail into the sent folder; `id`, `answers` and `sender` are headers, others go by their own name."""
        message = EmailMessage()
        message["From"] = headers.pop("sender", ME)
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = datetime.fromisoformat(at).replace(tzinfo=self.zone)
        ident = headers.pop("id", re.sub(r"\D", "", at))
        message["Message-ID"] = f"<{ident}@exemple.ca>"
        if answered := headers.pop("answers", ""):
            message["In-Reply-To"] = message["References"] = f"<{answered}>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        (self.folder / "sent" / f"{ident}.eml").write_bytes(bytes(message))

    def note(self, line: str, heading: str = f"<{JULIE}>") -> None:
        """Append a note under a heading."""
        self.notes.setdefault(heading, []).append(line)
        self._write_notes()

    def edit_note(self, old: str, new: str) -> None:
        """Replace some words in the notes; nothing as `new` for a whole line takes the note away."""
        for heading, lines in self.notes.items():
            changed = [line.replace(old, new) for line in lines]
            self.notes[heading] = [line for line in changed if line]
        self._write_notes()

    def _write_notes(self) -> None:
        parts = [
            f"\n## {heading}\n" + "".join(f"- {line}\n" for line in lines) for heading, lines in self.notes.items()
        ]
        (self.folder / "notes.md").write_text("# Notes\n" + "".join(parts))

    def _write_calendar(self) -> None:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//story//EN"]
        for ident, entry in self.meetings.items():
            lines += self._entry(ident, entry)
        (self.folder / "calendar.ics").write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), newline="")

    def _entry(self, ident: str, entry: Mapping[str, Any]) -> Iterator[str]:
        start = datetime.fromisoformat(entry["start"])
        yield from ("BEGIN:VEVENT", f"UID:{entry.get('uid', ident)}")
        if stamp := entry["stamp"]:
            yield f"DTSTAMP:{self._utc(datetime.fromisoformat(stamp))}"
        if len(entry["start"]) == len("2026-11-09"):
            yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
        else:
            yield f"DTSTART:{self._utc(start)}"
            yield f"DTEND:{self._utc(start, entry['minutes'])}"
        if rule := entry.get("rrule"):
            yield f"RRULE:{rule}"
        if original := entry.get("recurrence"):
            yield f"RECURRENCE-ID:{self._utc(datetime.fromisoformat(original))}"
        yield f"SUMMARY:{entry['title']}"
        yield f"STATUS:{entry.get('status', 'CONFIRMED')}"
        if description := entry.get("description"):
            yield f"DESCRIPTION:{description}"
        if organizer := entry.get("organizer"):
            yield f"ORGANIZER:mailto:{organizer}"
        yield f"ATTENDEE;PARTSTAT={entry.get('partstat', 'ACCEPTED')}:mailto:{ME}"
        yield from (f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{one}" for one in entry["who"])
        yield "END:VEVENT"

    def _utc(self, local: datetime, minutes: int = 0) -> str:
        moment = local.replace(tzinfo=self.zone).astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)
        return f"{moment:%Y%m%dT%H%M%SZ}"

    # -- one tick

    def at(self, now: str) -> Tick:
        """Play one tick."""
        before = self._files()
        planned = self.call("plan", "--now", now, "--json")
        written = {name for name, content in self._files().items() if before.get(name) != content}
        assert not written, f"{now}: plan wrote {written}"
        ran = self.call("run", "--now", now, "--json")
        plan, run = json.loads(planned.stdout), json.loads(ran.stdout)
        assert _bare(plan["changes"]) == _bare(run["changes"]), f"{now}: plan and run differ: {ran.stderr}"
        assert planned.exit_code == ran.exit_code, f"{now}: {planned.stderr} {ran.stderr}"
        of_all = {d["key"]: d for d in plan["decisions"]}
        differ = [(d, of_all.get(d["key"])) for d in run["decisions"] if of_all.get(d["key"]) != d]
        assert not differ, f"{now}: plan and run decide differently: {differ}"
        again = run["changes"] and json.loads(self.call("plan", "--now", now, "--json").stdout)["changes"]
        assert again == [], f"{now}: a second run at the same instant would do something"
        return Tick(now, ran.exit_code, run["changes"], plan["decisions"], run["problems"], planned.stdout)

    def run(self, now: str) -> Result:
        """Run as cron does, with what a person would read."""
        return self.call("run", "--now", now)

    def call(self, *arguments: str) -> Result:
        """Call the command with the config of this folder."""
        return call(self.folder, *arguments, config=self.name)

    def every(self, hours: int, start: str, end: str) -> list[Tick]:
        """Play ticks from `start` on, so many hours apart, and one at `end`."""
        moment, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
        ticks = []
        while moment < last:
            ticks.append(self.at(moment.isoformat()))
            moment += timedelta(hours=hours)
        return [*ticks, self.at(end)]

    def _files(self) -> dict[str, bytes]:
        return {str(file): file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file()}

    # -- the outputs, and the user's hand in them

    def drafts(self) -> dict[str, EmailMessage]:
        """Return the drafts in the folder by their key."""
        read = [
            (file, email.message_from_bytes(file.read_bytes(), policy=email.policy.default)) for file in self._drafts()
        ]
        return {self._key(message): message for _, message in read}

    def draft_file(self, rule: str) -> Path:
        """Return the file of the one draft of a rule."""
        found = [
            f for f in self._drafts() if self._key(email.message_from_bytes(f.read_bytes())).startswith(f"{rule}/")
        ]
        assert len(found) == 1, found
        return found[0]

    def _key(self, message: Any) -> str:
        return marks.carried(message, self.folder / "out/followup.db")

    def _drafts(self) -> list[Path]:
        return sorted((self.folder / "out/drafts").glob("*.eml"))

    @property
    def todo(self) -> Path:
        """The file of the tasks."""
        return self.folder / "out/todo.txt"

    def tasks(self, *, aside: bool = False) -> list[str]:
        """Return the keys of the open tasks."""
        lines = self.todo.read_text().splitlines() if self.todo.exists() else []
        keys = [re.search(r"\bfr:(\S+)", line)[1] for line in lines if not line.startswith("x ") and "fr:" in line]
        return sorted(key for key in keys if aside or key.partition("/")[0] not in ASIDE)

    def outstanding(self) -> list[str]:
        """Return the keys of all drafts and open tasks."""
        return sorted([*self.drafts(), *self.tasks()])

    def tick_off(self, rule: str, day: str) -> None:
        """Mark a task as done, as todo.txt programs do."""
        self._change_tasks(rule, lambda line: [f"x {day} {line}"])

    def delete_task(self, rule: str) -> None:
        """Delete the line of a task."""
        self._change_tasks(rule, lambda _: [])

    def _change_tasks(self, rule: str, change: Any) -> None:
        lines = self.todo.read_text().splitlines()
        assert any(f"fr:{rule}/" in line for line in lines), lines
        kept = [new for line in lines for new in (change(line) if f"fr:{rule}/" in line else [line])]
        self.todo.write_text("".join(f"{line}\n" for line in kept))

    def rewrite_draft(self, rule: str, words: str) -> None:
        """Write something into the body of a draft."""
        file = self.draft_file(rule)
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        message.set_content(f"{message.get_content()}\n{words}\n")
        file.write_bytes(bytes(message))


def body(message: EmailMessage) -> str:
    """Return the text of a draft."""
    return message.get_body(("plain",)).get_content()


def local_day(moment: str) -> date:
    """Return the date of an instant as the command prints it, which is the user's."""
    return datetime.fromisoformat(moment).date()


def _bare(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in change.items() if k != "ref"} for change in changes]
