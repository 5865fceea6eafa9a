"""What a large set of rules costs to load, and the interview pack to evaluate: seconds of the processor.

    python benchmarks/rule_set.py [--rules 200] [--recipes NAME,NAME] [--profile]

The set is made of copies of the recipes in docs/, each with names of its own, beside the pack. A case with three rounds
of interviews, sixty mails and thirty notes is judged by the pack alone. Each is done again and again; printed is the
median. `--profile` prints what takes the time. To compare with another commit, run it there with the same recipes, in
turn.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import re
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from followup_rules.config.read import Config, read_config
from followup_rules.engine.evaluate import EvaluationContext, evaluate
from followup_rules.engine.sight import Sight
from followup_rules.model import Case, Event, Person

RECIPES = Path(__file__).parent.parent / "docs" / "recipes"
CONFIG = """packs = ["interview"]
rules = ["rules.toml"]
[profile]
me = ["me@example.org"]
timezone = "America/Toronto"
[outputs]
drafts = { plugin = "eml", path = "drafts" }
tasks  = { plugin = "todotxt", path = "todo.txt" }
"""
FIRST = datetime(2026, 11, 2, 15, tzinfo=UTC)
JULIE, MARC = Person("julie@nordik.example", "Julie"), Person("marc@nordik.example", "Marc")
_TABLE = re.compile(r"^\[(rule|guard|define)\.([\w-]+)\]", re.MULTILINE)


def copies(recipes: list[Path], most: int) -> str:
    """Return as many rules, or one recipe's more, with names that no other copy has."""
    texts, count, number = [], 0, 0
    while count < most:
        text = recipes[number % len(recipes)].read_text(encoding="utf-8").partition("\n[[example]]")[0]
        names = {name for _, name in _TABLE.findall(text)}
        texts.append(re.sub(rf"(?<![#\w-])({'|'.join(names)})(?![\w-])", rf"\1-{number}", text) if names else text)
        count += text.count("[rule.")
        number += 1
    return "\n".join(texts)


def busy_case() -> Case:
    """Return three rounds with two interviewers, mail in both directions, and notes."""
    events = []
    for number in range(3):
        start = FIRST + timedelta(days=9 * number)
        fields = {"id": f"round{number}", "kind": "meeting", "title": "Interview", "people": (JULIE, MARC)}
        events.append(Event(**fields, start=start, end=start + timedelta(hours=1)))
    for number in range(60):
        at = FIRST + timedelta(hours=11 * number + 2)
        kind, who = ("sent", "received")[number % 2], (JULIE, MARC)[number % 3 % 2]
        title = ("Thank you", "References", "A question", "The address")[number % 4]
        mail = {"id": f"mail{number}", "kind": kind, "title": title, "people": (who,), "thread": f"thread{number % 9}"}
        events.append(Event(**mail, start=at, end=at))
    for number in range(30):
        at = FIRST + timedelta(hours=21 * number + 3)
        tag = ("promise", "fix-answer", "issue", "kept", "fit")[number % 5]
        note = {"id": f"note{number}", "kind": "note", "title": f"The lift {number}", "people": (JULIE,)}
        events.append(Event(**note, tags=(tag,), start=at, end=at))
    return Case(key="nordik.example", home=tuple(sorted(events, key=lambda event: event.start)))


def median(what: Callable[[], object], times: int) -> float:
    """Return the seconds that it takes, once it is warm."""
    what()
    spent = []
    for _ in range(times):
        before = time.process_time()
        what()
        spent.append(time.process_time() - before)
    return statistics.median(spent)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--recipes", default="", help="names, with a comma between")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    named = [RECIPES / f"{name}.toml" for name in options.recipes.split(",") if name]
    chosen = named or [path for path in sorted(RECIPES.glob("*.toml")) if _is_whole(path)]
    profiler = cProfile.Profile()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(CONFIG)
        few, text = _load(folder, ""), copies(chosen, options.rules)
        pack = len(few.rulebook.rules.rules)
        many = len(_load(folder, text).rulebook.rules.rules) - pack
        alone, whole = median(lambda: _load(folder, ""), 7), median(lambda: _load(folder, text), 5)
        each = 1000 * (whole - alone) / many
        print(f"load: {whole:.3f} s, {each:.3f} ms for each of {many} rules; the pack {alone:.3f} s")
        if options.profile:
            profiler.runcall(_load, folder, text)
    case, seen = busy_case(), Sight(frozenset({"meeting", "sent", "received"}))
    context = EvaluationContext(FIRST + timedelta(days=30), FIRST - timedelta(days=30), timedelta(days=60), seen)
    judged = evaluate(case, few.rulebook.rules, {}, context)
    spent = median(lambda: evaluate(case, few.rulebook.rules, {}, context), 15)
    print(f"evaluate: {1000 * spent:.2f} ms, {len(judged)} decisions of {pack} rules")
    if options.profile:
        profiler.runcall(evaluate, case, few.rulebook.rules, {}, context)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def _is_whole(recipe: Path) -> bool:
    """Tell whether it has rules of its own, rather than lines over those of the pack, which cannot be copied."""
    return all("on" in rule for rule in tomllib.loads(recipe.read_text(encoding="utf-8"))["rule"].values())


def _load(folder: Path, rules: str) -> Config:
    """Read the config with these rules, as for the first time."""
    (folder / "rules.toml").write_text(f"{rules}\n# {time.perf_counter_ns()}\n")
    config = read_config(folder / "config.toml")
    assert config.rulebook.rules, "read when it is asked for"
    return config


if __name__ == "__main__":
    main()
