"""`python -m tests.trials.decided FOLDER` writes down all that is decided, made and told, to compare two versions of it.

What is asked: the story of `examples/`, with and without the recipes; lives with much of one thing, from `benchmarks/`;
and simulated lives, whatever happens in them. Each becomes a file of what `plan --json` and `run --json` print, one
after the other. Done by two versions of the code, `diff -r` of the two folders shows every byte that differs.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from followup_rules.cli import as_json
from followup_rules.config.read import read_config
from followup_rules.store.store import open_copy, open_store
from followup_rules.tick.run import preview, run
from tests.support.project import ROOT

from .simulator.changes_of_mind import CHANGES_OF_MIND
from .simulator.choice import Seeded
from .simulator.life_of import A_CHANGE_OF_MIND, STARTS, happen, pause
from .simulator.session import Session, printed
from .simulator.world import EMPLOYERS, FEW, World

SIZE = 40
"""So many of one thing, in a life that has much of it."""
AFTER = (timedelta(0), timedelta(hours=30), timedelta(days=9), timedelta(days=40))


def asked(config: Path, now: datetime) -> Iterator[str]:
    """Yield what a plan and then a run print, each read anew as by a command."""
    with open_copy(read_config(config).store) as copy:
        yield as_json.dump(as_json.report(preview(read_config(config), copy, now)))
    known = read_config(config)
    with open_store(known.store) as store:
        yield as_json.dump(as_json.report(run(known, store, now)))


def examples(rules: list[Path]) -> Iterator[str]:
    """Play the story of the examples, with more rules than its own if any are given."""
    story = _module(ROOT / "examples", "story")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = story.set_up(folder)
        named = ", ".join(f'"{rule.name}"' for rule in rules)
        config.write_text(f"rules = [{named}]\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
        for rule in rules:
            (folder / rule.name).write_bytes(rule.read_bytes())
        for now, _, _ in story.expected():
            story.turn_to(folder, now)
            yield from asked(config, now)


def much_of(axis: str) -> Iterator[str]:
    """Play a life that has much of one thing."""
    growth = _module(ROOT / "benchmarks", "growth")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        growth.write(growth.AXES[axis](SIZE), folder)
        for later in AFTER:
            yield from asked(folder / "config.toml", growth.NOW + later)


def life(seed: int, years: float) -> Iterator[str]:
    """Live a simulated life, as `tests.trials.simulator` does, whether or not the promises are kept."""
    chance, minds = Seeded(seed), Seeded(seed + 1)
    world = World(chance.one(STARTS), chance.one((FEW, EMPLOYERS[:2], EMPLOYERS[1:4], EMPLOYERS)))
    end = world.now + timedelta(days=365 * years)
    with closing(Session(world)) as session:
        while world.now < end:
            happen(world, session, chance)
            if minds.number(1, A_CHANGE_OF_MIND) == 1:
                minds.one(CHANGES_OF_MIND).do(session, minds)
            pause(world, session, chance)
            seen = session.tick(lambda *_: None)
            yield printed(seen.plan)
            yield printed(seen.report)


def busy_case() -> Iterator[str]:
    """Judge a case with much of everything, day by day."""
    rule_set, busy = _module(ROOT / "benchmarks", "rule_set"), None
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "config.toml").write_text(rule_set.CONFIG.replace('["rules.toml"]', "[]"))
        busy, rules = rule_set.busy_case(), read_config(Path(name) / "config.toml").rulebook.rules
    from followup_rules.engine.evaluate import EvaluationContext, evaluate  # noqa: PLC0415 -- beside what uses it
    from followup_rules.engine.sight import Sight  # noqa: PLC0415 -- likewise

    seen = Sight(frozenset({"meeting", "sent", "received"}))
    for day in range(-1, 60, 2):
        now = rule_set.FIRST + timedelta(days=day)
        context = EvaluationContext(now, rule_set.FIRST - timedelta(days=30), timedelta(days=60), seen)
        yield "\n".join(str(as_json.decision(each)) for each in evaluate(busy, rules, {}, context))


def _module(folder: Path, name: str):
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def main() -> None:
    """Write each as a file."""
    parser = argparse.ArgumentParser(prog="python -m tests.trials.decided", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lives", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="the seed of the first life")
    parser.add_argument("--years", type=float, default=0.1, help="how long each life is")
    given = parser.parse_args()
    growth = _module(ROOT / "benchmarks", "growth")
    recipes = sorted((ROOT / "docs" / "recipes").glob("*.toml"))
    all_of_them: dict[str, Callable[[], Iterator[str]]] = {
        "examples": lambda: examples([]),
        "examples-with-recipes": lambda: examples([*recipes, ROOT / "examples" / "invoice.toml"]),
        "busy-case": busy_case,
        **{f"many-{axis}": lambda axis=axis: much_of(axis) for axis in growth.AXES},
        **{
            f"life-{seed}": lambda seed=seed: life(seed, given.years)
            for seed in range(given.first, given.first + given.lives)
        },
    }
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, told in all_of_them.items():
        random.seed(0)
        begun = datetime.now(UTC)
        (given.folder / f"{name}.txt").write_text("\n".join(told()) + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {(datetime.now(UTC) - begun).total_seconds():.1f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
