"""Reads calendars beside ical.js: `python -m tests.trials.calendars`. Every disagreement is judged once, in judged.toml."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from .sides import NODE_MODULES, Calendar, Meeting, calendars, ours, theirs

JUDGED = Path(__file__).with_name("judged.toml")


def main() -> int:
    """Run, print, and return 1 if a disagreement is not judged, or one that was judged is no more."""
    if not (NODE_MODULES / "ical.js").is_dir():
        _say("ical.js is not there (`make npm`): nothing is compared")
        return 0
    files = calendars()
    other = theirs(files.values())
    found = {name: sorted(differences(ours(file), other[file])) for name, file in files.items()}
    judged: dict[str, dict[str, str]] = tomllib.loads(JUDGED.read_text(encoding="utf-8"))
    differ = {name: kinds for name, kinds in found.items() if kinds}
    _say(f"{len(files)} calendars: {len(files) - len(differ)} agree wholly, {len(differ)} differ")
    new = [
        (name, kind)
        for name, kinds in differ.items()
        for kind in kinds
        if kind.split(":")[0] not in judged.get(name, {})
    ]
    kinds = {name: {kind.split(":")[0] for kind in kinds} for name, kinds in found.items()}
    gone = [(name, kind) for name, reasons in judged.items() for kind in reasons if kind not in kinds.get(name, {kind})]
    for name, kind in new:
        _say(f"  not judged: {name}: {kind}")
    for name, kind in gone:
        _say(f"  judged, and there no more: {name}: {kind}")
    return int(bool(new or gone))


def differences(mine: Calendar, other: Calendar) -> Iterator[str]:
    """Yield the kinds of difference between two readings, each with an example."""
    if mine.fault or other.fault:
        if mine.fault and not other.fault:
            yield f"only ical.js reads it: {mine.fault}"
        elif other.fault and not mine.fault and mine.meetings:
            yield f"only followup reads it: {other.fault}"
        return
    if mine.left_out:
        yield f"left out: {mine.left_out[0]}"
    here, there = ({(one.uid, one.start): one for one in side.meetings} for side in (mine, other))
    missing, extra = sorted(there.keys() - here.keys()), sorted(here.keys() - there.keys())
    if missing:
        yield f"occurrences missing: {len(missing)}, {missing[0]}"
    if extra:
        yield f"occurrences more: {len(extra)}, {extra[0]}"
    for kind in ("end", "cancelled", "people"):
        unequal = [(here[key], there[key]) for key in sorted(here.keys() & there.keys())
                   if getattr(here[key], kind) != getattr(there[key], kind)]  # fmt: skip
        if unequal:
            yield f"{kind}: {_shown(unequal[0], kind)}"


def _shown(pair: tuple[Meeting, Meeting], kind: str) -> str:
    mine, other = (getattr(one, kind) for one in pair)
    return f"{pair[0].uid} {pair[0].start:%Y-%m-%d %H:%M}: {mine} and {other}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
