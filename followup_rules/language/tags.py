"""Tags: their other spellings, such as those of another language, and what they say of the meetings that they mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from followup_rules.codes import Code
from followup_rules.language.layers import Table
from followup_rules.language.text import fold
from followup_rules.sentences import Sentence
from followup_rules.toml import values
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value

DONE, DISMISSED, SNOOZE = "done", "dismissed", "snooze"
ORDERS = frozenset({DONE, DISMISSED, SNOOZE})
"""The tags that every config knows: with `for:` they end or hold one duty."""
_ALSO = {DONE: ("fait", "faite", "terminé"), DISMISSED: ("écarté", "écartée"), SNOOZE: ("pause", "reporté", "reportée")}
_SPELT = {fold(other): name for name, others in _ALSO.items() for other in others}
_TAG = re.compile(r"#?[^\W\d_][\w-]*")
_FIELDS = ("also", "marks")
_MISSED = "missed"


class Tags(Struct, frozen=True):
    """Which tags there are, and by what other spellings people may write them."""

    named: frozenset[str] = ORDERS
    """Those that a pattern or the engine names, in lower case."""
    also: Mapping[str, str] = field(default_factory=lambda: _SPELT)
    """The tag that another spelling stands for, by that spelling folded: case and accents do not matter."""
    marks: frozenset[str] = frozenset()
    """Those that a note with `re:DAY` gives to the meetings of that day."""
    missed: frozenset[str] = frozenset()
    """Those among them by which a meeting did not take place on that day: without `re:` on the note's own."""

    def canonical(self, written: str) -> str:
        """Return the tag that a spelling stands for; one that nobody knows stands for itself."""
        name = written.removeprefix("#").lower()
        return name if name in self.named else self.also.get(fold(name), name)

    def of(self, written: Iterable[str]) -> frozenset[str]:
        """Return the tags that spellings stand for."""
        return frozenset(map(self.canonical, written))

    def known(self, written: str) -> bool:
        """Tell whether a spelling stands for a tag that means something."""
        return self.canonical(written) in self.named

    def nearest(self, written: str) -> str:
        """Return the hint for a tag that nobody knows."""
        return expected(
            written.removeprefix("#"), {*self.named, *(other.strip().replace(" ", "-") for other in self.also)}
        )


def read(tables: Mapping[str, Table], named: frozenset[str]) -> Tags:
    """Compile the tables `[tag.NAME]`, reporting what is wrong with them; `named` are the tags that patterns name."""
    also = dict(_SPELT)
    marks, missed = set(), set()
    for name, table in sorted(tables.items()):
        fields = {key: value for key, value in table.fields.items() if _is_known(key, value)}
        if "marks" in fields and _marks(fields["marks"]):
            marks.add(name)
            missed |= {name} if fields["marks"].raw == _MISSED else set()
        for value, other in _spellings(fields.get("also")):
            taken = also.get(fold(other), other if other in {*tables, *ORDERS} else name)
            if taken != name:
                hint = Sentence("write another spelling; each stands for one tag")
                what = (
                    Sentence("#{other} is a tag itself", other=other)
                    if taken == other
                    else Sentence("#{other} already stands for #{taken}", other=other, taken=taken)
                )
                value.report(what, code=Code.NAME_CLASH, hint=hint)
            else:
                also[fold(other)] = name
    # A pattern may name a tag by any of its spellings.
    own = frozenset(tag for tag in named if tag in tables or fold(tag) not in also)
    known = own | ORDERS | {also[fold(tag)] for tag in named - own}
    for name, table in tables.items():
        _check_name(name, table, known)
    return Tags(known, also, frozenset(marks), frozenset(missed))


def _marks(value: Value) -> bool:
    """Tell whether a tag marks meetings: as what it says (`true`), or as not having taken place (`"missed"`)."""
    if isinstance(value.raw, str):
        return values.choice(_MISSED)(value) is not None
    return values.boolean(value) or False


def _check_name(name: str, table: Table, known: frozenset[str]) -> None:
    if name not in known:
        hint = expected(name, known) or Sentence("a definition or a rule must name it first")
        table.header.report(
            Sentence("no rule names the tag #{name}", name=name), code=Code.UNKNOWN_TAG, hint=hint, at="key"
        )


def _is_known(key: str, value: Value) -> bool:
    if key in _FIELDS:
        return True
    value.report(
        Sentence("unknown key {key!r} in a tag", key=key), code=Code.UNKNOWN_KEY, hint=expected(key, _FIELDS), at="key"
    )
    return False


def _spellings(value: Value | None) -> Iterator[tuple[Value, str]]:
    for item in value.items() if value else ():
        if not item.is_a(str):
            continue
        if _TAG.fullmatch(item.raw):
            yield item, item.raw.removeprefix("#").lower()
        else:
            hint = Sentence("one word: letters, digits and -, a letter first")
            item.report(Sentence("{raw!r} is no tag", raw=item.raw), code=Code.WRONG_SORT, hint=hint)
