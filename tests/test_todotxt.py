"""The output `todotxt`, on files as people and their todo.txt programs leave them."""

import stat
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

import followup_todotxt
from followup_rules import Action, Context, Profile, Refused, Status
from followup_todotxt.lines import Ref, appended, removed

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 19, 9, 5, tzinfo=ZONE)
KEY = "follow-up-call/nordik.ca@2026-11-19"
CALL = Action(
    key=KEY,
    rule="follow-up-call",
    case="nordik.ca",
    anchor="meeting-1",
    type="task",
    title="Call Julie Roy (Nordik)",
    text="",
    due=datetime(2026, 11, 19, 9, tzinfo=ZONE),
)
LINE = f"Call Julie Roy (Nordik) due:2026-11-19 fr:{KEY}"


@pytest.fixture
def todo(tmp_path):
    return tmp_path / "todo.txt"


def open_output(path):
    (kind,) = followup_todotxt.register_outputs()
    return kind.open(kind.options(path=path), Context(profile=Profile(timezone=ZONE), now=NOW))


def status(path, ref):
    return open_output(path).status([ref])[ref]


def test_a_task_is_one_line_with_its_date_and_key(todo):
    open_output(todo).create(CALL)
    assert todo.read_text() == LINE + "\n"
    assert stat.S_IMODE(todo.stat().st_mode) == 0o600


def test_the_folder_is_made(tmp_path):
    open_output(tmp_path / "out" / "deep" / "todo.txt").create(CALL)
    assert (tmp_path / "out" / "deep" / "todo.txt").exists()


def test_a_task_without_a_date_has_no_due(todo):
    open_output(todo).create(replace(CALL, due=None))
    assert todo.read_text() == f"Call Julie Roy (Nordik) fr:{KEY}\n"


def test_due_is_the_local_date(todo):
    open_output(todo).create(replace(CALL, due=datetime(2026, 11, 20, 3, tzinfo=UTC)))
    assert "due:2026-11-19 " in todo.read_text()


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("x marks the spot", "- x marks the spot"),
        ("x", "- x"),
        ("(A) grade", "- (A) grade"),
        ("2026-11-19 is the day", "- 2026-11-19 is the day"),
        ("Say due:never fr:other a:b:c", "Say due: never fr: other a: b: c"),
        ("Call at 14:30, see https://nordik.ca/a", "Call at 14:30, see https://nordik.ca/a"),
        ("two\nlines\r\nx third\u2028fourth\x1b[31m", "two lines x third fourth [31m"),
        ("", "follow-up-call"),
    ],
)
def test_a_title_is_never_taken_for_syntax(todo, title, written):
    ref = open_output(todo).create(replace(CALL, title=title))
    assert todo.read_text() == f"{written} due:2026-11-19 fr:{KEY}\n"
    assert status(todo, ref) == Status("open")


def test_a_very_long_title_is_cut(todo):
    open_output(todo).create(replace(CALL, title="long " * 10_000))
    assert len(todo.read_text()) < 600


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"%s\n"),
        (b"Buy milk\n", b"Buy milk\n%s\n"),
        (b"Buy milk", b"Buy milk\n%s\n"),
        (b"Buy milk\r\n(A) Eggs\r\n", b"Buy milk\r\n(A) Eggs\r\n%s\r\n"),
        (b"Buy milk\r\n(A) Eggs", b"Buy milk\r\n(A) Eggs\r\n%s\r\n"),
        (b"\xef\xbb\xbfBuy milk\n\n\n", b"\xef\xbb\xbfBuy milk\n\n\n%s\n"),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbf%s\n"),
        (b"caf\xe9 \xff\xfe\x00\x85 latin\n", b"caf\xe9 \xff\xfe\x00\x85 latin\n%s\n"),
        ("line\u2028separator\x0cfeed\n".encode(), "line\u2028separator\x0cfeed\n".encode() + b"%s\n"),
    ],
)
def test_the_users_bytes_survive_create_update_and_withdraw(todo, before, after):
    todo.write_bytes(before)
    ref = open_output(todo).create(CALL)
    assert todo.read_bytes() == after.replace(b"%s", LINE.encode())
    ref = open_output(todo).update(ref, replace(CALL, title="Call her"))
    assert todo.read_bytes() == after.replace(b"%s", LINE.replace("Julie Roy (Nordik)", "her").encode())
    open_output(todo).withdraw(ref)
    assert todo.read_bytes() == after.replace(b"%s\r\n", b"").replace(b"%s\n", b"")


def test_an_update_keeps_the_place_of_the_line(todo):
    todo.write_bytes(b"first\r\n")
    ref = open_output(todo).create(CALL)
    todo.write_bytes(b"\xef\xbb\xbf" + LINE.encode() + b"\r\nfirst\nlast")
    open_output(todo).update(ref, replace(CALL, title="Call"))
    assert todo.read_bytes() == b"\xef\xbb\xbf" + f"Call due:2026-11-19 fr:{KEY}".encode() + b"\r\nfirst\nlast"


def test_a_byte_order_mark_of_an_editor_is_no_edit(todo):
    ref = open_output(todo).create(CALL)
    todo.write_bytes(b"\xef\xbb\xbf" + LINE.encode() + b"\r\nother\r\n")
    assert status(todo, ref) == Status("open")
    open_output(todo).withdraw(ref)
    assert todo.read_bytes() == b"\xef\xbb\xbfother\r\n"


def test_the_files_mode_is_kept(todo):
    todo.write_text("Buy milk\n")
    todo.chmod(0o664)
    open_output(todo).create(CALL)
    assert stat.S_IMODE(todo.stat().st_mode) == 0o664


def test_nothing_but_the_file_is_left_in_the_folder(todo):
    open_output(todo).create(CALL)
    assert list(todo.parent.iterdir()) == [todo]


def test_a_symlink_is_followed(todo, tmp_path):
    real = tmp_path / "cloud" / "tasks.txt"
    real.parent.mkdir()
    real.write_text("Buy milk\n")
    todo.symlink_to(real)
    open_output(todo).create(replace(CALL, text="Hello."))
    assert todo.is_symlink()
    assert real.read_text().startswith("Buy milk\nCall Julie")
    assert (real.parent / "todo-texts").is_dir()


def test_an_existing_key_is_not_made_again_not_even_from_done_txt(todo):
    todo.with_name("done.txt").write_text(f"x 2026-11-19 {LINE}\n")
    ref = open_output(todo).create(CALL)
    assert not todo.exists()
    todo.write_text("")
    assert status(todo, ref) == Status("done", datetime(2026, 11, 19, tzinfo=ZONE))


def test_the_last_key_of_a_line_counts(todo):
    todo.write_text(f"see fr:other {LINE}\n")
    assert open_output(todo).find("other") is None
    assert open_output(todo).find(KEY)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (LINE, Status("open")),
        (f"x 2026-11-20 {LINE}", Status("done", datetime(2026, 11, 20, tzinfo=ZONE))),
        (f"x 2026-11-20 2026-11-01 {LINE}", Status("done", datetime(2026, 11, 20, tzinfo=ZONE))),
        (f"x {LINE}", Status("done")),
        (f"x 2026-11-31 {LINE}", Status("done")),
        (f"(A) {LINE}", Status("touched")),
        (f"X {LINE}", Status("touched")),
        (f"{LINE} +nordik", Status("touched")),
        (LINE.replace("11-19 ", "11-23 "), Status("touched")),
        (LINE.replace(f" fr:{KEY}", ""), Status("gone")),
        ("", Status("gone")),
    ],
)
def test_what_the_user_does_with_a_line_is_seen(todo, line, expected):
    ref = open_output(todo).create(CALL)
    todo.write_text(f"Buy milk\n{line}\n")
    assert status(todo, ref) == expected


def test_an_archived_line_is_done(todo):
    ref = open_output(todo).create(CALL)
    todo.write_text("")
    todo.with_name("done.txt").write_text(f"x 2026-11-20 {LINE}\n")
    assert status(todo, ref) == Status("done", datetime(2026, 11, 20, tzinfo=ZONE))


@pytest.mark.parametrize("line", [f"(A) {LINE}", f"x 2026-11-20 {LINE}", f"{LINE} later"])
def test_what_the_user_touched_stays(todo, line):
    ref = open_output(todo).create(CALL)
    todo.write_text(f"{line}\n")
    with pytest.raises(Refused, match="by you"):
        open_output(todo).update(ref, replace(CALL, title="Other"))
    with pytest.raises(Refused, match="by you"):
        open_output(todo).withdraw(ref)
    assert todo.read_text() == f"{line}\n"


def test_a_missing_file_is_not_a_deletion_of_every_task(todo):
    ref = open_output(todo).create(CALL)
    todo.unlink()
    with pytest.raises(OSError, match="missing; put it back"):
        status(todo, ref)
    with pytest.raises(Refused, match="missing; put it back"):
        open_output(todo).withdraw(ref)
    with pytest.raises(Refused, match="missing; put it back"):
        open_output(todo).update(ref, CALL)


def test_a_folder_in_place_of_the_file_is_refused_with_a_sentence(todo):
    todo.mkdir()
    with pytest.raises(Refused, match="cannot be changed"):
        open_output(todo).create(CALL)


def test_a_file_in_place_of_the_folder_is_refused_with_a_sentence(todo):
    todo.write_text("Buy milk\n")
    with pytest.raises(Refused, match="cannot be changed"):
        open_output(todo / "todo.txt").create(CALL)


@pytest.mark.parametrize("key", ["", "two words", "line\nend", "nbsp\u00a0", "esc\x1b", "lone\ud800"])
def test_a_key_that_could_not_be_found_again_is_refused(todo, key):
    with pytest.raises(Refused, match="key"):
        open_output(todo).create(replace(CALL, key=key))
    assert not todo.exists()


def test_somebody_elses_change_between_read_and_write_is_kept(todo):
    todo.write_text("Buy milk\n")
    meals = iter(["Eggs\n", "Bread\n"])
    open_output(todo)._edit(lambda lines: _meanwhile(todo, "a", next(meals, "")) or appended(lines, LINE))
    assert todo.read_text() == f"Buy milk\nEggs\nBread\n{LINE}\n"


def test_a_file_that_never_rests_is_refused_and_unharmed(todo):
    todo.write_text("Buy milk\n")
    with pytest.raises(Refused, match="keeps changing"):
        open_output(todo)._edit(lambda lines: _meanwhile(todo, "a", "Eggs\n") or appended(lines, LINE))
    assert todo.read_text() == "Buy milk\nEggs\nEggs\nEggs\n"
    assert list(todo.parent.iterdir()) == [todo]


def test_an_edit_of_our_line_between_read_and_write_is_kept(todo):
    output = open_output(todo)
    known = Ref.parse(output.create(CALL))

    def remove_while_edited(lines):
        index = output._index(lines, known)
        _meanwhile(todo, "w", f"(A) {LINE}\n")
        return removed(lines, index)

    with pytest.raises(Refused, match="by you"):
        output._edit(remove_while_edited)
    assert todo.read_text() == f"(A) {LINE}\n"


def _meanwhile(todo, mode, text):
    """Write todo.txt as another program would, after we have read it and before we replace it."""
    with todo.open(mode) as file:
        file.write(text)


SCRIPT = replace(CALL, text="Good morning,\nI call as announced.\x1b[31m\n")


def text_files(todo):
    return sorted((todo.parent / "todo-texts").iterdir())


def test_a_text_lies_in_a_file_that_the_line_names(todo):
    open_output(todo).create(SCRIPT)
    (name,) = [word.removeprefix("text:") for word in todo.read_text().split() if word.startswith("text:")]
    assert (todo.parent / name).read_text() == "Good morning,\nI call as announced.[31m\n"
    assert stat.S_IMODE((todo.parent / name).stat().st_mode) == 0o600
    assert todo.read_text().endswith(f" text:{name} fr:{KEY}\n")


def test_another_text_replaces_the_file(todo):
    ref = open_output(todo).create(SCRIPT)
    new = open_output(todo).update(ref, replace(SCRIPT, text="Good afternoon."))
    assert new != ref
    assert [file.read_text() for file in text_files(todo)] == ["Good afternoon.\n"]
    assert status(todo, new) == Status("open")


def test_a_withdrawn_task_takes_its_text_along(todo):
    open_output(todo).withdraw(open_output(todo).create(SCRIPT))
    assert text_files(todo) == []


def test_a_text_that_the_user_edited_is_theirs(todo):
    ref = open_output(todo).create(SCRIPT)
    (file,) = text_files(todo)
    file.write_text("My own words.\n")
    assert status(todo, ref) == Status("touched")
    with pytest.raises(Refused):
        open_output(todo).update(ref, replace(SCRIPT, text="Good afternoon."))
    with pytest.raises(Refused):
        open_output(todo).withdraw(ref)
    assert file.read_text() == "My own words.\n"


def test_a_text_that_the_user_deleted_is_no_edit(todo):
    ref = open_output(todo).create(SCRIPT)
    text_files(todo)[0].unlink()
    assert status(todo, ref) == Status("open")
    open_output(todo).withdraw(ref)
    assert todo.read_text() == ""


def test_keys_with_the_same_letters_have_texts_of_their_own(todo):
    refs = [open_output(todo).create(replace(SCRIPT, key=key)) for key in ("a/../b", "a-b", "../../a@b")]
    assert len(text_files(todo)) == 3
    open_output(todo).withdraw(refs[0])
    assert len(text_files(todo)) == 2
    assert status(todo, refs[1]) == Status("open")


def test_a_line_made_by_hand_cannot_make_us_remove_another_file(todo):
    precious = todo.with_name("precious.txt")
    precious.write_text("precious\n")
    todo.write_text(f"Mine text:precious.txt fr:{KEY}\n")
    open_output(todo).withdraw(open_output(todo).find(KEY))
    assert precious.exists()
