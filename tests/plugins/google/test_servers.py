"""What stands for Google in the tests does what it says: the gateway, each of its faults, and our Tasks API."""

import json
import socket
import sys
import time
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from subprocess import PIPE, Popen
from threading import Event
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

pytest.importorskip("googleapiclient")

import httplib2
import requests
from google.auth.transport.requests import Request as Transport
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from tests.support.googlelab import judge
from tests.support.googlelab.faults import cut, granted, late, refuse, status, swallow
from tests.support.googlelab.node import MissingError
from tests.support.googlelab.wire import said
from tests.support.project import ROOT, finding

AT = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)
DRAFTS = "/gmail/v1/users/me/drafts"
MESSAGES = "/gmail/v1/users/me/messages"
PROFILE = "/gmail/v1/users/me/profile"
LIST = "/tasks/v1/lists/@default"
TASKS = f"{LIST}/tasks"
RAW = urlsafe_b64encode(b"To: julie.roy@nordik.ca\r\nSubject: Merci\r\n\r\nMerci !\r\n").decode()
CREATE = {"message": {"raw": RAW}}


def ask(google, method, path, **more):
    """Ask as a program of the user would."""
    with requests.Session() as session:
        headers = {"Authorization": f"Bearer {google.token}"} | more.pop("headers", {})
        return session.request(method, google.url + path, headers=headers, timeout=60, **more)


def task(google, **fields):
    return ask(google, "POST", TASKS, json={"title": "Call", **fields}).json()


def titles(google, **query):
    return [each["title"] for each in ask(google, "GET", TASKS, params=query).json()["items"]]


def until(what):
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline


def reason(reply):
    return reply.json()["error"]["errors"][0]["reason"]


# the emulator


def test_it_listens_on_the_loopback_only(google_server):
    port = urlsplit(google_server.gateway.emulator.url).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port))


def test_it_ends_when_the_process_that_started_it_dies(google_server, tmp_path):
    program = (
        "import os, sys; from pathlib import Path; from tests.support.googlelab import emulator\n"
        "with emulator.running(Path(sys.argv[1])) as one: print(one.url, flush=True), sys.stdin.read(), os._exit(9)\n"
    )
    here = finding(ROOT)
    with Popen([sys.executable, "-c", program, str(tmp_path)], env=here, stdin=PIPE, stdout=PIPE) as process:
        address = urlsplit(process.stdout.readline().decode().strip())
        with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
            process.stdin.close()
            assert (process.wait(60), _closed(connection)) == (9, True)


def _closed(connection):
    """Wait until the other side says something, and tell whether it is that it is gone."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_fresh_user_has_nothing(google):
    assert (google.drafts(), google.sent_mails(), google.tasks(), google.requests) == ([], [], [], [])


def test_no_two_users_see_the_same(google, google_server):
    google.write_draft("julie.roy@nordik.ca", "Merci", "Merci !")
    assert not google_server.account().drafts()


# the gateway


def test_it_hands_on_what_the_emulator_says_as_it_is(google):
    path = f"{MESSAGES}/{google.sent('julie.roy@nordik.ca', 'Été', 'À bientôt', AT).id}?format=raw"
    headers = {"Authorization": f"Bearer {google.token}"}
    direct = requests.get(google.gateway.emulator.url + path, headers=headers, timeout=60)
    through = requests.get(google.url + path, headers=headers, timeout=60)
    assert (through.status_code, through.content) == (direct.status_code, direct.content)
    assert through.headers["Content-Type"] == direct.headers["Content-Type"]


def test_it_keeps_a_connection(google):
    connection = HTTPConnection(urlsplit(google.url).netloc)
    for _ in range(2):
        connection.request("GET", DRAFTS, headers={"Authorization": f"Bearer {google.token}"})
        connection.getresponse().read()
        kept = connection.sock
    assert kept
    connection.close()


def test_it_remembers_what_was_asked(google):
    ask(google, "POST", DRAFTS, json=CREATE)
    ask(google, "GET", f"{MESSAGES}/none", params={"format": "raw"})
    assert [(each.method, each.path, each.status) for each in google.requests] == [
        ("POST", DRAFTS, 200),
        ("GET", f"{MESSAGES}/none", 404),
    ]
    assert google.requests[0].json == CREATE
    assert google.requests[1].query == {"format": "raw"}
    google.forget()
    assert not google.requests


def test_a_token_of_nobody_is_refused(google):
    for path in (DRAFTS, TASKS, PROFILE):
        reply = ask(google, "GET", path, headers={"Authorization": "Bearer stolen"})
        assert (reply.status_code, reason(reply)) == (401, "authError")


def test_the_profile_tells_the_newest_history_id(google):
    mails = [google.sent("julie.roy@nordik.ca", subject, "", AT) for subject in ("Merci", "Encore")]
    google.edit_draft(google.write_draft("julie.roy@nordik.ca", "Merci", "").draft, "Merci !")
    profile = ask(google, "GET", PROFILE).json()
    found = [
        ask(google, "GET", f"{MESSAGES}/{each}").json() for each in (*(m.id for m in mails), google.drafts()[0].id)
    ]
    assert profile["historyId"] == max((each["historyId"] for each in found), key=int)
    assert (profile["emailAddress"], profile["messagesTotal"], profile["threadsTotal"]) == (google.email, 3, 3)


def test_the_bare_emulator_has_no_profile(google):
    google.gateway.profile = False
    assert ask(google, "GET", PROFILE).status_code == 404


# its faults


def test_refused_nothing_is_done(google):
    google.fault(refuse, "POST", "*/drafts")
    with pytest.raises(requests.ConnectionError):
        ask(google, "POST", DRAFTS, json=CREATE)
    assert (len(google.drafts()), google.requests[0].status) == (0, None)


def test_swallowed_it_is_done_and_nobody_says_so(google):
    google.fault(swallow, "POST", "*/drafts")
    with pytest.raises(requests.ConnectionError):
        ask(google, "POST", DRAFTS, json=CREATE)
    assert (len(google.drafts()), google.requests[0].status) == (1, None)


def test_httplib2_doubles_a_post_whose_reply_is_swallowed(google):
    google.fault(swallow, "POST", "*/drafts")
    http = httplib2.Http()
    headers = {"Authorization": f"Bearer {google.token}", "Content-Type": "application/json"}
    response, _ = http.request(google.url + DRAFTS, "POST", json.dumps(CREATE), headers)
    http.close()
    assert (response.status, len(google.asked("POST")), len(google.drafts())) == (200, 2, 2)


@pytest.mark.parametrize("path", [DRAFTS, f"{LIST}/clear"])
def test_cut_half_of_the_reply_comes(google, path):
    ask(google, "POST", path, json=CREATE)
    google.fault(cut, "POST")
    address = (urlsplit(google.url).hostname, urlsplit(google.url).port)
    with socket.create_connection(address, timeout=60) as connection:
        body = json.dumps(CREATE)
        lines = [
            f"POST {path} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {google.token}",
            f"Content-Length: {len(body)}",
        ]
        connection.sendall("\r\n".join([*lines, "Content-Type: application/json", "", body]).encode())
        head, empty, rest = connection.makefile("rb").read().partition(b"\r\n\r\n")
    whole = int(head.lower().partition(b"content-length: ")[2].split()[0]) if empty else None
    assert head.startswith(b"HTTP/1.1 20")
    assert whole is None or 0 < len(rest) < whole
    assert [each.status for each in google.requests][1:] == [None]


def test_late_the_reply_waits(google):
    release = Event()
    google.fault(late(release), "POST", "*/drafts")
    with ThreadPoolExecutor() as pool:
        reply = pool.submit(ask, google, "POST", DRAFTS, json=CREATE)
        until(google.drafts)
        assert not reply.done()
        release.set()
        assert reply.result().status_code == 200


def test_late_it_does_not_wait_for_a_client_that_is_gone(google):
    ended = Event()

    def fault(exchange):
        late(Event())(exchange)
        ended.set()

    google.fault(fault, "GET")
    with pytest.raises(requests.ReadTimeout), requests.Session() as session:
        session.get(google.url + DRAFTS, timeout=(60, 0.1))
    assert ended.wait(60)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(
    ("code", "given", "told"),
    [
        (401, None, "authError"),
        (403, "rateLimitExceeded", "rateLimitExceeded"),
        (403, "insufficientPermissions", "insufficientPermissions"),
        (404, None, "notFound"),
        (410, None, "fullSyncRequired"),
        (429, None, "rateLimitExceeded"),
        (500, None, "backendError"),
        (503, None, "backendError"),
    ],
)
def test_an_error_is_told_as_google_tells_it(google, code, given, told, done):
    google.fault(status(code, reason=given, retry_after=7, done=done), "POST")
    reply = ask(google, "POST", DRAFTS, json=CREATE)
    assert (reply.status_code, reply.json()["error"]["code"], reason(reply)) == (code, code, told)
    assert (reply.headers["Retry-After"], len(google.drafts())) == ("7", int(done))


def test_the_nth_request_that_fits_is_struck(google):
    google.fault(status(500), "GET", "*/drafts", nth=2)
    google.gateway.fault_if(status(503), lambda request: "q" in request.query)
    asked = [("GET", DRAFTS), ("GET", MESSAGES), ("GET", f"{MESSAGES}?q=x"), ("GET", DRAFTS), ("GET", DRAFTS)]
    assert [ask(google, *each).status_code for each in asked] == [200, 200, 503, 500, 200]
    google.heal()
    assert ask(google, "GET", f"{MESSAGES}?q=x").status_code == 200


def test_each_request_is_struck_until_it_heals(google):
    google.fault(status(503), nth=None)
    assert [ask(google, "GET", DRAFTS).status_code for _ in range(2)] == [503, 503]
    google.heal()
    assert ask(google, "GET", DRAFTS).status_code == 200


# access


def credentials(file):
    content = json.loads(file.read_text())
    del content["expiry"]
    return Credentials(**content)


def test_a_token_file_gives_access_and_is_private(google, tmp_path):
    file = google.token_file(tmp_path / "token.json")
    found = credentials(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert ask(google, "GET", DRAFTS, headers={"Authorization": f"Bearer {found.token}"}).status_code == 200
    first = found.token
    found.refresh(Transport())
    assert found.token != first
    assert (
        ask(google, "GET", PROFILE, headers={"Authorization": f"Bearer {found.token}"}).json()["emailAddress"]
        == google.email
    )


def test_a_revoked_token_cannot_be_refreshed(google, tmp_path):
    content = json.loads(google.token_file(tmp_path / "token.json").read_text())
    google.revoke(content["refresh_token"])
    reply = requests.post(content["token_uri"], {**content, "grant_type": "refresh_token"}, timeout=60)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


def test_less_may_be_granted_than_was_asked_for(google, tmp_path):
    content = json.loads(google.token_file(tmp_path / "token.json").read_text())
    google.fault(granted("openid"), "POST", "/oauth2/token")
    reply = requests.post(content["token_uri"], {**content, "grant_type": "refresh_token"}, timeout=60)
    assert (reply.status_code, reply.json()["scope"]) == (200, "openid")


def test_the_user_consents(google, tmp_path):
    client = json.loads(google.client_file(tmp_path / "client.json").read_text())["installed"]
    asked = {"client_id": client["client_id"], "redirect_uri": "http://localhost:1/", "scope": "openid", "state": "s"}
    to = urlsplit(google.consent(f"{client['auth_uri']}?{urlencode(asked)}"))
    code = parse_qs(to.query)["code"][0]
    fields = {**client, "grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost:1/"}
    token = requests.post(client["token_uri"], fields, timeout=60).json()["access_token"]
    reply = ask(google, "GET", PROFILE, headers={"Authorization": f"Bearer {token}"})
    assert (to.port, parse_qs(to.query)["state"], reply.json()["emailAddress"]) == (1, ["s"], google.email)


# what the user and the world do


def test_mails_are_sent_and_answered(google):
    first = google.sent("Zoé <zoe@nordik.ca>", "Merci à vous", "À bientôt\n", AT, X_Followup_Key="k1")
    answer = google.received("zoe@nordik.ca", "Re: Merci à vous", "Oui", AT, in_reply_to=first.message_id)
    (found,) = google.sent_mails()
    assert (found.id, answer.thread) == (first.id, first.thread)
    assert (found.message["Subject"], found.message["X-Followup-Key"], found.text.strip()) == (
        "Merci à vous",
        "k1",
        "À bientôt",
    )
    assert ask(google, "GET", f"{MESSAGES}/{first.id}").json()["internalDate"] == str(int(AT.timestamp() * 1000))
    google.trash(found.id)
    assert not google.sent_mails()


def test_a_draft_is_edited_sent_and_gone(google):
    made = google.write_draft("zoe@nordik.ca", "Merci", "Merci !")
    google.edit_draft(made.draft, "Grand merci !")
    (edited,) = google.drafts()
    assert (edited.draft, edited.thread, edited.text.strip()) == (made.draft, made.thread, "Grand merci !")
    sent = google.send_draft(made.draft, AT)
    assert (google.drafts(), [each.id for each in google.sent_mails()]) == ([], [sent.id])
    assert (sent.thread, sent.id == made.id, sent.message["Date"].datetime) == (made.thread, False, AT)
    google.delete_draft(google.write_draft("zoe@nordik.ca", "Encore", "").draft)
    assert not google.drafts()


def test_meetings_come_and_go(google):
    me = {"email": google.email, "self": True, "responseStatus": "declined"}
    panel = google.meeting("Panel", AT, AT.replace(hour=20), ["zoe@nordik.ca", me], location="Québec")
    day = google.meeting("Congé", date(2026, 11, 13), date(2026, 11, 14))
    events = "/calendar/v3/calendars/primary/events"
    found = {each["id"]: each for each in ask(google, "GET", events).json()["items"]}
    assert (found[panel]["location"], [each["email"] for each in found[panel]["attendees"]]) == (
        "Québec",
        ["zoe@nordik.ca", google.email],
    )
    assert found[day]["start"]["date"] == "2026-11-13"
    google.delete_meeting(panel)
    assert [each["id"] for each in ask(google, "GET", events).json()["items"]] == [day]


# our Tasks API


def test_a_due_date_has_no_time(google):
    assert task(google, due="2026-11-20T17:30:00-05:00")["due"] == "2026-11-20T00:00:00.000Z"


def test_a_deleted_task_remains_and_says_so(google):
    made = task(google)
    assert ask(google, "DELETE", f"{TASKS}/{made['id']}").status_code == 204
    assert (titles(google), titles(google, showDeleted="true")) == ([], ["Call"])
    assert google.task(made["id"])["deleted"]


def test_a_task_done_through_the_api_is_hidden_when_the_list_is_cleared(google):
    made = task(google)
    done = ask(google, "PATCH", f"{TASKS}/{made['id']}", json={"status": "completed"}).json()
    assert done["completed"] == done["updated"]
    assert (titles(google), titles(google, showCompleted="false")) == (["Call"], [])
    assert ask(google, "POST", f"{LIST}/clear").status_code == 204
    assert (titles(google), titles(google, showHidden="true")) == ([], ["Call"])
    again = ask(google, "PATCH", f"{TASKS}/{made['id']}", json={"status": "needsAction"}).json()
    assert "completed" not in again
    assert "hidden" not in again


def test_a_task_that_the_user_ticked_is_hidden_at_once(google):
    made = task(google)
    google.tick_task(made["id"], AT)
    assert (titles(google), titles(google, showHidden="true")) == ([], ["Call"])
    assert google.task(made["id"])["completed"] == "2026-11-12T19:05:00.000Z"


def test_the_user_changes_and_deletes_a_task(google):
    made = task(google, notes="key")
    google.edit_task(made["id"], title="Write")
    (found,) = google.tasks()
    assert (found["title"], found["notes"], found["etag"] == made["etag"]) == ("Write", "key", False)
    google.delete_task(made["id"])
    assert not titles(google)


def test_replacing_a_task_leaves_nothing_of_it(google):
    made = task(google, notes="key", due="2026-11-20T00:00:00Z")
    body = {"id": made["id"], "title": "Write"}
    assert ask(google, "PUT", f"{TASKS}/{made['id']}", json={"title": "Write"}).status_code == 400
    replaced = ask(google, "PUT", f"{TASKS}/{made['id']}", json=body).json()
    assert (replaced["title"], "notes" in replaced, "due" in replaced) == ("Write", False, False)


def test_tasks_come_in_pages_the_newest_first(google):
    for number in range(3):
        task(google, title=str(number))
    page = ask(google, "GET", TASKS, params={"maxResults": 2}).json()
    assert [each["title"] for each in page["items"]] == ["2", "1"]
    last = ask(google, "GET", TASKS, params={"maxResults": 2, "pageToken": page["nextPageToken"]}).json()
    assert ([each["title"] for each in last["items"]], "nextPageToken" in last) == (["0"], False)
    assert [each["position"] for each in page["items"] + last["items"]] == [f"{place:020}" for place in range(3)]


def test_tasks_are_chosen_by_their_dates(google):
    for day in (19, 20, 21):
        task(google, title=str(day), due=f"2026-11-{day}T00:00:00Z")
    task(google, title="someday")
    assert titles(google, dueMin="2026-11-20T00:00:00Z") == ["21", "20"]
    assert titles(google, dueMax="2026-11-20T00:00:00Z") == ["20", "19"]
    assert titles(google, updatedMin="2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", f"{TASKS}/none", None, 404),
        ("GET", "/tasks/v1/lists/none/tasks", None, 404),
        ("POST", f"{TASKS}?previous=none", b"{}", 404),
        ("POST", f"{TASKS}?parent=none", b"{}", 404),
        ("GET", "/tasks/v1/nothing", None, 404),
        ("GET", f"{TASKS}?pageToken=none", None, 400),
        ("POST", TASKS, b"{", 400),
        ("POST", TASKS, b"[]", 400),
        ("POST", TASKS, b'{"title": 5}', 400),
        ("POST", TASKS, json.dumps({"notes": "x" * 8193}).encode(), 400),
        ("POST", TASKS, b'{"due": "friday"}', 400),
        ("POST", TASKS, b'{"due": "2026-11-20T00:00:00"}', 400),
        ("POST", TASKS, b'{"status": "done"}', 400),
    ],
)
def test_what_is_wrong_is_refused(google, method, path, body, code):
    reply = ask(google, method, path, data=body)
    assert (reply.status_code, reply.json()["error"]["code"], google.tasks()) == (code, code, [])


@pytest.fixture
def judged(google, tmp_path):
    """Google's client of the Tasks API; the judge stands between it and ours."""
    try:
        with judge.judging("tasks.v1", google.url, tmp_path) as url:
            options = {"api_endpoint": f"{url}/"}
            with build(
                "tasks", "v1", credentials=Credentials(google.token), static_discovery=True, client_options=options
            ) as service:
                yield service
    except MissingError as missing:
        pytest.skip(str(missing))


def test_our_tasks_api_is_what_google_describes(google, judged):
    """Whatever Google does not describe becomes an error."""
    lists, tasks = judged.tasklists(), judged.tasks()
    own = lists.insert(body={"title": "Follow-ups"}).execute()
    assert [each["title"] for each in lists.list(maxResults=10).execute()["items"]] == ["My Tasks", "Follow-ups"]
    assert lists.get(tasklist=own["id"]).execute() == own
    here = {"tasklist": own["id"]}
    body = {"title": "Call", "notes": "key", "due": "2026-11-20T00:00:00Z"}
    parent = tasks.insert(**here, body=body).execute()
    child = tasks.insert(**here, body={"title": "Dial"}, parent=parent["id"], previous=parent["id"]).execute()
    assert child["parent"] == parent["id"]
    one = {**here, "task": parent["id"]}
    assert tasks.get(**one).execute() == parent
    assert tasks.patch(**one, body={"status": "completed"}).execute()["completed"]
    assert tasks.update(**one, body={"id": parent["id"], "title": "Write"}).execute()["title"] == "Write"
    tasks.patch(**one, body={"status": "completed", "completed": "2026-11-20T10:00:00Z"}).execute()
    tasks.clear(**here).execute()
    tasks.delete(**here, task=child["id"]).execute()
    every = {"showCompleted": True, "showHidden": True, "showDeleted": True, "maxResults": 1}
    first = tasks.list(**here, **every).execute()
    second = tasks.list(**here, **every, pageToken=first["nextPageToken"]).execute()
    assert [(each.get("hidden"), each.get("deleted")) for each in first["items"] + second["items"]] == [
        (True, None),
        (None, True),
    ]
    for wrong in ({"titel": "Call"}, {"title": 5}):
        google.fault(lambda exchange, wrong=wrong: exchange.answer(said(wrong)), "GET")
        with pytest.raises(HttpError) as caught:
            tasks.get(**one).execute()
        assert b"Request/Response not valid" in caught.value.content
