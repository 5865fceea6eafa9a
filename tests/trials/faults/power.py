"""Power cuts, at every call of a run."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from functools import cache

from click.testing import CliRunner

from followup_rules.cli import cli
from followup_rules.keys import hashed
from tests.trials.faults import child, world
from tests.trials.faults.child import Ran
from tests.trials.faults.disk import Disk, Record, kept, records, write
from tests.trials.faults.kind import Kind
from tests.trials.faults.lab import Lab, Verdict
from tests.trials.faults.world import NOW

MODES = 4
_BLOCK = re.compile(r"^([+~-]) \w", re.MULTILINE)


@cache
def recording(lab: Lab) -> list[Record]:
    """Return the calls of an undisturbed run."""
    with tempfile.TemporaryFile() as log:
        folder = lab.fresh()
        child.run(folder, NOW, log=log.fileno())
        log.seek(0)
        return list(records(log.read(), folder))


@cache
def changes(lab: Lab) -> list[dict[str, str]]:
    """Return the changes of an undisturbed run, in their order."""
    found = CliRunner().invoke(cli, ["--config", str(lab.fresh() / "config.toml"), "run", "--json", "--now", NOW])
    return json.loads(found.stdout)["changes"]


def _play(lab: Lab, number: int) -> list[Ran]:
    step, mode = divmod(number - 1, MODES)
    disk, out = Disk(lab.prior), b""
    for record in recording(lab)[:step]:
        disk.do(record)
        out += record.data if record.path == "stdout" else b""
    shutil.rmtree(lab.folder, ignore_errors=True)
    write(disk.after(kept(mode, f"{number}")), lab.folder)
    return [Ran(-9, out.decode(errors="replace"), "", step)]


def _check(lab: Lab, verdict: Verdict, runs: list[Ran]) -> None:
    """See whether what had been reported as done is still done."""
    there = world.markers(lab.folder)
    told = changes(lab)[: len(_BLOCK.findall(runs[0].out))]
    for change in told:
        known = change["key"] in there or hashed(change["key"]) in there
        if change["output"] != "run" and (change["op"] == "withdraw") == known:
            verdict.lost.append(f"reported: {change['op']} {change['key']}")


def _size(lab: Lab) -> int:
    changes(lab)
    return MODES * (len(recording(lab)) + 1)


_ABOUT = "the power fails; what was not synced is lost, kept or torn"
POWER = (
    Kind("power-cut", _ABOUT, _play, _size, check=_check),
    Kind("power-cut-first-run", f"in the very first run, {_ABOUT}", _play, _size, build=world.build_new, check=_check),
)
