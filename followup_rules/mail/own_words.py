"""What of the text of a mail its writer wrote: without what is quoted or passed on, and without the signature.

The lines are read in order. What a program marks (`>`) is left out line by line, so that the answers between stay; what
it only introduces ("Le ... a écrit :", "From: ... Sent: ...") is left out to the end, for nothing tells where it ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from followup_rules import plain
from followup_rules.mail.attribution import MOST_LINES, Sureness, attribution
from followup_rules.mail.header_block import after_headers, header_block, is_rule, is_separator, may_separate
from followup_rules.mail.phrases import any_of, phrases, simple

LONGEST = 200
"""What is kept of a mail's text, in characters."""
_LONGEST_SOURCE = 100_000
_LONGEST_SNIPPET = 1_000
_LONGEST_DEVICE_LINE = 60
_LONGEST_BARE_SIGNATURE = 10
"""In lines: two dashes without the space after them (RFC 3676, section 4.3) may also be a writer's own line."""
_FEWEST_LABELS = 3
_MOST_INTRODUCTIONS, _MOST_EMPTY = 4, 30
"""How many lines of a separator, a head and the like a program puts together, and how many empty ones after them."""
_BROKEN = 60
"""A quoted line that a program broke, so that its rest stands unmarked below it, has at least so many characters."""

# A `|` at both ends makes a row of a table. Initials before the mark, or an indented name, are SuperCite's.
_MARK = re.compile(r"[\s\u200e\u200f]{0,8}(?:[>\uff1e]|\|(?!.*\|\s*$)|[A-Z][A-Za-z]{0,3}>|(?<=\s\s)[A-Z]\w{0,15}> )")
_OMITTED = re.compile(r"\s*(?:[\[<(][^\[\]<>()@]{0,60}[\])>]|\.{2,}|\u2026)?\s*$")
"""An empty line, or what a writer puts in place of lines that they left out of a quote: `<snip>`, `[...]`."""
_ODD_MARK = re.compile(r"\s{0,2}([)\]}:%=~!»]{1,2}|--[\])>])\s?")
"""What some programs and people mark a quote with instead; only below an attribution."""
_BETWEEN_DASHES = re.compile(r"\s*(-{2,}[^-]{3,60}-{2,})\s*")
_ESCAPED = re.compile(r">From ")
_WORDS_BEHIND = re.compile(r"@.{1,100}:\s{2,}\S")
_LINK = re.compile(r"<?https?://\S+")
_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:\w+: .*\n)*\n?", re.MULTILINE)
_DASHED = re.compile(r"^- (?=-)", re.MULTILINE)
_SIGNATURE = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----.*?(?:^-----END PGP SIGNATURE-----|\Z)", re.MULTILINE | re.DOTALL
)


def opening(text: str, subject: str = "") -> str:
    """Return the first 200 characters of what the writer of a plain text wrote.

    The subject is the mail's own: it helps to know the head of the mail that is quoted.
    """
    lines = _lines(text)
    own: list[str] = []
    length = 0
    for line in _own(_with_known_marks(lines), subject):
        own.append(line)
        length += len(line.strip()) + 1
        if length > 2 * LONGEST:
            break
    kept = (" " if "\n" not in text.strip() else "\n").join(own)
    kept = re.sub(r"\n\s*\n\s*\n", "\n\n", kept.strip()[: 4 * LONGEST])
    return plain.printable(kept).strip()[:LONGEST].rstrip()


def _lines(text: str) -> list[str]:
    text = text[:_LONGEST_SOURCE].replace("\r\n", "\n").replace("\r", "\n")
    if "\n" not in text.strip() and len(text) <= _LONGEST_SNIPPET:  # as Gmail gives the beginning of a mail
        return _unrolled(text.strip())
    if "-----BEGIN PGP SIGNED" in text:  # its lines that begin with a dash have "- " before it (RFC 9580, section 7.2)
        text = _DASHED.sub("", _SIGNATURE.sub("", _SIGNED.sub("", text)))
    parts = (part for line in text.split("\n") for part in (_unfolded(line) if _may_hold_a_head(line) else (line,)))
    return [piece for part in parts for piece in (_before_attributions(part) if _goes_on(part) else (part,))]


def _may_hold_a_head(line: str) -> bool:
    """Tell of a line whether a program may have put a whole head on it: "--- Original Message ---From: ... To: ..."."""
    return "@" in line and line.count(":") >= _FEWEST_LABELS and len(line) <= _LONGEST_SNIPPET


def _goes_on(line: str) -> bool:
    """Tell whether the quote may begin in the line that says whose it is: "On ..., Julie<julie@...> wrote:   Hello".

    So Yahoo's app writes, with some spaces between.
    """
    return _WORDS_BEHIND.search(line) is not None and not _MARK.match(line)


def _with_known_marks(lines: list[str]) -> list[str]:
    """Return the lines with `>` in place of another mark that stands before several lines below an attribution."""
    marks = [match[1] for line in lines if (match := _ODD_MARK.match(line))]
    mark = max(set(marks), key=marks.count, default="")
    if marks.count(mark) < 2:
        return lines
    first = next(place for place, line in enumerate(lines) if (found := _ODD_MARK.match(line)) and found[1] == mark)
    above = [place for place in range(max(first - MOST_LINES - 1, 0), first) if lines[place].strip()]
    introductions = (attribution(lines, place) for place in above)
    if not any(each and each.end > above[-1] for each in introductions):
        return lines
    return [f">{line}" if (found := _ODD_MARK.match(line)) and found[1] == mark else line for line in lines]


def _own(lines: Sequence[str], subject: str) -> Iterator[str]:
    rules: list[str] = []  # they may belong to a quote that follows
    place = 0
    while place < len(lines):
        line = lines[place]
        if is_marked(lines, place) or _is_rest_of_a_quote(lines, place):
            if _is_a_marked_head(lines, place, subject):
                return
            place, rules = place + 1, []
            continue
        after = _after_introduction(lines, place, subject) if line.strip() else None
        if after is not None:
            end, before = after
            yield before
            if end is None:
                return
            place, rules = end, []
        elif _is_signature(lines, place):
            place = next((each for each in range(place + 1, len(lines)) if _begins_quote(lines, each)), len(lines))
        elif _names_a_device(line):
            place += 1
        elif is_rule(line) or (rules and not line.strip()):
            rules.append(line)
            place += 1
        else:
            yield from (*rules, line)
            place, rules = place + 1, []


def _after_introduction(lines: Sequence[str], place: int, subject: str) -> tuple[int | None, str] | None:
    """Return where the marked lines begin that are introduced here, and the words before the introduction in its line.

    None in place of a line: what follows is not marked, so that it is a quote to the end. None: nothing is introduced.
    """
    end, before, sure = _introduction(lines, place, subject)
    if end is None:
        return None
    for _ in range(_MOST_INTRODUCTIONS):
        end = _next_text(lines, end)
        if end is None or is_marked(lines, end):
            return (end, before) if sure or end is not None else None
        following, _, more = _introduction(lines, end, subject)
        if following is None:
            break
        end, sure = following, sure or more
    return (None, before) if sure else None


def _introduction(lines: Sequence[str], place: int, subject: str) -> tuple[int | None, str, bool]:
    """Return the number of the line after an introduction, the words before it in its line, and whether it is sure."""
    if is_separator(lines[place]):
        return after_headers(lines, place + 1), "", True
    below = _next_text(lines, place + 1) if may_separate(lines[place]) else place
    block = header_block(lines, below, subject) if below is not None else None
    if block is not None:
        return block, "", True
    found = attribution(lines, place)
    return (found.end, found.before, found.sureness is Sureness.SURE) if found else (None, "", False)


def _next_text(lines: Sequence[str], place: int) -> int | None:
    numbers = range(place, min(place + _MOST_EMPTY, len(lines)))
    return next(
        (number for number in numbers if not _OMITTED.match(lines[number]) and not is_rule(lines[number])), None
    )


def is_marked(lines: Sequence[str], place: int) -> bool:
    """Tell of a line whether it bears a quote's mark; a line `>From ` by itself was escaped (RFC 4155)."""
    line = lines[place]
    if not _MARK.match(line) or (line.rstrip().endswith(" >>>") and is_separator(line)):
        return False
    if not _ESCAPED.match(line):
        return True
    beside = (lines[number] for number in (place - 1, place + 1) if 0 <= number < len(lines))
    return any(near.startswith(">") and not _ESCAPED.match(near) for near in beside)


def _is_a_marked_head(lines: Sequence[str], place: int, subject: str) -> bool:
    """Tell whether marked lines that begin here are a head and nothing else: below them the quote goes on unmarked.

    As the webmail of Orange writes: "> Message du 09/11/26 16:02", "> De : ...", "> Objet : ...", and the mail.
    """
    if place and is_marked(lines, place - 1):
        return False
    rest = range(place, min(place + _MOST_EMPTY, len(lines)))
    end = next((number for number in rest if not is_marked(lines, number)), None)
    if end is None or not any(line.strip() for line in lines[end:]):
        return False
    bare = [_MARK.sub("", line).strip() for line in lines[place:end]]
    # "Message du 09/11/26 16:02" is no label and value.
    ends = [header_block(bare, number, subject) for number in range(min(len(bare), 2))]
    return any(each is not None and not any(bare[each:]) for each in ends)


def _is_rest_of_a_quote(lines: Sequence[str], place: int) -> bool:
    """Tell whether a line is the end of a quoted one that a program broke: the quote goes on below it."""
    if not 0 < place < len(lines) - 1 or not (is_marked(lines, place - 1) and is_marked(lines, place + 1)):
        return False
    above, line = lines[place - 1].rstrip(), lines[place].strip()
    return line[:1].islower() and len(above) >= _BROKEN > len(line) and above[-1:] not in ".?!:;"


def _is_signature(lines: Sequence[str], place: int) -> bool:
    # The space belongs to it (RFC 3676, section 4.3): without one, it may be a dash of the writer's.
    if lines[place].rstrip("\n") == "-- ":
        return True
    if lines[place].rstrip() != "--":
        return False
    below = range(place + 1, min(place + _LONGEST_BARE_SIGNATURE + 2, len(lines)))
    return len(below) <= _LONGEST_BARE_SIGNATURE or any(_begins_quote(lines, number) for number in below)


def _begins_quote(lines: Sequence[str], place: int) -> bool:
    return is_marked(lines, place) or _after_introduction(lines, place, "") is not None


@cache
def _device() -> tuple[re.Pattern[str], re.Pattern[str]]:
    given = phrases("quoted-mail")["device"]
    phrase = re.compile(rf"[-_\[( ]*(?:{any_of(given['phrases'])})", re.IGNORECASE)
    return phrase, re.compile(rf"(?<![^\W\d_])(?:{any_of(given['devices'])})(?![^\W\d_])")


def _names_a_device(line: str) -> bool:
    """Tell of a line such as "Sent from my iPhone"."""
    if not line.strip() or len(line) > 5 * _LONGEST_DEVICE_LINE:
        return False
    bare = _LINK.sub("", simple(line))
    phrase, device = _device()
    return len(bare) <= _LONGEST_DEVICE_LINE and bool(phrase.match(bare)) and bool(device.search(bare))


@cache
def _label() -> re.Pattern[str]:
    labels = {label for labels in phrases("quoted-mail")["header"].values() for label in labels}
    ordered = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    return re.compile(rf"(?<=\s)(?=\*?(?:{ordered})\s?:\*?\s)")


def _unrolled(text: str) -> list[str]:
    """Return the lines that a text on one line may have had: breaks around all that may introduce a quote."""
    pieces = [
        piece for line in _BETWEEN_DASHES.sub(r"\n\1\n", text).split("\n") for piece in _before_attributions(line)
    ]
    return [line for piece in pieces for line in _before_labels(piece)]


def _unfolded(line: str) -> list[str]:
    return [piece for part in _BETWEEN_DASHES.sub(r"\n\1\n", line).split("\n") for piece in _before_labels(part)]


def _before_labels(line: str) -> list[str]:
    return (_label().sub("\n", line) if len(_label().findall(line)) >= 2 else line).split("\n")


def _before_attributions(line: str) -> Iterator[str]:
    for match in re.finditer(r"[:\uff1a](?=\s|$)", line[:_LONGEST_SNIPPET]):
        found = attribution([line[: match.end()]], 0)
        # Within a line nothing else tells where the quote begins, so what is only likely does not cut.
        if found and found.sureness is Sureness.SURE:
            yield found.before
            yield line[len(found.before) : match.end()].strip()
            yield line[match.end() :]
            return
    yield line
