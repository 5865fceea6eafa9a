"""What is so now, written into a file of examples."""

import os

import pytest

from followup_rules.simulation import update
from followup_rules.simulation.expectations import Difference
from followup_rules.toml.document import parse
from tests.support.oddfiles import no_waiting

TEXT = """# why
[[example]]
name = "one"   # a name
then = [
  { at = 2026-11-10, states = { nudge = "due", other = 'held' }, makes = [] },  # here
]
"""


def difference(*path, now):
    return Difference(what="states", name="", expected="", found="", path=("example", 0, "then", 0, *path), now=now)


def test_values_are_replaced_where_they_stand_and_all_else_stays():
    document = parse(TEXT, "mine.toml")
    found = [difference("states", "other", now='"due"'), difference("states", "nudge", now='"waiting"'),
             difference("makes", now='["nudge"]'), difference("text", now="")]  # fmt: skip
    wanted = TEXT.replace('"due"', '"waiting"').replace("'held'", '"due"').replace("[] }", '["nudge"] }')
    assert update.updated(document, found) == wanted


def test_line_ends_and_the_mark_at_the_beginning_stay(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    update.write(file, TEXT.replace("one", "two"))
    assert file.read_bytes() == b"\xef\xbb\xbf" + TEXT.replace("one", "two").replace("\n", "\r\n").encode()


def test_a_pipe_that_has_come_in_place_of_the_file_is_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "mine.toml")
    with no_waiting(), pytest.raises(OSError, match="it is a pipe and no file"):
        update.write(tmp_path / "mine.toml", TEXT)
