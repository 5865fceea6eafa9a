"""How long a run takes that finds nothing to do, beside a Python that only imports what every run needs.

Both are whole processes, in turn, on the data in `examples/`; the medians and their ratio are printed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

import story

ROUNDS = 25
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As for a user: what was compiled once is not compiled again."""
PEER = [sys.executable, "-c", "import click, pluggy, sqlite3"]


def main() -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory() as place:
        config = story.set_up(Path(place))
        story.turn_to(Path(place), story.expected()[-1][0])
        tick = [sys.executable, "-m", "followup_rules", "--config", str(config), "run"]
        seconds: dict[str, list[float]] = {"peer": [], "tick": []}
        for _ in range(2):
            subprocess.run(tick, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        for _ in range(ROUNDS):
            seconds["peer"].append(timed(PEER))
            seconds["tick"].append(timed(tick))
    peer, tick_median = (statistics.median(seconds[name]) for name in ("peer", "tick"))
    print(f"imports alone {peer * 1000:5.0f} ms")
    print(f"idle tick     {tick_median * 1000:5.0f} ms")
    print(f"ratio         {tick_median / peer:5.2f}")


def timed(command: list[str]) -> float:
    """Return the seconds that a command takes as a whole process."""
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - before


if __name__ == "__main__":
    main()
