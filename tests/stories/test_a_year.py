"""A year of one person's life, in which the setting changes under what is still open: nothing is doubled or lost.

A new laptop, a new mail provider, a renamed config, a move from Montréal to Paris, and a copy of the store put back.
docs/reliability.md shows the table that comes of it.
"""

import email
import email.policy
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

import pytest

from tests.support.project import ROOT
from tests.support.storybook import JULIE, Story

PAUL, EVE, ANNE = "paul@boreal.ca", "eve@echo.ca", "anne@acier.fr"
HEAD = ("when", "what changed", "made", "brought up to date", "held", "left as it lay", "told")


@dataclass
class Year(Story):
    """A person's folder, in which each change of the setting becomes a row of the table."""

    made: list[str] = field(default_factory=list)
    """The keys of all that was made, in order."""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    outputs: tuple[str, str] = ("out/drafts", "out/todo.txt")

    def tick(self, now):
        """Play one tick; nothing that was made is made again, in whatever it lies."""
        tick = self.at(now)
        self.made += [change["key"] for change in tick.changes if change["op"] == "create"]
        assert tick.exit == 0, (now, tick.problems)
        doubled = [key for key, count in Counter(self.made).items() if count > 1]
        assert set(doubled) <= {"debrief/acier.fr@2026-11-09"}, (now, doubled)
        return tick

    def row(self, now, what):
        """Play the tick after a change, and keep what it did as a row of the table."""
        lay = self.lying()
        tick = self.tick(now)
        made = [change["key"] for change in tick.changes if change["op"] == "create"]
        held = [decision["key"] for decision in tick.decisions if decision["state"] == "held"]
        updated = [change["key"] for change in tick.changes if change["op"] == "update"]
        lies = self.lying()
        assert lay.keys() <= lies.keys(), f"{now}: {lay.keys() - lies.keys()} went"
        kept = [name for name, content in lay.items() if lies[name] == content]
        told = [f"[{code}](problems.md#{code.lower()})" for code in sorted({one["code"] for one in tick.problems})]
        self.rows.append(
            (now[:10], what, *(_listed(keys) for keys in (made, updated, held, kept)), ", ".join(told) or "-")
        )
        return tick

    def lying(self):
        """Return each open draft and task, by rule, as it lies there."""
        drafts, todo = (self.folder / place for place in self.outputs)
        found = {file.stem: file.read_text() for file in drafts.glob("*.eml")}
        lines = todo.read_text().splitlines() if todo.exists() else []
        return found | {line.partition("fr:")[2]: line for line in lines if not line.startswith("x ")}

    def send(self, at, rule, sent="sent"):
        """Send the draft of a rule, with a mail program that drops what it does not know."""
        (file,) = (self.folder / self.outputs[0]).glob(f"{rule}*.eml")
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        for name in ("X-Unsent", "X-Followup-Key", "X-Followup-Seal", "Date", "Message-ID"):
            del mail[name]
        mail["Date"] = format_datetime(datetime.fromisoformat(at).replace(tzinfo=self.zone))
        mail["Message-ID"] = f"<{rule}-{at[:10]}@exemple.ca>"
        (self.folder / sent / f"{rule}-{at[:10]}.eml").write_bytes(bytes(mail))
        file.unlink()

    def tick_all(self, day):
        """Tick every task."""
        todo = self.folder / self.outputs[1]
        lines = [line if line.startswith("x ") else f"x {day} {line}" for line in todo.read_text().splitlines()]
        todo.write_text("".join(f"{line}\n" for line in lines))

    def change(self, *pairs):
        """Write the config with some texts in the place of others."""
        for old, new in pairs:
            assert self.base.count(old) == 1, old
            self.base = self.base.replace(old, new)
        self.config()


def _listed(keys):
    return ", ".join(f"`{rule}`" for rule in sorted({re.split(r"/|-[\w.]+@", key)[0] for key in keys})) or "-"


def january(life):
    """An interview and a promise; a rule of the user's that would write to them is held until the call."""
    life.base += (
        '[rule.ask]\non = "interview"\nper = "day"\nopens = "end"\ncloses = "day + 30 days"\n'
        'do = { type = "task", title = "Demander des nouvelles", contact = true }\n'
    )
    life.config()
    life.visit("I1", "2026-01-12 10:00", JULIE)
    assert "thank-you" in life.row("2026-01-12 11:30", "nothing: an interview in Montréal").rules()
    life.send("2026-01-12 18:00", "thank-you")
    life.note("2026-01-13 09:00 #promise Le nom du luthier")
    assert life.tick("2026-01-13 10:00").rules() == ["keep-promise"]
    life.send("2026-01-13 18:00", "keep-promise")
    assert life.tick("2026-01-22 09:30").rules() == ["ask", "follow-up-call"]
    life.tick_all("2026-01-22")
    life.tick("2026-01-23 09:00")


def february(life):
    """A new laptop: everything is copied to another folder, and drafts and tasks lie elsewhere there."""
    life.visit("I2", "2026-02-23 14:00", PAUL)
    assert "thank-you" in life.tick("2026-02-23 15:30").rules()
    laptop = life.folder.with_name("laptop")
    shutil.copytree(life.folder, laptop)
    shutil.rmtree(life.folder)
    life.folder, life.outputs = laptop, ("papers/drafts", "papers/todo.txt")
    (laptop / "papers").mkdir()
    for name in ("drafts", "todo.txt"):
        (laptop / "out" / name).rename(laptop / "papers" / name)
    life.change(('"out/drafts"', '"papers/drafts"'), ('"out/todo.txt"', '"papers/todo.txt"'))
    life.row("2026-02-24 09:00", "a new laptop: the store copied, other paths")
    life.send("2026-02-24 18:00", "thank-you")
    life.tick_all("2026-02-24")
    assert life.tick("2026-03-05 09:30").rules() == ["ask", "follow-up-call"]
    life.tick_all("2026-03-05")
    life.tick("2026-03-06 09:00")


def april(life):
    """A new mail provider: another name and folder, and only the mail of the last weeks was taken along."""
    life.visit("I3", "2026-04-13 10:00", JULIE)
    assert "thank-you" in life.tick("2026-04-13 11:30").rules()
    courrier = life.folder / "courrier"
    courrier.mkdir()
    for file in (life.folder / "sent").iterdir():
        if "2026-02" in file.name:
            file.rename(courrier / file.name)
    shutil.rmtree(life.folder / "sent")
    life.change(("[sources.sent]", "[sources.courrier]"), ('path = "sent"', 'path = "courrier"'))
    life.row("2026-04-14 09:00", "a new mail provider: another name, another folder")
    life.send("2026-04-14 12:00", "thank-you", "courrier")
    life.tick("2026-04-14 13:00")
    life.tick_all("2026-04-14")
    assert life.tick("2026-04-23 09:30").rules() == ["ask", "follow-up-call"]
    life.tick_all("2026-04-23")
    life.tick("2026-04-24 09:00")


def june(life):
    """The config gets another name, its calendar and tasks as well, and a rule of the user's too."""
    life.base += (
        '[rule.card]\non = "interview"\nper = "day"\nopens = "day + 3 days at 09:00"\ncloses = "day + 30 days"\n'
        'do = { type = "task", title = "Une carte" }\n'
    )
    life.config()
    life.visit("I4", "2026-06-15 10:00", PAUL)
    life.tick("2026-06-15 11:30")
    life.send("2026-06-15 18:00", "thank-you", "courrier")
    assert life.tick("2026-06-18 09:30").rules() == ["card"]
    (life.folder / "config.toml").rename(life.folder / "camille.toml")
    life.name = "camille.toml"
    life.change(
        ("[sources.calendar]", "[sources.agenda]"),
        ("[outputs.tasks]", "[outputs.todo]"),
        ("[rule.card]", "[rule.postcard]"),
    )
    life.row("2026-06-18 15:00", "the config renamed; in it a calendar, an output and a rule")
    life.tick_all("2026-06-19")
    assert life.tick("2026-06-25 09:30").rules() == ["ask", "follow-up-call"]
    life.tick_all("2026-06-25")
    life.tick("2026-06-26 09:00")


def september(life):
    """From Montréal to Paris, where an interview of that evening was on the next day."""
    life.visit("I5", "2026-09-08 20:00", EVE)
    assert "thank-you" in life.tick("2026-09-08 21:30").rules()
    zone = life.zone
    life.config(timezone="Europe/Paris", holidays="FR")
    assert life.zone != zone
    # The calendar is as it was: 20:00 in Montréal is 02:00 in Paris.
    life.visit("I5", "2026-09-09 02:00", EVE)
    for ident in ("I1", "I2", "I3", "I4"):
        start = datetime.fromisoformat(life.meetings[ident]["start"]).replace(tzinfo=zone)
        life.visit(ident, start.astimezone(life.zone).replace(tzinfo=None).isoformat(" "))
    life.row("2026-09-09 15:00", "a move from Montréal to Paris")
    life.send("2026-09-09 18:00", "thank-you", "courrier")
    life.tick_all("2026-09-09")
    assert life.tick("2026-09-12 09:30").rules() == ["postcard"]
    # The day that was announced stays, and the hour is that of the rule, where the user is.
    assert life.tick("2026-09-18 08:30").rules() == []
    tick = life.tick("2026-09-18 09:30")
    assert tick.rules() == ["ask", "follow-up-call"]
    assert [change.key for change in tick.all("follow-up-call")] == ["follow-up-call/echo.ca@2026-09-08"]
    life.tick_all("2026-09-18")
    life.tick("2026-09-19 09:00")


def november(life):
    """A copy of the store is put back that knows nothing of the latest interview."""
    copy = life.folder.parent / "copy.db"
    assert life.call("backup", str(copy), "--now", "2026-11-06 10:00").exit_code == 0
    life.visit("I6", "2026-11-09 10:00", ANNE)
    life.tick("2026-11-09 11:30")
    (draft,) = (life.folder / life.outputs[0]).glob("thank-you*.eml")
    draft.write_text(f"{draft.read_text()}\nEt merci pour le café.\n")
    todo = life.folder / life.outputs[1]
    todo.write_text("".join(f"{line}\n" for line in todo.read_text().splitlines() if "debrief/" not in line))
    life.tick("2026-11-10 09:00")
    assert life.call("backup", "--restore", str(copy), "--now", "2026-11-11 09:00").exit_code == 0
    tick = life.row("2026-11-11 10:00", "an old copy of the store put back")
    assert tick.rules(aside=True) == ["debrief"], "what was deleted since is made again, and told"
    assert "Et merci pour le café." in draft.read_text()
    life.send("2026-11-11 18:00", "thank-you", "courrier")
    life.tick_all("2026-11-11")
    life.tick("2026-11-12 09:00")
    assert life.tick("2026-11-19 09:30").rules() == ["ask", "follow-up-call"]
    life.tick_all("2026-11-19")


CHAPTERS = (january, february, april, june, september, november)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    life = Year(tmp_path_factory.mktemp("year") / "desktop")
    for chapter in CHAPTERS:
        chapter(life)
    life.tick("2026-12-31 09:00")
    return life


def table(life):
    rows = [HEAD, ("---",) * len(HEAD), *life.rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_in_a_year_of_changes_each_duty_is_made_once_and_each_call_on_its_day(lived):
    calls = [key.partition("/")[2] for key in lived.made if key.startswith("follow-up-call/")]
    assert calls == [
        "nordik.ca@2026-01-12", "boreal.ca@2026-02-23", "nordik.ca@2026-04-13", "boreal.ca@2026-06-15",
        "echo.ca@2026-09-08", "acier.fr@2026-11-09",
    ]  # fmt: skip
    assert [key for key in lived.made if "card/" in key] == [
        "card/boreal.ca@2026-06-15", "postcard/echo.ca@2026-09-08", "postcard/acier.fr@2026-11-09",
    ]  # fmt: skip
    assert lived.lying() == {}


def test_the_table_of_that_year_stands_in_the_documentation(lived):
    assert table(lived) in (ROOT / "docs/reliability.md").read_text()
