"""A calendar that another program publishes: it drops what is over, renames every entry and stamps all anew.

It is played beside a file that keeps everything, over four weeks, with the same person's mails and notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from tests.support.storybook import JULIE, ME, Story

FIRST, LAST = datetime(2026, 11, 2, 8), datetime(2026, 11, 30, 8)
PAUL, ANNE = "paul@boreal.ca", "anne@ouest.ca"


@dataclass
class Feed(Story):
    """A story whose calendar is written anew before each tick, as a feed does it."""

    exports: int = 0
    drops: str = "ended"
    """Which entries it leaves out: those that have `ended`, or all that have `begun`."""
    method: str = "METHOD:PUBLISH"

    def at(self, now):
        """Export the calendar, and play one tick."""
        self.exports += 1
        moment = datetime.fromisoformat(now)
        shown = {}
        for ident, entry in self.meetings.items():
            start = datetime.fromisoformat(entry["start"])
            over = start + timedelta(minutes=entry["minutes"] if self.drops == "ended" else 0)
            if over > moment:
                shown[f"{self.exports}-{ident}"] = {**entry, "stamp": now}
        every, self.meetings = self.meetings, shown
        self._write_calendar()
        self.meetings = every
        text = (
            (self.folder / "calendar.ics")
            .read_text()
            .replace("PRODID", f"{self.method}\nPRODID" if self.method else "PRODID")
        )
        (self.folder / "calendar.ics").write_text(text)
        return super().at(now)


def live(story, hours):
    """Play four weeks; return what was made, by key, and whether anything was asked."""
    story.visit("lunch", "2026-11-03 12:00", "luc@ami.ca", title="Dîner")
    story.visit("I1", "2026-11-09 10:00", JULIE, organizer=JULIE)
    story.visit("I2", "2026-11-11 15:00", PAUL, organizer=PAUL, minutes=90)
    story.visit("I3", "2026-11-16 10:00", ANNE, organizer=ANNE)
    story.visit("dentist", "2026-12-20 10:00", "dr@dents.ca", title="Dentiste")
    made, asked = set(), False
    moment = FIRST
    while moment <= LAST:
        if moment == datetime(2026, 11, 12, 8):
            story.visit("I3", status="CANCELLED", stamp="2026-11-12 07:00")
        if moment == datetime(2026, 11, 11, 20):
            story.mail("2026-11-11 19:00", PAUL, "Merci pour la rencontre")
        tick = story.at(f"{moment:%Y-%m-%d %H:%M}")
        made |= {
            change["key"]
            for change in tick.changes
            if change["op"] == "create" and change["rule"] != "confirm-interview"
        }
        asked |= "confirm-interview" in tick.rules()
        moment += timedelta(hours=hours)
    return made, asked


@pytest.mark.parametrize(("drops", "method"), [("ended", "METHOD:PUBLISH"), ("begun", "")])
def test_a_feed_without_past_gives_the_same_actions_as_a_file_that_keeps_all(tmp_path, drops, method):
    kept, _ = live(Story(tmp_path / "file"), 12)
    from_feed, asked = live(Feed(tmp_path / "feed", drops=drops, method=method), 12)
    assert {"thank-you/nordik.ca@2026-11-09", "follow-up-call/boreal.ca@2026-11-11"} <= kept
    assert not any("ouest.ca" in key for key in kept)
    assert from_feed == kept
    assert not asked


def test_an_invitation_by_strangers_is_asked_about_once_and_adds_nobody(tmp_path):
    story = Story(tmp_path / "folder")
    for week in (13, 20, 27):
        story.visit(
            f"S{week}", f"2026-11-{week} 10:00", ANNE, organizer=ANNE, partstat="NEEDS-ACTION", title="Interview"
        )
    tick = story.at("2026-11-10 10:00")
    assert tick.rules(aside=True) == ["confirm-interview"]
    assert {state.key for state in tick.states("thank-you")} == set()
    story.mail("2026-11-10 11:00", f"jobs@{ANNE.partition('@')[2]}", "Ma candidature")
    tick = story.at("2026-11-13 11:00")
    assert tick.the("thank-you").to == [ANNE]
    assert ME not in tick.the("thank-you").to
