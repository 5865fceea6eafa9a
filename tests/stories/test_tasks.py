"""Stories of tasks in the user's hand: ticked, moved, renamed and rewritten, by todo.txt programs and by editors."""

import os
import re
import shutil
import subprocess
from datetime import datetime

import pytest

from followup_rules.testing import ZONE
from tests.support.storybook import Story

CALL = "follow-up-call"
OWN = b"(A) Acheter du pain\ncaf\xe9 en latin-1  \n\n  second   line @home"
"""Lines of the user's own, in whatever state."""


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026: the call is due on Thursday the 19th, and stands below own lines."""
    story = Story(tmp_path)
    story.todo.write_bytes(OWN)
    story.visit("I1", "2026-11-09 10:00")
    story.note("2026-11-09 12:00 #fit bien")
    story.at("2026-11-19 09:00")
    return story


@pytest.fixture
def todo_txt(story):
    """The todo.txt command line, at work on the tasks of the story."""
    if not shutil.which("todo-txt"):
        pytest.skip("todo-txt is not installed (Debian package todotxt-cli)")
    config = story.folder / "todo.cfg"
    lines = [f"export TODO_DIR='{story.todo.parent}'"]
    lines += [f'export {name.upper()}_FILE="$TODO_DIR/{name}.txt"' for name in ("todo", "done", "report")]
    config.write_text("".join(f"{line}\n" for line in lines))

    def run(*arguments):
        command = ["todo-txt", "-p", "-f", "-d", str(config), *(str(argument) for argument in arguments)]
        surroundings = {**os.environ, "LC_ALL": "C", "TZ": str(ZONE)}
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, env=surroundings, timeout=60)

    return run


def number(story):
    """Return the number under which todo.txt programs know the call."""
    return [f"fr:{CALL}" in line for line in lines_of(story)].index(True) + 1


def lines_of(story):
    return story.todo.read_text(errors="surrogateescape").split("\n")


def line_of(story, path=None):
    (line,) = [line for line in (path or story.todo).read_text(errors="surrogateescape").split("\n") if CALL in line]
    return line


def rewrite(story, change):
    story.todo.write_bytes(change(story.todo.read_bytes()))


def by_then(instant):
    """Return an instant, or the same time of today: what real programs write has today's date, and exists from then on."""
    return max(instant, f"{datetime.now(ZONE):%Y-%m-%d} {instant[11:]}")


def is_over(story):
    """Tell whether the call is over for good: nothing is made, nothing is taken back, now and until after its window."""
    ticks = [story.at(by_then("2026-11-19 10:00")), story.at(by_then("2026-12-01 10:00"))]
    return all(tick.state(CALL) == "done" and tick.changes == [] and tick.exit == 0 for tick in ticks)


# --- the todo.txt command line ---------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("-a",)], ids=["archived at once", "left in the list"])
def test_ticked_with_todo_txt(story, todo_txt, options):
    todo_txt(*options, "do", number(story))
    place = story.todo if options else story.todo.with_name("done.txt")
    day = re.match(r"x (\S+) ", line_of(story, place))[1]
    tick = story.at(by_then("2026-11-19 10:00"))
    assert re.search(rf"you ticked it off at \w+ {day} 00:00", tick.decision(CALL).why)
    assert is_over(story)
    assert set(OWN.split(b"\n")) <= {*story.todo.read_bytes().split(b"\n"), b""}


def test_ticked_and_archived_later_with_todo_txt(story, todo_txt):
    todo_txt("-a", "do", number(story))
    evidence = story.at(by_then("2026-11-19 09:30")).decision(CALL).evidence
    todo_txt("archive")
    assert story.at(by_then("2026-11-19 09:35")).decision(CALL).evidence == evidence
    assert is_over(story)


def test_deleted_with_todo_txt(story, todo_txt):
    todo_txt("del", number(story))
    assert "dismissed by you" in story.at("2026-11-19 09:30").decision(CALL).why
    assert is_over(story)


def test_moved_to_another_list_with_todo_txt(story, todo_txt):
    someday = story.todo.with_name("someday.txt")
    someday.touch()
    todo_txt("move", number(story), "someday.txt")
    assert CALL in someday.read_text()
    assert is_over(story)
    assert CALL in someday.read_text()


@pytest.mark.parametrize(
    "edit",
    [
        ("pri", "A"),
        ("append", "+nordik @tel"),
        ("prepend", "vraiment"),
        ("replace", f"Tel fr:{CALL}/nordik.ca@2026-11-09"),
    ],
)
def test_changed_with_todo_txt_it_is_the_users(story, todo_txt, edit):
    verb, *rest = edit
    todo_txt(verb, number(story), *rest)
    mine = line_of(story)
    story.visit("I1", title="Entrevue, autre titre", stamp="2026-11-19 09:10")
    story.note("2026-11-19 09:30 #called")
    assert story.at("2026-11-19 10:00").changes == []
    assert line_of(story) == mine
    todo_txt("-a", "do", number(story))
    assert story.at("2026-11-19 11:00").changes == []


def test_sorted_deduplicated_and_reported_with_todo_txt_it_is_still_ours(story, todo_txt):
    rewrite(story, lambda content: content + content.splitlines(keepends=True)[-1])
    todo_txt("deduplicate")
    todo_txt("report")
    assert story.at("2026-11-19 09:30").changes == []
    story.note("2026-11-19 09:40 #called")
    assert story.at("2026-11-19 10:00").rules("withdraw") == [CALL]
    assert not [line for line in lines_of(story) if CALL in line]


# --- as other programs leave it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "when"),
    [
        (lambda line: f"x 2026-11-19 {line}", "2026-11-19 00:00"),
        (lambda line: f"x (A) {line}", "2026-11-19 10:00"),
        (lambda line: "x 2026-11-18 " + " ".join(sorted(line.split())), "2026-11-18 00:00"),
        (lambda line: f"2026-11-19 {line} due:2026-11-26 rec:1w\nx 2026-11-19 {line} rec:1w", "2026-11-19 00:00"),
        (lambda line: f"{line}\nx 2026-11-19 {line}", "2026-11-19 00:00"),
    ],
    ids=["dated", "undated", "tokens moved", "recurring", "one of two copies"],
)
def test_ticked_by_another_program(story, change, when):
    line = line_of(story)
    rewrite(story, lambda content: content.replace(line.encode(), change(line).encode()))
    assert f"you ticked it off at {when}" in re.sub(
        r"at \w{3} ", "at ", story.at("2026-11-19 10:00").decision(CALL).why
    )
    assert is_over(story)


@pytest.mark.parametrize("name", ["archive.txt", "todo_done.txt"])
def test_ticked_and_archived_under_another_name(story, name):
    line = line_of(story)
    story.todo.write_bytes(OWN)
    story.todo.with_name(name).write_text(f"x 2026-11-19 {line}\n")
    assert "you ticked it off" in story.at("2026-11-19 10:00").decision(CALL).why
    assert is_over(story)


def test_moved_to_another_list_and_ticked_there(story):
    line = line_of(story)
    story.todo.write_bytes(OWN)
    someday = story.todo.with_name("someday.txt")
    someday.write_text(f"{line}\n")
    assert "dismissed" in story.at("2026-11-19 10:00").decision(CALL).why
    someday.write_text(f"x 2026-11-20 {line}\n")
    assert "you ticked it off at Fri 2026-11-20" in story.at("2026-11-21 10:00").decision(CALL).why


def test_unticked_again_it_is_open_again(story):
    before = story.todo.read_bytes()
    rewrite(story, lambda content: re.sub(rb"(?m)^(?=[\d-]+ Appeler)", b"x 2026-11-19 ", content))
    assert story.at("2026-11-19 10:00").state(CALL) == "done"
    story.todo.write_bytes(before)
    tick = story.at("2026-11-19 11:00")
    assert (tick.state(CALL), tick.changes) == ("due", [])
    story.note("2026-11-19 11:30 #called")
    assert story.at("2026-11-19 12:00").rules("withdraw") == [CALL]


@pytest.mark.parametrize(
    "resave",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\n".join(reversed(content.split(b"\n"))),
    ],
    ids=["line ends", "order"],
)
def test_saved_by_another_program_the_line_is_still_ours_and_the_others_stay(story, resave):
    line = line_of(story).encode()
    rewrite(story, resave)
    others = story.todo.read_bytes().split(line)
    story.note("2026-11-19 09:30 #called")
    assert story.at("2026-11-19 10:00").rules("withdraw") == [CALL]
    left = story.todo.read_bytes()
    assert left.startswith(others[0].rstrip(b"\r\n"))
    assert left.endswith(others[1].lstrip(b"\r\n"))


# --- the file itself -------------------------------------------------------------------------------------------


def test_with_todo_txt_missing_nothing_counts_as_deleted_and_no_second_list_is_begun(story):
    away = story.todo.rename(story.folder / "tasks.txt")
    story.visit("I2", "2026-11-21 10:00", "paul@boreal.ca")
    tick = story.at("2026-11-19 10:00")
    assert (tick.exit, tick.changes, story.todo.exists()) == (1, [], False)
    assert "todo.txt is missing; put it back, or create it empty" in tick.said
    away.rename(story.todo)
    tick = story.at("2026-11-19 10:05")
    assert (tick.exit, tick.rules(aside=True), tick.state(CALL, "nordik.ca")) == (0, ["prepare"], "due")
    assert line_of(story)


@pytest.mark.parametrize("cut", [0, 30], ids=["empty", "half"])
def test_a_list_that_was_only_half_written_dismisses_nothing_for_good(story, cut):
    whole = story.todo.read_bytes()
    story.todo.write_bytes(whole[:cut])
    assert story.at("2026-11-19 10:00").changes == []
    story.todo.write_bytes(whole)
    tick = story.at("2026-11-19 10:05")
    assert (tick.state(CALL), tick.changes, story.todo.read_bytes()) == ("due", [], whole)


def test_a_list_in_utf_16_is_neither_misread_nor_spoiled(story):
    content = story.todo.read_bytes().decode("latin-1").encode("utf-16")
    story.todo.write_bytes(content)
    story.note("2026-11-19 09:30 #called")
    tick = story.at("2026-11-19 10:00")
    assert (tick.exit, tick.changes) == (1, [])
    assert "save it as UTF-8" in tick.said
    assert story.todo.read_bytes() == content


def test_a_link_to_a_synced_folder_stays_a_link_and_a_missing_target_is_not_made_up(story):
    cloud = story.folder / "cloud"
    cloud.mkdir()
    (cloud / "tasks.txt").write_bytes(story.todo.read_bytes())
    story.todo.unlink()
    story.todo.symlink_to(cloud / "tasks.txt")
    story.note("2026-11-19 09:30 #called")
    assert story.at("2026-11-19 10:00").rules("withdraw") == [CALL]
    assert story.todo.is_symlink()
    assert (cloud / "tasks.txt").read_bytes() == OWN + b"\n"
    cloud.rename(story.folder / "offline")
    story.visit("I2", "2026-11-21 10:00", "paul@boreal.ca")
    ran = story.run("2026-11-19 11:00")
    assert (ran.exit_code, cloud.exists()) == (1, False)
    assert "missing; mount it or put it back" in ran.stderr
    (story.folder / "offline").rename(cloud)
    assert story.at("2026-11-19 12:00").rules(aside=True) == ["prepare"]
