"""The smallest config, and the one that has every kind of file, with all paths beside it."""

PROFILE = """\
[profile]
me = ["me@example.org"]
timezone = "America/Toronto"
"""
FILES = f"""\
packs = ["interview"]
{PROFILE}
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
path = "drafts"
[outputs.tasks]
plugin = "todotxt"
path = "todo.txt"
[store]
path = "followup.db"
"""
