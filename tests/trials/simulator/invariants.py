"""What must hold after every run, whatever happened before: the promises of the product, one function each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from followup_rules.engine.assign_cases import assign
from followup_rules.model import Decision
from followup_rules.upkeep.audit import audit

from .reference import Reference
from .session import Seen, Session, Violation, copied, empty, printed
from .world import plain

PEEK = timedelta(microseconds=1)
FAR = timedelta(days=400)
MOST_CASES = 2
"""Of so many cases the future is looked into at once; which ones, chance says."""


class Judge:
    """Checks every promise after a run; the costly ones every so often."""

    def __init__(self, chance: random.Random, every: int = 1) -> None:
        self._random, self._every = chance, every
        self._reference = self._at_copy = Reference()

    def __call__(self, session: Session, seen: Seen) -> None:
        """Raise Violation for the first promise that was broken."""
        if session.copied_at == session.ticks - 1:
            self._at_copy = self._reference.copied()
        if session.put_back_at == session.ticks - 1:
            self._reference = self._reference.put_back(self._at_copy)
        made_once(session)
        nothing_lies_twice(session)
        reasons(seen)
        planned(seen)
        self._reference.judge(session, seen)
        if session.ticks % self._every == 0:
            incremental_is_full(session)
            next_is_never_too_late(session, self._random)
            order_does_not_matter(session, self._random)
            rerun(session, seen)


def made_once(session: Session) -> None:
    """No key is made twice, unless it was withdrawn in between."""
    for desk in session.places.values():
        made, taken = _by_plain_key(desk.made), _by_plain_key(desk.taken)
        for key, count in made.items():
            if count > 1 + taken[key]:
                raise Violation(f"{key} was made {count} times in {desk.place}, and taken back {taken[key]}")


def _by_plain_key(counted: Mapping[str, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for key, count in counted.items():
        found[plain(key)] += count
    return found


def nothing_lies_twice(session: Session) -> None:
    """No two untouched things lie in one place that one rule made of one event for the same people and day."""
    for desk in session.places.values():
        lying: dict[object, str] = {}
        for item in desk.items.values():
            action = item.action
            what = plain(action.rule), action.anchor, action.title, action.to, action.key.rpartition("@")[2]
            if item.state == "open" and lying.setdefault(what, action.key) != action.key:
                raise Violation(f"{action.key} and {lying[what]} both lie in {desk.place}, made of {action.anchor}")


def reasons(seen: Seen) -> None:
    """Every decision has a reason."""
    for decision in (*seen.plan.decisions, *seen.report.decisions):
        if not decision.why.strip() or "{" in decision.why:
            raise Violation(f"{decision.key} is {decision.state} for no reason: {decision.why!r}")


def planned(seen: Seen) -> None:
    """`plan` shows what `run` then does and decides."""
    plan, run = ([o.change for o in report.outcomes] for report in (seen.plan, seen.report))
    if (plan != run and not seen.trouble) or [change for change in run if change not in plan]:
        raise Violation(f"planned {[_short(c) for c in plan]}, did {[_short(c) for c in run]}")
    of_plan = {decision.key: decision for decision in seen.plan.decisions}
    for decision in seen.report.decisions:
        if of_plan.get(decision.key) != decision:
            raise Violation(f"planned {of_plan.get(decision.key)}, decided {decision}")
    if (seen.plan.missed, seen.plan.next) != (seen.report.missed, seen.report.next) and not seen.trouble:
        raise Violation(f"planned to miss {seen.plan.missed} until {seen.plan.next}, "
                        f"missed {seen.report.missed} until {seen.report.next}")  # fmt: skip


def _short(change: object) -> str:
    return f"{change.op} {change.key}"


def incremental_is_full(session: Session) -> None:
    """What the store holds is what judging everything from the beginning gives, and `doctor --deep` says so, too."""
    store = session.store
    everything = store.events.events(store.events.ids())
    directory = session.config().rulebook.directory
    for name, place in assign(everything, directory).items():
        kept = store.places.cases_of(name)
        if (kept[:1], sorted(kept[1:])) != ([place.home], sorted(place.joins)):
            raise Violation(f"{name} stands in {kept}; placed anew it stands in {place}")
    with copied(store) as copy:
        found = audit(session.config(), copy)
    if found is None or found.differences:
        raise Violation(f"judged anew, it is another thing: {found and found.differences}")


def next_is_never_too_late(session: Session, chance: random.Random) -> None:
    """Nothing that is decided changes by time alone before the instant that is told."""
    now, cases = session.world.clock, session.store.cases()
    for case in chance.sample(cases, min(len(cases), MOST_CASES)):
        before = session.judged(case, now)
        # By a clock that was set back, all of a case may be yet to come; then no decision can say so.
        nexts = [decision.next for decision in before if decision.next] if before else session.to_come(case, now)
        if nexts and min(nexts) <= now:
            raise Violation(f"{case}: the next change was to come at {min(nexts)}, which is over at {now}")
        last = min(nexts, default=now + FAR)
        moments = {last - PEEK, now + (last - now) * chance.random(), now + FAR * chance.random(),
                   chance.choice([*nexts, last]) - PEEK}  # fmt: skip
        for moment in sorted(moments):
            after = session.judged(case, moment)
            if moment < last:
                _unchanged(case, before, after, moment)
            _kept_until(before, {decision.key: decision.state for decision in after}, moment)


def _kept_until(before: tuple[Decision, ...], after: dict[str, str], moment: datetime) -> None:
    for decision in before:
        still = decision.next is None or moment < decision.next
        if still and after.get(decision.key) != decision.state:
            raise Violation(f"{decision.key} is {decision.state} until {decision.next}, it says; "
                            f"at {moment} it is {after.get(decision.key)}")  # fmt: skip


def _unchanged(case: str, before: tuple[Decision, ...], after: tuple[Decision, ...], moment: datetime) -> None:
    if before != after:
        differ = [(one, other) for one, other in zip(before, after, strict=False) if one != other]
        raise Violation(f"{case}: changes before it says, at {moment}: {differ[:1] or (len(before), len(after))}")


def order_does_not_matter(session: Session, chance: random.Random) -> None:
    """Sources and events in another order give the same bytes: now to the user, now to somebody who begins today."""
    store = chance.choice((lambda: copied(session.store), empty))
    once, again = (printed(session.preview(shuffle, store=store())) for shuffle in (None, chance))
    if once != again:
        differ = [pair for pair in zip(once.splitlines(), again.splitlines(), strict=False) if pair[0] != pair[1]]
        raise Violation(f"the order matters: {differ[:3]}")


def rerun(session: Session, seen: Seen) -> None:
    """A second run at the same instant changes nothing and tells nothing."""
    if seen.trouble:
        return
    again = session.run()
    if again.outcomes or again.missed:
        raise Violation(f"a second run: {[_short(o.change) for o in again.outcomes]}, missed {again.missed}")
