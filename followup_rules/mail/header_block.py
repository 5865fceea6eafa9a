"""The lines by which a mail program introduces a mail below the letter: "From: ...", "Sent: ...", "Subject: ...".

And the line before them: "-----Original Message-----", "Begin forwarded message:".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from followup_rules.mail import subjects
from followup_rules.mail.phrases import any_of, folded, phrases, simple

_MOST_LINES, _MOST_CONTINUED, _MOST_EMPTY = 16, 3, 1
_LONGEST_LINE = 300
_LABEL = re.compile(r"[>*_\s]*([^\W\d][^:*_<>@]{0,30}?)[\s*_]*:[*_]*(\s*)(.*)$")
_RULE = re.compile(r"\s*(?:[-_=*\u2010-\u2015]\s?){5,}$")
_BETWEEN_DASHES = re.compile(r"\s*[-_=]{4,}\s?[^-_=].{2,60}?[-_=]{4,}\s*$")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]+\.")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MOMENT = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d\d(?::\d\d)?(?: [AP]M)?"
_BY_NOTES = re.compile(rf"[\[\"]?[^\W\d].{{1,80}} ?-{{3}}{_MOMENT}-{{3}}", re.IGNORECASE)
"""How Lotus Notes begins a mail that it puts below a letter: "Julie Roy ---09.11.2026 16:02:11---Hello Camille".

The name may stand in quotes, and after "[Inactive hide details for "."""
_BY_GROUPWISE = re.compile(rf">{{3}} .{{1,120}} {_MOMENT} >{{3}}$", re.IGNORECASE)
"""How GroupWise does: ">>> Julie Roy <julie@nordik.example> 09.11.2026 16:02 >>>"; what follows bears no mark."""
_STAMP = re.compile(rf"{_MOMENT}( [A-Z]{{2,5}})?$", re.IGNORECASE)
_MOST_LONE_LINES = 14


class _Line(Struct, frozen=True):
    kinds: frozenset[str]
    """What the label may be: `from`, `sent`, `to`, `subject`, `other`; nothing if no program is known to write it."""
    value: str


@cache
def _labels() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind, labels in phrases("quoted-mail")["header"].items():
        for label in labels:
            found.setdefault(folded(label), set()).add(kind)
    return {label: frozenset(kinds) for label, kinds in found.items()}


@cache
def _separators() -> frozenset[str]:
    return frozenset(folded(phrase) for phrase in phrases("quoted-mail")["separator"]["between"])


@cache
def _separator() -> re.Pattern[str]:
    given = phrases("quoted-mail")["separator"]
    between, before = any_of(given["between"]), any_of(given["before_a_colon"])
    return re.compile(rf"[>*\s]*(?:[-_=]{{2,}} ?(?:{between})\b.*?[-_=]{{2,}}|(?:{before}) ?:)[*\s]*$", re.IGNORECASE)


def is_separator(line: str) -> bool:
    """Tell of a line whether it says that what follows was written before."""
    bare = simple(line[: _LONGEST_LINE + 1])
    if _BY_NOTES.match(bare) is not None or _BY_GROUPWISE.match(bare) is not None:
        return True
    return len(line) <= _LONGEST_LINE and _separator().match(bare) is not None


def may_separate(line: str) -> bool:
    """Tell of a line whether it introduces a head that follows: words between dashes, or a separator's without."""
    if len(line) > _LONGEST_LINE:
        return False
    bare = simple(line)
    return _BETWEEN_DASHES.match(bare) is not None or bare.casefold() in _separators()


def is_rule(line: str) -> bool:
    """Tell whether a line only draws a line."""
    return len(line) <= _LONGEST_LINE and _RULE.match(line) is not None


def header_block(lines: Sequence[str], place: int, subject: str = "") -> int | None:
    """Return the number of the line after the block that begins in this line; None if none does.

    A single line, an opening time "From: Monday" or a journey "From: ..., To: ..." is the writer's own: it takes what
    only programs write together. The subject is that of the mail in which the lines stand.
    """
    lone = _lone_lines(lines, place)
    if lone is not None:
        return lone
    first = _line(lines[place])
    introduced = _is_introduced(lines, place)
    if first is None or not (first.kinds or introduced):
        return None
    found, end = _run(lines, place)
    if _is_of_a_program(found, subject, introduced=introduced) or (introduced and _may_be_a_head(found)):
        return end
    return None


def _lone_lines(lines: Sequence[str], place: int) -> int | None:
    """Return the number of the line after a head of Lotus Notes: who, when, then labels and values, each on a line."""
    found: list[tuple[int, str]] = []
    for number in range(place, len(lines)):
        if lines[number].strip():
            found.append((number, lines[number][:_LONGEST_LINE]))
            if len(found) == 2 and not _STAMP.match(folded(found[1][1])):
                return None
        if len(found) > _MOST_LONE_LINES:
            break
    kinds = [_labels().get(folded(words), frozenset()) for _, words in found[2:]]
    to = next((each for each, kind in enumerate(kinds) if "to" in kind), None)
    subject = next((each for each, kind in enumerate(kinds) if "subject" in kind), None)
    if to is None or subject is None or to > subject:
        return None
    return found[2 + subject][0] + 2  # its value stands below, or nothing


def after_headers(lines: Sequence[str], place: int) -> int:
    """Return the number of the first line from this one on that is none of a head's; a separator may precede it."""
    while place < len(lines) and (not lines[place].strip() or ((line := _line(lines[place])) and line.kinds)):
        place += 1
    return place


def _line(line: str) -> _Line | None:
    """Return the label and value of a line; only programs leave out the space between: "Objet :Re: Plan"."""
    matched = _LABEL.match(simple(line[:_LONGEST_LINE]))
    kinds = _labels().get(matched[1].casefold(), frozenset()) if matched else frozenset()
    return _Line(kinds, matched[3]) if matched and (kinds or matched[2] or not matched[3]) else None


def _run(lines: Sequence[str], place: int) -> tuple[list[_Line], int]:
    """Return the lines of a block, and the number of the line after it.

    Long values go on in lines without a label. Some programs put an empty line between any two, none between some.
    """
    found: list[_Line] = []
    end, spaced = place, False
    for number in range(place, min(place + _MOST_LINES, len(lines))):
        line = _line(lines[number])
        if line and (line.kinds or not any(each.kinds for each in found)):
            empty = [not text.strip() for text in lines[end:number]]
            if any(empty) and (not all(empty) or len(empty) > _MOST_EMPTY):
                break
            if len(found) > 1 and spaced != any(empty):
                if len(found) == 2 and spaced:  # a line of the writer's own above the block: "Date: the 12th."
                    return found[:1], place + 1
                break
            spaced = any(empty)
            found.append(line)
            end = number + 1
        elif number - end >= _MOST_CONTINUED or "subject" in found[-1].kinds:
            break
    return found, end


def _is_of_a_program(found: Sequence[_Line], subject: str, *, introduced: bool) -> bool:
    kinds = [kind for line in found for kind in line.kinds]
    # A sender begins with a letter; "From: 9 a.m." is when something begins.
    senders = [line.value for line in found if "from" in line.kinds and line.value.lstrip("\"'<[")[:1].isalpha()]
    if not senders or len(found) < 2:
        return False
    addressed = any(_ADDRESS.search(line.value) for line in found)
    base = subjects.base(subject)
    titled = bool(subject) and any("subject" in line.kinds and subjects.base(line.value) == base for line in found)
    proofs = addressed + introduced + titled + ("subject" in kinds)
    if "sent" in kinds:
        return proofs >= 1
    return "to" in kinds and "subject" in kinds and proofs >= 2


def _may_be_a_head(found: Sequence[_Line]) -> bool:
    """Tell of lines after a rule, in a language that we do not know, whether they are a mail's."""
    addressed = any(_ADDRESS.search(line.value) for line in found)
    return len(found) >= 3 and addressed and any(_YEAR.search(line.value) for line in found)


def _is_introduced(lines: Sequence[str], place: int) -> bool:
    before = next((line for line in reversed(lines[max(place - 3, 0) : place]) if line.strip()), "")
    return is_rule(before) or _BETWEEN_DASHES.match(simple(before[:_LONGEST_LINE])) is not None
