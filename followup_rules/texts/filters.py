"""How dates, clocks and people are named in the user's language (the filters of a text), and texts made clean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from followup_rules.model import Person, Profile
from followup_rules.plain import clean

# The CLDR locale, a full day without the year, and a clock (patterns of Unicode TS 35, part 4).
_LANGUAGES = {
    "fr": ("fr_CA", "EEEE d MMMM", "H\xa0'h'\xa0mm"),
    "en": ("en", "EEEE, MMMM d", "h:mm\xa0a"),
}
_PEOPLE_LIMIT = 20
_NAME_LIMIT = 80

_ASIDE = re.compile(r"\([^()]*\)|\s[-–—|]\s.*")
_GUESSABLE = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*(?:[._][^\W\d_]{2,}(?:-[^\W\d_]+)*){1,2}")
_HONORIFICS = frozenset(("m", "mr", "mrs", "ms", "miss", "mme", "mlle", "me", "dr", "dre", "prof"))
# Words that tell of an office, not of a human being.
_OFFICES = frozenset((
    *("admin", "bonjour", "candidature", "candidatures", "careers", "carrieres", "contact", "emplois", "equipe"),
    *("hello", "hr", "human", "info", "jobs", "mail", "no", "office", "recrutement", "recruiting", "recruitment"),
    *("reply", "resources", "ressources", "rh", "service", "support", "talent", "talents", "team"),
))  # fmt: skip


def day(profile: Profile, moment: object) -> str:
    """Return the day in the user's zone: "jeudi 19 novembre", "Thursday, November 19"; "" if there is none."""
    if not isinstance(moment, datetime):
        return _as_written(moment)
    from babel.dates import format_date  # noqa: PLC0415 -- a tick without texts does not pay for it

    locale, pattern, _ = _LANGUAGES.get(profile.language, _LANGUAGES["en"])
    shown = format_date(moment.astimezone(profile.timezone).date(), pattern, locale=locale)
    # CLDR writes "1 novembre"; people say "1er".
    return re.sub(r"\b1\b", "1er", shown) if profile.language == "fr" else shown


def isoday(profile: Profile, moment: object) -> str:
    """Return the date in the user's zone as notes and commands take it, 2026-11-19 (ISO 8601); "" if there is none."""
    if not isinstance(moment, datetime):
        return _as_written(moment)
    return moment.astimezone(profile.timezone).date().isoformat()


def clock(profile: Profile, moment: object) -> str:
    """Return the time of day in the user's zone: "9 h 00", "9:00 AM", with no-break spaces; "" if there is none."""
    if not isinstance(moment, datetime):
        return _as_written(moment)
    from babel.dates import format_time  # noqa: PLC0415 -- a tick without texts does not pay for it

    locale, _, pattern = _LANGUAGES.get(profile.language, _LANGUAGES["en"])
    return format_time(moment.astimezone(profile.timezone).time(), pattern, locale=locale)


def names(profile: Profile, people: object) -> str:
    """Join people: "Julie Roy et Paul Dubé". Who has no name is called as the address suggests, else by it."""
    return _joined(profile, [human_name(person) or person.address[:_NAME_LIMIT] for person in _persons(people)])


def first_names(profile: Profile, people: object) -> str:
    """Join first names for a greeting: "Julie et Paul"; "" if any is unknown, for a greeting leaves nobody out."""
    firsts = [first_name(person) for person in _persons(people)]
    return _joined(profile, firsts) if all(firsts) else ""


def with_case(profile: Profile, people: object, case: object) -> str:
    """Name people and whom they belong to: "Julie Roy (nordik.ca)"; "" if there is nobody."""
    shown = names(profile, people)
    return shown if shown in ("", str(case)) else f"{shown} ({case})"


def split_steps(steps: object) -> list[str]:
    """Return the steps of `steps:"warn Paul; send his name"`, in order.

    >>> split_steps("warn Paul; send his name")
    ['warn Paul', 'send his name']
    """
    return [step.strip() for step in re.split(r"[;\n]", _as_written(steps)) if step.strip()]


def human_name(person: Person) -> str:
    """Return the name as one would say it, guessed from the address if none is given; "" if that fails.

    >>> human_name(Person("x@nordik.ca", "Roy, Julie")), human_name(Person("julie.roy@nordik.ca"))
    ('Julie Roy', 'Julie Roy')
    """
    given = " ".join(_ASIDE.sub(" ", person.name[:_NAME_LIMIT]).replace('"', " ").split())
    if not given or "@" in given:
        return _guessed(person.address)
    # "Roy, Julie" is turned round; "Julie Roy, CRHA" loses its letters.
    before, _, after = (part.strip() for part in given.partition(","))
    spoken = before if after.isupper() and not before.isupper() else f"{after} {before}".strip()
    # Directories of companies often write names in capitals.
    return spoken.title() if spoken.isupper() else spoken


def first_name(person: Person) -> str:
    """Return the first name; "" if only a family name, an initial or an office is known."""
    words = human_name(person).split()
    # "Mme Roy" tells the family name only: nobody is greeted by that alone.
    titled = bool(words) and _bare(words[0]) in _HONORIFICS
    left = words[1:] if titled else words
    if len(left) < 1 + titled or any(_bare(word) in _OFFICES for word in left):
        return ""
    return left[0] if len(_bare(left[0])) > 1 else ""


def _guessed(address: str) -> str:
    # "julie.roy+jobs@": what stands behind the plus is for the mail program.
    local = address.partition("@")[0].partition("+")[0][:_NAME_LIMIT]
    words = re.split("[._]", local)
    known = _GUESSABLE.fullmatch(local) and not _OFFICES.intersection(words)
    return " ".join(words).title() if known else ""


def _bare(word: str) -> str:
    return word.rstrip(".").casefold()


def _persons(people: object) -> list[Person]:
    each = [people] if isinstance(people, Person) else people if isinstance(people, Iterable) else []
    return [person for person in each if isinstance(person, Person)][:_PEOPLE_LIMIT]


def _joined(profile: Profile, words: list[str]) -> str:
    from babel.lists import format_list  # noqa: PLC0415 -- a tick without texts does not pay for it

    return format_list(words, locale=_LANGUAGES.get(profile.language, _LANGUAGES["en"])[0])


def _as_written(value: object) -> str:
    return str(value) if value else ""


def tidy(text: str) -> str:
    """Return the text clean, without spaces at line ends and gaps of several lines."""
    lines = re.sub(r"[ \t]+$", "", clean(text), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n ")
