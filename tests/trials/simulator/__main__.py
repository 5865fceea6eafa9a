"""`python -m tests.trials.simulator --seed 7` lives one life, or several, and prints one line for each."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pool

from .life_of import Lived, live


def main() -> int:
    """Live as the command line says; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials.simulator", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which life")
    parser.add_argument("--runs", type=int, default=1, help="how many lives: seeds from --seed on")
    parser.add_argument("--years", type=float, default=1, help="how long each is")
    parser.add_argument("--every", type=int, default=5, help="make the costly checks at every n-th run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--verbose", action="store_true", help="tell the whole story")
    asked = parser.parse_args()
    broken = False
    for life in _lives(asked):
        told = life.story if asked.verbose else life.excerpt if life.violation else []
        sys.stdout.write("\n".join([str(life), *told, ""]))
        sys.stdout.flush()
        broken |= bool(life.violation)
    return int(broken)


def _lives(asked: argparse.Namespace) -> Iterator[Lived]:
    lived = partial(live, years=asked.years, every=asked.every)
    seeds = range(asked.seed, asked.seed + asked.runs)
    if min(asked.jobs, asked.runs) == 1:  # in this process, where a debugger sees it
        yield from map(lived, seeds)
        return
    # A process for a few lives each: what one leaves in memory does not add up.
    with Pool(asked.jobs, maxtasksperchild=8) as pool:
        yield from pool.imap(lived, seeds)


if __name__ == "__main__":
    sys.exit(main())
