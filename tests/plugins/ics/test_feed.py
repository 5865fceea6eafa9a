"""A calendar on the web, asked by a source as a run asks it: what is new, what has not changed, and what is no calendar."""

import gzip
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import followup_ics
from followup_ics import IcsOptions, connection, feed_source
from followup_rules import Context, Event, Profile, Unreadable
from followup_rules.host.time_limit import TIME_LIMIT
from followup_rules.testing import SourceContract
from followup_rules.web_address import in_file, parsed
from tests.support import feedserver
from tests.support.feedserver import EMPTY, PATH, SECRET, give, write

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 9, 12, tzinfo=TORONTO)
PROFILE = Profile(me=frozenset({"me@example.org"}), timezone=TORONTO)


def calendar(*titles, stamp="20261101T120000Z"):
    entries = [
        f"BEGIN:VEVENT\r\nUID:{title}\r\nDTSTAMP:{stamp}\r\nDTSTART:20261110T150000Z\r\nDTEND:20261110T160000Z\r\n"
        f"SUMMARY:{title}\r\nEND:VEVENT\r\n"
        for title in titles
    ]
    return "".join(["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n", *entries, "END:VCALENDAR\r\n"]).encode()


def source(address, now=NOW, **options):
    (kind,) = followup_ics.register_sources()
    return kind.open(IcsOptions(path=address, **options), Context(profile=PROFILE, now=now))


def pull(url, cursor="", now=NOW, **options):
    return source(parsed(url), now, **options).pull(now - timedelta(days=60), cursor)


def titles(found):
    return [event.title for event in found.events if isinstance(event, Event)]


def refused(url, cursor=""):
    """Return the sentence with which a calendar is unreadable."""
    with pytest.raises(Unreadable) as error:
        pull(url, cursor)
    assert SECRET not in str(error.value)
    return str(error.value)


# -- what is new


def test_its_meetings_are_read_and_found_by_the_name_of_the_host(feed):
    feed.body = calendar("Interview")
    found = pull(feed.url)
    assert (titles(found), found.complete) == (["Interview"], True)
    assert found.events[0].where == f"127.0.0.1:{feed.port}: Interview"


def test_a_calendar_without_entries_is_a_statement(feed):
    feed.body = EMPTY
    found = pull(feed.url)
    assert (list(found.events), found.complete) == ([], True)


@pytest.mark.parametrize(
    ("stamp", "asks"),
    [
        ({"ETag": '"one"'}, {"if-none-match": '"one"'}),
        ({"ETag": 'W/"one"'}, {"if-none-match": 'W/"one"'}),
        ({"Last-Modified": "Mon, 09 Nov 2026 10:00:00 GMT"}, {"if-modified-since": "Mon, 09 Nov 2026 10:00:00 GMT"}),
    ],
)
def test_what_has_not_changed_is_not_sent_again(feed, stamp, asks):
    feed.body, feed.headers = calendar("Interview"), stamp
    first = pull(feed.url)
    second = pull(feed.url, first.cursor)
    assert asks.items() <= feed.asked[1].headers.items()
    assert not asks.keys() & feed.asked[0].headers.keys()
    assert (list(second.events), second.complete, second.cursor) == ([], False, first.cursor)


def test_what_is_sent_again_though_nothing_has_changed_is_nothing_new(feed, monkeypatch):
    """Google tells by no header whether a calendar has changed."""
    feed.body = calendar("Interview")
    first = pull(feed.url)
    monkeypatch.setattr(feed_source.FeedSource, "_read", None)
    second = pull(feed.url, first.cursor)
    assert (list(second.events), second.complete, second.cursor) == ([], False, first.cursor)


def test_a_new_stamp_of_the_same_calendar_is_remembered(feed):
    feed.body, feed.headers = calendar("Interview"), {"ETag": '"one"'}
    first = pull(feed.url)
    feed.headers = {"ETag": '"two"'}
    second = pull(feed.url, first.cursor)
    pull(feed.url, second.cursor)
    assert [each.headers.get("if-none-match") for each in feed.asked] == [None, '"one"', '"two"']
    assert not second.complete


def test_of_a_changed_calendar_only_what_changed_is_read_anew(feed):
    feed.body, feed.headers = calendar("Interview", "Lunch"), {"ETag": '"one"'}
    first = pull(feed.url)
    feed.body, feed.headers = calendar("Interview", "Dinner"), {"ETag": '"two"'}
    second = pull(feed.url, first.cursor)
    assert (titles(second), list(second.unchanged), second.complete) == (["Dinner"], ["Interview"], True)


def test_on_another_day_and_with_other_options_the_whole_calendar_is_asked_for(feed):
    """Each day shows another window; what lies in it is nothing that a server knows."""
    feed.body, feed.headers = calendar("Interview"), {"ETag": '"one"'}
    first = pull(feed.url)
    assert pull(feed.url, first.cursor, NOW + timedelta(days=1)).complete
    assert pull(feed.url, first.cursor, mine=False).complete
    assert not any("if-none-match" in each.headers for each in feed.asked)


def test_a_stamp_that_is_later_than_now_is_looked_at_again_once_it_counts(feed):
    feed.body, feed.headers = calendar("Interview", stamp="20261109T180000Z"), {"ETag": '"one"'}
    first = pull(feed.url)
    again = pull(feed.url, first.cursor, NOW + timedelta(hours=3))
    assert titles(again) == ["Interview"]


def test_another_address_is_another_calendar_to_the_cursor(feed):
    feed.body, feed.headers = calendar("Interview"), {"ETag": '"one"'}
    first = pull(feed.url)
    second = pull(feed.url.replace("basic", "other"), first.cursor)
    assert (titles(second), second.complete) == (["Interview"], True)
    assert "if-none-match" not in feed.asked[1].headers


def test_the_cursor_holds_no_address_and_no_odd_stamp(feed):
    feed.body, feed.headers = calendar("Interview"), {"ETag": f'"{"x" * 500}"', "Last-Modified": "gestern, 9. M\xe4rz"}
    cursor = pull(feed.url).cursor
    assert not any(part in cursor for part in (SECRET, "127.0.0.1", "http", "x" * 100, "gestern"))
    json.loads(cursor)
    pull(feed.url, cursor)
    assert {"if-none-match", "if-modified-since"}.isdisjoint(feed.asked[1].headers)


def test_a_packed_calendar_is_unpacked(feed):
    feed.body, feed.packed = calendar("Interview"), True
    assert titles(pull(feed.url)) == ["Interview"]
    assert feed.asked[0].headers["accept-encoding"] == "gzip"


def test_an_answer_in_pieces_is_put_together(feed):
    body = calendar("Interview")
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:50], body[50:]))
    feed.answer = write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n")
    assert titles(pull(feed.url)) == ["Interview"]


def test_nothing_is_sent_that_was_not_asked_for(feed):
    feed.headers = {"Set-Cookie": "who=me; Path=/"}
    cursor = pull(feed.url).cursor
    pull(feed.url, cursor)
    assert all({"cookie", "authorization", "referer"}.isdisjoint(each.headers) for each in feed.asked)
    assert feed.asked[0].target == PATH


def test_a_user_and_password_in_the_address_log_in(feed):
    pull(feed.url.replace("://", "://me%40home:s%20cret@"))
    assert feed.asked[0].headers["authorization"] == "Basic bWVAaG9tZTpzIGNyZXQ="
    assert feed.asked[0].headers["host"] == f"127.0.0.1:{feed.port}"


def test_the_keys_in_an_address_stay_as_they_are(feed):
    """Proton's address: what is quoted there must not be quoted once more, nor unquoted."""
    target = "/api/calendar/v1/url/a-b_c%3D%3D/calendar.ics?CacheKey=x%2By%3D&PassphraseKey=z%2F%3D%3D"
    pull(feed.origin + target)
    assert feed.asked[0].target == target


# -- what is no calendar


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "gives an empty answer"),
        (b" \r\n\r\n", "gives an empty answer"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html><title>Sign in</title>", "gives a web page, such as that of a login,"),
        (b'{"error": "gone"}', "gives something else in place of a calendar"),
        (calendar("Interview")[:-20], "is cut off (no END:VCALENDAR)"),
        (EMPTY + b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "is cut off (no END:VCALENDAR)"),
        (b"BEGIN:VCALENDAR\r\nX:1 END:VCALENDAR", "is cut off (no END:VCALENDAR)"),
    ],
)
def test_whatever_is_no_whole_calendar_is_unreadable(feed, body, told):
    feed.body, feed.headers = calendar("Interview"), {"ETag": '"one"'}
    cursor = pull(feed.url).cursor
    feed.body, feed.headers = body, {"ETag": '"two"'}
    assert told in refused(feed.url, cursor)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (204, "answers with 204, and not with a calendar"),
        (206, "answers with 206"),
        (304, "answers with 304"),
        (400, "answers with 400"),
        (401, "asks for a login (401)"),
        (403, "does not let this address be read (403)"),
        (404, "the calendar's secret address was reset"),
        (410, "the calendar's secret address was reset"),
        (429, "asks to be left alone: too many requests (429)"),
        (500, "has a problem of its own (500); the next run tries again"),
        (503, "has a problem of its own (503); the next run tries again"),
    ],
)
def test_every_other_answer_is_told_with_what_to_do(feed, status, told):
    feed.status, feed.body = status, b""
    said = refused(feed.url)
    assert told in said
    assert said.startswith("127.0.0.1")
    assert "the next run tries again" in said or "copy the address anew" in said


def test_the_file_that_holds_the_address_is_named(feed, tmp_path):
    file = tmp_path / "feed.url"
    file.write_text(f"{feed.url}\n")
    feed.status = 404
    with pytest.raises(Unreadable, match=r"copy the address anew from the calendar's settings into .*/feed\.url"):
        source(in_file(file)).pull(NOW, "")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "wait"),
    [("1800", timedelta(minutes=30)), ("Mon, 09 Nov 2026 17:10:00 GMT", timedelta(minutes=10)), ("soon", timedelta(0))],
)
def test_a_service_is_left_alone_for_as_long_as_it_asks(feed, status, header, wait):
    feed.answer = give(status, Retry_After=header)
    with pytest.raises(Unreadable) as error:
        pull(feed.url)
    assert error.value.wait == wait


# -- bounds


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(feed_source, "LARGEST", 1_000_000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("length", [{}, {"Content-Length": "1000001"}])
def test_more_than_a_calendar_may_hold_is_not_read(feed, length):
    def answer(handler):
        give(200, calendar("Interview") + b" " * 1_000_000, **length)(handler)

    feed.answer = answer
    assert "larger than 1 MB" in refused(feed.url)


@pytest.mark.usefixtures("small")
def test_a_small_answer_that_unpacks_to_a_large_one_is_not_unpacked_to_its_end(feed):
    feed.body, feed.packed = calendar("Interview") + b" " * 50_000_000, True
    assert "larger than 1 MB" in refused(feed.url)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + calendar("Interview"), "broke off the connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "broke off the connection"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nBE\r\n", "broke off the connection"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n", "broke off the connection"),
        (b"", "broke off the connection"),
        (b"220 mail.example ESMTP\r\n", "is not understood (BadStatusLine)"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "is not understood (LineTooLong)"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n", "is not understood (HTTPException)"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx", "packs its answer in a way that was not asked for"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nBEGIN:VCALENDAR", "is damaged"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(calendar("Interview"), mtime=0)[:-9],
            "broke off the connection",
        ),
    ],
)
def test_a_damaged_answer_is_unreadable(feed, content, told):
    feed.answer = write(content)
    assert told in refused(feed.url)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\nBEGIN:VCALENDAR\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + EMPTY,  # whole, as far as it goes
    ],
)
def test_a_server_that_drips_is_given_up(feed, monkeypatch, head):
    """Each byte comes soon enough, and the last one never."""
    monkeypatch.setattr("followup_ics.feed.ANSWER_WITHIN", timedelta(seconds=0.2))
    feed.answer = feedserver.drip(head)
    assert "did not give its whole calendar within" in refused(feed.url)


def test_a_server_that_says_nothing_is_given_up(feed, monkeypatch):
    monkeypatch.setattr("followup_ics.feed.ANSWER_WITHIN", timedelta(seconds=0.2))
    feed.answer = lambda handler: handler.connection.recv(1)
    assert "did not give its whole calendar within" in refused(feed.url)


def test_the_limit_leaves_time_within_that_of_a_call():
    assert connection.ANSWER_WITHIN < TIME_LIMIT


class TestContract(SourceContract):
    """What every source promises."""

    emits = ("meeting",)

    @pytest.fixture(autouse=True)
    def _served(self, feed):
        feed.body = calendar("Interview", "Lunch")
        self.feed = feed

    def open_source(self, context):
        """Open it at the server."""
        (kind,) = followup_ics.register_sources()
        return kind.open(IcsOptions(path=parsed(self.feed.url)), context)

    def open_unreadable(self, context):
        """Open it where there is none."""
        self.feed.status = 404
        return self.open_source(context)
