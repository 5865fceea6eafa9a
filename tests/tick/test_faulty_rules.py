"""One rule or text that fails stops nothing else, and nothing is done on a guess."""

import pytest

from tests.support.oddplugin import story
from tests.support.storybook import Story
from tests.support.storybook import call as command

ASK = 'on = {{ tags = ["ask"], check = "odd" }}\nopens = "start"\ndo = {{ type = "task", title = "{0}" }}\n'
RULES = f"""
[rule.odd]
{ASK.format("Odd")}
[rule.even]
on = "#ask"
opens = "start"
do = {{ type = "task", title = "Even" }}
"""


def fine(event):
    return True


def failing(event):
    raise ZeroDivisionError("division by zero")


def ending(event):
    raise SystemExit(0)


def asked(folder, rules=RULES):
    told = story(folder)
    told.config(rules)
    told.note("2026-11-09 12:00 #ask About the team")
    return told


# -- a rule


@pytest.mark.parametrize("check", [failing, ending])
def test_a_check_that_fails_stops_its_rule_alone(tmp_path, odd, check):
    told = asked(tmp_path / "story")
    odd.check = check
    tick = told.at("2026-11-09 13:00")
    assert tick.rules() == ["even", "thank-you"]
    assert tick.state("odd") == "broken"
    assert "the check 'odd' of a plugin failed" in tick.decision("odd").why
    assert [(p["where"], p["code"]) for p in tick.problems] == [("rule.odd", "F048")]
    assert tick.exit == 1
    odd.check = fine
    mended = told.at("2026-11-09 13:05")
    assert (mended.rules(), mended.exit) == (["odd"], 0)


def test_what_a_failing_rule_has_made_stays(tmp_path, odd):
    told = asked(tmp_path / "story")
    told.at("2026-11-09 13:00")
    odd.check = failing
    told.edit_note("team", "salary")
    tick = told.at("2026-11-09 13:05")
    assert (tick.rules("withdraw"), tick.state("odd")) == ([], "broken")
    assert len(told.tasks()) == 2


def test_a_rule_is_broken_wherever_its_check_fails(tmp_path, odd):
    rules = '[rule.odd]\non = "#ask"\nopens = "start"\ndone_by = [{ check = "odd" }]\ndo = { type = "task", title = "Odd" }\n'
    told = asked(tmp_path / "story", rules)
    told.note("2026-11-09 12:30 #issue About something else")
    odd.check = failing
    tick = told.at("2026-11-09 13:00")
    assert (tick.state("odd"), tick.rules()) == ("broken", ["thank-you"])


def test_a_guard_that_fails_does_not_let_through_what_it_may_hold(tmp_path, odd):
    rules = """
[guard.odd]
on = { kind = "meeting", check = "odd" }
opens = "end"
closes = "end + 1 day"
[rule.write]
on = "#ask"
opens = "start"
do = { type = "draft", title = "A question", text = "..." }
[rule.even]
on = "#ask"
opens = "start"
do = { type = "task", title = "Even" }
"""
    told = asked(tmp_path / "story", rules)
    odd.check = failing
    tick = told.at("2026-11-12 13:00")
    assert (tick.state("write"), tick.state("thank-you"), tick.state("even")) == ("broken", "broken", "due")
    assert "the guard 'odd', which may hold it, is faulty: the check 'odd'" in tick.decision("write").why
    assert tick.rules() == ["even"]
    assert "Traceback" not in command(told.folder, "explain", "nordik.ca", "--now", "2026-11-12 13:00").output
    odd.check = fine
    assert told.at("2026-11-12 13:05").rules() == ["thank-you"]


def test_a_rule_that_counts_from_a_failing_one_falls_back(tmp_path, odd):
    rules = f"""
[rule.odd]
{ASK.format("Odd")}
[rule.after]
on = "#ask"
opens = ["odd", "start + 2 hours"]
do = {{ type = "task", title = "After" }}
[rule.only-after]
on = "#ask"
opens = "odd"
do = {{ type = "task", title = "Only after" }}
"""
    told = asked(tmp_path / "story", rules)
    odd.check = failing
    tick = told.at("2026-11-09 13:00")
    assert (tick.state("after"), tick.state("only-after")) == ("waiting", "broken")
    assert tick.decision("after").next == "2026-11-09T14:00:00-05:00"
    assert "the rule 'odd' is faulty" in tick.decision("only-after").why


def test_explain_and_agenda_tell_of_a_failing_rule_as_of_any_other(tmp_path, odd):
    told = asked(tmp_path / "story")
    odd.check = failing
    told.run("2026-11-09 13:00")
    shown = command(told.folder, "explain", "nordik.ca", "--now", "2026-11-09 13:00").stdout
    assert "the check 'odd' of a plugin failed" in " ".join(shown.split())
    assert command(told.folder, "agenda", "--now", "2026-11-09 13:00").exit_code in (0, 1)


# -- a text


FAULTY = """
[rule.odd]
on = "#ask"
opens = "start"
do = [{ type = "task", title = "Fine" }, { type = "task", title = "{{ it.nothing.of_that_name }}" }]
"""


def test_a_rule_with_a_faulty_text_makes_nothing_and_says_so(tmp_path, odd):
    told = asked(tmp_path / "story", FAULTY)
    tick = told.at("2026-11-09 13:00")
    assert (tick.rules(), tick.state("odd")) == (["thank-you"], "broken")
    assert "a text of the rule is faulty" in tick.decision("odd").why
    assert [p["code"] for p in tick.problems] == ["F030"]
    shown = command(told.folder, "explain", "nordik.ca", "--now", "2026-11-09 13:00").stdout
    assert "a text of the rule is faulty" in " ".join(shown.split())
    told.config(FAULTY.replace(".nothing.of_that_name", ".title"))
    assert told.at("2026-11-09 13:05").rules() == ["odd", "odd"]


def test_what_stands_stays_when_a_text_becomes_faulty(tmp_path, odd):
    told = asked(tmp_path / "story", FAULTY.replace(".nothing.of_that_name", ".title"))
    assert told.at("2026-11-09 13:00").rules() == ["odd", "odd", "thank-you"]
    told.config(FAULTY)
    tick = told.at("2026-11-09 13:05")
    assert (tick.changes, tick.state("odd"), len(told.tasks())) == ([], "broken", 2)


@pytest.mark.parametrize("on", ["{ about = 'it' }", "{ to = 'them' }", "{ same = 'thread' }", "{ after = 'opens' }"])
@pytest.mark.parametrize(
    "table", ["rule.odd]\ndo = { type = 'task', title = 'Odd' }", "guard.odd]\ncloses = 'end + 1 day'"]
)
def test_what_looks_for_an_anchor_by_an_anchor_stops_no_other_rule(tmp_path, table, on):
    told = Story(tmp_path / "story")
    told.config(
        f"[{table}\non = {on}\n[rule.even]\non = '#ask'\nopens = 'start'\ndo = {{ type = 'task', title = 'Even' }}\n"
    )
    told.note("2026-11-09 12:00 #ask About the team")
    tick = told.at("2026-11-09 13:00")
    assert [p["code"] for p in tick.problems] == ["F016"]
    assert tick.rules() == ["even"]
