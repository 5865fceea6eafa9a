"""`make demo`: some weeks of a job search, played by real runs in a throw-away folder."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import story

SHOWN = {2: ("plan",), 8: ("explain", "boussole"), 10: ("agenda", "--days", "7")}
"""What a person would ask after some of the ticks."""
WORTH_READING = ("thank-you", "keep-promise", "follow-up-call")


def main() -> None:
    """Play the story."""
    with tempfile.TemporaryDirectory(prefix="followup-demo-") as place:
        folder = Path(place)
        config = story.set_up(folder)
        for number, (now, _, _) in enumerate(story.expected(), 1):
            story.turn_to(folder, now)
            say(f"\n━━━ {now:%A %d %B %Y, %H:%M} ━━━ followup run")
            before = texts(folder)
            followup(config, "run", now)
            for name in sorted(texts(folder).keys() - before.keys()):
                if name.startswith(WORTH_READING):
                    say(f"\n─── the new file {name}\n{texts(folder)[name]}")
            if number in SHOWN:
                verb, *rest = SHOWN[number]
                say(f"\n─── followup {' '.join([verb, *rest])}")
                followup(config, verb, now, *rest)
    say("Nothing was sent. Next: `.venv/bin/followup init` asks for your own calendar, mail and notes.")


def texts(folder: Path) -> dict[str, str]:
    """Return what lies in the drafts and beside the tasks, by file name."""
    return {file.name: file.read_text(encoding="utf-8") for file in (folder / "out").glob("*/*.[et][mx][lt]")}


def followup(config: Path, verb: str, now: datetime, *rest: str) -> None:
    """Run the real command."""
    command = [sys.executable, "-m", "followup_rules", "--config", str(config), verb, *rest, "--now", now.isoformat()]
    subprocess.run(command, check=False, stderr=subprocess.STDOUT)


def say(text: str) -> None:
    """Print, in step with what the runs print."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
