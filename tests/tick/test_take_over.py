"""What lies in an output before a store makes it: looked for once, and what cannot be looked for is not made."""

import pytest

from followup_rules import Refused, Status
from followup_rules.host.checked_output import UNKNOWN
from tests.support.oddplugin import OUTPUT, run
from tests.support.storybook import CONFIG, Story, call

ASK = '[rule.ask]\non = "#ask"\nopens = "start"\ndo = { type = "task", title = "Ask", output = "odd" }\n'
KEY = "ask/notes:julie.roy@nordik.ca:2026-11-09T12:00:ask@2026-11-09"


@pytest.fixture
def told(tmp_path):
    """A task that is due."""
    told = Story(tmp_path / "story", base=CONFIG.replace("[store]", f"{OUTPUT}[store]"))
    told.note("2026-11-09 12:00 #ask")
    told.config(ASK)
    return told


def test_a_new_store_asks_before_it_makes_anything_and_a_known_one_does_not(told, odd):
    run(told, "2026-11-09 13:00")
    assert odd.output.called("find", "create") == [KEY, KEY]
    told.note("2026-11-09 14:00 #ask")
    run(told, "2026-11-09 15:00")
    assert len(odd.output.called("find", "create")) == 1


def test_what_cannot_be_looked_for_is_told_and_not_made_until_it_can(told, odd):
    def out_of_reach(_):
        raise OSError("no route")

    odd.output.instead["find"] = out_of_reach
    blind = run(told, "2026-11-09 13:00")
    assert (blind.exit, odd.output.called("create")) == (1, [])
    assert any("no route" in problem["message"] for problem in blind.problems)
    del odd.output.instead["find"]
    assert [change["key"] for change in run(told, "2026-11-09 13:05").changes] == [KEY]


def test_what_may_lie_where_nobody_can_look_is_not_made(told, odd):
    odd.output.instead["find"] = lambda key: key
    odd.output.instead["status"] = lambda refs: {ref: Status(UNKNOWN, why="it is away") for ref in refs}
    assert (run(told, "2026-11-09 13:00").changes, odd.output.called("create")) == ([], [])


def test_what_is_done_there_is_done_and_made_by_nobody(told, odd):
    odd.output.instead["find"] = lambda key: key
    odd.output.became[KEY] = Status("done")
    done = run(told, "2026-11-09 13:00")
    assert (done.changes, odd.output.called("create")) == ([], [])
    assert [each["state"] for each in done.decisions if each["key"] == KEY] == ["done"]


def test_what_lies_there_and_may_not_be_changed_just_now_is_known_and_changed_later(told, odd):
    def full(_):
        raise Refused("the account is full")

    odd.output.made[KEY] = None
    odd.output.instead["update"] = full
    first = run(told, "2026-11-09 13:00")
    assert (first.changes, odd.output.called("create")) == ([], [])
    assert any("the account is full" in problem["message"] for problem in first.problems)
    del odd.output.instead["update"]
    assert [change["op"] for change in run(told, "2026-11-09 13:05").changes] == ["update"]
    odd.output.made.clear()
    assert run(told, "2026-11-09 14:00").changes == run(told, "2026-11-30 14:00").changes == []


def test_a_reference_that_comes_to_nothing_is_no_task(told, odd):
    odd.output.instead["find"] = lambda key: key
    assert [change["key"] for change in run(told, "2026-11-09 13:00").changes] == [KEY]


def test_another_reference_of_what_is_not_open_is_no_answer(told, odd):
    run(told, "2026-11-09 13:00")
    odd.output.became[KEY] = Status("touched", ref="elsewhere")
    (problem,) = run(told, "2026-11-09 14:00").problems
    assert "another reference of what is touched" in problem["message"]


def test_a_duty_that_was_open_before_a_store_began_is_looked_for_whenever_it_comes(told, odd):
    told.edit_note("2026-11-09 12:00 #ask", "2026-11-09 11:00 #fit")  # the notes come a day after the store
    run(told, "2026-11-09 13:00")
    odd.output.made[KEY], odd.output.became[KEY] = None, Status("done")  # another computer made it, and it was ticked
    told.note("2026-11-09 12:00 #ask")
    late = run(told, "2026-11-10 13:00")
    assert (late.changes, odd.output.called("create")) == ([], [])
    assert [each["state"] for each in late.decisions if each["key"] == KEY] == ["done"]


def test_a_duty_that_was_open_before_a_copy_was_put_back_is_looked_for_whenever_it_comes_again(told, odd):
    copy = str(told.folder / "copy.db")
    run(told, "2026-11-09 13:00")
    call(told.folder, "backup", copy, "--now", "2026-11-09 13:30")
    asked = "2026-11-09 14:00 #ask"
    told.note(asked)
    (made,) = run(told, "2026-11-09 15:00").changes
    odd.output.became[made["key"]] = Status("done")
    told.edit_note(asked, "2026-11-09 14:00 #fit")
    call(told.folder, "backup", "--restore", copy, "--now", "2026-11-09 16:00")
    run(told, "2026-11-09 16:05")
    told.edit_note("2026-11-09 14:00 #fit", asked)
    odd.output.called()
    again = run(told, "2026-11-10 13:00")
    assert (again.changes, odd.output.called("create")) == ([], [])
    assert [each["state"] for each in again.decisions if each["key"] == made["key"]] == ["done"]
