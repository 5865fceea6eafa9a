"""One life, seen by two people whose runs come at different times: wherever both run, they must have the same before them.

What the design itself lets differ is left out of the timelines, for nobody can know what nobody saw:
an entry that is deleted without a stamp is deleted between two runs of both, a note without a date counts from the
instant at which it was first seen, and a date that was announced and then taken back was announced only by who drafted
a mail in between.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct

from followup_rules.engine.plan import NOTICE
from followup_rules.model import Action, Decision

from .choice import Chance
from .life import THINGS_THAT_HAPPEN, add_note, delete_long_before, delete_meeting, handle
from .session import Session, Violation
from .world import EMPLOYERS, FEW, Picture, World

DAY = timedelta(days=1)
OVER = ("void", "done", "expired")
LEFT = ("held", "blind", "waiting")
"""What was made is left in place while its duty is in one of these states."""


class Step(Struct, frozen=True):
    """What there is from an instant on."""

    at: datetime
    picture: Picture
    failing: frozenset[str]


class Timeline(Struct, frozen=True):
    """A life without the product, and the instants at which both must run."""

    steps: tuple[Step, ...]
    common: tuple[datetime, ...]
    story: tuple[str, ...]

    def step(self, instant: datetime) -> Step:
        """Return what there is at an instant."""
        return [step for step in self.steps if step.at <= instant][-1]


def draw(chance: Chance, start: datetime, days: int) -> Timeline:
    """Make up a life of some days."""
    world = World(start, chance.one((FEW, EMPLOYERS[:2], EMPLOYERS[1:4])))
    steps, common = [Step(start, world.picture, frozenset())], [start]
    while world.now < start + days * DAY:
        world.now += timedelta(minutes=chance.one((30, 5, 120, 8 * 60, 24 * 60, 36 * 60)))
        if chance.number(0, 11) == 11:
            common += [world.now - timedelta(seconds=1), world.now + timedelta(seconds=1)]
            world.failing = frozenset()
            steps.append(Step(common[-2], world.picture, frozenset()))
            delete_meeting(world, chance)
        elif chance.number(0, 11) == 11:
            world.failing = frozenset() if world.failing else frozenset({chance.one(("sent", "notes", "calendar"))})
            world.tell(f"sources that fail: {sorted(world.failing)}")
        else:
            _happen(world, chance)
        if chance.number(0, 3) == 0:
            common.append(world.now + timedelta(minutes=chance.one((0, 1, 600))))
        steps.append(Step(world.now, world.picture, world.failing))
    common.append(world.now + chance.number(0, 3) * DAY)
    in_order = sorted(steps, key=lambda step: step.at)
    return Timeline(tuple(in_order), tuple(sorted(set(common))), tuple(world.story))


def _happen(world: World, chance: Chance) -> None:
    events = {name: event for name, event in THINGS_THAT_HAPPEN.items() if name not in ("delete_meeting", "add_note")}
    events["delete_long_before"] = (2, delete_long_before)
    names = [name for name, (weight, _) in events.items() for _ in range(weight)]
    name = chance.one([*names, *["add_note"] * 14])
    before = world.picture
    if name == "add_note":
        add_note(world, chance, undated=False)
    else:
        events[name][1](world, chance)
    taken_back = [note for note in before.notes.values() if note.tag == "announced"]
    if any(world.picture.notes.get(note.id) != note for note in taken_back):
        world.picture = before
        world.tell("(but what was announced stays)")


class Person:
    """Somebody who lives a timeline with runs of their own."""

    def __init__(self, name: str, timeline: Timeline) -> None:
        self.name, self.timeline = name, timeline
        self.world = World(timeline.steps[0].at)
        self.session = Session(self.world)
        self.missed: list[str] = []
        self.told: set[str] = set()
        self.known_as: set[tuple[str, str, date]] = set()

    def run(self, instant: datetime) -> None:
        """Run once."""
        step = self.timeline.step(instant)
        self.world.now, self.world.picture, self.world.failing = instant, step.picture, step.failing
        report = self.session.run()
        self.session.ticks += 1
        self.missed += [decision.key for decision in report.missed]
        self.known_as |= {_duty(decision) for decision in report.missed}
        notices = [o.change.action for o in report.outcomes if o.change.action.type == NOTICE]
        self.told |= {action.duty for action in notices}
        changes = ", ".join(f"{o.change.op} {o.change.key}" for o in report.outcomes)
        self.world.tell(f"{self.name} runs: {changes or 'nothing'}")

    def decisions(self) -> dict[str, Decision]:
        """Return what is decided now, but for what is void: who never saw an anchor has no decision on it."""
        found = [
            decision for case in self.session.store.cases() for decision in self.session.judged(case, self.world.clock)
        ]
        return {decision.key: decision for decision in found if decision.state != "void"}

    def outstanding(self) -> dict[str, Action]:
        """Return what lies on the desks as the product left it, by duty."""
        items = [item for desk in self.session.desks.values() for item in desk.open().values()]
        return {item.action.key: item.action for item in items if item.state == "open"}


def compare(one: Person, other: Person) -> None:
    """Raise Violation where two people, both of whom run now, have something else before them.

    Two differences are allowed. What is not due now but waits, is held or cannot be seen may lie on one desk only, as
    it was due when that person ran: what is there is left there. And a window that only one of them missed whole is
    expired for both in the end, and told to each once.
    """
    left, right = one.decisions(), other.decisions()
    for key in sorted({*left, *right}):
        differ = _differing(left.get(key), right.get(key))
        if differ:
            raise Violation(f"{key}: {one.name} and {other.name} have {differ}")
    here, there = one.outstanding(), other.outstanding()
    for key in sorted({*here, *there}):
        decision = left.get(next((a.duty for a in (here.get(key), there.get(key)) if a), ""))
        state = decision.state if decision else "void"
        if state not in LEFT and _shown(here.get(key)) != _shown(there.get(key)):
            raise Violation(f"{key} is {state}: {one.name} has {_shown(here.get(key))}, "
                            f"{other.name} {_shown(there.get(key))}")  # fmt: skip
        if state in OVER:
            raise Violation(f"{key} is {state} and still there")
    _told(left, one, other)


def _told(decisions: dict[str, Decision], one: Person, other: Person) -> None:
    for person in (one, other):
        twice = {key for key in person.missed if person.missed.count(key) > 1}
        if twice:
            raise Violation(f"{person.name} is told more than once of missing {sorted(twice)}")
        for key, decision in decisions.items():
            known = key in person.missed or key in person.told or _duty(decision) in person.known_as
            if decision.state == "expired" and not known and decision.closes > person.timeline.steps[0].at:
                raise Violation(f"{key} is expired, and {person.name} was never told")


def _duty(decision: Decision) -> tuple[str, str, date]:
    """Return what a duty stays, whatever case it is put into."""
    return decision.rule, decision.visit.anchor.id, decision.visit.day


FIELDS = ("state", "late", "opens", "due", "closes", "guard", "why", "evidence", "announces", "openings", "next")


def _differing(left: Decision | None, right: Decision | None) -> object:
    if left is None or right is None:
        return (
            (left and f"only the first: {left.state}", right and f"only the second: {right.state}")
            if left or right
            else None
        )
    pairs = {name: (getattr(left, name), getattr(right, name)) for name in FIELDS}
    pairs["carries"] = tuple([event.id for event in decision.carries] for decision in (left, right))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _shown(action: Action | None) -> object:
    return action and (action.type, action.title, action.text, action.due, action.to, action.reply)


class Outcome(Struct, frozen=True):
    """What became of a comparison."""

    compared: int
    ticks: int
    story: list[str]
    violation: str = ""


def live_twice(chance: Chance, start: datetime, days: int = 60, dense: int = 9, sparse: int = 100) -> Outcome:
    """Draw a life, let two people live it, and compare them wherever both run."""
    timeline = draw(chance, start, days)
    often, seldom = Person("often", timeline), Person("seldom", timeline)
    compared, violation, last = 0, "", start
    try:
        for instant in timeline.common:
            for person, hours in ((often, dense), (seldom, sparse)):
                for between in _between(chance, last, instant, hours):
                    person.run(between)
            for person in (often, seldom):
                person.run(instant)
            if not timeline.step(instant).failing:
                compare(often, seldom)
                compared += 1
                _use_a_hand(chance, often, seldom)
            last = instant
    except Violation as broken:
        violation = f"at {instant:%Y-%m-%d %H:%M}: {broken}"
    finally:
        often.session.close()
        seldom.session.close()
    story = sorted([*timeline.story, *often.world.story, *seldom.world.story], key=lambda line: line[:16])
    shown = [line for line in story if line[:16] <= f"{instant:%Y-%m-%d %H:%M}"]
    return Outcome(compared, often.session.ticks + seldom.session.ticks, shown, violation)


def _between(chance: Chance, last: datetime, until: datetime, hours: int) -> list[datetime]:
    found, instant = [], last + timedelta(minutes=chance.number(1, hours * 60))
    while instant < until:
        found.append(instant)
        instant += timedelta(minutes=chance.number(1, hours * 60))
    return found


def _use_a_hand(chance: Chance, one: Person, other: Person) -> None:
    both = sorted(one.outstanding().keys() & other.outstanding().keys())
    if not both or chance.number(0, 3) != 3:
        return
    key, how = chance.one(both), chance.one(("tick", "delete", "touch", "send"))
    for person in (one, other):
        for desk in person.session.desks.values():
            for item in desk.open().values():
                if item.action.key == key:
                    handle(person.world, item, how)
