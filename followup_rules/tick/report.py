"""What a tick is given, and what it did or would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from followup_rules.config.read import Config
from followup_rules.engine.plan import Change
from followup_rules.host.secrets import masked
from followup_rules.model import Context, Decision, Problem
from followup_rules.store.state import RunState
from followup_rules.store.store import Store


class Given(Struct, frozen=True):
    """What a tick is given. It stays the same from the first step to the last."""

    config: Config
    store: Store
    now: datetime
    """In UTC."""
    first_run: datetime
    left: RunState
    """What earlier runs have left, as it was when this one began."""
    dry: bool
    """Nothing is changed outside the store, which is a copy."""

    @property
    def context(self) -> Context:
        """What plugins may know of the tick."""
        return self.config.context(self.now)


class Outcome(Struct, frozen=True):
    """A change, and the reference of what it made; no reference before it is carried out."""

    change: Change
    ref: str | None = None


class TakenOver(Struct, frozen=True):
    """An action that was to be made, and that another store had made or the user had sent: nothing was done."""

    change: Change
    state: str = "open"
    """As outputs tell it: `open`, `touched` or `done`."""


class Unreached(Struct, frozen=True):
    """An action that cannot be looked for in its output just now: the next run looks again."""

    change: Change


class Missed(Struct, frozen=True):
    """A duty that expired since the last run."""

    decision: Decision


Finding = Outcome | TakenOver | Unreached | Missed | Decision | Problem
"""What the steps of a tick find, one after the other."""
Say = Callable[[Outcome], None]
"""Called with each outcome at once: a notice counts as delivered when this has returned."""
Watch = Callable[[str, int], None]
"""Called with the name of a source whose history is long, and with how many items are still to be read."""


class Report(Struct, frozen=True):
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


def report(findings: Iterable[Finding], given: Given, later: datetime | None = None) -> Report:
    """Put together what a tick has found; `later` is the next instant at which time alone could change something."""
    found = tuple(findings)
    decisions = [finding for finding in found if isinstance(finding, Decision)]
    problems = (finding for finding in found if isinstance(finding, Problem))
    return Report(
        now=given.context.now,
        outcomes=tuple(finding for finding in found if isinstance(finding, Outcome)),
        decisions=tuple(sorted(decisions, key=lambda decision: decision.key)),
        missed=tuple(finding.decision for finding in found if isinstance(finding, Missed)),
        problems=tuple(dict.fromkeys(masked(problem, given.config.secrets) for problem in problems)),
        next=later.astimezone(given.config.profile.timezone) if later else None,
    )
