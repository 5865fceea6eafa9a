"""Servers that npm has, as children that listen on the loopback only and end with the tests."""

from __future__ import annotations

import os
import select
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen, TimeoutExpired
from typing import IO

from tests.support.project import ROOT

MODULES = ROOT / "out/npm/node_modules"
"""Where `npm install --prefix out/npm` puts packages."""
_HERE = Path(__file__).parent
_PATIENCE = 60.0


class MissingError(Exception):
    """What a server needs and this machine has not."""


def node() -> str:
    """Return the path of Node."""
    found = shutil.which("node")
    if not found:
        raise MissingError("node is not installed")
    return found


def package(name: str) -> Path:
    """Return the folder of a package."""
    folder = MODULES / name
    if not folder.is_dir():
        raise MissingError(f"the npm package {name} is not in out/npm")
    return folder


def environment() -> dict[str, str]:
    """Return the environment in which scripts of Node find the packages."""
    return {**os.environ, "NODE_PATH": str(MODULES)}


@contextmanager
def serving(script: Path, *arguments: str) -> Iterator[str]:
    """Run a server, and give its URL once it listens; it ends with the block, and also if this process dies in it."""
    told, telling = os.pipe()
    with tempfile.TemporaryFile() as log, os.fdopen(told, "rb") as port:
        process = _started([str(script), *arguments], telling, log)
        os.close(telling)
        try:
            yield f"http://127.0.0.1:{_read(port, log)}"
        finally:
            _end(process)


def _started(command: list[str], pipe: int, log: IO[bytes]) -> Popen[bytes]:
    """Start Node so that it tells its port through the pipe; it ends as soon as its standard input does."""
    command = [node(), "--require", str(_HERE / "loopback.cjs"), *command]
    variables = environment() | {"LOOPBACK_PIPE": str(pipe)}
    return Popen(command, stdin=PIPE, stdout=log, stderr=STDOUT, env=variables, pass_fds=[pipe])


def _read(port: IO[bytes], log: IO[bytes]) -> int:
    ready, _, _ = select.select([port], [], [], _PATIENCE)
    line = port.readline() if ready else b""
    if not line:
        log.seek(0)
        raise RuntimeError(f"the server does not listen: {log.read()[-2000:].decode(errors='replace')}")
    return int(line)


def _end(process: Popen[bytes]) -> None:
    assert process.stdin
    process.stdin.close()
    try:
        process.wait(10)
    except TimeoutExpired:
        process.kill()
        process.wait()
