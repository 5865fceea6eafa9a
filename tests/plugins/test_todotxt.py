"""The output `todotxt`, on files as people and their todo.txt programs leave them."""

import os
import pathlib
import stat
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

import followup_todotxt
from followup_rules import Action, Context, Profile, Refused, Status
from followup_todotxt.lines import Ref, appended, removed
from tests.support.oddfiles import no_waiting, strange

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
LINE = f"2026-11-19 Call Julie Roy (Nordik) due:2026-11-19 fr:{KEY}"


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
    assert todo.read_text() == f"2026-11-19 Call Julie Roy (Nordik) fr:{KEY}\n"


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
        ("(https://nordik.ca:8443/a?b:c), see:https://x", "(https://nordik.ca:8443/a?b:c), see: https://x"),
        ("text://..", "text: //.."),
        ("see TEXT://.. (fr://x, due://2026-01-01)", "see TEXT: //.. (fr: //x, due: //2026-01-01)"),
        ("fr:other@2026-11-19", "fr: other@2026-11-19"),
        ("due:2026-01-01", "due: 2026-01-01"),
        ("x 2026-11-19 done", "- x 2026-11-19 done"),
        ("X done", "- X done"),
        ("(B) x 2026-11-19 fr:a", "- (B) x 2026-11-19 fr: a"),
        ("t:2099-01-01 h:1 rec:1d pri:A", "t: 2099-01-01 h: 1 rec: 1d pri: A"),
        ("a\x85x b\u2029(A) c\x00d\ttext:\u200b//..", "a x b (A) c d text: //.."),
        ("fr:\u00a0other text:\u2028x", "fr: other text: x"),
        ("two\nlines\r\nx third\u2028fourth\x1b[31m", "two lines x third fourth [31m"),
        ("", "follow-up-call"),
        ("Call +1 514 555-0123 or @marc, tel:+33 1", "Call (+1) 514 555-0123 or (@marc), tel: (+33) 1"),
        ("+1 514 555-0123", "(+1) 514 555-0123"),
        ("1 + 1 @ noon, a+b@nordik.ca (+2)", "1 + 1 @ noon, a+b@nordik.ca (+2)"),
    ],
)
def test_a_title_is_never_taken_for_syntax(todo, title, written):
    ref = open_output(todo).create(replace(CALL, title=title))
    assert todo.read_text() == f"2026-11-19 {written} due:2026-11-19 fr:{KEY}\n"
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
    assert (
        todo.read_bytes() == b"\xef\xbb\xbf" + f"2026-11-19 Call due:2026-11-19 fr:{KEY}".encode() + b"\r\nfirst\nlast"
    )


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


@pytest.mark.parametrize("created", ["2026-11-12 ", ""])
def test_an_update_keeps_the_day_on_which_the_line_was_made(todo, created):
    """Lines of earlier versions have none."""
    todo.write_text(f"{created}Call fr:{KEY}\n")
    ref = open_output(todo).find(KEY)
    open_output(todo).update(ref, CALL)
    assert todo.read_text() == LINE.replace("2026-11-19 ", created, 1) + "\n"


@pytest.mark.parametrize(
    ("ticked", "at"),
    [
        (f"x {LINE}", None),
        (f"x 2026-11-20 {LINE}", datetime(2026, 11, 20, tzinfo=ZONE)),
        (f"x 2026-11-20 {LINE.partition(' ')[2]}", datetime(2026, 11, 20, tzinfo=ZONE)),
    ],
)
def test_the_day_on_which_it_was_made_is_not_the_day_on_which_it_was_done(todo, ticked, at):
    ref = open_output(todo).create(CALL)
    todo.write_text(f"{ticked}\n")
    assert status(todo, ref) == Status("done", at)


def test_a_symlink_is_followed(todo, tmp_path):
    real = tmp_path / "cloud" / "tasks.txt"
    real.parent.mkdir()
    real.write_text("Buy milk\n")
    todo.symlink_to(real)
    open_output(todo).create(replace(CALL, text="Hello."))
    assert todo.is_symlink()
    assert real.read_text().startswith("Buy milk\n2026-11-19 Call Julie")
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
        (f"x (A) {LINE}", Status("done")),
        (f"{LINE} rec:1w\nx 2026-11-20 {LINE} rec:1w", Status("done", datetime(2026, 11, 20, tzinfo=ZONE))),
        (f"{LINE}\n{LINE}", Status("open")),
        (f"\ufeff\r\n{LINE}\r\n\r\n", Status("open")),
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


def test_a_task_with_any_title_is_ticked_updated_and_withdrawn_like_others(todo):
    titles = ["text://..", "fr:other", "x 2026-11-19 a", "due:2026-01-01 fr://b", "(A) text:../../etc/passwd", "x"]
    actions = [replace(CALL, key=f"key-{number}", title=title) for number, title in enumerate(titles)]
    refs = [open_output(todo).create(action) for action in actions]
    assert set(open_output(todo).status(refs).values()) == {Status("open")}
    refs = [open_output(todo).update(ref, replace(action, due=None)) for ref, action in zip(refs, actions, strict=True)]
    first, *others = todo.read_text().splitlines()
    todo.write_text("\n".join([f"x 2026-11-20 {first}", *others, ""]))
    became = open_output(todo).status(refs)
    assert [became[ref].state for ref in refs] == ["done", *["open"] * 5]
    for ref in refs[1:]:
        open_output(todo).withdraw(ref)
    assert todo.read_text() == f"x 2026-11-20 {first}\n"


# --- places in which something else lies ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["fifo", "socket", "device", "loop"])
def test_a_list_that_is_no_file_is_refused_at_once_with_a_sentence(tmp_path, kind):
    strange(tmp_path, ".txt")
    output = open_output(tmp_path / f"{kind}.txt")
    with no_waiting(), pytest.raises(Refused, match=r"no file|leads to|links"):
        output.create(CALL)
    with no_waiting(), pytest.raises(OSError, match=r"no file|leads to|links"):
        output.status([str(Ref.of(LINE))])


def test_what_lies_beside_the_list_never_makes_it_wait_or_fail(todo):
    strange(todo.parent, ".txt")
    os.mkfifo(todo.with_name("done.txt"))
    with no_waiting():
        ref = open_output(todo).create(CALL)
        other = open_output(todo).create(replace(CALL, key="gone"))
        todo.write_text(f"{LINE}\n")
        (todo.parent / "old.txt").write_text("x 2026-11-19 Something fr:else\n")
        found = open_output(todo).status([ref, other])
    assert (found[ref], found[other]) == (Status("open"), Status("gone"))


def test_a_list_beyond_all_bounds_is_refused(todo):
    todo.touch()
    os.truncate(todo, 2**40)
    with no_waiting(), pytest.raises(Refused, match="larger than 50 MB"):
        open_output(todo).create(CALL)


@pytest.mark.parametrize("odd", ["placeholder", "away", "cannot-be-opened"])
def test_a_task_that_may_be_in_an_archive_that_cannot_be_seen_is_not_gone(todo, odd, request):
    ref = open_output(todo).create(CALL)
    other = open_output(todo).create(replace(CALL, key="other"))
    todo.write_text(f"{LINE}\n")
    done = todo.with_name("done.txt")
    match odd:
        case "placeholder":
            (todo.parent / ".done.txt.icloud").write_text("")
        case "away":
            done.symlink_to("/nowhere/done.txt")
        case "cannot-be-opened":
            request.getfixturevalue("unprivileged")
            done.write_text("")
            done.chmod(0)
    found = open_output(todo).status([ref, other])
    assert (found[ref], found[other].state) == (Status("open"), "unknown")
    assert "done.txt" in found[other].why


def test_a_list_that_is_not_on_this_device_is_not_begun_anew(todo):
    (todo.parent / ".todo.txt.icloud").write_text("")
    with pytest.raises(Refused, match="has not been downloaded"):
        open_output(todo).create(CALL)
    with pytest.raises(OSError, match="has not been downloaded"):
        open_output(todo).status([str(Ref.of(LINE))])
    assert not todo.exists()


def test_a_tick_in_the_copy_of_a_conflict_counts_only_once_the_line_is_gone(todo):
    ref = open_output(todo).create(CALL)
    (todo.parent / "todo (conflicted copy 2026-11-19).txt").write_text(f"x 2026-11-19 {LINE}\n")
    assert status(todo, ref) == Status("open")
    todo.write_text("")
    assert status(todo, ref).state == "done"


@pytest.mark.parametrize("odd", ["fifo", "folder", "cannot-be-opened"])
def test_a_text_in_the_place_of_which_something_else_lies_is_the_users(todo, odd, request):
    ref = open_output(todo).create(replace(CALL, text="Long"))
    (text,) = todo.with_name("todo-texts").iterdir()
    if odd == "cannot-be-opened":
        request.getfixturevalue("unprivileged")
        text.chmod(0)
    else:
        text.unlink()
        (text.mkdir if odd == "folder" else partial(os.mkfifo, text))()
    with no_waiting():
        assert status(todo, ref) == Status("touched")


def test_a_folder_under_the_name_of_an_unfinished_file_is_in_nobodys_way(todo):
    (todo.parent / ".followup-x.tmp").mkdir()
    open_output(todo).create(CALL)
    assert todo.read_text() == LINE + "\n"


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


@pytest.mark.parametrize("mode", ["a", "w"])
def test_a_program_that_writes_in_the_very_moment_of_our_change_loses_nothing(todo, monkeypatch, mode):
    todo.write_text("Buy milk\n")
    real = pathlib.Path.replace

    def after_a_change(self, target):
        monkeypatch.undo()
        _meanwhile(todo, mode, "Eggs\n")
        return real(self, target)

    monkeypatch.setattr(pathlib.Path, "replace", after_a_change)
    open_output(todo).create(CALL)
    assert todo.read_text() == ("Buy milk\n" if mode == "a" else "") + f"Eggs\n{LINE}\n"
    assert list(todo.parent.iterdir()) == [todo]


def test_a_program_that_replaces_the_list_while_we_change_it_loses_nothing(todo):
    todo.write_text("Buy milk\n")
    other = iter(["Eggs\n"])

    def change(lines):
        for text in other:
            todo.with_name("new").write_text(text)
            todo.with_name("new").rename(todo)
        return appended(lines, LINE)

    open_output(todo)._edit(change)
    assert todo.read_text() == f"Eggs\n{LINE}\n"


def test_what_a_killed_run_has_left_unfinished_is_cleared_away_by_the_next(todo):
    script = replace(CALL, text="Good morning,\n")
    ref = open_output(todo).create(script)
    for folder in (todo.parent, todo.parent / "todo-texts"):
        (folder / ".followup-abc.tmp").write_text("half")
    open_output(todo).update(ref, replace(script, text="Good afternoon,\n"))
    assert not list(todo.parent.rglob(".followup-*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to somebody else")
def test_a_list_that_root_changes_still_belongs_to_its_owner(todo):
    todo.write_text("Buy milk\n")
    os.chown(todo, 1234, 1235)
    open_output(todo).create(CALL)
    assert (todo.stat().st_uid, todo.stat().st_gid) == (1234, 1235)


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


def test_a_task_edited_before_its_receipt_was_kept_is_the_users(todo):
    open_output(todo).create(SCRIPT)
    todo.write_text(todo.read_text().replace("Call", "Rather call"))
    ref = open_output(todo).find(KEY)
    assert status(todo, ref) == Status("touched")
    with pytest.raises(Refused, match="edited"):
        open_output(todo).withdraw(ref)


def test_creating_again_brings_up_to_date_what_is_as_we_left_it(todo):
    open_output(todo).create(SCRIPT)
    ref = open_output(todo).create(replace(SCRIPT, title="Call them", text="Another script."))
    assert todo.read_text().startswith("2026-11-19 Call them due:")
    assert [file.read_text() for file in text_files(todo)] == ["Another script.\n"]
    assert status(todo, ref) == Status("open")


def test_a_text_left_by_a_run_that_was_killed_goes_when_its_change_is_repeated(todo):
    for repeated in ("withdraw", "update"):
        ref = open_output(todo).create(SCRIPT)
        (old,) = text_files(todo)
        kept = old.read_text()
        new = open_output(todo).update(ref, replace(SCRIPT, text="New."))
        old.write_text(kept)
        if repeated == "withdraw":
            open_output(todo).withdraw(new)
        else:
            open_output(todo).update(ref, replace(SCRIPT, text="New."))
        assert old not in text_files(todo)


def test_a_line_made_by_hand_cannot_make_us_remove_another_file(todo):
    precious = todo.with_name("precious.txt")
    precious.write_text("precious\n")
    todo.write_text(f"Mine text:precious.txt fr:{KEY}\n")
    with pytest.raises(Refused, match="edited"):
        open_output(todo).withdraw(open_output(todo).find(KEY))
    assert precious.exists()


def test_a_line_without_a_text_that_the_user_has_edited_is_not_written_over_by_another_store(tmp_path):
    """Such a line bears no seal, so only the very same line is known to be ours."""
    (kind,) = followup_todotxt.register_outputs()
    place = tmp_path / "todo.txt"

    def opened():
        return kind.open(kind.options(path=place), Context(profile=Profile(timezone=ZONE), now=NOW))

    ref = opened().create(CALL)
    assert opened().create(CALL) == ref
    edited = place.read_text().replace("Call", "Really call")
    place.write_text(edited)
    found = opened().create(CALL)
    assert place.read_text() == edited
    assert opened().status([found, ref]) == {found: Status("touched"), ref: Status("touched")}
