"""Opening and finding files of the user's, whatever lies under their names: no waiting, no circle, nothing unbounded."""

import errno
import os

import pytest

from followup_rules import regular_files
from followup_rules.regular_files import NotRegular, TooLarge
from followup_rules.sync_names import is_second_version_of, maybe_second_version_of, placeholder_of
from tests.support.oddfiles import make_socket, no_waiting, strange


def names(found):
    return list(found.files)


def test_a_file_is_read_and_so_is_one_that_a_link_leads_to(tmp_path):
    (tmp_path / "a.md").write_bytes(b"text")
    (tmp_path / "b.md").symlink_to("a.md")
    assert regular_files.read(tmp_path / "a.md", 4) == regular_files.read(tmp_path / "b.md", 4) == b"text"


@pytest.mark.parametrize("call", [regular_files.opened, regular_files.check, regular_files.make])
def test_what_is_no_file_is_told_at_once(tmp_path, call):
    os.mkfifo(tmp_path / "pipe")
    make_socket(tmp_path / "socket")
    for name, kind in (("pipe", "a pipe"), ("socket", "a socket"), (".", "a folder"), ("/dev/zero", "a device")):
        with no_waiting(), pytest.raises(NotRegular, match=f"it is {kind} and no file"):
            call(tmp_path / name)


def test_a_pipe_that_takes_the_place_of_a_file_in_the_last_moment_is_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "a.md").write_text("text")

    def swapped(path, look=regular_files.check):
        look(path)
        path.unlink()
        os.mkfifo(path)

    monkeypatch.setattr(regular_files, "check", swapped)
    with no_waiting(), pytest.raises(NotRegular, match="pipe"):
        regular_files.opened(tmp_path / "a.md")


def test_more_than_the_bound_is_never_read(tmp_path):
    (tmp_path / "a.md").write_bytes(b"12345")
    with pytest.raises(TooLarge, match=r"larger than 4e-06 MB"):
        regular_files.read(tmp_path / "a.md", 4)
    with (tmp_path / "sparse.md").open("wb") as file:
        file.truncate(2**40)
    with no_waiting(), pytest.raises(TooLarge, match="larger than 2 MB"):
        regular_files.read(tmp_path / "sparse.md", 2_000_000)


def test_a_file_of_which_the_system_tells_no_size_is_bounded_too():
    with pytest.raises(TooLarge):
        regular_files.read(regular_files.Path("/proc/self/status"), 10)


def test_a_file_is_made_once_and_kept(tmp_path):
    regular_files.make(tmp_path / "a")
    (tmp_path / "a").write_text("kept")
    regular_files.make(tmp_path / "a")
    assert ((tmp_path / "a").read_text(), (tmp_path / "a").stat().st_mode & 0o777) == ("kept", 0o600)


# --- the files of a folder --------------------------------------------------------------------------------------


def test_a_folder_is_walked_without_waiting_or_circles(tmp_path):
    folder = tmp_path / "notes"
    strange(folder, ".md")
    (folder / "folder.md" / "in.md").write_text("text")
    (tmp_path / "beside.md").write_text("not of this folder")
    with no_waiting():
        found = regular_files.find(folder, ".md")
    assert names(found) == ["folder.md/in.md"]
    assert sorted(found.no_files) == ["device.md", "fifo.md", "loop.md", "socket.md"]
    assert not found.unread


def test_linked_folders_are_read_once_and_a_file_with_several_names_is_given_once(tmp_path):
    folder, elsewhere = tmp_path / "notes", tmp_path / "elsewhere"
    for place in (folder, elsewhere):
        place.mkdir()
    (elsewhere / "far.md").write_text("text")
    (folder / "near.md").write_text("text")
    (folder / "a-link.md").symlink_to("near.md")
    os.link(folder / "near.md", folder / "other-name.md")
    (folder / "one").symlink_to(elsewhere)
    (folder / "two").symlink_to(elsewhere)
    assert names(regular_files.find(folder, ".md")) == ["near.md", "one/far.md"]


def test_what_may_hold_something_and_cannot_be_seen_is_named(tmp_path):
    (tmp_path / "away.md").symlink_to("/nowhere/away.md")
    (tmp_path / ".cloud.md.icloud").write_text("")
    (tmp_path / "virtual.md.nextcloud").write_text(" ")
    (tmp_path / ".here.md.icloud").write_text("")
    (tmp_path / "here.md").write_text("text")
    found = regular_files.find(tmp_path, ".md")
    assert names(found) == ["here.md"]
    assert found.unread["away.md"].startswith("is a link to /nowhere/away.md, which is missing; mount it")
    assert "has not been downloaded" in found.unread["cloud.md"]
    assert "has not been downloaded" in found.unread["virtual.md"]
    assert len(found.unread) == 3


@pytest.mark.usefixtures("unprivileged")
def test_a_folder_below_that_may_not_be_entered_hides_itself_alone(tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "a.md").write_text("text")
    found = regular_files.find(tmp_path, ".md")
    (tmp_path / "closed").chmod(0o700)
    assert names(found) == ["a.md"]
    assert found.unread == {"closed": "may not be read by this user; change its permissions"}


def test_files_that_programs_keep_beside_are_passed_over(tmp_path):
    for name in (".hidden.md", "~$open.md", "a.md.part", "a.md.tmp", "a.md~", ".DS_Store", "desktop.ini", "._a.md"):
        (tmp_path / name).write_text("text")
    (tmp_path / ".trash").mkdir()
    (tmp_path / ".trash" / "old.md").write_text("text")
    assert regular_files.find(tmp_path, ".md") == regular_files.Files()


def test_a_name_in_any_bytes_can_be_shown_and_stored(tmp_path):
    (tmp_path / os.fsdecode(b"\xe9t\xe9\n.md")).write_text("text")
    assert names(regular_files.find(tmp_path, ".md")) == [r"\udce9t\udce9\n.md"]


def test_a_file_that_is_moved_away_in_between_has_the_place_looked_at_anew(tmp_path):
    (tmp_path / "a.md").write_text("text")
    found = regular_files.find(tmp_path, ".md")
    (tmp_path / "a.md").unlink()
    with pytest.raises(FileNotFoundError):
        regular_files.read_all(found, 100)


def test_a_place_that_is_not_there_or_no_file_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        regular_files.find(tmp_path / "a.md", ".md")
    (tmp_path / "loop.md").symlink_to("loop.md")
    with pytest.raises(OSError, match="link") as raised:
        regular_files.find(tmp_path / "loop.md", ".md")
    assert (raised.value.errno, "leads to itself" in regular_files.reason(raised.value)) == (errno.ELOOP, True)


def test_what_lies_elsewhere_for_now_is_not_to_be_made_anew(tmp_path):
    assert not regular_files.only_away(tmp_path / "new.txt")
    (tmp_path / "link").symlink_to("/nowhere")
    assert "leads to /nowhere, which is missing" in regular_files.only_away(tmp_path / "link" / "todo.txt")
    (tmp_path / ".todo.txt.icloud").write_text("")
    assert "has not been downloaded" in regular_files.only_away(tmp_path / "todo.txt")
    (tmp_path / "todo.txt").write_text("")
    assert not regular_files.only_away(tmp_path / "todo.txt")


# --- names of synchronized files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "notes.sync-conflict-20261112-101010-ABCDEFG.md",
        "notes (Camille's conflicted copy 2026-11-12).md",
        "notes (conflicted copy 2026-11-12 101010).md",
        "notes (copie en conflit de Camille 2026-11-12).md",
        "notes (SFConflict camille@example.org 2026-11-12-10-10-10).md",
        "notes_conflict-20261112-101010.md",
        "notes.Conflict.md",
        "notes [conflicted].md",
    ],
)
def test_second_versions_are_known_by_their_names_where_the_first_is_beside(name):
    assert is_second_version_of(name, {"notes.md"})
    assert not is_second_version_of(name, {"other.md"})


@pytest.mark.parametrize(
    "name", ["notes.md", "notes on a conflict.md", "conflict.md", "notes (in conflict", "a (1).md"]
)
def test_names_that_people_give_are_no_second_versions(name):
    assert not is_second_version_of(name, {"notes.md", "a.md"})


def test_names_that_may_be_either_are_told(tmp_path):
    doubtful = ("notes 2.md", "notes (1).md", "notes-LAPTOP-4.md", "notes - Copy.md")
    assert {maybe_second_version_of(name) for name in doubtful} == {"notes.md"}
    assert maybe_second_version_of("notes.md") == ""


def test_placeholders_name_their_file():
    assert placeholder_of(".notes.md.icloud") == placeholder_of("notes.md.owncloud") == "notes.md"
    assert placeholder_of("notes.md") == placeholder_of("notes.icloud") == ""
