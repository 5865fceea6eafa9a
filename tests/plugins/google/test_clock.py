"""What the Google plugin reads of the computer's clock: until when a login is good, and until when to wait."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.clock import clock
from tests.support.storybook import call

pytest.importorskip("googleapiclient")

from followup_google import service
from tests.support.googlelab.faults import status
from tests.support.googlelab.seeker import Seeker

NOON = datetime(2026, 11, 9, 17, tzinfo=UTC)
SPRING, AUTUMN = datetime(2027, 3, 14, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """The seconds that were to be waited; nobody waits them."""
    waited = []
    monkeypatch.setattr(service, "sleep", waited.append)
    return waited


@pytest.fixture
def seeker(google, tmp_path):
    return Seeker(google, tmp_path / "seeker").set_up()


def run(seeker, at):
    """Run by the clock; return what was said, and the exit code."""
    with clock(f"{at:%Y-%m-%d %H:%M:%S}"):
        done = call(seeker.folder, "run", "--json")
    return json.loads(done.stdout), done.exit_code


def ends(seeker, at):
    """Let the access that is kept end at an instant."""
    file = seeker.folder / "token.json"
    kept = json.loads(file.read_text()) | {"expiry": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    file.write_text(json.dumps(kept))


# -- until when a login is good


@pytest.mark.parametrize("now", [NOON, SPRING, AUTUMN, NEW_YEAR])
@pytest.mark.parametrize(("left", "renewals"), [(30, 0), (-1, 1)])
def test_an_access_is_renewed_when_it_has_ended_by_the_clock_and_not_before(seeker, now, left, renewals):
    ends(seeker, now + timedelta(minutes=left))
    assert run(seeker, now)[1] == 0
    assert len(seeker.google.asked("POST", "/oauth2/token")) == renewals


def test_a_renewed_access_is_good_for_an_hour_by_the_clock(seeker):
    ends(seeker, AUTUMN - timedelta(days=1))
    for minutes, renewals in ((-30, 1), (0, 0), (25, 0), (35, 1), (60, 0)):
        seeker.google.forget()
        assert run(seeker, AUTUMN + timedelta(minutes=minutes))[1] == 0
        assert len(seeker.google.asked("POST", "/oauth2/token")) == renewals, minutes


# -- until when to wait


def date(moment):
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize("now", [NOON, SPRING, AUTUMN, NEW_YEAR])
def test_a_pause_may_be_given_as_a_date(seeker, pauses, now):
    seeker.google.fault(status(429, retry_after=date(now + timedelta(seconds=7))), "GET", "*/messages")
    assert run(seeker, now)[1] == 0
    assert pauses == [7]


def test_a_date_that_has_passed_means_no_pause_of_its_own(seeker, pauses):
    seeker.google.fault(status(429, retry_after=date(NOON - timedelta(hours=1))), "GET", "*/messages")
    assert run(seeker, NOON)[1] == 0
    assert len(pauses) == 1
    assert 0 < pauses[0] < 5


def test_a_date_far_off_leaves_the_source_alone(seeker, pauses):
    seeker.google.fault(status(429, retry_after=date(NOON + timedelta(minutes=30))), "GET", "*/messages", nth=None)
    found, code = run(seeker, NOON)
    assert (code, pauses) == (1, [])
    assert "left alone for 30 minutes" in found["problems"][0]["message"]


@pytest.mark.parametrize("begin", [NOON, NEW_YEAR - timedelta(minutes=30), AUTUMN])
def test_a_draft_that_was_refused_until_a_date_is_not_tried_before(seeker, begin):
    seeker.google.meeting(
        "Entrevue - Nordik", begin - timedelta(hours=3), begin - timedelta(hours=2), ["julie@nordik.ca"]
    )
    seeker.google.fault(status(429, retry_after=date(begin + timedelta(hours=1))), "POST", "*/drafts", nth=None)
    assert run(seeker, begin)[1] == 1
    seeker.google.heal()
    seeker.google.forget()
    run(seeker, begin + timedelta(minutes=59))
    assert not seeker.google.asked("POST", "/drafts")
    assert run(seeker, begin + timedelta(minutes=60, seconds=1))[1] == 0
    assert len(seeker.google.asked("POST", "/drafts")) == 1


# -- the end of a Python's life

IN_A_LATER_CENTURY = """
import datetime, sys
from followup_rules.cli import main
class Later(datetime.date):
    def today():
        return datetime.date(2199, 1, 5)
datetime.date = Later
main(sys.argv[1:])
"""


def test_a_run_says_nothing_of_a_python_that_google_supports_no_longer(seeker):
    command = [sys.executable, "-c", IN_A_LATER_CENTURY, "--config", seeker.folder / "config.toml", "run"]
    done = subprocess.run([*command, "--now", f"{NOON:%Y-%m-%dT%H:%M}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
