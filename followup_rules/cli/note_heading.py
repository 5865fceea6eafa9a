"""Which heading of the notes leads to the case that the user names. What headings say, their source tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from followup_rules.engine.assign_cases import Directory
from followup_rules.engine.case_keys import employer, match
from followup_rules.hookspecs import Refused
from followup_rules.language.text import fold
from followup_rules.model import Event, NoteHeading, Person
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import nearest

_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_NEVER = datetime.min.replace(tzinfo=UTC)


class NotWritten(Refused):
    """Why no note was written, in a sentence, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Cases(Struct, frozen=True):
    """What is known of cases: who is who, and the keys of those that there are."""

    directory: Directory
    keys: frozenset[str]
    titles: Mapping[str, str] = {}
    """What people call the cases that have only an id, by that key."""

    def entry(self, name: str) -> str:
        """Return the title by which a heading leads to a case that has only an id; "" if the name means none."""
        ids = {key.casefold(): title for key, title in self.titles.items()}
        titles = {fold(title): title for title in self.titles.values()}
        return ids.get(name.casefold(), "") or titles.get(fold(name), "")

    def choose(self, named: NoteHeading, headings: Sequence[NoteHeading]) -> NoteHeading:
        """Return the first of the headings that fit best, else a new one that leads there. Raises NotWritten."""
        wanted = _Wanted.of(named, self)
        # Of equally good ones max() takes the first, as people do who read from the top.
        best = max(headings, key=wanted.fit, default=None)
        return best if best and wanted.fit(best) else NoteHeading(self._new(named))

    def _new(self, named: NoteHeading) -> str:
        title = self.entry(named.text)
        if title:
            return title
        if not self.directory.me.isdisjoint(named.addresses):
            raise NotWritten(
                Sentence("{text!r} is your own address", text=named.text),
                Sentence("name the person or the employer that the note is about"),
            )
        if named.addresses or named.domains:
            return named.text
        fitting = sorted(match(named.text, self.keys))
        if len(fitting) > 1:
            raise NotWritten(
                Sentence("{text!r} fits several cases: {fitting}", text=named.text, fitting=", ".join(fitting)),
                Sentence("name one of these"),
            )
        if not fitting:
            raise NotWritten(Sentence("no case fits {text!r}", text=named.text), self._advice(named.text))
        # The key of an employer is their domain, which as a mere label would have to be spelt just so for ever.
        is_label = fitting[0] in self.directory.spelling.values() or not _DOMAIN.fullmatch(fitting[0])
        return fitting[0] if is_label else f"@{fitting[0]}"

    def _advice(self, name: str) -> str:
        if _DOMAIN.fullmatch(name):
            return Sentence("for an employer that is not known yet, write @{name}", name=name)
        guess = nearest(name, {*self.keys, *map(employer, self.keys), *self.titles.values()})
        begin = Sentence("a new case begins with an address: name@domain or @domain")
        if not (self.keys or self.titles):
            return Sentence(
                "no case is known yet: `followup run` reads your calendar and mail; or {begin}", begin=begin
            )
        return Sentence('did you mean "{name}"? {hint}', name=guess, hint=begin) if guess else begin


class _Wanted(Struct, frozen=True):
    """The case that the user named: as words, as addresses and domains, and by its key, as far as it is known."""

    words: str
    addresses: frozenset[str]
    domains: frozenset[str]
    key: str
    directory: Directory

    @classmethod
    def of(cls, named: NoteHeading, cases: Cases) -> _Wanted:
        title = cases.entry(named.text)
        if title:
            return cls(fold(title).strip(), frozenset(), frozenset(), "", cases.directory)
        is_domain = _DOMAIN.fullmatch(named.text)
        domains = [named.text.lower()] if is_domain else list(named.domains)
        fitting = match(named.text, cases.keys)
        own = cases.directory.registrable(min(domains)) if domains else ""
        return cls(
            "" if is_domain else fold(named.label).strip(),
            frozenset(named.addresses),
            frozenset(domains),
            next(iter(fitting)) if len(fitting) == 1 else own,
            cases.directory,
        )

    def fit(self, heading: NoteHeading) -> int:
        """Tell how well a heading fits: 3 by its words or an address, 2 by its label, 1 by its domain, 0 not at all."""
        shared = not self.addresses.isdisjoint(heading.addresses) or not self.domains.isdisjoint(heading.domains)
        if shared or (self.words and self.words == fold(heading.label).strip()):
            return 3
        # Whoever names a person means that person, and not a colleague's heading.
        if self.addresses or not self.key:
            return 0
        people = tuple(Person(address) for address in heading.addresses)
        note = Event(id="", kind="note", start=_NEVER, end=_NEVER, people=people, heading=heading.label)
        if fold(self.key) in (fold(heading.label), fold(self.directory.label(note))):
            return 2
        domains = {self.directory.registrable(domain) for domain in heading.domains}
        return int(self.key in domains | {self.directory.domain(person) for person in people})
