"""What a kind of fault is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.trials.faults import child, world
from tests.trials.faults.child import Ran
from tests.trials.faults.lab import Lab, Level, Verdict


def _nothing(lab: Lab, verdict: Verdict, runs: list[Ran]) -> None:
    """Check nothing."""


@dataclass(frozen=True)
class Kind:
    """A kind of fault, and the points at which it can strike, numbered from 1."""

    name: str
    about: str
    play: Callable[[Lab, int], list[Ran]]
    """Let it happen in a fresh world; return the runs so far."""
    size: Callable[[Lab], int]
    level: Level = "all"
    most: int = 1_000_000
    """How many points are enough: they take longer than others."""
    later: Sequence[str] = ()
    """When the next runs are, before those that put everything right."""
    build: Callable[[Path], None] = world.build
    """Makes the world as it is before."""
    check: Callable[[Lab, Verdict, list[Ran]], None] = _nothing
    """Look at the world as the fault has left it."""

    def trial(self, lab: Lab, number: int) -> Verdict:
        """Try one point."""
        verdict = Verdict(self.name, number)
        try:
            self._try(lab, verdict)
        except Exception as error:  # noqa: BLE001 -- the trials go on, and this one is bad
            verdict.amiss.append(f"the trial itself failed: {error!r}")
        return verdict

    def _try(self, lab: Lab, verdict: Verdict) -> None:
        runs = self.play(lab, verdict.number)
        begun_anew = not (lab.folder / world.STORE).exists()
        self.check(lab, verdict, runs)
        runs += [child.run(lab.folder, now) for now in self.later]
        runs += lab.recover(lab.folder, *self.later[-1:])
        lab.judge(verdict, runs, lab.reference(*self.later), self.level)
        if begun_anew:  # what recurs starts with the first run that the store knows, and no sooner
            verdict.lost = [each for each in verdict.lost if "/every@" not in each]
