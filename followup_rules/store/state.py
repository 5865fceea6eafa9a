"""What one run leaves to the next about itself: when it was, what it could see, and by which config it judged."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.sight import Sight
from followup_rules.store.database import Database
from followup_rules.store.errors import damaged
from followup_rules.store.instants import encoded


class Table(Struct, frozen=True):
    """What a table of the config stands for, whatever its name: hashes, so that no path and no account is kept."""

    place: str
    """Of plugin and options."""
    version: str
    """Of the plugin's package."""


class Formerly(Struct, frozen=True):
    """A name and a `per` that a rule had, until a run found others."""

    name: str
    per: str
    until: datetime


class KnownRule(Struct, frozen=True):
    """A rule as the last run that had it knew it."""

    meaning: str
    per: str
    since: datetime
    """The first run that knew it."""
    formerly: tuple[Formerly, ...] = ()
    content: str = ""
    """As of a rule of today; "" if an earlier version noted none."""

    def by(self, now: datetime) -> KnownRule:
        """Return the rule as known by now at the latest: a clock that was ahead may have shown a later instant."""
        return replace(self, since=min(self.since, now))


class Restored(Struct, frozen=True):
    """That a copy was put back in place of the store: what was done after its last run is not known to it."""

    at: datetime
    last_run: datetime | None
    """The last run that the copy knows."""


class SaidOn(Struct, frozen=True):
    """The notices that runs have printed on a day of the user's zone, the last on which they printed any."""

    day: date
    notices: tuple[str, ...] = ()
    """Hashes of their keys, so that nothing tells of a case that is forgotten."""


class RunState(Struct, frozen=True):
    """What is remembered of the runs so far; instants are in UTC."""

    first_run: datetime | None = None
    last_run: datetime | None = None
    sight: Sight | None = None
    """What the last run could see; None: not known, so every case is to be judged anew."""
    fingerprint: str = ""
    """Of the config by which everything was judged last."""
    sound: str = ""
    """Fingerprint of the config in which the last run found nothing wrong."""
    config: str = ""
    """The config file of the last run, absolute."""
    sources: dict[str, Table] = {}
    """The sources of the last run, by name."""
    outputs: dict[str, Table] = {}
    """The outputs of all runs, by name: where what the ledger holds of them lies."""
    rules: dict[str, KnownRule] = {}
    """All rules that any run has known, by id."""
    timezone: str = ""
    """In which days were counted."""
    zones: dict[str, datetime] = {}
    """In which they were counted before, each until a run found another one."""
    upgraded_from: int = 0
    """The version of the store before it was brought up to date, until a run has told all that this changed."""
    restored: Restored | None = None
    """A copy was put back, and no run has yet looked through all outputs for what it does not know."""
    restored_at: datetime | None = None
    """When a copy was put back for the last time."""
    news: dict[str, datetime] = {}
    """When each source showed anything new for the last time."""
    notices: SaidOn | None = None

    @property
    def renamed(self) -> dict[str, str]:
        """How the rules are called now that had another name, by that name, unless another rule has it."""
        was = ((was.name, name) for name, rule in self.rules.items() for was in rule.formerly)
        return {old: new for old, new in was if old not in self.rules}

    @property
    def keyed_by_event(self) -> frozenset[str]:
        """The rules in whose keys an event's id stands, and not the name of its case."""
        return frozenset(name for name, rule in self.rules.items() if rule.per == "event")

    @property
    def since(self) -> dict[str, datetime]:
        """The first run that knew each rule, by its id."""
        return {name: rule.since for name, rule in self.rules.items()}


class State:
    """The table `state`: one row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[str, RunState] = "", RunState()
        """What was read last, and what it means: a run asks often."""

    def read(self) -> RunState:
        """Return what the last run left."""
        found = self._database.rows("select body from state")
        body = found[0][0] if found else ""
        # Compared as text: it is read anew only where somebody has written it since.
        if body != self._known[0]:
            try:
                state = msgspec.json.decode(body, type=RunState)
                for name in {state.timezone, *state.zones} - {""}:
                    ZoneInfo(name)
            except (msgspec.DecodeError, ValueError, ZoneInfoNotFoundError, OSError) as error:
                raise damaged(error) from error
            self._known = body, state
        return self._known[1]

    def write(self, state: RunState) -> None:
        """Keep it for the next run."""
        body = encoded(state)
        self._database.run("insert or replace into state values (1, ?)", body)
