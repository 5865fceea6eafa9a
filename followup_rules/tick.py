"""One run: look at the outputs, collect, evaluate, plan, carry out. The only part that touches the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from followup_rules.actions import PRINTED, actions
from followup_rules.carry_out import carry_out, settle, waits
from followup_rules.config import Config, Configured
from followup_rules.engine.cases import clean
from followup_rules.engine.evaluate import Moment, Sight, evaluate
from followup_rules.engine.plan import Change, Made, Row, plan
from followup_rules.hookspecs import Output, Unreadable
from followup_rules.language.schema import RuleSet
from followup_rules.model import Action, BadItem, Context, Decision, Event, Problem, Pull, State, Status
from followup_rules.store import Store, at, text

MARGIN = timedelta(days=60)
"""How much further back than `lookback` sources are read, so that history is known before anything is done."""
UNKNOWN_KINDS = ("meeting", "received", "sent", "note")
"""What a source is taken to emit if its plugin is broken and cannot say."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change, and the reference of what it made; no reference before it is carried out."""

    change: Change
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a tick did, or would do."""

    now: datetime
    """In the user's zone."""
    outcomes: tuple[Outcome, ...] = ()
    decisions: tuple[Decision, ...] = ()
    missed: tuple[Decision, ...] = ()
    """What expired since the last run."""
    problems: tuple[Problem, ...] = ()
    next: datetime | None = None
    """The next instant at which something could change by time alone."""


@dataclass(slots=True)
class _Found:
    """What the steps of a tick find on their way."""

    outcomes: list[Outcome] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    missed: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


Say = Callable[[Outcome], None]


def run(config: Config, store: Store, now: datetime, say: Say = lambda _: None) -> Report:
    """Do one tick. `say` is called with each outcome, for a notice before it counts as delivered."""
    return _Tick(config, store, now, say, dry=False).run(every=False)


def preview(config: Config, copy: Store, now: datetime) -> Report:
    """Return what `run` would do, with the decisions of all cases. `copy` is written to, so it must be a copy."""
    return _Tick(config, copy, now, lambda _: None, dry=True).run(every=True)


class _Printed:
    """The output of notices that every run has: delivered when it has been said."""

    def __init__(self, say: Callable[[Action], None]) -> None:
        self._say = say

    def create(self, action: Action) -> str:
        self._say(action)
        return "printed"

    def find(self, key: str) -> str | None:  # noqa: ARG002 -- nobody can tell whether a person has read it
        return None

    def update(self, ref: str, action: Action) -> str:  # noqa: ARG002 -- notices are never updated
        return ref

    def withdraw(self, ref: str) -> None:
        """Notices are never withdrawn."""

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        return {ref: Status("open") for ref in refs}


class _Tick:
    """The steps of one tick, in their order."""

    def __init__(self, config: Config, store: Store, now: datetime, say: Say, *, dry: bool) -> None:
        assert config.rules is not None, "a config that is fatally wrong cannot be run"
        assert config.texts is not None
        assert config.directory is not None
        self.config, self.store, self.dry = config, store, dry
        self.rules: RuleSet = config.rules
        self.texts, self.directory, self.profile = config.texts, config.directory, config.profile
        self.say = say
        self.now = now.astimezone(UTC)
        self.context = Context(profile=config.profile, now=now.astimezone(config.profile.timezone))
        self.found = _Found()
        self.outputs: dict[str, Output] = {}
        self.takes: dict[str, tuple[str, ...]] = {}

    def run(self, *, every: bool) -> Report:
        first_run = self._first_run()
        self._open_outputs()
        self._settle()
        with self.store.transaction():
            changed = self._look_at_outputs()
            sight, seen = self._collect(first_run)
            self._arrange(changed | seen)
            self._mark_stale(sight)
        moment = Moment(self.now, first_run, self.profile.lookback, sight)
        cases = sorted({*self.store.cases(), *self.store.stale(self.now)}) if every else self.store.stale(self.now)
        for case in cases:
            self._do_case(case, moment)
        return self._report()

    def _report(self) -> Report:
        found = self.found
        order = sorted(found.outcomes, key=lambda outcome: (outcome.change.key, outcome.change.output))
        later = self.store.next_change()
        return Report(
            now=self.context.now,
            outcomes=tuple(order),
            decisions=tuple(sorted(found.decisions, key=lambda decision: decision.key)),
            missed=tuple(found.missed),
            problems=tuple(dict.fromkeys((*self.config.problems, *found.problems))),
            next=later and later.astimezone(self.profile.timezone),
        )

    def _first_run(self) -> datetime:
        kept = self.store.get("first run")
        if not kept:
            self.store.put("first run", text(self.now) or "")
        return at(kept) if kept else self.now

    # -- the outputs: what became of what we made

    def _open_outputs(self) -> None:
        for output in self.config.outputs:
            self.takes[output.name] = tuple(getattr(output.type, "takes", ()))
            try:
                if output.type is None:
                    raise Unreadable(output.fault)
                self.outputs[output.name] = output.type.open(output.options, self.context)  # type: ignore[assignment]
            except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
                self._problem(f"outputs.{output.name}", error)

    def _settle(self) -> None:
        for row in self.store.rows_in(Made.INTENDED):
            output = self.outputs.get(row.output)
            if row.output == PRINTED:
                self.store.write(replace(row, state=Made.WITHDRAWN))
                self.store.make_stale([row.action.case])
            elif output is not None:
                problem = settle(row, output, self.store, self.now, look_only=self.dry)
                self.found.problems += [problem] if problem else []
                self.store.make_stale([row.action.case])

    def _look_at_outputs(self) -> set[str]:
        changed: set[str] = set()
        for name, output in self.outputs.items():
            rows = [
                row for row in self.store.rows_in(Made.DELIVERED) if row.output == name and row.action.type != "notice"
            ]
            changed |= self._look_at(name, output, rows) if rows else set()
        return changed

    def _look_at(self, name: str, output: Output, rows: Sequence[Row]) -> set[str]:
        try:
            became = output.status([row.ref for row in rows])
        except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
            self._problem(f"outputs.{name}", error)
            return set()
        reports: list[Event] = []
        with self.store.transaction():
            for row in rows:
                status = became.get(row.ref, Status("open"))
                reports += self._took(row, status)
            pull = Pull(events=reports)
            return self.store.take(f"output {name}", pull, reports, self.now, self.now) if reports else set()

    def _took(self, row: Row, status: Status) -> list[Event]:
        """Follow the user's hand in the ledger, and return what it means as events."""
        if status.state in ("open", "touched"):
            touched = status.state == "touched"
            if touched != row.touched:
                self.store.write(replace(row, touched=touched))
                self.store.make_stale([row.action.case])
            return []
        self.store.write(replace(row, state=Made.ENDED))
        return [self._report_event(row, status)]

    def _report_event(self, row: Row, status: Status) -> Event:
        anchor = self.store.event(row.action.anchor)
        done = status.state == "done"
        when = (status.at or self.now).astimezone(UTC)
        return Event(
            id=f"{'done' if done else 'dismissed'}:{row.action.duty}",
            kind="done" if done else "dismissed",
            start=when,
            end=when,
            title=anchor.title if anchor else row.action.title,
            people=anchor.people if anchor else row.action.to,
            thread=anchor.thread if anchor else "",
            case=row.action.case,
            data={"key": row.marker, "rule": row.action.rule, "anchor": row.action.anchor},
        )

    # -- the sources

    def _collect(self, first_run: datetime) -> tuple[Sight, set[str]]:
        since = min(self.now, first_run) - self.profile.lookback - MARGIN
        emitted: set[str] = set()
        unseen: dict[str, str] = {}
        changed: set[str] = set()
        for source in sorted(self.config.sources, key=lambda source: source.name):
            kinds, ids = self._pull(source, since)
            emitted |= kinds
            if ids is None:
                unseen.update(dict.fromkeys(sorted(kinds), source.name))
            else:
                changed |= ids
        return Sight(frozenset(emitted), unseen), changed

    def _pull(self, source: Configured, since: datetime) -> tuple[set[str], set[str] | None]:
        """Return the kinds that a source emits, and the ids that changed; None if it could not be read."""
        kinds = set(getattr(source.type, "emits", UNKNOWN_KINDS))
        try:
            if source.type is None:
                raise Unreadable(source.fault)
            opened = source.type.open(source.options, self.context)
            kinds = set(getattr(opened, "emits", kinds))
            pull = opened.pull(since, self.store.source(source.name).cursor)  # type: ignore[union-attr]
            events = self._events(source.name, pull)
            return kinds, self.store.take(source.name, pull, events, since, self.now)
        except Exception as error:  # noqa: BLE001 -- one source that fails stops no other
            self._problem(f"sources.{source.name}", error)
            self.store.failed(source.name, self.now)
            return kinds, None

    def _events(self, source: str, pull: Pull) -> list[Event]:
        events = []
        for item in pull.events:
            if isinstance(item, BadItem):
                hint = "mend it there, or leave it: everything else was read"
                self.found.problems.append(
                    Problem(f"sources.{source}", f"{item.where}: {item.message}", "F043", hint=hint)
                )
            else:
                start, end = item.start.astimezone(UTC), item.end.astimezone(UTC)
                events.append(clean(replace(item, start=start, end=end), self.directory))
                self._unknown_tags(source, item)
        return events

    def _unknown_tags(self, source: str, event: Event) -> None:
        for tag in event.tags if event.kind == "note" else ():
            if tag not in self.rules.tags:
                from followup_rules.language.nearest import expected  # noqa: PLC0415 -- only when there is a problem

                message = f"{event.where}: no rule knows the tag #{tag}"
                hint = expected(tag, self.rules.tags)
                self.found.problems.append(Problem(f"sources.{source}", message, "F042", hint=hint, warning=True))

    def _problem(self, where: str, error: Exception) -> None:
        known = isinstance(error, Unreadable | OSError)
        message = str(error) if known else f"{type(error).__name__}: {error}"
        hint = "duties that depend on it wait until it can be read again" if where.startswith("sources") else ""
        self.found.problems.append(Problem(where, message, "F040", hint=hint))

    # -- the cases

    def _arrange(self, changed: set[str]) -> None:
        moved = self.store.arrange(changed, self.directory)
        self.store.rename(moved)
        for event, problem in self.store.misplaced():
            if event.id in changed or self.dry:
                self.found.problems.append(Problem("notes", f"{event.where}: {problem}", "F044"))

    def _mark_stale(self, sight: Sight) -> None:
        seen = repr((sorted(sight.emitted), sorted(sight.unseen.items())))
        for name, value in (("sight", seen), ("fingerprint", self.config.fingerprint)):
            if self.store.get(name) != value:
                self.store.put(name, value)
                self.store.make_all_stale()

    def _do_case(self, key: str, moment: Moment) -> None:
        before = self.store.states(key)
        decisions = evaluate(self.store.case(key), self.rules, self.store.pins(key), moment)
        made, faulty = self._actions(decisions)
        rows = self.store.rows(key)
        standing = frozenset(rule.id for rule in self.rules.rules.values() if rule.fault) | faulty
        by_slot = {(row.key, row.output): row for row in rows}
        changes = [c for c in plan(decisions, made, rows, standing) if not waits(c, by_slot, self.now)]
        failed = [change for change in changes if not self._carry_out(change)]
        self._note(decisions, before, moment)
        again = [row.retry for row in self.store.rows(key) if row.retry and row.retry > self.now]
        nexts = [decision.next for decision in decisions if decision.next]
        stale = bool(failed or faulty) or any(decision.state is State.BLIND for decision in decisions)
        self.store.decided(key, decisions, self.now, until=min([*nexts, *again], default=None), stale=stale)

    def _actions(self, decisions: Iterable[Decision]) -> tuple[dict[str, list[Action]], frozenset[str]]:
        """Return the actions of what is due, and the rules whose texts are faulty."""
        made: dict[str, list[Action]] = {}
        faulty: set[str] = set()
        for decision in decisions:
            if decision.state is State.DUE:
                rule = self.rules.rules[decision.rule]
                made[decision.key], problems = actions(decision, rule, self.texts, self.profile, self.takes)
                self.found.problems += problems
                faulty |= {rule.id for _ in problems}
        return made, frozenset(faulty)

    def _carry_out(self, change: Change) -> bool:
        if self.dry:
            self.found.outcomes.append(Outcome(change))
            return True
        outcome = Outcome(change)
        output = _Printed(lambda _: self.say(outcome)) if change.output == PRINTED else self.outputs.get(change.output)
        if output is None:
            return False
        ref, problem = carry_out(change, output, self.store, self.now)
        if problem is not None:
            self.found.problems.append(problem)
            return False
        outcome = Outcome(change, ref)
        if change.output != PRINTED:
            self.say(outcome)
        self.found.outcomes.append(outcome)
        return True

    def _note(self, decisions: Iterable[Decision], before: Mapping[str, str], moment: Moment) -> None:
        for decision in decisions:
            self.found.decisions.append(decision)
            closed = decision.closes is not None and decision.closes > moment.first_run
            if decision.state is State.EXPIRED and before.get(decision.key) != State.EXPIRED and closed:
                self.found.missed.append(decision)
            if decision.warning:
                self.found.problems.append(Problem(f"rule.{decision.rule}", decision.warning, "F045", warning=True))
