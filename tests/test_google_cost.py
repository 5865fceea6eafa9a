"""How many requests a run makes of Google, situation by situation: the table in docs/google.md."""

import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from googlelab.seeker import Seeker

ZONE = ZoneInfo("America/Toronto")


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


@pytest.fixture
def seeker(google, tmp_path):
    """One mail was sent, with an answer; one interview is to come."""
    mail = google.sent("Julie Roy <julie.roy@nordik.ca>", "Candidature", "Bonjour", at("2026-11-01T09:00"))
    google.received("julie.roy@nordik.ca", "Re: Candidature", "D'accord", at("2026-11-02T09:00"), thread=mail.thread)
    google.meeting("Entrevue", at("2026-11-09T10:00"), at("2026-11-09T11:00"), ["julie.roy@nordik.ca"])
    return Seeker(google, tmp_path / "seeker").set_up()


def cost(seeker, now):
    """Return how often each kind of request was made in a run."""
    seeker.google.forget()
    assert seeker.run(now)["exit"] == 0
    return Counter(named(request) for request in seeker.google.requests)


def named(request):
    """Return the request as documentation names it."""
    kinds = {
        "/gmail/v1/users/me/profile": "the point in the history",
        "/gmail/v1/users/me/history": "the history",
        "/gmail/v1/users/me/messages": "a page of sent mail",
        "/gmail/v1/users/me/drafts": "the list of drafts",
        "/calendar/v3/calendars/primary/events": "the calendar",
        "/tasks/v1/users/@me/lists": "the task lists",
    }
    if request.path in kinds:
        return ("new: " if request.method == "POST" else "") + kinds[request.path]
    kind = next(kind for kind in ("threads", "drafts", "tasks") if f"/{kind}" in request.path)
    whole = request.path.endswith("/tasks")
    return f"{ {'GET': '', 'POST': 'new: ', 'PUT': 'changed: ', 'DELETE': 'deleted: '}[request.method] }{kind}{' of the list' * whole}"


NOTHING_NEW = {"the history": 1, "the calendar": 1}


def test_the_first_run_reads_conversation_by_conversation(seeker):
    first = {"the point in the history": 1, "a page of sent mail": 1, "threads": 1, "the calendar": 1}
    assert cost(seeker, "2026-11-05T09:00") == first


def test_a_run_with_nothing_new_makes_one_request_for_each_source(seeker):
    cost(seeker, "2026-11-05T09:00")
    assert cost(seeker, "2026-11-05T09:05") == NOTHING_NEW


def test_a_mail_that_concerns_nobody_costs_nothing_more(seeker):
    cost(seeker, "2026-11-05T09:00")
    seeker.google.received("shop@example.net", "Sale", "Buy now", at("2026-11-05T09:01"))
    assert cost(seeker, "2026-11-05T09:05") == NOTHING_NEW


def test_a_new_mail_costs_its_conversation(seeker):
    cost(seeker, "2026-11-05T09:00")
    seeker.google.sent("paul@boreal.ca", "Bonjour", "Bonjour", at("2026-11-05T09:01"))
    assert cost(seeker, "2026-11-05T09:05") == {**NOTHING_NEW, "threads": 1}


def test_what_is_new_is_looked_for_before_it_is_made(seeker):
    cost(seeker, "2026-11-05T09:00")
    cost(seeker, "2026-11-07T10:05")  # "prepare", a task
    assert cost(seeker, "2026-11-09T11:05") == {
        **NOTHING_NEW,
        "the list of drafts": 1,
        "new: the list of drafts": 1,
        "the task lists": 1,
        "tasks of the list": 1,
        "new: tasks of the list": 2,
        "tasks": 1,
        "deleted: tasks": 1,  # "prepare" is over
    }


def test_what_is_open_costs_one_request_for_each_draft_and_one_for_all_tasks(seeker):
    cost(seeker, "2026-11-05T09:00")
    cost(seeker, "2026-11-09T11:05")
    assert len(seeker.drafts()) == 1
    assert len(seeker.tasks()) == 2
    assert cost(seeker, "2026-11-09T11:10") == {**NOTHING_NEW, "drafts": 1, "tasks of the list": 1}


def test_many_mails_come_in_pages_and_conversations(google, tmp_path):
    for number in range(12):
        google.sent(
            "julie.roy@nordik.ca", f"Mail {number}", "Bonjour", at("2026-11-01T09:00") + timedelta(minutes=number)
        )
    found = cost(Seeker(google, tmp_path / "seeker").set_up(), "2026-11-05T09:00")
    assert (found["a page of sent mail"], found["threads"]) == (1, 12)


def test_a_run_without_google_imports_nothing_of_it(tmp_path):
    (tmp_path / "config.toml").write_text('[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"\n')
    code = (
        "import sys; sys.argv = ['followup', '--config', 'config.toml', 'run']\n"
        "from followup_rules.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code, *(m for m in sys.modules if m.startswith(('google', 'requests'))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
