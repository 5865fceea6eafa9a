"""`make demo`: some weeks of a job search, played by real runs in a throw-away folder."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import story

SHOWN = {9: ("explain", "boussole"), 10: ("agenda", "--days", "7")}
"""After which tick a person would ask what else."""


def main() -> None:
    """Play the story."""
    with tempfile.TemporaryDirectory(prefix="followup-demo-") as name:
        folder = Path(name)
        config = story.set_up(folder)
        for number, (now, _, _) in enumerate(story.expected(), 1):
            story.turn_to(folder, now)
            say(f"\n━━━ {now:%A %d %B %Y, %H:%M} ━━━ followup run")
            followup(config, "run", now, "-v")
            if number in SHOWN:
                verb, *rest = SHOWN[number]
                say(f"\n─── followup {' '.join([verb, *rest])}")
                followup(config, verb, now, *rest)
        say("\n━━━ what lies in the folders at the end ━━━")
        for file in sorted((folder / "out").rglob("*")):
            if file.suffix in (".eml", ".txt") and file.parent.name != "todo-texts":
                say(f"\n── {file.relative_to(folder)}\n{file.read_text(encoding='utf-8')}")
    say("Nothing was sent. Next: `.venv/bin/followup init` asks for your own calendar, mail and notes.")


def followup(config: Path, verb: str, now: datetime, *rest: str) -> None:
    """Run the real command."""
    command = [sys.executable, "-m", "followup_rules", "--config", str(config), verb, *rest, "--now", now.isoformat()]
    subprocess.run(command, check=False, stderr=subprocess.STDOUT)


def say(text: str) -> None:
    """Print, in step with what the runs print."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
