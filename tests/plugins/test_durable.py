"""Files that plugins write for the user: whole, or not at all."""

import os

import pytest

from followup_rules import durable


def test_what_is_no_file_is_never_replaced_by_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="no regular file, and is not replaced"):
        durable.write(pipe, b"text")
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_file_and_a_link_that_leads_nowhere_are_replaced(tmp_path):
    file, link = tmp_path / "a", tmp_path / "b"
    file.write_bytes(b"old")
    link.symlink_to(tmp_path / "nothing")
    for place in (file, link):
        durable.write(place, b"new", 0o640)
        assert (place.read_bytes(), place.stat().st_mode & 0o777, place.is_symlink()) == (b"new", 0o640, False)
