"""What a plugin may add. A plugin is a module; each hook is a function of the same name in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pluggy
from msgspec import Struct

from followup_rules.model import Action, BadItem, Context, Event, NoteAdded, NoteHeading, Person, Profile, Pull, Status

if TYPE_CHECKING:
    import click

hookspec = pluggy.HookspecMarker("followup_rules")
hookimpl = pluggy.HookimplMarker("followup_rules")


LONGEST_WAIT = timedelta(days=1)
"""Longer no service is left alone, whatever it asks for."""


class Refused(Exception):  # noqa: N818 -- the word of the contract
    """Raised by an output when it is certain that nothing was made or changed.

    `wait`: how long the service asks not to be called again.
    """

    wait = timedelta(0)

    def __init__(self, message: str = "", wait: timedelta = timedelta(0)) -> None:
        super().__init__(message)
        self.wait = wait


class Unreadable(Exception):  # noqa: N818 -- the word of the contract
    """Raised by a source that could not be read, with a sentence for the user and what to do about it.

    `wait`: how long the service asks not to be called again. `at`: the file and line in which the reader stopped, and
    what stands there; without it, the problem is told at the `path` of the config.
    """

    wait = timedelta(0)
    at: BadItem | None = None

    def __init__(self, message: str = "", wait: timedelta = timedelta(0), at: BadItem | None = None) -> None:
        super().__init__(message)
        self.wait, self.at = wait, at


def asked_to_wait(error: Exception) -> timedelta:
    """Return how long a service asks not to be called again: a day at most, whatever a plugin says."""
    wait = getattr(error, "wait", None)
    return min(max(wait, timedelta(0)), LONGEST_WAIT) if isinstance(wait, timedelta) else timedelta(0)


class Source(Protocol):
    """Reads events. An unreadable source raises; it never returns an empty list instead."""

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Events that take place after `since`; with a `cursor` ("" at first), those new or changed since then."""


ChooseHeading = Callable[[NoteHeading, Sequence[NoteHeading]], NoteHeading]
"""Called with a case as the user names it and with the headings that there are, in their order. Returns the one of
these that leads to the case, else a new one. Raises Refused, with a sentence for the user, if no case can be meant.
"""


class NoteWriter(Protocol):
    """What a source of notes may offer besides: `followup note` writes into the first source that does."""

    def add_note(self, case: str, text: str, moment: datetime, choose: ChooseHeading) -> NoteAdded:
        """Write a note of this instant under the heading that `choose` returns, and nothing else.

        `case` and `text` are as the user typed them. What is written must be read as a note by the next pull. Raises
        Refused, with a sentence for the user, if nothing was written; lets pass what `choose` raises.
        """

    def remove_note(self, added: NoteAdded) -> None:
        """Take back a note that `add_note` wrote, with its heading if that `began` with it, and nothing else.

        Without this method `followup note --undo` says that notes of this source cannot be taken back. Raises Refused,
        with a sentence for the user, if nothing was changed: it is gone, or reads otherwise by now.
        """


class Output(Protocol):
    """Keeps actions somewhere the user sees them. `Refused`: nothing was made; any other error: uncertain."""

    def create(self, action: Action) -> str:
        """Make it, marked with its key, and return a reference to it."""

    def find(self, key: str) -> str | None:
        """Return the reference of the action with this key, if it is there."""

    def update(self, ref: str, action: Action) -> str:
        """Replace what `ref` refers to, and return its new reference."""

    def withdraw(self, ref: str) -> None:
        """Take it back; nothing happens if it is not there."""

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell of each reference whether it is open, touched, done or gone."""


class Openable(Protocol):
    """What an output may offer besides: `followup today` shows where its actions are to be opened."""

    def place(self, ref: str) -> str:
        """Return the path of a file, or an address on the web, at which a person finds it; "" if that cannot be told.

        It is asked of many at once: it looks at files, and asks no service.
        """


class Marked(Protocol):
    """What an output may offer besides: what lies there of a store that was lost, or is older, is told."""

    def marked(self) -> Mapping[str, str]:
        """Return what is there and open of all that carries a key: by that, or by its hash, where a person opens it."""


class Place(Struct, frozen=True):
    """Where something lies that a source can read, as it is offered to a new user."""

    path: Path
    told: str
    """Which program keeps it there, in a few words: `Thunderbird, imap.example.org`."""


class Discovery(Struct, frozen=True):
    """How a new user finds what a source reads: `followup look` and `followup init` offer it, and take nothing unasked.

    None of these functions writes anything, opens a connection, or reads more than a little; what cannot be read is
    left out. A place that is chosen becomes the option `path` of the source.
    """

    usual: Callable[[Path], Iterable[Place]]
    """Called with the user's home folder. Returns what is there of the places in which programs usually keep such
    things, the likeliest first."""
    reads: Callable[[Path], bool]
    """Called with a file or folder that the user has named. Tells whether it is for this source, by names and by how
    files begin."""
    owners: Callable[[Path], Iterable[Person]]
    """Called with such a file or folder. Returns whose it seems to be, the likeliest address first; nobody if that
    cannot be told."""


class SourceType(Struct, frozen=True):
    """A kind of source: `options` is a dataclass, from which its config table is checked and documented."""

    name: str
    summary: str
    emits: tuple[str, ...]
    options: type
    open: Callable[[Any, Context], Source]
    read_note: Callable[[str, str, Context], Iterable[Event | BadItem]] | None = None
    """What a source of notes may offer besides: called with a case as a heading names it, with the text of one note as
    a person writes it, and with the instant. Returns that note, by the grammar of the source, and what is wrong with
    it; reads no file. Examples of rules are written in it."""
    discovery: Discovery | None = None
    """How a new user finds what it reads, where that lies in files with an option `path`."""


class OutputType(Struct, frozen=True):
    """A kind of output: `takes` names the types of action, `options` is a dataclass as for a source."""

    name: str
    summary: str
    takes: tuple[str, ...]
    options: type
    open: Callable[[Any, Context], Output]


class Pack(Struct, frozen=True):
    """Rules, templates and examples that belong together: a folder with `rules.toml` and `templates/`.

    `words.toml` beside them holds lists of words and tags, a layer below.
    """

    name: str
    summary: str
    folder: str


class Check(Struct, frozen=True):
    """A named predicate that a pattern can ask for: `check = "name"`."""

    name: str
    summary: str
    holds: Callable[[Event], bool]


class Login(Struct, frozen=True):
    """A service that the user logs in to: `followup auth NAME`."""

    name: str
    summary: str
    log_in: Callable[[Mapping[str, Any], Profile, bool], str]
    """Called with the options of every source and output in the config (`sources.NAME`), with the user, and with
    whether a browser may be opened. Asks and tells the user what it must; returns a sentence that says how it ended.
    Raises `Unreadable` with what to do if it did not work.
    """


class Fact(Struct, frozen=True):
    """What a health check found; nothing private and no secret, for people show it to others when they ask for help."""

    area: str
    """What was looked at: the table of the config, such as `outputs.drafts`, or the service."""
    told: str
    """What there is, in one line."""
    problem: str = ""
    """What is wrong with it, if anything is: nothing fails by it at once."""
    hint: str = ""
    """What to do about that."""


class HealthCheck(Struct, frozen=True):
    """A look at a service that tells what no run can: `followup check` asks for it, and `followup doctor --NAME`."""

    name: str
    summary: str
    examine: Callable[[Mapping[str, Any], Profile, bool], Iterable[Fact]]
    """Called with the options of every source and output in the config (`sources.NAME`), with the user, and with
    whether to ask the service for all that it tells (`doctor --NAME`), or just what may be wrong (`check`). It changes
    nothing.
    Raises `Unreadable` with what to do if the service cannot be asked.
    """


@hookspec
def register_sources() -> Iterable[SourceType]:
    """Return the sources that this plugin adds."""
    return ()


@hookspec
def register_outputs() -> Iterable[OutputType]:
    """Return the outputs that this plugin adds."""
    return ()


@hookspec
def register_packs() -> Iterable[Pack]:
    """Return the packs of rules that this plugin adds."""
    return ()


@hookspec
def register_checks() -> Iterable[Check]:
    """Return the predicates that this plugin adds for patterns."""
    return ()


@hookspec
def register_logins() -> Iterable[Login]:
    """Return the logins that this plugin offers for `followup auth`."""
    return ()


@hookspec
def register_health_checks() -> Iterable[HealthCheck]:
    """Return the health checks that this plugin offers for `followup check` and `followup doctor`."""
    return ()


@hookspec
def register_commands(cli: click.Group) -> None:
    """Add commands to the command line."""
