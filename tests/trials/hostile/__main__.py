"""Feeds damaged inputs to every parser, and prints figures: `python -m tests.trials.hostile --inputs 10000 --seed 1`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from random import Random
from time import process_time

from . import samples
from .damage import damaged
from .parsers import PARSERS, Parser


@dataclass
class Figures:
    """What became of the inputs of one parser."""

    inputs: int = 0
    tracebacks: int = 0
    bad: int = 0
    slowest: float = 0.0
    """In seconds of the processor: other programs on the machine do not count."""
    which: str = "none"
    faults: dict[str, str] = field(default_factory=dict)
    """The first input for each place at which a parser failed, as the traceback ends, and its traceback."""

    def __str__(self) -> str:
        slowest = f"slowest={self.slowest * 1000:.1f} ms ({self.which})"
        return f"inputs={self.inputs} tracebacks={self.tracebacks} bad={self.bad} {slowest}"

    def add(self, other: Figures) -> None:
        """Take in the figures of another parser."""
        self.inputs, self.bad = self.inputs + other.inputs, self.bad + other.bad
        self.tracebacks += other.tracebacks
        self.faults |= other.faults
        if other.slowest > self.slowest:
            self.slowest, self.which = other.slowest, other.which


def fed(parser: Parser, inputs: Iterable[tuple[str, bytes]], keep: Path | None = None) -> Figures:
    """Feed inputs to a parser; those that it fails on are kept in a folder if one is given."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in inputs:
            start = process_time()
            try:
                figures.bad += parser.read(Path(folder), content).bad
            except Exception as error:  # noqa: BLE001 -- that is what this looks for
                figures.tracebacks += 1
                place = traceback.extract_tb(error.__traceback__)[-1]
                known = f"{parser.name}: {type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
                if figures.faults.setdefault(known, "") == "":
                    figures.faults[known] = f"{name}\n{traceback.format_exc()}"
                    _keep(keep, f"{parser.name}-{len(figures.faults)}", content)
            spent = process_time() - start
            figures.inputs += 1
            if spent > figures.slowest:
                figures.slowest, figures.which = spent, name
                _keep(keep, f"{parser.name}-slowest", content)
    return figures


def _keep(folder: Path | None, name: str, content: bytes) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def damage(parser: Parser, count: int, seed: int, more: tuple[bytes, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield damaged inputs for a parser, each under a name by which it can be made again."""
    intact = (*parser.samples(), *more)
    for number in range(count):
        yield f"{parser.name} {seed}/{number}", damaged(intact, Random(f"{parser.name} {seed}/{number}"))


def main() -> int:
    """Run, print, and return 1 if a parser failed."""
    options = _options()
    total = Figures()
    asked = [number for number, parser in enumerate(PARSERS) if options.only in ("", parser.name)]
    with Pool(min(len(asked), os.cpu_count() or 1), maxtasksperchild=1) as pool:
        for figures in pool.imap(partial(_figures_of, options), asked):
            for line, each in figures:
                _say(f"{line} {each}")
                total.add(each)
    _say(f"all                {total}")
    sys.stderr.writelines(f"\n{place}: {told}" for place, told in total.faults.items())
    return 1 if total.tracebacks else 0


def _figures_of(options: argparse.Namespace, number: int) -> list[tuple[str, Figures]]:
    """Return the figures of a parser, by what its inputs were."""
    parser = PARSERS[number]
    named = [*samples.real_mails()] if parser.name == "mail" else []
    inputs = damage(parser, options.inputs, options.seed, tuple(content for _, content in named))
    figures = {"real": fed(parser, named, options.keep), "damaged": fed(parser, inputs, options.keep)}
    return [(f"{parser.name:9} {what:8}", each) for what, each in figures.items() if each.inputs]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.hostile", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000, help="damaged inputs for each parser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", choices=["", *(each.name for each in PARSERS)], help="one parser")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that a parser fails on, and the slowest")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
