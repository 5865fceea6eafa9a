"""Plays an example and compares what must hold with what is: real ticks, and a plan at each instant that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from followup_rules.config.neutral import outputs_of
from followup_rules.model import Action, Decision, Problem
from followup_rules.sentences import Sentence, together
from followup_rules.simulation.examples import NONE, Example, Then
from followup_rules.simulation.player import Player, playing
from followup_rules.store.store import Store
from followup_rules.tick.run import Outcome, Report

Path = tuple[str | int, ...]


class Difference(Struct, frozen=True, kw_only=True):
    """Something that does not hold."""

    what: str
    """The field of `then`: `states`, `makes`, ..."""
    name: str
    """The rule or key; empty for all."""
    expected: str
    found: str
    since: datetime | None = None
    """Since when it is so."""
    why: str = ""
    """The reason of the decision."""
    case: str = ""
    """Of which it is; empty if there is no decision."""
    path: Path
    """Where it stands in the file of the example."""
    now: str = ""
    """What to write there for it to hold, as TOML; empty if nobody can tell."""


class Moment(Struct, frozen=True):
    """An instant of an example: what does not hold there, and all that is decided."""

    then: Then
    differences: tuple[Difference, ...]
    report: Report
    """What a plan shows."""
    told: tuple[Problem, ...] = ()
    """What the runs since the moment before told of, such as a heading that fits no case."""


class Playing(Struct, frozen=True):
    """An example that is being played; the store is that of the latest moment."""

    store: Store
    moments: Iterator[Moment]
    player: Player


@contextmanager
def checking(example: Example) -> Iterator[Playing]:
    """Lend the play of an example, moment by moment. Raises TooLong."""
    with playing(example.config, example.history, outputs_of(example.config)) as player:
        yield Playing(player.store, _moments(example, player), player)


def _moments(example: Example, player: Player) -> Iterator[Moment]:
    latest: dict[str, Action] = {}
    for then in example.then:
        ticks = list(player.until(then.at))
        # A person acts on what the runs until then have made; what they make of that is seen by one more.
        vain = [act for act in then.acts if not player.act(act)]
        ticks += player.until(then.at) if then.acts else ()
        outcomes = [outcome for tick in ticks for outcome in tick.outcomes]
        latest |= {outcome.change.key: outcome.change.action for outcome in outcomes if outcome.change.op != "withdraw"}
        report = player.now(then.at)
        what = _What(then, report, outcomes, latest, player)
        undone = tuple(
            Difference(
                what=f"user.{act.what}",
                name=act.whose,
                expected=Sentence("something that {whose} has made", whose=act.whose),
                found=Sentence("there is nothing of it, or it is over"),
                path=(*then.table.path, "user", act.what),
            )
            for act in vain
        )
        told = tuple(dict.fromkeys(problem for tick in ticks for problem in tick.problems))
        yield Moment(then, (*undone, *what.differences()), report, told)


class _What:
    """What is at one instant, beside what must be."""

    def __init__(
        self, then: Then, report: Report, outcomes: Sequence[Outcome], latest: Mapping[str, Action], player: Player
    ) -> None:
        self._then, self._report, self._latest = then, report, latest
        self._zone: ZoneInfo = player.config.profile.timezone
        self._store = player.store
        self._made = [outcome for outcome in outcomes if outcome.change.op == "create"]
        self._taken = [outcome for outcome in outcomes if outcome.change.op == "withdraw"]

    def differences(self) -> Iterator[Difference]:
        """Yield all that does not hold."""
        for name, state in self._then.states.items():
            yield from self._state(name, state)
        yield from self._changed("makes", self._then.makes, self._made)
        yield from self._changed("takes_back", self._then.takes_back, self._taken)
        for name, words in self._then.text.items():
            yield from self._text(name, words)
        for name, due in self._then.due.items():
            yield from self._due(name, due)
        for name, part in self._then.why.items():
            yield from self._why(name, part)

    def _decisions(self, name: str) -> list[Decision]:
        return [each for each in self._report.decisions if name in (each.rule, each.key)]

    def _since(self, decision: Decision) -> datetime | None:
        lines = [line for line in self._store.decisions.history(decision.case) if line[1] == decision.key]
        return lines[-1][0].astimezone(self._zone) if lines else None

    def _path(self, *more: str) -> Path:
        return (*self._then.table.path, *more)

    def _of(self, decision: Decision, what: str, expected: str, found: str, now: str) -> Difference:
        name = decision.key if decision.key in getattr(self._then, what) else decision.rule  # as the example has it
        return Difference(
            what=what,
            name=decision.key,
            expected=expected,
            found=found,
            since=self._since(decision),
            why=decision.why,
            case=decision.case,
            path=self._path(what, name),
            now=now,
        )

    def _state(self, name: str, state: str) -> Iterator[Difference]:
        decisions = self._decisions(name)
        states = {str(each.state) for each in decisions}
        now = _quoted(*states) if len(states) == 1 else ""
        for decision in decisions:
            if str(decision.state) != state:
                yield self._of(decision, "states", state, str(decision.state), now)
        if not decisions and state != NONE:
            yield self._missing("states", name, state, now=_quoted(NONE))

    def _missing(self, what: str, name: str, expected: str, now: str = "") -> Difference:
        found: str = Sentence("{name} decides nothing", name=name)
        others = sorted({each.key for each in self._report.decisions if each.rule == name.partition("/")[0]} - {name})
        found = together(found, Sentence("there is {names}", names=", ".join(others)) if others else "")
        return Difference(what=what, name=name, expected=expected, found=found, path=self._path(what, name), now=now)

    def _changed(self, what: str, names: Sequence[str] | None, outcomes: Sequence[Outcome]) -> Iterator[Difference]:
        if names is None:
            return
        known = {name for each in outcomes for name in (each.change.action.rule, each.change.key)}
        rules = sorted({each.change.action.rule for each in outcomes})
        listed = ", ".join(rules) or Sentence("nothing")
        found = Sentence("taken back since the `then` before: {names}", names=listed)
        if what == "makes":
            found = Sentence("made since the `then` before: {names}", names=listed)
        held = [name for name in names if name in known]
        now = f"[{_quoted(*(held or rules))}]"
        path = self._path(what)
        if not names and outcomes:
            yield Difference(what=what, name="", expected="nothing", found=found, path=path, now=now)
        for name in names:
            if name in known:
                continue
            decision = next(iter(self._decisions(name)), None)
            why = (
                Sentence("{key} is {state}: {why}", key=decision.key, state=decision.state, why=decision.why)
                if decision
                else Sentence("{name} decides nothing", name=name)
            )
            since, case = (self._since(decision), decision.case) if decision else (None, "")
            yield Difference(
                what=what, name=name, expected=name, found=found, since=since, why=why, case=case, path=path, now=now
            )

    def _text(self, name: str, words: Sequence[str]) -> Iterator[Difference]:
        actions = [each for key, each in self._latest.items() if name in (each.rule, each.duty, key)]
        shown = [f"{each.title}\n{each.text}" for each in actions]
        cases = [each.case for each in actions]
        for word in words:
            if not any(word in text for text in shown):
                found = "\n".join(shown) if shown else Sentence("{name} has made nothing", name=name)
                case = cases[0] if cases else ""
                yield Difference(
                    what="text", name=name, expected=word, found=found, case=case, path=self._path("text", name)
                )

    def _due(self, name: str, due: date) -> Iterator[Difference]:
        decisions = self._decisions(name)
        if not decisions:
            yield self._missing("due", name, str(due))
        for decision in decisions:
            found = decision.due.astimezone(self._zone) if decision.due else None
            if found is None:
                yield self._of(decision, "due", str(due), Sentence("not due: it is {state}", state=decision.state), "")
            elif not self._same(due, found):
                now = f"{found:%Y-%m-%dT%H:%M:%S}" if isinstance(due, datetime) else f"{found:%Y-%m-%d}"
                yield self._of(decision, "due", f"{due:%Y-%m-%d %H:%M}" if isinstance(due, datetime) else str(due),
                               f"{found:%Y-%m-%d %H:%M}", now)  # fmt: skip

    def _same(self, due: date, instant: datetime) -> bool:
        if not isinstance(due, datetime):
            return instant.date() == due
        # A time without an offset is what the clock on the wall shows, as it is of the events of an example.
        return instant == due if due.tzinfo else instant.replace(tzinfo=None) == due

    def _why(self, name: str, part: str) -> Iterator[Difference]:
        decisions = self._decisions(name)
        if not decisions:
            yield self._missing("why", name, part)
        for decision in decisions:
            if part not in decision.why:
                now = _quoted(decision.why) if len(decisions) == 1 else ""
                yield self._of(decision, "why", part, decision.why, now)


def _quoted(*words: str) -> str:
    """Return a text as TOML writes it; the basic strings of TOML (1.0, "String") escape as those of JSON do."""
    import json  # noqa: PLC0415 -- only where something differs

    return ", ".join(json.dumps(word, ensure_ascii=False) for word in words)
