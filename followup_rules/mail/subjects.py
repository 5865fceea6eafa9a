"""Subjects as mail programs write them: `Re:`, `AW:`, `TR :` and the subject beneath (RFC 5256, section 2.1)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from followup_rules.mail.phrases import any_of, folded, phrases, simple

_LONGEST = 500
_LIST = re.compile(r"(?:\[[^\[\]]{1,80}\]|\{[^{}]{1,40}\}|(\*{1,3})[^*]{1,40}\1)\s*")
"""What lists, ticket systems and gateways put before a subject: `[hiring]`, `[#4711]`, `{Spam?}`, `***EXTERNAL***`."""
_WRAPPED = re.compile(r"\[\s*(?:fwd?|tr|wg)\s*:\s*(.*)\]\s*$")
_TRAILER = re.compile(r"\s*\(fwd?\)\s*$")


@cache
def _prefix() -> re.Pattern[str]:
    given = phrases("subject-prefixes")
    kinds = f"(?P<reply>{any_of(given['reply'])})|(?P<forward>{any_of(given['forward'])})"
    return re.compile(rf"(?:{kinds})\.?\s?(?:\[\d+\]|\(\d+\)|[\^*-]?\d{{1,2}})?\s?:\s*", re.IGNORECASE)


@cache
def _mark() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(phrases('subject-prefixes')['mark'])})\s?:\s*", re.IGNORECASE)


def is_reply(subject: str) -> bool:
    """Tell whether a subject is an answer's: `Re:`, `AW:`, `[list] Re[2]:`; `Fwd: Re:` passes an answer on."""
    return _kind(subject) == "reply"


def is_forward(subject: str) -> bool:
    """Tell whether a subject is that of a mail passed on: `Fwd:`, `TR :`, `WG:`, `[Fwd: ...]`, `... (fwd)`."""
    return _kind(subject) == "forward"


@lru_cache(maxsize=256)  # of one mail it is asked several times
def _kind(subject: str) -> str:
    written = simple(subject[:_LONGEST])
    found = _prefix().match(written) or _prefix().match(_without_lists(written))
    if found:
        return found.lastgroup or ""
    return "forward" if _WRAPPED.match(folded(written)) or _TRAILER.search(folded(written)) else ""


def bare(subject: str) -> str:
    """Return a subject without what lists, ticket systems and gateways put before it."""
    return _without_lists(simple(subject[:_LONGEST]))


def base(subject: str) -> str:
    """Return what the mails of one conversation have in common in their subjects, folded: for comparison only.

    >>> base("[hiring] RE : TR : Vos références") == base("Vos References")
    True
    """
    # Each turn takes something away, so it ends; "Re: [list] Fwd: [list] ..." needs several.
    written = folded(subject[:_LONGEST])
    while True:
        shorter = _TRAILER.sub("", written)
        shorter = _without_lists(shorter)
        shorter = _prefix().sub("", shorter, count=1) if _prefix().match(shorter) else shorter
        wrapped = _WRAPPED.match(shorter)
        shorter = wrapped[1] if wrapped else shorter
        if shorter == written:
            return written.strip()
        written = shorter


def _without_lists(subject: str) -> str:
    """Take away what lists and gateways put before a subject, unless that is all there is."""
    matched = _LIST.match(subject) or _mark().match(subject)
    while matched and matched.end() < len(subject) and not _WRAPPED.match(subject):
        subject = subject[matched.end() :]
        matched = _LIST.match(subject) or _mark().match(subject)
    return subject
