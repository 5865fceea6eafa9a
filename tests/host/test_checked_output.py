"""An answer of an output that makes no sense stops nothing else, and nothing is done on a guess."""

from datetime import datetime

import pytest

from followup_rules import Refused, Status
from tests.support import oddplugin
from tests.support.oddplugin import TASKS_APART, moment, run, story

pytestmark = pytest.mark.slow

NAIVE = datetime(2026, 11, 9, 12)


@pytest.mark.parametrize("answer", [None, 5, "", b"ref", "\ud800", ["ref"], "x" * 20_000])
def test_a_create_that_answers_nonsense_is_looked_for_and_never_made_twice(tmp_path, odd, answer):
    told = story(tmp_path / "story", TASKS_APART)
    odd.output.instead["create"] = lambda action: odd.output.put(action) and answer
    ran = run(told, "2026-11-09 12:00")
    assert {p["where"] for p in ran.problems} == {"outputs.odd"}
    assert ran.exit == 1
    assert [c["rule"] for c in ran.changes] == ["thank-you"]
    ran = run(told, "2026-11-09 12:05")
    assert (ran.changes, ran.problems, len(odd.output.made)) == ([], [], 2)


def test_a_find_that_answers_nonsense_leaves_it_open(tmp_path, odd):
    told = story(tmp_path / "story", TASKS_APART)
    odd.output.instead["create"] = lambda action: 1 / 0
    run(told, "2026-11-09 12:00")
    odd.output.instead = {"find": lambda key: 5}
    odd.output.called()
    assert run(told, "2026-11-09 12:05").exit == 1
    assert odd.output.called("create") == []
    odd.output.instead.clear()
    assert [c["rule"] for c in run(told, "2026-11-09 12:10").changes] == ["debrief", "fit"]


ANSWERS = {
    "a text": "open",
    "an unknown state": Status("deleted"),
    "no state": Status(None),
    "nothing": None,
    "that it cannot tell": Status("unknown", why="the disk is away"),
    "nothing by which it could be told": Status("unknown", why=5),
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
    assert [(c["op"], c["rule"]) for c in ran.changes] == [("withdraw", "debrief")]
    (problem,) = ran.problems
    assert "fit/nordik.ca@2026-11-09" in problem["message"]
    odd.output.became.clear()
    assert [(c["op"], c["rule"]) for c in run(told, "2026-11-09 12:40").changes] == [("withdraw", "fit")]


@pytest.mark.parametrize("answer", [None, 5, "open", ["open"]])
def test_an_output_that_answers_nonsense_to_all_is_left_alone(tmp_path, odd, answer):
    told = story(tmp_path / "story", TASKS_APART)
    run(told, "2026-11-09 12:00")
    told.note("2026-11-09 12:10 #fit I would")
    odd.output.instead["status"] = lambda refs: answer
    ran = run(told, "2026-11-09 12:30")
    assert (ran.changes, [p["where"] for p in ran.problems]) == ([], ["outputs.odd"])


def test_what_the_user_may_have_done_in_an_output_out_of_reach_is_not_told_as_missed(tmp_path, odd):
    told = story(tmp_path / "story", TASKS_APART)
    run(told, "2026-11-09 12:00")

    def unreachable(refs):
        raise OSError("the share is not mounted")

    odd.output.instead["status"] = unreachable
    ran = run(told, "2026-11-20 12:00")
    assert {d["rule"]: d["state"] for d in ran.decisions if d["rule"] in ("debrief", "fit")} == {
        "debrief": "blind",
        "fit": "blind",
    }
    del odd.output.instead["status"]
    odd.output.became["fit/nordik.ca@2026-11-09"] = Status("done", oddplugin.at("2026-11-10 09:00"))
    ran = run(told, "2026-11-20 13:00")
    assert {d["rule"]: d["state"] for d in ran.decisions if d["rule"] in ("debrief", "fit")} == {
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
    assert [c["rule"] for c in ran.changes] == ["thank-you"]
    assert all("refused" in p["message"] for p in ran.problems)


def test_a_time_of_a_library_is_taken_as_a_time(tmp_path, odd):
    told = story(tmp_path / "story", TASKS_APART)
    run(told, "2026-11-09 12:00")
    odd.output.became["fit/nordik.ca@2026-11-09"] = Status("done", moment("2026-11-09 12:10"))
    ran = run(told, "2026-11-09 12:30")
    assert ran.problems == []
    (why,) = [decision["why"] for decision in ran.decisions if decision["rule"] == "fit"]
    assert "2026-11-09 12:10" in why
