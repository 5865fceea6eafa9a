"""`followup backup`: a whole copy of the store, and a copy put back; whatever is wrong is a sentence with what to do."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from copy import deepcopy
from pathlib import Path

import pytest

from followup_rules.cli import backup as command
from followup_rules.store import backup as copying
from followup_rules.store.lock import only_run
from followup_rules.store.schema import VERSION
from tests.support.oddfiles import no_waiting
from tests.support.project import ROOT
from tests.support.storybook import Story, call

pytestmark = pytest.mark.slow

NOW, LATER = "2026-11-09 17:00", "2026-11-10 08:30"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Somebody who had an interview and promised something."""
    told = Story(tmp_path_factory.mktemp("lived") / "folder")
    told.visit("I1", "2026-11-09 10:00")
    told.note("2026-11-09 16:00 #promise le frisbee")
    told.run("2026-11-08 09:00")
    told.run(NOW)
    return told


@pytest.fixture
def story(lived, tmp_path):
    """A copy of it."""
    told = deepcopy(lived)
    told.folder = tmp_path / "folder"
    shutil.copytree(lived.folder, told.folder)
    told.run(NOW)
    return told


@pytest.fixture
def store(story):
    return story.folder / "out/followup.db"


def made(story, *arguments, code=0):
    found = call(story.folder, "backup", *map(str, arguments), "--now", LATER, "--json")
    assert found.exit_code == code, found.output
    return json.loads(found.stdout)


def refused(story, *arguments):
    """Return what was said to somebody who gets no copy: the sentence, and what to do."""
    before = files(story)
    (problem,) = made(story, *arguments, code=2)["problems"]
    assert files(story) == before
    assert problem["fatal"]
    assert problem["code"] == ("F081" if "--restore" in arguments else "F080")
    assert problem["hint"]
    return f"{problem['message']}; {problem['hint']}"


def files(story):
    return {name: content for name, content in story._files().items() if not name.endswith((".lock", ".holder"))}


def rows(file):
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as opened:
        return list(opened.iterdump())


# -- a copy


def test_a_copy_holds_all_lies_beside_the_store_and_is_for_its_owner_alone(story, store):
    copy = store.with_name("followup.db.2026-11-10-backup")
    record = made(story)
    assert record == {
        "file": str(copy), "cases": 1, "duties": record["duties"], "actions": record["actions"],
        "last_run": "2026-11-09T17:00:00-05:00", "version": VERSION, "bytes": copy.stat().st_size, "problems": [],
    }  # fmt: skip
    assert record["duties"] > record["actions"] > 1
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert rows(copy) == rows(store)
    assert not [file for file in copy.parent.iterdir() if file.name.startswith(f"{copy.name}.")]


def test_it_says_what_the_copy_holds_and_how_to_put_it_back(story, store):
    said = call(story.folder, "backup", str(store.with_name("mine")), "--now", LATER).stdout
    assert "1 case," in said
    assert "last run: Mon 2026-11-09 17:00" in said
    assert f"followup backup --restore {store.with_name('mine')}" in said


def test_nothing_is_written_over_unless_asked(story, tmp_path):
    place = tmp_path / "copy.db"
    place.write_text("mine")
    assert "is there already" in refused(story, place)
    assert place.read_text() == "mine"
    made(story, place, "--force")
    assert place.read_bytes().startswith(b"SQLite format 3")


def test_while_a_run_is_at_work_what_was_committed_is_copied(story, store, tmp_path):
    with only_run(store), closing(sqlite3.connect(store, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        writer.execute("delete from ledger")
        assert made(story, tmp_path / "copy.db")["actions"] > 1
        writer.execute("rollback")
    assert rows(tmp_path / "copy.db") == rows(store)


@pytest.mark.parametrize("prepare", ["folder", "pipe", "missing", "itself", "no store", "empty store", "damaged"])
def test_what_gives_no_copy_is_said(story, store, tmp_path, prepare):
    match prepare:
        case "folder":
            said, told = refused(story, tmp_path), f"{tmp_path} is a folder"
        case "pipe":
            os.mkfifo(tmp_path / "pipe")
            said, told = refused(story, tmp_path / "pipe", "--force"), "is a pipe or a device"
        case "missing":
            said, told = refused(story, tmp_path / "usb/copy.db"), f"mkdir -p {tmp_path / 'usb'}"
        case "itself":
            said, told = refused(story, store, "--force"), "is the store itself"
        case "no store":
            store.unlink()
            said, told = refused(story), "there is no store"
        case "empty store":
            store.write_bytes(b"")
            said, told = refused(story), "is empty"
        case _:
            content = bytearray(store.read_bytes())
            content[8192:16384] = os.urandom(8192)
            store.write_bytes(content)
            said, told = refused(story), "damaged"
    assert told in said


def test_a_full_disk_leaves_nothing_half(story, tmp_path):
    """A limit on the size of files is the fullest disk that needs no other disk."""
    limited = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limited += (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)); from followup_rules.cli import main; main()"
    )
    arguments = ["--config", str(story.folder / "config.toml"), "backup", str(tmp_path / "copy.db"), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", limited, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["code"] == "F080"
    assert "copy.db" in problem["message"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder"]


def test_no_room_is_said_as_such(story, tmp_path, monkeypatch):
    def full(*_):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr("followup_rules.upkeep.backup.read_into", full)
    assert "there is no room left for" in refused(story, tmp_path / "copy.db")


# -- a copy put back


@pytest.fixture
def copy(story, tmp_path):
    """A copy of the store as it was before the last note."""
    made(story, tmp_path / "copy.db")
    story.note("2026-11-09 18:00 #promise un livre")
    story.run("2026-11-09 19:00")
    return tmp_path / "copy.db"


def test_the_copy_takes_the_place_and_the_store_is_kept(story, store, copy):
    before = rows(store)
    record = made(story, "--restore", copy)
    kept = store.with_name("followup.db.2026-11-10T0830-replaced")
    assert (record["file"], record["kept"]) == (str(copy), str(kept))
    assert rows(kept) == before
    assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IMODE(store.stat().st_mode) == 0o600
    assert record["last_run"] == "2026-11-09T17:00:00-05:00"
    assert sorted(file.name for file in store.parent.glob("followup.db-*")) == []
    again = made(story, "--restore", copy)
    assert again["kept"] == f"{kept.with_name(kept.name.replace('-replaced', '-2-replaced'))}"


def test_it_says_what_the_next_run_will_do(story, copy):
    found = call(story.folder, "backup", "--restore", str(copy), "--now", LATER)
    assert "The next run will change nothing" in found.stdout
    assert "1 action had been made or sent already, and is taken over" in found.stderr
    assert made(story, copy, "--force")["problems"] == []


def test_the_log_of_the_store_that_is_replaced_is_not_applied_to_the_copy(story, store, copy):
    with closing(sqlite3.connect(store, isolation_level=None)) as reader:
        reader.execute("pragma journal_mode = wal")
        reader.execute("pragma wal_autocheckpoint = 0")
        reader.execute("delete from ledger")
        for end in ("", "-wal"):  # as a run that was killed leaves it
            shutil.copy(f"{store}{end}", f"{store}{end}.left")
    for end in ("", "-wal"):
        shutil.move(f"{store}{end}.left", f"{store}{end}")
    record = made(story, "--restore", copy)
    assert rows(store.parent.parent / record["kept"])
    with closing(sqlite3.connect(store)) as opened:
        assert opened.execute("select count(*) from ledger").fetchone()[0] > 1
        assert opened.execute("pragma integrity_check").fetchone() == ("ok",)
    with closing(sqlite3.connect(record["kept"])) as opened:
        assert opened.execute("select count(*) from ledger").fetchone() == (0,)


def test_a_damaged_store_is_replaced_and_kept_to_the_byte(story, store, copy):
    store.write_bytes(b"no database, however long one looks at it" * 100)
    before = store.read_bytes()
    kept = made(story, "--restore", copy)["kept"]
    assert Path(kept).read_bytes() == before
    assert story.run(LATER).exit_code == 0


def test_a_pipe_in_place_of_the_store_is_neither_read_nor_replaced(story, store, copy):
    store.unlink()
    os.mkfifo(store)
    with no_waiting():
        assert "is no file" in refused(story, "--restore", copy)


def test_a_store_that_is_gone_is_put_back(story, store, copy):
    store.unlink()
    assert made(story, "--restore", copy)["kept"] is None
    assert story.run(LATER).exit_code == 0


def test_a_store_that_is_an_empty_file_is_replaced(story, store, copy):
    store.write_bytes(b"")
    made(story, "--restore", copy)
    assert story.run(LATER).exit_code == 0


def test_a_copy_from_before_an_upgrade_is_put_back_and_brought_up_to_date(story, copy):
    with closing(sqlite3.connect(copy)) as older:
        older.executescript(f"pragma user_version = {VERSION - 1}")
    assert made(story, "--restore", copy)["version"] == VERSION - 1
    found = call(story.folder, "run", "--now", LATER, "--json")
    codes = {problem["code"] for problem in json.loads(found.stdout)["problems"]}
    assert (found.exit_code, codes) == (0, {"F071", "F082"})
    assert "followup.db.v" not in found.stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is not there"),
        (b"", "is empty"),
        (b"This is a letter, and no database at all. " * 200, "is damaged or is no store"),
    ],
)
def test_what_is_no_copy_is_not_put_back(story, tmp_path, content, told):
    if content is not None:
        (tmp_path / "odd.db").write_bytes(content)
    assert told in refused(story, "--restore", tmp_path / "odd.db")


def test_a_copy_that_is_cut_off_or_of_another_program_or_too_new_is_not_put_back(story, store, copy, tmp_path):
    (tmp_path / "cut.db").write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    assert "choose another copy" in refused(story, "--restore", tmp_path / "cut.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("create table songs (title text)")
    assert "a database of another program" in refused(story, "--restore", tmp_path / "other.db")
    with closing(sqlite3.connect(copy)) as newer:
        newer.execute(f"pragma user_version = {VERSION + 1}")
    assert "upgrade followup-rules, or choose an earlier copy" in refused(story, "--restore", copy)
    assert "is the store itself" in refused(story, "--restore", store)
    assert "is no file" in refused(story, "--restore", tmp_path)


def test_a_copy_of_another_config_is_not_put_back(story, copy, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.toml").write_text((story.folder / "config.toml").read_text())
    found = call(other, "backup", "--restore", str(copy), "--json")
    assert found.exit_code == 2
    (problem,) = json.loads(found.stdout)["problems"]
    assert str(story.folder / "config.toml") in problem["message"]
    shutil.rmtree(story.folder)
    assert call(other, "backup", "--restore", str(copy)).exit_code == 0


def test_while_a_run_is_at_work_nothing_is_put_back(story, store, copy, monkeypatch):
    monkeypatch.setattr(command, "PATIENCE", 0.05)
    with only_run(store):
        found = call(story.folder, "backup", "--restore", str(copy), "--json")
    assert found.exit_code == 2
    assert "a run is at work" in json.loads(found.stdout)["problems"][0]["message"]


def test_a_copy_to_put_back_must_be_named(story):
    assert call(story.folder, "backup", "--restore").exit_code == 2


def test_a_case_that_was_forgotten_since_is_named(story, copy):
    assert call(story.folder, "forget", "nordik", "--yes", "--now", "2026-11-09 20:00").exit_code == 0
    assert made(story, "--restore", copy)["forgotten"] == ["nordik.ca"]


def test_a_crash_while_it_is_put_back_leaves_the_one_or_the_other(story, store, copy, monkeypatch):
    before = rows(store)
    calls = []

    def struck(path):
        calls.append(path)
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "_retire_log", struck)
    call(story.folder, "backup", "--restore", str(copy))
    assert calls
    assert rows(store) == before
    assert [file.name for file in store.parent.iterdir() if file.name.endswith(".part")] == []
