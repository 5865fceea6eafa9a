"""Whether all is well: what is there, and what is wrong and what to do about it. Nothing is changed."""

from __future__ import annotations

import locale
import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredOutput, ConfiguredSource
from followup_rules.config.read import Config, default_file
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.hookspecs import Unreadable
from followup_rules.host.secrets import hidden
from followup_rules.model import Problem
from followup_rules.store.backup import copies
from followup_rules.store.errors import StoreError
from followup_rules.store.lock import holder
from followup_rules.store.schema import VERSION
from followup_rules.store.store import Store, open_copy
from followup_rules.texts.plurals import listed, plural
from followup_rules.upkeep.addresses import exposed_addresses
from followup_rules.upkeep.audit import Audit, audit
from followup_rules.upkeep.schedule import installed, name_of
from followup_rules.upkeep.synced import synced_by

SILENCE = timedelta(days=2)
"""After so long without a run something must have stopped."""
MISSED_STARTS = 3
"""So many runs of a schedule may be missing before it counts as stopped..."""
PATIENCE = timedelta(hours=1)
"""... and so long: a computer that slept runs what it missed only some time after it wakes."""
LONGEST_RUN = timedelta(hours=1)
LEAST_ROOM = 50_000_000
"""Bytes on the disk of the store."""
_LISTED = 5
# A key that no action has.
_NOBODY = "followup-doctor"


class Finding(NamedTuple):
    """What was looked at, what there is, and what is wrong with it."""

    area: str
    fact: str
    problems: tuple[Problem, ...] = ()


def examine(config: Config, now: datetime, *, deep: bool = False) -> Iterator[Finding]:
    """Look at everything that a config names, as of `now` (in the user's zone)."""
    rules, guards = len(config.rulebook.rules.rules), len(config.rulebook.rules.guards)
    fact = f"{_short(config.file)}, {plural(rules, 'rule')}, {plural(guards, 'guard')}"
    yield Finding("config", fact, tuple(problem for problem in config.problems if not problem.info))
    yield from _environment(config, now)
    yield _lock(config.store)
    starts = installed(name_of(config.file.absolute(), default_file()))
    yield _schedule(starts)
    yield _files(config)
    if not config.store.exists():
        yield Finding("store", f"{_short(config.store)} is not there yet: the first run makes it")
        yield from (_output(output, config, now) for output in config.outputs)
        return
    try:
        with open_copy(config.store) as copy:
            yield from _kept(config, copy, now, starts and starts[1], deep=deep)
    except StoreError as error:
        problem = Problem("store", str(error), Code.STORE, hint=error.hint, fatal=True)
        yield Finding("store", _short(config.store), (problem,))


def _kept(config: Config, copy: Store, now: datetime, every: timedelta | None, *, deep: bool) -> Iterator[Finding]:
    store = _store(config.store, copy, deep=deep)
    yield store
    if store.problems:
        return
    yield _last_run(copy, now, every)
    yield from (_source(source, copy, now) for source in config.sources)
    yield from (_output(output, config, now) for output in config.outputs)
    yield _calls(copy, now)
    if deep:
        yield _decisions(config, copy)


# -- what surrounds it


def _environment(config: Config, now: datetime) -> Iterator[Finding]:
    zone = config.profile.timezone
    yield Finding("time zone", f"{zone}, {now:%Y-%m-%d %H:%M} (UTC{now:%z})")
    # cron starts programs with next to no environment.
    encoding, home = locale.getencoding(), os.environ.get("HOME", "")
    problems = []
    if encoding.lower().replace("-", "") != "utf8":
        message = f"text is taken to be in {encoding}, so names may be shown wrongly"
        problems.append(_surroundings(message, "put LANG=C.UTF-8 into the crontab"))
    if not home:
        problems.append(_surroundings("HOME is not set, so ~ in paths leads nowhere", "put HOME=... into the crontab"))
    yield Finding("environment", f"text in {encoding}, HOME is {home or 'not set'}", tuple(problems))


def _surroundings(message: str, hint: str) -> Problem:
    return Problem("environment", message, Code.SURROUNDINGS, hint=hint, warning=True)


def _lock(store: Path) -> Finding:
    run = holder(store)
    if run is None:
        return Finding("lock", "no run is at work")
    age = datetime.now(UTC) - run.since
    place = "" if run.is_here else f" on {run.host}"
    fact = f"process {run.process}{place} is at work since {run.since.astimezone():%a %Y-%m-%d %H:%M}"
    if age < LONGEST_RUN:
        return Finding("lock", fact)
    message = f"process {run.process}{place} has been at work for {_span(age)}, and no other run can begin"
    hint = f"if it hangs, end it{place}: kill {run.process}; the next run completes its work"
    return Finding("lock", fact, (Problem("lock", message, Code.ENDLESS_RUN, hint=hint),))


def _files(config: Config) -> Finding:
    """Look at the files of the store, and at those that outputs may have made: who can read them."""
    ends = ("", "-wal", "-shm", ".lock", ".holder", ".last-note")
    beside = [config.store.with_name(config.store.name + end) for end in ends]
    files = [file for file in (*beside, *copies(config.store)) if file.exists()]
    problems = [problem for file in files for problem in _exposed(file)]
    problems += exposed_addresses(config)
    exposed = bool(problems)
    around = next((parent for parent in config.store.absolute().parents if parent.is_dir()), None)
    room = shutil.disk_usage(around).free if around else None
    if room is not None and room < LEAST_ROOM:
        message = f"the disk of {config.store.parent} has only {_size(room)} left"
        problems.append(
            Problem(
                "store", message, Code.SURROUNDINGS, hint="make room; a run that finds none does nothing", warning=True
            )
        )
    problems += _synced(config.store)
    names = ", ".join(copy.name for copy in copies(config.store))
    listed = f"; copies beside the store: {names}" if names else ""
    return Finding("files", ("others may reach them" if exposed else "for you alone") + listed, tuple(problems))


def _synced(store: Path) -> Iterator[Problem]:
    """Tell of a store that a program copies to other computers, perhaps in the middle of a run."""
    if found := synced_by(store):
        program, folder = found
        message = f"{store} lies in {folder}, which is a folder of {program}'s: it would copy half of what a run writes"
        hint = "give each computer a store of its own elsewhere: [store] path; notes and outputs may be synchronized"
        yield Problem("store", message, Code.SYNCED_STORE, hint=hint, warning=True)


def _exposed(file: Path) -> Iterator[Problem]:
    info = file.stat()
    if info.st_uid != os.geteuid():
        message = f"{file} belongs to another user, so that a run of yours may not be able to write it"
        yield Problem("store", message, Code.EXPOSED, hint=f"give it back: sudo chown {os.geteuid()} {file}")
    if info.st_mode & 0o077:
        message = f"other users of this computer may read or write {file}, and it holds what you write and to whom"
        yield Problem("store", message, Code.EXPOSED, hint=f"chmod 600 {file}")
    # With the sticky bit, as in /tmp, only its owner may replace a file.
    if file.parent.stat().st_mode & 0o002 and not file.parent.stat().st_mode & 0o1000:
        message = f"everybody may replace the files in {file.parent}"
        yield Problem("store", message, Code.EXPOSED, hint=f"chmod 700 {file.parent}")


# -- what it keeps


def _store(path: Path, copy: Store, *, deep: bool) -> Finding:
    damage = copy.database.damage(deep=deep)
    for case in () if damage else {*copy.places.cases(), *copy.ledger.cases()}:
        (
            copy.case(case),
            copy.decisions.of(case),
            copy.ledger.pins(case),
            copy.decisions.history(case),
        )  # raises if damaged
    cut_short = path.with_name(f"{path.name}-wal").exists() and holder(path) is None
    facts = [_short(path), _size(path.stat().st_size), f"version {VERSION}", "damaged" if damage else "sound"]
    facts += ["a run was cut short, and the next one completes it"] if cut_short else []
    hint = "put a copy back (followup backup --restore FILE), or move it away: then a new one is begun"
    message = f"{path} is damaged: {'; '.join(damage)}"
    problems = [Problem("store", message, Code.STORE, hint=hint, fatal=True)] if damage else []
    return Finding("store", ", ".join(facts), tuple(problems))


def _schedule(starts: tuple[str, timedelta] | None) -> Finding:
    if starts is None:
        return Finding("schedule", "none of followup's own: `followup schedule --install` makes one")
    kind, every = starts
    return Finding("schedule", f"{kind}, every {_span(every)}")


def _last_run(copy: Store, now: datetime, every: timedelta | None) -> Finding:
    """Tell when the last run was; `every` is how often one should begin, if that is known."""
    last = copy.state.read().last_run
    if last is None:
        return Finding("last run", "none is known", (_no_runs("no run is known yet", warning=True),))
    shown = f"{last.astimezone(now.tzinfo):%a %Y-%m-%d %H:%M}"
    age = now - last
    # Clocks are set back by some seconds all the time (NTP), and that harms nothing.
    if age < -timedelta(minutes=1):
        message = f"the clock shows {now:%Y-%m-%d %H:%M}, which is before the last run ({shown})"
        hint = "set the clock of this computer; until then nothing that is due by time alone is done"
        return Finding("last run", shown, (Problem("clock", message, Code.CLOCK_SET_BACK, hint=hint),))
    fact = f"{shown}, {_span(age)} ago"
    if every and age > max(MISSED_STARTS * every, PATIENCE):
        message = f"the last run was {_span(age)} ago, and one should begin every {_span(every)}"
        return Finding("last run", fact, (_no_runs(message),))
    if every or age < SILENCE:
        return Finding("last run", fact)
    return Finding("last run", fact, (_no_runs(f"the last run was {_span(age)} ago: the runs have stopped"),))


def _no_runs(message: str, *, warning: bool = False) -> Problem:
    hint = "put it on a schedule anew: `followup schedule --install`; `followup run` runs now, and shows what may fail"
    return Problem("last run", message, Code.RUNS_STOPPED, hint=hint, warning=warning)


def _source(source: ConfiguredSource, copy: Store, now: datetime) -> Finding:
    state = copy.events.source(source.name)
    area = f"sources.{source.name}"
    read = f"last read {state.pulled.astimezone(now.tzinfo):%a %Y-%m-%d %H:%M}" if state.pulled else "never read yet"
    if state.failing is None:
        return Finding(area, read, tuple(_silence(source, copy, now)) if state.pulled else ())
    message = f"cannot be read since {state.failing.astimezone(now.tzinfo):%a %Y-%m-%d %H:%M}; {read}"
    hint = "duties that depend on it wait; `followup check` tells what is wrong with it"
    return Finding(area, message, (Problem(area, message, Code.UNUSABLE, hint=hint),))


def _silence(source: ConfiguredSource, copy: Store, now: datetime) -> Iterator[Problem]:
    """Tell of a source that can be read and shows nothing: a path that is no longer written looks just like that."""
    known = copy.state.read()
    since, what = known.news.get(source.name), "nothing new"
    if since is None and not copy.events.shows(source.name):
        since, what = known.first_run, "nothing at all"
    if since is None or not source.silence or now - since <= source.silence:
        return
    message = f"it can be read, and has shown {what} for {_span(now - since)}"
    hint = 'is its path still the one that is written? else set how long is usual: silence = "60 days" in its table'
    yield Problem(f"sources.{source.name}", message, Code.SILENT_SOURCE, hint=hint, warning=True)


def _output(output: ConfiguredOutput, config: Config, now: datetime) -> Finding:
    """Have the output look for something, which it can only if it is there."""
    area = f"outputs.{output.name}"
    try:
        opened = output.open(config.context(now))
        try:
            # Looking for what cannot be there changes nothing, and needs all that a run needs.
            opened.find(_NOBODY)
        finally:
            opened.close()
    except Exception as error:  # noqa: BLE001 -- whatever a plugin raises is what is wrong
        message = hidden(f"cannot be used: {error}", config.secrets)
        hint = "" if isinstance(error, Unreadable) else "mend its table in the config"  # its sentence says what to do
        return Finding(area, "cannot be used", (Problem(area, message, Code.UNUSABLE, hint=hint),))
    return Finding(area, "can be used")


def _calls(copy: Store, now: datetime) -> Finding:
    begun = copy.ledger.in_state(EntryState.INTENDED)
    ended = copy.ledger.in_state(EntryState.REFUSED, EntryState.DELIVERED)
    refused = [entry for entry in ended if entry.retry]
    problems = []
    if begun:
        message = f"nobody knows yet whether {_named(begun)} worked, since a run was cut short or an output failed"
        problems.append(Problem("ledger", message, Code.NOT_WRITTEN, hint="the next run looks", warning=True))
    if refused:
        soonest = min(entry.retry for entry in refused if entry.retry).astimezone(now.tzinfo)
        message = f"refused, and tried again from {soonest:%a %Y-%m-%d %H:%M} on: {_named(refused)}"
        problems.append(
            Problem("ledger", message, Code.NOT_WRITTEN, hint="`followup run` tells why when it tries again")
        )
    return Finding("ledger", f"{plural(len(begun), 'call')} without an end, {len(refused)} refused", tuple(problems))


def _named(entries: Iterable[LedgerEntry]) -> str:
    return listed([f"{entry.op} {entry.key} ({entry.output})" for entry in entries])


def _decisions(config: Config, copy: Store) -> Finding:
    if copy.state.read().fingerprint != config.fingerprint:
        return Finding("decisions", "not compared: the config has changed since the last run, so run first")
    result = audit(config, copy)
    if result is None:
        return Finding("decisions", "not compared: no run is known")
    return Finding("decisions", _agreement(result), tuple(_differences(result)))


def _agreement(result: Audit) -> str:
    differ = len({each.key for each in result.differences})
    waiting = f"; not compared until the next run: {plural(len(result.waiting), 'case')}" if result.waiting else ""
    whole = plural(result.decisions, "decision")
    return f"{result.decisions - differ} of {whole} of {plural(result.cases, 'case')} agree{waiting}"


def _differences(result: Audit) -> Iterator[Problem]:
    for difference in result.differences[:_LISTED]:
        message = f"{difference.key} is kept as “{difference.kept}”, and judged from scratch it is “{difference.found}”"
        hint = "this is a fault of followup itself: please report it; any change of the config has all judged anew"
        yield Problem(f"case {difference.case}", message, Code.DISAGREEMENT, hint=hint)


def _short(path: Path) -> str:
    """Return a path as people write it, with ~ for their own folder."""
    home = os.environ.get("HOME", "")
    whole = path.absolute()
    return f"~/{whole.relative_to(home)}" if home and whole.is_relative_to(home) else str(path)


def _span(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if not hours:
        return plural(int(age.total_seconds() // 60), "minute")
    return plural(hours // 24, "day") if hours >= 48 else plural(hours, "hour")


def _size(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count // 1000} kB"
