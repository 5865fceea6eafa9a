"""What a tick did, or would do; and what its steps share while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field

from followup_rules.config import Config
from followup_rules.engine.plan import Change
from followup_rules.hookspecs import Unreadable
from followup_rules.limit import TimedOut, Worker, sentence
from followup_rules.model import Context, Decision, Problem
from followup_rules.options import hidden
from followup_rules.store import Store
from followup_rules.wary import WaryOutput


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
Watch = Callable[[str, int], None]
"""Called with the name of a source whose history is long, and with how many items are still to be read."""


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
    outputs: dict[str, WaryOutput] = field(default_factory=dict)
    """Those that could be opened, by name, and have answered so far."""
    workers: list[Worker] = field(default_factory=list)
    """Of the outputs."""
    blind: dict[str, str] = field(default_factory=dict)
    """The sources that could not be read, by name, and why."""
    unsure: set[tuple[str, str]] = field(default_factory=set)
    """Marker and output of what was made and nobody knows whether the user has touched it since."""
    outcomes: list[Outcome] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    missed: list[Decision] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    watch: Watch = lambda *_: None
    passed: set[tuple[str, str]] = field(default_factory=set)
    """Sources, and the cursors from which they have been read."""

    def forget_if_hung(self, output: str) -> None:
        """Ask nothing more of an output of which a call was given up: that call may still be at work."""
        if output in self.outputs and self.outputs[output].hangs:
            del self.outputs[output]

    def failed(self, where: str, error: Exception, hint: str = "") -> str:
        """Report that a source or an output failed, and return why; one that fails stops no other."""
        message = hidden(sentence(error, typed=not isinstance(error, Unreadable | OSError)), self.config.secrets)
        if isinstance(error, TimedOut):
            longer = f'if it only needs longer, write time_limit = "5 minutes" in [{where}]'
            self.problems.append(Problem(where, message, "F049", hint="; ".join(filter(None, (hint, longer)))))
        else:
            self.problems.append(Problem(where, message, "F040", hint=hint))
        return message
