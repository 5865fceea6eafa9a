"""What a tick did, or would do; and what its steps share while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field

from followup_rules.config import Config
from followup_rules.engine.plan import Change
from followup_rules.hookspecs import Output, Unreadable
from followup_rules.model import Context, Decision, Problem
from followup_rules.store import Store


class Outcome(Struct, frozen=True):
    """A change, and the reference of what it made; no reference before it is carried out."""

    change: Change
    ref: str | None = None


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


Say = Callable[[Outcome], None]


class Tick(Struct):
    """What the steps of a tick share: what they work with, and what they have found so far."""

    config: Config
    store: Store
    context: Context
    now: datetime
    """In UTC."""
    first_run: datetime
    dry: bool
    """Nothing is changed outside the store, which is a copy."""
    say: Say
    outputs: dict[str, Output] = field(default_factory=dict)
    """Those that could be opened, by name."""
    outcomes: list[Outcome] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    missed: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def failed(self, where: str, error: Exception, hint: str = "") -> None:
        """Report that a source or an output failed; one that fails stops no other."""
        known = isinstance(error, Unreadable | OSError)
        message = str(error) if known else f"{type(error).__name__}: {error}"
        self.problems.append(Problem(where, message, "F040", hint=hint))
