"""Gmail, Calendar and Tasks over a bad network: whatever becomes of a request, nothing is doubled and nothing is lost."""

import json
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from followup_google import service
from tests.support.googlelab.account import SCOPES
from tests.support.googlelab.faults import cut, honest, late, meanwhile, refuse, status, swallow
from tests.support.googlelab.seeker import Seeker

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("America/Toronto")
MORNING, NOON, LATER, EVENING = "2026-11-09T11:05", "2026-11-10T11:06", "2026-11-10T12:30", "2026-11-10T23:00"
FAULTS = {
    "refuse": refuse,
    "swallow": swallow,
    "cut": cut,
    "too many requests": status(429, retry_after=2),
    "rate limit": status(403, reason="rateLimitExceeded"),
    "server error after": status(500, done=True),
    "unavailable": status(503, retry_after=1),
}


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """The seconds that were to be waited; nobody waits them."""
    waited = []
    monkeypatch.setattr(service, "sleep", waited.append)
    return waited


@pytest.fixture
def seekers(google_server, tmp_path):
    """Make people who all live through the same days."""
    google_server.gateway.reset()
    people = []

    def another():
        people.append(lived(Seeker(google_server.account(), tmp_path / f"seeker{len(people)}").set_up()))
        return people[-1]

    yield another
    google_server.gateway.heal()
    assert not google_server.gateway.errors


@pytest.fixture(scope="module")
def undisturbed(google_server, tmp_path_factory):
    """What is there in the end if nothing is struck; it is the same for everybody."""
    google_server.gateway.reset()
    seeker = lived(Seeker(google_server.account(), tmp_path_factory.mktemp("undisturbed") / "seeker").set_up())
    return struck(seeker, honest)[1]


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


def lived(seeker):
    """Three interviews on two days, and a first run; the next one is to create, update and withdraw."""
    google = seeker.google
    for name, address, start in (
        ("Nordik", "julie.roy@nordik.ca", "2026-11-09T10:00"),
        ("Brio", "marc.dube@brio.ca", "2026-11-09T08:00"),
        ("Boréal", "paul.cote@boreal.ca", "2026-11-10T09:00"),
    ):
        google.meeting(f"Entrevue - {name}", at(start), at(start) + timedelta(hours=1), [address])
    assert seeker.run(MORNING)["exit"] == 0
    google.sent("julie.roy@nordik.ca", "Merci pour la rencontre", "Merci !", at("2026-11-10T08:00"))
    google.forget()
    return seeker


def struck(seeker, fault, nth=1, method="*", path="*"):
    """Run with one request struck, then until all is at rest; return what is there then."""
    seeker.google.fault(fault, method, path, nth=nth)
    first = seeker.run(NOON)
    seeker.google.heal()
    none_twice(seeker)
    again = [seeker.run(now) for now in (LATER, EVENING)]
    none_twice(seeker)
    assert again[-1]["exit"] == 0
    assert not seeker.run(EVENING)["changes"]
    return first, (seeker.drafts(), seeker.tasks())


def none_twice(seeker):
    keys = [key for key, *_ in [*seeker.drafts(), *seeker.tasks()]]
    assert len(keys) == len(set(keys)), keys


def test_the_run_that_is_struck_creates_updates_and_withdraws(seekers):
    seeker = seekers()
    done = {(change["op"], change["key"].split("/")[0]) for change in seeker.run(NOON)["changes"]}
    assert {("create", "thank-you"), ("update", "thank-you"), ("withdraw", "thank-you"), ("create", "fit")} <= done
    assert len(seeker.google.asked("POST")) >= 3


@pytest.mark.parametrize("fault", FAULTS)
def test_a_draft_whose_making_was_struck_is_there_once(seekers, undisturbed, fault):
    first, found = struck(seekers(), FAULTS[fault], method="POST", path="*/drafts")
    assert found == undisturbed
    assert first["exit"] == 1


@pytest.mark.parametrize("fault", ["refuse", "swallow", "server error after"])
def test_a_task_whose_making_was_struck_is_there_once(seekers, undisturbed, fault):
    _, found = struck(seekers(), FAULTS[fault], method="POST", path="*/tasks")
    assert found == undisturbed


def test_a_login_that_ends_just_then_is_renewed(seekers, undisturbed):
    first, found = struck(seekers(), status(401), method="POST", path="*/drafts")
    assert (first["exit"], found) == (0, undisturbed)


def test_an_answer_that_comes_too_late_makes_no_second_draft(seekers, undisturbed, monkeypatch):
    monkeypatch.setattr(service, "_ANSWER_WITHIN", 2)
    _, found = struck(seekers(), late(threading.Event()), method="POST", path="*/drafts")
    assert found == undisturbed


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_every_request_in_turn_may_be_struck(seekers, undisturbed, fault):
    seeker = seekers()
    seeker.run(NOON)
    requests = len(seeker.google.requests)
    for nth in range(1, requests + 1):
        assert struck(seekers(), FAULTS[fault], nth)[1] == undisturbed, f"request {nth} of {requests}"


def test_a_read_is_repeated_after_the_pause_that_google_asks_for(seekers, pauses):
    seeker = seekers()
    seeker.google.fault(status(429, retry_after=7), "GET", "*/history", nth=1)
    assert seeker.run(NOON)["exit"] == 0
    assert pauses == [7]


def test_a_longer_pause_is_not_waited_for_and_the_source_is_blind(seekers, pauses):
    seeker = seekers()
    seeker.google.fault(status(429, retry_after=1800), "GET", "*/history", nth=None)
    found = seeker.run(NOON)
    assert (found["exit"], pauses) == (1, [])
    assert [problem["message"] for problem in found["problems"]] == [
        "Google asks to be left alone for 30 minutes: too many requests"
    ]
    assert "blind" in {decision["state"] for decision in found["decisions"] if decision["rule"] == "thank-you"}


def test_a_draft_that_was_refused_for_an_hour_is_not_tried_before(seekers):
    seeker = seekers()
    seeker.google.fault(status(429, retry_after=3600), "POST", "*/drafts", nth=None)
    assert seeker.run(NOON)["exit"] == 1
    seeker.google.heal()
    seeker.google.forget()
    assert "it is tried again at 12:06" in seeker.run("2026-11-10T12:00")["problems"][0]["message"]
    assert not seeker.google.asked("POST", "/drafts")
    assert seeker.run("2026-11-10T12:07")["exit"] == 0
    assert len(seeker.google.asked("POST", "/drafts")) == 1


def test_a_network_that_is_down_for_long_is_told_once_for_each_source_and_output(seekers, pauses):
    seeker = seekers()
    seeker.google.fault(refuse, nth=None)
    found = seeker.run(NOON)
    assert found["exit"] == 1
    assert {problem["where"] for problem in found["problems"]} >= {"sources.mail", "sources.calendar", "outputs.drafts"}
    assert not found["changes"]
    assert sum(pauses) < 60


def test_a_draft_that_was_sent_before_anybody_knew_of_it_is_not_made_again(seekers):
    seeker = seekers()
    seeker.google.fault(swallow, "POST", "*/drafts")
    assert seeker.run(NOON)["exit"] == 1
    (draft,) = [mail for mail in seeker.google.drafts() if "paul.cote@boreal.ca" in mail.message["To"]]
    seeker.google.send_draft(draft.draft, at("2026-11-10T11:30"))
    assert "thank-you" not in {change["rule"] for change in seeker.run(LATER)["changes"]}
    assert not [key for key, *_ in seeker.drafts() if "boreal" in key]


def test_a_new_login_is_not_overwritten_by_a_run_that_renews_the_old_one(seekers):
    seeker = seekers()
    token = seeker.folder / "token.json"
    seeker.google.token_file(token, scopes=SCOPES[:3], expired=True)
    seeker.google.fault(meanwhile(lambda: seeker.google.token_file(token, scopes=SCOPES)), "POST", "*/token")
    seeker.run(NOON)
    assert set(json.loads(token.read_text())["scopes"]) == set(SCOPES)
