"""One rule, one text or one answer of an output that fails stops nothing else, and nothing is done on a guess."""

import json
from datetime import datetime

import pytest
from msgspec.structs import replace

from followup_rules import Refused, Status
from followup_rules.engine.isolation import Failed
from tests.support import oddplugin
from tests.support.caselab import decide, note
from tests.support.oddplugin import TASKS_APART, Output, Source, story
from tests.support.storybook import call as command

NAIVE = datetime(2026, 11, 9, 12)
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


@pytest.fixture
def odd(tmp_path, monkeypatch):
    acts = oddplugin.install(tmp_path / "plugin", monkeypatch)
    acts.source, acts.output, acts.check = Source(), Output(), fine
    return acts


def run(told, now):
    found = command(told.folder, "run", "--now", now, "--json")
    return {**json.loads(found.stdout), "exit": found.exit_code}


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


BATTERY = """
[rule.odd]
on = { tags = ["ask"], check = "fails" }
opens = "start"
do = { type = "task", title = "Odd" }
[rule.even]
on = "#ask"
opens = "start"
do = { type = "task", title = "Even" }
"""


def test_a_rule_is_shown_as_broken_where_it_fails_and_where_it_starts():
    found = decide(BATTERY, note("2026-11-09 10:00", "ask", title="Battery"), note("2026-11-10 10:00", "ask"),
                   note("2026-11-11 10:00", "other", title="Battery"), now="2026-11-12 10:00")  # fmt: skip
    states = sorted((each.rule, each.visit.day.day, str(each.state)) for each in found.values())
    assert states == [("even", 9, "due"), ("even", 10, "due"), ("odd", 9, "broken"), ("odd", 10, "broken")]


def test_a_condition_on_the_anchor_that_fails_breaks_its_rule_alone():
    rules = BATTERY.replace('{ tags = ["ask"], check = "fails" }', '"#ask"\nwhere = { check = "fails" }')
    found = decide(rules, note("2026-11-09 10:00", "ask", title="Battery"), now="2026-11-12 10:00")
    assert sorted((each.rule, str(each.state)) for each in found.values()) == [("even", "due"), ("odd", "broken")]


def test_a_case_in_which_everything_fails_is_not_tried_for_ever():
    timeless = replace(note("2026-11-09 10:00", "ask"), start=None)
    with pytest.raises(Failed, match="AttributeError"):
        decide(BATTERY, timeless, now="2026-11-12 10:00")


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


# -- an output


@pytest.mark.parametrize("answer", [None, 5, "", b"ref", "\ud800", ["ref"], "x" * 20_000])
def test_a_create_that_answers_nonsense_is_looked_for_and_never_made_twice(tmp_path, odd, answer):
    told = story(tmp_path / "story", TASKS_APART)
    odd.output.instead["create"] = lambda action: odd.output.put(action) and answer
    ran = run(told, "2026-11-09 12:00")
    assert {p["where"] for p in ran["problems"]} == {"outputs.odd"}
    assert ran["exit"] == 1
    assert [c["rule"] for c in ran["changes"]] == ["thank-you"]
    ran = run(told, "2026-11-09 12:05")
    assert (ran["changes"], ran["problems"], len(odd.output.made)) == ([], [], 2)


def test_a_find_that_answers_nonsense_leaves_it_open(tmp_path, odd):
    told = story(tmp_path / "story", TASKS_APART)
    odd.output.instead["create"] = lambda action: 1 / 0
    run(told, "2026-11-09 12:00")
    odd.output.instead = {"find": lambda key: 5}
    odd.output.called()
    assert run(told, "2026-11-09 12:05")["exit"] == 1
    assert odd.output.called("create") == []
    odd.output.instead.clear()
    assert [c["rule"] for c in run(told, "2026-11-09 12:10")["changes"]] == ["debrief", "fit"]


ANSWERS = {
    "a text": "open",
    "an unknown state": Status("deleted"),
    "no state": Status(None),
    "nothing": None,
    "a time without a zone": Status("done", NAIVE),
    "a text as time": Status("done", "noon"),
    "a time at the end of the calendar": Status("done", datetime.max.replace(tzinfo=oddplugin.TORONTO)),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_makes_no_sense_leaves_that_action_alone(tmp_path, odd, answer):
    told = story(tmp_path / "story", TASKS_APART)
    run(told, "2026-11-09 12:00")
    told.note("2026-11-09 12:10 #fit I would")
    odd.output.became["fit/nordik.ca@2026-11-09"] = answer
    ran = run(told, "2026-11-09 12:30")
    assert [(c["op"], c["rule"]) for c in ran["changes"]] == [("withdraw", "debrief")]
    (problem,) = ran["problems"]
    assert "fit/nordik.ca@2026-11-09" in problem["message"]
    odd.output.became.clear()
    assert [(c["op"], c["rule"]) for c in run(told, "2026-11-09 12:40")["changes"]] == [("withdraw", "fit")]


def test_a_time_of_a_library_is_taken_as_a_time(tmp_path, odd):
    class Moment(datetime):
        def isoformat(self, *_):
            return "some time"

    told = story(tmp_path / "story", TASKS_APART)
    run(told, "2026-11-09 12:00")
    odd.output.became["fit/nordik.ca@2026-11-09"] = Status(
        "done", Moment(2026, 11, 9, 12, 10, tzinfo=oddplugin.TORONTO)
    )
    ran = run(told, "2026-11-09 12:30")
    assert ran["problems"] == []
    (why,) = [decision["why"] for decision in ran["decisions"] if decision["rule"] == "fit"]
    assert "2026-11-09 12:10" in why


@pytest.mark.parametrize("answer", [None, 5, "open", ["open"]])
def test_an_output_that_answers_nonsense_to_all_is_left_alone(tmp_path, odd, answer):
    told = story(tmp_path / "story", TASKS_APART)
    run(told, "2026-11-09 12:00")
    told.note("2026-11-09 12:10 #fit I would")
    odd.output.instead["status"] = lambda refs: answer
    ran = run(told, "2026-11-09 12:30")
    assert (ran["changes"], [p["where"] for p in ran["problems"]]) == ([], ["outputs.odd"])


def test_what_the_user_may_have_done_in_an_output_out_of_reach_is_not_told_as_missed(tmp_path, odd):
    told = story(tmp_path / "story", TASKS_APART)
    run(told, "2026-11-09 12:00")

    def unreachable(refs):
        raise OSError("the share is not mounted")

    odd.output.instead["status"] = unreachable
    ran = run(told, "2026-11-20 12:00")
    assert {d["rule"]: d["state"] for d in ran["decisions"] if d["rule"] in ("debrief", "fit")} == {
        "debrief": "blind",
        "fit": "blind",
    }
    del odd.output.instead["status"]
    odd.output.became["fit/nordik.ca@2026-11-09"] = Status("done", oddplugin.at("2026-11-10 09:00"))
    ran = run(told, "2026-11-20 13:00")
    assert {d["rule"]: d["state"] for d in ran["decisions"] if d["rule"] in ("debrief", "fit")} == {
        "debrief": "expired",
        "fit": "done",
    }


class MuteRefusalError(Refused):
    def __str__(self):
        raise RuntimeError


def test_a_refusal_that_cannot_say_why_is_still_one(tmp_path, odd):
    def refuse(action):
        raise MuteRefusalError

    told = story(tmp_path / "story", TASKS_APART)
    odd.output.instead["create"] = refuse
    ran = run(told, "2026-11-09 12:00")
    assert [c["rule"] for c in ran["changes"]] == ["thank-you"]
    assert all("refused" in p["message"] for p in ran["problems"])
