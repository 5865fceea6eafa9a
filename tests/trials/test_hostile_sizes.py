"""Files of enormous size and strange kinds: the command ends, in bounded time and memory, and the rest is done."""

import json
import os
from pathlib import Path

import pytest

from tests.support.oddfiles import strange
from tests.support.storybook import JULIE, Story, call
from tests.trials.hostile.child import followup
from tests.trials.hostile.pick import some

NOW = "2026-11-09T12:00"
HEAD = b"From: camille@exemple.ca\nTo: julie.roy@nordik.ca\nDate: Mon, 9 Nov 2026 11:30:00 -0500\nSubject: Allo\n"
SPARSE = 200_000_000
"""In bytes; such files take no room on the disk."""
MAILS = {
    "header": b"Subject: ",
    "header-last": HEAD + b"X-Long: ",
    "body": HEAD + b"\n",
}
"""What a mail of 200 MB begins with."""
BOMBS = {
    "recipients": HEAD + b"Cc: " + b",".join(b"p%d@x.ca" % number for number in range(1_000_000)) + b"\n\nx",
    "headers": b"X-A: b\n" * 100_000 + HEAD + b"\nx",
    "copies": HEAD + b"Cc: p@x.ca\n" * 5_000 + b"\nx",
    "nested": HEAD
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100_000)),
    "mail-in-mail": HEAD + b"Content-Type: message/rfc822\n\n" * 100_000 + HEAD + b"\nx",
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_000_000,
    "base64": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"UTFWQw" * 1_000_000,
    "comments": HEAD + b"Cc: " + b"(" * 200_000 + b"\n\nx",
    "encoded": HEAD.replace(b"Allo", b"=?utf-8?q?a?= " * 100_000) + b"\nx",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 100_000 + b"\n\nx",
    "html": HEAD + b"Content-Type: text/html\n\n" + b"<!--<style" * 100_000,
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\n\nabc-" + b"z9" * 100_000,
    "blank": b"\n" * 1_000_000 + HEAD,
}


@pytest.fixture
def story(tmp_path):
    """One interview on Monday the 9th, from 10 to 11: a draft of thanks is due."""
    story = Story(tmp_path)
    story.visit("I1", "2026-11-09 10:00", JULIE)
    return story


def grown(path, begin=b"", size=SPARSE):
    """Write a file that begins so, and is then filled up to a size with zeros."""
    path.write_bytes(begin)
    os.truncate(path, size)


def planned(story):
    """Plan in a child of bounded memory and time; return what the duty of thanks is, and what is wrong."""
    found = json.loads(followup(story.folder, "plan", "--now", NOW, "--json").stdout)
    states = {decision["rule"]: decision["state"] for decision in found["decisions"]}
    return states, " ".join(f"{each['where']}: {each['file']}: {each['message']}" for each in found["problems"])


def test_mails_of_200_mb_are_read_at_their_beginning_and_the_others_are_read(story):
    for name, begin in MAILS.items():
        grown(story.folder / f"sent/{name}.eml", begin)
    story.mail("2026-11-09 11:40", JULIE, "Merci beaucoup")
    states, said = planned(story)
    assert states["thank-you"] == "done"
    assert "header.eml: this mail is left out" in said


@pytest.mark.long
def test_a_mailbox_file_that_is_one_line_of_200_mb_is_read(story):
    grown(story.folder / "sent.mbox", b"From me Mon Nov  9 11:30:00 2026\n" + HEAD + b"\n")
    story.config(base_path(story, "sent.mbox"))
    states, said = planned(story)
    assert (states["thank-you"], said) == ("due", "")


def base_path(story, name):
    story.base = story.base.replace('path = "sent"', f'path = "{name}"')
    return ""


def test_mails_that_unfold_without_end_are_bounded_and_the_others_are_read(story):
    for name, content in BOMBS.items():
        (story.folder / f"sent/{name}.eml").write_bytes(content)
    story.mail("2026-11-09 11:40", JULIE, "Merci beaucoup")
    states, said = planned(story)
    assert states["thank-you"] == "done"
    assert [name for name in BOMBS if f"{name}.eml" in said] == ["headers", "blank"]


def calendar(*entries):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", *entries, "END:VCALENDAR", ""])


def entry(uid, *more, start="20261109T150000Z"):
    lines = [f"UID:{uid}", "DTSTAMP:20261101T120000Z", f"DTSTART:{start}", "DURATION:PT1H", f"SUMMARY:Entrevue {uid}"]
    return "\r\n".join(["BEGIN:VEVENT", *lines, f"ATTENDEE:mailto:{uid}@{uid}.ca", *more, "END:VEVENT"])


def minutes(most):
    return (
        f"202611{day:02}T{hour:02}{minute:02}00Z"
        for day in range(1, most)
        for hour in range(24)
        for minute in range(60)
    )


FLOODS = {
    "million": entry("million", "RRULE:FREQ=SECONDLY;COUNT=1000000"),
    "endless": entry("endless", "RRULE:FREQ=SECONDLY"),
    "never": entry("never", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "all-minutes": entry(
        "all-minutes",
        "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
    ),
    "long-ago": entry("long-ago", "RRULE:FREQ=HOURLY", start="19000101T000000Z"),
    "added": entry("added", "RDATE:" + ",".join(minutes(6))),
}
"""Meetings that recur more often than anybody meets."""


def test_meetings_that_flood_the_calendar_are_reported_and_the_others_are_read(story):
    (story.folder / "calendar.ics").write_text(calendar(*FLOODS.values(), entry("good")), newline="")
    states, said = planned(story)
    assert states["thank-you"] == "due"
    for name in FLOODS:
        assert f"Entrevue {name}: this meeting is left out" in said


@pytest.mark.long
def test_exceptions_without_end_take_nothing_but_their_meetings_away(story):
    excepted = entry("often", "RRULE:FREQ=DAILY;COUNT=5", "EXDATE:" + ",".join(minutes(15)))
    (story.folder / "calendar.ics").write_text(calendar(excepted, entry("good")), newline="")
    found = json.loads(followup(story.folder, "explain", "--now", NOW, "--json").stdout)
    assert {case["key"] for case in found["cases"] if case["events"]} == {"good.ca", "often.ca"} - {"often.ca"}


def test_a_calendar_of_200_mb_and_notes_of_100_mb_are_refused_unread(story):
    story.at(NOW)
    grown(story.folder / "calendar.ics", b"BEGIN:VCALENDAR\r\n")
    grown(story.folder / "notes.md", size=100_000_000)
    states, said = planned(story)
    assert states["thank-you"] in ("due", "blind")
    assert "calendar.ics is larger than 20 MB" in said
    assert "notes.md is larger than 2 MB" in said


NESTED = [
    "".join(f"{'  ' * level}- 2026-11-09 11:30 #promise x\n" for level in range(500)),
    "> " * 100_000 + "x\n",
    "- " * 100_000 + "x\n",
    "*" * 100_000 + "x" + "_" * 100_000 + "\n",
    "- 2026-11-09 11:30 #promise " + "[" * 100_000 + "\n",
    "- 2026-11-09 11:30 #promise " + 'a:"' * 100_000 + "\n",
    "- 2026-11-09 11:30 #promise " + "<!--" * 100_000 + "\n",
]


@pytest.mark.parametrize("notes", some(NESTED, 3), ids=lambda notes: notes[:40])
def test_notes_that_are_nested_without_end_lose_no_other_note(story, notes):
    head = f"## Nordik <{JULIE}>\n"
    (story.folder / "notes.md").write_text(f"{head}- 2026-11-09 11:20 #thanked\n\n{head}{notes}")
    states, _ = planned(story)
    assert states["thank-you"] == "done"


# -- rules


def chain(length, link, last='title = "entrevue"'):
    links = (f"[define.d{number}]\n{link.format(f'd{number + 1}')}\n" for number in range(length))
    return "".join([*links, f"[define.d{length}]\n{last}\n"]) + RULE.format('on = "d0"')


RULE = '[rule.wild]\n{}\ndo = {{ type = "notice", title = "x", text = "y" }}\n'
WILD = {
    "doubling": chain(30, 'any = ["{0}", "{0}"]', 'title = "elsewhere"'),
    "doubling phrases": chain(30, 'any = ["{0}", "{0}"]', 'after = "end"').replace(
        'on = "d0"', 'on = "#a"\ndone_by = "d0"'
    ),
    "long chain": chain(2_000, 'is = "{0}"'),
    "ring": chain(2_000, 'is = "{0}"', 'is = "d0"'),
    "many words": RULE.format("on = { title = [" + ",".join(f'"w{n}"' for n in range(20_000)) + "] }"),
    "many patterns": RULE.format('on = "#a"\ndone_by = [' + '"#b",' * 20_000 + "]"),
    "many steps": RULE.format('on = "#a"\nopens = "end ' + "+ 99999 workdays " * 5_000 + '"'),
    "chain of rules": "".join(
        RULE.replace("wild", f"r{n}").format(f'on = "#a"\nopens = "r{n + 1}"') for n in range(300)
    )
    + RULE.replace("wild", "r300").format('on = "#a"'),
    "nested": "[define.d]\n" + "not = { " * 200 + 'title = "x"' + " }" * 200 + "\n",
    "dotted": "a." * 50_000 + "b = 1\n",
    "100 MB": "# " + "x" * 100_000_000,
    "many keys": "[rule.wild]\n" + "".join(f"k{n} = 1\n" for n in range(1_000)),
    "one line": "rule.wild = {" + ", ".join(f"k{n} = 1" for n in range(1_000)) + "}\n",
}


@pytest.mark.parametrize("rules", some(WILD.values(), 3, ids=WILD))
def test_rules_that_would_take_for_ever_are_reported_and_do_not_fire(story, rules):
    (story.folder / "rules.toml").write_text(rules)
    story.base = f'rules = ["rules.toml"]\n{story.base}'
    story.config()
    found = followup(story.folder, "plan", "--now", NOW, "--json")
    said = json.loads(found.stdout)
    assert said["problems"]
    assert not [change for change in said["changes"] if change["rule"] == "wild"]
    assert len(found.stdout) < 2_000_000


def test_ways_between_rules_that_double_at_every_step_take_no_time(story):
    links = (
        RULE.replace("wild", f"r{n}").format(f'on = "interview"\nopens = ["r{n + 1}", "r{n + 1}"]') for n in range(40)
    )
    story.config("".join(links) + RULE.replace("wild", "r40").format('on = "interview"\nopens = ["it.nothing"]'))
    states, _ = planned(story)
    assert states["thank-you"] == "due"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_rules_without_end_are_refused(story):
    story.base = f'rules = ["/dev/zero"]\n{story.base}'
    story.config()
    found = followup(story.folder, "plan", "--now", NOW)
    assert found.returncode == 2
    assert b"it is a device and no file" in found.stderr


# -- files that are none


def test_pipes_sockets_loops_and_folders_among_the_mails_are_passed_over(story):
    strange(story.folder / "sent", ".eml")
    story.mail("2026-11-09 11:40", JULIE, "Merci beaucoup")
    states, said = planned(story)
    assert (states["thank-you"], said) == ("done", "")


@pytest.mark.parametrize("kind", ["calendar.ics", "notes.md"])
def test_a_folder_with_a_pipe_in_it_is_reported_and_never_waited_for(story, kind):
    folder, ending = story.folder / "files", kind[-4:] if kind.endswith("ics") else ".md"
    folder.mkdir()
    (story.folder / kind).rename(folder / kind)
    strange(folder, ending)
    story.base = story.base.replace(f'path = "{kind}"', 'path = "files"')
    story.config()
    states, said = planned(story)
    assert f"fifo{ending}: it is a pipe and no file" in said
    assert states["thank-you"] == "due"


def test_a_device_in_place_of_a_mailbox_is_reported(story):
    story.config(base_path(story, "/dev/zero"))
    _, said = planned(story)
    assert "/dev/zero is neither a file nor a folder" in said


@pytest.mark.usefixtures("unprivileged")
def test_a_mail_that_may_not_be_read_makes_the_source_blind_and_the_others_go_on(story):
    story.mail("2026-11-09 11:40", JULIE, "Merci beaucoup", id="closed")
    (story.folder / "sent/closed.eml").chmod(0)
    found = json.loads(call(story.folder, "run", "--now", NOW, "--json").stdout)
    assert "may not be read by this user" in found["problems"][0]["message"]
    assert {each["rule"]: each["state"] for each in found["decisions"]}["thank-you"] == "blind"
    assert {each["rule"] for each in found["changes"]} == {"debrief", "fit"}
    (story.folder / "sent/closed.eml").chmod(0o600)
    assert story.at("2026-11-09T12:05").state("thank-you") == "done"


@pytest.mark.long
def test_a_folder_of_a_hundred_thousand_files_is_read_and_then_only_looked_at(story):
    for number in range(100_000):
        (story.folder / f"sent/{number}.eml").write_bytes(HEAD.replace(b"9 Nov 2026", b"9 Nov 2016") + b"\nx")
    story.base = story.base.replace('path = "sent"', 'path = "sent"\ntime_limit = "10 minutes"')
    story.config()
    story.mail("2026-11-09 11:40", JULIE, "Merci beaucoup")
    assert followup(story.folder, "run", "--now", NOW).returncode == 0
    states, said = planned(story)
    assert (states["thank-you"], said) == ("done", "")
