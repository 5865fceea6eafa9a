"""A plugin that does what a test tells it: a source, an output and a check, all of the name `odd`."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from followup_rules import Event, Person, Pull, Refused, Status
from tests.support.storybook import CONFIG, Story
from tests.support.storybook import call as command

TORONTO = ZoneInfo("America/Toronto")
CODE = """
from dataclasses import dataclass
from types import SimpleNamespace
from followup_rules import Check, OutputType, SourceType, hookimpl

acts = SimpleNamespace(source=None, output=None, check=None, opening=lambda: acts.output)

@dataclass
class Options:
    pass

@hookimpl
def register_sources():
    return [SourceType("odd", "Odd events", ("sent", "meeting", "call"), Options, lambda *_: acts.source)]

@hookimpl
def register_outputs():
    return [OutputType("odd", "Odd tasks", ("task", "notice"), Options, lambda *_: acts.opening())]

@hookimpl
def register_checks():
    return [Check("odd", "Odd events", lambda event: acts.check(event))]
"""
SOURCE = '[sources.odd]\nplugin = "odd"\n'
OUTPUT = '[outputs.odd]\nplugin = "odd"\n'
TASKS_APART = CONFIG.replace('[outputs.tasks]\nplugin = "todotxt"\npath = "out/todo.txt"\n', OUTPUT)
"""The usual config with the odd output for its tasks."""


def install(folder: Path, monkeypatch: Any, code: str = CODE) -> Any:
    """Put the plugin into a folder on the path, and return what decides on what it does."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "oddplugin_installed.py").write_text(code)
    info = folder / "odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[followup_rules]\nodd = oddplugin_installed\n")
    monkeypatch.syspath_prepend(folder)
    importlib.invalidate_caches()
    return importlib.import_module("oddplugin_installed").acts


def at(written: str) -> datetime:
    """Return the instant of a time in Toronto."""
    return datetime.fromisoformat(written).replace(tzinfo=TORONTO)


def call(ident: str = "call-1", start: str = "2026-11-09 10:00", **fields: Any) -> Event:
    """Return an event that only this source shows."""
    begin = at(start)
    people = (Person("julie.roy@nordik.ca", "Julie Roy"),)
    return Event(**{"id": ident, "kind": "call", "start": begin, "end": begin, "people": people, **fields})


class Moment(datetime):
    """A time as some libraries have it: of a class of their own, which writes itself in a way of its own."""

    def isoformat(self, *_: Any) -> str:  # type: ignore[override]
        return f"about {self.hour}"

    __str__ = isoformat


def moment(written: str) -> Moment:
    """Return such a time in Toronto."""
    return Moment.fromisoformat(written).replace(tzinfo=TORONTO)


@dataclass
class Source:
    """Gives what it is told to; an error is raised, a function is called."""

    gives: Any = field(default_factory=Pull)

    def pull(self, since: datetime, cursor: str) -> Any:
        if isinstance(self.gives, BaseException):
            raise self.gives
        return self.gives() if callable(self.gives) else self.gives


class Output:
    """Keeps actions by key. What `instead` names is done in place of the method, before it, or after it."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        self.became: dict[str, Any] = {}
        self.calls: list[tuple[str, str]] = []
        self.instead: dict[str, Any] = {}

    def create(self, action: Any) -> Any:
        self.calls.append(("create", action.key))
        if "create" in self.instead:
            return self.instead["create"](action)
        return self.put(action)

    def put(self, action: Any) -> str:
        assert action.key not in self.made, f"{action.key} is made twice"
        self.made[action.key] = action
        return action.key

    def find(self, key: str) -> Any:
        self.calls.append(("find", key))
        return self.instead["find"](key) if "find" in self.instead else key if key in self.made else None

    def update(self, ref: str, action: Any) -> Any:
        self.calls.append(("update", ref))
        if ref not in self.made:
            raise Refused("it is not there")
        self.made[ref] = action
        return self.instead["update"](ref) if "update" in self.instead else ref

    def withdraw(self, ref: str) -> Any:
        self.calls.append(("withdraw", ref))
        if "withdraw" in self.instead:
            return self.instead["withdraw"](ref)
        return self.made.pop(ref, None) and None

    def status(self, refs: Any) -> Any:
        self.calls.append(("status", ""))
        if "status" in self.instead:
            return self.instead["status"](refs)
        return {ref: self.became.get(ref, Status("open" if ref in self.made else "gone")) for ref in refs}

    def called(self, *methods: str) -> list[str]:
        """Return the keys with which methods were called so far, and forget them."""
        found = [key for name, key in self.calls if name in methods]
        self.calls.clear()
        return found


def raising(error: BaseException) -> Any:
    """Return what is done in place of a method that fails."""

    def instead(*_: Any) -> Any:
        raise error

    return instead


def with_tag(event: Event, *tags: str) -> Event:
    """Return the event with tags."""
    return replace(event, tags=tags)


def story(folder: Path, base: str = CONFIG + SOURCE) -> Story:
    """Tell of an interview on Monday at ten, in a config that uses the plugin."""
    told = Story(folder, base=base)
    told.visit("I1", "2026-11-09 10:00")
    return told


def run(told: Story, now: str) -> SimpleNamespace:
    """Return what a run says of itself, where it need not be compared with its plan as well."""
    found = command(told.folder, "run", "--now", now, "--json")
    return SimpleNamespace(**json.loads(found.stdout), exit=found.exit_code)


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: Any) -> Any:
    """Install the plugin; its source shows nothing, its output keeps all, and its check always holds."""
    acts = install(tmp_path / "plugin", monkeypatch)
    acts.source, acts.output, acts.check = Source(), Output(), lambda _: True
    return acts
