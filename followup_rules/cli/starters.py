"""The files that a new user starts with: a commented config, and notes with an example."""

from __future__ import annotations

import json

from msgspec import Struct

_CONFIG = {
    "en": """\
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

{sources}[sources.notes]
plugin = "notes"
path   = {notes}     # a file or a folder of *.md

[outputs.drafts]
plugin = "eml"     # a folder of .eml, which any mail program opens as drafts
path   = {drafts}

[outputs.tasks]
plugin = "todotxt"
path   = {tasks}     # done.txt lies beside it

# Google in place of files, or beside them: docs/google.md tells how, and then `followup auth google` logs in.
{google}
# Where followup remembers what it did; without this, in the data folder of your system.
# [store]
# path = "followup.db"

# A case that you name yourself, where addresses do not tell: two clients of one agency, for example.
# [case.client-a]
# people = ["nadia@agency.example"]
# words  = ["client A"]

{rules}# Any number of a rule can be changed in one line; the rest of the rule stays.
{number}""",
    "fr": """\
# La configuration de followup. Un chemin relatif part de ce fichier ; ~ et $VARS y vont. Ce qui ne va pas :
# `followup check`.

packs = ["interview"]     # les règles fournies avec le programme ; les vôtres : rules = ["mes-regles.toml"]

[profile]
me         = {me}     # toutes vos adresses ; les brouillons portent la première
my_domains = {my_domains}     # ceux de votre employeur : on y est entre collègues
agencies   = []     # les domaines des agences de recrutement
name       = {name}     # votre signature
timezone   = {timezone}
holidays   = {holidays}     # un pays, ou un pays et une région, comme "CA-QC"
language   = {language}     # des textes : "fr" ou "en"
lookback   = "30 days"     # à la première exécution, rien de plus ancien n'est repris

{sources}[sources.notes]
plugin = "notes"
path   = {notes}     # un fichier, ou un dossier de *.md

[outputs.drafts]
plugin = "eml"     # un dossier de .eml, que tout logiciel de courriel ouvre comme brouillons
path   = {drafts}

[outputs.tasks]
plugin = "todotxt"
path   = {tasks}     # done.txt est à côté

# Google à la place des fichiers, ou en plus : docs/google.md dit comment ; puis `followup auth google` vous connecte.
{google}
# Où followup retient ce qu'il a fait ; sans cela, dans le dossier des données de votre système.
# [store]
# path = "followup.db"

# Un dossier que vous nommez vous-même, où les adresses ne disent rien : deux clients d'une même agence, par exemple.
# [case.client-a]
# people = ["nadia@agence.example"]
# words  = ["client A"]

{rules}# Tout nombre d'une règle se change en une ligne; le reste de la règle demeure.
{number}""",
}

_CALENDAR = {
    "en": """\
[sources.calendar]
plugin = "ics"
path   = {path}     # a file, a folder, or a .url file that holds the address of a calendar on the web
""",
    "fr": """\
[sources.calendar]
plugin = "ics"
path   = {path}     # un fichier, un dossier, ou un fichier .url qui donne l'adresse d'un agenda sur le Web
""",
}
_SENT = {
    "en": """\
[sources.{name}]
plugin = "mailbox"
path   = {path}     # a Maildir, an mbox, or a folder of .eml
""",
    "fr": """\
[sources.{name}]
plugin = "mailbox"
path   = {path}     # un Maildir, un mbox ou un dossier de .eml
""",
}
_GOOGLE = """\
# [sources.gmail]
# plugin = "gmail"
# [sources.meetings]
# plugin = "google-calendar"
# [outputs.gmail-drafts]
# plugin = "gmail-drafts"
# [outputs.google-tasks]
# plugin = "google-tasks"
"""

# A rule decides nothing as long as no source shows what it looks for.
_NO_CALENDAR = {
    "en": "# There is no calendar: an interview is what you note with #interview.\n",
    "fr": "# Il n'y a pas d'agenda : une entrevue est ce que vous notez avec #entrevue.\n",
}
_NUMBER = """\
# [rule.follow-up-call]
# opens = "day + 7 days at 09:00, workday"
"""
_BY_NOTES = """\
[rule.follow-up-call]
on = "#interview"

"""
_NO_SENT = {
    "en": "# There is no sent mail: what you did, you note with #thanked or #kept; nothing else tells of it.\n",
    "fr": "# Il n'y a pas d'envois : ce que vous avez fait, notez-le : #remercié, #tenu ; rien d'autre ne le dit.\n",
}
_WITHOUT_MAIL = """\
[rule.thank-you]
done_by = ["#thanked"]
[rule.keep-promise]
done_by = ["kept"]
[rule.no-show]
unset = ["done_by"]
[rule.whom-you-met]
enabled = false

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
<!-- Vos notes : un titre par employeur, un élément de liste par note ; le mot avec # dit de quoi il s'agit.
     Écrivez ici, ou laissez faire `followup note`. Un bloc de code, comme ci-dessous, n'est qu'un exemple. -->

```
## Nordik <julie.roy@nordik.example>
- 2026-11-10 14:30 #promesse Envoyer l'adresse de la boutique due:vendredi
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
    """Empty: there is none."""
    sent: tuple[str, ...]
    notes: str
    drafts: str
    tasks: str


def config_text(answers: Answers) -> str:
    """Return a commented config. No text may hold lone surrogates: TOML cannot say them."""
    language = answers.language
    texts = {name: _toml(getattr(answers, name)) for name in Answers.__struct_fields__}
    calendar = [_CALENDAR[language].format(path=texts["calendar"])] if answers.calendar else []
    sent = [
        _SENT[language].format(name="sent" if number == 1 else f"sent-{number}", path=_toml(path))
        for number, path in enumerate(answers.sent, 1)
    ]
    by_notes = "" if calendar else _NO_CALENDAR[language] + _BY_NOTES
    without_mail = "" if sent else _NO_SENT[language] + _WITHOUT_MAIL
    parts = {
        "sources": "".join(f"{source}\n" for source in (*calendar, *sent)),
        "google": _GOOGLE,
        "rules": by_notes + without_mail,
        # A table may stand only once.
        "number": _NUMBER if calendar else '# [rule.debrief]\n# closes = "day + 2 days"\n',
    }
    return _CONFIG[language].format(**{**texts, **parts})


def notes_text(language: str) -> str:
    """Return notes that hold no note yet, and say how one is written."""
    return _NOTES[language]


def _toml(value: str | tuple[str, ...]) -> str:
    """Return a text or a list of texts as TOML; its basic strings are those of JSON, but for DEL."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
