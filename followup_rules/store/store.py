"""The store: all of its parts over one file, and what concerns several of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from followup_rules.model import MAIL, Action, Case, Event
from followup_rules.people import normal
from followup_rules.store import cases, database
from followup_rules.store.acquaintances import Acquaintances
from followup_rules.store.cases import StoredCase
from followup_rules.store.database import Database
from followup_rules.store.decisions import Decisions
from followup_rules.store.errors import StoreError
from followup_rules.store.events import Events
from followup_rules.store.ledger import Ledger
from followup_rules.store.listing import known_by
from followup_rules.store.places import Places
from followup_rules.store.state import State
from followup_rules.store.subjects import Subjects
from followup_rules.store.told import Told
from followup_rules.store.tombstones import CASE, KEY, Tombstones

if TYPE_CHECKING:
    from followup_rules.engine.assign_cases import Directory, Place


JOURNAL_KEPT = timedelta(days=90)
"""So long the journal keeps every change of state; of what is older, the last line of each duty and state."""


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Lend the store for writing, made if it is not there, and close it at the end. Raises StoreError."""
    yield from _lent(Store(Database(database.connect(path), path)))


@contextmanager
def open_copy(path: Path) -> Iterator[Store]:
    """Lend a copy in memory, to try things out on; nothing is written anywhere. Raises StoreError."""
    yield from _lent(Store(Database(database.copied(path), path)))


def _lent(store: Store) -> Iterator[Store]:
    try:
        yield store
    finally:
        store.database.close()


class Store:
    """The parts of the store, each over its own tables. Methods that write several rows do so in one transaction."""

    def __init__(self, over: Database) -> None:
        self.database = over
        self.state = State(over)
        self.tombstones = Tombstones(over)
        self.events = Events(over, self.tombstones)
        self.acquaintances = Acquaintances(over, self.events)
        self.places = Places(over)
        self.decisions = Decisions(over)
        self.ledger = Ledger(over)
        self.told = Told(over)
        self.subjects = Subjects(over)
        self.moves = 0
        """How often events came to cases or left them: who has read ahead reads again."""

    def case(self, key: str) -> Case:
        """Return a case with its events; what carries the marker of an action is known by the name of that action.

        A mail that was a draft of the case joins it, to whomever it went.
        """
        return next(self.read([key])).case

    def read(self, keys: Sequence[str]) -> Iterator[StoredCase]:
        """Yield cases with all that is kept of them, in the order in which they are asked for."""
        return cases.read(keys, self)

    def cases(self) -> list[str]:
        """Return the keys of all cases: those with an event at home, and those of rules from the clock, without."""
        return sorted({*self.places.cases(), *self.decisions.cases()})

    def entries(self) -> dict[str, Event]:
        """Return an entry of each case that is known by the id of a meeting only, by the case's key."""
        found = ((key, self.events.event(identity)) for key, identity in self.places.own())
        return {key: event for key, event in found if event is not None}

    def arrange(self, ids: set[str], directory: Directory) -> dict[str, tuple[str, str]]:
        """Place the events tied to those that changed, mark their cases as stale, and let ledger and history follow.

        Returns the events that moved from one case to another: by identity, the old home and the new one.
        """
        from followup_rules.engine.assign_cases import assign, key_of  # noqa: PLC0415 -- only where something changed

        self.moves += 1
        with self.database.transaction():
            ids = ids | self.acquaintances.update(ids, directory)
            tied = self.events.tied(ids)
            before = self.places.cases_of_each(tied)
            shown = self.acquaintances.answered(self.events.events(tied))
            # Only the headings of notes name cases that nothing else ties to them.
            beside = self.places.cases_beside(tied) if any(event.heading for event in shown) else ()
            places = self._also_joining(assign(shown, directory, beside), shown, directory)
            after = before | {name: [place.home, *sorted(place.joins)] for name, place in places.items()}
            astray = dict(self.places.misplaced())
            self.places.write(
                {
                    name: place
                    for name, place in places.items()
                    if before[name] != after[name] or place.problem != astray.get(name, "")
                }
            )
            # Of all that is tied only what changed, or moved, makes a case stale: else one mail would judge half the
            # store anew.
            touched = {name for name in tied if name in ids or before[name] != after[name]}
            self.decisions.make_stale(case for name in touched for case in (*before[name], *after[name]))
            self._drop_belated(places)
            moved = {
                name: (before[name][0], place.home)
                for name, place in sorted(places.items())
                if before[name] and before[name][0] != place.home
            }
            for identity, (old, new) in moved.items():
                anchor = self.events.event(identity)
                if anchor and self.events.named(anchor.id) == anchor:
                    # A note whose heading named no case was one of its own, with its own id for a name.
                    by_event = self.state.read().keyed_by_event if key_of(anchor.id) == old else ()
                    self.ledger.rename(anchor.id, old, new, by_event)
                    self.subjects.rename(anchor.id, old, new, by_event)
                    self.decisions.rename(anchor.id, old, new, by_event)
        return moved

    def _also_joining(
        self, places: Mapping[str, Place], shown: Iterable[Event], directory: Directory
    ) -> dict[str, Place]:
        """Return the places of events; mail of somebody to whom a rule writes joins the cases where that has a duty."""
        found = dict(places)
        for mail in (event for event in shown if directory.written_by and event.kind in MAIL):
            addresses = {normal(person.address) for person in mail.people}
            rules = frozenset[str]().union(*(directory.written_by.get(address, ()) for address in addresses))
            if rules:
                place = found[mail.identity]
                joins = (place.joins | self.decisions.cases_of_rules(rules)) - {place.home}
                found[mail.identity] = replace(place, joins=joins)
        return found

    def follow_rule(self, old: str, new: str, per: str) -> int:
        """Let what was made of a rule follow it to another name or another `per`; return how many actions it is."""
        self.moves += 1
        with self.database.transaction():
            moved, duties = 0, dict[str, str]()
            for entry in self.ledger.of_rule(old):
                before = entry.action.duty
                duty = duty_under(entry.action, new, per)
                # Each occurrence of a rule from the clock is known by its duty, in the case named by the rule.
                recurs = entry.action.anchor == before
                if self.ledger.rekey(entry, new, duty, recurs=recurs):
                    self.decisions.rekey(before, duty)
                    moved += 1
                    duties[f"done:{before}"] = f"done:{duty}"
            self.ledger.follow_announced(old, new, per)
            if old != new:
                duties[f"done:{old}/"] = f"done:{new}/"
            self._follow_what_was_done(duties)
        return moved

    def _follow_what_was_done(self, renamed: Mapping[str, str]) -> None:
        """Let what was made from something done follow that to another name of its duty.

        What a mail of mine shows to be done has an id of its duty's key (`engine.own_mail`); what an output has told is
        kept under its own.
        """
        for anchor in self.ledger.anchors():
            now = anchor
            for old, new in renamed.items():
                now = now.replace(old, new)
            if now != anchor and self.events.named(anchor) is None:
                for before, after in self.ledger.follow_anchor(anchor, now):
                    self.decisions.rekey(before, after)

    def tidy(self, now: datetime) -> None:
        """Erase what nobody looks at any more, and let the file shrink if that is much. Not within a transaction."""
        self.decisions.prune(now - JOURNAL_KEPT)
        with suppress(StoreError):  # where there is no room to write it anew, the gaps are filled by and by
            self.database.shrink()

    # -- what is forgotten

    def erase(self, case: str, now: datetime) -> int:
        """Erase a case, but for hashes of its keys; return how many of its mails stay, as another case has them, too.

        What a source shows of it later is not taken in again, but for events that take place after `now`.
        """
        self.moves += 1
        with self.database.transaction():
            # First: what another case has, too, is not erased with this one.
            shared = self.places.hand_over(case)
            ids = self.places.at_home(case)
            entries = self.ledger.of(case)
            for what, name in sorted({known for event in self.events.events(ids) for known in known_by(event)}):
                self.tombstones.add(what, [name], now)
            keys = {key for entry in entries for key in (entry.key, entry.marker, entry.action.duty)}
            self.tombstones.add(KEY, keys, now)
            # Also of what is still to come: an event that only the case ties to what was forgotten.
            self.tombstones.add(CASE, [case], now)
            self.events.erase(ids)
            self.acquaintances.erase(ids)
            self.places.erase(ids, case)
            self.ledger.erase(case)
            self.decisions.erase(case)
            self.subjects.erase(case)
            self._sweep()
        return shared

    def _drop_belated(self, places: Mapping[str, Place]) -> None:
        """Erase what belongs to a forgotten case and took place before it was forgotten, but is seen only now."""
        if not self.tombstones.any():
            return
        when = {home: self.tombstones.find(CASE, home) for home in {place.home for place in places.values()}}
        homes = {name: at for name, place in places.items() if (at := when[place.home])}
        late = [name for name, at in homes.items() if (event := self.events.event(name)) and _is_over(event, at)]
        if late:
            self.events.erase(late)
            self.acquaintances.erase(late)
            self.places.erase(late)
            self._sweep()

    def _sweep(self) -> None:
        """Erase the traces of cases that are no more."""
        living = {*self.places.cases(), *self.ledger.cases(), *self.places.joined_cases()}
        living |= self.state.read().rules.keys()  # a rule from the clock names its case, which has no event
        self.decisions.keep_only(living)
        self.subjects.keep_only(living)
        self.ledger.keep_only_pins(living)


def duty_under(action: Action, rule: str, per: str) -> str:
    """Return the key of an action's duty under another rule or another `per`."""
    day = action.duty.rpartition("@")[2]
    if action.anchor == action.duty:
        return f"{rule}/{action.duty.partition('/')[2]}"
    anchor = "".join(action.anchor.split()) if per == "event" else action.case
    alone = f"~{action.person}" if action.person else ""
    return f"{rule}/{anchor}{alone}@{day}"


def _is_over(event: Event, when: datetime) -> bool:
    """Tell whether an event took place before an instant; what an output reports is always news."""
    last = event.start + timedelta(days=1) if event.whole_day else event.start
    return last <= when and not (event.report and event.report.anchor)
