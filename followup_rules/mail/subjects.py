"""Subjects as mail programs write them: `Re:`, `AW:`, `TR :` and the subject beneath (RFC 5256, section 2.1)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from followup_rules.mail.phrases import any_of, folded, phrases, simple

_LONGEST = 500
_LIST = re.compile(r"\[[^\[\]]{1,80}\]\s*")
_WRAPPED = re.compile(r"\[\s*(?:fwd?|tr|wg)\s*:\s*(.*)\]\s*$")
_TRAILER = re.compile(r"\s*\(fwd?\)\s*$")


@cache
def _prefix() -> re.Pattern[str]:
    given = phrases("subject-prefixes")
    kinds = f"(?P<reply>{any_of(given['reply'])})|(?P<forward>{any_of(given['forward'])})"
    return re.compile(rf"(?:{kinds})\.?\s?(?:\[\d+\]|\(\d+\)|[\^*-]?\d{{1,2}})?\s?:\s*", re.IGNORECASE)


def is_reply(subject: str) -> bool:
    """Tell whether a subject is an answer's: `Re:`, `AW:`, `[list] Re[2]:`; `Fwd: Re:` passes an answer on."""
    return _kind(subject) == "reply"


def is_forward(subject: str) -> bool:
    """Tell whether a subject is that of a mail passed on: `Fwd:`, `TR :`, `WG:`, `[Fwd: ...]`, `... (fwd)`."""
    return _kind(subject) == "forward"


@lru_cache(maxsize=256)  # of one mail it is asked several times
def _kind(subject: str) -> str:
    bare = simple(subject[:_LONGEST])
    found = _prefix().match(bare) or _prefix().match(_without_lists(bare))
    if found:
        return found.lastgroup or ""
    return "forward" if _WRAPPED.match(folded(bare)) or _TRAILER.search(folded(bare)) else ""


def base(subject: str) -> str:
    """Return what the mails of one conversation have in common in their subjects, folded: for comparison only.

    >>> base("[hiring] RE : TR : Vos références") == base("Vos References")
    True
    """
    # Each turn takes something away, so it ends; "Re: [list] Fwd: [list] ..." needs several.
    bare = folded(subject[:_LONGEST])
    while True:
        shorter = _TRAILER.sub("", bare)
        shorter = _without_lists(shorter)
        shorter = _prefix().sub("", shorter, count=1) if _prefix().match(shorter) else shorter
        wrapped = _WRAPPED.match(shorter)
        shorter = wrapped[1] if wrapped else shorter
        if shorter == bare:
            return bare.strip()
        bare = shorter


def _without_lists(subject: str) -> str:
    """Take away what lists put before a subject, unless that is all there is."""
    matched = _LIST.match(subject)
    while matched and matched.end() < len(subject) and not _WRAPPED.match(subject):
        subject = subject[matched.end() :]
        matched = _LIST.match(subject)
    return subject
