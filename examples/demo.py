"""`make demo`: one interview, by `followup demo`. With `--long` (`make demo-long`) some weeks of a job search.

The weeks are played by real runs in `out/demo`, where all of it can be looked at afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import story

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "out" / "demo"
SHOWN = {2: ("plan",), 8: ("explain", "boussole"), 10: ("agenda", "--days", "7")}
"""What a person would ask after some of the ticks."""
WORTH_READING = ("thank-you", "keep-promise", "follow-up-call")


def main(folder: Path = FOLDER) -> None:
    """Play the story, from its beginning."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # As it is seen from here, so that the commands that the runs propose can be copied as they are.
    config = Path(os.path.relpath(story.set_up(folder)))
    for number, (now, _, _) in enumerate(story.expected(), 1):
        story.turn_to(folder, now)
        say(f"\n━━━ {now:%A %d %B %Y, %H:%M} ━━━ followup run")
        before = texts(folder)
        followup(config, "run", now)
        for name, text in sorted(texts(folder).items()):
            if name not in before and name.startswith(WORTH_READING):
                say(f"\n─── the new file {name}\n{text}")
        if number in SHOWN:
            verb, *rest = SHOWN[number]
            say(f"\n─── followup {' '.join([verb, *rest])}")
            followup(config, verb, now, *rest)
    say(f"Nothing was sent. All of it lies in {config.parent}; the commands above work there, from this folder, with")
    say("`.venv/bin/followup`. Next: `.venv/bin/followup look` shows what your own calendar and sent mail tell.")


def texts(folder: Path) -> dict[str, str]:
    """Return what lies in the drafts and beside the tasks, by file name."""
    files = sorted((folder / "out").glob("*/*"))
    return {file.name: readable(file) for file in files if file.suffix in {".eml", ".txt"}}


def readable(file: Path) -> str:
    """Return a text, and of a draft what its writer would look at; not what programs put into its head."""
    if file.suffix != ".eml":
        return file.read_text(encoding="utf-8")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    return f"To: {mail['To']}\nSubject: {mail['Subject']}\n\n{mail.get_content()}"


def followup(config: Path, verb: str, now: datetime, *rest: str) -> None:
    """Run the real command."""
    command = [sys.executable, "-m", "followup_rules", "--config", str(config), verb, *rest, "--now", now.isoformat()]
    subprocess.run(command, check=False, stderr=subprocess.STDOUT)


def say(text: str) -> None:
    """Print, in step with what the runs print."""
    print(text, flush=True)


if __name__ == "__main__":
    if "--long" in sys.argv:
        main()
    else:
        subprocess.run([sys.executable, "-m", "followup_rules", "demo"], check=False)
        say("Some weeks of a job search, with all drafts and tasks: make demo-long")
