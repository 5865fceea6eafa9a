"""The Google plugin keeps the contracts of every source and output, against the emulator."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

import followup_google
from followup_google import CalendarOptions, DraftsOptions, GmailOptions, TasksOptions
from followup_rules import Context, Profile, Status
from followup_rules.keys import hashed
from followup_rules.testing import NOW, ZONE, OutputContract, SourceContract
from tests.support.sealed import Sealed

pytestmark = pytest.mark.slow

SCOPES = {
    GmailOptions: "gmail.readonly",
    DraftsOptions: "gmail.compose",
    CalendarOptions: "calendar.events.readonly",
    TasksOptions: "tasks",
}
JULIE = "Julie Roy <julie.roy@nordik.ca>"


def opened(account, folder, options, now=NOW, **more):
    """Open the source or output with these options, as a run would for this account."""
    token = folder / "token.json"
    if not token.exists():
        account.token_file(token, scopes=[f"https://www.googleapis.com/auth/{name}" for name in SCOPES.values()])
    me = Profile(me=frozenset({account.email}), address=account.email, timezone=ZONE)
    kinds = [*followup_google.register_sources(), *followup_google.register_outputs()]
    kind = next(kind for kind in kinds if kind.options is options)
    return kind.open(options(token=token, api_endpoint=account.url, **more), Context(profile=me, now=now))


class TestGmail(SourceContract):
    emits = ("sent", "received")

    @pytest.fixture(autouse=True)
    def _account(self, google, tmp_path):
        self.google, self.folder = google, tmp_path
        first = google.sent(JULIE, "Bonjour #promise", "Bonjour Julie,\n\nvoici l'adresse.", NOW - timedelta(days=2))
        google.received(
            JULIE, "Re: Bonjour", "Merci !", NOW - timedelta(days=1), thread=first.thread, in_reply_to=first.message_id
        )

    def open_source(self, context):
        return opened(self.google, self.folder, GmailOptions)

    def open_unreadable(self, context):
        self.google.revoke("anything")
        return opened(self.google, self.folder, GmailOptions, token_uri="http://127.0.0.1:9/", account="else@where.org")

    def test_an_unreadable_source_raises(self):
        (self.folder / "token.json").write_text('{"token": "nobody knows this one"}')
        super().test_an_unreadable_source_raises()


class TestCalendar(SourceContract):
    emits = ("meeting",)

    @pytest.fixture(autouse=True)
    def _account(self, google, tmp_path):
        self.google, self.folder = google, tmp_path
        google.meeting("Entrevue #interview", NOW, NOW + timedelta(hours=1), ["julie.roy@nordik.ca", google.email])
        google.meeting("Salon", NOW.date(), NOW.date() + timedelta(days=2))

    def open_source(self, context):
        return opened(self.google, self.folder, CalendarOptions)

    def open_unreadable(self, context):
        return opened(self.google, self.folder, CalendarOptions, calendars=("primary", "nobody's"))


class TestDrafts(Sealed, OutputContract):
    example = replace(OutputContract.example, type="draft")

    @pytest.fixture(autouse=True)
    def _account(self, google, tmp_path):
        self.google, self.folder = google, tmp_path

    def open_output(self):
        return opened(self.google, self.folder, DraftsOptions)

    def _of(self, key):
        return next(each for each in self.google.drafts() if each.message["X-Followup-Key"] == hashed(key))

    def delete_as_user(self, key):
        self.google.delete_draft(self._of(key).draft)

    def edit_as_user(self, key):
        self.google.edit_draft(self._of(key).draft, "Ma propre version.\n")

    def finish_as_user(self, key):
        self.google.send_draft(self._of(key).draft, NOW + timedelta(hours=2))

    def take_away_as_user(self):
        (self.folder / "token.json").write_text('{"token": "nobody knows this one"}')

    def test_what_the_user_finished_is_done(self):
        super().test_what_the_user_finished_is_done()
        (mail,) = self.google.sent_mails()
        assert "Call Julie Roy" in mail.message["Subject"]

    def test_what_the_user_finished_stays_finished(self):
        """A sent draft is no draft any more: the ledger knows that it was made, and asks for no second one."""
        ref = self._create()
        self.finish_as_user(self.example.key)
        self.open_output().withdraw(ref)
        assert self._status(ref) == Status("done", NOW + timedelta(hours=2))


class TestTasks(Sealed, OutputContract):
    @pytest.fixture(autouse=True)
    def _account(self, google, tmp_path):
        self.google, self.folder = google, tmp_path

    def open_output(self):
        return opened(self.google, self.folder, TasksOptions)

    def _of(self, key):
        return next(task["id"] for task in self.google.tasks() if task["notes"].splitlines()[-1] == key)

    def delete_as_user(self, key):
        self.google.delete_task(self._of(key))

    def edit_as_user(self, key):
        task = self.google.task(self._of(key))
        self.google.edit_task(task["id"], notes=f"Plutôt mardi.\n{task['notes']}")

    def finish_as_user(self, key):
        self.google.tick_task(self._of(key), NOW + timedelta(hours=2))

    def take_away_as_user(self):
        (self.folder / "token.json").write_text('{"token": "nobody knows this one"}')


def test_a_task_is_due_on_its_day_and_ends_with_its_key(google, tmp_path):
    example = OutputContract.example
    opened(google, tmp_path, TasksOptions).create(replace(example, due=datetime(2026, 11, 19, 23, 30, tzinfo=ZONE)))
    (task,) = google.tasks()
    assert task["due"] == "2026-11-19T00:00:00.000Z"
    assert task["notes"].splitlines()[-1] == example.key
