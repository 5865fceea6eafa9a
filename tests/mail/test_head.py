"""The head of a mail as programs write it, badly too: read as mail programs read it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.mail import ids
from followup_rules.mail.head import headers, mended

HEAD = b"From: me@x.ca\nTo: julie@x.ca\nSubject: Merci\nContent-Type: text/plain\n"
BODY = b"\nBonjour\n\nFrom: nobody\n"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + BODY,
        (HEAD + BODY).replace(b"\n", b"\r\n"),
        (HEAD + BODY).replace(b"\n", b"\r"),
        (HEAD + BODY).replace(b"\n", b"\r\r\n"),
        b"\n\r\n" + HEAD + BODY,
        b"\xef\xbb\xbf" + HEAD + BODY,
        HEAD.replace(b"Merci", b"Mer\0ci") + BODY,
        HEAD.replace(b":", b" :") + BODY,
        HEAD.replace(b": ", b":") + BODY,
        HEAD.replace(b" ", b"\n\t") + BODY,
        b"X-Scan Result clean\n" + HEAD + BODY,
        HEAD.replace(b"Subject", b"scanned by a program\nSubject") + BODY,
        b"From me@x.ca Mon Nov  9 18:30:00 2026\n" + HEAD + BODY,
        b">From me@x.ca Mon Nov  9 18:30:00 2026\n" + HEAD + BODY,
        b"  a line that continues nothing\n" + HEAD + BODY,
    ],
)
def test_a_head_with_a_flaw_is_read(content):
    found = headers(content)
    assert (found["from"], found["to"], found["subject"]) == (["me@x.ca"], ["julie@x.ca"], ["Merci"])
    again = message_from_bytes(mended(content))
    assert (again["From"].strip(), again["Subject"].strip(), again.get_content_type()) == (
        "me@x.ca",
        "Merci",
        "text/plain",
    )
    assert again.get_payload().splitlines()[0] == "Bonjour"
    assert not again.defects


def test_a_mail_without_a_body_and_one_that_ends_in_its_head():
    assert headers(HEAD.rstrip())["content-type"] == ["text/plain"]
    assert headers(b"") == {}


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_head_or_none(content):
    assert headers(mended(content)) == headers(content)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("<a@x>", ("a@x",)),
        ("<a@x> <b@x>\t<a@x>", ("a@x", "b@x")),
        ("<a@x><b@x>", ("a@x", "b@x")),
        ("<a@x>, <b@x>", ("a@x", "b@x")),
        ("a@x", ("a@x",)),
        ("a@x b@x,c@x", ("a@x", "b@x", "c@x")),
        ("a@x>", ("a@x",)),
        ("<a@x", ("a@x",)),
        ("<<a@x>>", ("a@x",)),
        ("<a@ x>", ("a@x",)),
        ("(of Monday) <a@x> (<b@x> was another)", ("a@x",)),
        ("Julie's message of Monday <a@x>", ("a@x",)),
        ('Your message of "Mon, 9 Nov 2026" <a@x>', ("a@x",)),
        ("=?utf-8?q?=3Ca=40x=3E?=", ("a@x",)),
        ("<no-domain>", ("no-domain",)),
        ("<a b>", ()),
        ("no id at all", ()),
        ("<>", ()),
        ("<" + "a" * 300 + "@x>", ()),
        ("<" * 100_000, ()),
        ("(" * 100_000, ()),
    ],
)
def test_ids_of_mails(header, named):
    assert ids.ids(header) == named


def mail(**given):
    return headers("".join(f"{name.replace('_', '-')}: {value}\n" for name, value in given.items()).encode())


@pytest.mark.parametrize(
    ("given", "names", "answers"),
    [
        ({"In_Reply_To": "<b@x>", "References": "<a@x> <b@x>"}, ("a@x", "b@x"), "b@x"),
        ({"References": "<a@x> <b@x>"}, ("a@x", "b@x"), "b@x"),
        ({"In_Reply_To": "b@x"}, ("b@x",), "b@x"),
        ({"In_Reply_To": "<mine@x> <hers@x>"}, ("mine@x", "hers@x"), "hers@x"),
        ({"In_Reply_To": "<hers@x> <mine@x>", "References": "<a@x> <hers@x>"}, ("a@x", "hers@x", "mine@x"), "hers@x"),
        ({"In_Reply_To": "<c@x>", "References": "<a@x> <b@x>"}, ("a@x", "b@x", "c@x"), "c@x"),
        ({"In_Reply_To": "nothing", "References": ""}, (), ""),
        ({}, (), ""),
    ],
)
def test_what_a_mail_follows_and_what_it_answers(given, names, answers):
    found = mail(**given)
    assert (ids.references(found), ids.replied_to(found)) == (names, answers)


def test_outlook_names_a_conversation_in_all_its_mails():
    first, reply = "AdtTgVhkYl4q0m5nTkKJ3v1oXo5rLw==", "AdtTgVhkYl4q0m5nTkKJ3v1oXo5rLwAAB2Jg"
    assert ids.conversation(mail(Thread_Index=first)) == ids.conversation(mail(Thread_Index=reply)) != ""
    assert ids.conversation(mail(Thread_Index="AdtTgVhkYl4q")) == ids.conversation(mail(Thread_Index="é!")) == ""


def test_an_id_that_stands_twice_is_the_first():
    assert ids.own_id(headers(b"Message-ID: <a@x>\nMessage-ID: <b@x>\n")) == "a@x"


def test_a_mail_without_id_and_date_is_known_by_when_it_came():
    one, other = (ids.substitute(mail(From="a@x.ca"), datetime(2026, 11, day, tzinfo=UTC)) for day in (9, 10))
    assert one != other
    assert one == ids.substitute(mail(From="A@x.ca "), datetime(2026, 11, 9, tzinfo=UTC))
