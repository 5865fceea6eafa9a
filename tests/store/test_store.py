"""What becomes of a run, and of what people read, when the disk or the database gives trouble."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from followup_rules.model import Report
from followup_rules.store import database
from followup_rules.store.errors import StoreError
from followup_rules.store.state import RunState
from followup_rules.store.store import open_copy, open_store
from tests.support.oddfiles import no_waiting
from tests.support.storybook import Story, call

NOW = "2026-11-09 16:00"
LATER = "2026-11-10 09:00"
READING = ("plan", "explain", "agenda", "doctor")
HEAD = len("SQLite format 3\0")


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The folder of somebody who had two interviews; the thank-yous are drafted."""
    story = Story(tmp_path_factory.mktemp("lived") / "folder")
    story.visit("I1", "2026-11-09 10:00")
    story.visit("I2", "2026-11-09 14:00", "paul@boreal.ca")
    story.note("2026-11-09 16:00 #promise le frisbee")
    story.run(NOW)
    return story.folder


@pytest.fixture
def folder(lived, tmp_path):
    """A copy of it, in which much is to be done."""
    return busy(lived, tmp_path / "folder")


def test_what_an_earlier_version_kept_of_a_ticked_task_and_of_a_sent_draft_is_understood(tmp_path):
    body = {"id": "", "kind": "", "start": "2026-11-10T15:00:00Z", "end": "2026-11-10T15:00:00Z"}
    told = {"key": "call/n@2026-11-09", "rule": "call", "anchor": "m1", "mail": "s1"}
    kept = [("output tasks", "done:call", "done", told), ("sent", "s1", "sent", {"key": told["key"]}),
            ("inbox", "r1", "received", {"key": told["key"]}), ("notes", "n1", "note", told)]  # fmt: skip
    with open_store(tmp_path / "followup.db") as opened:
        for source, name, kind, data in kept:
            row = json.dumps({**body, "id": name, "kind": kind, "data": data})
            columns = "event (source, id, start, body)"
            opened.database.run(f"insert into {columns} values (?, ?, ?, ?)", source, name, body["start"], row)
        reports = {event.id: event.report for event in opened.events.events([name for _, name, _, _ in kept])}
    assert reports == {"done:call": Report(**told), "s1": Report(key=told["key"]), "r1": None, "n1": None}


def busy(lived, place):
    shutil.copytree(lived, place)
    for draft in (place / "out/drafts").glob("thank-you-boreal*"):
        draft.unlink()
    with (place / "notes.md").open("a") as notes:
        notes.write("- 2026-11-09 17:00 #promise les donateurs\n- 2026-11-09 17:05 #fix-answer Kanban\n")
    return place


def store(folder):
    return folder / "out/followup.db"


def others(folder):
    """Return what belongs to the user, which no trouble with the store may change."""
    return {
        str(file): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith("followup.db")
    }


def keys(folder):
    drafts = [file.read_text() for file in (folder / "out/drafts").glob("*.eml")]
    lines = (folder / "out/todo.txt").read_text().splitlines()
    return sorted(drafts), sorted(lines)


def refused(folder, verb, *more):
    """Call a command that can do nothing; return what it says."""
    before = others(folder)
    found = call(folder, verb, *more, "--now", LATER)
    assert found.exit_code == (1 if verb == "check" else 2), found.output
    assert "error[F046]: store: " in found.stderr
    assert "= help: " in found.stderr
    assert "unexpected" not in found.stderr
    assert "Traceback" not in found.stderr
    assert others(folder) == before
    return " ".join(found.stderr.split())


# -- what is no store


def text_file(path):
    path.write_text("- a list\n- of groceries\n")


def tiny_file(path):
    path.write_bytes(b"abc")


def broken_head(path):
    raw = bytearray(path.read_bytes())
    raw[:HEAD] = b"x" * HEAD
    path.write_bytes(raw)


def cut_off(path):
    os.truncate(path, 3 * 4096 + 100)


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_pipe(path):
    path.unlink()
    os.mkfifo(path)


def of_another_program(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("create table bookmarks (name text)")
        other.execute("insert into bookmarks values ('mine')")


def newer(path):
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(f"pragma user_version = {database.VERSION + 1}")


def odd_table(path):
    """Let a row hold what followup never writes."""
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("update event set body = substr(body, 1, 20)")
        other.execute('update "case" set stale = 1')


WRONG = {
    text_file: "damaged or is no store",
    tiny_file: "damaged or is no store",
    broken_head: "damaged or is no store",
    cut_off: "is damaged",
    a_folder: "is a folder",
    a_pipe: "it is a pipe and no file",
    of_another_program: "is a database of another program",
    newer: "written by a newer version",
    odd_table: "is damaged",
}


@pytest.mark.parametrize("verb", ["run", *READING, "check"])
@pytest.mark.parametrize("spoil", WRONG)
def test_what_is_no_store_is_named_and_left_as_it_is(folder, spoil, verb):
    spoil(store(folder))
    before = store(folder).read_bytes() if store(folder).is_file() else None
    with no_waiting(60):
        assert WRONG[spoil] in refused(folder, verb)
    if before is not None and spoil not in (cut_off, odd_table):
        assert store(folder).read_bytes() == before


def test_an_empty_file_is_a_store_that_has_just_begun(folder):
    store(folder).write_bytes(b"")
    before = keys(folder)[0]
    assert call(folder, "run", "--now", NOW).exit_code == 0
    assert set(before) <= set(keys(folder)[0])


def test_a_flipped_byte_anywhere_ends_in_a_sentence_or_does_no_harm(folder):
    sound, mine = store(folder).read_bytes(), others(folder)
    for place in range(50, len(sound), len(sound) // 8):
        raw = bytearray(sound)
        raw[place] ^= 0xFF
        store(folder).write_bytes(raw)
        found = call(folder, "plan", "--now", LATER)
        assert "unexpected" not in found.stderr, (place, found.stderr)
        assert found.exit_code in (0, 2), (place, found.stderr)
        assert others(folder) == mine


@pytest.mark.parametrize("verb", ["run", "plan", "explain"])
def test_a_folder_that_cannot_be_made_is_named(folder, verb):
    (folder / "blocked").write_text("mine")
    config = (folder / "config.toml").read_text().replace("out/followup.db", "blocked/deep/followup.db")
    (folder / "config.toml").write_text(config)
    if verb == "run":
        assert "blocked" in refused(folder, verb)
    else:
        assert call(folder, verb, "--now", LATER).exit_code == 0
    assert (folder / "blocked").read_text() == "mine"


# -- permissions


@pytest.mark.usefixtures("unprivileged")
def test_a_read_only_folder_stops_a_run_and_nothing_else(folder):
    (folder / "out").chmod(0o500)
    try:
        assert "permissions" in refused(folder, "run")
        assert call(folder, "plan", "--now", LATER).exit_code == 0
        assert call(folder, "explain", "--now", LATER).exit_code == 0
    finally:
        (folder / "out").chmod(0o700)
    assert call(folder, "run", "--now", LATER).exit_code == 0


@pytest.mark.usefixtures("unprivileged")
def test_a_read_only_store_stops_a_run(folder):
    store(folder).chmod(0o400)
    assert "may not be written" in refused(folder, "run")


@pytest.mark.usefixtures("unprivileged")
@pytest.mark.parametrize("verb", ["run", *READING])
def test_a_store_that_may_not_be_read_is_named(folder, verb):
    store(folder).chmod(0)
    assert "permissions" in refused(folder, verb)


# -- another program has it


HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def browser(folder):
    """A database browser that has begun to change something."""
    command = [sys.executable, "-c", HOLD, str(store(folder))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_store_that_another_program_writes_is_waited_for_and_then_named(folder, browser, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    assert "is locked: another program is writing to it" in refused(folder, "run")
    assert call(folder, "plan", "--now", LATER).exit_code == 0
    browser.communicate()
    assert call(folder, "run", "--now", LATER).exit_code == 0


# -- no room


def followup(folder, *arguments, limit=None):
    """Call the real command; no file may grow beyond the limit."""

    def confine():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "followup_rules", "--config", str(folder / "config.toml"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=confine if limit is not None else None
    )


@pytest.fixture(scope="module")
def undisturbed(lived, tmp_path_factory):
    """What there is in the end if nothing is in the way."""
    place = busy(lived, tmp_path_factory.mktemp("undisturbed") / "folder")
    call(place, "run", "--now", LATER)
    return named(place)


@pytest.mark.parametrize("limit", [0, 70_000, 110_000, 140_000])
def test_a_file_that_cannot_grow_stops_a_run_and_the_next_one_completes_it(folder, undisturbed, limit):
    """Root may exceed quotas, but nobody may exceed this limit."""
    stopped = followup(folder, "run", "--now", LATER, "--json", limit=limit)
    assert stopped.returncode in (1, 2), stopped.stderr
    told = json.loads(stopped.stdout)
    assert "F046" in {problem["code"] for problem in told["problems"]}
    assert all(problem["hint"] for problem in told["problems"])
    assert stopped.returncode == (2 if any(problem["fatal"] for problem in told["problems"]) else 1)
    assert "unexpected" not in stopped.stderr
    assert call(folder, "run", "--now", LATER).exit_code == 0
    assert named(folder) == undisturbed


def named(folder):
    """Return the names of the drafts and the lines of the tasks."""
    drafts = sorted(file.name for file in (folder / "out/drafts").iterdir())
    return drafts, sorted((folder / "out/todo.txt").read_text().splitlines())


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, of 700 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "none", place], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mount(8) may not be used here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_stops_a_run_and_the_next_one_completes_it(folder, small_disk):
    shutil.copytree(folder / "out", small_disk / "out")
    shutil.rmtree(folder / "out")
    (folder / "out").symlink_to(small_disk / "out")
    (small_disk / "ballast").write_bytes(b"x" * shutil.disk_usage(small_disk).free)
    before = others(folder)
    stopped = followup(folder, "run", "--now", LATER)
    assert stopped.returncode == 2
    assert "no room" in stopped.stderr or "disk" in stopped.stderr
    assert others(folder) == before
    (small_disk / "ballast").unlink()
    assert followup(folder, "run", "--now", LATER).returncode == 0
    assert any("donateurs" in text for text in keys(folder)[0])


# -- the store itself


def test_a_step_that_fails_is_undone_whole(tmp_path):
    def fail(kept):
        with kept.database.transaction():
            with kept.database.transaction():
                kept.state.write(RunState(sound="one"))
            kept.state.write(RunState(sound=str(1 / 0)))

    with open_store(tmp_path / "followup.db") as kept:
        with pytest.raises(ZeroDivisionError):
            fail(kept)
        assert kept.state.read() == RunState()
        kept.state.write(RunState(sound="three"))
    with open_store(tmp_path / "followup.db") as kept:
        assert kept.state.read() == RunState(sound="three")


def test_what_is_kept_in_the_store_is_for_its_owner_alone(folder):
    assert store(folder).stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(f"file:{store(folder)}?mode=ro", uri=True)) as reader:
        reader.execute("select * from state").fetchall()
        with open_store(store(folder)) as kept:
            kept.state.write(RunState(sound="something new"))
            modes = {file.name: file.stat().st_mode & 0o777 for file in store(folder).parent.glob("followup.db*")}
    assert modes.keys() >= {"followup.db", "followup.db-wal", "followup.db-shm", "followup.db.lock"}
    assert set(modes.values()) == {0o600}


def test_what_is_edited_leaves_nothing_behind_in_the_file(folder):
    secret = b"quelque chose de tout a fait singulier"
    notes = folder / "notes.md"
    notes.write_text(notes.read_text() + f"- 2026-11-09 18:00 #issue {secret.decode()}\n")
    call(folder, "run", "--now", "2026-11-09 18:10")
    assert secret in store(folder).read_bytes()
    notes.write_text(notes.read_text().replace(secret.decode(), "rien"))
    call(folder, "run", "--now", "2026-11-09 18:20")
    with open_store(store(folder)) as kept:
        assert secret.decode() not in json.dumps(kept.database.rows("select body from event"))
    assert not any(secret in file.read_bytes() for file in store(folder).parent.glob("followup.db*"))


def test_a_copy_that_is_read_while_a_run_begins_to_write_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "followup.db"
    with open_store(path):
        pass
    writer = []

    class Meddled(sqlite3.Connection):
        """While it copies, a run writes, and ends."""

        def backup(self, target, **options):
            if not writer:
                writer.append("once")
                with open_store(path) as kept:
                    kept.state.write(RunState(sound="new"))
            super().backup(target, **options)

    real = sqlite3.connect

    def connect(name, **options):
        return real(name, **options, factory=Meddled if "immutable" in str(name) else sqlite3.Connection)

    monkeypatch.setattr(sqlite3, "connect", connect)
    with open_copy(path) as copy:
        assert copy.state.read() == RunState(sound="new")


# -- a newer version of the tables


NOW_AT, THEN = database.VERSION, database.VERSION + 1
NEWER = "alter table pin add column note text; update state set body = replace(body, 'sound', 'loud');"


@pytest.fixture
def upgraded(monkeypatch):
    """A next version of followup, with other tables."""
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, NEWER))
    monkeypatch.setattr(database, "VERSION", THEN)


def rows(path):
    with closing(sqlite3.connect(path)) as reader:
        names = [name for (name,) in reader.execute("select name from sqlite_master where type = 'table'")]
        return {name: reader.execute(f'select * from "{name}" order by 1').fetchall() for name in names}


@pytest.mark.usefixtures("upgraded")
def test_before_the_tables_change_a_complete_copy_is_made(folder):
    before = rows(store(folder))
    with open_store(store(folder)):
        pass
    copy = folder / f"out/followup.db.v{NOW_AT}-backup"
    assert rows(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not copy.with_name(f"{copy.name}-wal").exists()
    changed = sqlite3.connect(store(folder))
    assert changed.execute("pragma user_version").fetchone() == (THEN,)
    assert "note" in {column for _, column, *_ in changed.execute("pragma table_info(pin)")}
    changed.close()


def test_a_new_store_needs_no_copy(tmp_path):
    with open_store(tmp_path / "followup.db"):
        pass
    assert not list(tmp_path.glob("*backup*"))


def test_a_change_of_tables_that_fails_leaves_the_store_as_it_was(folder, monkeypatch):
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, f"{NEWER} insert into nowhere values (1);"))
    monkeypatch.setattr(database, "VERSION", THEN)
    before = rows(store(folder))
    said = refused(folder, "run")
    assert f"could not be brought to version {THEN}" in said
    assert f"followup.db.v{NOW_AT}-backup" in said
    assert rows(store(folder)) == before
    assert rows(folder / f"out/followup.db.v{NOW_AT}-backup") == before


KILLED = """
import os, sqlite3, sys
from pathlib import Path
from followup_rules.store import database

class Mortal(sqlite3.Connection):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.create_function("die", 0, lambda: os._exit(9))

real = sqlite3.connect
sqlite3.connect = lambda *args, **options: real(*args, **options, factory=Mortal)
replace = Path.replace
if sys.argv[2] == "while copying":
    Path.replace = lambda *_: os._exit(9)
database.MIGRATIONS += (sys.argv[3] + " select die();",)
database.VERSION += 1
database.connect(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("when", ["while copying", "while changing"])
@pytest.mark.usefixtures("upgraded")
def test_a_change_of_tables_that_is_killed_is_made_by_the_next_run(folder, when):
    before = rows(store(folder))
    died = subprocess.run([sys.executable, "-c", KILLED, store(folder), when, NEWER], check=False, capture_output=True)
    assert died.returncode == 9, died.stderr
    assert rows(store(folder)) == before
    with open_store(store(folder)):
        pass
    assert rows(folder / f"out/followup.db.v{NOW_AT}-backup") == before
    assert rows(store(folder))["state"] != before["state"]
    assert sorted(file.name for file in (folder / "out").glob("*backup*")) == [f"followup.db.v{NOW_AT}-backup"]


@pytest.mark.usefixtures("upgraded")
def test_no_room_for_the_copy_means_no_change_of_tables(folder, monkeypatch):
    before = rows(store(folder))
    (folder / f"out/followup.db.v{NOW_AT}-backup.part").mkdir()
    with pytest.raises(StoreError), open_store(store(folder)):
        pass
    assert rows(store(folder)) == before


def test_instants_are_read_back_as_they_were_put(tmp_path):
    with open_store(tmp_path / "followup.db") as kept:
        kept.events.failed("calendar", datetime(2026, 11, 9, 10, tzinfo=UTC))
        kept.events.failed("calendar", datetime(2026, 11, 10, 10, tzinfo=UTC))
        assert kept.events.source("calendar").failing == datetime(2026, 11, 9, 10, tzinfo=UTC)


ODD = {
    "update source set pulled = 'yesterday'": lambda kept: kept.events.source("calendar"),
    "update state set body = '[]'": lambda kept: kept.state.read(),
    "update state set body = json_set(body, '$.timezone', 'America/Toront/')": lambda kept: kept.state.read(),
    """update state set body = json_set(body, '$.zones', json('{"Nowhere": "2026-11-09T00:00:00Z"}'))""": lambda kept: (
        kept.state.read()
    ),
    "update ledger set body = '{'": lambda kept: kept.ledger.of("nordik.ca"),
    "insert into settled values ('k', 'nordik.ca', 'I1', 'dome', '', 0)": lambda kept: [*kept.read(["nordik.ca"])],
    "insert into kept_day select substr(id, instr(id, char(31)) + 1), start, '2026-11-0y' from event": lambda kept: [
        *kept.read(["nordik.ca"])
    ],
    "update decision set evidence = '7'": lambda kept: kept.decisions.of("nordik.ca"),
    "update event set body = cast(x'ff' as text)": lambda kept: kept.case("nordik.ca"),
}


@pytest.mark.parametrize("statement", ODD)
def test_what_followup_never_wrote_is_called_damage(folder, statement):
    with closing(sqlite3.connect(store(folder))) as other, other:
        other.execute(statement)
    with open_store(store(folder)) as kept, pytest.raises(StoreError, match="is damaged"):
        ODD[statement](kept)


@pytest.mark.parametrize(
    "write",
    [
        lambda kept: kept.state.write(RunState(sound="x" * 100_000)),
        lambda kept: kept.decisions.make_stale(str(n) * 500 for n in range(99)),
    ],
)
def test_a_store_that_cannot_grow_keeps_what_it_had(folder, write):
    with open_store(store(folder)) as kept:
        kept.database.rows("pragma max_page_count = 1")
        before = rows(store(folder))
        with pytest.raises(StoreError, match="no room left") as raised, kept.database.transaction():
            write(kept)
        assert "make room" in raised.value.hint
        kept.state.write(RunState(sound="little"))
    assert {**rows(store(folder)), "state": []} == {**before, "state": []}


def test_a_store_that_cannot_even_be_begun_is_an_error_of_the_store(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "MIGRATIONS", ("create nonsense;", *database.MIGRATIONS[1:]))
    with pytest.raises(StoreError), open_store(tmp_path / "followup.db"):
        pass
