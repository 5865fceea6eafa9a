"""`make demo-google`: the story of this folder with everything at Google, or rather at an emulator on this machine.

No account is needed, and nothing leaves the machine. Calendar, mail and drafts are those of an independent emulator;
it has no tasks, so a small stand-in of ours keeps them (`tests/support/googlelab`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from demo import followup, say

from tests.support.googlelab import emulator, gateway
from tests.support.googlelab.account import Account
from tests.support.googlelab.examples import Life, story
from tests.support.googlelab.node import MissingError


def main() -> int:
    """Play the story."""
    with tempfile.TemporaryDirectory(prefix="followup-demo-google-") as place:
        folder = Path(place)
        try:
            with emulator.running(folder) as emulated, gateway.running(emulated) as server:
                play(Life(Account(server, emulator.email(1), emulator.token(1)), folder / "camille"))
        except MissingError as missing:
            say(f"{missing}; this demo needs Node and npm: install them, and try again")
            return 1
    return 0


def play(life: Life) -> None:
    """Let the real command run at each instant of the story, and show what lies at Google then."""
    life.folder.mkdir()
    config = life.set_up()
    for now, _, _ in story.expected():
        life.turn_to(now)
        say(f"\n━━━ {now:%A %d %B %Y, %H:%M} ━━━ followup run")
        before = {mail.draft for mail in life.google.drafts()}
        followup(config, "run", now)
        for mail in life.google.drafts():
            if mail.draft not in before:
                say(f"\n─── a new draft in Gmail, to {mail.message['To']}\n{mail.message['Subject']}\n\n{mail.text}")
    asked = life.google.requests
    sent = [request for request in asked if request.path.endswith("/send")]
    say(f"\nLeft in Google Tasks: {', '.join(task['title'] for task in to_do(life)) or 'nothing'}")
    say(f"{len(asked)} requests in {len(story.expected())} runs, {len(sent)} of them to send.")
    say("Next: docs/google.md leads you to an account of your own.")


def to_do(life: Life) -> list[dict[str, str]]:
    """Return the tasks that are still to be done."""
    return [task for task in life.google.tasks() if not task.get("deleted") and task["status"] == "needsAction"]


if __name__ == "__main__":
    sys.exit(main())
