"""What `followup check` tells of some rules, in a config that shows each kind of event."""

from datetime import datetime
from zoneinfo import ZoneInfo

from followup_rules.cli.check import examine
from followup_rules.config.read import read_config

CONFIG = """
[profile]
me       = ["me@example.org"]
name     = "Camille"
timezone = "America/Toronto"
holidays = "CA-QC"
language = "en"
[sources.calendar]
plugin = "ics"
path   = "calendar.ics"
[sources.sent]
plugin = "mailbox"
path   = "sent"
[sources.inbox]
plugin = "mailbox"
path   = "inbox"
kinds  = ["received"]
[sources.notes]
plugin = "notes"
path   = "notes.md"
[outputs.drafts]
plugin = "eml"
path   = "drafts"
[outputs.tasks]
plugin = "todotxt"
path   = "todo.txt"
[store]
path = "followup.db"
"""
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nEND:VCALENDAR\r\n"


def checked(folder, rules, *, packs=(), notes="", config=CONFIG):
    """Write the rules into a file of the user's, and return all problems."""
    (folder / "calendar.ics").write_text(CALENDAR, newline="")
    for name in ("sent", "inbox"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "notes.md").write_text(notes)
    (folder / "mine.toml").write_text(rules)
    named = ", ".join(f'"{pack}"' for pack in packs)
    (folder / "config.toml").write_text(f'packs = [{named}]\nrules = ["mine.toml"]\n{config}')
    return list(
        examine(read_config(folder / "config.toml"), datetime(2026, 11, 10, 12, tzinfo=ZoneInfo("UTC"))).problems
    )
