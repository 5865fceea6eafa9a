"""The line by which a mail program says whose words follow: "On Mon, Nov 9, 2026 at 4:00 PM, Julie Roy wrote:".

Such a line says when and who, and nothing else. That tells it, in any language, from a sentence of the writer's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import cache, lru_cache

from msgspec import Struct

from followup_rules.mail.phrases import any_of, folded, phrases, simple

MOST_LINES = 5
"""Over how many lines programs break it."""
_LONGEST = 400
_LONG_LINE = 60
"""A program that breaks lines does so no earlier, in characters."""
_MOST_NAMES = 10

_ADDRESS = re.compile(r"[<\[(]?\s*(?:mailto:)?[^\s<>\[\]()@\"']{1,64}@[^\s<>\[\]()@\"']{1,100}(?:\s*[>\])])*")
_BRACKETED = re.compile(r"\([^()]{0,60}\)|<[^<>]{0,100}>")
_DATE = re.compile(
    # By now `simple` has taken Korean signs apart: U+1102 is what 년, the year, begins with.
    r"\b(?:19|20)\d\d\b|(?:19|20)\d\d[年\u1102]|\d{1,2}[:.h]\d\d|\d{1,2}([/.-])\s?\d{1,2}\1\s?\d{2,4}",
    re.IGNORECASE,
)
_END = re.compile(r"[:\uff1a]\W*$|-{2,}$|@\S+>$")
_COLON = re.compile(r"[:-]\W*$")
_SENTENCE, _WORD_OR_DASHES = r"(?<=[.!?] )(?=[^\W\d])", r"(?<= )(?=[^\W\d])|(?<=\S)(?=--)"
_NUMBER = r"(?<=[.!?] )(?=\w)"
_TOKEN = re.compile(r"[^\s,;]+")


class Sureness(IntEnum):
    """How sure it is that a text is an attribution."""

    NO = 0
    LIKELY = 1
    """It is one if a marked quote follows."""
    SURE = 2


class Attribution(Struct, frozen=True):
    """Where an attribution ends, and what the writer wrote before it in its first line."""

    end: int
    """The number of the line after it."""
    before: str
    sureness: Sureness


class _Vocabulary(Struct, frozen=True):
    verb: re.Pattern[str]
    written_by: re.Pattern[str]
    """An address, and right after it the verb that ends an attribution."""
    beginning: re.Pattern[str]
    opener: re.Pattern[str]
    particles: frozenset[str]
    pronouns: frozenset[str]
    addressed: frozenset[str]


@cache
def _vocabulary() -> _Vocabulary:
    given = phrases("quoted-mail")["attribution"]
    verbs = any_of(given["verbs"])
    return _Vocabulary(
        written_by=re.compile(rf"{_ADDRESS.pattern}[\s,]*(?:{verbs})\s?[:\uff1a]\W*$", re.IGNORECASE),
        verb=re.compile(rf"(?<![^\W\d])(?:{verbs})(?![^\W\d])", re.IGNORECASE),
        beginning=re.compile(rf"(?:{any_of(given['beginnings'])})\b", re.IGNORECASE),
        opener=re.compile(
            rf"\W*(?:(?P<word>{any_of(given['openers'])})(?![^\W\d])|\d|[^\W\d]{{2,10}}[.,]{{0,2}}\s+\d)", re.IGNORECASE
        ),
        particles=frozenset(folded(word) for word in given["particles"]),
        pronouns=frozenset(folded(word) for word in given["pronouns"]),
        addressed=frozenset(folded(word) for word in given["addressed"]),
    )


def attribution(lines: Sequence[str], place: int) -> Attribution | None:
    """Return the attribution that begins in this line, if there is one."""
    for last in range(place, min(place + MOST_LINES, len(lines))):
        if not lines[last].strip():
            return None
        if _END.search(lines[last][-40:].rstrip()) and any(sign.isalnum() for sign in lines[last]):
            first = max(last - MOST_LINES + 1, 0)
            found = _ending(tuple(lines[first : last + 1]))
            if found and first + found[0] == place:
                return Attribution(last + 1, found[1], found[2])
    return None


@lru_cache(maxsize=64)  # each line above it asks for the same
def _ending(lines: tuple[str, ...]) -> tuple[int, str, Sureness] | None:
    """Return where the attribution begins that ends these lines, the words before it there, and how sure it is."""
    last = len(lines) - 1
    beginnings = list(_beginnings(lines, last))
    whole = {start: " ".join(lines[start : last + 1]) for start in beginnings}
    sure = [start for start in beginnings if sureness(whole[start]) is Sureness.SURE]
    opened = [start for start in sure if _vocabulary().opener.match(simple(lines[start]))]
    for start in (opened or sure)[:1] or beginnings:
        before = _before(whole[start], opened=start in opened)
        if before and len(before) < len(lines[start]):
            return start, before, Sureness.SURE
    if sure:
        return (opened or sure)[0], "", Sureness.SURE
    return (last, "", Sureness.LIKELY) if sureness(whole[last]) is Sureness.LIKELY else None


def _beginnings(lines: Sequence[str], last: int) -> Iterator[int]:
    """Yield the lines in which an attribution may begin that ends in this one; a program has broken it in between."""
    yield last
    for start in range(last - 1, max(last - MOST_LINES, -1), -1):
        if not _is_broken(lines[start].strip(), lines[start + 1].strip()):
            return
        yield start


def _is_broken(line: str, following: str) -> bool:
    if not line or line.startswith((">", "|")):
        return False
    first = following.split(maxsplit=1)[0] if following else ""
    return (
        len(line) + len(first) >= _LONG_LINE
        or line.endswith(("<", ",", "["))
        or following.startswith(("<", "[mailto:"))
        or not any(sign.isalnum() for sign in _vocabulary().verb.sub("", simple(following[:_LONGEST])))
        or _is_date(line)
    )


def _is_date(line: str) -> bool:
    """Tell of a line such as "On Mon, 9 Nov 2026 16:00:00 -0500", below which a program names who wrote."""
    if not (_opens(line, worded=True) and _DATE.search(line)):
        return False
    names, others = _names_and_others(_BRACKETED.sub(" ", simple(line)))
    return names <= 2 and others == 0


def _before(text: str, *, opened: bool) -> str:
    """Return what stands before an attribution on its own line: "Yes. On Mon, Nov 9, 2026, Julie wrote:".

    In a text that itself opens as one does, only the beginning of a further sentence is looked at.
    """
    if len(text) > 2 * _LONGEST:
        return ""
    words = [match.start() for match in re.finditer(_SENTENCE if opened else _WORD_OR_DASHES, text)]
    numbers = [] if opened else [match.start() for match in re.finditer(_NUMBER, text)]
    for place in [*reversed(words), *numbers]:
        rest = text[place:]
        opens = not rest[0].islower() and _opens(rest, worded=place in words)
        if opens and _DATE.search(rest) and sureness(rest) is Sureness.SURE:  # not at the AM of a time
            before = text[:place].rstrip(" -")
            return "" if before.endswith((">", ")")) else before
    return ""


def _opens(text: str, *, worded: bool) -> bool:
    found = _vocabulary().opener.match(simple(text[:_LONGEST]))
    return found is not None and (found["word"] is not None or not worded)


def sureness(text: str) -> Sureness:
    """Return how sure it is that a text is an attribution and nothing else."""
    if len(text) > _LONGEST or not _END.search(text.rstrip()):
        return Sureness.NO
    said = simple(text).lstrip("-*_>|( ")
    without_people = _BRACKETED.sub(" ", _ADDRESS.sub(" ", said))
    named = without_people != said and _ADDRESS.search(said) is not None
    words = _vocabulary()
    verb, beginning = words.verb.search(without_people), words.beginning.match(without_people)
    date = _DATE.search(without_people) is not None
    if not (verb or beginning or (date and named)):
        return Sureness.NO
    if date and _opens(said, worded=True) and words.written_by.search(said):
        # Whatever the name: "On Mon, Nov 9, 2026, the team that hires <jobs@nordik.example> wrote:".
        return Sureness.SURE
    if verb and _is_a_sentence(without_people[: verb.start()], date=date):
        return Sureness.NO
    names, others = _names_and_others(words.verb.sub(" ", without_people))
    if names > _MOST_NAMES or others > (2 if date and named and verb else 1):
        return Sureness.NO
    if not _COLON.search(said):  # as Gmail wrote once: "2011/4/7 Julie Roy <julie@nordik.example>"
        return Sureness.LIKELY if date and said[:1].isdigit() else Sureness.NO
    sure = (named and beginning) or (date and (named or verb)) or (named and verb and names)
    return Sureness.SURE if sure else Sureness.LIKELY if names or others or named else Sureness.NO


def _is_a_sentence(before: str, *, date: bool) -> bool:
    """Tell of what stands before the verb whether it makes a sentence with it: "what you wrote:"."""
    tokens = [token.strip("\"'.:()").casefold() for token in _TOKEN.findall(before)]
    if not tokens or tokens[-1] not in _vocabulary().pronouns | _vocabulary().addressed:
        return False
    names, others = _names_and_others(" ".join(_TOKEN.findall(before)[:-1]))
    return tokens[-1] in _vocabulary().pronouns or not date or others > 0 or names > 3


def _names_and_others(text: str) -> tuple[int, int]:
    """Count the words that are no part of a date: those that may be of a name, and others."""
    tokens = [token.strip("()\"'[]|*_:.-") for token in _TOKEN.findall(text)]
    telling = [token for token in tokens if token and token.casefold() not in _vocabulary().particles]
    numbers = [any(sign.isdigit() for sign in token) for token in telling]
    beside = list(zip([False, *numbers], numbers, [*numbers[1:], False], strict=False))
    words = [token for token, near in zip(telling, beside, strict=True) if not any(near) and token[0].isalpha()]
    others = sum(token[0].islower() for token in words)
    return len(words) - others, others
