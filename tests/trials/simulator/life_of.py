"""A whole life from a seed: what happens, when the product runs, and where a promise was broken."""

from __future__ import annotations

import random
import re
import traceback
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from .changes_of_mind import CHANGES_OF_MIND
from .choice import Seeded
from .invariants import Judge
from .life import THINGS_THAT_HAPPEN, TROUBLES, use_a_hand
from .session import Session, Violation
from .world import EMPLOYERS, FEW, World

STARTS = (datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2011, 8, 1, 12, tzinfo=UTC), datetime(2023, 9, 1, tzinfo=UTC))
PAUSES = (5, 30, 60, 6 * 60, 6 * 60, 24 * 60, 24 * 60, 2 * 24 * 60, 4 * 24 * 60, 11 * 24 * 60)
"""In minutes, between two runs."""
AT_A_CHANGE = 3
"""One run in so many comes at the very instant of the next change, or just before it."""

A_CHANGE_OF_MIND = 4
"""Before one run in so many the user changes their mind."""


class Lived(Struct):
    """What became of a life."""

    seed: int
    years: float
    ticks: int
    changes: int
    story: list[str]
    violation: str = ""

    def __str__(self) -> str:
        broken = f"violations={int(bool(self.violation))}"
        head = f"seed={self.seed} years={self.years:.2f} ticks={self.ticks} changes={self.changes} {broken}"
        return f"{head}\n  {self.violation}" if self.violation else head

    @property
    def excerpt(self) -> list[str]:
        """The part of the story that belongs to the violation: what names its case, and the latest lines."""
        words = set(re.findall(r"[\w.-]+\.(?:ca|fr|com)|\bM\d+\b|\bclient-\w", self.violation))
        told = [line for line in self.story[:-12] if any(word in line for word in words)]
        return [
            "  ...",
            *(f"  {line[:400]}" for line in told[-25:]),
            "  ...",
            *(f"  {x[:400]}" for x in self.story[-12:]),
        ]


def live(seed: int, years: float = 1, *, every: int = 5) -> Lived:
    """Live a life from its first run on; it ends early if a promise is broken."""
    chance = Seeded(seed)
    world = World(chance.one(STARTS), chance.one((FEW, EMPLOYERS[:2], EMPLOYERS[1:4], EMPLOYERS)))
    session, judge, minds = Session(world), Judge(random.Random(seed), every), Seeded(seed + 1)
    end = world.now + timedelta(days=365 * years)
    begin, changes, violation = world.now, 0, ""
    try:
        while world.now < end:
            happen(world, session, chance)
            if minds.number(1, A_CHANGE_OF_MIND) == 1:
                minds.one(CHANGES_OF_MIND).do(session, minds)
            pause(world, session, chance)
            whole = (session.ticks + 1) % every == 0
            changes += len(session.tick(judge, whole=whole).report.outcomes)
    except Violation as broken:
        violation = str(broken)
    except Exception:  # noqa: BLE001 -- the other lives go on, and this one is told with its story
        violation = traceback.format_exc()
    finally:
        session.close()
    return Lived(seed, (world.now - begin).days / 365, session.ticks, changes, world.story, violation)


def happen(world: World, session: Session, chance: Seeded) -> None:
    """Let a few things happen before the next run."""
    troubled = chance.number(0, 2) == 0
    for _ in range(chance.one((0, 1, 2, 3, 4))):
        events = {**THINGS_THAT_HAPPEN, **(TROUBLES if troubled else {})}
        names = [name for name, (weight, _) in events.items() for _ in range(weight)]
        events[chance.one(names)][1](world, chance)
        world.now += timedelta(minutes=chance.one((0, 5, 60)))
    if chance.number(0, 3) == 0:
        use_a_hand(world, session.desks, chance)
    if world.failing and chance.number(0, 2) == 0:
        world.failing = frozenset()
    if chance.number(0, 3) == 0:
        world.modes, world.skew = {"drafts": "ok", "tasks": "ok"}, timedelta()


def pause(world: World, session: Session, chance: Seeded) -> None:
    """Let time go by until the next run."""
    change = session.store.decisions.next_change()
    if change and change > world.now and chance.number(1, AT_A_CHANGE) == 1:
        world.now = change - timedelta(microseconds=chance.one((0, 1)))
    else:
        world.now += timedelta(minutes=chance.one(PAUSES))
