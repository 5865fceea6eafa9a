"""The source `notes`: its file or folder, and what it remembers from one pull to the next."""

import os
import subprocess
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from followup_rules import Event, Refused, Unreadable
from tests.support.notes import NORDIK, NOW, open_source
from tests.support.oddfiles import no_waiting, strange


def test_a_missing_file_is_unreadable_and_says_what_to_do(tmp_path):
    with pytest.raises(
        Unreadable, match=r"notes\.md does not exist; correct `path`, or make it: an empty file will do"
    ):
        open_source(tmp_path / "notes.md").pull(NOW, "")


def test_a_pipe_is_unreadable_and_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "notes.md")
    with no_waiting(), pytest.raises(Unreadable, match="is a pipe and no file"):
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


def test_a_note_without_a_date_stands_for_when_it_is_read(notes):
    promise, fit = open_source(notes).pull(NOW, "").events
    assert (promise.start, promise.whole_day, promise.undated) == (NOW, False, True)
    assert not fit.undated


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


def doubt(notes, after):
    """Return what the source doubts once its file is something else."""
    cursor = open_source(notes).pull(NOW, "").cursor
    notes.write_bytes(after if isinstance(after, bytes) else after.encode())
    return open_source(notes).pull(NOW, cursor).doubt


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("", "notes.md held notes, and holds none now"),
        (NORDIK, "notes.md held notes, and holds none now"),
        (f"{NORDIK}- #promise one\n- 2026-11", "notes.md ends in the middle of a line"),
        (f"{NORDIK}- #promise on", "notes.md ends in the middle of a line"),
        (f"{NORDIK}- #promise one", "notes.md ends in the middle of a line"),
        (
            f"{NORDIK}- #promise one\n- 2026-11-10 #fit caf\u00e9".encode()[:-1],
            "notes.md ends in the middle of a letter",
        ),
    ],
)
def test_a_file_that_is_half_there_is_doubted(notes, after, said):
    assert doubt(notes, after).startswith(said)


@pytest.mark.parametrize(
    "after",
    [
        f"{NORDIK}- #promise one\n",
        f"{NORDIK}- #promise one\n- 2026-11-10 #fit more",
        f"{NORDIK}- #promise one\n- 2026-11-10 #fit\n- #issue new",
        f"{NORDIK}- #issue another\n- #promise on",
    ],
)
def test_a_file_that_somebody_edited_is_not_doubted(notes, after):
    assert doubt(notes, after) == ""


@pytest.mark.parametrize(
    "copy",
    [
        "notes.sync-conflict-20261112-101010-ABCDEFG.md",
        "notes (Camille's conflicted copy 2026-11-12).md",
        "notes (conflicted copy 2026-11-12 101010).md",
        "notes (copie en conflit de Camille 2026-11-12).md",
    ],
)
@pytest.mark.parametrize("folder", [True, False])
def test_the_copy_of_a_conflict_is_told_and_doubles_nothing(tmp_path, notes, copy, folder):
    (tmp_path / copy).write_text(notes.read_text())
    problem, *events = open_source(tmp_path if folder else notes).pull(NOW, "").events
    assert problem.where == copy
    assert len(events) == 2


@pytest.mark.parametrize("folder", [True, False])
def test_a_file_that_icloud_keeps_elsewhere_is_unreadable(tmp_path, notes, folder):
    notes.rename(tmp_path / ".notes.md.icloud")
    with pytest.raises(Unreadable, match=r"notes\.md has not been downloaded"):
        open_source(tmp_path if folder else notes).pull(NOW, "")


@pytest.mark.parametrize("odd", ["away", "binary", "placeholder", "too-large", "cannot-be-opened"])
def test_one_file_that_cannot_be_read_is_named_and_leaves_open_what_is_gone(tmp_path, notes, odd, request):
    path = tmp_path / "other.md"
    match odd:
        case "away":
            path.symlink_to("/nowhere/other.md")
        case "binary":
            path.write_bytes(b"## Nordik\0")
        case "placeholder":
            (tmp_path / ".other.md.icloud").write_text("")
        case "too-large":
            path.touch()
            os.truncate(path, 2**40)
        case "cannot-be-opened":
            request.getfixturevalue("unprivileged")
            path.write_text(NORDIK)
            path.chmod(0)
    with no_waiting():
        pull = open_source(tmp_path).pull(NOW, "")
    assert ([part.where for part in pull.unread], len(pull.events), pull.complete) == (["other.md"], 2, False)
    assert open_source(tmp_path).pull(NOW, pull.cursor).unread == pull.unread


def test_after_a_part_of_the_picture_the_whole_is_shown_even_if_no_file_has_changed(tmp_path, notes):
    other = tmp_path / "other.md"
    other.write_text(f"{NORDIK}- 2026-11-11 #fit\n")
    before = open_source(tmp_path).pull(NOW, "")
    other.rename(tmp_path / "kept")
    other.symlink_to("/nowhere/other.md")
    notes.write_text(f"{NORDIK}- 2026-11-10 #fit\n")
    part = open_source(tmp_path).pull(NOW, before.cursor)
    (tmp_path / "kept").rename(other)
    whole = open_source(tmp_path).pull(NOW, part.cursor)
    assert (len(part.events), part.complete, len(whole.events), whole.complete) == (1, False, 2, True)


def test_what_can_hold_no_notes_is_told_and_nothing_is_missing_without_it(tmp_path):
    folder = tmp_path / "notes"
    strange(folder, ".md")
    (tmp_path / "beside.md").write_text(f"{NORDIK}- 2026-11-11 #fit\n")
    (folder / "a.md").write_text(f"{NORDIK}- 2026-11-10 #fit\n")
    with no_waiting():
        pull = open_source(folder).pull(NOW, "")
    events = [item for item in pull.events if isinstance(item, Event)]
    assert ([event.where for event in events], pull.complete) == (["a.md:2"], True)
    assert len(pull.events) == 5


@pytest.mark.parametrize("name", ["notes 2.md", "notes (1).md", "notes-LAPTOP.md"])
def test_a_copy_under_a_name_that_people_give_too_is_known_by_what_it_holds(tmp_path, notes, name):
    (tmp_path / name).write_text(notes.read_text() + "- 2026-11-11 #fit\n")
    problem, *events = open_source(tmp_path).pull(NOW, "").events
    assert (problem.where, len(events)) == (name, 2)


@pytest.mark.parametrize("text", ["- #promise one\n", "- 2026-11-11 #fit\n- 2026-11-12 #fit\n- #promise one\n", ""])
def test_a_second_file_of_the_users_own_is_no_copy(tmp_path, notes, text):
    """A reminder without a date may stand in the notes of each week."""
    (tmp_path / "notes 2.md").write_text(f"{NORDIK}{text}")
    pull = open_source(tmp_path).pull(NOW, "")
    assert all(isinstance(item, Event) for item in pull.events)
    assert len(pull.events) == 2 + text.count("\n")


@pytest.mark.parametrize("away", ["link", "placeholder"])
def test_no_note_is_written_in_place_of_a_file_that_lies_elsewhere_for_now(tmp_path, away):
    path = tmp_path / "notes.md"
    (path if away == "link" else tmp_path / ".notes.md.icloud").symlink_to(tmp_path / "disk" / "notes.md")
    with pytest.raises(Refused, match=r"is missing; mount it|has not been downloaded"):
        open_source(path).add_note("nordik", "#called", NOW, lambda case, _: case)
    assert not (tmp_path / "disk").exists()


def test_no_note_is_written_into_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "notes.md")
    with no_waiting(), pytest.raises(Refused, match="is a pipe and no file"):
        open_source(tmp_path / "notes.md").add_note("nordik", "#called", NOW, lambda case, _: case)
