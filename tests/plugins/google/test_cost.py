"""How many requests a run makes of Google, and what they cost of its quota: the table in docs/google.md."""

import re
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from followup_google import drafts, quota
from tests.support.googlelab.account import SCOPES
from tests.support.googlelab.faults import swallow
from tests.support.googlelab.seeker import Seeker
from tests.support.project import ROOT

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
        "/gmail/v1/users/me/settings/sendAs": "my addresses",
        "/calendar/v3/calendars/primary/events": "the calendar",
        "/tasks/v1/users/@me/lists": "the task lists",
        "/oauth2/token": "the login",
    }
    if request.path in kinds:
        new = request.method == "POST" and request.path != "/oauth2/token"
        return "new: " * new + kinds[request.path]
    kind = next(kind for kind in ("threads", "drafts", "tasks") if f"/{kind}" in request.path)
    whole = request.path.endswith("/tasks")
    return f"{ {'GET': '', 'POST': 'new: ', 'PUT': 'changed: ', 'DELETE': 'deleted: '}[request.method] }{kind}{' of the list' * whole}"


def units(found):
    """Return what requests cost, which `cost` has counted."""
    methods = {
        "the point in the history": "getProfile",
        "the history": "history.list",
        "a page of sent mail": "messages.list",
        "my addresses": "settings.sendAs.list",
        "threads": "threads.get",
        "the list of drafts": "drafts.list",
        "drafts": "drafts.get",
        "new: the list of drafts": "drafts.create",
        "changed: drafts": "drafts.update",
        "deleted: drafts": "drafts.delete",
    }
    return sum(count * quota.UNITS[f"gmail.users.{methods[name]}"] for name, count in found.items() if name in methods)


NOTHING_NEW = {"the history": 1, "the calendar": 1}
PAGE = (ROOT / "docs" / "google.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("<!-- cost -->")[2].partition("<!-- end")[0]
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| (.+) \| (\d.*) \| (.+) \|$", TABLE, re.MULTILINE)}
TESTED = {}


def row(situation, requests, units="none"):
    """Mark the test of a row of the table."""
    TESTED[situation] = (requests, units)
    return lambda test: test


def test_every_row_of_the_table_has_its_test():
    assert len(ROWS) > 5
    assert ROWS == TESTED


@row(
    "the first run",
    "2, and 1 for each 500 sent mails, and 1 for each conversation",
    "2, and 5 for each 500 sent mails, and 40 for each conversation",
)
def test_the_first_run_reads_conversation_by_conversation(google, tmp_path):
    for number in range(12):
        google.sent(
            "julie.roy@nordik.ca", f"Mail {number}", "Bonjour", at("2026-11-01T09:00") + timedelta(minutes=number)
        )
    found = cost(Seeker(google, tmp_path / "seeker").set_up(), "2026-11-05T09:00")
    once = dict.fromkeys(("the point in the history", "my addresses", "a page of sent mail", "the calendar"), 1)
    to_see_what_lies_there = {"the list of drafts": 1, "the task lists": 1}
    assert found == {**once, "threads": 12, **to_see_what_lies_there}
    assert units(found) == 2 + 5 + 12 * 40 + 5


@row("nothing new", "1 for Gmail, 1 for each calendar", "2")
def test_a_run_with_nothing_new_makes_one_request_for_each_source(seeker):
    cost(seeker, "2026-11-05T09:00")
    assert cost(seeker, "2026-11-05T09:05") == NOTHING_NEW
    assert units(NOTHING_NEW) == 2


def test_a_mail_that_concerns_nobody_costs_nothing_more(seeker):
    cost(seeker, "2026-11-05T09:00")
    seeker.google.received("shop@example.net", "Sale", "Buy now", at("2026-11-05T09:01"))
    assert cost(seeker, "2026-11-05T09:05") == NOTHING_NEW


@row("a conversation of yours with something new in it", "1", "40")
def test_a_new_mail_costs_its_conversation(seeker):
    cost(seeker, "2026-11-05T09:00")
    seeker.google.sent("paul@boreal.ca", "Bonjour", "Bonjour", at("2026-11-05T09:01"))
    found = cost(seeker, "2026-11-05T09:05")
    assert (found, units(found)) == ({**NOTHING_NEW, "threads": 1}, 2 + 40)


@row(
    "drafts are to be made",
    "1 for each; before, 1 for the list, 1 for each of the newest 2, and if there are more, 1 to search for each",
    "10 for each; before, 45, and if there are more, 5 for each",
)
@row("tasks are to be made", "1 for each; before, 1 for the lists, and 1 for each 100 tasks in ours")
@row("a draft or task is to be changed or taken back", "2", "35 to change a draft, 30 to take it back")
def test_what_is_new_is_looked_for_before_it_is_made(seeker):
    cost(seeker, "2026-11-05T09:00")
    cost(seeker, "2026-11-07T10:05")  # "prepare", a task
    for number in range(2):
        seeker.google.write_draft("aunt@example.org", f"Letter {number}", "Dear aunt")
    assert cost(seeker, "2026-11-09T11:05") == {
        **NOTHING_NEW,
        "the list of drafts": 1,
        "drafts": 2,
        "new: the list of drafts": 1,
        "the task lists": 1,
        "tasks of the list": 1,
        "new: tasks of the list": 2,
        "tasks": 1,
        "deleted: tasks": 1,  # "prepare" is over
    }


def test_a_long_list_of_drafts_costs_no_more_than_its_beginning_and_a_search(seeker):
    cost(seeker, "2026-11-05T09:00")
    for number in range(6):
        seeker.google.write_draft("aunt@example.org", f"Letter {number}", "Dear aunt")
    found = cost(seeker, "2026-11-09T11:05")
    asked = {name: found[name] for name in ("the list of drafts", "drafts", "new: the list of drafts")}
    assert asked == {"the list of drafts": 2, "drafts": 2, "new: the list of drafts": 1}
    assert units(asked) == 45 + 5 + 10


@row(
    "a run before could not tell whether it made a draft",
    "1 for the list, 1 for each of the newest 50, and if there are more, 1 to search for each",
    "5, 20 for each, and 5 for each",
)
def test_after_a_doubt_it_is_looked_for_further(seeker, monkeypatch):
    assert drafts._MOST == 50
    monkeypatch.setattr(drafts, "_MOST", 4)
    cost(seeker, "2026-11-05T09:00")
    seeker.google.fault(swallow, "POST", "*/drafts")
    seeker.run("2026-11-09T11:05")
    for number in range(6):
        seeker.google.write_draft("aunt@example.org", f"Letter {number}", "Dear aunt")
    found = cost(seeker, "2026-11-09T11:10")
    assert found["the list of drafts"] >= 2
    assert found["drafts"] >= 4


@row(
    "the store is new, or a copy was put back: to see what it does not know",
    "1 for the list, 1 for each of the newest 50, and if there are more, 1 to search for each draft that its rules may "
    "have made; 1 for the task lists, 1 for each 100 tasks in ours",
    "5, 20 for each, and 5 for each",
)
def test_a_store_that_knows_nothing_looks_once_and_tells_what_nobody_knows_any_more(seeker):
    cost(seeker, "2026-11-05T09:00")
    gone = seeker.google.meeting("Entrevue", at("2026-11-09T14:00"), at("2026-11-09T15:00"), ["paul@boreal.ca"])
    cost(seeker, "2026-11-09T15:05")
    seeker.google.delete_meeting(gone)
    (seeker.folder / "followup.db").unlink()
    for number in range(3):
        seeker.google.write_draft("aunt@example.org", f"Letter {number}", "Dear aunt")
    seeker.google.forget()
    told = {
        each["where"]: each["message"] for each in seeker.run("2026-11-09T15:10")["problems"] if each["code"] == "F171"
    }
    (draft,) = (mail for mail in seeker.google.drafts() if "paul@boreal.ca" in str(mail.message["To"]))
    assert set(told) == {"outputs.drafts", "outputs.tasks"}
    assert f"https://mail.google.com/mail/#drafts: {draft.message['Subject']}" in told["outputs.drafts"]
    found = Counter(named(request) for request in seeker.google.requests)
    heads = [
        each
        for each in seeker.google.asked("GET")
        if "/drafts/" in each.path and each.query.get("format") == "metadata"
    ]
    assert (len(heads), found["the list of drafts"], found["the task lists"]) == (2 + 3, 1, 1)
    assert [each for each in seeker.run("2026-11-09T15:15")["problems"] if each["code"] == "F171"] == []
    assert len(seeker.drafts()) == 5


@row("drafts of ours that are open", "1 for each", "20 for each")
@row("tasks of ours that are open, or were finished or deleted in the last week", "1 for each 100 in the list")
def test_what_is_open_costs_one_request_for_each_draft_and_one_for_all_tasks(seeker):
    cost(seeker, "2026-11-05T09:00")
    cost(seeker, "2026-11-09T11:05")
    assert (len(seeker.drafts()), len(seeker.tasks())) == (1, 2)
    assert cost(seeker, "2026-11-09T11:10") == {**NOTHING_NEW, "drafts": 1, "tasks of the list": 1}


@row("drafts of ours that were sent or deleted, for a week", "2 for each", "60 for each")
def test_a_draft_that_is_gone_costs_a_look_at_its_conversation(seeker):
    cost(seeker, "2026-11-05T09:00")
    cost(seeker, "2026-11-09T11:05")
    (draft,) = seeker.google.drafts()
    seeker.google.delete_draft(draft.draft)
    gone = {**NOTHING_NEW, "drafts": 1, "threads": 1, "tasks of the list": 1}
    assert (cost(seeker, "2026-11-09T11:10"), units(gone)) == (gone, 2 + 60)
    assert cost(seeker, "2026-11-15T11:10")["threads"] == 1
    assert cost(seeker, "2026-11-17T11:10")  # now the look is given up
    assert "threads" not in cost(seeker, "2026-11-17T11:15")


@row("the login is an hour old", "1")
def test_a_login_that_is_an_hour_old_costs_one_request_for_all(seeker):
    cost(seeker, "2026-11-05T09:00")
    seeker.google.token_file(seeker.folder / "token.json", scopes=SCOPES, expired=True)
    assert cost(seeker, "2026-11-05T09:05") == {**NOTHING_NEW, "the login": 1}
    assert cost(seeker, "2026-11-05T09:10") == NOTHING_NEW


def test_a_run_without_google_imports_nothing_of_it(tmp_path):
    profile = '[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"\n'
    (tmp_path / "config.toml").write_text(f'{profile}[store]\npath = "followup.db"\n')
    code = (
        "import sys; sys.argv = ['followup', '--config', 'config.toml', 'run']\n"
        "from followup_rules.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code, *(m for m in sys.modules if m.startswith(('google', 'requests'))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
