"""What happens around a run: to its clock, its database, its sources and its outputs."""

from __future__ import annotations

import ctypes
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from tests.trials.faults import child, world
from tests.trials.faults.calls import KILL
from tests.trials.faults.child import Ran
from tests.trials.faults.kind import Kind
from tests.trials.faults.lab import Lab
from tests.trials.faults.world import NOW, STORE

CUT = ("calendar.ics", "notes.md", "config.toml", "sent/202611110900.eml")
"""The sources that are read while they are being written; the config, too."""
LOCKED = ("out", "out/drafts", "out/todo-texts")
OUTPUTS = ("/dev/full", "")
"""Where what is printed goes: to a full device, or into a pipe whose reader has gone."""
_VERSION_3 = 0x20080522


def _killed(lab: Lab, number: int) -> list[Ran]:
    """Kill a run somewhere; each number gives another place."""
    calls = lab.reference().calls
    return [child.run(lab.fresh(), NOW, KILL, 1 + number * 7919 % calls)]


def _then(damage: Callable[[Path, Random], None]) -> Callable[[Lab, int], list[Ran]]:
    """Return what kills a run, and then does something to what it has left."""

    def play(lab: Lab, number: int) -> list[Ran]:
        runs = _killed(lab, number)
        damage(lab.folder, Random(number))
        return runs

    return play


# -- the database


def _delete_store(folder: Path, _: Random) -> None:
    for name in ("", "-wal", "-shm"):
        (folder / f"{STORE}{name}").unlink(missing_ok=True)


def _truncate_log(folder: Path, chance: Random) -> None:
    log = folder / f"{STORE}-wal"
    if log.exists():
        os.truncate(log, chance.randrange(log.stat().st_size + 1))


def _flip(folder: Path, chance: Random) -> None:
    """Turn one bit of the database."""
    file = folder / STORE
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def _spoilt(damage: Callable[[Path, Random], None]) -> Callable[[Lab, int], list[Ran]]:
    """Return what spoils the database; if the runs then find no rest, it is deleted, as the command asks for."""

    def play(lab: Lab, number: int) -> list[Ran]:
        runs = _then(damage)(lab, number)
        runs += [child.run(lab.folder, f"2026-11-11 12:{minute:02}") for minute in (1, 2)]
        if runs[-1].exit or not _readable(lab.folder):
            _delete_store(lab.folder, Random())
        return runs

    return play


def _readable(folder: Path) -> bool:
    try:
        world.state(folder)
    except (sqlite3.Error, ValueError):
        return False
    return True


# -- the user


def _edit_all(folder: Path, _: Random) -> None:
    """Edit every draft and every task."""
    for draft in sorted((folder / "out/drafts").glob("*@*.eml")):
        draft.write_text(f"{draft.read_text()}\nA moi.\n")
    todo = folder / "out/todo.txt"
    todo.write_text(re.sub(r"(?m)^(?!x )(?=.*fr:)", "(A) ", todo.read_text()))


def _edits(folder: Path) -> set[str]:
    drafts = {p.name for p in (folder / "out/drafts").glob("*@*.eml") if p.read_text().endswith("A moi.\n")}
    return drafts | set(re.findall(r"(?m)^\(A\).*$", (folder / "out/todo.txt").read_text()))


def _edited(lab: Lab, number: int) -> list[Ran]:
    runs = _then(_edit_all)(lab, number)
    before = _edits(lab.folder)
    runs += lab.recover(lab.folder)
    gone = before - _edits(lab.folder)
    return [*runs, Ran(0, "", f"unexpected: edited and gone: {gone}" if gone else "", 0)]


# -- the sources


def _cut(lab: Lab, number: int) -> list[Ran]:
    """Read a file of which only so many bytes are written; then it is whole."""
    folder, (file, length) = lab.fresh(), _place(lab, number)
    whole = (folder / file).read_bytes()
    (folder / file).write_bytes(whole[:length])
    ran = child.run(folder, NOW)
    (folder / file).write_bytes(whole)
    return [ran]


def _lengths(lab: Lab) -> list[tuple[str, int]]:
    return [(file, (lab.prior / file).stat().st_size) for file in CUT]


def _place(lab: Lab, number: int) -> tuple[str, int]:
    for file, size in _lengths(lab):
        if number <= size:
            return file, number - 1
        number -= size
    raise ValueError(number)


def _mixed(lab: Lab, number: int) -> list[Ran]:
    """List the events in another order, some of them twice."""
    folder, chance = lab.fresh(), Random(number)
    calendar = folder / "calendar.ics"
    head, *entries = calendar.read_bytes().split(b"BEGIN:VEVENT")
    entries[-1], tail = entries[-1].split(b"END:VCALENDAR")
    entries += chance.sample(entries, 2)
    chance.shuffle(entries)
    calendar.write_bytes(b"BEGIN:VEVENT".join([head, *entries]) + b"END:VCALENDAR" + tail)
    for mail in sorted((folder / "sent").glob("*.eml")):
        (folder / f"sent/{chance.random()}.eml").write_bytes(mail.read_bytes())
    runs = [child.run(folder, NOW)]
    for copy in (folder / "sent").glob("0.*.eml"):
        copy.unlink()
    calendar.write_bytes((lab.prior / "calendar.ics").read_bytes())
    return runs


# -- permissions, the lock, and who listens


def _locked(lab: Lab, number: int) -> list[Ran]:
    place = lab.fresh() / LOCKED[number - 1]
    place.chmod(0o500)
    ran = child.run(lab.folder, NOW, prepare=_unprivileged)
    place.chmod(0o700)
    return [ran]


def _unprivileged() -> None:
    """Let permissions count for root, too (Linux, capset(2))."""
    header, none = (ctypes.c_uint32 * 2)(_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    ctypes.CDLL(None).capset(header, none)


def _held(lab: Lab, number: int) -> list[Ran]:
    folder = lab.fresh()
    before = world.state(folder)
    with closing(sqlite3.connect(folder / f"{STORE}.lock", isolation_level=None)) as lock:
        lock.execute("begin exclusive")
        ran = child.run(folder, NOW)
    idle = ran.exit == 0 and world.state(folder) == before
    return [ran, Ran(0, "", "" if idle else f"unexpected: it worked without the lock: {ran}", 0)]


def _unheard(lab: Lab, number: int) -> list[Ran]:
    return [child.run(lab.fresh(), NOW, prepare=lambda: _print_to(OUTPUTS[number - 1]))]


def _print_to(place: str) -> None:
    read, end = (-1, os.open(place, os.O_WRONLY)) if place else os.pipe()
    if read >= 0:
        os.close(read)
    os.dup2(end, 1)


_ENDLESS = 1_000_000
DAMAGE = (
    Kind(
        "clock-back",
        "killed; the next run is an hour earlier",
        _killed,
        lambda _: _ENDLESS,
        later=("2026-11-11 11:00", "2026-11-11 12:30"),  # until then, what the killed run noted is yet to come
    ),
    Kind(
        "clock-on",
        "killed; the next run is five days later",
        _killed,
        lambda _: _ENDLESS,
        "outputs",
        later=("2026-11-16 12:00",),
    ),
    Kind(
        "log-truncated", "killed; the database's log loses its end", _spoilt(_truncate_log), lambda _: _ENDLESS, "once"
    ),
    Kind(
        "store-deleted",
        "killed; the database is deleted",
        _then(_delete_store),
        lambda _: _ENDLESS,
        "once",
    ),
    Kind("bit-flipped", "killed; one bit of the database turns", _spoilt(_flip), lambda _: _ENDLESS, "once"),
    Kind("edited-meanwhile", "killed; the user edits everything", _edited, lambda _: _ENDLESS, "once"),
    Kind(
        "source-cut",
        "a source or the config is read half-written",
        _cut,
        lambda lab: sum(n for _, n in _lengths(lab)),
        "outputs",
    ),
    Kind("listing-mixed", "sources list events twice and in another order", _mixed, lambda _: _ENDLESS),
    Kind("folder-read-only", "a folder cannot be written", _locked, lambda _: len(LOCKED)),
    Kind("lock-held", "another run is at work", _held, lambda _: 1),
    Kind("nobody-listens", "what is printed cannot be written", _unheard, lambda _: len(OUTPUTS)),
)
