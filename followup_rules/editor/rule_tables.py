"""The tables of a file of rules as people write them, typed: what an editor completes and checks.

Other than a compiled record of `language`, a table may be any layer of a rule, so nothing in it is required; and a list
may be extended (`{ add, remove }`) instead of replaced. What the compiled records say of a key is not said again here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

from followup_rules.language import every, fields, matching, phrases, schema
from followup_rules.model import LANGUAGES

T = TypeVar("T")
Maybe: TypeAlias = T | UnsetType


def any_of(*alternatives: object) -> Meta:
    """Return what makes a value one of some JSON Schemas; msgspec itself allows one table in a union."""
    return Meta(extra_json_schema={"anyOf": list(alternatives)})


def table(name: str) -> dict[str, object]:
    """Return the JSON Schema of the record of this name."""
    return {"$ref": f"#/$defs/{name}"}


def listed(*items: object) -> dict[str, object]:
    """Return the JSON Schema of a list of these."""
    return {"type": "array", "items": {"anyOf": list(items)}}


def words(*known: str, pattern: str = "") -> dict[str, object]:
    """Return the JSON Schema of a text: one of those that are known, or one that a pattern allows."""
    one_of: list[object] = [{"enum": list(known)}]
    return {"type": "string", "anyOf": [*one_of, {"pattern": pattern}]} if pattern else {"enum": list(known)}


# -- texts

_UNIT = "|".join(f"{unit}|{unit.removesuffix('s')}" for unit in phrases.UNITS)
_STEP = rf"(\s*\+\s*\d{{1,5}}\s+({_UNIT})|\s+-\s*\d{{1,5}}\s+({_UNIT}))"
_PHRASE = rf"^\s*[^\s,+]+{_STEP}*(\s+at\s+\d{{1,2}}:\d\d)?\s*(,[^,]*[^\s,][^,]*)*$"
_WEEKS = r"\d{1,3}\s+weeks?\s+from\s+\d{4}-\d\d-\d\d"
_RECURRING = (
    rf"^\s*([^\W\d]\S*|month\s+on\s+(\d{{1,2}}|last)|year\s+on\s+\d{{1,2}}-\d{{1,2}}|{_WEEKS})(\s+at\s+\S+)?\s*$"
)
_ADDRESS = r"^it\.|@"

Phrase: TypeAlias = Annotated[
    str,
    Meta(
        pattern=_PHRASE,
        examples=["end + 10 days at 09:00, workday", "it.due", "start - 2 hours", "thank-you.done + 7 days"],
    ),
]
Recurring: TypeAlias = Annotated[str, Meta(pattern=_RECURRING, examples=["friday at 15:00", *every.EXAMPLES])]
Tag: TypeAlias = Annotated[str, Meta(pattern=r"^#?\S+$")]
Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Language: TypeAlias = Annotated[str, Meta(extra_json_schema=words(*LANGUAGES))]


class ChangedWords(Struct, forbid_unknown_fields=True):
    """Extends the list of an earlier layer instead of replacing it."""

    add: Maybe[str | list[str]] = UNSET
    """Stands at its end, once."""
    remove: Maybe[str | list[str]] = UNSET
    """Must stand there, written like this."""


Words: TypeAlias = Text | list[Text] | ChangedWords
Names: TypeAlias = str | list[str] | ChangedWords
Phrases: TypeAlias = Phrase | list[Phrase] | ChangedWords


def chosen(*known: str, pattern: str = "") -> Meta:
    """Return what makes a value one or a list of some words, or changes such a list."""
    one = words(*known, pattern=pattern)
    return any_of(one, listed(one), table("ChangedWords"))


_SIDE: tuple[str, ...] = ("them", "outside")
Kinds: TypeAlias = Annotated[Any, chosen("meeting", "sent", "received", "note", "done", pattern=r"^\S+$")]
Statuses: TypeAlias = Annotated[Any, chosen(*fields.STATUSES, *sorted(matching.DOUBTFUL))]
People: TypeAlias = Annotated[Any, chosen(*_SIDE, pattern=_ADDRESS)]
Writers: TypeAlias = Annotated[Any, chosen(*_SIDE, "services", pattern=_ADDRESS)]
Organizers: TypeAlias = Annotated[Any, chosen(*_SIDE, "services", pattern="@")]
Recipients: TypeAlias = Annotated[Any, chosen("them", pattern=_ADDRESS)]
_MACHINE = {"anyOf": [{"type": "boolean"}, {"enum": list(fields.AUTO)}]}
Machines: TypeAlias = Annotated[Any, any_of(_MACHINE, listed(_MACHINE), table("ChangedPatterns"))]

# -- patterns

_ONE = (
    {"type": "string", "minLength": 1, "description": "The name of a definition, or a #tag."},
    table("PatternTable"),
)
Pattern: TypeAlias = Annotated[Any, any_of(*_ONE)]
Patterns: TypeAlias = Annotated[Any, any_of(*_ONE, listed(*_ONE), table("ChangedPatterns"))]
PatternList: TypeAlias = Annotated[Any, any_of(listed(*_ONE), table("ChangedPatterns"))]
Anchor: TypeAlias = Annotated[Any, any_of(*_ONE, table("EveryTable"))]


class ChangedPatterns(Struct, forbid_unknown_fields=True):
    """Extends the list of an earlier layer instead of replacing it."""

    add: Maybe[Any] = UNSET
    """Stands at its end, once."""
    remove: Maybe[Any] = UNSET
    """Must stand there, written like this."""


class RangeTable(Struct, forbid_unknown_fields=True):
    """A range of numbers, both ends included."""

    min: Maybe[float] = UNSET
    max: Maybe[float] = UNSET


class EveryTable(Struct, forbid_unknown_fields=True):
    """What recurs by the calendar alone."""

    every: Recurring
    """`friday at 15:00`; at 09:00 if no time is given."""


class PatternTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """A pattern: all its fields must hold."""

    is_: Maybe[Text] = field(name="is", default=UNSET)
    """the event is that definition, or has that `#tag`"""
    kind: Maybe[Kinds] = UNSET
    """it is of that kind (or one of a list): `meeting`, `sent`, `received`, `note`, `done`"""
    tags: Maybe[Tag | list[Tag] | ChangedWords] = UNSET
    """it has any of these tags"""
    words: Maybe[Words] = UNSET
    """any of these words stands in title or text: whole words, case and accents folded, `*` at a word's end, alone for
    any word; `...` between two for up to three words; in parentheses, choices with a bar between them; two signs or
    more (`<>`) as they stand
    """
    title: Maybe[Words] = UNSET
    """likewise, in the title"""
    text: Maybe[Words] = UNSET
    """likewise, in the text"""
    to: Maybe[People] = UNSET
    """a recipient of my mail is one of: `"them"`, `"outside"`, `"name@domain"`, `"@domain"`, `"it.FIELD"` (an address
    that a field of the anchor gives)
    """
    from_: Maybe[Writers] = field(name="from", default=UNSET)
    """likewise, who wrote or called it; also `"services"`: an applicant-tracking or scheduling service"""
    with_: Maybe[People] = field(name="with", default=UNSET)
    """likewise, any of its people"""
    organizer: Maybe[Organizers] = UNSET
    """likewise, who called it, or `"services"`; no `it.FIELD`"""
    status: Maybe[Statuses] = UNSET
    """`confirmed`, `tentative`, `cancelled`, `declined` (by me), `mine` (I called it, for others); `unanswered`
    (strangers called it, and I have not answered), `vanished` (its calendar does not list it any more, and nothing
    shows that it took place), `missed` (it did not take place, as a note says). Without one of the last three no such
    meeting matches
    """
    answers: Maybe[bool] = UNSET
    """`true`: a reply to somebody else's mail, by its headers or, where it names none, by its subject and people. A
    reply to a mail of your own and a forward answer nobody; one to a notice of absence answers the mail for which that
    came
    """
    forwards: Maybe[bool] = UNSET
    """`true`: passes a mail on"""
    auto: Maybe[Machines] = UNSET
    """which mail that no person wrote matches: `true` (any), `false` (none), one or a list of `reply` (out of office
    and other automatic answers), `bounce`, `receipt`, `calendar` (Accepted, Declined, ...), `bulk` (newsletters),
    `notice` (from an address that takes no answer); `[false, "notice"]` for mail of people and notices. Without `auto`
    no such mail matches
    """
    first: Maybe[Literal["thread", "series", "with"]] = UNSET
    """`"thread"`: the first mail of its thread; `"with"`: the first meeting with any of its people, and of a series the
    first; `"series"`: the first meeting of its series; an occurrence of a series that was over before the first run
    counts for neither, unless you met them there
    """
    same: Maybe[Literal["thread"]] = UNSET
    """`"thread"`: in the anchor's thread"""
    about: Maybe[Text] = UNSET
    """`"it"`: it shares a significant word with the anchor, in titles, texts or noted values, and with no other open
    anchor of the rule more of them; or a definition or `"#tag"`: it shares one with any event of the case that is one
    """
    people: Maybe[RangeTable] = UNSET
    """`{ min, max }`: how many people it has besides you"""
    after: Maybe[Phrases] = UNSET
    """a phrase on the anchor: it takes place then or later"""
    before: Maybe[Phrases] = UNSET
    """a phrase on the anchor: it takes place earlier"""
    data: Maybe[dict[str, str | int | float | bool | RangeTable]] = UNSET
    """`data.FIELD = value`, or `{ min, max }`: a field that a plugin or a note gives"""
    check: Maybe[Text] = UNSET
    """a named predicate of a plugin"""
    of: Maybe[Names] = UNSET
    """it was done by this rule, or any of a list: a `done` event for the same anchor; in `on`, for any"""
    any: Maybe[PatternList] = UNSET
    """one of these patterns does"""
    all: Maybe[PatternList] = UNSET
    """all of these patterns do"""
    not_: Maybe[Pattern] = field(name="not", default=UNSET)
    """this pattern does not"""


class DefinitionTable(PatternTable, forbid_unknown_fields=True, kw_only=True):
    """A pattern under a name."""

    unset: Maybe[str | list[str]] = UNSET
    """Fields of an earlier layer to take away."""


# -- rules and guards


class ActionTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a rule makes."""

    type: Maybe[Text] = UNSET
    template: Maybe[Text] = UNSET
    title: Maybe[str] = UNSET
    text: Maybe[str] = UNSET
    to: Maybe[Recipients] = UNSET
    reply_to: Maybe[Literal["it"]] = UNSET
    output: Maybe[Text] = UNSET
    language: Maybe[Language] = UNSET
    contact: Maybe[bool] = UNSET
    id: Maybe[Annotated[str, Meta(pattern=r"^(?!\d+$)[\w-]+$")]] = UNSET


class BreaksTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which guard a mail of mine breaks."""

    guard: Maybe[Text] = UNSET
    after: Maybe[Phrases] = UNSET


Actions: TypeAlias = Annotated[
    Any, any_of(table("ActionTable"), listed(table("ActionTable")), table("ChangedPatterns"))
]


class RuleTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """A rule: from an anchor, when it opens and closes, what ends it, what to do."""

    why: Maybe[str] = UNSET
    on: Maybe[Anchor] = UNSET
    where: Maybe[Pattern] = UNSET
    each: Maybe[Literal["person"]] = UNSET
    per: Literal["event", "day", "case"] = "event"
    opens: Phrases = "end"
    moved_by: Maybe[Phrases] = UNSET
    not_before: Maybe[Phrases] = UNSET
    due: Phrases = "opens"
    late: Maybe[Phrases] = UNSET
    closes: Maybe[Phrases] = UNSET
    done_by: Maybe[Patterns] = UNSET
    cancelled_by: Maybe[Patterns] = UNSET
    while_: Maybe[Patterns] = field(name="while", default=UNSET)
    during: Maybe[Text] = UNSET
    breaks: Maybe[Text | BreaksTable] = UNSET
    announces: Maybe[Names] = UNSET
    carries: Maybe[Patterns] = UNSET
    passes: Maybe[Names] = UNSET
    language: Maybe[Language] = UNSET
    do: Maybe[Actions] = UNSET
    enabled: bool = True
    unset: Maybe[str | list[str]] = UNSET
    """Fields of an earlier layer to take away."""


class GuardTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """A guard: from an anchor, a window in which contact is held."""

    why: Maybe[str] = UNSET
    on: Maybe[Anchor] = UNSET
    where: Maybe[Pattern] = UNSET
    per: Literal["event", "day", "case"] = "event"
    opens: Phrases = "end"
    closes: Maybe[Phrases] = UNSET
    ended_by: Maybe[Patterns] = UNSET
    holds: Literal["contact", "everything"] = "contact"
    except_: Maybe[Names] = field(name="except", default=UNSET)
    enabled: bool = True
    unset: Maybe[str | list[str]] = UNSET
    """Fields of an earlier layer to take away."""


class TagTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """Other spellings of a tag, and whether it marks meetings."""

    also: Maybe[Tag | list[Tag] | ChangedWords] = UNSET
    """further spellings: each is that tag everywhere, in notes, in calendar entries of your own, and in patterns; case
    and accents do not matter. A note's identity is made with the tag itself, so that the same note in another language
    is the same note
    """
    marks: Maybe[bool | Literal["missed"]] = UNSET
    """`true`: a note with this tag and `re:DAY` gives it to the case's meetings of that day, and does not stand for
    itself. Mark so the tags by which a definition tells what a meeting is. `"missed"`: likewise, and those meetings did
    not take place: their status is `missed`. Without `re:` the note's own day is meant. A meeting of which only a note
    tells (`#interview` without `re:`) is marked like one of a calendar
    """
    unset: Maybe[str | list[str]] = UNSET
    """Fields of an earlier layer to take away."""


Definition: TypeAlias = Annotated[Any, any_of({"type": "string", "minLength": 1}, table("DefinitionTable"))]


class RulesFile(Struct, forbid_unknown_fields=True, kw_only=True):
    """A file of rules."""

    requires: Maybe[Literal[1]] = UNSET
    """The version of the rule language that the file is written for."""
    define: Maybe[dict[str, Definition]] = UNSET
    """Patterns under a name."""
    rule: Maybe[dict[str, RuleTable]] = UNSET
    """Rules by id; one under the id of an earlier layer changes that, field by field."""
    guard: Maybe[dict[str, GuardTable]] = UNSET
    """Windows in which contact is held, by id."""
    tag: Maybe[dict[str, TagTable]] = UNSET
    """Other spellings of tags, and which of them mark meetings."""


EXPLAINED: dict[type, tuple[type, ...]] = {
    RuleTable: (schema.Rule,),
    GuardTable: (schema.Guard, schema.Rule),
    ActionTable: (schema.Do,),
    BreaksTable: (schema.Breaks,),
}
"""The compiled records that explain the keys of a table."""
RECORDS: tuple[type, ...] = (
    *(RuleTable, GuardTable, DefinitionTable, PatternTable, ActionTable, BreaksTable, EveryTable, RangeTable, TagTable),
    *(ChangedWords, ChangedPatterns),
)
"""All that `$ref` may name."""
