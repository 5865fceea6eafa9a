"""The product, run again and again in the simulated world, and what it said and made each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from followup_rules.cli import as_json
from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.engine.evaluate import EvaluationContext
from followup_rules.engine.plan import EntryState
from followup_rules.engine.sight import Sight
from followup_rules.model import Decision
from followup_rules.store.store import Store, open_copy
from followup_rules.tick.one_case import judge as judge_case
from followup_rules.tick.run import Choose, Report, every_case, preview, run
from followup_rules.upkeep.backup import mark_as_put_back

from . import setting
from .memory import Desk, View
from .world import Knobs, Picture, World


class Violation(AssertionError):  # noqa: N818 -- what happened, not an error of this code
    """Something that must never happen did."""


class Seen(Struct, frozen=True):
    """What one run saw, planned, did and left."""

    now: datetime
    knobs: Knobs
    picture: Picture
    """What the sources last showed; a source that fails shows nothing new."""
    failing: frozenset[str]
    plan: Report
    report: Report
    trouble: bool
    """An output did not do what it was told, now or before, and that is not settled."""


KINDS = {"calendar": ("meeting",), "notes": ("note",), "sent": ("sent", "received")}


@contextmanager
def empty() -> Iterator[Store]:
    """Lend a store that knows nothing, in memory."""
    with open_copy(Path("/nowhere/at/all")) as store:
        yield store


@contextmanager
def copied(store: Store) -> Iterator[Store]:
    """Lend a copy of a store, in memory."""
    with empty() as copy:
        store.database._connection.backup(copy.database._connection)
        yield copy


def _judged(store: Store, now: datetime) -> list[str]:
    return store.decisions.stale(now)


class Session:
    """A store and two desks; each `tick` is one run of the product."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._open = ExitStack()
        self.store = self._open.enter_context(empty())
        self.places: dict[str, Desk] = {}
        """All that any path of an output ever led to."""
        self.copy: Store | None = None
        """The store as it was copied last."""
        self.copied_at = self.put_back_at = -1
        """After how many ticks the store was copied, and put back."""
        self.shown = self._shown_at_copy = Picture()
        self.ticks = 0

    def close(self) -> None:
        """End: close the store."""
        self._open.close()

    @property
    def desks(self) -> dict[str, Desk]:
        """Where the outputs of the config lead now."""
        tables = {"drafts": self.world.knobs.drafts, "tasks": self.world.knobs.tasks}
        return {kind: self.places.setdefault(table.place, Desk(table.place)) for kind, table in tables.items()}

    def copy_store(self) -> None:
        """Keep a copy of the store, as `followup backup` does."""
        self.copy, self.copied_at = self._open.enter_context(copied(self.store)), self.ticks
        self._shown_at_copy = self.shown

    def put_back(self) -> None:
        """Put the copy in place of the store, as `followup backup --restore` does."""
        assert self.copy, "there is no copy"
        self.store, self.put_back_at = self._open.enter_context(copied(self.copy)), self.ticks
        self.shown = self._shown_at_copy
        mark_as_put_back(self.store, self.config(), self.world.clock)

    def preview(
        self,
        shuffle: random.Random | None = None,
        *,
        store: AbstractContextManager[Store] | None = None,
        choose: Choose = every_case,
    ) -> Report:
        """Return what a run would do, on a copy; of which cases decisions are asked for."""
        world = self.world
        view = View(world.picture, world.failing, shuffle)
        with store or copied(self.store) as copy:
            return preview(setting.config(world.knobs, view, self.desks), copy, world.clock, choose)

    def run(self) -> Report:
        """Run once."""
        world = self.world
        for name, desk in self.desks.items():
            desk.mode = world.modes[name]
        view = View(world.picture, world.failing)
        report = run(setting.config(world.knobs, view, self.desks), self.store, world.clock)
        unsettled = {entry.marker for entry in self.store.ledger.in_state(EntryState.INTENDED)}
        for desk in self.desks.values():
            for item in desk.items.values():
                item.uncertain = item.action.key in unsettled
        return report

    def config(self) -> Config:
        """Return the config of now."""
        return setting.config(self.world.knobs, View(self.world.picture), self.desks)

    def judged(self, case: str, instant: datetime) -> tuple[Decision, ...]:
        """Return what the stored events of a case mean at an instant, seen with the sources that work now."""
        knobs = self.world.knobs
        unseen = {kind: getattr(knobs, name).name for name in sorted(self.world.failing) for kind in KINDS[name]}
        sight = Sight(frozenset(kind for kinds in KINDS.values() for kind in kinds), unseen)
        first_run = self.store.state.read().first_run
        context = EvaluationContext(instant, first_run, self.config().profile.lookback, sight)
        decisions, _ = judge_case(next(self.store.read([case])), self.config(), context)
        return decisions

    def to_come(self, case: str, now: datetime) -> list[datetime]:
        """Return the instants of a case's stored events that are later than that."""
        stored = next(self.store.read([case])).case
        return [event.start for event in (*stored.home, *stored.joined) if event.start > now]

    def tick(self, judge: Callable[[Session, Seen], None], *, whole: bool = True) -> Seen:
        """Plan, run, and have what was seen judged. `whole`: the plan tells of all cases, not only of those that run judges."""
        world = self.world
        for name, desk in self.desks.items():
            desk.mode = world.modes[name]
        plan = self.preview(choose=every_case if whole else _judged)
        report = self.run()
        self.ticks += 1
        kinds = {"calendar": "meetings", "sent": "mails", "notes": "notes"}
        for source in kinds.keys() - world.failing:
            shown = {name: getattr(self.shown, name) for name in kinds.values()}
            self.shown = Picture(**{**shown, kinds[source]: getattr(world.picture, kinds[source])})
        problems = (problem for problem in (*report.problems, *plan.problems) if problem.code != Code.TABLE_CHANGED)
        trouble = any(problem.where.startswith("outputs.") for problem in problems)
        seen = Seen(world.clock, world.knobs, self.shown, world.failing, plan, report, trouble)
        changes = [f"{o.change.op} {o.change.action.key}" for o in report.outcomes]
        world.tell(f"tick {world.clock:%m-%d %H:%M}Z: {', '.join(changes) or 'nothing'}")
        judge(self, seen)
        return seen


def printed(report: Report) -> str:
    """Return the report as `--json` prints it."""
    return as_json.dump(as_json.report(report))
