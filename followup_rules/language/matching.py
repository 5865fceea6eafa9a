"""What a compiled pattern is, what it may ask about, and what is known of an event without one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, TypeVar

from msgspec import Struct, field

from followup_rules.language.every import Every
from followup_rules.language.phrases import Days, Phrase
from followup_rules.language.tags import Tags
from followup_rules.model import Event, Visit
from followup_rules.toml.values import Value

T = TypeVar("T")
Test: TypeAlias = Callable[[Event, "Scope"], bool]
Kinds: TypeAlias = frozenset[str] | None
Signs: TypeAlias = frozenset[str] | None
"""What events are looked up by: kinds, and tags with their #. None: by nothing."""

MOST, DEEPEST = 10_000, 100
"""Words and conditions of one pattern, those of the definitions that it names included, and their nesting."""
DOUBTFUL = frozenset({"unanswered", "vanished", "missed"})
"""Those of meetings that match only a pattern that names them: invitations of strangers; what went on its day; what did
not take place, as a note says."""
TAGGED = frozenset({"note"})
"""What a tag is mostly looked for in; an entry of a calendar may carry one too, so a `kind` beside it decides."""


class CheckFailed(Exception):  # noqa: N818 -- what became of a plugin's predicate
    """A plugin's predicate raised an error, so nobody can say whether the pattern holds."""


class Scope(Protocol):
    """What a pattern may ask about besides the event: the case, and the anchor if there is one."""

    @property
    def events(self) -> Sequence[Event]:
        """All events of the case, in the order of time."""

    def once(self, what: str, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is computed of the case under a key; computed when it is first asked for."""

    def found(self, pattern: Pattern) -> Sequence[Event]:
        """Return the events of the case that pass the fixed tests of a pattern, in the order of time."""

    @property
    def visit(self) -> Visit:
        """The anchor."""

    @property
    def them(self) -> frozenset[str]:
        """The normalised addresses of the anchor's people."""

    @property
    def alone(self) -> str:
        """The one person of whom `to`, `from` and `with` are asked, by normalised address; "" for all."""

    def done_for_anchor(self, event: Event) -> bool:
        """Tell whether something was done for the anchor; if there is none, for any."""

    @property
    def names(self) -> frozenset[str]:
        """The folded words in names and addresses of the case."""

    @property
    def first_run(self) -> datetime | None:
        """The instant of the first tick, if there was one."""

    def thread(self, event: Event) -> str:
        """Return the conversation that a mail, or what was done with one, belongs to; "" if none."""

    def words(self, event: Event) -> frozenset[str]:
        """Return the words that tell what an event is about; see `followup_rules.language.about`."""

    def is_about_it(self, event: Event) -> bool:
        """Tell whether an event is about the anchor, and about no other one of the same rule more."""

    def when(self, phrases: Sequence[Phrase]) -> datetime | None:
        """Return the instant of the first phrase that resolves for the anchor."""


class Subjects(Struct, frozen=True):
    """How the subjects of mails are read; by default as English mail programs write them."""

    is_reply: Callable[[str], bool] = lambda subject: subject.lower().startswith("re:")
    topic: Callable[[str], str] = lambda subject: subject.lower().removeprefix("re:").strip()
    """What the mails of one conversation have in common in their subjects."""


class World(Struct, frozen=True):
    """What patterns know of the user and of the plugins, and the definitions by name."""

    me: frozenset[str]
    my_domains: frozenset[str]
    services: frozenset[str]
    stop_words: frozenset[str]
    days: Days
    subjects: Subjects = Subjects()
    tags: Tags = Tags()
    checks: Mapping[str, Callable[[Event], bool]] = field(default_factory=dict)
    definitions: Mapping[str, Pattern | None] = field(default_factory=dict)
    """By name; None: it is there, but faulty."""


class Pattern(Struct, frozen=True, eq=False):
    """A compiled pattern: all its tests must hold."""

    tests: tuple[tuple[str, Test], ...]
    """By the names of the fields that the table has."""
    fixed: tuple[Test, ...] = ()
    """The same tests, those of definitions that it names one by one: first those, up to the first other one, whose
    outcome lies in the event and its case alone. So for all anchors of a case they are asked once."""
    further: tuple[Test, ...] = ()
    """The rest of them, which ask about an anchor or a plugin."""
    signs: Signs = None
    """Every event that passes the fixed tests bears one of these; None: any event may."""
    kinds: frozenset[str] | None = None
    """The kinds of events that can match; None: any kind."""
    relative: bool = False
    """It speaks of an anchor (`them`, `it`, `after`, ...), so no rule can start from it."""
    dated: bool = False
    """It says for itself from when on events count."""
    names_auto: bool = False
    """It says for itself whether mail that no person wrote matches; else none does."""
    doubtful: frozenset[str] = frozenset()
    """The statuses of doubtful meetings that it names; none of any other matches."""
    phrases: tuple[tuple[Value, Phrase], ...] = ()
    """What it counts from an anchor, and where that is written; those of the definitions that it names included."""
    rules: tuple[tuple[Value, str], ...] = ()
    """The rules that it names, and where; those of the definitions that it names included."""
    few: bool = False
    """It says how many people there may be at most."""
    size: int = 1
    """How many words and conditions it holds, those of the definitions that it names included."""
    depth: int = 1
    every: Every | None = None
    """What recurs by the calendar: then it matches no event."""

    def __call__(self, event: Event, scope: Scope) -> bool:
        """Tell whether the event matches."""
        return passes(self.fixed, event, scope) and passes(self.further, event, scope)

    def failed(self, event: Event, scope: Scope) -> str:
        """Name the first field that does not hold, or return "" if all do."""
        return next((name for name, test in self.tests if not test(event, scope)), "")


def passes(tests: Iterable[Test], event: Event, scope: Scope) -> bool:
    """Tell whether an event passes all of some tests."""
    # A plain loop, since every rule asks it of many events: all() makes the whole evaluation a fifth slower.
    for test in tests:  # noqa: SIM110 -- as said
        if not test(event, scope):
            return False
    return True


def signs_of(event: Event, tags: Tags) -> Iterable[str]:
    """Return the signs that an event bears: its kind, and each of its tags, with the #."""
    return (event.kind, *(f"#{tag}" for tag in tags.of(event.tags))) if event.tags else (event.kind,)


def moment(event: Event, days: Days) -> datetime:
    """Return the instant at which an event counts where order matters: a note without a time at 23:59 of its day."""
    if not event.whole_day:
        return event.start
    return days.on(datetime.combine(days.day(event.start), time(23, 59))).astimezone(UTC)


def answers_others(event: Event, scope: Scope, world: World) -> bool:
    """Tell whether a mail replies to one that the user did not write.

    A mail passed on answers nobody. A reply that names no mail answers others if somebody else wrote in its
    conversation before, as its subject and people tell.
    """
    if event.forwards:
        return False
    if event.answers:
        return not _is_mine(event, scope, world)
    if not world.subjects.is_reply(event.title):
        return False
    thread = scope.thread(event)
    begun = scope.once("first received", "", lambda: _first_received(scope)).get(thread)
    return begun is not None and begun < event.start


def _first_received(scope: Scope) -> Mapping[str, datetime]:
    """Return when somebody else first wrote in each conversation."""
    first: dict[str, datetime] = {}
    for event in scope.events:
        if event.kind == "received" and (thread := scope.thread(event)):
            first[thread] = min(event.start, first.get(thread, event.start))
    return first


def _is_mine(reply: Event, scope: Scope, world: World) -> bool:
    """Tell whether the mail that a reply answers is the user's own.

    One that is older than what was read is known by its id, which ends in the domain of its writer (RFC 5322, section
    3.6.4, recommends it): mine, unless somebody to whom the reply goes writes from there, too.
    """
    sent = scope.once("ids of mine", "", lambda: frozenset(other.id for other in scope.events if other.kind == "sent"))
    if reply.answers in sent:
        return True
    host = reply.answers.rpartition("@")[2].lower()
    mine = {address.rpartition("@")[2] for address in world.me}
    return host in mine - {person.domain for person in reply.people}


def own_title(event: Event, scope: Scope, world: World) -> str:
    """Return the title of an event as far as it counts as words: not a subject of mine that somebody else chose."""
    if event.kind != "sent" or not (event.forwards or world.subjects.is_reply(event.title)):
        return event.title
    return "" if event.forwards or answers_others(event, scope, world) else event.title


@lru_cache(maxsize=4096)  # the same few are asked about again and again
def in_domain(address: str, domains: frozenset[str]) -> bool:
    """Tell whether an address belongs to one of the domains or to a subdomain of one."""
    host = address.rpartition("@")[2]
    parts = host.split(".")
    return any(".".join(parts[index:]) in domains for index in range(len(parts)))


class Part(Struct, frozen=True):
    """One field of a pattern, compiled; see `Pattern`."""

    test: Test
    fixed: bool = True
    """Whether an event passes lies in itself and its case alone."""
    signs: Signs = None
    kinds: Kinds = None
    relative: bool = False
    dated: bool = False
    names_auto: bool = False
    doubtful: frozenset[str] = frozenset()
    phrases: tuple[tuple[Value, Phrase], ...] = ()
    rules: tuple[tuple[Value, str], ...] = ()
    few: bool = False
    size: int = 1
    depth: int = 1


def all_of(parts: Mapping[str, Part]) -> Pattern:
    """Return the pattern that asks for all of some parts, by the names of their fields."""
    fixed: list[Test] = []
    further: list[Test] = []
    leading: list[Part] = []
    for part in parts.values():
        if further:
            further.append(part.test)
            continue
        leading.append(part)
        if isinstance(part.test, Pattern):
            fixed += part.test.fixed
            further += part.test.further
        else:
            (fixed if part.fixed else further).append(part.test)
    listed = tuple(parts.values())
    tests = tuple((name, part.test) for name, part in parts.items())
    return Pattern(tests, tuple(fixed), tuple(further), signs_of_all(leading), **where_all_hold(listed))


def signs_of_all(parts: Iterable[Part | Pattern]) -> Signs:
    """Return by what the events are looked up that pass all of some parts: by tags, which are rarer than kinds."""
    known = [part.signs for part in parts if part.signs is not None]
    return min(known, key=lambda signs: (not all(sign.startswith("#") for sign in signs), len(signs)), default=None)


def signs_of_any(parts: Sequence[Part | Pattern]) -> Signs:
    """Return by what the events are looked up that pass any of some parts."""
    known = [part.signs for part in parts if part.signs is not None]
    return frozenset[str]().union(*known) if len(known) == len(parts) else None


def where_all_hold(parts: Sequence[Part | Pattern]) -> dict[str, Any]:
    """Return the fields besides the test of a part or pattern that asks for all of some parts."""
    known = [part.kinds for part in parts if part.kinds is not None]
    certain = [kinds for kinds in known if kinds != TAGGED] or known
    kinds = frozenset.intersection(*certain) if certain else None
    said = {"dated": any(part.dated for part in parts), "few": any(part.few for part in parts)}
    return {"kinds": kinds, **said, **_names(parts), **_anchored(parts)}


def where_any_holds(parts: Sequence[Part | Pattern]) -> dict[str, Any]:
    """Return the fields besides the test of a part that asks for any of some parts."""
    known = [part.kinds for part in parts if part.kinds is not None]
    kinds = frozenset[str]().union(*known) if len(known) == len(parts) else None
    said = {"dated": all(part.dated for part in parts), "few": all(part.few for part in parts)}
    return {"kinds": kinds, **said, **_names(parts), **_anchored(parts)}


def where_it_fails(part: Part | Pattern) -> dict[str, Any]:
    """Return the fields besides the test of a part that asks for the opposite of another."""
    return {**_names([part]), **_anchored([part])}


def _names(parts: Sequence[Part | Pattern]) -> dict[str, Any]:
    doubtful = frozenset[str]().union(*(part.doubtful for part in parts))
    return {"names_auto": any(part.names_auto for part in parts), "doubtful": doubtful}


def _anchored(parts: Iterable[Part | Pattern]) -> dict[str, Any]:
    parts = tuple(parts)
    size, depth = 1 + sum(part.size for part in parts), 1 + max((part.depth for part in parts), default=0)
    bounded = parts if size <= MOST else ()
    phrases = tuple(phrase for part in bounded for phrase in part.phrases)
    rules = tuple(rule for part in bounded for rule in part.rules)
    relative = any(part.relative for part in parts)
    return {"relative": relative, "phrases": phrases, "rules": rules, "size": size, "depth": depth}
