"""The kinds of faults of an output that misbehaves."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from click.testing import CliRunner

from followup_rules.cli import cli
from tests.support.storybook import CONFIG
from tests.trials.faults import child, stubborn, world
from tests.trials.faults.child import Ran
from tests.trials.faults.kind import Kind
from tests.trials.faults.lab import Lab
from tests.trials.faults.shim import Fault
from tests.trials.faults.stubborn import LISTS, WAYS
from tests.trials.faults.world import NOW

_CONFIG = CONFIG.replace('"eml"\npath = "out/drafts"', '"stubborn"\npath = "out/at-drafts"').replace(
    '"todotxt"\npath = "out/todo.txt"', '"stubborn"\npath = "out/at-tasks"'
)
FIND_FAILS = 2


def build_stubborn(folder: Path) -> None:
    """Make the world, with outputs that misbehave when told so."""
    plugins = folder.with_name("plugins")
    info = plugins / "stubborn-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stubborn\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[followup_rules]\nstubborn = {stubborn.__name__}\n")
    sys.path.append(str(plugins))
    world.build(folder, _CONFIG, hand=False)


def _calls(lab: Lab) -> int:
    """Return how many calls the outputs get in an undisturbed run."""
    found = CliRunner().invoke(cli, ["--config", str(lab.fresh() / "config.toml"), "run", "--json", "--now", NOW])
    return sum(change["output"] != "run" for change in json.loads(found.stdout)["changes"])


def _kind(way: str) -> Kind:
    def play(lab: Lab, number: int) -> list[Ran]:
        folder = lab.fresh()
        said = {"way": way, "at": number, "mute": FIND_FAILS if way == "find-fails" else 0}
        (folder / "misbehaviour").write_text(json.dumps(said))
        runs = [child.run(folder, NOW, Fault())]
        if way == "find-fails":
            runs += [child.run(folder, f"2026-11-11 12:0{minute}") for minute in range(1, FIND_FAILS + 1)]
        (folder / "misbehaviour").unlink()
        for again in folder.glob("out/at-*/*-again"):
            again.unlink()
        return runs

    return Kind(way, WAYS[way], play, (lambda _: 1) if way in LISTS else _calls, "outputs", build=build_stubborn)


STUBBORN = tuple(_kind(way) for way in WAYS)
