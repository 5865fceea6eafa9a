"""Sent and received mail as events, from a folder of .eml files; each other way of keeping mail has a file of tests."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from followup_rules import BadItem, Event, Profile, Unreadable
from followup_rules.model import Report
from tests.support.mailboxes import PROFILE, SINCE, TORONTO, ids, mail, open_source, pull, write


@pytest.fixture
def sent(tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder


@pytest.fixture
def read(sent):
    def read(content, **options) -> Event | BadItem | None:
        (sent / "a.eml").write_bytes(content.encode() if isinstance(content, str) else content)
        found = pull(sent, **options).events
        assert len(found) <= 1
        return found[0] if found else None

    return read


# --- one mail --------------------------------------------------------------------------------------------------


def test_a_sent_mail_with_everything(read):
    event = read(
        mail(
            To='"Roy, Julie" <Julie.Roy@Nordik.ca>, me@example.org, undisclosed: ;',
            Cc="=?utf-8?q?=C3=88ve?= <eve@nordik.ca>, no-reply@nordik.ca, garbage",
            Bcc="julie.roy@nordik.ca, camille@other.ca",
            Subject="=?utf-8?b?UsOpcG9uc2U=?= #case:Nordik\n #thanks",
            In_Reply_To="Your message <b@nordik.ca>",
            References="<a@nordik.ca> <b@nordik.ca>",
            X_Followup_Key="thank-you/\n nordik.ca@2026-11-09",
        )
    )
    assert event.id == "1@example.org"
    assert event.kind == "sent"
    assert event.start == event.end == datetime(2026, 11, 9, 11, tzinfo=TORONTO)
    assert event.start.tzinfo == TORONTO
    assert event.title == "Réponse #case:Nordik #thanks"
    assert [(someone.address, someone.name) for someone in event.people] == [
        ("julie.roy@nordik.ca", "Roy, Julie"),
        ("eve@nordik.ca", "Ève"),
    ]
    assert (event.organizer.address, event.organizer.name) == ("me@example.org", "Camille")
    assert (event.thread, event.answers) == ("a@nordik.ca", "b@nordik.ca")
    assert event.references == ("a@nordik.ca", "b@nordik.ca")
    assert (event.tags, event.case, event.data) == ((), "", {})
    assert event.report == Report(key="thank-you/nordik.ca@2026-11-09")
    assert event.text == "Bonjour,\nMerci."
    assert event.where == "sent/a.eml"


@pytest.mark.parametrize("domain", ["hôtel.ca", "ho\u0302tel.ca", "xn--htel-vqa.ca", "XN--HTEL-VQA.CA"])
def test_a_domain_of_mine_with_accents_is_mine_as_mail_carries_it(read, domain):
    profile = Profile(me=frozenset({"me@hôtel.ca"}), timezone=TORONTO)
    assert read(mail(From=f"Camille <me@{domain}>"), profile=profile).kind == "sent"


@pytest.mark.parametrize(
    ("headers", "forwards"),
    [({"Subject": "Fwd: Merci"}, True), ({"X_Forwarded_Message_Id": "<a@nordik.ca>"}, True), ({}, False)],
)
def test_a_mail_that_is_passed_on_says_so(read, headers, forwards):
    assert read(mail(**headers)).forwards is forwards


@pytest.mark.parametrize(
    ("sender", "kind", "auto"),
    [("Camille <me@example.org>", "sent", ""), ("Shop <news@shop.example>", "received", "bulk")],
)
@pytest.mark.parametrize(
    "headers",
    [{"X_Mailer": "MailChimp Mailer"}, {"List_Unsubscribe": "<https://merge.example/u>"}, {"Precedence": "bulk"}],
)
def test_a_mass_mailer_makes_mail_of_others_bulk_and_mine_stays_mine(read, sender, kind, auto, headers):
    content = mail(From=sender, In_Reply_To=None, References=None, Subject="Hello", **headers)
    assert read(content, kinds=(kind,)).auto == auto


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_mail_that_a_text_editor_has_saved_in_utf_16_is_read(read, encoding):
    assert read("\ufeff".encode(encoding) + mail().encode(encoding)).title == read(mail()).title


def test_the_key_of_a_draft_counts_in_mail_of_mine_only(read):
    content = mail(From="Julie <julie.roy@nordik.ca>", To="me@example.org", X_Followup_Key="0123456789abcdef")
    assert read(content, kinds=("received",)).report is None


@pytest.mark.parametrize(
    "top", ["X-Scan Result clean\n", ">From me@example.org Mon Nov  9 18:30:00 2026\n", "\n", "\ufeff"]
)
def test_a_line_above_the_head_loses_no_mail_and_none_of_its_words(read, top):
    event = read(top + mail())
    assert (event.id, event.text) == ("1@example.org", "Bonjour,\nMerci.")
    assert isinstance(read(top + mail(Date="someday")), BadItem)


def test_a_received_mail_is_read_only_on_demand(sent, read):
    content = mail(
        From="Julie <julie.roy@nordik.ca>", To="me@example.org, marc@nordik.ca", In_Reply_To="<1@example.org>"
    )
    (sent / "mine.eml").write_text(mail())
    assert ids(pull(sent)) == ["1@example.org"]
    event = read(content, kinds=("received",))
    assert event.kind == "received"
    assert [someone.address for someone in event.people] == ["julie.roy@nordik.ca", "marc@nordik.ca"]
    assert event.organizer.name == "Julie"
    assert (event.thread, event.answers) == ("1@example.org", "1@example.org")


def test_the_source_says_which_kinds_it_was_asked_for(sent):
    assert open_source(sent).emits == ("sent",)
    assert open_source(sent, kinds=("sent", "received")).emits == ("sent", "received")


def test_without_my_addresses_nothing_is_taken_for_not_sent(sent):
    with pytest.raises(Unreadable, match=r"profile\.me"):
        pull(sent, profile=Profile())


NEWEST_FIRST = "from b by me; Mon, 09 Nov 2026 14:00:00 +0000\nReceived: from a by b; Mon, 09 Nov 2026 10:00:00 +0000"


@pytest.mark.parametrize(
    ("date", "received", "hour"),
    [
        ("Mon, 09 Nov 2026 15:00:00 +0100", None, 9),
        ("Mon, 09 Nov 2026 14:00:00 -0000", None, 9),
        ("9 Nov 2026 09:00:00", None, 9),
        ("Mon, 09 Nov 2026 14:00:00 GMT (comment)", None, 9),
        ("yesterday", "from a by b; Mon, 09 Nov 2026 14:00:00 +0000", 9),
        (None, "from a by b;\n Mon, 09 Nov 2026 14:00:00 +0000", 9),
        ("Thu, 01 Jan 1970 00:00:00 +0000", "from a by b; Mon, 09 Nov 2026 14:00:00 +0000", 9),
        ("Mon, 09 Nov 2099 09:00:00 -0500", "from a by b; Mon, 09 Nov 2026 14:00:00 +0000", 9),
        ("Fri, 09 Nov 2029 09:00:00 -0500", "from a by b; Mon, 09 Nov 2026 14:00:00 +0000", 9),
        ("someday", NEWEST_FIRST, 9),
        ("Mon, 09 Nov 2026 09:00:00 AM", None, 9),
        ("Mon, 9 Nov 2026 03:00:00 PM +0100", None, 9),
        ("Mon, 9 Nov 2026 9:00 AM -05:00", None, 9),
        ("Mon, 9 Nov 2026 15:00:00 GMT+1", None, 9),
        ("Mon, 9 Nov 2026 08:00:00 UTC-06:00", None, 9),
        ("Mon, 9 Nov 2026 09:00 -0500", None, 9),
        ("Mon, 9 Nov 26 09:00:00 -0500", None, 9),
        ("Mon, 9 Nov 126 09:00:00 -0500", None, 9),
        ("Mon Nov  9 09:00:00 2026", None, 9),
        ("2026-11-09T15:00:00+01:00", None, 9),
    ],
)
def test_dates(read, date, received, hour):
    assert read(mail(Date=date, Received=received)).start == datetime(2026, 11, 9, hour, tzinfo=TORONTO)


@pytest.mark.parametrize("ident", [None, "", "<>", "no id at all", "<a b>"])
def test_a_mail_without_a_proper_id_is_known_by_what_was_sent_to_whom_and_when(read, ident):
    event = read(mail(Message_ID=ident))
    assert event.id.startswith("sha256:")
    assert len(event.id) == 39
    assert event.thread == event.id
    changed = mail(Message_ID=ident, Status="RO", X_Mozilla_Status="0001", Subject="=?utf-8?q?Merci?=",
                   To="<Julie.Roy@nordik.ca>", Date="Mon, 09 Nov 2026 11:00:00 -0500 (EST)")  # fmt: skip
    assert read(changed.replace("\n", "\r\n")).id == event.id
    for name, value in [("Subject", "Other"), ("To", "eve@nordik.ca"), ("Date", "Mon, 09 Nov 2026 11:00:01 -0500")]:
        assert read(mail(Message_ID=ident, **{name: value})).id != event.id


@pytest.mark.parametrize(
    "headers",
    [{"X_Unsent": "1"}, {"X_Mozilla_Draft_Info": "internal/draft; vcard=0"}],
    ids=lambda found: next(iter(found)),
)
def test_drafts_were_not_sent(read, headers):
    assert read(mail(**headers)) is None


def test_old_mail_is_passed_over_until_one_looks_further_back(sent, read):
    assert read(mail(Date="Mon, 01 Jun 2026 11:00:00 -0400")) is None
    cursor = pull(sent).cursor
    assert ids(pull(sent, cursor, since=SINCE + timedelta(days=1))) == []
    assert ids(pull(sent, cursor, since=SINCE - timedelta(days=200))) == ["1@example.org"]


# --- the text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Merci !\n\nOn Mon, Nov 9, 2026, Julie\n<julie@nordik.ca> wrote:\n\n> Hello\n>> old\n", "Merci !"),
        ("Merci !\n\nLe lun. 9 nov. 2026, Julie a écrit\u00a0:\n> Bonjour\n", "Merci !"),
        ("> Can you?\nYes.\n> And?\nNo.\n", "Yes.\nNo."),
        ("On reflection, I wrote:\nnothing.\n", "On reflection, I wrote:\nnothing."),
        ("a" * 500, "a" * 200),
        ("red\x1b[31m\x07", "red [31m"),
    ],
)
def test_the_text_is_what_i_wrote_and_no_more(read, body, text):
    assert read(mail(body)).text == text


def test_nothing_beyond_the_first_200_characters_is_kept(read):
    assert "SECRET" not in repr(read(mail("x" * 200 + "SECRET\n> SECRET\n", X_Private="SECRET")))


MULTIPART = "--b\nContent-Type: {0}\nContent-Transfer-Encoding: {1}\nContent-Disposition: {2}\n\n{3}\n--b--\n"


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (MULTIPART.format("text/plain; charset=iso-8859-1", "quoted-printable", "inline", "d=E9j=E0"), "mixed", "déjà"),
        (MULTIPART.format("text/plain; charset=nonsense", "8bit", "inline", "déjà"), "mixed", "déjà"),
        (MULTIPART.format("text/plain", "base64", "inline", "TWVyY2k"), "mixed", "Merci"),
        (MULTIPART.format("text/plain", "8bit", "attachment", "a file"), "mixed", ""),
        (
            MULTIPART.format(
                "text/html",
                "8bit",
                "inline",
                "<style>p{}</style><p>Merci&nbsp;<b>Julie</b></p><blockquote>old</blockquote>",
            ),
            "alternative",
            "Merci\u00a0Julie",
        ),
        ("no parts at all", "mixed", ""),
    ],
)
def test_text_of_many_parts(read, body, kind, text):
    event = read(mail(body, MIME_Version="1.0", Content_Type=f'multipart/{kind}; boundary="b"'))
    assert event.text == text


def test_raw_bytes_in_headers_are_utf_8_or_else_windows_1252_and_never_stop_anything(read):
    content = mail(Subject="Réunion", To="Ève <eve@nordik.ca>").encode() + b"\xff\xfe"
    event = read(content)
    assert (event.title, event.people[0].name) == ("Réunion", "Ève")
    assert read(content.replace("é".encode(), b"\xe9\x93")).title == "Ré“union"
    assert read(content.replace("é".encode(), b"\x9d")).title == "R\ufffdunion"


# --- what cannot be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        mail(Date="yesterday"),
        mail(Date=None),
        mail(From=None),
        "garbage",
        "\x00\x01\x02",
        mail(Date="Mon, 09 Nov 99999 11:00:00 -0500"),
        mail(Date="Thu, 01 Jan 1970 00:00:00 +0000"),
        mail(Date="Mon, 09 Nov 2099 11:00:00 -0500"),
    ],
)
def test_one_broken_mail_is_reported_once_and_stops_no_other(sent, content):
    write(sent / "a.eml", content)
    write(sent / "b.eml", mail())
    bad, good = (found := pull(sent)).events
    assert isinstance(bad, BadItem)
    lines = content.split("\n")
    dated = next((number for number, line in enumerate(lines, 1) if line.startswith("Date:")), 1)
    assert bad.where == f"sent/a.eml:{dated if 'From:' in content else 1}"
    assert bad.source_line == " ".join(lines[int(bad.where[-1]) - 1].replace("\0", "").split()) or "\0" in content
    assert good.id == "1@example.org"
    assert pull(sent, found.cursor).events == ()
    (sent / "a.eml").write_text(mail(Message_ID="<mended@x>"))
    assert ids(pull(sent, found.cursor)) == ["mended@x"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Message_ID": "<[unclosed@x>"},
        {"To": '"unclosed <julie@nordik.ca>'},
        {"To": "," * 10_000},
        {"To": "(" * 5_000},
        {"Subject": "=?utf-8?b?!!!?= =?nonsense?q?a?= =?utf-8?x?a?="},
        {"Content_Type": "multipart/mixed"},
        {"Content_Type": 'text/plain; charset="unknown-8bit'},
        {"Content_Type": "text/plain; charset*=utf-8''%ff"},
        {"References": "<" * 10_000},
        {"Content_Transfer_Encoding": "base64"},
    ],
    ids=lambda headers: str(headers)[:40],
)
def test_malformed_headers_do_not_unsend_a_mail(read, headers):
    event = read(mail(**headers))
    assert isinstance(event, Event)
    assert event.start == datetime(2026, 11, 9, 11, tzinfo=TORONTO)


def test_deeply_nested_parts_do_not_unsend_a_mail(read):
    parts = "".join(f'--b{n}\nContent-Type: multipart/mixed; boundary="b{n + 1}"\n\n' for n in range(3000))
    assert read(mail(parts, Content_Type='multipart/mixed; boundary="b0"')).id == "1@example.org"


def test_real_mails_give_an_event_or_a_sentence(sent):
    samples = pytest.importorskip("test.test_email", reason="the tests of Python itself are not installed")
    real = sorted((Path(samples.__file__).parent / "data").glob("msg_*.txt"))
    if not real:
        pytest.skip("this Python carries no test mails")
    files = [write(sent / f"{file.stem}.eml", file.read_bytes()) for file in real]
    long_ago = datetime(1990, 1, 1, tzinfo=UTC)
    found = [item for file in files for item in pull(file, since=long_ago, kinds=("received",)).events]
    assert len(found) == len(real)
    assert sum(isinstance(item, Event) for item in found) > len(real) / 2
    assert all(item.where.startswith("msg_") for item in found)


# --- a folder of .eml ------------------------------------------------------------------------------------------


def test_subfolders_are_read_and_a_file_that_is_not_written_yet_is_waited_for(sent):
    (sent / "2026").mkdir()
    (sent / "2026" / "B.EML").write_text(mail(Message_ID="<b@x>"))
    (sent / "c.eml").write_text("")
    (sent / "notes.txt").write_text("not a mail")
    (sent / ".hidden.eml").write_text("half")
    first = pull(sent)
    assert ids(first) == ["b@x"]
    assert not first.complete
    (sent / "c.eml").write_text(mail(Message_ID="<c@x>"))
    assert ids(pull(sent, first.cursor)) == ["c@x"]


def test_a_mail_that_is_taken_away_is_still_sent(sent):
    (sent / "a.eml").write_text(mail())
    cursor = pull(sent).cursor
    (sent / "a.eml").unlink()
    found = pull(sent, cursor)
    assert (found.events, found.removed, found.complete) == ((), (), False)


def test_an_empty_folder_holds_no_mail(sent):
    assert pull(sent).events == ()


def test_other_addresses_of_mine_make_everything_be_read_again(sent):
    (sent / "a.eml").write_text(mail(Message_ID="<a@x>"))
    (sent / "b.eml").write_text(mail(Message_ID="<b@x>", From="old@example.org"))
    found = pull(sent)
    assert ids(found) == ["a@x"]
    more = Profile(me=PROFILE.me | {"old@example.org"}, timezone=TORONTO)
    assert ids(pull(sent, found.cursor, profile=more)) == ["a@x", "b@x"]


def test_nothing_new_needs_no_mail_parser(sent):
    (sent / "a.eml").write_text(mail())
    script = (
        "import sys, pathlib, datetime as d, zoneinfo, followup_mailbox as p\n"
        "from followup_rules import Context, Profile\n"
        "now = d.datetime(2026, 11, 9, 17, tzinfo=d.UTC)\n"
        "profile = Profile(me=frozenset(['me@example.org', 'Camille@other.ca']), timezone=zoneinfo.ZoneInfo('America/Toronto'))\n"
        "(kind,) = p.register_sources()\n"
        "source = kind.open(p.MailboxOptions(path=pathlib.Path(sys.argv[1])), Context(profile=profile, now=now))\n"
        "found = source.pull(now - d.timedelta(days=60), sys.argv[2])\n"
        "print(found.cursor == sys.argv[2], len(found.events), 'email' in sys.modules)\n"
    )
    command = [sys.executable, "-c", script, str(sent)]
    again = subprocess.run([*command, pull(sent).cursor], capture_output=True, text=True, check=True)
    assert again.stdout.split() == ["True", "0", "False"]
    fresh = subprocess.run([*command, ""], capture_output=True, text=True, check=True)
    assert fresh.stdout.split() == ["False", "1", "True"]


# --- places that cannot be read --------------------------------------------------------------------------------


def test_a_missing_place_is_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="does not exist"):
        pull(tmp_path / "none")


@pytest.mark.usefixtures("unprivileged")
def test_a_mail_without_permission_makes_the_source_unreadable(sent):
    (sent / "a.eml").write_text(mail())
    (sent / "a.eml").chmod(0)
    with pytest.raises(Unreadable, match="permissions"):
        pull(sent)


def test_a_cursor_that_makes_no_sense_counts_as_none(sent):
    (sent / "a.eml").write_text(mail())
    for cursor in ("nonsense", "[]", '{"reading": 1}', '{"reading": "", "since": "", "look": {}}'):
        assert ids(pull(sent, cursor)) == ["1@example.org"]
