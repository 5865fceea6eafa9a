"""The grammar of a heading and of a list item. Pure: text in, records out."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules.plain import one_line
from followup_rules.sentences import Sentence
from followup_rules.written_dates import ALSO, DATE_KEYS, NotADate, read

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_HEADING = 500
LONGEST_NOTE = 10_000
"""In characters; what stands beyond is not read."""

OPEN_BOXES, TICKED_BOXES = "☐⬜🔲◻▢", "☑☒✓✔✅🗹"
"""Checkboxes as programs export them, and as people type them, each as one sign."""

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLACE = re.compile(r"<?(?:mailto:)?(?P<local>[\w.+%'-]*)[@＠](?P<domain>[\w-]+(?:\.[\w-]+)+)>?")
# What Markdown and habit put around a label: `**Nordik**`, `[Nordik](mailto:...)`, `Nordik: <...>`.
_LINK = re.compile(r"\[([^\]]*)\](?=\((?:mailto:)?[^)]*@)")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
"""A backslash before a sign, which programs put there that export Markdown (CommonMark 2.4)."""
_EMPTIED = re.compile(r"\(\s*\)|<\s*>|`\s*`")
_AROUND_A_LABEL = " ,;:<>*_~`–—-"
_LIKE_A_HEADING = re.compile(r"(?P<bold>\*\*|__)?[^\s<>][^<>.!?]{0,80}\s<[^<>\s]+@[^<>\s]+>:?(?(bold)(?P=bold)):?\s*")
_CHECKBOX = re.compile(rf"(?:\[\s*(?P<box>[xX*✓✔]?)\s*\](?![(\[])|(?P<sign>[{OPEN_BOXES}{TICKED_BOXES}]))\ufe0f?[\s:]*")
# What is neither said (code: CommonMark 6.1) nor any longer said (struck out: GFM 6.5) hides the tags in it.
_PIECE = re.compile(
    r"""
      (?<![\w+.-]) (?P<url> [A-Za-z][\w+.-]*://\S+ )
    | (?P<code> `[^`]+` )
    | (?P<struck> ~~(?=\S).*?~~ )
    | (?<![^\s(\[*]) (?P<key> \#case | [^\W\d_](?:[^\W\d]|-)* ) :
      (?: ["“”„″](?P<quoted>[^"“”„″]*)["“”″] | «(?P<french>[^»]*)» | ['‘‚](?P<single>[^'‘’]*)['’](?!\w)
        | (?P<bare>\S+) )
    | (?<![\w#&\\]) \# (?: (?P<tag> [^\W\d_][\w-]* ) | \[\[ (?P<linked> [^\W\d_][\w -]* ) \]\] )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WHOLE = re.compile(r"(?P<mark>\*{1,3}|_{1,2}|==)(?=\d)(?P<said>.*\S)(?P=mark)\s*")
"""A note that stands in bold or the like as a whole."""
_BOLD_KEY = re.compile(r"(?<!\S)(\*\*|__)([^\W\d][\w-]*)(?:\s?:\1|\1\s?:)\s*")
_BEFORE_A_DATE = re.compile(r"(?:~~[^~]*~~|\[[^\w\s\[\]]\]|\([A-Z]\))\s*")
"""What is no longer said, another state of a checkbox (`[-]`, `[>]`), or a priority."""
_QUOTES = '"“”„«″'
_PARTED_TAG = re.compile(r"(?<!\S)#\s(?=[^\W\d_]{3})")
_DATE_KEY = "|".join([*DATE_KEYS, *ALSO]).replace("'", "['’]")
_PARTED_DATE = re.compile(rf"(?<![^\s(\[])({_DATE_KEY})(?:\s*(?:::?|=)\s*|(?<=due|til);)(?=\S)", re.IGNORECASE)
# The dates of tasks as Obsidian's plug-in Tasks writes them: due; created, begun, scheduled, done, given up.
_DUE_SIGN = re.compile(r"[📅📆🗓]\ufe0f?\s*(?=\d{4}-\d\d-\d\d)")
_OTHER_DATES = re.compile(r"[➕🛫⏳⌛✅❌]\ufe0f?\s*\d{4}-\d\d-\d\d(?!\d)")
_WIDE_COLON = re.compile(r"(?<=\w)：\s*")
_EMPTY_DATE = re.compile(rf"(?<!\S)({_DATE_KEY})\s?(?:::?|=)\s*$", re.IGNORECASE)
# "12.50 $" is a price: only between a date and a tag is it a time.
_DOTTED_CLOCK = re.compile(r"(?<=\d{4}-\d\d-\d\d )([01]?\d|2[0-3])\.([0-5]\d)(?= +#)")
_AFTER_STAMP = re.compile(r"^(?:[,;:.]|\s*[–—-])(?=\s|#|$)")
_BRACKETS = {"[[": "]]", "[": "]", "(": ")", "**": "**", "*": "*", "__": "__", "_": "_", "`": "`"}
_TAKEN = "\0"
"""In place of a tag or a key that is taken out of a text, which holds no such sign itself."""
_ONLY_TAKEN = re.compile(
    "|".join(rf"{re.escape(begin)}\s*\0[\s\0]*{re.escape(end)}" for begin, end in _BRACKETS.items())
)
# The signs that people write between a tag and their words: "#promise: the list", "the list, #promise."
_SIGNS_AT_THE_BEGINNING = re.compile(r"\A(?:\s|[,;:.→–—-](?=[\s\0]))*\0(?:[\s\0]|[,;:.→–—-]+(?=[\s\0]|$))*")
_SIGNS_BETWEEN = re.compile(r"[\s,;:–—-]{0,3}\0[\s\0]*(?=[.,;:!?](?:[\s\0]|$))")
_SIGNS_AT_THE_END = re.compile(r"(?:\s?[,;:]|\s[→–—-]{1,3})\s*\0[\s\0]*$")
_IN_BRACKETS = re.compile(r"(\[\[|\[|\(|\*\*?|__?|`)([^\[\]()*`]{6,60}?)(\]\]|\]|\)|\*\*?|__?|`)(?!\w)")
_SIGNS = re.compile(r"[^\w\s#+~\\.,:;!?*`([{<>=-]{1,4}\s*(?=\w)")
"""Before a date: an emoji, or the `@` of programs that make a link of it."""
_NOT_A_DAY = re.compile(r"(?:19|20)\d\d(?:[-/.](?:0?[1-9]|1[0-2])|_\d\d?_\d\d?|-?W\d\d?(?:-?\d)?)(?=\s)", re.IGNORECASE)
"""A month, a week (ISO 8601), or a day as files are named after it: meant as the date, and none that is read."""
_ANOTHER_NOTE = re.compile(r"\s[-–—•;]\s?(?:\[[ xX]?\]\s*)?(\d{4}-\d\d-\d\d)\b[^#]{0,12}#[^\W\d_]{3}")
_HOUR = r"\d{1,2}(?:\s?[:h]\s?\d\d)?\s?(?:h|[ap]\.?m\.?)?"
_UNTIL = re.compile(rf"(.{{6,40}}?[\s,])({_HOUR})\s?[-‐‑–—]\s?({_HOUR})(?!\w)", re.IGNORECASE)
_LIKE_A_NOTE = re.compile(r"\s*(?:\[[ xX]?\]\s*)?[\[(*_]{0,2}\d{4}[-‐‑–]\d\d?[-‐‑–]\d\d?(?!\d)")


class Heading(Struct, frozen=True):
    """A case heading: a label, addresses, domains, or several of these."""

    label: str
    domains: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The first domain without a person, to which the notes belong; or nothing."""
        return self.domains[0] if self.domains else ""

    @property
    def places(self) -> frozenset[str]:
        """The domains that it names, those of its addresses among them."""
        return frozenset((*self.domains, *(address.rpartition("@")[2] for address in self.addresses)))

    @property
    def id(self) -> str:
        """What stands for the heading in the ids of its notes; empty if the heading names nothing."""
        domain = f"@{self.domain}" if self.domain else ""
        return self.addresses[0] if self.addresses else domain or re.sub(r"\s+", "-", self.label.lower())


class Note(Struct, frozen=True, kw_only=True):
    """A list item. `clock` is never without `day`."""

    ticked: bool
    day: date | None
    clock: time | None
    tags: tuple[str, ...]
    case: str
    pairs: Mapping[str, str]
    text: str
    problems: tuple[tuple[str, str], ...]
    """(part, sentence) of what could not be read; the rest of the note holds."""

    @property
    def stamp(self) -> str:
        """The time as it stands in the note's id."""
        if self.day is None:
            return ""
        return f"{self.day}T{self.clock:%H:%M}" if self.clock else str(self.day)


def parse_heading(text: str) -> Heading:
    """Read a heading such as `Nordik <julie.roy@nordik.ca>`, `@nordik.ca` or `Nordik`."""
    text = _WIKI_LINK.sub(r"\1", _ESCAPE.sub(r"\1", one_line(text, LONGEST_HEADING)))
    places = list(_PLACE.finditer(text))
    addresses = dict.fromkeys(f"{at['local']}@{at['domain']}".lower() for at in places if at["local"])
    domains = dict.fromkeys(at["domain"].lower() for at in places if not at["local"])
    # What stood around an address, such as `(mailto:...)`, is empty once that is taken out.
    label = one_line(_EMPTIED.sub(" ", _PLACE.sub(" ", _LINK.sub(r"\1 ", text)))).strip(_AROUND_A_LABEL)
    return Heading(label, tuple(domains), tuple(addresses))


def parse_note(text: str) -> Note:
    """Read a list item. Raises NotADate, with a sentence for the user, if its date or time does not exist."""
    text = _undressed(one_line(_LINE_BREAK.sub(" ", _COMMENT.sub(" ", text[:LONGEST_NOTE])), LONGEST_NOTE))
    box = _CHECKBOX.match(text)
    day, clock, rest = _split_stamp(_DOTTED_CLOCK.sub(r"\1:\2", text[box.end() :] if box else text, count=1))
    rest = _rejoined(rest)
    pieces = _pieces(rest)
    pairs = {piece.key: piece.value for piece in pieces if piece.key}
    return Note(
        ticked=bool(box and (box["box"] or (box["sign"] or "☐") in TICKED_BOXES)),
        day=day,
        clock=clock,
        tags=tuple(dict.fromkeys(piece.tag for piece in pieces if piece.tag)),
        case=pairs.pop("#case", ""),
        pairs=pairs,
        text=one_line(_without(rest, pieces), LONGEST_NOTE),
        problems=(*_unclosed(pieces), *_empty_dates(rest), *_others(rest)),
    )


def _undressed(text: str) -> str:
    """Return a note without the signs of emphasis around the whole of it, or around a key."""
    whole = _WHOLE.fullmatch(text)
    text = whole["said"] if whole and whole["mark"] not in whole["said"] else text
    return _BOLD_KEY.sub(r"\2:", text)


def has_tag(text: str) -> bool:
    """Whether a text holds a `#tag`, other than in an address, in code or struck out."""
    return any(piece.tag for piece in _pieces(text))


def looks_like_note(line: str) -> bool:
    """Whether a line of plain text was meant as a list item: it begins with a day, or holds a tag."""
    return bool(_LIKE_A_NOTE.match(line)) or has_tag(line)


def begins_a_note(line: str) -> bool:
    """Whether a further line of an item was meant as one of its own: it begins with a day, as no wrapped text does."""
    return bool(_LIKE_A_NOTE.match(line)) and not line[:1].isspace()


def names_another(line: str, heading: str) -> bool:
    """Whether a line of plain text was meant as the heading of another case: a name, and an address of another domain.

    `Kestrel <bo@kestrel.example>` or the same in bold, below notes on Nordik.
    """
    if not _LIKE_A_HEADING.fullmatch(line):
        return False
    named, above = parse_heading(line), parse_heading(heading)
    return bool(above.places) and named.places.isdisjoint(above.places)


class _Piece(Struct, frozen=True):
    """A tag, or a key with its value, and where it stands."""

    start: int
    end: int
    key: str = ""
    value: str = ""
    tag: str = ""
    bare: str = ""


def _split_stamp(text: str) -> tuple[date | None, time | None, str]:
    """Split off a leading date and time of day; a time without a date is just text."""
    text = _without_end(_without_brackets(text))
    try:
        written = read(text)
        signs = (_SIGNS.match(text) or _BEFORE_A_DATE.match(text)) if written is None else None
        if signs and (behind := read(text[signs.end() :])):
            written, text = behind, text[signs.end() :]
    except NotADate as error:
        # "May 3 people come" is prose, unless a tag says that it is a note; figures alone were meant as a date.
        if has_tag(_rejoined(text)) or not any(sign.isalpha() for sign in error.written):
            raise
        return None, None, text
    if written is None and (month := _NOT_A_DAY.match(text)) and has_tag(text):
        message = Sentence(
            '"{written}" is not a date; write it as 2026-11-10, or 2026-11-10 14:30 in local time', written=month[0]
        )
        raise NotADate(month[0], message)
    if written is None:
        return None, None, text
    if written.clock and written.clock.tzinfo:
        shown = text[: written.length]
        raise NotADate(
            shown, Sentence('"{shown}" is not a date; write it as 2026-11-10 14:30, in local time', shown=shown)
        )
    return written.day, written.clock, _AFTER_STAMP.sub("", text[written.length :])


def _without_brackets(text: str) -> str:
    """Return a text that begins with a date in brackets, as a link or in bold, without them: `[[2026-11-10]] 14:30`."""
    found = _IN_BRACKETS.match(text)
    if not found or _BRACKETS[found[1]] != found[3]:
        return text
    # Of a link, the page that it leads to, or what stands in its place behind a bar.
    insides = [inside.strip(" :,") for inside in found[2].split("|")]
    return next((inside + text[found.end() :] for inside in insides if _is_a_stamp(inside)), text)


def _is_a_stamp(text: str) -> bool:
    """Tell whether a text is a date, or was meant as one, and nothing else."""
    try:
        written = read(text)
        return written is not None and written.length >= len(text)
    except NotADate as error:
        return error.written == text


def _without_end(text: str) -> str:
    """Return a text that begins with a day and hours "14:30-15:00" with the first of them: a note has one time."""
    found = _UNTIL.match(text)
    if not found:
        return text
    try:
        begins, ends = (read(found[1] + clock) for clock in (found[2], found[3]))
    except NotADate:
        return text
    clocks = [each.clock for each in (begins, ends) if each and each.clock]
    # 14:30-05:00 is a time of another zone.
    is_range = len(clocks) == 2 and clocks[0] < clocks[1]
    return found[1] + found[2] + text[found.end() :] if is_range else text


def _rejoined(text: str) -> str:
    """Return a text with its tags and dates as this grammar has them.

    What a phone's keyboard parted: "# promise", "due : friday", "due=friday", a wide colon; and the signs of tasks.
    """
    text = _WIDE_COLON.sub(":", text.replace("＃", "#"))
    if not has_tag(text):
        text = _PARTED_TAG.sub("#", text)
    text = _OTHER_DATES.sub("", _DUE_SIGN.sub("due:", text))
    return _PARTED_DATE.sub(lambda key: f"{_date_key(key[1])}:", text) if has_tag(text) else text


def _date_key(written: str) -> str:
    """Return the key that a spelling stands for."""
    name = written.lower().replace("’", "'")
    return ALSO.get(name, name)


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    # Not finditer: where a date of several words ends, only the reader of dates knows.
    while found := _PIECE.search(text, at):
        piece = _piece(found, text)
        pieces += [piece] if piece else []
        at = piece.end if piece else found.end()
    return pieces


def _piece(found: re.Match[str], text: str) -> _Piece | None:
    if tag := found["tag"] or found["linked"]:
        return _Piece(found.start(), found.end(), tag="-".join(tag.lower().split()))
    if not found["key"]:
        return None
    key, bare = found["key"].lower(), found["bare"] or ""
    end = max(found.end(), found.start("bare") + _date_length(text[found.start("bare") :])) if bare else found.end()
    if bare and key not in DATE_KEYS:
        end = found.end()
    value = text[found.start("bare") : end] if bare else found["quoted"] or found["french"] or found["single"] or ""
    value = one_line(value.lstrip(_QUOTES), LONGEST_NOTE)
    start = found.start()
    closing = _BRACKETS.get(text[start - 1 : start], "")
    if bare and key in DATE_KEYS and closing and closing in value + text[end : end + 1]:  # "(due: friday)" as a whole
        start, end = start - 1, end + (closing not in value)
        value = value.partition(closing)[0]
    return _Piece(start, end, key=key, value=value, bare=bare)


def _date_length(text: str) -> int:
    """Return how far the date reaches with which a text begins, also if it is none that can be read."""
    try:
        # Any day will do: what counts here is how far the date reaches, not which one it is.
        written = read(text, date.min.replace(year=2000))
    except NotADate as error:
        return len(error.written) if text.startswith(error.written) else 0
    return written.length if written else 0


def _without(text: str, pieces: list[_Piece]) -> str:
    """Return a text without its tags and keys, and without the signs that only set them apart: a draft may show it."""
    ends = [0, *(piece.end for piece in pieces)]
    starts = [*(piece.start for piece in pieces), len(text)]
    left = _TAKEN.join(text[end:start] for end, start in zip(ends, starts, strict=True))
    left = _SIGNS_AT_THE_BEGINNING.sub("", _ONLY_TAKEN.sub(_TAKEN, left), count=1)
    return _SIGNS_AT_THE_END.sub("", _SIGNS_BETWEEN.sub("", left)).replace(_TAKEN, "")


def _unclosed(pieces: list[_Piece]) -> list[tuple[str, str]]:
    return [
        (
            piece.bare,
            Sentence("the value of {key}: has no closing quote; only {bare} was read", key=piece.key, bare=piece.bare),
        )
        for piece in pieces
        if piece.bare[:1] and piece.bare[0] in _QUOTES
    ]


def _empty_dates(text: str) -> list[tuple[str, str]]:
    return [
        (f"{key}:", Sentence("{key}: has no value; write a date behind it, as in {key}:2026-11-11", key=key))
        for key in _EMPTY_DATE.findall(text)
    ]


def _others(text: str) -> list[tuple[str, str]]:
    message = Sentence("a second note stands in the same line, and is not read; put it on a line of its own")
    return [(day, message) for day in _ANOTHER_NOTE.findall(text)]
