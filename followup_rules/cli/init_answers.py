"""What a new user's answers mean, in the ways in which people write them, and what is wrong with one."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from followup_rules.cli.time_zone import is_zone
from followup_rules.config import cities
from followup_rules.config import holidays as known_holidays
from followup_rules.config.profile import nearest_zone
from followup_rules.model import LANGUAGES
from followup_rules.sentences import Sentence, as_sentence
from followup_rules.web_address import is_address, parsed

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]+")
_BETWEEN = re.compile(r"[\s,;]+")
_NAMED = re.compile(r'(?:"[^"]*"|[^<>,;"])*<\s*(?:mailto:)?([^<>\s]+)\s*>')
"""A name before an address: `Camille Roy <camille@example.org>`."""

# -- what an answer means


def one(answer: str) -> tuple[str, ...]:
    """Return the answer as it is; an empty one is none."""
    return (answer.strip(),) if answer.strip() else ()


def addresses(answer: str) -> tuple[str, ...]:
    """Return the addresses in `a@b; c@d`, with commas, spaces or names between them."""
    return tuple(part for part in _BETWEEN.split(_NAMED.sub(r" \1 ", answer)) if part)


def domains(answer: str) -> tuple[str, ...]:
    """Return the domains in `acme.com; @acme.ca`, or those of addresses."""
    return tuple(part.rpartition("@")[2] for part in _BETWEEN.split(answer) if part.rpartition("@")[2])


def zone(answer: str) -> tuple[str, ...]:
    """Return the time zone of a city, if it is just one; else the answer."""
    found = cities.zones_of(answer)
    return (found[0],) if len(found) == 1 else one(answer)


def holidays(answer: str) -> tuple[str, ...]:
    """Return the place that the config names `CA-QC` for "Québec"; what is not known as it is."""
    return one(cities.holidays_of(answer) or answer)


def language(answer: str) -> tuple[str, ...]:
    """Return `fr` for "français", "fr-CA", "French" and the like, likewise `en`."""
    begins = {"fr": "fr", "en": "en", "an": "en"}  # anglais
    return one(begins.get(answer.strip()[:2].lower(), answer))


def path(answer: str) -> tuple[str, ...]:
    """Return a path as a terminal or a browser gives it: quoted, escaped, or as `file://`; or a web address."""
    written = answer.strip()
    if written.lower().startswith("file://"):
        return one(unquote(urlsplit(written).path))
    if is_address(written) or Path(os.path.expandvars(written)).expanduser().exists():
        return one(written)
    try:
        # A file that is dragged into a terminal arrives as the shell would need it: with quotes or backslashes.
        words = shlex.split(written)
    except ValueError:
        words = []
    return one(words[0] if len(words) == 1 else written)


# -- what is wrong with one


def address_fault(answer: str) -> str:
    """Return why it is no e-mail address, or ""."""
    return "" if _ADDRESS.fullmatch(answer) else Sentence("{answer!r} is no e-mail address", answer=answer)


def domain_fault(answer: str) -> str:
    """Return why it is no domain, or ""."""
    return "" if _DOMAIN.fullmatch(answer) else Sentence("{answer!r} is no domain, such as acme.com", answer=answer)


def zone_fault(answer: str) -> str:
    """Return why it is no time zone, with those that may be meant, or ""."""
    if is_zone(answer):
        return ""
    several = cities.zones_of(answer)
    if several:
        zones = ", ".join(several)
        return Sentence("several time zones may be meant by {answer!r}: {zones}", answer=answer, zones=zones)
    return Sentence("unknown time zone {answer!r}: {hint}", answer=answer, hint=nearest_zone(answer))


def holidays_fault(answer: str) -> str:
    """Return why no holidays are known of it, with what may be meant, or ""."""
    if known_holidays.known(answer):
        return ""
    hint = known_holidays.nearest_place(answer)
    return Sentence("no holidays are known of {answer!r}: {hint}", answer=answer, hint=hint)


def language_fault(answer: str) -> str:
    """Return why it is no language of the texts, or ""."""
    return (
        "" if answer in LANGUAGES else Sentence("{answer!r} is no language of the texts: one of en, fr", answer=answer)
    )


def calendar_fault(answer: str) -> str:
    """Return why it is no address of a calendar, or ""; of a path, nothing is said."""
    try:
        if is_address(answer):
            parsed(answer)
    except ValueError as error:
        return as_sentence(str(error))
    return ""
