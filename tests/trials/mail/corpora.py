"""Real mails and the fixtures of other projects, read where they are installed, and what was judged of them once."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from followup_rules.mail import head, machine, message, own_words, source
from followup_rules.mail.addresses import decoded
from followup_rules.plain import printable
from tests.support.project import ROOT
from tests.trials.hostile import samples

FIXTURES = "FOLLOWUP_REPLY_FIXTURES"
"""The environment variable that names the unpacked source of `talon`, which holds replies of many mail programs."""

PROGRAMS = (
    ("a gateway of feeds", r"^rssfeeds@", ""),
    ("a tracker of bugs", r"^bugzilla-daemon@", ""),
    ("commits", "", r"\s*Update of /cvsroot"),
    ("a list's administration", r"^(?:iiu-admin@taint|listmaster@tuatha|mailman-owner@)", ""),
    ("a machine's account", r"^(?:root@(?:dogma|spamassassin)|mail@dogma|nobody@)", ""),
    ("a robot", r"^(?:pine-robot|rhn-admin)@", ""),
    ("reports of mail servers", r"^(?:mailer-daemon@|postmaster@jpci)", r"post: illegal header line -- Date:"),
    ("notices of absence", r"^(?:terry@ccis|dermot\.beirne@)", r"\s*I will be out of the office"),
    (
        "newsletters",
        (
            r"^(?:distribution@ximian|(?:tips|danny)@spesh|dave@davegreen|guterman@|donotuse@worldwide|info@evilgerald"
            r"|webster@ryanair|confnews@|freshmeat-news-admin@|webmaster@userland|jboletta@|bruces@well)"
        ),
        r"use Perl Daily ",
    ),
)
"""Programs that write in `easy-ham`, and letters to many, by sender or first line.

Found by going through all 710 senders and their mails before anything was looked for in them. A sender of absences is
also a person: their first line tells.
"""

PEOPLE_IN_HARD_HAM = re.compile(
    r"^(?:abcusa88|sdowns|reinke|hito|barbarabarrett|nukiez|rod@arse|jlee@canada|twang|jayps|yapt|laurie@primal"
    r"|gary_winder|isu@eir|kilroy|liblit|jon@directfreight)"
)
"""The other senders of `hard-ham` write letters to many."""

DOUBTFUL = re.compile(
    r"^(?:davidh@aynrand|refertofriend@|malcolm-sweeps|johnl@cauce|security-advisories@|bcpierce@saul)"
)
"""A press release out of Outlook, a friend's mail by a service, ... : neither, for the counts."""

TOLD = {
    "a gateway of feeds": (623, 623),
    "a list's administration": (9, 9),
    "a machine's account": (11, 11),
    "a robot": (4, 4),
    "a tracker of bugs": (24, 24),
    "commits": (22, 22),
    "newsletters": (86, 96),
    "newsletters of hard-ham": (215, 225),
    "notices of absence": (4, 4),
    "reports of mail servers": (6, 6),
}
"""Of how many mails of each we tell that a program wrote them; nothing in the others says so."""

KINDS = {
    "easy-ham-1": {"": 1776, "bounce": 3, "bulk": 679, "notice": 42},
    "easy-ham-2": {"": 1335, "bounce": 3, "bulk": 29, "notice": 29, "reply": 4},
    "hard-ham-1": {"": 33, "bulk": 205, "notice": 12},
    "spam-1": {"": 394, "bulk": 103, "notice": 3},
    "spam-2": {"": 1082, "bounce": 1, "bulk": 304, "notice": 9},
}
"""What the mails are taken for."""

OWN_WORDS = {
    "easy-ham-1": {"above": 138, "below": 624, "between": 81, "none": 32, "same": 1625},
    "easy-ham-2": {"above": 112, "below": 489, "between": 70, "none": 12, "same": 717},
    "hard-ham-1": {"above": 3, "below": 3, "between": 1, "same": 243},
    "spam-1": {"above": 1, "below": 2, "same": 497},
    "spam-2": {"above": 4, "below": 1, "between": 8, "none": 2, "same": 1381},
}
"""How own words differ from the lines without a mark; each class was looked at in samples.

`below`: the line that introduces a quote is left out above them. `above`: they end at a signature, a head or an
unmarked quote. `between`: both, or a broken quoted line is left out. `none`: all is somebody else's, or below a quote without marks. `longer`: a line
that bears a mark is not quoted (`>From `, a row of a table).
"""

_MARKED = re.compile(r"\s{0,8}>")


def ham_and_spam() -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the public mails; none if their npm package is not there."""
    for name, content in samples.real_mails():
        folder, _, file = name.partition("/")
        yield f"{folder}/{file[:5]}", content


def kind_of(content: bytes) -> str:
    """Return what a mail is taken for."""
    headers = head.headers(content)
    subject = decoded(head.first(headers, "subject"))
    whole = head.mended(content)
    ends = source.ends(whole, source.words(whole))
    return machine.kind(headers, message.sender(headers), subject, source.types(whole), ends)


def program_of(name: str, content: bytes) -> str:
    """Return which of the known programs wrote a mail of `ham`; `doubtful`, or nothing if a person did."""
    headers = head.headers(content)
    sender, text = message.sender(headers).casefold(), source.words(content).lstrip()
    if DOUBTFUL.search(sender) or "NYTimes.com Article" in head.first(headers, "subject"):
        return "doubtful"
    if name.startswith("hard-ham"):
        return "" if PEOPLE_IN_HARD_HAM.search(sender) else "newsletters of hard-ham"
    absent = PROGRAMS[-2]
    if re.search(absent[1], sender):
        return absent[0] if re.match(absent[2], text) else ""
    for program, by_sender, by_text in PROGRAMS:
        if (by_sender and re.search(by_sender, sender)) or (
            by_text and program != absent[0] and re.match(by_text, text)
        ):
            return program
    return ""


def marked_lines_kept(text: str, own: str) -> int:
    """Count the lines of an opening that bear a quote's mark in the mail, but for the mark that mbox files put."""
    marked = {line.strip() for line in text.splitlines() if _MARKED.match(line) and not line.startswith(">From ")}
    return sum(line.strip() in marked for line in own.splitlines() if line.strip())


def difference(text: str, own: str) -> str:
    """Return the class in which own words differ from the lines without a mark."""
    unmarked = printable("\n".join(line for line in text.splitlines() if not _MARKED.match(line)))
    plain, ours = (" ".join(words.split())[:180] for words in (unmarked, own))
    if not ours:
        return "same" if not plain else "none"
    if plain == ours or (plain.startswith(ours) and len(own) >= own_words.LONGEST - 20):
        return "same"
    if plain.startswith(ours):
        return "above"
    whole = " ".join(unmarked.split())
    return "below" if ours in whole else "longer" if ours.startswith(plain) else "between"


def fixtures() -> Iterator[tuple[str, bytes]]:
    """Yield the replies of talon's tests: in each the words of the answer are `Hello`."""
    folder = fixture_folder()
    for file in sorted(folder.glob("tests/fixtures/standard_replies/*.eml")) if folder else ():
        yield file.name, file.read_bytes()


def fixture_folder() -> Path | None:
    """Return the unpacked source of talon, if the environment names it or it lies in `out/`."""
    named = os.environ.get(FIXTURES)
    found = [Path(named)] if named else sorted((ROOT / "out").glob("talon-*"))
    return next((folder for folder in found if (folder / "tests/fixtures").is_dir()), None)


def counted(classes: Iterator[str] | list[str]) -> dict[str, int]:
    """Count, in the order of names."""
    return dict(sorted(Counter(classes).items()))
