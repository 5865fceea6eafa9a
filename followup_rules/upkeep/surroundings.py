"""What surrounds a store: the environment of runs, the lock, the files and the disk. Nothing is changed."""

from __future__ import annotations

import locale
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.model import Problem
from followup_rules.sentences import Sentence, together
from followup_rules.store.backup import copies
from followup_rules.store.lock import holder
from followup_rules.upkeep.exposed_addresses import exposed_addresses
from followup_rules.upkeep.finding import Finding, size, span
from followup_rules.upkeep.synced import synced_by

# A first run over years of mail takes minutes, and every plugin has a time limit of its own.
LONGEST_RUN = timedelta(hours=1)
LEAST_ROOM = 50_000_000
"""Bytes on the disk of the store."""


def environment(config: Config, now: datetime) -> Iterator[Finding]:
    """Look at what a run gets from whoever starts it, as of `now` (in the user's zone)."""
    zone = config.profile.timezone
    yield Finding(Sentence("time zone"), f"{zone}, {now:%Y-%m-%d %H:%M} (UTC{now:%z})")
    # cron starts programs with next to no environment.
    encoding, home = locale.getencoding(), os.environ.get("HOME", "")
    problems = []
    if encoding.lower().replace("-", "") != "utf8":
        message = Sentence("text is taken to be in {encoding}, so names may be shown wrongly", encoding=encoding)
        problems.append(_surroundings(message, Sentence("put LANG=C.UTF-8 into the crontab")))
    if not home:
        problems.append(
            _surroundings(
                Sentence("HOME is not set, so ~ in paths leads nowhere"), Sentence("put HOME=... into the crontab")
            )
        )
    fact = Sentence("text in {encoding}, HOME is {home}", encoding=encoding, home=home or Sentence("not set"))
    yield Finding(Sentence("environment"), fact, tuple(problems))


def _surroundings(message: str, hint: str) -> Problem:
    return Problem("environment", message, Code.SURROUNDINGS, hint=hint, warning=True)


def lock(store: Path) -> Finding:
    """Look whether a run is at work, and since when."""
    run = holder(store)
    if run is None:
        return Finding(Sentence("lock"), Sentence("no run is at work"))
    # The clock of this computer and no `--now`: the other run began by it, too.
    age = datetime.now(UTC) - run.since
    process: object = run.process
    if not run.is_here:
        process = Sentence("{process} on {host}", process=process, host=run.host)
    fact = Sentence("process {process} is at work since {since}", process=process, since=run.since.astimezone())
    if age < LONGEST_RUN:
        return Finding(Sentence("lock"), fact)
    message = Sentence(
        "process {process} has been at work for {span}, and no other run can begin",
        process=process,
        span=span(age),
    )
    hint = Sentence("if it hangs, end it: kill {process}; the next run completes its work", process=run.process)
    if not run.is_here:
        hint = Sentence(
            "if it hangs, end it on {host}: kill {process}; the next run completes its work",
            host=run.host,
            process=run.process,
        )
    return Finding(Sentence("lock"), fact, (Problem("lock", message, Code.ENDLESS_RUN, hint=hint),))


def files(config: Config) -> Finding:
    """Look at the files of the store, and at those that outputs may have made: who can read them."""
    # SQLite's log and index of it, the lock and who holds it, and the last note, which may be taken back.
    ends = ("", "-wal", "-shm", ".lock", ".holder", ".last-note")
    beside = [config.store.with_name(config.store.name + end) for end in ends]
    files = [file for file in (*beside, *copies(config.store)) if file.exists()]
    problems = [problem for file in files for problem in _exposed(file)]
    problems += exposed_addresses(config)
    exposed = bool(problems)
    around = next((parent for parent in config.store.absolute().parents if parent.is_dir()), None)
    room = shutil.disk_usage(around).free if around else None
    if room is not None and room < LEAST_ROOM:
        message = Sentence("the disk of {parent} has only {size} left", parent=config.store.parent, size=size(room))
        problems.append(
            Problem(
                "store",
                message,
                Code.SURROUNDINGS,
                hint=Sentence("make room; a run that finds none does nothing"),
                warning=True,
            )
        )
    problems += _synced(config.store)
    names = ", ".join(copy.name for copy in copies(config.store))
    listed = Sentence("copies beside the store: {names}", names=names) if names else ""
    reach = Sentence("others may reach them") if exposed else Sentence("for you alone")
    return Finding(Sentence("files"), together(reach, listed), tuple(problems))


def _synced(store: Path) -> Iterator[Problem]:
    """Tell of a store that a program copies to other computers, perhaps in the middle of a run."""
    if found := synced_by(store):
        program, folder = found
        message = Sentence(
            "{store} lies in {folder}, which is a folder of {program}'s: it would copy half of what a run writes",
            store=store,
            folder=folder,
            program=program,
        )
        hint = Sentence(
            "give each computer a store of its own elsewhere: [store] path; notes and outputs may be synchronized"
        )
        yield Problem("store", message, Code.SYNCED_STORE, hint=hint, warning=True)


def _exposed(file: Path) -> Iterator[Problem]:
    info = file.stat()
    if info.st_uid != os.geteuid():
        message = Sentence(
            "{file} belongs to another user, so that a run of yours may not be able to write it", file=file
        )
        yield Problem(
            "store",
            message,
            Code.EXPOSED,
            hint=Sentence("give it back: sudo chown {geteuid} {file}", geteuid=os.geteuid(), file=file),
        )
    if info.st_mode & 0o077:
        message = Sentence(
            "other users of this computer may read or write {file}, and it holds what you write and to whom", file=file
        )
        yield Problem("store", message, Code.EXPOSED, hint=f"chmod 600 {file}")
    # With the sticky bit, as in /tmp, only its owner may replace a file.
    if file.parent.stat().st_mode & 0o002 and not file.parent.stat().st_mode & 0o1000:
        message = Sentence("everybody may replace the files in {parent}", parent=file.parent)
        yield Problem("store", message, Code.EXPOSED, hint=f"chmod 700 {file.parent}")
