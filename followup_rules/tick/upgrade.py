"""The first run after an upgrade: what became of the store, what is read otherwise now, and what stays over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language.text import fold
from followup_rules.model import MAIL, Event, Problem
from followup_rules.sentences import Sentence
from followup_rules.store.backup import backup_of
from followup_rules.store.schema import VERSION
from followup_rules.store.told import STORE
from followup_rules.texts.plurals import listed
from followup_rules.tick.report import Given

_KINDS = (*MAIL, "meeting", "note")


def known_before(given: Given) -> Mapping[str, Event]:
    """Return the events by identity as an earlier version has read them; none but at the first run after an upgrade."""
    if not given.left.upgraded_from:
        return {}
    events = given.store.events
    return {event.identity: event for event in events.events(events.ids()) if event.kind in _KINDS}


def follow_days(before: Mapping[str, Event], news: Collection[str], given: Given) -> None:
    """Let what was made and decided of a note follow it to the day that is read in it now: it is the same note."""
    store, zone = given.store, given.config.profile.timezone
    for note in store.events.events(name for name in before.keys() & news if before[name].kind == "note"):
        old, new = (each.start.astimezone(zone).date() for each in (before[note.identity], note))
        if old != new:
            case = store.places.cases_of(note.identity)[0]
            store.ledger.move(note.id, case, old, new)
            store.decisions.move(note.id, case, old, new)


def tell_of_upgrade(
    before: Mapping[str, Event], news: Collection[str], given: Given, *, whole: bool
) -> Iterator[Problem]:
    """Tell once what the upgrade brought. `whole`: every source was read; else the rest is told by a later run.

    `before` is what was known before this run read the sources, `news` the identities of what it changed.
    """
    store, state = given.store, given.left
    if not state.upgraded_from:
        return
    if store.told.news(STORE, [f"version {VERSION}"], whole=False):
        copy = backup_of(given.config.store, state.upgraded_from)
        before_it = Sentence("a copy of it as it was before is {copy}; delete it when you like", copy=copy)
        if given.dry:
            before_it = Sentence("a copy of it as it was before will be {copy}; delete it when you like", copy=copy)
        yield _remark(
            Sentence(
                "it was brought from version {upgraded_from} to {version}, which this followup needs",
                upgraded_from=state.upgraded_from,
                version=VERSION,
            ),
            Sentence("the copy that you put back is as it was") if state.restored else before_it,
        )
    yield from _read_otherwise(before, news, given)
    if not whole:
        return
    if kept := store.decisions.keep_settled():
        yield _remark(
            Sentence(
                "{number} duty was over, and stays so, although it would be open by what is read now: {keys}",
                "{number} duties were over, and stay so, although they would be open by what is read now: {keys}",
                number=len(kept),
                keys=listed(kept),
            ),
            Sentence("nothing is made of it; do by hand what you still want to do"),
        )
    store.state.write(replace(store.state.read(), upgraded_from=0))


def _read_otherwise(before: Mapping[str, Event], news: Collection[str], given: Given) -> Iterator[Problem]:
    """Tell of the entries whose meaning is another one than before this run."""
    # Entries that are new are not told of: these are the sources' news, and not the upgrade's.
    store, zone = given.store, given.config.profile.timezone
    now = store.acquaintances.answered(store.events.events(before.keys() & news))
    there = (event for event in now if event.gone is None)
    differing = [event for event in there if _essence(event, given) != _essence(before[event.identity], given)]
    other = sorted(
        Sentence(
            "the {kind} “{title}” of {day}",
            kind=Sentence("mail") if event.kind in MAIL else event.kind,
            title=event.title[:60],
            day=event.start.astimezone(zone).date(),
        )
        for event in differing
    )
    if other:
        yield _remark(
            Sentence(
                "{number} entry of your sources is read otherwise than before the upgrade: {names}",
                "{number} entries of your sources are read otherwise than before the upgrade: {names}",
                number=len(other),
                names=listed(other),
            ),
            Sentence("what was over stays over; what is due is judged by what is read now: followup explain CASE"),
        )


def _remark(message: str, hint: str) -> Problem:
    return Problem("store", message, Code.UPGRADED, hint=hint, info=True)


def _essence(event: Event, given: Given) -> object:
    """Return what a person would call the meaning of an entry, however it is spelt."""
    tags = given.config.rulebook.rules.world.tags.of(event.tags)
    addresses = sorted(person.address for person in event.people)
    said = (fold(event.title), fold(event.text), event.auto, event.status, event.answered, event.ticked)
    return event.start, event.end, *said, addresses, sorted(tags), fold(event.case), fold(event.heading)
