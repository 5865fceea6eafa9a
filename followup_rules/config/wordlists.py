"""The word lists that come with the package, in `data/`: one or more words a line, `#` starts a comment.

And the Public Suffix List, which comes with the library that reads it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from followup_rules.language.text import fold
from followup_rules.toml.document import Document, parse

_FOLDER = Path(__file__).parents[1] / "data"


def free_mail() -> frozenset[str]:
    """Return the domains of mail providers open to everybody."""
    return _words("free-mail.txt")


def holiday_places() -> frozenset[str]:
    """Return countries and regions, such as CA-QC, of which the holidays are known; not all of them."""
    return _words("holiday-places.txt")


def stop_words() -> frozenset[str]:
    """Return the folded words that tell nothing."""
    return frozenset(part for word in _words("stop-words.txt") for part in fold(word).split())


@cache
def every_config() -> Document:
    """Return the lowest layer of rules, which every config has."""
    name = "every-config.toml"
    document = parse((_FOLDER / name).read_text(encoding="utf-8"), name)
    # It comes with the package: if it is broken, a test has failed.
    assert isinstance(document, Document), document
    return document


@cache
def _words(name: str) -> frozenset[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.partition("#")[0].split())


def registrable(host: str) -> str:
    """Return the domain that somebody registered, by the Public Suffix List: `mail.nordik.ca` is `nordik.ca`."""
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 -- reads a list of 10,000 lines

    return PublicSuffixList(accept_unknown=True, only_icann=True)
