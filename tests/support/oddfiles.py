"""What lies under the name of a file and is none: real pipes, sockets and links, and a limit for what may wait for them."""

import os
import signal
import socket
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def no_waiting(seconds=20):
    """Fail where something waits for a pipe, rather than wait with it."""

    def given_up(*_):
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, given_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def make_socket(path):
    place = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path.name)
    os.chdir(place)


def strange(folder, ending):
    """Put everything into a folder that has the name of a file and can hold nothing, and links in circles."""
    folder.mkdir(parents=True, exist_ok=True)
    os.mkfifo(folder / f"fifo{ending}")
    (folder / f"folder{ending}").mkdir()
    (folder / f"loop{ending}").symlink_to(f"loop{ending}")
    (folder / f"device{ending}").symlink_to("/dev/zero")
    (folder / "around").symlink_to(folder)
    (folder / "above").symlink_to(folder.parent)
    make_socket(folder / f"socket{ending}")
