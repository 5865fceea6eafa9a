"""The true command under strace: killed for real, and its calls counted by the kernel, to check the shim."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.trials.faults import child
from tests.trials.faults.child import Ran
from tests.trials.faults.kind import Kind
from tests.trials.faults.lab import Lab
from tests.trials.faults.shim import Fault, Op
from tests.trials.faults.world import NOW

CALLS = {
    Op.WRITE: "write pwrite64 writev pwritev pwritev2 sendfile copy_file_range",
    Op.SYNC: "fsync fdatasync sync_file_range msync",
    Op.RENAME: "rename renameat renameat2",
    Op.UNLINK: "unlink unlinkat rmdir",
    Op.TRUNCATE: "ftruncate truncate fallocate",
    Op.MKDIR: "mkdir mkdirat",
    Op.MODE: "chmod fchmod fchmodat fchown fchownat utimensat",
    Op.LINK: "link linkat symlink symlinkat",
}
"""The system calls by which a file can change, but for opening it."""
_OP = {name: op for op, names in CALLS.items() for name in names.split()}
_LINE = re.compile(r"^\d+ +(\w+)\(")
_MAKES = ("O_CREAT", "O_TRUNC")


def _strace(lab: Lab, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the true command under strace."""
    followup = Path(sys.executable).with_name("followup")
    command = ["strace", "-f", "-qq", *options, followup, "--config", lab.folder / "config.toml", "run", "--now", NOW]
    plain = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    with (lab.folder / "stdout").open("a") as out, (lab.folder / "stderr").open("a") as err:
        return subprocess.run(command, stdout=out, stderr=err, text=True, env=plain, check=False)


def _killed(lab: Lab, number: int) -> list[Ran]:
    lab.fresh()
    names = ",".join(_OP)
    with tempfile.NamedTemporaryFile() as log:
        inject = f"inject={names}:signal=SIGKILL:when={number}"
        done = _strace(lab, "-o", log.name, "-e", f"trace={names}", "-e", inject)
    return [Ran(done.returncode, (lab.folder / "stdout").read_text(), "", number)]


def by_kernel(lab: Lab) -> Counter[Op]:
    """Count the calls of the true command below the folder, as the kernel sees them."""
    folder = lab.fresh()
    with tempfile.NamedTemporaryFile("r") as log:
        _strace(lab, "-y", "-s", "8", "-o", log.name, "-e", f"trace=open,openat,creat,{','.join(_OP)}")
        calls = [(found[1], line) for line in log if f"{folder}" in line and (found := _LINE.match(line))]
    ops = ((_OP.get(name, Op.OPEN), line) for name, line in calls)
    return Counter(op for op, line in ops if op != Op.OPEN or any(made in line for made in _MAKES))


def by_shim(lab: Lab) -> Counter[Op]:
    """Count the calls of the forked command, as the shim sees them."""
    counts = {op: child.run(lab.fresh(), NOW, Fault(mask=1 << op)).calls for op in Op}
    return Counter({op: count for op, count in counts.items() if count})


TRUTH = (
    Kind(
        "truly-killed",
        "the true command, killed by strace",
        _killed,
        lambda lab: sum(count for op, count in by_kernel(lab).items() if op != Op.OPEN),
        most=100,
    ),
)
AVAILABLE = shutil.which("strace") is not None
