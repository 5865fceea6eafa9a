"""Which case an event belongs to. Every event is at home in exactly one; mails also join others."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo

from msgspec import Struct, field
from msgspec.structs import replace

from followup_rules.computed import computed
from followup_rules.engine.case_keys import Keys, employer
from followup_rules.engine.near_headings import spelt_address
from followup_rules.language.patterns import in_domain
from followup_rules.language.recipients import written
from followup_rules.language.text import finder, fold
from followup_rules.model import MAIL, Event, Person, series
from followup_rules.people import normal
from followup_rules.sentences import Sentence

_NAMING = 4
"""Letters of a word that may name a person or an employer."""
_DAY = re.compile(r"\s+\d{4}-\d\d-\d\d$")


def _who(event: Event) -> Sequence[Person]:
    """Return whose case an event may be: its people; of a mail with none, the sender that is no human (`no-reply@`)."""
    return event.people or ((event.organizer,) if event.kind == "received" and event.organizer else ())


class Label(Struct, frozen=True):
    """A case that the user named: `[case.NAME]` with the people, domains and words that belong to it."""

    name: str
    people: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def fit(self, event: Event) -> tuple[bool, bool, bool] | None:
        """Tell how an event fits, words before people before domains; None if it does not."""
        said = f"{fold(event.title)}{fold(event.text)}{fold(event.heading)}"
        addresses = [person.address for person in _who(event)]
        how = (
            finder(self.words).search(said) is not None,
            not self.people.isdisjoint(addresses),
            any(in_domain(address, self.domains) for address in addresses),
        )
        return how if any(how) else None


class Directory(Struct, frozen=True, dict=True):
    """What tells employers, agencies and mere mail services apart."""

    registrable: Callable[[str], str]
    """A host name to the domain that somebody registered, by the Public Suffix List."""
    labels: tuple[Label, ...] = ()
    me: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    free_mail: frozenset[str] = frozenset()
    written_to: Mapping[str, frozenset[str]] = {}
    """The cases that mail to a normalised address joins: those of rules from the clock that write to it."""
    written_by: Mapping[str, frozenset[str]] = {}
    """The other rules that write to a normalised address: its mail joins the cases where they have an anchor."""
    zone: tzinfo = UTC
    """The user's, in which an entry that shares its title with another is told apart by its day."""

    @computed
    def spelling(self) -> dict[str, str]:
        """The labels of the config, as spelled there, by their folded names."""
        return {fold(label.name): key_of(label.name) for label in self.labels}

    def domain(self, person: Person) -> str:
        """Return the registrable domain that identifies the person's organization, or ""."""
        if in_domain(person.address, self.services | self.free_mail):
            return ""
        return self.registrable(person.domain)

    def label(self, event: Event) -> str:
        """Return the label that the event carries or that fits it best, or ""."""
        if event.case:
            return self.spelling.get(fold(event.case), key_of(event.case))
        fits = [(fit, label.name) for label in self.labels if (fit := label.fit(event))]
        return key_of(max(fits, key=lambda found: found[0])[1]) if fits else ""


class Place(Struct, frozen=True):
    """Where an event belongs."""

    home: str
    joins: frozenset[str]
    problem: str = ""
    """Why a note's heading could not be followed, as a sentence."""


class _Placed(Struct):
    """What has been placed so far, in the order of time."""

    homes: dict[str, str] = field(default_factory=dict)
    """The homes of meetings, by their bare ids, which a heading may name."""
    threads: dict[str, str] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)
    taking_part: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    mentioned: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The cases by the addresses that stand in values of their notes."""

    def put(self, event: Event, home: str) -> None:
        """Note down that the event is at home there."""
        self.homes[event.identity] = home
        if vanished(event) or not event.answered:  # what a stranger writes says nothing of other events
            return
        for ident in (event.thread, event.id) if event.kind in MAIL else (event.thread,):
            if ident:
                self.threads.setdefault(ident, home)
        if event.kind == "sent":  # whatever came under the id of a mail of mine
            self.threads[event.id] = home
        for person in event.people:
            self.latest[person.address] = home
            self.taking_part[person.address].add(home)


def key_of(label: str) -> str:
    """Return a label as the key of a case: without white space."""
    return "-".join(label.split())


def own_id(event: Event) -> str:
    """Return the key of the case of an event that nothing else places: its own id, or that of its series."""
    return key_of(series(event) or event.id)


def title_of(event: Event, zone: tzinfo) -> frozenset[str]:
    """Return the folded names by which people call an entry: its title, alone and with its day."""
    title = fold(event.title)
    return frozenset({title, fold(f"{event.title} {event.start.astimezone(zone):%Y-%m-%d}")} if title.strip() else ())


def names_of(entries: Mapping[str, Event], zone: tzinfo) -> dict[str, str]:
    """Return what people call the cases that are known by an id only: the title of the entry, with its day if needed.

    `entries` holds an entry of each, by key. One without a title keeps its key.
    """
    count = Counter(fold(event.title) for event in entries.values())
    return {
        key: " ".join([event.title, f"{event.start.astimezone(zone):%Y-%m-%d}"][: 1 + (count[fold(event.title)] > 1)])
        if event.title.strip()
        else key
        for key, event in entries.items()
    }


def clean(event: Event, directory: Directory) -> Event:
    """Leave the user themselves, and a scheduling service that sent the invitation, out of an event's people."""
    organizer = event.organizer.address if event.organizer else ""
    machine = {organizer} if in_domain(organizer, directory.services) else set()
    people = tuple(p for p in event.people if p.address not in directory.me and p.address not in machine)
    return event if people == event.people else replace(event, people=people)


def vanished(event: Event) -> bool:
    """Tell whether an event was taken away before it took place: nothing follows from one that few runs have seen."""
    return event.gone is not None and event.kind not in MAIL and (event.kind != "meeting" or event.gone < event.end)


def tokens(event: Event) -> frozenset[str]:
    """Return what ties events together: two events that share none of these cannot change each other's case."""
    addresses = {f"@{person.address}" for person in (*event.people, *_mentioned(event))}
    own = {event.id} if event.kind in MAIL else set()
    thread = {f"thread {ident}" for ident in {event.thread, event.answers, *event.references, *own} if ident}
    anchor = {f"anchor {_anchor(event)}"} if _anchor(event) else set()
    headed = {"heading"} if _headed(event) and not event.people else set()
    # What a heading may name an entry by: its title, the day behind it left out, or its id.
    if event.kind == "meeting":
        headed = {f"@{name.lower()}" for name in (own_id(event), event.id) if "@" in name}
        headed |= {f"title {fold(name)}" for name in (event.title, own_id(event)) if not event.people and name}
        headed |= {f"word {word}" for word in _naming([event.title]) if not event.people}
    elif event.kind == "sent":
        headed = {f"names {word}" for word in _named_by(event)}
    elif _headed(event) and event.heading:
        headed.add(f"title {fold(_DAY.sub('', event.heading))}")
    # The domain that somebody registered ends in these two labels at least: this ties too much rather than too little.
    if "heading" in headed and _domain(event):
        headed.add("domain " + ".".join(_domain(event).split(".")[-2:]))
    return frozenset(addresses | thread | anchor | headed | {f"anchor {event.id}"})


def _naming(texts: Iterable[str]) -> set[str]:
    """Return the folded words of some texts that are long enough to name somebody."""
    return {word for text in texts for word in fold(text).split() if len(word) >= _NAMING}


def _named_by(mail: Event) -> set[str]:
    """Return the words by which a title may name somebody to whom a mail goes: their name, or their employer's."""
    return _naming(text for person in mail.people for text in (person.name, employer(person.address)))


def assign(events: Iterable[Event], directory: Directory, known: Iterable[str] = ()) -> dict[str, Place]:
    """Place events that are tied together; `known` are the keys of the other cases. The order does not matter."""
    placed = _Placed()
    in_order = sorted(events, key=lambda event: (event.start, event.identity))
    problems: dict[str, str] = {}
    for event in in_order:
        if not (_headed(event) or _anchor(event)):
            placed.put(event, _home(event, placed, directory))
    headed = [event for event in in_order if _headed(event)]
    entries = _Entries.of(in_order, placed.homes, directory)
    # Notes with addresses first: they may make the cases that the others name, and say whom an entry is with.
    groups = [e for e in headed if entries.people(e)], [e for e in headed if not entries.people(e)]
    for group in filter(None, groups):  # of many cases it takes a while to know all by their names
        homes = (home for name, home in placed.homes.items() if not problems.get(name))
        keys = Keys({*known, *homes}, entries.own, {*directory.spelling.values()})
        for event in group:
            placed.homes[event.identity], problems[event.identity] = _heading(event, placed, directory, keys, entries)
        for event in group:
            if entries.people(event) and not problems[event.identity] and not vanished(event):
                placed.homes |= entries.joined_to(event, placed.homes)
    # Somebody else chose the id of a received mail: it names that one only if it names nothing else.
    theirs_first = sorted(in_order, key=lambda event: event.kind != "received")
    anchors = {event.id: placed.homes[event.identity] for event in theirs_first if not _anchor(event)}
    for event in filter(_anchor, in_order):
        placed.homes[event.identity] = anchors.get(_anchor(event), event.case or event.id)
    for event in in_order:
        for person in () if vanished(event) else _mentioned(event):
            placed.mentioned[person.address].add(placed.homes[event.identity])
    # The case of an entry with nobody in it, which nothing else places, is its id.
    titles = [(own_id(event), _naming([event.title])) for event in in_order
              if event.kind == "meeting" and placed.homes[event.identity] == own_id(event)]  # fmt: skip
    return {
        event.identity: Place(
            placed.homes[event.identity], _joins(event, placed, titles, directory), problems.get(event.identity, "")
        )
        for event in in_order
    }


def _mentioned(event: Event) -> Iterator[Person]:
    """Return the people whose addresses stand in the values of a note."""
    for value in event.data.values() if event.kind == "note" else ():
        yield from written(value)


def _headed(event: Event) -> bool:
    return event.kind == "note" and not event.case


def _anchor(event: Event) -> str:
    """Return the anchor of the action that an output reports of, with which the event is at home, or ""."""
    return event.report.anchor if event.report else ""


def _home(event: Event, placed: _Placed, directory: Directory) -> str:
    label = directory.label(event)
    if label:
        return label
    if event.kind in MAIL:
        for ident in (event.thread, event.answers, *event.references):
            if ident != event.id and ident in placed.threads:
                return placed.threads[ident]
        for person in event.people:
            if person.address in placed.latest:
                return placed.latest[person.address]
    return by_people(event, directory)


def by_people(event: Event, directory: Directory) -> str:
    """Return the case of an event that no label, no thread and no heading places."""
    others = (person for person in _who(event) if person.address not in directory.me)
    domains = [domain for person in others if (domain := directory.domain(person))]
    if not domains:
        return event.people[0].address if event.people else own_id(event)
    organizer = directory.domain(event.organizer) if event.organizer else ""
    count = Counter(domains)
    # An agency only where there is nobody of the employer; Counter keeps the order, so the first recipient decides a
    # tie.
    return min(count, key=lambda name: (name in directory.agencies, -count[name], name != organizer))


def _joins(
    event: Event, placed: _Placed, titles: Iterable[tuple[str, set[str]]], directory: Directory
) -> frozenset[str]:
    """Return the other cases in which a mail can tell something.

    They are those of its people, those of rules from the clock that write to them and, of a mail of mine, those of
    entries with nobody in them whose title names one of its people: it may show whom the entry was with.
    """
    if event.kind not in MAIL:
        return frozenset()
    cases: set[str] = set()
    for person in event.people:
        cases |= placed.taking_part.get(person.address, set()) | placed.mentioned.get(person.address, set())
        cases |= directory.written_to.get(normal(person.address), frozenset())
    named = _named_by(event) if event.kind == "sent" else set()
    cases |= {key for key, words in titles if not words.isdisjoint(named)}
    return frozenset(cases - {placed.homes[event.identity]})


def _domain(note: Event) -> str:
    """Return the `@domain` of a note's heading, in lower case and without the @, or ""."""
    return (note.domain or (note.heading if note.heading.startswith("@") else "")).lower().removeprefix("@")


class _Entries(Struct, frozen=True):
    """The meetings: those that are cases of their own, by what people call them, and all by their ids."""

    titled: Mapping[str, frozenset[str]]
    """By a folded title, the identities of the entries with nobody in them that have it."""
    ids: Mapping[str, str]
    """The identity of an entry by its id, or its series', in lower case."""
    own: frozenset[str]
    """The keys that are ids of entries: no address, and no domain, whatever they look like."""

    @classmethod
    def of(cls, events: Sequence[Event], homes: Mapping[str, str], directory: Directory) -> _Entries:
        meetings = [event for event in events if event.kind == "meeting"]
        alone = [event for event in meetings if homes.get(event.identity) == own_id(event)]
        titled: dict[str, set[str]] = defaultdict(set)
        for event in alone:
            for name in title_of(event, directory.zone):
                titled[name].add(event.identity)
        ids = {name.lower(): event.identity for event in meetings for name in (own_id(event), event.id)}
        return cls(
            {name: frozenset(each) for name, each in titled.items()}, ids, frozenset(own_id(event) for event in alone)
        )

    def people(self, note: Event) -> tuple[Person, ...]:
        """Return the people of a heading; an id of an entry in it is no address."""
        return tuple(person for person in note.people if person.address not in self.ids)

    def named(self, note: Event) -> str | None:
        """Return the identity of the entry that a heading without people names by its id, if it names one so."""
        return next((self.ids[person.address] for person in note.people), None)

    def joined_to(self, note: Event, homes: Mapping[str, str]) -> dict[str, str]:
        """Return the new homes of the entries that a heading names by their title, with a person beside it."""
        found = self.titled.get(fold(note.heading), frozenset())
        one = len({homes[name] for name in found}) == 1
        return dict.fromkeys(found, homes[note.identity]) if one else {}

    def homes(self, note: Event, homes: Mapping[str, str]) -> set[str]:
        """Return the cases of the entries that a heading names by their title."""
        return {homes[name] for name in self.titled.get(fold(note.heading), frozenset())}


def _heading(note: Event, placed: _Placed, directory: Directory, keys: Keys, entries: _Entries) -> tuple[str, str]:
    """Return the home of a note, and what is wrong with its heading, if anything."""
    label = directory.label(note) or keys.exact(note.heading)
    if label:
        return label, ""
    people = entries.people(note)
    if people:
        return _one_of(note, *_cases_of_people(people, placed, directory))
    entry = entries.named(note)
    if entry:
        return placed.homes[entry], ""
    domain = _domain(note)
    if domain:
        own = directory.registrable(domain)
        homes = (homes for address, homes in placed.taking_part.items() if in_domain(address, frozenset({own})))
        return _one_of(note, set().union(*homes), own)
    named = keys.meant(note.heading) or entries.homes(note, placed.homes)
    return _one_of(note, named, "", keys)


def _cases_of_people(people: Sequence[Person], placed: _Placed, directory: Directory) -> tuple[set[str], str]:
    cases: set[str] = set()
    for person in people:
        cases |= placed.taking_part.get(person.address, set())
    domain = next((name for person in people if (name := directory.domain(person))), "")
    return cases, domain or people[0].address


def _one_of(note: Event, cases: Iterable[str], own: str, keys: Keys | None = None) -> tuple[str, str]:
    candidates = sorted(set(cases))
    if own and (own in candidates or not candidates):
        return own, ""
    if len(candidates) == 1:
        return candidates[0], ""
    heading = note.heading or ", ".join(person.address for person in note.people)
    if candidates:
        several = Sentence(
            "the heading {heading!r} fits several cases: {cases}; write #case:NAME in the note",
            heading=heading,
            cases=", ".join(candidates),
        )
        return key_of(note.id), several
    guess = keys.nearest(heading) if keys else None
    advice = Sentence('add an address: "## {heading} <name@domain>"', heading=heading)
    if guess:
        advice = Sentence("did you mean {guess!r}?", guess=guess)
    elif meant := spelt_address(heading):
        advice = Sentence('did you mean "{word}"?', word=meant)
    elif "@" in heading or "<" in heading:
        advice = Sentence("mend the address in it, as in ## Nordik <julie.roy@nordik.ca>")
    return key_of(note.id), Sentence("the heading {heading!r} fits no case; {advice}", heading=heading, advice=advice)
