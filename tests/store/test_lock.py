"""Two runs on one store: one works, the other says so; a dead process holds nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from followup_rules.store.database import StoreError
from followup_rules.store.lock import Busy, only_run
from followup_rules.store.lock import holder as held_by
from tests.support.configs import PROFILE
from tests.support.oddfiles import no_waiting

HOLD = """
import sys
from pathlib import Path
from followup_rules.store.lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / "followup.db")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_says_so_and_ends_well(holder, tmp_path):
    (tmp_path / "config.toml").write_text(f'{PROFILE}[store]\npath = "followup.db"\n')
    result = CliRunner().invoke(cli, ["--config", str(tmp_path / "config.toml"), "run"])
    assert result.exit_code == 0
    assert "another run is at work" in result.stderr
    assert not (tmp_path / "followup.db").exists()


def test_the_lock_of_a_killed_run_does_not_block(holder, tmp_path):
    with pytest.raises(Busy), only_run(tmp_path / "followup.db"):
        pass
    holder.kill()
    holder.wait()
    with only_run(tmp_path / "followup.db"):
        pass


def test_nobody_else_may_read_the_lock(tmp_path):
    with only_run(tmp_path / "followup.db"):
        assert (tmp_path / "followup.db.lock").stat().st_mode & 0o777 == 0o600


def test_who_holds_the_lock_is_known_while_it_is_held(holder, tmp_path):
    store = tmp_path / "followup.db"
    assert held_by(store).process == holder.pid
    with pytest.raises(Busy, match=rf"process {holder.pid}, since \w+ [-\d]+ \d\d:\d\d"), only_run(store):
        pass
    holder.kill()
    holder.wait()
    assert held_by(store) is None


def test_an_old_signature_of_a_living_process_is_no_lock(tmp_path):
    store = tmp_path / "followup.db"
    with only_run(store):
        pass
    (tmp_path / "followup.db.holder").write_text(f"{os.getppid()} 2026-01-01T00:00:00+00:00\n")
    assert held_by(store) is None
    (tmp_path / "followup.db.holder").write_text("what is this?")
    assert held_by(store) is None


def test_a_lock_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"), only_run(tmp_path / "file" / "followup.db"):
        pass
    (tmp_path / "followup.db.lock").write_text("not a lock, and longer than a line of text ever should be in a lock")
    with (
        pytest.raises(StoreError, match=r"the lock .*followup\.db\.lock is damaged"),
        only_run(tmp_path / "followup.db"),
    ):
        pass


@pytest.mark.parametrize("end", ["lock", "holder"])
def test_a_pipe_beside_the_store_is_never_waited_for(tmp_path, end):
    store = tmp_path / "followup.db"
    os.mkfifo(tmp_path / f"followup.db.{end}")
    with no_waiting():
        assert held_by(store) is None
        with only_run(store) if end == "holder" else pytest.raises(StoreError, match="it is a pipe and no file"):
            if end == "lock":
                only_run(store).__enter__()
            assert held_by(store).process == os.getpid()


@pytest.mark.parametrize(
    "left",
    [
        "",
        "7",
        "99999999999999999999 2026-01-01T00:00:00+00:00",
        "-1 2026-01-01T00:00:00+00:00",
        "1 2026-01-01",
        "\xff" * 99,
    ],
)
def test_whatever_was_left_beside_the_lock_names_nobody(holder, tmp_path, left):
    store = tmp_path / "followup.db"
    (tmp_path / "followup.db.holder").write_text(left, "latin-1")
    assert held_by(store) is None
    with pytest.raises(Busy) as busy, only_run(store):
        pass
    assert str(busy.value) == ""


def test_a_run_on_another_computer_is_named_with_it(holder, tmp_path):
    """A store may lie on a disk that several share; there a process of the same number is another one."""
    store = tmp_path / "followup.db"
    (tmp_path / "followup.db.holder").write_text("2147483000 2026-11-09T10:00:00+00:00 attic\n")
    assert (held_by(store).process, held_by(store).host) == (2147483000, "attic")
    with pytest.raises(Busy, match="process 2147483000 on attic, since"), only_run(store):
        pass
    holder.kill()
    holder.wait()
    assert held_by(store) is None


@pytest.mark.usefixtures("unprivileged")
def test_what_cannot_be_written_over_is_put_aside(tmp_path):
    store = tmp_path / "followup.db"
    left = tmp_path / "followup.db.holder"
    left.write_text("7 2026-01-01T00:00:00+00:00\n")
    left.chmod(0o400)
    with only_run(store):
        assert held_by(store).process == os.getpid()


def test_without_room_for_a_word_of_who_the_lock_holds(tmp_path, monkeypatch):
    """The file could still be made, and the disk was full when it was to be written."""

    def full(handle, mode):
        os.close(handle)
        return Path("/dev/full").open(mode)

    store = tmp_path / "followup.db"
    monkeypatch.setattr("followup_rules.store.lock.os.fdopen", full)
    with only_run(store):
        assert (tmp_path / "followup.db.holder").read_bytes() == b""
        assert held_by(store) is None
        with pytest.raises(Busy) as busy, only_run(store):
            pass
    assert str(busy.value) == ""


def test_without_room_for_the_lock_it_is_said_in_a_sentence(tmp_path):
    """A process whose files may not grow sees what all see on a full disk."""
    script = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n{HOLD}"
    command = [sys.executable, "-c", script, str(tmp_path / "followup.db")]
    found = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, "")
    assert "StoreError: the disk failed while the store" in found.stderr
    with only_run(tmp_path / "followup.db"):
        assert held_by(tmp_path / "followup.db").process == os.getpid()


def test_without_a_place_for_the_signature_the_lock_still_holds(tmp_path):
    (tmp_path / "followup.db.holder").mkdir()
    with only_run(tmp_path / "followup.db"), pytest.raises(Busy), only_run(tmp_path / "followup.db"):
        pass
