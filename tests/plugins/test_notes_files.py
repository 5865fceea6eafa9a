"""The source `notes`: its file or folder, and what it remembers from one pull to the next."""

import os
import subprocess
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from followup_rules import Unreadable
from tests.support.notes import NORDIK, NOW, open_source


def test_a_missing_file_is_unreadable_and_says_what_to_do(tmp_path):
    with pytest.raises(Unreadable, match=r"notes\.md does not exist; create it, or run `followup init`"):
        open_source(tmp_path / "notes.md").pull(NOW, "")


def test_a_pipe_is_unreadable_and_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "notes.md")
    with pytest.raises(Unreadable, match="not a file of text"):
        open_source(tmp_path / "notes.md").pull(NOW, "")


def test_a_folder_is_read_with_its_subfolders(tmp_path):
    for name in ("b.md", "a b/My Notes.MD", ".trash/old.md", "readme.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{NORDIK}- 2026-11-10 #fit\n")
    events = open_source(tmp_path).pull(NOW, "").events
    assert [(event.id, event.where) for event in events] == [
        ("My-Notes:julie.roy@nordik.ca:2026-11-10:fit", "a b/My Notes.MD:2"),
        ("b:julie.roy@nordik.ca:2026-11-10:fit", "b.md:2"),
    ]


def test_files_of_the_same_name_have_notes_of_their_own(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.md").write_text(f"{NORDIK}- 2026-11-10 #fit\n")
    first, second = open_source(tmp_path).pull(NOW, "").events
    assert second.id == f"{first.id}:2"


def test_a_file_name_that_is_not_utf_8_can_be_shown(tmp_path):
    (tmp_path / os.fsdecode(b"\xe9t\xe9.md")).write_text(f"{NORDIK}- 2026-11-10 #fit\n")
    (event,) = open_source(tmp_path).pull(NOW, "").events
    assert event.where.encode() == b"\\udce9t\\udce9.md:2"


def test_an_empty_folder_is_fine(tmp_path):
    pull = open_source(tmp_path).pull(NOW, "")
    assert (list(pull.events), pull.complete) == ([], True)


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "notes.md"
    path.write_text(f"{NORDIK}- #promise one\n- 2026-11-10 #fit\n")
    return path


def test_unchanged_notes_are_not_read_again(notes):
    first = open_source(notes).pull(NOW, "")
    second = open_source(notes, now=NOW + timedelta(days=1)).pull(NOW, first.cursor)
    assert (list(second.events), second.cursor, second.complete) == ([], first.cursor, False)


def test_a_change_gives_the_whole_picture(notes):
    cursor = open_source(notes).pull(NOW, "").cursor
    notes.write_text(f"{NORDIK}- #promise one, edited\n")
    pull = open_source(notes, now=NOW + timedelta(days=1)).pull(NOW, cursor)
    assert [event.title for event in pull.events] == ["one, edited"]
    assert pull.complete


def test_a_note_without_a_date_stands_for_when_it_was_first_seen(notes):
    cursor = open_source(notes).pull(NOW, "").cursor
    notes.write_text(f"{NORDIK}- #promise one, edited\n- #issue new\n")
    later = NOW + timedelta(days=1)
    promise, issue = open_source(notes, now=later).pull(NOW, cursor).events
    assert (promise.start, promise.whole_day) == (NOW, False)
    assert issue.start == later


def test_a_removed_file_of_a_folder_is_a_change(tmp_path, notes):
    (tmp_path / "other.md").write_text(f"{NORDIK}- #fit\n")
    cursor = open_source(tmp_path).pull(NOW, "").cursor
    notes.unlink()
    pull = open_source(tmp_path).pull(NOW, cursor)
    assert (len(pull.events), pull.complete) == (1, True)


def test_another_zone_reads_the_notes_again(notes):
    cursor = open_source(notes).pull(NOW, "").cursor
    pull = open_source(notes, zone=ZoneInfo("Europe/Paris")).pull(NOW, cursor)
    assert pull.events[1].start.isoformat() == "2026-11-10T00:00:00+01:00"
    assert pull.events[0].start == NOW


@pytest.mark.parametrize("cursor", ["rubbish", "[]", "1", '{"reading": ""}', '{"reading": 1, "files": 2, "seen": 3}'])
def test_a_cursor_that_makes_no_sense_counts_as_none(notes, cursor):
    assert len(open_source(notes).pull(NOW, cursor).events) == 2


def test_unchanged_notes_load_no_markdown_library(notes):
    cursor = open_source(notes).pull(NOW, "").cursor
    script = f"""
import sys, datetime, pathlib, zoneinfo
import followup_notes
from followup_rules import Context, Profile
zone = zoneinfo.ZoneInfo("America/Toronto")
now = datetime.datetime(2026, 11, 20, tzinfo=zone)
kind, = followup_notes.register_sources()
context = Context(profile=Profile(me=frozenset(["me@example.org"]), timezone=zone), now=now)
pull = kind.open(kind.options(path=pathlib.Path({str(notes)!r})), context).pull(now, {cursor!r})
print(len(pull.events), pull.complete, "markdown_it" in sys.modules, "followup_notes.grammar" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False", "False", "False"]
