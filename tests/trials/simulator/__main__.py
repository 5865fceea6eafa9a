"""`python -m tests.trials.simulator --seed 7` lives one life, or several, and prints one line for each."""

from __future__ import annotations

import argparse
import sys

from .life_of import Lived, live


def main() -> int:
    """Live as the command line says; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials.simulator", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which life")
    parser.add_argument("--runs", type=int, default=1, help="how many lives: seeds from --seed on")
    parser.add_argument("--years", type=float, default=1, help="how long each is")
    parser.add_argument("--every", type=int, default=5, help="make the costly checks at every n-th run")
    parser.add_argument("--verbose", action="store_true", help="tell the whole story")
    asked = parser.parse_args()
    lives = [_one(seed, asked) for seed in range(asked.seed, asked.seed + asked.runs)]
    return int(any(life.violation for life in lives))


def _one(seed: int, asked: argparse.Namespace) -> Lived:
    life = live(seed, asked.years, every=asked.every)
    told = life.story if asked.verbose else life.excerpt if life.violation else []
    sys.stdout.write("\n".join([str(life), *told, ""]))
    sys.stdout.flush()
    return life


if __name__ == "__main__":
    sys.exit(main())
