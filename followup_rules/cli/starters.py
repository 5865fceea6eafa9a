"""The files that a new user starts with: a commented config, and notes with an example."""

from __future__ import annotations

import json

from msgspec import Struct

_CONFIG = """\
# The config of followup. Relative paths start at this file; ~ and $VARS work. `followup check` tells what is wrong.

packs = ["interview"]     # rules that come with the program; rules of your own: rules = ["my-rules.toml"]

[profile]
me         = {me}     # all your addresses; the first one is the sender of drafts
my_domains = {my_domains}     # your employer's: people there are colleagues
agencies   = []     # domains of recruitment agencies
name       = {name}     # how you sign
timezone   = {timezone}
holidays   = {holidays}     # a country, or a country and a region, such as "CA-QC"
language   = {language}     # of the texts: "fr" or "en"
lookback   = "30 days"     # on the first run, nothing older is taken up

[sources.calendar]
plugin = "ics"
path   = {calendar}     # a file, a folder, or a .url file that holds the address of a calendar on the web

{sent}
[sources.notes]
plugin = "notes"
path   = {notes}     # a file or a folder of *.md

[outputs.drafts]
plugin = "eml"     # a folder of .eml, which any mail program opens as drafts
path   = {drafts}

[outputs.tasks]
plugin = "todotxt"
path   = {tasks}     # done.txt lies beside it

# Google in place of files, or beside them: docs/google.md tells how, and then `followup auth google` logs in.
# [sources.gmail]
# plugin = "gmail"
# [sources.meetings]
# plugin = "google-calendar"
# [outputs.gmail-drafts]
# plugin = "gmail-drafts"
# [outputs.google-tasks]
# plugin = "google-tasks"

# Where followup remembers what it did; without this, in the data folder of your system.
# [store]
# path = "followup.db"

# A case that you name yourself, where addresses do not tell: two clients of one agency, for example.
# [case.client-a]
# people = ["nadia@agency.example"]
# words  = ["client A"]

# Any number of a rule can be changed in one line; the rest of the rule stays.
# [rule.follow-up-call]
# opens = "day + 7 days at 09:00, workday"
"""

_SENT = """\
[sources.{name}]
plugin = "mailbox"
path   = {path}     # a Maildir, an mbox, or a folder of .eml
"""

_NOTES = {
    "en": """\
<!-- Your notes: a heading for each employer, a list item for each note; the word with # says what it is about.
     Write here by hand, or let `followup note` do it. What stands in a code block, as below, is only an example. -->

```
## Nordik <julie.roy@nordik.example>
- 2026-11-10 14:30 #promise Send the address of the shop due:friday
```
""",
    "fr": """\
<!-- Vos notes : un titre par employeur, un élément de liste par note; le mot avec # dit de quoi il s'agit.
     Écrivez ici, ou laissez faire `followup note`. Un bloc de code, comme ci-dessous, n'est qu'un exemple. -->

```
## Nordik <julie.roy@nordik.example>
- 2026-11-10 14:30 #promise Envoyer l'adresse de la boutique due:vendredi
```
""",
}


class Answers(Struct, frozen=True, kw_only=True):
    """What a config needs to know of its user; paths as the config is to name them."""

    me: tuple[str, ...]
    my_domains: tuple[str, ...]
    name: str
    timezone: str
    holidays: str
    language: str
    calendar: str
    sent: tuple[str, ...]
    notes: str
    drafts: str
    tasks: str


def config_text(answers: Answers) -> str:
    """Return a commented config. No text may hold lone surrogates: TOML cannot say them."""
    values = {name: getattr(answers, name) for name in Answers.__struct_fields__}
    texts = {name: _toml(value) for name, value in values.items()}
    sent = (
        _SENT.format(name="sent" if number == 1 else f"sent-{number}", path=_toml(path))
        for number, path in enumerate(answers.sent, 1)
    )
    return _CONFIG.format(**{**texts, "sent": "\n".join(sent)})


def notes_text(language: str) -> str:
    """Return notes that hold no note yet, and say how one is written."""
    return _NOTES[language]


def _toml(value: str | tuple[str, ...]) -> str:
    """Return a text or a list of texts as TOML; its basic strings are those of JSON, but for DEL."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
