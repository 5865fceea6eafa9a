"""`followup auth google` and what becomes of a login, against the emulator: the test is the person at the browser."""

import json
import os
import socket
import stat
import sys
import tempfile
import webbrowser
from pathlib import Path
from threading import Thread
from types import ModuleType, SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from click.testing import CliRunner

from tests.support.storybook import JULIE, Story, call

pytest.importorskip("googleapiclient")

from followup_google import login, service
from followup_rules.cli import cli
from tests.support.googlelab.account import CLIENT
from tests.support.googlelab.faults import cut, granted, refuse, status, swallow

pytestmark = pytest.mark.slow

SCOPE = "https://www.googleapis.com/auth/"
NEEDS = {
    "gmail": "gmail.readonly",
    "gmail-drafts": "gmail.compose",
    "google-calendar": "calendar.events.readonly",
    "google-tasks": "tasks",
}
EVERYTHING = ("gmail", "google-calendar", "gmail-drafts", "google-tasks")
NOW, LATER = "2026-11-09T12:00", "2026-11-09T12:05"
"""What was refused is tried again after five minutes."""


class Browser:
    """What `webbrowser` finds: it opens a page, and a person answers there."""

    def __init__(self, *people):
        self.people = list(people)
        self.pages, self.ends, self.threads = [], [], []

    def open(self, page, **_):
        self.pages.append(page)
        answered = self.people.pop(0)(page)
        if answered:
            self.threads.append(Thread(target=self._go, args=[answered]))
            self.threads[-1].start()
        return True

    def _go(self, address):
        self.ends.append(requests.get(address, timeout=60).text)

    @property
    def asked(self):
        return [{name: value for name, (value,) in parse_qs(urlsplit(page).query).items()} for page in self.pages]


def back(page, **said):
    """Return the address to which the browser goes with another answer than consent."""
    asked = parse_qs(urlsplit(page).query)
    return f"{asked['redirect_uri'][0]}?{urlencode({'state': asked['state'][0], **said})}"


def denies(page):
    return back(page, error="access_denied")


def strays(page):
    return back(page, code="some-code", state="of another attempt")


def leaves(page):
    """Close the window."""


@pytest.fixture
def browse(monkeypatch):
    browser = Browser()

    def become(*people):
        browser.people = list(people)
        return browser

    monkeypatch.setattr(webbrowser, "get", lambda *_: browser)
    monkeypatch.setattr(service, "sleep", lambda _: None)
    yield become
    for thread in browser.threads:
        thread.join(60)


@pytest.fixture
def nobody(monkeypatch):
    """Let no browser be opened: this is a run from cron."""

    def get(*_):
        raise AssertionError("a browser was asked for")

    monkeypatch.setattr(webbrowser, "get", get)
    monkeypatch.setattr(service, "sleep", lambda _: None)


@pytest.fixture
def home(tmp_path, monkeypatch, google):
    """Have a folder with a config, a data folder, and the file of the OAuth client in it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = SimpleNamespace(folder=tmp_path / "me", logins=tmp_path / "data/followup-rules/google")
    place.logins.mkdir(parents=True, mode=0o700)
    place.client = google.client_file(place.logins / "client.json")
    place.story = Story(place.folder)
    place.token = place.logins / f"{google.email}.json"
    return place


def table(google, plugin, name="", **more):
    side = "outputs" if plugin in ("gmail-drafts", "google-tasks") else "sources"
    values = {"plugin": plugin, "account": google.email, "api_endpoint": google.url, **more}
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join([f"[{side}.{name or plugin}]", *lines, ""])


def use(home, google, *plugins, **more):
    home.story.config("".join(table(google, plugin, **more) for plugin in plugins))


def auth(home, *more, answer=None):
    found = CliRunner().invoke(cli, ["--config", str(home.folder / "config.toml"), "auth", "google", *more], answer)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def kept(file):
    return json.loads(file.read_text())


def files(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def problems(found):
    return {each["where"]: each["message"] for each in json.loads(found.stdout)["problems"]}


def run(home, now=NOW):
    return call(home.folder, "run", "--now", now, "--json")


# -- what is asked, and what is kept


@pytest.mark.parametrize("used", [*([each] for each in EVERYTHING), ["gmail", "gmail-drafts"], EVERYTHING])
def test_it_asks_for_what_the_tables_need_and_nothing_else(home, google, browse, used):
    use(home, google, *used)
    browser = browse(google.consent)
    found = auth(home)
    assert (found.exit_code, found.stderr) == (0, ""), found.stderr
    assert f"Logged in to {google.email}; the login is kept in {home.token}.\n" in found.stdout
    (asked,) = browser.asked
    assert set(asked["scope"].split()) == {SCOPE + NEEDS[each] for each in used}
    assert set(kept(home.token)["scopes"]) == set(asked["scope"].split())
    known = (asked["login_hint"], asked["prompt"], asked["access_type"], asked["code_challenge_method"])
    assert known == (google.email, "consent", "offline", "S256")


def test_only_this_machine_can_answer(home, google, browse):
    use(home, google, "gmail")

    def consents_after_a_look(page):
        place = urlsplit(parse_qs(urlsplit(page).query)["redirect_uri"][0])
        assert place.hostname == "localhost"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", place.port))
        return google.consent(page)

    browser = browse(consents_after_a_look)
    assert auth(home).exit_code == 0
    for thread in browser.threads:
        thread.join(60)
    assert browser.ends == ["You are logged in; you may close this window."]


def test_the_file_is_for_its_owner_alone_and_holds_what_a_run_needs(home, google, browse, nobody, monkeypatch):
    home.client.rename(home.folder / "client.json")
    home.logins.rmdir()
    use(home, google, *EVERYTHING, client="client.json")
    browser = browse(google.consent)
    monkeypatch.setattr(webbrowser, "get", lambda *_: browser)
    previous = os.umask(0)
    try:
        assert auth(home).exit_code == 0
    finally:
        os.umask(previous)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (home.token, home.logins)] == [0o600, 0o700]
    assert list(files(home.logins)) == [home.token.name]
    there = kept(home.token)
    assert all(there[name] for name in ("token", "refresh_token", "expiry", "token_uri"))
    assert (there["client_id"], there["client_secret"], there["account"]) == (*CLIENT.values(), google.email)
    (home.folder / "client.json").unlink()
    google.forget()
    ran = run(home)
    assert (ran.exit_code, problems(ran)) == (0, {})
    assert google.requests
    assert google.asked("POST", "/token") == []


def test_two_accounts_are_two_logins(home, google, google_server, browse):
    other = google_server.account()
    home.story.config(table(google, "gmail") + table(other, "gmail", "work") + table(other, "google-calendar"))
    browser = browse(google.consent, other.consent)
    found = auth(home)
    assert found.exit_code == 0
    assert [set(asked["scope"].split()) for asked in browser.asked] == [
        {SCOPE + "gmail.readonly"},
        {SCOPE + "gmail.readonly", SCOPE + "calendar.events.readonly"},
    ]
    for each in (google, other):
        assert f"Log in to {each.email} in the browser" in found.stdout
        assert f"Logged in to {each.email}" in found.stdout
        assert kept(home.logins / f"{each.email}.json")["account"] == each.email
    assert problems(run(home)) == {}


def test_where_the_second_account_fails_the_first_one_is_kept_and_that_is_said(home, google, google_server, browse):
    other = google_server.account()
    home.story.config(table(google, "gmail") + table(other, "gmail", "work"))
    browse(google.consent, denies)
    found = auth(home)
    assert (found.exit_code, home.token.exists()) == (1, True)
    said = " ".join(found.stderr.split())
    assert f"no login to {other.email}: Google did not log you in (access_denied)" in said
    assert f"the login to {google.email} is kept" in said


def test_two_logins_of_one_account_are_both_told(home, google, browse):
    tables = {"gmail": "one.json", "google-calendar": "two.json"}
    home.story.config("".join(table(google, each, client=str(home.client), token=tables[each]) for each in tables))
    browse(google.consent, google.consent)
    said = auth(home).stdout
    for name in ("one.json", "two.json"):
        assert f"Logged in to {google.email}; the login is kept in {home.folder / name}." in said


def test_a_first_login_that_fails_speaks_of_no_earlier_one(home, google, browse):
    use(home, google, "gmail")
    browse(denies)
    assert "nothing that was there was changed" in auth(home).stderr


def test_the_doctor_gives_one_piece_of_advice_on_an_output_without_a_login(home, google, nobody):
    use(home, google, "gmail-drafts")
    said = " ".join(call(home.folder, "doctor").stderr.split())
    assert "run `followup auth google`" in said
    assert "mend its table" not in said


def test_two_accounts_in_one_file_are_refused(home, google, google_server, browse):
    other = google_server.account()
    home.story.config(table(google, "gmail", token="token.json") + table(other, "gmail", "work", token="token.json"))
    browse()
    found = auth(home)
    assert (found.exit_code, "name two files" in " ".join(found.stderr.split())) == (1, True)


def test_a_login_is_not_taken_for_that_of_another_account(home, google, browse, nobody):
    file = google.token_file(home.folder / "token.json")
    file.write_text(json.dumps(kept(file) | {"account": "somebody@else.org"}))
    use(home, google, "gmail", token="token.json")
    said = problems(run(home))["sources.gmail"]
    assert f"holds the login to somebody@else.org, not to {google.email}; run `followup auth google`" in said
    assert google.requests == []


def test_any_table_may_name_the_client(home, google, browse):
    home.client.rename(home.folder / "mine.json")
    home.story.config(table(google, "gmail") + table(google, "google-calendar", client="mine.json"))
    browse(google.consent)
    assert auth(home).exit_code == 0


# -- by hand, for a machine without a browser


def by_hand(home, google, monkeypatch, change=lambda address: address, *more):
    """Do what the person does: open the printed address elsewhere, and paste the one at which the browser ends."""
    pages = []

    def paste(prompt, **_):
        assert "paste" in prompt
        return change(pages[0])

    def echo(text="", **more):
        pages.extend(line for line in str(text).splitlines() if line.startswith("http"))
        return said(text, **more)

    said = login.click.echo
    monkeypatch.setattr(login.click, "echo", echo)
    monkeypatch.setattr(login.click, "prompt", paste)
    return auth(home, "--no-browser", *more), pages


def test_the_address_is_printed_and_the_answer_pasted(home, google, nobody, monkeypatch):
    use(home, google, *EVERYTHING)
    found, (page,) = by_hand(home, google, monkeypatch, lambda page: f"  {google.consent(page)} ")
    assert (found.exit_code, found.stderr) == (0, ""), found.stderr
    assert f"log in to {google.email}" in found.stdout
    assert set(parse_qs(urlsplit(page).query)["scope"][0].split()) == {SCOPE + each for each in NEEDS.values()}
    assert kept(home.token)["refresh_token"]


def test_it_goes_by_hand_where_there_is_no_browser(home, google, monkeypatch):
    def get(*_):
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", get)
    use(home, google, "gmail")
    found = auth(home, answer="")
    assert "paste it here" in found.stdout
    assert "you gave no address" in found.stderr
    assert found.exit_code == 1


def test_the_port_is_one_that_browsers_open():
    """Firefox and Chrome refuse a list of ports without showing the address; all on it are below 10081."""
    assert urlsplit(login._HANDED_OVER).port > 10_080


PASTED = {
    "no address": (lambda page: "4/0AbCdEf", "the address at which the browser ends begins with http://localhost:"),
    "the printed one": (lambda page: page, "the address at which the browser ends begins with"),
    "of another attempt": (strays, "the answer belongs to another attempt; begin anew"),
    "a refusal": (denies, "access_denied"),
    "without a code": (back, "code"),
    "with a code of nobody": (lambda page: back(page, code="invented"), "The code is incorrect or expired."),
}


@pytest.mark.parametrize("case", PASTED)
def test_what_is_pasted_wrongly_is_said(home, google, nobody, monkeypatch, case):
    change, expected = PASTED[case]
    use(home, google, "gmail")
    before = files(home.logins)
    found, _ = by_hand(home, google, monkeypatch, change)
    assert found.exit_code == 1
    assert expected in " ".join(found.stderr.split())
    assert files(home.logins) == before


def test_the_answer_is_read_from_the_terminal(home, google, nobody):
    use(home, google, "gmail")
    found = auth(home, "--no-browser", answer="nonsense\n")
    assert (found.exit_code, "begins with http://localhost:" in " ".join(found.stderr.split())) == (1, True)


def test_json_is_one_object_whatever_a_login_says_on_the_way(home, google, browse, monkeypatch):
    use(home, google, "gmail")
    browse(google.consent)
    shown = json.loads(auth(home, "--json").stdout)
    assert shown["said"].startswith(f"Logged in to {google.email}")
    found, _ = by_hand(home, google, monkeypatch, google.consent, "--json")
    assert json.loads(found.stdout)["problems"] == []
    assert "Open this address" in found.stderr


# -- less than everything


@pytest.mark.parametrize("lacking", EVERYTHING)
def test_what_was_not_granted_is_named_and_the_other_tables_go_on(home, google, browse, lacking):
    use(home, google, *EVERYTHING)
    scope = " ".join(SCOPE + needs for plugin, needs in NEEDS.items() if plugin != lacking)
    google.fault(granted(scope), "POST", "/oauth2/token")
    browse(google.consent)
    found = auth(home)
    side = "outputs" if lacking in ("gmail-drafts", "google-tasks") else "sources"
    assert found.exit_code == 0
    assert f"You did not grant what [{side}.{lacking}] needs" in found.stdout
    ran = run(home)
    told = problems(ran)
    assert (ran.exit_code, list(told)) == (1, [f"{side}.{lacking}"])
    assert told[f"{side}.{lacking}"].startswith(f"the login to {google.email} does not cover ")
    assert "run `followup auth google`, and tick every box" in told[f"{side}.{lacking}"]


@pytest.mark.parametrize("scope", ["openid", ""])
def test_where_nothing_was_granted_nothing_is_kept(home, google, browse, scope):
    use(home, google, *EVERYTHING)
    google.fault(granted(scope), "POST", "/oauth2/token")
    browse(google.consent)
    found = auth(home)
    assert (found.exit_code, home.token.exists()) == (1, False)
    assert "you granted nothing of what was asked for" in " ".join(found.stderr.split())


@pytest.mark.parametrize("used", ["gmail", "gmail-drafts"])
def test_another_account_is_told_and_not_kept(home, google, google_server, browse, used):
    use(home, google, used)
    other = google_server.account()
    browse(lambda page: other.consent(page.replace("login_hint", "hint")))
    found = auth(home)
    assert (found.exit_code, home.token.exists()) == (1, False)
    assert f"you are logged in to {other.email}, and the config means {google.email}" in " ".join(found.stderr.split())


# -- an earlier login survives


def broken(*name):
    def fails(*_, **__):
        raise OSError(28, "No space left on device")

    def arrange(google, monkeypatch):
        monkeypatch.setattr(*name, fails)
        return google.consent

    return arrange


def fault(fault, method, path):
    def arrange(google, _):
        google.fault(fault, method, path, nth=None)
        return google.consent

    return arrange


STEPS = {
    "the person says no": lambda *_: denies,
    "another answer comes": lambda *_: strays,
    "the window is closed": lambda *_: leaves,
    "Google is out of reach": fault(refuse, "POST", "/oauth2/token"),
    "the answer is lost": fault(swallow, "POST", "/oauth2/token"),
    "the answer is cut": fault(cut, "POST", "/oauth2/token"),
    "Google fails": fault(status(500), "POST", "/oauth2/token"),
    "nobody tells whose login it is": fault(status(503), "GET", "*/profile"),
    "the API is switched off": fault(status(403, reason="accessNotConfigured"), "GET", "*/profile"),
    "no file can be made": broken(tempfile, "mkstemp"),
    "the disk is full": broken(os, "fsync"),
    "the file cannot be moved": broken(Path, "replace"),
}


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_leaves_everything_as_it_was(home, google, browse, monkeypatch, step, before):
    use(home, google, "gmail")
    if before:
        google.token_file(home.token)
    there = files(home.logins)
    monkeypatch.setattr(login, "PATIENCE", 0 if "closed" in step else 60)
    with monkeypatch.context() as broken:
        browse(STEPS[step](google, broken))
        found = auth(home)
    assert found.exit_code == 1
    assert "error[F053]" in found.stderr
    assert "Error:" not in found.stderr, "no name of an exception"
    assert files(home.logins) == there


def test_a_closed_window_is_said_to_be_one(home, google, browse, monkeypatch):
    use(home, google, "gmail")
    monkeypatch.setattr(login, "PATIENCE", 0)
    browse(leaves)
    assert "nobody did so in the browser" in " ".join(auth(home).stderr.split())


def test_out_of_reach_is_said_without_the_words_of_a_library(home, google, browse):
    use(home, google, "google-tasks", token_uri="http://127.0.0.1:9/token")
    browse(google.consent)
    said = " ".join(auth(home).stderr.split())
    assert "it cannot be reached: [Errno 111] Connection refused" in said
    assert "HTTPConnection" not in said


# -- the file of the client, and a config without Google

CLIENTS = {
    "missing": (None, "is missing; make an OAuth client for a desktop app"),
    "for a website": ({"web": {**CLIENT}}, "is no OAuth client for a desktop app: it has no 'installed'"),
    "without a secret": ({"installed": {"client_id": "me"}}, "it has no 'client_secret'"),
    "garbled": ("{", "cannot be read"),
    "a list": ([], "cannot be read"),
    "empty": ("", "cannot be read"),
    "null": ({"installed": None}, "cannot be read"),
    "no text": (b"\xff\xfe", "cannot be read"),
}


@pytest.mark.parametrize("case", CLIENTS)
def test_a_client_file_that_is_none(home, google, browse, case):
    content, expected = CLIENTS[case]
    home.client.unlink()
    if content is not None:
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        home.client.write_bytes(text if isinstance(text, bytes) else text.encode())
    use(home, google, "gmail")
    browse()
    found = auth(home)
    said = " ".join(found.stderr.split())
    assert found.exit_code == 1
    assert expected in said
    assert "docs/google.md" in said
    assert str(home.client) in found.stderr


def test_a_client_file_that_is_a_folder(home, google, browse):
    home.client.unlink()
    home.client.mkdir()
    use(home, google, "gmail")
    browse()
    assert "cannot be read" in auth(home).stderr


def test_the_client_lies_beside_the_token(home, google, browse):
    home.client.rename(home.folder / "client.json")
    use(home, google, "gmail", token="login.json")
    browse(google.consent)
    assert auth(home).exit_code == 0
    assert (home.folder / "login.json").exists()


def test_a_config_without_google_needs_no_login(home):
    found = auth(home)
    assert found.exit_code == 1
    assert 'plugin = "gmail"' in " ".join(found.stderr.split())


def test_without_an_account_it_is_my_first_address(home, google, browse):
    home.story.config(table(google, "gmail", account=""), me=[google.email, "me@else.org"])
    browse(google.consent)
    assert auth(home).exit_code == 0
    assert home.token.exists()


# -- runs with a login


@pytest.fixture
def at_work(home, google):
    """Have an interview in the calendar file, and everything else at Google."""
    google.token_file(home.token, scopes=[SCOPE + each for each in NEEDS.values()])
    home.story.base = home.story.base.replace('[sources.sent]\nplugin = "mailbox"\npath = "sent"\n', "")
    home.story.base = home.story.base.replace('[outputs.drafts]\nplugin = "eml"\npath = "out/drafts"\n', "")
    use(home, google, *EVERYTHING)
    home.story.visit("I1", "2026-11-09 09:30")
    return home


def expire(token):
    content = kept(token) | {"expiry": "2001-01-01T00:00:00+00:00"}
    token.write_text(json.dumps(content))
    return content


def test_an_expired_access_is_renewed_once_and_kept(at_work, google, nobody):
    assert run(at_work).exit_code == 0
    assert google.drafts()
    home, before = at_work, expire(at_work.token)
    google.forget()
    assert run(home).exit_code == 0
    assert len(google.asked("POST", "/oauth2/token")) == 1
    after = kept(home.token)
    assert after["token"] != before["token"]
    assert after["expiry"].endswith("+00:00")
    assert {name: after[name] for name in after if name not in ("token", "expiry", "account")} == {
        name: before[name] for name in after if name not in ("token", "expiry", "account")
    }
    assert stat.S_IMODE(home.token.stat().st_mode) == 0o600
    google.forget()
    assert run(home).exit_code == 0
    assert google.requests
    assert google.asked("POST", "/oauth2/token") == []


def test_a_renewal_that_cannot_be_kept_does_no_harm(at_work, google, nobody, monkeypatch):
    before, replace = expire(at_work.token), Path.replace

    def fails(file, target):
        if target == at_work.token:
            raise OSError(30, "Read-only file system")
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", fails)
    ran = run(at_work)
    assert (ran.exit_code, problems(ran)) == (0, {})
    assert kept(at_work.token) == before
    assert set(files(at_work.logins)) == {at_work.token.name, "client.json"}


def test_a_revoked_login_waits_for_the_person_and_files_go_on(at_work, google, nobody):
    google.revoke(kept(at_work.token)["refresh_token"])
    before = json.dumps(expire(at_work.token))
    at_work.story.note("2026-11-09 11:00 #promise L'adresse due:2026-11-10")
    ran = run(at_work)
    shown = json.loads(ran.stdout)
    assert ran.exit_code == 1
    told = problems(ran)
    assert {"sources.gmail", "sources.google-calendar"} <= set(told)
    for said in told.values():
        assert "Google does not accept the login any more" in said
        assert "7 days" in said
        assert "run `followup auth google`" in said
    assert at_work.token.read_text() == before
    states = {decision["rule"]: decision["state"] for decision in shown["decisions"]}
    assert states["thank-you"] == "blind"
    assert google.drafts() == []
    assert "prepare" in states, "the interview was read from its file"


def test_after_the_next_login_all_goes_on(at_work, google, browse):
    google.revoke(kept(at_work.token)["refresh_token"])
    expire(at_work.token)
    assert run(at_work).exit_code == 1
    browse(google.consent)
    assert auth(at_work).exit_code == 0
    assert run(at_work, LATER).exit_code == 0
    assert [JULIE in draft.message["To"] for draft in google.drafts()] == [True]


def test_out_of_reach_is_tried_again_later(at_work, google, nobody):
    before = json.dumps(expire(at_work.token))
    google.fault(refuse, "POST", "/oauth2/token", nth=None)
    ran = run(at_work)
    assert ran.exit_code == 1
    for said in problems(ran).values():
        assert "Google cannot be reached to renew the login; the next run tries again" in said
    assert at_work.token.read_text() == before
    google.heal()
    assert run(at_work, LATER).exit_code == 0


def test_without_a_login_it_says_what_to_do(at_work, google, nobody):
    at_work.token.unlink()
    ran = run(at_work)
    assert ran.exit_code == 1
    assert len(problems(ran)) == len(EVERYTHING)
    for said in problems(ran).values():
        assert said == f"nobody has logged in to {google.email} here yet; run `followup auth google`"
    assert google.requests == []


def written(content):
    return lambda file: file.write_text(content)


def folder(file):
    file.unlink()
    file.mkdir()


KEPT = {
    "empty": (written(""), "nobody has logged in"),
    "cut off": (lambda file: file.write_text(file.read_text()[:40]), "is damaged; run `followup auth google`"),
    "a list": (written("[1]"), "is damaged"),
    "a number for a token": (written('{"token": 5}'), "is damaged"),
    "a number for an instant": (written('{"token": "x", "expiry": 5}'), "is damaged"),
    "a text for scopes": (written('{"token": "x", "scopes": "tasks"}'), "is damaged"),
    "no text": (lambda file: file.write_bytes(b"\xff\xfe"), "cannot be read"),
    "a folder": (folder, "cannot be read"),
    "for all to read": (lambda file: file.chmod(0o644), "other users of this computer may read the login"),
    "for the group to read": (lambda file: file.chmod(0o640), "chmod 600"),
    "without a login": (written("{}"), "run `followup auth google`"),
}


@pytest.mark.parametrize("missing", ["googleapiclient", "google_auth_oauthlib"])
def test_without_googles_library_it_says_what_to_install(home, google, nobody, monkeypatch, missing):
    google.token_file(home.token)
    use(home, google, "gmail", "gmail-drafts")
    monkeypatch.setitem(sys.modules, missing, None)
    said = "Google's library is not installed; pip install 'followup-rules[google]'"
    assert said in auth(home).stderr
    found = run(home)
    assert (found.exit_code, set(problems(found).values())) == (1, {said})


@pytest.mark.parametrize("case", KEPT)
def test_a_token_file_that_is_none_stops_only_google(at_work, google, nobody, case):
    change, expected = KEPT[case]
    change(at_work.token)
    before = None if at_work.token.is_dir() else at_work.token.read_bytes()
    ran = run(at_work)
    told = problems(ran)
    assert ran.exit_code == 1
    assert "sources.calendar" not in told
    assert told["sources.gmail"].count(expected) == 1
    assert "Error" not in told["sources.gmail"].replace("[Errno", "")
    assert (None if at_work.token.is_dir() else at_work.token.read_bytes()) == before


def test_a_token_file_that_may_not_be_read(at_work, google, nobody, unprivileged):
    at_work.token.chmod(0)
    told = problems(run(at_work))
    assert "Permission denied" in told["sources.gmail"]
    assert at_work.token.exists()


# -- the system's keyring


class Keyring(ModuleType):
    """Ours: a keyring in memory, by the two functions of the package `keyring` that are used."""

    def __init__(self):
        super().__init__("keyring")
        self.kept, self.locked = {}, False

    def get_password(self, name, user):
        self._check("")
        return self.kept.get((name, user))

    def set_password(self, name, user, password):
        self._check(password)
        self.kept[name, user] = password

    def _check(self, password, *, locked=False):
        if self.locked or locked:
            raise LockedError(f"no access, to keep {password}")


class LockedError(Exception):
    """As those of the package, of no class that anybody knows."""


@pytest.fixture
def keyring(monkeypatch):
    module = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", module)
    return module


def test_the_keyring_holds_the_login_and_no_file_does(home, google, browse, keyring):
    use(home, google, "gmail", "google-tasks", keyring=True)
    browse(google.consent)
    found = auth(home)
    assert (found.exit_code, "the login is kept in the keyring" in found.stdout) == (0, True)
    assert list(files(home.logins)) == ["client.json"]
    ((place, login),) = keyring.kept.items()
    assert place == ("followup-rules google", google.email)
    assert json.loads(login)["refresh_token"]
    assert run(home).exit_code == 0
    keyring.kept[place] = json.dumps(json.loads(login) | {"expiry": "2001-01-01T00:00:00Z"})
    google.forget()
    assert run(home).exit_code == 0
    assert len(google.asked("POST", "/oauth2/token")) == 1
    assert json.loads(keyring.kept[place])["expiry"] > "2001-01-01T00:00:00Z"


def test_a_locked_keyring_is_a_problem_of_the_table(home, google, browse, keyring, nobody):
    use(home, google, "gmail", keyring=True)
    keyring.locked = True
    ran = run(home)
    said = problems(ran)["sources.gmail"]
    assert ran.exit_code == 1
    assert said == "the system's keyring fails (LockedError); unlock it, or leave out keyring = true"


def test_a_login_that_the_keyring_does_not_take_is_not_told(home, google, browse, keyring):
    use(home, google, "google-tasks", keyring=True)
    keyring.locked = True
    browse(google.consent)
    found = auth(home)
    assert found.exit_code == 1
    assert "the system's keyring fails (LockedError)" in " ".join(found.stderr.split())
    assert "refresh" not in found.output


def test_a_renewal_that_the_keyring_does_not_take_does_no_harm(home, google, nobody, keyring):
    use(home, google, "gmail", keyring=True)
    content = expire(google.token_file(home.folder / "once.json"))
    keyring.kept["followup-rules google", google.email] = json.dumps(content)
    keyring.set_password = lambda *_: keyring._check("", locked=True)
    ran = run(home)
    assert (ran.exit_code, problems(ran)) == (0, {})
    assert len(google.asked("POST", "/oauth2/token")) == 1


def test_without_the_package_it_names_it(home, google, browse, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    use(home, google, "gmail", keyring=True)
    browse(google.consent)
    for said in (" ".join(auth(home).stderr.split()), problems(run(home))["sources.gmail"]):
        assert "pip install keyring; or leave out keyring = true" in said


# -- secrets


def secrets(file):
    content = kept(file)
    return [content[name].encode() for name in ("token", "refresh_token", "client_secret")]


def everything(home):
    """Return the bytes of all files of the user but the login and the client."""
    return b"".join(file.read_bytes() for file in home.folder.rglob("*") if file.is_file())


def test_no_secret_is_printed_or_stored(home, google, browse):
    use(home, google, *EVERYTHING)
    home.story.visit("I1", "2026-11-09 09:30")
    browse(google.consent, google.consent, denies)
    said = [auth(home), auth(home, "--json"), auth(home)]
    hidden = secrets(home.token)
    commands = (["run", "--now", NOW], ["run", "--now", NOW, "--json"], ["plan", "--now", NOW], ["doctor"], ["check"])
    said += [call(home.folder, *command) for command in commands]
    expire(home.token)
    said += [call(home.folder, "run", "--now", NOW, "--json")]
    hidden += secrets(home.token)
    google.fault(status(403, reason="insufficientPermissions"), "GET", nth=None)
    said += [call(home.folder, "run", "--now", NOW), call(home.folder, "doctor")]
    google.heal()
    google.revoke(kept(home.token)["refresh_token"])
    expire(home.token)
    said += [call(home.folder, "--debug", "run", "--now", NOW), call(home.folder, "doctor")]
    shown = b"".join(each.stdout.encode() + each.stderr.encode() for each in said)
    assert google.email.encode() in shown
    assert b"Google does not accept the login any more" in shown
    stored = everything(home)
    assert b"sources.gmail" in stored
    for secret in hidden:
        assert secret not in shown
        assert secret not in stored
