"""The command: tries points of every kind, tells what it found, and how each bad point can be tried again."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from random import Random

from tests.trials.faults import shim, world
from tests.trials.faults.catalogue import KINDS
from tests.trials.faults.kind import Kind
from tests.trials.faults.lab import Lab, Verdict
from tests.trials.faults.truth import by_kernel, by_shim

SOAK = 20_000
_LABS: dict[Callable[[Path], None], Lab] = {}
"""By how its world is built; the workers inherit them."""


def main() -> int:
    """Try the points that the command line asks for; return 1 if anything was doubled, lost or amiss."""
    options = _options()
    shim.preload()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that the folder goes
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="followup-faults-", dir=_memory()) as base:
        if options.audit:
            return _audited(Lab(Path(base) / "audit", world.build))
        points = list(_points(Path(base), options))
        with get_context("fork").Pool(options.jobs, _start) as pool:
            verdicts = [_shown(verdict) for verdict in pool.imap_unordered(_tried, points, chunksize=4)]
            # Let go in peace: a worker to which SIGTERM comes just before it waits for a lock would wait for ever.
            pool.close()
            pool.join()
    return _told(verdicts, time.monotonic() - started)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.faults", description=__doc__)
    parser.add_argument("--points", type=int, default=2000, help="how many points, over all kinds (2000)")
    parser.add_argument("--soak", action="store_true", help=f"the same as --points {SOAK}")
    parser.add_argument("--seed", type=int, default=0, help="which points, where not all are tried")
    parser.add_argument("--only", action="append", metavar="KIND[:N]", help="this kind, or this point of it")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--audit", action="store_true", help="compare the calls that the shim and strace see")
    parser.add_argument("--kinds", action="store_true", help="list the kinds")
    options = parser.parse_args()
    if options.kinds:
        print(*(f"{kind.name:<22}{kind.about}" for kind in KINDS), sep="\n")  # noqa: T201
        sys.exit()
    options.points = SOAK if options.soak else options.points
    return options


def _memory() -> Path | None:
    """Return a folder in memory, if there is one: fsync takes no time there."""
    place = Path("/dev/shm")
    return place if place.is_dir() else None


def _lab(kind: Kind, base: Path) -> Lab:
    if kind.build not in _LABS:
        _LABS[kind.build] = Lab(base / kind.build.__name__, kind.build)
    return _LABS[kind.build]


def _points(base: Path, options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """Share the points among the kinds: those at which all can be tried, the smallest first, leave more to the others."""
    wanted = [each.partition(":") for each in options.only or ()]
    kinds = [kind for kind in KINDS if not wanted or kind.name in {name for name, _, _ in wanted}]
    single = {name: int(number) for name, _, number in wanted if number}
    sizes = {
        kind.name: 1 if kind.name in single and _lab(kind, base) else kind.size(_lab(kind, base)) for kind in kinds
    }
    most = {kind.name: kind.most for kind in kinds}
    left = options.points
    for rank, name in enumerate(sorted(sizes, key=lambda name: (min(sizes[name], most[name]), name))):
        share = min(sizes[name], most[name], max(1, left // (len(sizes) - rank)))
        left -= share
        chosen = sorted(Random(f"{options.seed} {name}").sample(range(1, sizes[name] + 1), share))
        yield from ((name, single.get(name, number)) for number in chosen)


def _start() -> None:
    shim.apart()
    for lab in _LABS.values():
        lab.move()


def _tried(point: tuple[str, int]) -> Verdict:
    name, number = point
    kind = next(kind for kind in KINDS if kind.name == name)
    return kind.trial(_LABS[kind.build], number)


def _told(verdicts: Sequence[Verdict], seconds: float) -> int:
    for kind in KINDS:
        mine = [verdict for verdict in verdicts if verdict.kind == kind.name]
        if mine:
            print(f"{kind.name:<22}{_sum(mine)}  {kind.about}")  # noqa: T201
    rate = len(verdicts) / max(seconds, 1)
    print(f"{_sum(verdicts)} seconds={seconds:.0f} rate={rate:.1f}/s")  # noqa: T201
    return int(not all(verdict.good for verdict in verdicts))


def _sum(verdicts: Sequence[Verdict]) -> str:
    doubled, lost, amiss = (sum(len(getattr(v, name)) for v in verdicts) for name in ("doubled", "lost", "amiss"))
    return f"points={len(verdicts)} doubled={doubled} lost={lost} amiss={amiss}"


def _audited(lab: Lab) -> int:
    """Tell whether the shim misses no call that the kernel sees of the true command."""
    seen, true = by_shim(lab), by_kernel(lab)
    for op in sorted(seen | true):
        print(f"{op.name.lower():<10} shim={seen[op]} kernel={true[op]}")  # noqa: T201
    return int(seen != true)


def _shown(verdict: Verdict) -> Verdict:
    """Print at once what is wrong, and how to try it again."""
    if not verdict.good:
        print(f"--only {verdict.kind}:{verdict.number}")  # noqa: T201
    for word in ("doubled", "lost", "amiss"):
        for each in getattr(verdict, word):
            print(f"   {word}: {each}", flush=True)  # noqa: T201
    return verdict


if __name__ == "__main__":
    sys.exit(main())
