"""The sources and outputs that a config names. Nobody gets hold of one that is not checked and limited in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from followup_rules.hookspecs import OutputType, SourceType, Unreadable
from followup_rules.host.checked_output import CheckedOutput, open_output
from followup_rules.host.checked_source import UNKNOWN_KINDS, CheckedSource, open_source
from followup_rules.host.plugin import Plugin
from followup_rules.host.time_limit import TIME_LIMIT
from followup_rules.model import Context
from followup_rules.sealing import digest
from followup_rules.web_address import WebAddress

# Two weeks without news may be a holiday; longer, an export or a synchronization may have ended unnoticed.
SILENCE = timedelta(days=14)


def place_of(plugin: str, options: Any, base: Path) -> str:
    """Return a hash of a plugin and its options: the same for the same place, whatever its table is called.

    Paths count from the folder of the config, so that a folder that is moved with all that lies in it stays the same.
    Of a web address it does not matter where it is written. Raises Unreadable if the file is not there that holds one.
    """

    def plain(value: object) -> str:
        if isinstance(value, WebAddress):
            return value.url
        return str(value.relative_to(base)) if isinstance(value, Path) and value.is_relative_to(base) else repr(value)

    # Sorted, for the order of a set is another one in every process.
    return digest(f"{plugin} {msgspec.json.encode(options, order='sorted', enc_hook=plain).decode()}")


class Configured(Struct, frozen=True, kw_only=True):
    """A table of a source or an output: its name, its plugin and its options."""

    name: str
    options: Any = None
    type: SourceType | OutputType | None = None
    """None if its plugin is broken."""
    plugin: Plugin | None = None
    """Which offers its type."""
    fault: str = ""
    """Why its plugin does not offer it; then it cannot be opened, and all else goes on."""
    place: str = ""
    """What it stands for, whatever it is called; see `place_of`. Empty if nobody can tell: its plugin is broken, or
    the file is not there that holds its web address."""
    time_limit: timedelta = TIME_LIMIT
    """How long one call of it may take."""

    @property
    def version(self) -> str:
        """The version of the plugin's package."""
        return self.plugin.version if self.plugin else ""


class ConfiguredSource(Configured, frozen=True, kw_only=True):
    """A source of the config. Whoever opens it gets it checked and with its time limit."""

    type: SourceType | None = None
    silence: timedelta = SILENCE
    """After so long without anything new `followup doctor` says so."""

    @property
    def emits(self) -> frozenset[str]:
        """The kinds of events that its type declares; those of every source if its plugin is broken."""
        return frozenset(self.type.emits) if self.type else UNKNOWN_KINDS

    def open(self, context: Context) -> CheckedSource:
        """Open it. Raises Unreadable if its plugin is broken, and whatever the plugin raises."""
        if self.type is None:
            raise Unreadable(self.fault)
        return open_source(self.type, self.options, context, self.time_limit, self.plugin)


class ConfiguredOutput(Configured, frozen=True, kw_only=True):
    """An output of the config. Whoever opens it gets it checked and with its time limit."""

    type: OutputType | None = None

    @property
    def takes(self) -> tuple[str, ...]:
        """The types of action that it takes; none if its plugin is broken."""
        return self.type.takes if self.type else ()

    def open(self, context: Context) -> CheckedOutput:
        """Open it. Raises Unreadable if its plugin is broken, and whatever the plugin raises."""
        if self.type is None:
            raise Unreadable(self.fault)
        return open_output(self.type, self.options, context, self.time_limit, self.plugin)
