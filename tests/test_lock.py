"""Two runs on one store: one works, the other says so; a dead process holds nothing."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from followup_rules.lock import Busy, only_run

HOLD = """
import sys
from pathlib import Path
from followup_rules.lock import only_run
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
    (tmp_path / "config.toml").write_text(
        '[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"\n[store]\npath = "followup.db"\n'
    )
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
