"""Hostile words in invitations, mails, notes and rules, through the real command, and what they must not do."""

import json
import os
import re
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.support.storybook import JULIE, ME, Story, call
from tests.trials.hostile.pick import some
from tests.trials.hostile.words import CODE, ESCAPES, HTML, NEWLINES, PATHS

HOME = "2026-11-09 12:00"
LATER = "2026-11-19 09:05"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What could steer a terminal or end a line; a line feed and a tab are harmless."""
EVIL = "Bcc: evil@example.org"


@pytest.fixture
def story(tmp_path):
    return Story(tmp_path)


def visited(story, name, title="Entrevue"):
    """Write a calendar with one interview: who invites is called NAME, in whatever encoding of the RFC it takes."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//story//EN", "BEGIN:VEVENT", "UID:I1", "DTSTAMP:20261001T090000Z",
        "DTSTART:20261109T150000Z", "DTEND:20261109T160000Z", f"SUMMARY:{escaped(title)}",
        f'ATTENDEE;CN="{name}":mailto:{JULIE}', "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    (story.folder / "calendar.ics").write_text("\r\n".join(lines), newline="")


def escaped(text):
    """Return a text as iCalendar writes it; a line feed can be written in it, other controls stand as they are."""
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def the_draft(story):
    """Return the one draft as a parser of the letter of RFC 5322 sees it, which takes every header for a string."""
    (file,) = (story.folder / "out/drafts").glob("*.eml")
    return BytesParser().parsebytes(file.read_bytes())


def drafted_for(story, rule="thank-you", now=HOME):
    return [change for change in story.at(now).changes if change["rule"] == rule]


HEADERS = {
    "X-Followup-Seal", "From", "To", "Subject", "X-Unsent", "X-Followup-Key", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
}  # fmt: skip
INJECTIONS = [
    *(f"Julie{newline}{EVIL}" for newline in NEWLINES),
    "Julie=?utf-8?q?=0D=0ABcc=3A_evil=40example.org?=",
    "=?utf-8?b?SnVsaWUNCkJjYzogZXZpbEBleGFtcGxlLm9yZw==?=",
    "Julie^nBcc: evil@example.org",
    "Julie\\nBcc: evil@example.org",
    "Julie, evil@example.org",
    "Julie <evil@example.org>, x",
    "J" * 10_000,
    *ESCAPES,
]


@pytest.mark.parametrize("name", some([name for name in INJECTIONS if not set(name) & set("\0\r\n")], every=3))
def test_a_name_adds_neither_headers_nor_recipients_to_a_draft(story, name):
    visited(story, name)
    assert len(drafted_for(story)) == 1
    draft = the_draft(story)
    assert set(draft.keys()) == HEADERS
    assert all(len(draft.get_all(header)) == 1 for header in HEADERS)
    assert re.findall(r"[\w.]+@[\w.]+", re.sub(r'"[^"]*"', "", draft["To"])) == [JULIE]
    assert not STEERING.search(draft["To"].replace("\n ", ""))


@pytest.mark.parametrize("encoded", ["=?utf-8?q?=0D=0ABcc=3Ax?=", "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?="])
def test_an_address_that_hides_a_line_break_adds_no_header(story, encoded):
    story.visit("I1", "2026-11-09 10:00", f"{encoded}@nordik.ca", JULIE, f"a@{encoded}.nordik.ca")
    story.at(HOME)
    draft = the_draft(story)
    assert set(draft.keys()) == HEADERS
    assert draft["To"] == JULIE


@pytest.mark.parametrize("title", some([f"Entrevue {word}" for word in INJECTIONS if "\0" not in word], every=3))
def test_a_title_adds_neither_headers_nor_lines_where_it_becomes_a_subject(story, title):
    story.config('[rule.thank-you]\ndo = { title = "{{ it.title }}", text = "{{ it.title }}" }\n')
    visited(story, "Julie Roy", title)
    assert len(drafted_for(story)) == 1
    draft = the_draft(story)
    assert set(draft.keys()) == HEADERS
    assert all(len(draft.get_all(header)) == 1 for header in HEADERS)
    assert not STEERING.search(draft.get_payload().replace("\r\n", "\n"))


def test_a_subject_that_is_answered_adds_no_headers(story):
    story.config(
        '[rule.answer]\non = { kind = "received" }\n'
        'do = { type = "draft", title = "x", text = "y", to = "them", reply_to = "it" }\n'
        '[sources.inbox]\nplugin = "mailbox"\nkinds = ["received"]\npath = "inbox"\n'
    )
    (story.folder / "inbox").mkdir()
    (story.folder / "inbox/1.eml").write_bytes(
        f"From: {JULIE}\r\nTo: {ME}\r\nDate: Mon, 09 Nov 2026 10:00:00 -0500\r\n"
        "Subject: =?utf-8?q?a=0D=0ABcc=3A_evil=40example.org?=\r\n"
        "Message-ID: <a\x0bb@c>\r\nReferences: <x@y\x85Bcc:evil@example.org> <z@z>\r\n\r\nBonjour\r\n".encode()
    )
    assert len(drafted_for(story, "answer")) == 1
    draft = the_draft(story)
    assert set(draft.keys()) <= HEADERS | {"In-Reply-To", "References"}
    assert draft["Subject"].startswith("Re: a Bcc")


# -- tasks


TASKLIKE = [
    "x done",
    "x 2026-11-09 done",
    "(A) first",
    "2026-11-09 x",
    "fr:other due:2020-01-01 text:/etc/passwd",
    "h:1",
]


TITLES = [*TASKLIKE, *(f"Lire{newline}x fr:other/a@b" for newline in NEWLINES), *ESCAPES[:6]]


@pytest.mark.parametrize("title", some(TITLES, every=3))
def test_a_title_makes_one_open_task_whatever_it_says(story, title):
    note = '{ type = "task", title = "{{ it.title }}", text = "{{ it.title }}" }'
    story.config(
        f'[rule.read]\non = {{ kind = "meeting" }}\nopens = "start"\ndo = {note}\n[rule.prepare]\nenabled = false\n'
    )
    visited(story, "Julie", f"{title} dentiste")
    (made,) = drafted_for(story, "read")
    lines = story.todo.read_text().split("\n")
    (line,) = [line for line in lines if "fr:read" in line]
    assert re.findall(r"(?<!\S)fr:(\S+)", line) == [made["key"]]
    assert re.findall(r"(?<!\S)due:(\S+)", line) == ["2026-11-09"]
    assert [word for word in re.findall(r"(?<!\S)text:(\S+)", line) if not word.startswith("todo-texts/read-")] == []
    assert re.match(r"2026-11-09 (?!x |\([A-Z]\) |\d{4}-)", line)
    assert not STEERING.search(line)
    assert not [other for other in lines if "fr:other/a@b" in other and other != line]


# -- what is printed


@pytest.mark.parametrize("word", some([*ESCAPES, *HTML, *NEWLINES, "\ud800"], every=5))
def test_nothing_that_is_printed_steers_the_terminal(tmp_path, word):
    story = Story(tmp_path)
    raw = word.encode("utf-8", "surrogatepass")
    place = tmp_path / os.fsdecode(b"not" + re.sub(rb"[/\0]", b"", raw) + b"es.md")
    story.config(f'[sources.more]\nplugin = "notes"\npath = {json.dumps(str(place)) if word != chr(0xD800) else "0"}\n')
    visited(
        story, f"Julie {word.encode(errors='replace').decode()}", "Entrevue " + word.encode(errors="replace").decode()
    )
    story.note("2026-11-09 10:30 #pro" + word.encode(errors="replace").decode() + "mise due:" + "zzz")
    (story.folder / "sent" / os.fsdecode(b"a" + re.sub(rb"[/\0]", b"", raw) + b".eml")).write_bytes(b"Subject: " + raw)
    for command in (
        ["plan"],
        ["run"],
        ["explain"],
        ["explain", "nordik"],
        ["agenda"],
        ["check"],
        ["explain", word[:1] + "x"],
    ):
        found = call(story.folder, *command, "--now", HOME)
        assert not STEERING.search(found.stdout + found.stderr), command
        assert found.exit_code in (0, 1, 2)


@pytest.mark.parametrize("code", some(CODE, every=4))
def test_code_in_titles_names_and_notes_stays_text(story, code):
    visited(story, code.replace('"', ""), f"Entrevue {code}")
    story.note(f"2026-11-09 11:30 #promise {code} due:2026-11-10")
    tick = story.at("2026-11-10 10:00")
    assert "keep-promise" in tick.rules()
    for change in tick.changes:
        assert "49" not in change["text"]
        assert os.environ.get("HOME", "/nowhere") not in change["text"] + change["title"]
    shown = call(story.folder, "explain", "nordik", "--now", LATER)
    assert "".join(code.split()) in "".join(shown.stdout.replace("·", "").split())


# -- names of files


@pytest.mark.parametrize("word", some(PATHS, every=4))
def test_no_id_and_no_label_leads_out_of_the_folders(tmp_path, word):
    story = Story(tmp_path / "home")
    story.visit("I1", "2026-11-09 10:00", uid=word)
    story.note(f"2026-11-09 11:30 #promise case it #case:{word.replace(' ', '-')} due:2026-11-10", heading=word)
    outside = snapshot(tmp_path, but=story.folder / "out")
    call(story.folder, "run", "--now", "2026-11-10 10:00")
    assert snapshot(tmp_path, but=story.folder / "out") == outside
    made = [path.relative_to(story.folder / "out") for path in (story.folder / "out").rglob("*") if path.is_file()]
    assert {path.parts[0] for path in made} <= {"drafts", "todo.txt", "todo-texts", "done.txt"} | stored(story)
    assert all(re.fullmatch(r"[\w.@+-]{1,200}", path.name) for path in made)
    assert len(list((story.folder / "out/drafts").glob("*.eml"))) >= 1


def stored(story):
    return {path.name for path in (story.folder / "out").iterdir() if path.name.startswith("followup.db")}


def snapshot(folder: Path, but: Path):
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(but))
    return {path: path.read_bytes() for path in files}


def test_ids_that_differ_only_in_case_or_accents_have_drafts_of_their_own(story):
    story.config('[rule.thank-you]\nper = "event"\n')
    for number, uid in enumerate(("Réunion", "RÉUNION", "re\u0301union", "r-union", "r/union", "r union")):
        story.visit(uid, f"2026-11-09 {10 + number}:00", uid=uid, minutes=30)
    changes = drafted_for(story, now="2026-11-09 17:00")
    names = [path.name for path in (story.folder / "out/drafts").glob("*.eml")]
    assert len({name.casefold() for name in names}) == len(names) == len(changes) == 6


# -- texts


MANY = "(" * 500 + "Entrevue"
BOMBS = [
    "{% for a in range(10**9) %}x{% endfor %}",
    "{% for a in carries %}{% for b in carries %}{% for c in carries %}{{ it.title }}{% endfor %}{% endfor %}{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{{ ('a' ~ 'a') * 999999999 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ it.__class__.__mro__ }}",
    "{{ it['__class__'] }}",
    "{{ (it | attr('__class__')) }}",
    "{{ it._event.__init__.__globals__ }}",
    "{% set a = 'aaaaaaaaaa' %}" + "{% set a = [a, a, a, a, a, a, a, a, a, a] | join %}" * 12 + "{{ a }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{{ self }}{{ cycler }}{{ lipsum(1000) }}{{ namespace() }}",
    "{{ it.title | join('x' * 99) }}",
    "{{ 'x' | center(1000000000) }}",
    "(" * 500 + "{{ " + "(" * 9 + "it.title" + ")" * 9 + " }}",
    "{{ " + "(" * 2_000 + "it" + ")" * 2_000 + " }}",
    "{% if it %}" * 400 + "{% endif %}" * 400,
]


@pytest.mark.parametrize("bomb", some(BOMBS, every=2))
def test_a_text_that_would_run_wild_is_a_reported_problem_and_the_others_are_made(story, bomb):
    story.visit("I1", "2026-11-09 10:00")
    made = json.dumps(bomb)
    story.config(f'[rule.wild]\non = "interview"\ndo = {{ type = "notice", title = "x", text = {made} }}\n')
    tick = story.at(HOME)
    assert "thank-you" in tick.rules()
    assert "rule.wild" in tick.said or tick.the("wild").text in ("", bomb.replace("{{", "").replace("}}", ""), MANY)
    assert "class" not in json.dumps(tick.changes)


@pytest.mark.parametrize("word", some([word for word in CODE if '"' not in word], every=4))
def test_words_of_a_rule_are_words_whatever_signs_they_hold(story, word):
    story.config(f'[rule.look]\non = {{ title = {json.dumps(word)} }}\ndo = {{ type = "notice", title = "found" }}\n')
    story.visit("I1", "2026-11-09 10:00", title=f"Dentiste {word}")
    story.visit("I2", "2026-11-09 10:00", title="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")
    tick = story.at(HOME)
    assert len(tick.all("look")) == 1 or "rule.look" in tick.said or "*" in word
