"""Somebody who looks for a job and has everything at Google: a folder with a config, and runs of the real command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import marks
from tests.support.storybook import call

from .account import SCOPES, Account

_PROFILE = """packs = ["interview"]
[profile]
me = ["{me}"]
name = "Camille"
timezone = "America/Toronto"
holidays = "CA-QC"
language = "fr"
[store]
path = "followup.db"
"""
PLUGINS = {
    "sources.mail": "gmail",
    "sources.calendar": "google-calendar",
    "outputs.drafts": "gmail-drafts",
    "outputs.tasks": "google-tasks",
}


def table(name: str, plugin: str, url: str) -> str:
    """Return a table of the config that uses an account at that server."""
    return f'[{name}]\nplugin = "{plugin}"\ntoken = "token.json"\napi_endpoint = "{url}"\n'


@dataclass(frozen=True)
class Seeker:
    """Their account, and the folder of their config."""

    google: Account
    folder: Path

    def set_up(self, more: str = "", plugins: Mapping[str, str] = PLUGINS) -> Seeker:
        """Write the config, after a login."""
        self.folder.mkdir(exist_ok=True)
        self.google.token_file(self.folder / "token.json", scopes=SCOPES)
        tables = "".join(table(name, plugin, self.google.url) for name, plugin in plugins.items())
        (self.folder / "config.toml").write_text(_PROFILE.format(me=self.google.email) + tables + more)
        return self

    def run(self, now: str, verb: str = "run") -> Mapping[str, Any]:
        """Run the command; return what it printed, and its exit code as `exit`."""
        done = call(self.folder, verb, "--now", now, "--json")
        return {**json.loads(done.stdout), "exit": done.exit_code}

    def drafts(self) -> list[tuple[str, str, str]]:
        """Return key, subject and text of what lies in the drafts."""
        return sorted(
            (marks.carried(mail.message, self.folder / "followup.db"), str(mail.message["Subject"]), mail.text)
            for mail in self.google.drafts()
        )

    def tasks(self) -> list[tuple[str, str, str]]:
        """Return key, title and day of the tasks that are still to be done."""
        there = [task for task in self.google.tasks() if not task.get("deleted") and task["status"] == "needsAction"]
        return sorted((task["notes"].splitlines()[-1], task["title"], task.get("due", "")[:10]) for task in there)
