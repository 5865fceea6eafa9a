"""`explain CASE` reads and judges that case alone, however many others there are."""

import json

import pytest

from followup_rules.tick import one_case
from tests.support.storybook import Story, call

NOW = "2026-11-10T15:00"


@pytest.fixture
def story(tmp_path):
    story = Story(tmp_path)
    for number, name in enumerate(("nordik", "boussole", "lumen")):
        story.visit(f"u{number}@x", "2026-11-10 13:00", who=[f"Julie Roy <julie@{name}.example>"])
    return story


@pytest.mark.parametrize("known", [False, True], ids=["before any run", "after a run"])
def test_the_other_cases_are_not_judged(story, monkeypatch, known):
    if known:
        story.run("2026-11-10T14:30")
    judged = []
    judge = one_case.judge
    monkeypatch.setattr(one_case, "judge", lambda case, *rest: judged.append(case.key) or judge(case, *rest))
    said = json.loads(call(story.folder, "explain", "nordik", "--json", "--now", NOW).stdout)
    assert [case["key"] for case in said["cases"]] == ["nordik.example"]
    assert judged == ["nordik.example"]


def test_it_says_the_same_as_the_list_of_all_cases(story):
    story.run("2026-11-10T14:30")
    everything = json.loads(call(story.folder, "explain", "--json", "--history", "--now", NOW).stdout)["cases"]
    alone = json.loads(call(story.folder, "explain", "lumen", "--json", "--history", "--now", NOW).stdout)["cases"]
    # Which field each other rule fails by is worked out for a case that is asked for alone.
    assert alone[0].pop("not_concerned")
    assert alone == [case for case in everything if case["key"] == "lumen.example"]
    assert alone[0]["history"], "what the run decided, and nothing of what this preview did"
    assert {line["at"] for line in alone[0]["history"]} == {"2026-11-10T14:30:00-05:00"}


def test_a_name_that_several_share_judges_none_alone(story):
    told = call(story.folder, "explain", "Julie", "--now", NOW)
    assert told.exit_code == 2
    assert "fits several cases" in told.stderr
