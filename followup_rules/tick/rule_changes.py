"""What the user changed in rules and time zone between two runs: what was made follows its rule, under the same key.

A rule that has another name, and starts from and does the same, is the same rule, whatever that is called. The day of a
meeting, of which keys and announced dates are made, is that of the zone in which something was first made for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.store.state import Formerly, KnownRule, RunState
from followup_rules.tick.report import Given

if TYPE_CHECKING:
    from followup_rules.config.rulebook import Rulebook
    from followup_rules.language.schema import Rule


def follow_rules(given: Given) -> Iterator[Problem]:
    """Let the ledger follow its rules to another name or another `per`, and note which rules are new."""
    state, book = given.left, given.config.rulebook
    known = dict(state.rules)
    for old, new in _renamed(known, book, given).items():
        per = book.rules.rules[new].per
        known[new] = replace(known[old], per=per, formerly=_formerly(old, known.pop(old), given))
        moved = given.store.follow_rule(old, new, per)
        message = Sentence(
            "the rule {old} is called {new} now; {number} action of it went along",
            "the rule {old} is called {new} now; {number} actions of it went along",
            number=moved,
            old=old,
            new=new,
        )
        yield Problem(f"rule.{new}", message, Code.TABLE_CHANGED, hint=Sentence("nothing else has changed"), info=True)
    for name, rule in book.rules.rules.items():
        before = known.get(name)
        formerly = before.formerly if before else ()
        if before and before.per and before.per != rule.per:
            given.store.follow_rule(name, name, rule.per)
            formerly = _formerly(name, before, given)
        if before and before.meaning != rule.meaning:
            # What was done stays so, whatever the rule makes now; and what is given an id keeps its key.
            given.store.decisions.settle_done(name)
            given.store.ledger.give_ids(name, [do.id for do in rule.do])
        known[name] = KnownRule(rule.meaning, rule.per, _since(before, state, given), formerly, rule.content)
    if known != state.rules:
        given.store.state.write(replace(given.store.state.read(), rules=known))


def _formerly(name: str, rule: KnownRule, given: Given) -> tuple[Formerly, ...]:
    """Return what a rule was, with its name and `per` until now: what other stores made of it is known by these."""
    others = (was for was in rule.formerly if (was.name, was.per) != (name, rule.per))
    return (*others, Formerly(name, rule.per, given.now))


def _since(before: KnownRule | None, state: RunState, given: Given) -> datetime:
    """Return from which run on a rule is known: what it would have asked for long before that is too old."""
    if before:
        return before.since
    # Earlier versions noted no rules.
    return given.first_run if state.upgraded_from and not state.rules else given.now


def _renamed(known: Mapping[str, KnownRule], book: Rulebook, given: Given) -> dict[str, str]:
    """Return the new name of each rule that is gone while one new rule, and only one, means the same."""
    if not book.whole:
        return {}  # what could not be read is broken, and not gone
    rules: Mapping[str, Rule] = book.rules.rules
    renamed: dict[str, str] = {}
    # As they are written first: who renames a rule may also have changed a definition that it names.
    for hashed in (attrgetter("meaning"), attrgetter("content")):
        come = {
            name: hashed(rule)
            for name, rule in rules.items()
            if name not in known and not rule.fault and name not in renamed.values()
        }
        gone = {
            name: hashed(rule)
            for name, rule in known.items()
            if name not in rules and name not in book.rules.off and name not in renamed
        }
        renamed |= {
            old: new
            for old, same in gone.items()
            for new in come
            if [*come.values()].count(same) == [*gone.values()].count(same) == 1
            and come[new] == same != ""
            # A rule of that name has made something of its own: it is an old one that is back.
            and not given.store.ledger.of_rule(new)
        }
    return renamed


def follow_zone(given: Given) -> None:
    """Keep the day of each meeting for which something was made, and of what was announced, in another time zone.

    A day is the user's, and a time that of the clock on their wall: a call announced for the 19th at 09:00 in Paris is
    one of the 19th at 09:00 in Montréal, where 09:00 in Paris is still night.
    """
    state, zone = given.left, given.config.profile.timezone
    if state.timezone == zone.key:
        return
    if state.timezone:
        before = ZoneInfo(state.timezone)
        _keep_days(before, given)
        # A note of noon is one of noon in the new zone: it may be from before the meeting now, after which it was made.
        given.store.decisions.settle_done()
        given.store.ledger.move_pins(given.now, lambda at: at.astimezone(before).replace(tzinfo=zone))
    left = {state.timezone: given.now} if state.timezone else {}
    now = given.store.state.read()
    given.store.state.write(replace(now, timezone=zone.key, zones=now.zones | left))


def _keep_days(before: ZoneInfo, given: Given) -> None:
    """Keep the days for which something was made, each with all events of the kind: they are one visit, and stay it.

    All others count on the day of the new zone.
    """
    store = given.store
    anchors = (store.events.named(name) for name in store.ledger.anchors())
    homes = store.places.cases_of_each(anchor.identity for anchor in anchors if anchor)
    for case in sorted({home for cases in homes.values() for home in cases[:1]}):
        there = store.events.events(store.places.at_home(case))
        kept = store.places.days(there)
        days = {event.identity: kept.get(event.id) or event.start.astimezone(before).date() for event in there}
        made = {(event.kind, days[event.identity]) for event in there if event.identity in homes}
        for event in there:
            if (event.kind, days[event.identity]) in made:
                store.places.keep_day(event, days[event.identity])
