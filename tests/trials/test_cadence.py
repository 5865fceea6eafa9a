"""Any cadence: however often it runs, wherever two schedules meet the same is there, with the same due dates."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.storybook import JULIE, Story
from tests.trials.simulator.cadence import live_twice
from tests.trials.simulator.choice import Seeded
from tests.trials.simulator.machine import Drawn

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
ALL = list(HealthCheck)


@pytest.fixture
def story(tmp_path):
    """An interview on Monday, 9 November 2026, from 10 to 11."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00")
    return story


# -- drawn lives


def _agree(outcome):
    assert not outcome.violation, "\n".join([*outcome.story, outcome.violation])
    return outcome


@pytest.mark.parametrize("seed", [1])
def test_who_runs_often_and_who_runs_seldom_have_the_same_before_them(seed):
    assert _agree(live_twice(Seeded(seed), START, 30)).compared > 5


@examples(8, suppress_health_check=ALL)
@given(st.data())
def test_any_two_schedules_agree_wherever_they_meet(data):
    _agree(live_twice(Drawn(data), START, 8, dense=24, sparse=96))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20, 25))
def test_for_months_who_runs_often_and_who_runs_seldom_agree(seed):
    _agree(live_twice(Seeded(seed), START, 120, dense=5))


# -- what the drawn lives and their makers found


def test_a_date_that_was_announced_to_nobody_binds_nobody(story):
    (story.folder / "out" / "drafts").write_text("in the way")
    assert story.run("2026-11-09 11:05").exit_code == 1
    story.config('[rule.follow-up-call]\nopens = "day + 7 days at 09:00, workday"\n')
    (story.folder / "out" / "drafts").unlink()
    assert story.at("2026-11-09 13:05").the("thank-you").announces == {"follow-up-call": "2026-11-16"}


def test_two_drafts_never_carry_the_same_key_though_their_cases_part(story):
    story.visit("I1", "2026-11-09 10:00", "nadia@agencex.ca")
    story.visit("I2", "2026-11-09 14:00", "nadia@agencex.ca")
    story.at("2026-11-09 15:05")
    story.visit("I1", description="#case:client-a", stamp="2026-11-09 16:00")
    created = story.at("2026-11-09 16:05").all("thank-you")
    assert len(created) == 1
    assert len(story.drafts()) == 2
    story.visit("I2", status="CANCELLED", stamp="2026-11-09 14:30")
    story.at("2026-11-09 17:05")
    assert len(story.drafts()) == 1


def test_who_was_only_invited_to_a_meeting_that_never_was_is_written_nothing(story):
    story.visit("I2", "2026-11-20 10:00", "marc.cote@nordik.ca")
    story.at("2026-11-08 09:00")
    story.unlist("I2")
    story.note("2026-11-08 10:00 #promise Le nom du luthier", heading="nordik.ca")
    assert story.at("2026-11-08 11:00").the("keep-promise").to == [JULIE]


def test_a_meeting_that_never_was_leaves_no_trace_in_where_mail_belongs(story):
    story.visit("I2", "2026-11-20 10:00", "nadia@agencex.ca", description="#case:client-a")
    story.at("2026-11-08 09:00")
    story.unlist("I2")
    story.at("2026-11-08 10:00")
    story.note("2026-11-08 11:30 #promise Le nom du luthier", heading="<nadia@agencex.ca>")
    assert story.at("2026-11-08 12:00").decision("keep-promise").case == "agencex.ca"


def test_what_was_decided_too_early_by_a_wrong_clock_is_planned_anew_for_all_cases(story):
    story.visit("I2", "2026-11-10 10:00", "bob@autre.ca")
    story.at("2026-11-20 09:00")
    plan_and_run_agree = story.at("2026-11-09 11:05")
    assert plan_and_run_agree.state("thank-you", "autre.ca") == "waiting"
