"""Mail from Gmail, as its user knows it: what I sent, and what came in the same conversations."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import followup_google
from followup_google import GmailOptions, gmail, letters
from followup_rules import BadItem, Context, Event, Profile, Pull, Unreadable
from tests.support.examples import examples
from tests.support.googlelab.account import Account
from tests.support.googlelab.faults import altered, meanwhile, says, status
from tests.support.storybook import CONFIG, Story, call

SCOPES = [
    f"https://www.googleapis.com/auth/{name}"
    for name in ("gmail.readonly", "gmail.compose", "calendar.events.readonly", "tasks")
]
JULIE = "Julie Roy <julie.roy@nordik.ca>"
ALIAS = "Camille <camille@exemple.ca>"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
SINCE = NOW - timedelta(days=60)
HISTORY, MESSAGES, THREADS = "*/users/me/history", "*/users/me/messages", "*/users/me/threads/*"


@dataclass
class Reader:
    """The source as one run after another opens it, with the cursor that the last one left."""

    google: Account
    folder: Path
    me: frozenset[str] = frozenset()
    account: str = ""
    cursor: str = ""

    def pull(self, since: datetime = SINCE) -> Pull:
        """Read the next stretch, as one run does."""
        token = self.google.token_file(self.folder / f"{self.google.token}.json", scopes=SCOPES)
        options = GmailOptions(token=token, api_endpoint=self.google.url, account=self.account)
        profile = Profile(me=self.me | {self.google.email}, address=self.google.email)
        kind = next(kind for kind in followup_google.register_sources() if kind.options is GmailOptions)
        self.google.forget()
        found = kind.open(options, Context(profile=profile, now=NOW)).pull(since, self.cursor)
        self.cursor = found.cursor
        return found

    def mails(self, since: datetime = SINCE) -> list[Event]:
        """Read on to the end, and return the mails."""
        found = self.pull(since)
        events = list(found.events)
        while found.left:
            found = self.pull(since)
            events += found.events
        assert all(isinstance(event, Event) for event in events), events
        return events

    def titles(self) -> list[str]:
        return sorted(event.title for event in self.mails())


@dataclass
class Sleep:
    """Keeps how long the source wanted to wait before it asked again."""

    pauses: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture(autouse=True)
def sleep(monkeypatch):
    found = Sleep()
    monkeypatch.setattr("followup_google.service.sleep", found)
    return found


@pytest.fixture
def reader(google, tmp_path):
    return Reader(google, tmp_path)


def hours(number):
    """Return an instant so many hours before now."""
    return NOW - timedelta(hours=number)


def asked(google):
    """Return what was asked, by the last words of the paths."""
    return [re.sub(r"^.*/users/me/(\w+).*$", r"\1", each.path) for each in google.requests]


def reply(google, first, subject="Re: Bonjour", at=None, **more):
    links = {"thread": first.thread, "in_reply_to": first.message_id, "references": first.message_id}
    return google.received(JULIE, subject, "Merci !", at or hours(1), **links, **more)


# --- which mails -----------------------------------------------------------------------------------------------


def test_a_sent_mail_with_everything(google, reader):
    mail = google.sent(
        f"{JULIE}, Me <{google.email}>",
        "Bonjour #promise #case:Nordik",
        "Bonjour Julie,\n\nvoici l'adresse.",
        hours(3),
        message_id="<1@exemple.ca>",
        in_reply_to="<b@nordik.ca>",
        references="<a@nordik.ca> <b@nordik.ca>",
        Cc="Ève <eve@nordik.ca>, no-reply@nordik.ca",
        Bcc="marc@nordik.ca",
    )
    (event,) = reader.mails()
    assert (event.id, event.kind, event.title) == ("1@exemple.ca", "sent", "Bonjour #promise #case:Nordik")
    assert event.start == event.end == hours(3)
    assert event.text == "Bonjour Julie, voici l'adresse."
    assert [each.address for each in event.people] == ["julie.roy@nordik.ca", "eve@nordik.ca", "marc@nordik.ca"]
    assert event.people[0].name == "Julie Roy"
    assert event.organizer.address == google.email
    assert (event.thread, event.answers) == ("a@nordik.ca", "b@nordik.ca")
    assert (event.tags, event.case) == ((), "")
    assert event.data == {"gmail_thread": mail.thread, "gmail_account": google.email}
    assert mail.id in event.where


def test_the_key_of_our_draft_is_known_again_in_the_mail_that_it_became(google, reader):
    """Ours: the emulator shows further headers to nobody who asks for the head only."""
    key = {"name": "x-followup-key", "value": "thank-you/nordik.ca@2026-11-\r\n 09"}
    google.sent(JULIE, "Merci", "Merci !", hours(3))
    google.fault(
        altered(lambda thread: _with(thread, lambda mail: mail["payload"]["headers"].append(key))), path=THREADS
    )
    (event,) = reader.mails()
    assert event.report.key == "thank-you/nordik.ca@2026-11-09"
    (read,) = google.asked(path=event.data["gmail_thread"])
    assert "X-Followup-Key" in read.target


def _with(thread, change):
    for mail in thread["messages"]:
        change(mail)
    return thread


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["SENT"], "sent"),
        (["SENT", "INBOX"], "sent"),
        (["SENT", "IMPORTANT", "Label_7"], "sent"),
        (["INBOX"], "received"),
        ([], "received"),
        (["TRASH"], "received"),
        (["SENT", "TRASH"], "sent"),
        (["SENT", "DRAFT"], None),
        (["DRAFT"], None),
        (["SENT", "CHAT"], None),
        (["SPAM"], None),
    ],
    ids=lambda found: "-".join(found or ["none"]) if isinstance(found, list) else None,
)
def test_the_labels_say_what_a_mail_is(google, reader, labels, kind):
    """Ours: the labels of the second mail of a conversation."""

    def relabel(thread):
        thread["messages"][1]["labelIds"] = labels
        return thread

    reply(google, google.sent(JULIE, "Bonjour", "Bonjour,", hours(3)), "the other")
    google.fault(altered(relabel), path=THREADS)
    assert [event.kind for event in reader.mails() if event.title == "the other"] == [kind] * bool(kind)


def test_what_i_sent_from_an_alias_is_sent_and_i_am_none_of_the_people(google, tmp_path):
    google.sent(f"{JULIE}, {ALIAS}", "Bonjour", "Bonjour,", hours(3), From=ALIAS)
    first = google.sent(JULIE, "Un", "Bonjour,", hours(3))
    google.received(ALIAS, "Un, encore", "De mon téléphone", hours(2), thread=first.thread, To=JULIE)
    for mail in Reader(google, tmp_path, me=frozenset({"camille@exemple.ca"})).mails():
        assert (mail.kind, [each.address for each in mail.people]) == ("sent", ["julie.roy@nordik.ca"])


def test_mail_in_my_conversations_is_read_and_no_other(google, reader):
    reply(google, google.sent(JULIE, "Bonjour", "Bonjour,", hours(3)))
    google.received(JULIE, "Lettre d'information", "…", hours(2))
    sent, received = sorted(reader.mails(), key=lambda event: event.kind, reverse=True)
    assert (received.kind, received.title, received.answers) == ("received", "Re: Bonjour", sent.id)
    assert [each.address for each in received.people] == ["julie.roy@nordik.ca"]
    assert received.thread == sent.thread == sent.id
    assert received.data["gmail_thread"] == sent.data["gmail_thread"]


def test_drafts_are_never_read_as_mail(google, reader):
    first = google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    google.write_draft(JULIE, "Brouillon", "Bonjour,", thread=first.thread)
    google.write_draft(JULIE, "Un autre", "Bonjour,")
    assert reader.titles() == ["Bonjour"]
    google.edit_draft(google.write_draft(JULIE, "Un troisième", "…", thread=first.thread).draft, "Bonjour,")
    assert reader.titles() == []


def test_the_window_begins_at_the_second_whatever_the_zone_of_the_server(google, reader):
    for title, seconds in (("before", -1), ("after", 1)):
        google.sent(JULIE, title, "Bonjour,", SINCE + timedelta(seconds=seconds))
    assert reader.titles() == ["after"]
    (listed,) = google.asked(path="/users/me/messages")
    assert listed.query["q"] == f"after:{int(SINCE.timestamp())}"
    assert listed.query["labelIds"] == "SENT"


def test_what_is_older_than_the_window_is_passed_over_in_a_conversation_that_goes_on(google, reader):
    first = google.sent(JULIE, "old", "Bonjour,", SINCE - timedelta(days=1))
    google.sent(JULIE, "new", "Bonjour,", hours(2), thread=first.thread)
    assert reader.titles() == ["new"]


def test_a_mail_that_was_thrown_away_was_sent_all_the_same(google, reader):
    """Google shows the trash in a conversation; the emulator only when told, so we tell it."""
    google.trash(google.sent(JULIE, "Merci", "Merci !", hours(3)).id)

    def trash_too(exchange):
        exchange.request.target += "&includeSpamTrash=true"
        exchange.answer(exchange.forward())

    google.fault(trash_too, path=THREADS, nth=None)
    assert reader.titles() == ["Merci"]


def test_without_my_addresses_nothing_is_taken_for_not_sent(google, tmp_path):
    token = google.token_file(tmp_path / "token.json", scopes=SCOPES)
    options = GmailOptions(token=token, api_endpoint=google.url, account=google.email)
    kind = next(kind for kind in followup_google.register_sources() if kind.options is GmailOptions)
    with pytest.raises(Unreadable, match=r"profile\.me"):
        kind.open(options, Context(profile=Profile(), now=NOW)).pull(SINCE, "")


# --- what is new -----------------------------------------------------------------------------------------------


def test_nothing_new_is_one_request_and_an_empty_pull(google, reader):
    reply(google, google.sent(JULIE, "Bonjour", "Bonjour,", hours(3)))
    before = reader.pull().cursor
    assert reader.pull() == Pull(cursor=before)
    assert asked(google) == ["history"]


def test_a_reply_that_comes_later_is_found_and_read_alone(google, reader):
    first = google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    google.sent(JULIE, "Autre chose", "Bonjour,", hours(3))
    reader.mails()
    reply(google, first)
    google.received("news@exemple.org", "Lettre d'information", "…", hours(1))
    assert reader.titles() == ["Bonjour", "Re: Bonjour"]
    assert asked(google) == ["history", "threads"]
    assert reader.titles() == []


def test_a_conversation_that_i_join_later_brings_what_came_before(google, reader):
    first = google.received(JULIE, "Une question", "Bonjour,", hours(5))
    assert reader.titles() == []
    google.sent(JULIE, "Re: Une question", "Oui.", hours(1), thread=first.thread, in_reply_to=first.message_id)
    assert reader.titles() == ["Re: Une question", "Une question"]
    reply(google, first, "Re: Re: Une question")
    assert "Re: Re: Une question" in reader.titles(), "from now on it is mine"


def test_a_draft_that_becomes_a_mail_is_a_sent_mail(google, reader):
    reader.mails()
    sent = google.write_draft(JULIE, "Merci", "Merci !").draft
    google.send_draft(sent, hours(1))
    kept = google.write_draft(JULIE, "Encore", "Merci !")
    assert reader.titles() == ["Merci"]
    google.label(kept.id, add=["SENT"], remove=["DRAFT"])
    assert reader.titles() == ["Encore"]


def test_a_draft_that_became_a_mail_counts_although_the_history_still_calls_it_a_draft(google, reader):
    """Ours: which labels Google shows in the history is not promised; the emulator shows those of now."""
    reader.mails()
    kept = google.write_draft(JULIE, "Merci", "Merci !")
    google.label(kept.id, add=["SENT"], remove=["DRAFT"])

    def as_it_was(page):
        for record in page["history"]:
            for change in [*record.get("messagesAdded", ()), *record.get("labelsAdded", ())]:
                change["message"]["labelIds"] = ["DRAFT"]
        return page

    google.fault(altered(as_it_was), path=HISTORY)
    assert reader.titles() == ["Merci"]


def test_a_reply_that_is_taken_out_of_spam_is_found(google, reader):
    answer = reply(google, google.sent(JULIE, "Bonjour", "Bonjour,", hours(3)))
    google.label(answer.id, add=["SPAM"], remove=["INBOX"])
    assert reader.titles() == ["Bonjour"]
    google.label(answer.id, add=["INBOX"], remove=["SPAM"])
    assert reader.titles() == ["Bonjour", "Re: Bonjour"]


def test_reading_a_mail_or_filing_it_is_nothing_new(google, reader):
    answer = reply(google, google.sent(JULIE, "Bonjour", "Bonjour,", hours(3)))
    reader.mails()
    google.label(answer.id, add=["STARRED"], remove=["UNREAD", "INBOX"])
    assert reader.titles() == []
    assert asked(google) == ["history"]


@pytest.mark.parametrize("page", [{"nextPageToken": "0"}, {"nextPageToken": "0", "history": []}])
def test_a_page_of_the_history_without_any_is_not_its_end(google, reader, page):
    """Ours: the empty page."""
    first = google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    reader.mails()
    reply(google, first)
    google.fault(says(page), path=HISTORY)
    assert reader.titles() == ["Bonjour", "Re: Bonjour"]
    assert asked(google) == ["history", "history", "threads"]


def test_a_history_of_several_pages_is_read_to_its_end(google, reader, monkeypatch):
    monkeypatch.setattr(gmail, "_PAGE", 2)
    reader.mails()
    for number in range(5):
        google.sent(JULIE, str(number), "Bonjour,", hours(2))
    assert reader.titles() == list("01234")
    assert asked(google)[:4] == ["history", "history", "history", "threads"]
    assert reader.titles() == []


def test_a_point_that_is_too_old_for_the_history_means_to_list_all_again(google, reader):
    google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    reader.mails()
    google.sent(JULIE, "Encore", "Bonjour,", hours(2))
    google.fault(status(404), path=HISTORY)
    late = meanwhile(lambda: google.sent(JULIE, "Entre-temps", "Bonjour,", hours(1)))
    google.fault(late, path=MESSAGES)
    assert reader.titles() == ["Bonjour", "Encore"]
    assert asked(google)[:3] == ["history", "profile", "messages"]
    assert reader.titles() == ["Entre-temps"], "the new point is from before the listing"


@pytest.mark.parametrize("there", [True, False], ids=["with mail", "empty"])
def test_a_server_without_a_profile_does(google, reader, there):
    google.gateway.profile = False
    if there:
        google.received(JULIE, "Lettre d'information", "…", hours(4))
        google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    assert reader.titles() == ["Bonjour"] * there
    google.sent(JULIE, "Encore", "Bonjour,", hours(2))
    assert reader.titles() == ["Encore"]
    assert reader.titles() == []
    assert asked(google) == ["history"]


# --- cursors ---------------------------------------------------------------------------------------------------


def listed_anew(google):
    return asked(google)[:2] == ["profile", "messages"]


def test_a_longer_lookback_reads_all_again_and_a_shorter_one_does_not(google, reader):
    google.sent(JULIE, "long ago", "Bonjour,", SINCE - timedelta(days=30))
    google.sent(JULIE, "lately", "Bonjour,", hours(3))
    assert reader.titles() == ["lately"]
    assert [event.title for event in reader.mails(SINCE + timedelta(days=1))] == []
    assert not listed_anew(google)
    assert {event.title for event in reader.mails(SINCE - timedelta(days=60))} == {"lately", "long ago"}
    assert listed_anew(google)


def test_further_addresses_of_mine_make_all_be_read_again(google, reader):
    first = google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    google.received(ALIAS, "Encore", "Bonjour,", hours(2), thread=first.thread, To=JULIE)
    assert [event.kind for event in reader.mails()] == ["sent", "received"]
    reader.me = frozenset({"camille@exemple.ca"})
    assert [event.kind for event in reader.mails()] == ["sent", "sent"]


def test_a_new_way_to_read_makes_all_be_read_again(google, reader, monkeypatch):
    google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    reader.mails()
    monkeypatch.setattr(gmail, "_FORMAT", gmail._FORMAT + 1)
    assert reader.titles() == ["Bonjour"]


@pytest.mark.parametrize("named", [True, False], ids=["in the table", "first of my addresses"])
def test_another_account_is_read_from_its_beginning(google, google_server, tmp_path, named):
    other = google_server.account()
    both = frozenset({google.email, other.email})
    other.sent(JULIE, "there", "Bonjour,", hours(3))
    google.sent(JULIE, "here", "Bonjour,", hours(3))
    here = Reader(google, tmp_path, both, google.email if named else "")
    there = Reader(other, tmp_path, both, other.email if named else "")
    assert here.titles() == ["here"]
    there.cursor = here.cursor
    assert there.titles() == ["there"]


@pytest.mark.parametrize("cursor", ["nonsense", "[]", "{}", "null", '{"reading": 1}', '{"known": 3, "todo": null}'])
def test_a_cursor_that_makes_no_sense_counts_as_none(google, reader, cursor):
    google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    reader.cursor = cursor
    assert reader.titles() == ["Bonjour"]


def test_a_cursor_holds_nothing_of_the_mail(google, reader):
    reply(google, google.sent(JULIE, "Sujet", "Texte", hours(3), message_id="<ident@exemple.ca>"))
    cursor = reader.pull().cursor
    assert not [word for word in ("nordik", "Julie", "Sujet", "Texte", "ident", "Merci") if word in cursor]


# --- a long history --------------------------------------------------------------------------------------------


@pytest.fixture
def years(google, monkeypatch):
    """Let there be five conversations, read two at a time; return their ids as Google lists them."""
    monkeypatch.setattr(gmail, "AT_A_TIME", 2)
    made = [google.sent(JULIE, str(number), "Bonjour,", hours(number + 2)).thread for number in range(5)]
    for thread in made[1:3]:
        google.received(JULIE, "Re", "Merci !", hours(1), thread=thread)
    return made


def read_threads(google):
    return [each.path.rpartition("/")[2] for each in google.requests if "/threads/" in each.path]


def test_a_long_history_comes_stretch_by_stretch(google, reader, years):
    stretches = []
    for left in (3, 1, 0):
        assert reader.pull().left == left
        stretches.append(read_threads(google))
    assert [thread for stretch in stretches for thread in stretch] == years
    assert [len(stretch) for stretch in stretches] == [2, 2, 1]
    assert reader.pull() == Pull(cursor=reader.cursor)


def test_an_interruption_costs_one_stretch_and_doubles_no_mail(google, reader, years):
    first = reader.pull()
    google.fault(status(403), path=f"*/threads/{years[3]}")
    with pytest.raises(Unreadable):
        reader.pull()
    rest = reader.mails()
    ids = [event.id for event in [*first.events, *rest]]
    assert len(ids) == len(set(ids)) == 7


def test_what_was_sent_since_an_interruption_is_seen_before_anything_is_decided(google, reader, years):
    """A reply, a mail of mine in a conversation that was read, and one in a new conversation."""
    reader.pull()
    google.received(JULIE, "late reply", "Merci !", hours(1), thread=years[4])
    google.sent(JULIE, "late mail", "Bonjour,", hours(1), thread=years[0])
    google.sent(JULIE, "new", "Bonjour,", hours(1))
    titles = [event.title for event in reader.mails()]
    assert {"late reply", "late mail", "new", "2", "3", "4"} <= set(titles)
    assert reader.pull() == Pull(cursor=reader.cursor)


def test_the_command_goes_on_where_it_was_interrupted(google, tmp_path, years):
    story = at_google(tmp_path, google)
    google.fault(status(403), path=f"*/threads/{years[3]}")
    broken = story.run("2026-11-20 12:00")
    assert broken.exit_code == 1
    assert "sources.sent" in broken.stderr
    assert len(kept(story)) == 3
    google.forget()
    assert story.run("2026-11-20 12:05").exit_code == 0
    assert len(kept(story)) == len(set(kept(story))) == 7
    assert read_threads(google) == years[2:]


def test_a_conversation_that_is_deleted_before_it_is_read_stops_no_other(google, reader):
    gone = google.sent(JULIE, "gone", "Bonjour,", hours(3))
    google.sent(JULIE, "there", "Bonjour,", hours(2))
    google.fault(meanwhile(lambda: google.trash(gone.id)), path=MESSAGES)
    assert reader.titles() == ["there"]
    assert 404 in {each.status for each in google.requests}


def test_a_listing_that_breaks_off_is_no_list(google, reader, monkeypatch):
    monkeypatch.setattr(gmail, "_PAGE", 2)
    for number in range(3):
        google.sent(JULIE, str(number), "Bonjour,", hours(2))
    google.fault(status(403), path=MESSAGES, nth=2)
    with pytest.raises(Unreadable):
        reader.pull()
    assert reader.titles() == ["0", "1", "2"]


def test_a_failure_that_passes_is_waited_for(google, reader, sleep):
    google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    google.fault(status(503), path=MESSAGES)
    google.fault(status(429, retry_after=3), path=THREADS)
    assert reader.titles() == ["Bonjour"]
    assert sleep.pauses == [0.5, 3]


# --- what cannot be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"internalDate": None},
        {"internalDate": "yesterday"},
        {"internalDate": "9" * 30},
        {"payload": None},
        {"payload": {"headers": [{"name": "From"}]}},
        {"labelIds": 7},
        {"labelIds": [["SENT"]]},
    ],
    ids=str,
)
def test_one_broken_mail_is_reported_and_stops_no_other(google, reader, broken):
    """Ours: the broken fields."""

    def damage(thread):
        thread["messages"][0] |= broken
        return thread

    first = google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    reply(google, first)
    google.fault(altered(damage), path=THREADS)
    bad, good = reader.pull().events
    assert isinstance(bad, BadItem)
    assert first.id in bad.where
    assert good.title == "Re: Bonjour"


@pytest.mark.parametrize("odd", ["text", None, 7, []], ids=str)
def test_something_that_is_no_mail_at_all_stops_no_other(google, reader, odd):
    """Ours: the odd thing."""
    google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    google.fault(altered(lambda thread: thread | {"messages": [odd, *thread["messages"]]}), path=THREADS)
    bad, good = reader.pull().events
    assert isinstance(bad, BadItem)
    assert good.title == "Bonjour"


@pytest.mark.parametrize(
    "missing", ["snippet", "threadId", "labelIds", "sizeEstimate", "historyId", "From", "To", "Subject", "Message-ID"]
)
def test_a_mail_of_which_something_is_missing_is_a_mail(google, reader, missing):
    """Ours: what is missing."""

    def without(mail):
        mail.pop(missing, None)
        mail["payload"]["headers"] = [each for each in mail["payload"]["headers"] if each["name"] != missing]

    mail = google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    google.fault(altered(lambda thread: _with(thread, without)), path=THREADS)
    mails = reader.mails()
    if missing == "labelIds":  # so does a draft look that another program has stored
        assert mails == []
        return
    (event,) = mails
    assert event.kind == "sent"
    if missing == "Message-ID":
        assert event.id.startswith("sha256:")
    else:
        assert event.id == mail.message_id.strip("<>")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
headers = st.lists(
    st.fixed_dictionaries(
        {}, optional={"name": st.sampled_from([*letters.WANTED, "x"]) | anything, "value": st.text() | anything}
    ),
    max_size=5,
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=5) | anything,
        "threadId": st.text(max_size=5) | anything,
        "labelIds": st.lists(st.sampled_from(["SENT", "DRAFT", "INBOX"]) | anything, max_size=3) | anything,
        "snippet": st.text() | anything,
        "internalDate": st.integers().map(str) | anything,
        "payload": st.fixed_dictionaries({"headers": headers}) | anything,
    },
)


@examples(200)
@given(messages | anything)
def test_no_answer_of_a_server_stops_the_reading(resource):
    found = letters.event(resource, {"me@example.com"}, SINCE)
    assert found is None or isinstance(found, Event | BadItem)
    assert not isinstance(found, BadItem) or (found.where and found.message)


# --- the text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("snippet", "text"),
    [
        ("L&#39;adresse &amp; le nom : &lt;ici&gt; &quot;là&quot;", 'L\'adresse & le nom : <ici> "là"'),
        ("Merci ! On Mon, Nov 9, 2026 at 10:00 AM Julie Roy &lt;julie.roy@nordik.ca&gt; wrote: Bonjour", "Merci !"),
        ("Merci ! On Mon, Nov 9, 2026 at 10:00\u202fAM Julie Roy wrote: &gt; Bonjour &gt; encore", "Merci !"),
        ("Merci ! Le lun. 9 nov. 2026 à 10:00, Julie Roy &lt;julie.roy@nordik.ca&gt; a écrit : Bonjour", "Merci !"),
        ("Merci ! Le lun. 9 nov. 2026 à 10 h 00, Julie Roy a écrit\u00a0: &gt; Bonjour", "Merci !"),
        ("On Mon, Nov 9, 2026 at 10:00 AM Julie Roy &lt;julie.roy@nordik.ca&gt; wrote: Bonjour", ""),
        ("Oui. &gt; Et demain ? &gt; Et après ?", "Oui."),
        ("&gt; Et demain ?", ""),
        ("On reflection, I wrote: nothing.", "On reflection, I wrote: nothing."),
        ("Voici : Le texte que Julie a écrit : rien.", "Voici : Le texte que Julie a écrit : rien."),
        ("rouge\x1b[31m\x07\u202e", "rouge [31m"),
        ("a" * 500, "a" * 200),
        ("&amp;" * 300, "&" * 200),
        ("", ""),
    ],
)
def test_the_text_is_what_its_writer_wrote_and_no_more(google, reader, snippet, text):
    """Ours: the snippet, as Gmail writes one."""
    google.sent(JULIE, "Bonjour", "Bonjour,", hours(3))
    google.fault(altered(lambda thread: _with(thread, lambda mail: mail.update(snippet=snippet))), path=THREADS)
    assert [event.text for event in reader.mails()] == [text]


def test_only_the_head_of_a_mail_is_asked_for(google, reader):
    reply(google, google.sent(JULIE, "Bonjour", "Bonjour,", hours(3)))
    reader.mails()
    read = [each for each in google.requests if "/threads/" in each.path]
    assert [each.query["format"] for each in read] == ["metadata"]
    assert not [each for each in google.requests if "/messages/" in each.path]


# --- through the real command ----------------------------------------------------------------------------------


def at_google(tmp_path, google, more=""):
    """Return a story whose sent mail lies in Gmail."""
    tables = (
        f'plugin = "gmail"\ntoken = "token.json"\napi_endpoint = "{google.url}"\naccount = "{google.email}"\n{more}'
    )
    story = Story(tmp_path / "story", CONFIG.replace('plugin = "mailbox"\npath = "sent"\n', tables))
    story.config(me=[google.email])
    google.token_file(story.folder / "token.json", scopes=SCOPES)
    return story


def kept(story):
    """Return the ids of the mails in the store, one for each source that showed them."""
    with closing(sqlite3.connect(story.folder / "out/followup.db")) as store:
        return [name for (name,) in store.execute("select id from event order by id")]


def test_a_mail_in_gmail_ends_the_duty_to_write_it(google, tmp_path):
    story = at_google(tmp_path, google)
    story.visit("I1", "2026-11-09 10:00")
    assert story.at("2026-11-09 11:05").state("thank-you") == "due"
    assert [key.partition("/")[0] for key in story.drafts()] == ["thank-you"]
    google.sent(JULIE, "Merci", "Merci pour cet entretien !", datetime(2026, 11, 9, 16, 30, tzinfo=UTC))
    tick = story.at("2026-11-09 12:00")
    assert (tick.state("thank-you"), tick.rules("withdraw")) == ("done", ["thank-you"])
    assert not story.drafts()
    assert not tick.problems


def test_a_login_that_is_not_accepted_any_more_leaves_all_as_it_is(google, tmp_path):
    story = at_google(tmp_path, google)
    story.visit("I1", "2026-11-09 10:00")
    story.at("2026-11-09 09:00")
    (story.folder / "token.json").write_text('{"token": "nobody knows this one"}')
    tick = story.at("2026-11-09 12:00")
    assert (tick.exit, tick.state("thank-you"), tick.rules()) == (1, "blind", [])
    assert "followup auth google" in tick.said


def test_no_more_of_a_mail_is_kept_than_its_opening(google, tmp_path):
    story = at_google(tmp_path, google)
    opening = "Bonjour Julie, voici ce que je vous ai promis. " + "Tralala, tralala. " * 12
    first = google.sent(JULIE, "Bonjour", f"{opening}XYLOPHONE", datetime(2026, 11, 9, 16, 30, tzinfo=UTC))
    google.received(
        JULIE, "Re: Bonjour", f"{opening}ZANZIBAR", datetime(2026, 11, 9, 16, 40, tzinfo=UTC), thread=first.thread
    )
    assert not story.at("2026-11-09 12:00").problems
    written = b"".join(file.read_bytes() for file in (story.folder / "out").rglob("*") if file.is_file())
    assert b"voici ce que je vous ai promis" in written
    assert not [word for word in (b"XYLOPHONE", b"ZANZIBAR") if word in written]


def test_a_mail_that_lies_in_a_folder_too_is_one_mail(google, tmp_path):
    story = at_google(tmp_path, google, '[sources.folder]\nplugin = "mailbox"\npath = "sent"\n')
    at = datetime(2026, 11, 9, 16, 30, tzinfo=UTC)
    google.sent(JULIE, "Merci beaucoup", "Merci !", at, message_id="<both@exemple.ca>")
    google.sent(JULIE, "Encore une chose", "Merci !", at, message_id="<one@exemple.ca>")
    message = EmailMessage()
    for name, value in {"From": google.email, "To": JULIE, "Subject": "Merci beaucoup"}.items():
        message[name] = value
    message["Date"], message["Message-ID"] = at, "<both@exemple.ca>"
    message.set_content("Merci !")
    (story.folder / "sent/both.eml").write_bytes(bytes(message))
    assert story.run("2026-11-09 12:00").exit_code == 0
    assert kept(story) == [f"sent\x1f{name}@exemple.ca" for name in ("both", "both", "one")]
    told = call(story.folder, "explain", "nordik", "--now", "2026-11-09 12:00").stdout
    assert [told.count(title) for title in ("Merci beaucoup", "Encore une chose")] == [1, 1]


# -- what one conversation, a slow line or the years do


def test_a_conversation_that_google_cannot_hand_out_stops_no_other(google, tmp_path, years):
    google.fault(status(400), path=f"*/threads/{years[3]}", nth=None)
    story = at_google(tmp_path, google)
    told = story.run("2026-11-20 12:00")
    assert f"Gmail conversation {years[3]}: it cannot be read: Google says 400" in told.stderr
    assert len(kept(story)) == 6


def test_if_no_conversation_can_be_read_the_source_is_blind(google, tmp_path, years):
    google.fault(status(400), path="*/threads/*", nth=None)
    told = at_google(tmp_path, google).run("2026-11-20 12:00")
    assert "error[F040]" in told.stderr


def test_on_a_slow_line_a_stretch_ends_before_its_time_is_up(google, tmp_path, years, monkeypatch):
    monkeypatch.setattr(gmail, "LONGEST_STRETCH", -1)
    story = at_google(tmp_path, google)
    assert story.run("2026-11-20 12:00").exit_code == 0
    assert len(kept(story)) == 7
    assert len(google.asked("GET", "/history")) == len(years) - 1  # at first, a listing


def test_the_window_moves_with_time_and_covers_an_outage(google, tmp_path):
    story = at_google(tmp_path, google)
    for day in ("2026-11-20 12:00", "2027-11-20 12:00", "2028-11-20 12:00"):
        story.run(day)
    google.gateway.requests.clear()
    google.fault(status(404), "GET", "*/history")
    story.run("2028-11-20 12:05")
    (listing,) = [request for request in google.asked("GET", "/messages") if "q" in request.query]
    assert listing.query["q"] == f"after:{int(datetime(2028, 8, 22, 17, tzinfo=UTC).timestamp())}"
