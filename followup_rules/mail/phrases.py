"""What mail programs write of themselves, from the word lists in `data/`, compared without case and accents."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "data"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
        "ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O",
    }
)  # fmt: skip


@cache
def phrases(name: str) -> Any:
    """Return the table of a word list, such as `quoted-mail`."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def services() -> frozenset[str]:
    """Return the domains of applicant-tracking and scheduling services that come with the package."""
    lines = (_FOLDER / "services.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=2048)
def simple(text: str) -> str:
    """Return a text without accents and invisible signs, with one kind of spaces, quotes and dashes; its case stays."""
    if text.isascii():  # as most lines are: nothing to take apart
        return " ".join(text.split())
    taken_apart = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).translate(_SAME))
    return " ".join("".join(sign for sign in taken_apart if not unicodedata.combining(sign)).split())


def folded(text: str) -> str:
    """Return a text as `simple` does, in lower case, too."""
    return simple(text).casefold()


def any_of(given: Iterable[str]) -> str:
    """Return an expression for any of the phrases in a simple text; the longest that fits."""
    return "|".join(re.escape(phrase) for phrase in sorted({simple(each) for each in given}, key=len, reverse=True))
