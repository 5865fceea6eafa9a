"""How long `followup simulate` takes for a year of a busy search: seconds of the processor, which may be shared.

So it tells, too, how many loops of ten million steps that is: these take as much longer where others work, too.

    python benchmarks/simulated_year.py [EVENTS] [--profile]

Made up from a fixed seed: of 100 events 4 are interviews, 11 other meetings, 20 mails of mine, 25 mails of people, 25
newsletters, 15 notes; for 2,000 events there are 60 employers. `--profile` prints what takes the time.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from followup_rules.config import neutral
from followup_rules.model import Event, Person
from followup_rules.packs import interview
from followup_rules.simulation.history import Appearance, History
from followup_rules.simulation.story import tell
from followup_rules.toml.document import Document
from followup_rules.toml.values import Value

START = datetime(2026, 1, 5, 14, tzinfo=UTC)
KINDS = ["interview"] * 4 + ["meeting"] * 11 + ["sent"] * 20 + ["received"] * 25 + ["bulk"] * 25 + ["note"] * 15
TAGS = ("promise", "thanked", "fit", "called", "issue")


def life(events: int) -> Iterator[Appearance]:
    """Make up what happens; the more events, the longer the time and the more employers."""
    chance = random.Random(4)
    for number in range(events):
        kind = chance.choice(KINDS)
        employer = chance.randrange(max(1, events * 60 // 2000))
        host = f"news{number % 30}.example" if kind == "bulk" else f"employer{employer}.example"
        who = Person(f"person{chance.randrange(3)}@{host}")
        at = START + timedelta(minutes=chance.randrange(365 * 24 * 60 * events // 2000))
        meets = kind in ("interview", "meeting")
        subject = chance.choice(("Thank you", "A question", "Re: our talk"))
        title = {"interview": "Interview", "meeting": "Weekly sync", "note": "The address"}.get(kind, subject)
        event = Event(
            id=f"{kind}{number}@life.example",
            kind={"interview": "meeting", "bulk": "received"}.get(kind, kind),
            start=at,
            end=at + timedelta(hours=meets),
            title=title,
            people=(who,),
            auto="bulk" if kind == "bulk" else "",
            thread="" if meets or kind == "note" else f"{host}{chance.randrange(9)}",
            tags=(chance.choice(TAGS),) if kind == "note" else (),
        )
        yield Appearance(event, at - timedelta(days=10) if meets else at)


def main() -> None:
    """Play it once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=int, nargs="?", default=2000)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    (pack,) = interview.register_packs()
    table = Value({}, Document(str(Path(pack.folder)), "", {}), (), [])
    config = neutral.with_neutral_user(neutral.of_pack(pack), table)
    assert config is not None
    kinds = frozenset({"meeting", "sent", "received", "note"})
    history = History(appearances=tuple(life(asked.events)), kinds=kinds)
    begun = time.process_time()
    for _ in range(10_000_000):
        pass
    loop = time.process_time() - begun
    profile = cProfile.Profile()
    if asked.profile:
        profile.enable()
    begun = time.process_time()
    story = tell(config, history, START, START + timedelta(days=365 * asked.events / 2000))
    spent = time.process_time() - begun
    profile.disable()
    took = f"{spent:.1f} s, {spent / loop:.0f} loops"
    print(f"{asked.events} events, {story.ticks} runs, {len(story.made)} actions: {took}")
    if asked.profile:
        pstats.Stats(profile).sort_stats("cumtime").print_stats(40)


if __name__ == "__main__":
    main()
