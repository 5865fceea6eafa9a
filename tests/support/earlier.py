"""A life with an earlier version of followup, from which the stores in tests/data/stores were made.

    python -m tests.support.earlier TREE tests/data/stores/COMMIT

plays it with the code of a commit that lies in the folder TREE (`git worktree add TREE COMMIT`), and keeps the folder
with its store as SQL. Each later change of what is read, of ids or of keys adds the store of the commit before it.
"""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from tests.support.storybook import Story

LABEL = """
[case.gala]
people = ["nadia@agencex.ca"]
words = ["gala"]
[rule.prepare]
enabled = false
[rule.debrief]
enabled = false
[rule.fit]
enabled = false
[rule.parcel]
on = "#parcel"
passes = ["quiet-period"]
do = [
  { type = "draft", title = "A parcel", text = "The {{ it.title }} is on its way.", to = "them" },
  { type = "task", title = "Find a box for the {{ it.title }}" },
]
"""
LAST = "2026-11-11T16:00"
"""The last run of the earlier version."""


class Life(Story):
    """A folder in which an earlier version runs."""

    tree = Path()

    def earlier(self, now: str) -> None:
        """Run the earlier version. Raises CalledProcessError if it fails."""
        path = os.pathsep.join([str(self.tree), str(self.tree / "plugins")])
        command = [sys.executable, "-m", "followup_rules", "--config", "config.toml", "run", "--now", now]
        subprocess.run(command, cwd=self.folder, env={**os.environ, "PYTHONPATH": path}, check=True)

    def nameless(self, name: str, at: str, to: str, subject: str, body: str) -> None:
        """Send a mail without Message-ID."""
        self.mail(at, to, subject, body, id=name)
        file = self.folder / "sent" / f"{name}.eml"
        file.write_text(re.sub(r"Message-ID: .*\n", "", file.read_text()))

    def draft_to(self, words: str) -> Path:
        """Return the file of the one draft in which these words stand."""
        (found,) = [file for file in self._drafts() if words in file.read_text()]
        return found

    def send(self, words: str, at: str) -> None:
        """Send a draft as a mail program does; a later version may have made none to a stranger."""
        if not any(words in file.read_text() for file in self._drafts()):
            return
        file = self.draft_to(words)
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        del message["X-Unsent"], message["Date"]
        message["Date"] = datetime.fromisoformat(at).replace(tzinfo=self.zone)
        (self.folder / "sent" / f"sent-{re.sub(r'[^0-9]', '', at)}.eml").write_bytes(bytes(message))
        file.unlink()


def october(life: Life) -> None:
    """An interview that was thanked for; promises that were kept; a call that was made."""
    life.earlier("2026-10-25T08:00")
    life.visit("A", "2026-10-26 10:00", "anne@alpha.ca")
    life.earlier("2026-10-26T12:00")
    life.send("anne@alpha.ca", "2026-10-26 18:00")
    for line in ("2026-10-26 14:00 #promise The frisbee address", "2026-10-26 14:00 #promise The plan"):
        life.note(line, "<anne@alpha.ca>")
    life.note("28 oct. 2026 #promise The report", "<anne@alpha.ca>")
    life.earlier("2026-10-27T09:00")
    life.mail("2026-10-28 09:00", "anne@alpha.ca", "The frisbee address", "Here it is: the frisbee shop")
    life.send("The report", "2026-10-28 10:00")
    life.note("2026-10-29 #kept the plan", "<anne@alpha.ca>")
    life.earlier("2026-10-29T12:00")
    life.earlier("2026-11-05T10:00")
    life.tick_off("follow-up-call", "2026-11-05")
    life.earlier("2026-11-05T18:00")


def ninth(life: Life) -> None:
    """Ten interviews on one day, one that was missed before it, and one to come."""
    life.visit("K", "2026-11-01 15:00", "kim@kilo.ca")
    for ident, who in (("B", "bea@bravo.ca"), ("C", "carl@charlie.ca"), ("D", "dora@delta.ca"), ("H", "hugo@hotel.ca"),
                       ("M", "max@mike.ca"), ("P", "pat@papa.ca"), ("T", "tina@tango.ca"), ("V", "vic@victor.ca")):  # fmt: skip
        life.visit(ident, "2026-11-09 09:00", who)
    life.visit("G", "2026-11-09 14:00", "nadia@agencex.ca", title="Interview gala")
    life.visit("E", "2026-11-16 11:00", "eve@echo.ca")
    for ident, who in (("N", "nell@nova.ca"), ("O", "oz@oscar.ca")):
        life.visit(ident, "2026-11-09 08:00", who, partstat="NEEDS-ACTION", organizer=who)
    life.earlier("2026-11-09T17:00")
    draft = life.draft_to("carl@charlie.ca")
    draft.write_text(f"{draft.read_text()}\nIn my own words.\n")
    for who in ("dora@delta.ca", "hugo@hotel.ca"):
        life.draft_to(who).unlink()
    quoted = "-----Original Message-----\nFrom: Max <max@mike.ca>\nSent: Monday, November 9, 2026 9:00 AM"
    life.mail("2026-11-09 18:10", "max@mike.ca", "Papers", f"See below.\n\n{quoted}\n\nThank you for your time today\n")
    life.mail("2026-11-09 18:11", "vic@victor.ca", "Re: Thank you for your application", "My papers.", answers="x@v.ca")
    life.mail("2026-11-09 18:12", "tina@tango.ca", "Papers", "Thank you for the invitation to interview.")
    life.send("nell@nova.ca", "2026-11-09 18:20")
    life.send("pat@papa.ca", "2026-11-09 18:21")
    life.nameless("nameless-1", "2026-11-09 19:00", "nadia@agencex.ca", "Thank you", "Thank you for the interview.")
    life.visit("E", status="CANCELLED", stamp="2026-11-09 18:00")
    life.unlist("P")


def notes(life: Life) -> None:
    """Equal notes, undated ones, some under labels, and what was not understood."""
    for line in ("2026-11-09 20:00 #fix-answer Kanban", "2026-11-09 20:00 #fix-answer Kanban",
                 "2026-11-09 20:00 #promise The budget", "2026-11-09 20:00 #promise The photos",
                 "#promise The undated poem", "#promise The undated song",
                 "10 nov. 2026 #promise The drawing"):  # fmt: skip
        life.note(line, "<bea@bravo.ca>")
    life.note("2026-11-10 #announced on:2026-11-24", "<carl@charlie.ca>")
    life.note("2026-11-10 #promise The list", "gala")
    life.note("#skill-gap Undated, under a label", "gala")
    life.note("2026-11-10 #snooze until:2026-11-30", "<hugo@hotel.ca>")
    life.earlier("2026-11-09T20:30")
    life.earlier("2026-11-10T10:00")
    life.edit_note("2026-11-09 20:00 #promise The photos", "[x] 2026-11-09 20:00 #promise The photos")
    life.nameless("nameless-2", "2026-11-11 10:00", "hugo@hotel.ca", "One more thing", "I thought of something.")
    life.earlier("2026-11-11T12:00")
    life.nameless("nameless-3", "2026-11-11 15:00", "bea@bravo.ca", "The undated poem", "As promised: the undated poem")


def lists(life: Life) -> None:
    """Four parcels: for one nothing was done, for two one of two things, for one both; since version 8 of the store."""
    for what, who in (("globe", "bea@bravo.ca"), ("lamp", "carl@charlie.ca"), ("vase", "dora@delta.ca"),
                      ("vane", "max@mike.ca")):  # fmt: skip
        life.note(f"2026-11-11 12:30 #parcel {what}", f"<{who}>")
    life.earlier("2026-11-11T13:00")
    life.send("The lamp is on its way", "2026-11-11 13:10")
    life.send("The vase is on its way", "2026-11-11 13:11")
    lines = life.todo.read_text().splitlines()
    ticked = [f"x 2026-11-11 {line}" if "box for the va" in line else line for line in lines]
    life.todo.write_text("".join(f"{line}\n" for line in ticked))
    life.earlier("2026-11-11T13:30")


def keep(folder: Path, place: Path) -> None:
    """Keep a folder with its store as SQL, without what is true on this machine alone: it was read from elsewhere."""
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns("followup.db*"))
    with closing(sqlite3.connect(folder / "out/followup.db")) as store:
        (version,) = store.execute("pragma user_version").fetchone()
        store.execute("update source set cursor = ''")
        if version > 1:
            store.execute("update state set body = json_remove(body, '$.config', '$.sources', '$.outputs')")
        lines = [*store.iterdump(), f"pragma user_version = {version};", ""]
        (place / "store.sql").write_text(re.sub(r"X'([0-9A-F]*)'", _readable, "\n".join(lines)))


def _readable(blob: re.Match[str]) -> str:
    """Return a blob that holds text as such."""
    text = bytes.fromhex(blob[1]).decode().replace("'", "''")
    return f"cast('{text}' as blob)"


def lay_out(sample: Path, folder: Path) -> None:
    """Make the folder anew that a sample was kept of."""
    shutil.copytree(sample, folder)
    with closing(sqlite3.connect(folder / "out/followup.db")) as store:
        store.executescript((folder / "store.sql").read_text(encoding="utf-8"))
    (folder / "store.sql").unlink()
    (folder / "out/followup.db").chmod(0o600)


def main(tree: str, place: str) -> None:
    """Play the life, and keep it."""
    with tempfile.TemporaryDirectory() as scratch:
        life = Life(Path(scratch) / "life")
        life.tree = Path(tree).resolve()
        life.config(LABEL, language="en")
        october(life)
        ninth(life)
        notes(life)
        lists(life)
        life.earlier(LAST)
        keep(life.folder, Path(place))


if __name__ == "__main__":
    main(*sys.argv[1:])
