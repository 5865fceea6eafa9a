"""How many conditions a second are judged, "kind and word in text and age window", beside other engines in one run.

    python benchmarks/conditions.py [--events 100000] [--rules 10] [--times 3] [--bare]

Made up from a fixed seed: events of five kinds, with ten words each, in the order of time. A rule names a kind, a word
(one in five ends in `*`) and how old an event may be. Each engine gets the events in the form that suits it best,
folded texts and ages included, and says how many events fulfil each rule; these counts must be the same. What is
prepared once for all rules is not counted; ours is asked as the engine asks it, in a case that was not asked before.
Printed are conditions (events x rules) a second of processor time, the median of several passes without the collector
of cycles, and the ratio to ours. The other engines are installed into a folder of their own for the run; `--bare`
leaves them out.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

from followup_rules.config import wordlists
from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.language.load import Surroundings, load
from followup_rules.language.patterns import World
from followup_rules.language.phrases import Days
from followup_rules.model import Case, Event, Visit
from followup_rules.toml.document import Document, parse

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
KINDS = ("meeting", "sent", "received", "note", "done")
WORDS = tuple(f"{first}{second}" for first in ("lift", "prin", "depl", "mig", "refu") for second in
              ("ation", "er", "oy", "nd", "ed", "ing", "s", "or", "ent", "able"))  # fmt: skip
DAY = timedelta(days=1)
ENGINES = ("zen-engine", "rule-engine", "clipspy", "common-expression-language", "panzi-json-logic")


class Made(Struct, frozen=True):
    """An event as it is made up."""

    kind: str
    text: str
    age: int
    """In days."""


class Condition(Struct, frozen=True):
    """A kind, a word, and from which age to which, in days: the first included, the other not."""

    kind: str
    word: str
    youngest: int
    oldest: int


Count: TypeAlias = Callable[[], list[int]]
"""One pass: how many events fulfil each condition."""


def made_up(events: int, rules: int) -> tuple[list[Made], list[Condition]]:
    """Make events and conditions up."""
    chance = random.Random(3)
    made = [
        Made(chance.choice(KINDS), " ".join(chance.choices(WORDS, k=10)), age)
        for age in sorted((chance.randrange(400) for _ in range(events)), reverse=True)
    ]
    conditions = []
    for number in range(rules):
        word = chance.choice(WORDS)
        young = chance.randrange(200)
        conditions.append(Condition(KINDS[number % 5], f"{word[:4]}*" if number % 5 == 4 else word, young, young + 120))
    return made, conditions


def ours(made: list[Made], conditions: list[Condition], passes: int) -> Count:
    """Ask a case that holds all the events, by patterns as a rule has them."""
    text = "".join(
        f'[define.c{number}]\nkind = "{each.kind}"\ntext = "{each.word}"\n'
        f'after = "start - {each.oldest} days"\nbefore = "start - {each.youngest} days"\n'
        for number, each in enumerate(conditions)
    )
    names = ", ".join(f'"c{number}"' for number in range(len(conditions)))
    rule = f'[rule.r]\non = {{ kind = "now" }}\ndone_by = [{names}]\ndo = {{ type = "notice", title = "x" }}\n'
    world = World(frozenset(), frozenset(), frozenset(), wordlists.stop_words(), Days(ZoneInfo("UTC"), lambda _: None))
    document = parse(text + rule, "rules.toml")
    assert isinstance(document, Document)
    rules, problems = load([document], world, Surroundings())
    assert not problems, problems
    # None at the same instant as another; an age counts whole days.
    starts = [NOW - each.age * DAY - (len(made) - number) / (len(made) + 1) * DAY for number, each in enumerate(made)]
    home = tuple(
        Event(id=f"e{number}", kind=each.kind, start=start, end=start, text=each.text)
        for number, (each, start) in enumerate(zip(made, starts, strict=True))
    )
    anchor = Event(id="now", kind="now", start=NOW, end=NOW)
    case = Case(key="case", home=(*home, anchor))
    visit = Visit(events=(anchor,), start=NOW, end=NOW, day=NOW.date(), people=())
    rule = rules.rules["r"]

    views = [CaseView(case, rules, {}) for _ in range(passes)]
    for view in views:  # which events count, and their order, sorts, instants and names are known before anybody asks
        _ = view.fates, view.lookup.sorts, view.lookup.moments, view.lookup.places

    def count() -> list[int]:
        view = views.pop()
        return [len(view.matching([pattern], Scope(view, visit, rule), NOW)) for pattern in rule.done_by]

    return count


def plain(made: list[Made], conditions: list[Condition], _: int) -> Count:
    """Ask in plain Python, condition by condition: what any engine is measured by."""
    held = [(each.kind, f" {each.text} ", each.age) for each in made]

    def count() -> list[int]:
        found = []
        for each in conditions:
            end = f" {each.word[:-1]}" if each.word.endswith("*") else f" {each.word} "
            found.append(sum(
                kind == each.kind and end in text and each.youngest <= age < each.oldest for kind, text, age in held
            ))  # fmt: skip
        return found

    return count


def zen(made: list[Made], conditions: list[Condition], _: int) -> Count:
    """Ask zen-engine: one compiled expression for all conditions."""
    engine = importlib.import_module("zen")
    held = [{"kind": each.kind, "text": f" {each.text} ", "age": each.age} for each in made]
    asked = [engine.compile_expression(_written(each, "contains(text, {})", "and", "==")) for each in conditions]
    return lambda: [sum(bool(each.evaluate(event)) for event in held) for each in asked]


def rule_engine(made: list[Made], conditions: list[Condition], _: int) -> Count:
    """Ask rule-engine."""
    engine = importlib.import_module("rule_engine")
    held = [{"kind": each.kind, "text": f" {each.text} ", "age": each.age} for each in made]
    asked = [engine.Rule(_written(each, "{} in text", "and", "==")) for each in conditions]
    return lambda: [sum(each.matches(event) for event in held) for each in asked]


def cel(made: list[Made], conditions: list[Condition], _: int) -> Count:
    """Ask common-expression-language."""
    engine = importlib.import_module("cel")
    held = [{"kind": each.kind, "text": f" {each.text} ", "age": each.age} for each in made]
    asked = [engine.compile(_written(each, "text.contains({})", "&&", "==")) for each in conditions]
    return lambda: [sum(bool(each.execute(event)) for event in held) for each in asked]


def json_logic(made: list[Made], conditions: list[Condition], _: int) -> Count:
    """Ask panzi-json-logic."""
    engine = importlib.import_module("json_logic")
    held = [{"kind": each.kind, "text": f" {each.text} ", "age": each.age} for each in made]
    asked = [
        {"and": [{"==": [{"var": "kind"}, each.kind]}, {"in": [_end(each), {"var": "text"}]},
                 {"<=": [each.youngest, {"var": "age"}]}, {"<": [{"var": "age"}, each.oldest]}]}
        for each in conditions
    ]  # fmt: skip
    return lambda: [sum(bool(engine.jsonLogic(each, event)) for event in held) for each in asked]


def clips(made: list[Made], conditions: list[Condition], _: int) -> Count:
    """Ask clipspy: a rule for each condition over facts, which count as they fire."""
    engine = importlib.import_module("clips")

    def count() -> list[int]:
        environment = engine.Environment()
        environment.build("(deftemplate event (slot kind (type SYMBOL)) (slot text (type STRING)) (slot age))")
        counts = [0] * len(conditions)

        def seen(number: int) -> None:
            counts[number] += 1

        environment.define_function(seen)
        for number, each in enumerate(conditions):
            environment.build(
                f'(defrule r{number} (event (kind {each.kind}) (text ?t&:(str-index "{_end(each)}" ?t)) '
                f"(age ?a&:(and (<= {each.youngest} ?a) (< ?a {each.oldest})))) => (seen {number}))"
            )
        template = environment.find_template("event")
        for event in made:
            template.assert_fact(kind=engine.Symbol(event.kind), text=f" {event.text} ", age=event.age)
        environment.run()
        return counts

    return count


def _end(condition: Condition) -> str:
    """Return what a folded text holds, between spaces, if it has the word."""
    return f" {condition.word[:-1]}" if condition.word.endswith("*") else f" {condition.word} "


def _written(condition: Condition, contains: str, both: str, equals: str) -> str:
    """Return a condition as an expression in the words of an engine."""
    parts = (f'kind {equals} "{condition.kind}"', contains.format(f'"{_end(condition)}"'),
             f"age >= {condition.youngest}", f"age < {condition.oldest}")  # fmt: skip
    return f" {both} ".join(parts)


OTHERS: dict[str, Callable[[list[Made], list[Condition], int], Count]] = {
    "plain Python": plain,
    "zen-engine": zen,
    "rule-engine": rule_engine,
    "clipspy": clips,
    "common-expression-language": cel,
    "panzi-json-logic": json_logic,
}


def main() -> None:
    """Measure, and print a line for each engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=10)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--bare", action="store_true", help="ask no other engine")
    asked = parser.parse_args()
    made, conditions = made_up(asked.events, asked.rules)
    with tempfile.TemporaryDirectory() as folder:
        if not asked.bare:
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *ENGINES]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            sys.path.insert(0, folder)
        first, counts = 0.0, None
        for name, engine in {"followup-rules": ours, **({} if asked.bare else OTHERS)}.items():
            count = engine(made, conditions, asked.times)
            took, found = measured(count, asked.times)
            counts = counts or found
            first = first or took
            same = "" if counts == found else "  OTHER COUNTS"
            rate = asked.events * asked.rules / took / 1e6
            sys.stdout.write(f"{name:27} {rate:6.2f} million a second  {took / first:6.1f} times our time{same}\n")
            sys.stdout.flush()


def measured(count: Count, times: int) -> tuple[float, list[int]]:
    """Return the median of the seconds that a pass takes, and what it counted."""
    spent, found = [], []
    for _ in range(times):
        # As timeit does: how long the collector takes lies in all that is in memory, and not in who is asked.
        gc.collect()
        gc.disable()
        begun = time.process_time()
        found = count()
        spent.append(time.process_time() - begun)
        gc.enable()
    return statistics.median(spent), found


if __name__ == "__main__":
    main()
