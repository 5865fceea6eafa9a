"""The real command in a process of its own, which may take only so much memory and time of the processor."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

MEMORY = 2 << 30
"""In bytes of address space: four times what the command needs for the largest files that it reads."""
SECONDS = 240
"""Of the processor: many times what any input may take on a slow machine; an endless loop takes more."""


def followup(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Call the command in a folder with a `config.toml`; it must end by itself, with an exit code of its own."""
    command = [sys.executable, "-m", "followup_rules", "--config", str(folder / "config.toml"), *arguments]
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, preexec_fn=_limited, check=False)
    assert done.returncode in (0, 1, 2), f"it ended with {done.returncode}: {done.stderr[-2000:]!r}"
    said = done.stderr + done.stdout
    for fault in (b"Traceback", b"unexpected ", b"MemoryError", b"RecursionError", b"fault of followup itself"):
        assert fault not in said, said[-3000:]
    return done


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
