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
    ("a gateway of feeds", re.compile(r"^rssfeeds@"), None),
    ("a tracker of bugs", re.compile(r"^bugzilla-daemon@"), None),
    ("commits", None, re.compile(r"Update of /cvsroot")),
    ("a list's administration", re.compile(r"^(?:iiu-admin@taint|listmaster@tuatha|mailman-owner@)"), None),
    ("cron", re.compile(r"^root@"), None),
    ("a robot", re.compile(r"^(?:pine-robot|rhn-admin)@"), None),
    (
        "newsletters",
        re.compile(
            r"^(?:info@evilgerald|confnews@|freshmeat-news-admin@|webmaster@userland|webster@ryanair|guterman@)"
        ),
        None,
    ),
    ("reports of mail servers", re.compile(r"^(?:mailer-daemon|postmaster@jpci)"), None),
)
"""Programs that write in `easy-ham`, by sender or first line: found by going through its senders and their mails, not by
what we take for machine mail. It need not be all of them."""

TOLD = {
    "a gateway of feeds": (0, 623),
    "a list's administration": (8, 9),
    "a robot": (3, 4),
    "a tracker of bugs": (24, 24),
    "commits": (0, 22),
    "cron": (2, 3),
    "newsletters": (3, 9),
    "reports of mail servers": (5, 5),
}
"""Of how many mails of each we tell that a program wrote them. Nothing in the head of the feeds and commits says so."""

KINDS = {
    "easy-ham-1": {"": 2470, "bulk": 2, "bounce": 3, "notice": 25},
    "easy-ham-2": {"": 1384, "bulk": 1, "bounce": 2, "notice": 13},
    "hard-ham-1": {"": 222, "bulk": 19, "notice": 9},
    "spam-1": {"": 488, "bulk": 10, "notice": 2},
    "spam-2": {"": 1392, "bounce": 1, "bulk": 1, "notice": 2},
}
"""What the mails are taken for. `hard-ham` are newsletters, most of them without any header by which they are known."""

OWN_WORDS = {
    "easy-ham-1": {"above": 138, "below": 610, "between": 79, "none": 32, "same": 1641},
    "easy-ham-2": {"above": 112, "below": 484, "between": 70, "none": 11, "same": 723},
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
    return machine.kind(headers, message.sender(headers), subject, source.types(content))


def program_of(content: bytes) -> str:
    """Return which of the known programs wrote a mail; nothing if it is none of them."""
    sender, text = message.sender(head.headers(content)).casefold(), source.words(content).lstrip()
    for name, by_sender, by_text in PROGRAMS:
        if (by_sender and by_sender.search(sender)) or (by_text and by_text.match(text)):
            return name
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
