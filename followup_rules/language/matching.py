"""What a pattern may ask about, and what is known of an event without one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from msgspec import Struct, field

from followup_rules.language.phrases import Days, Phrase
from followup_rules.language.tags import Tags
from followup_rules.model import Event, Visit

if TYPE_CHECKING:
    from followup_rules.language.compiled import Pattern

T = TypeVar("T")

DOUBTFUL = frozenset({"unanswered", "vanished", "missed"})
"""Those of meetings that match only a pattern that names them: invitations of strangers; what went on its day; what did
not take place, as a note says."""


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
        """Return the events of the case that pass the tests of a pattern that no anchor can change, by time."""

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


SENT_BY_ITSELF = frozenset({"reply", "receipt", "bounce"})
"""The kinds of machine mail that a program writes because a mail came: what answers one answers nobody."""


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


def moment(event: Event, days: Days) -> datetime:
    """Return the instant at which an event counts where order matters: a note without a time at 23:59 of its day."""
    if not event.whole_day:
        return event.start
    # 23:59 and not 24:00, which is the next day.
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
        if event.kind == "received" and event.auto not in SENT_BY_ITSELF and (thread := scope.thread(event)):
            first[thread] = min(event.start, first.get(thread, event.start))
    return first


def ids_of_mine(scope: Scope) -> frozenset[str]:
    """Return the ids of the mails of mine that the case holds."""
    return scope.once("ids of mine", "", lambda: frozenset(each.id for each in scope.events if each.kind == "sent"))


def _is_mine(reply: Event, scope: Scope, world: World) -> bool:
    """Tell whether the mail that a reply answers is the user's own.

    One that is older than what was read is known by its id, which ends in the domain of its writer (RFC 5322, section
    3.6.4, recommends it): mine, unless somebody to whom the reply goes writes from there, too.
    """
    if reply.answers in ids_of_mine(scope):
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
