"""docs/problems.md: every code has a page, and what it shows as wrong or right is wrong or right."""

import json
import os
import re
import shutil
import sqlite3
import sys
from contextlib import ExitStack, closing
from itertools import pairwise
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from followup_rules.cli import cli
from followup_rules.codes import Code
from followup_rules.config import holidays
from followup_rules.store.lock import only_run
from followup_rules.store.schema import VERSION
from tests.support.configs import FILES
from tests.support.crontab import put_in
from tests.support.feedserver import Feed, served
from tests.support.installed import install
from tests.support.project import ROOT

pytestmark = pytest.mark.slow

PAGES = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
NOW = "2026-11-10T12:00"
SECRET = "https://calendar.nordik.example/private-5f3a9c/basic.ics"
CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//t//EN\r
BEGIN:VEVENT\r
UID:1@example\r
DTSTAMP:20261101T120000Z\r
DTSTART:20261109T150000Z\r
DTEND:20261109T160000Z\r
SUMMARY:Interview\r
ATTENDEE:mailto:julie.roy@nordik.example\r
END:VEVENT\r
END:VCALENDAR\r
"""
PLUGIN = """
import click
from followup_rules import Check, hookimpl

@hookimpl
def register_checks():
    return [Check("odd", "Odd ones", lambda event: False)]
"""
FAILING_CHECK = """
from followup_rules import Check, hookimpl

@hookimpl
def register_checks():
    return [Check("odd", "Odd ones", lambda event: 1 / 0)]
"""
FAILING_COMMANDS = """
from followup_rules import hookimpl

@hookimpl
def register_commands(cli):
    1 / 0
"""
LOGIN = """
from pathlib import Path
from followup_rules import Login, Unreadable, hookimpl

def log_in(tables, profile, browser):
    if Path("closed").exists():
        raise Unreadable("the post office is closed; come again")
    return "logged in"

@hookimpl
def register_logins():
    return [Login("post", "Letters", log_in)]
"""
HANGING = """
import threading
from dataclasses import dataclass
from followup_rules import SourceType, hookimpl

@dataclass
class Options:
    pass

class Hanging:
    def pull(self, since, cursor):
        threading.Event().wait()

@hookimpl
def register_sources():
    return [SourceType("hanging", "Never answers", ("call",), Options, lambda *_: Hanging())]
"""


REGISTER = ROOT / "followup_rules" / "codes.py"
ELSEWHERE = [
    file.read_text(encoding="utf-8")
    for folder in ("followup_rules", "plugins")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if file != REGISTER
]


def pages():
    """Return the sections of the page: by code, its fences as (language, what, state, content)."""
    found, code = {}, ""
    tokens = MarkdownIt().parse(PAGES)
    for token, following in pairwise([*tokens, *tokens[-1:]]):
        if token.type == "heading_open" and token.tag == "h2":
            code = following.content
            found[code] = []
        elif token.type == "fence" and code:
            found[code].append((*token.info.split(), token.content))
    return found


EXAMPLES = [(code, *fence[1:]) for code, fences in pages().items() for fence in fences if fence[2] != "told"]
MESSAGES = {code: fence[3] for code, fences in pages().items() for fence in fences if fence[2] == "told"}
"""What the pages show of what the system does: the message."""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "config.toml").write_text(FILES)
    (tmp_path / "calendar.ics").write_text(CALENDAR, newline="")
    (tmp_path / "sent").mkdir()
    (tmp_path / "notes.md").write_text("")
    yield tmp_path
    for module in [name for name, it in sys.modules.items() if str(tmp_path) in str(getattr(it, "__file__", ""))]:
        del sys.modules[module]


def codes(command="check", *options):
    result = CliRunner().invoke(cli, ["--config", "config.toml", command, "--json", *options])
    return {problem["code"] for problem in json.loads(result.stdout)["problems"]}


def missing_config(place):
    (place / "config.toml").unlink()


def missing_calendar(place):
    (place / "calendar.ics").unlink()


def blocked_output(place):
    (place / "blocked").write_text("")
    (place / "config.toml").write_text(FILES.replace('"todo.txt"', '"blocked/todo.txt"'))


def damaged_store(place):
    (place / "followup.db").write_text("this is no database, however long one looks at it, and it never was")


def twins(place):
    install(place, "one", PLUGIN)
    install(place, "other", PLUGIN)


def damaged_package(place):
    install(place, "broken", "", "[followup_rules]\nthis line is nothing\n")


def failing_commands(place):
    install(place, "noisy", FAILING_COMMANDS)


def failing_check(place):
    install(place, "odd", FAILING_CHECK)
    (place / "notes.md").write_text("## julie@nordik.ca\n- 2026-11-10 #issue A note\n")
    rule = '[rule.odd]\non = { check = "odd" }\ndo = { type = "notice", title = "odd" }\n'
    (place / "config.toml").write_text(FILES + rule)


def hanging_source(place):
    install(place, "hanging", HANGING)
    (place / "config.toml").write_text(FILES + '[sources.hanging]\nplugin = "hanging"\ntime_limit = "1 second"\n')


def followup(*arguments):
    assert CliRunner().invoke(cli, ["--config", "config.toml", *arguments]).exit_code == 0


def working_login(place):
    install(place, "post", LOGIN)


def refused_login(place):
    (place / "closed").touch()


def stopped_runs(_):
    followup("run", "--now", "2026-11-06T12:00")


def exposed_store(place):
    followup("run", "--now", NOW)
    (place / "followup.db").chmod(0o644)


def odd_decision(place):
    followup("run", "--now", NOW)
    with closing(sqlite3.connect(place / "followup.db")) as writer, writer:
        writer.execute("update decision set state = 'held'")


def early_clock(_):
    followup("run", "--now", "2026-11-10T15:00")


def endless_run(place):
    HELD.enter_context(only_run(place / "followup.db"))
    (place / "followup.db.holder").write_text(f"{os.getpid()} 2026-01-01T00:00:00+00:00\n")


def bare_environment(_):
    del os.environ["HOME"]


def silent_sources(_):
    followup("run", "--now", "2026-10-20T12:00")
    followup("run", "--now", NOW)


def other_folder(place):
    followup("run", "--now", NOW)
    (place / "config.toml").write_text(FILES.replace('"drafts"', '"mail"'))


def secret_in_config(place):
    feed = Feed("http", body=CALENDAR.encode())
    feed.port = HELD.enter_context(served(feed.reply, "GET", None))
    (place / "config.toml").write_text(FILES.replace('"calendar.ics"', f'"{feed.url}"'))


def earlier_store(place):
    followup("run", "--now", NOW)
    with closing(sqlite3.connect(place / "followup.db")) as store:  # as it was before its last change
        store.executescript(f"pragma user_version = {VERSION - 1}")


def working_copy(place):
    (place / "usb").mkdir()
    followup("run", "--now", NOW)


def copy_without_folder(place):
    shutil.rmtree(place / "usb")


def copied_store(_):
    followup("run", "--now", NOW)
    followup("backup", "copy.db")


def copy_cut_off(place):
    (place / "copy.db").write_bytes((place / "copy.db").read_bytes()[:5000])


def lost_store(place):
    followup("run", "--now", NOW)
    for file in place.glob("followup.db*"):
        file.unlink()


def deleted_since(place):
    followup("run", "--now", "2026-11-08T12:00")
    followup("backup", "copy.db")
    followup("run", "--now", NOW)
    (draft,) = (place / "drafts").glob("*.eml")
    draft.unlink()
    followup("run", "--now", "2026-11-10T12:05")
    (place / "todo.txt").write_text("")
    followup("backup", "--restore", "copy.db", "--now", "2026-11-10T12:10")


def synced_store(place):
    (place / ".stfolder").mkdir()


def unread_calendar(place):
    folder = place / "calendars"
    folder.mkdir()
    (place / "calendar.ics").rename(folder / "calendar.ics")
    (folder / "work.ics").symlink_to("/nowhere/work.ics")
    (place / "config.toml").write_text(FILES.replace('"calendar.ics"', '"calendars"'))


def unseen_draft(place):
    followup("run", "--now", NOW)
    (draft, *_) = sorted((place / "drafts").glob("*.eml"))
    draft.rename(place / "drafts" / f".{draft.name}.icloud")


def old_list_of_holidays(place):
    (place / "config.toml").write_text(FILES.replace("[sources.calendar]", 'holidays = "CA-QC"\n[sources.calendar]', 1))
    HELD.enter_context(patch.object(holidays, "years", lambda _: (2003, 2026)))


def working_crontab(place):
    put_in(place / "bin")
    HELD.enter_context(patch.dict(os.environ, {"PATH": f"{place / 'bin'}:/usr/bin:/bin"}))


def failing_crontab(place):
    put_in(place / "bin", "#!/bin/sh\necho 'you are not allowed to use this program' >&2\nexit 1\n")


def rules_beside(place):
    (place / "my-rules.toml").write_text(
        '[rule.x]\non = { every = "friday at 15:00" }\ndo = { type = "notice", title = "x" }\n'
    )


def mended(place, code):
    (text,) = (content for *_, state, content in pages()[code] if state == "mended")
    (place / "config.toml").write_text(text)


def run_before(place):
    mended(place, "F070")
    followup("run", "--now", NOW)


def silent_since(place):
    mended(place, "F066")
    silent_sources(place)


def published_calendar(place):
    feed = Feed("http", body=CALENDAR.encode())
    feed.port = HELD.enter_context(served(feed.reply, "GET", None))
    (place / "feed.url").write_text(feed.url + "\n")
    (place / "feed.url").chmod(0o600)


HELD = ExitStack()

COMMANDS = {
    "F053": ("auth", "post"),
    "F110": ("test", "mine.toml"),
    "F140": ("schedule", "--with", "cron", "--install"),
    "F072": ("check", "--now", NOW),
    "F07": ("plan", "--now", NOW),
    "F080": ("backup", "usb/copy.db"),
    "F081": ("backup", "--restore", "copy.db"),
    "F082": ("plan", "--now", NOW),
    "F083": ("plan", "--now", "2026-11-10T12:10"),
    "F084": ("doctor", "--now", NOW),
    "F171": ("plan", "--now", "2026-12-30T12:00"),
    "F05": ("plugins",),
    "F054": ("check", "--now", NOW),
    "F06": ("doctor", "--deep", "--now", NOW),
}


def command_of(code):
    return COMMANDS.get(code) or COMMANDS.get(code[:3], ("check", "--now", NOW))


def example(place):
    (place / "mine.toml").write_text("""
[[example]]
name = "a note"
events = [{ kind = "note", case = "Nordik", text = "2026-11-09 12:00 #fit Yes" }]
then = [{ at = 2026-11-09 }]
""")


def no_grammar(place):
    profile = '[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"\n'
    (place / "config.toml").write_text(f'packs = ["interview"]\n{profile}[plugins]\ndisabled = ["notes"]\n')


BEFORE = {"F053": working_login, "F080": working_copy, "F081": copied_store, "F110": example, "F140": working_crontab}
AROUND = {
    "F002": rules_beside,
    "F050": twins,
    "F066": silent_since,
    "F070": run_before,
    "F072": published_calendar,
    "F110": example,
}
"""What a page's example stands in, where it takes more than the one file."""
SITUATIONS = {
    "F002": missing_config,
    "F040": missing_calendar,
    "F041": blocked_output,
    "F046": damaged_store,
    "F048": failing_check,
    "F049": hanging_source,
    "F050": twins,
    "F051": damaged_package,
    "F052": failing_commands,
    "F053": refused_login,
    "F060": stopped_runs,
    "F061": exposed_store,
    "F062": odd_decision,
    "F063": early_clock,
    "F064": endless_run,
    "F065": bare_environment,
    "F066": silent_sources,
    "F070": other_folder,
    "F071": earlier_store,
    "F076": unread_calendar,
    "F077": unseen_draft,
    "F110": no_grammar,
    "F072": secret_in_config,
    "F080": copy_without_folder,
    "F081": copy_cut_off,
    "F082": lost_store,
    "F083": deleted_since,
    "F084": synced_store,
    "F131": old_list_of_holidays,
    "F140": failing_crontab,
    "F171": lost_store,
}


def test_every_code_has_a_page_and_every_page_a_code():
    assert set(pages()) == set(Code)


def test_every_code_can_be_reported_and_stands_in_the_register_alone():
    assert {name for text in ELSEWHERE for name in re.findall(r"\bCode\.([A-Z_]+)", text)} == set(Code.__members__)
    assert not [code for text in ELSEWHERE for code in re.findall(r"""["'](F\d{3})["']""", text)]


def test_the_list_at_the_top_names_them_all_in_order():
    listed = re.findall(r"^\| \[(F\d{3})\]\(#(f\d{3})\) \| (.+) \|$", PAGES, re.MULTILINE)
    assert [(code, title) for code, _, title in listed] == [(code.value, code.meaning) for code in sorted(Code)]
    for code, anchor, title in listed:
        assert anchor == code.lower()
        assert f"## {code}\n\n**{title}.**" in PAGES


def test_every_page_shows_both_or_has_its_situation_built_here():
    for code, fences in pages().items():
        states = {fence[2] for fence in fences}
        assert states == {"failing", "mended"} or (states <= {"told"} and code in SITUATIONS), code


@pytest.mark.parametrize(("code", "what", "state", "content"), EXAMPLES, ids=[f"{e[0]}-{e[2]}" for e in EXAMPLES])
def test_what_a_page_shows_is_what_happens(place, code, what, state, content):
    with HELD:
        AROUND.get(code, lambda _: None)(place)
        assert shown(place, code, what, content) == ({code} if state == "failing" else set())


def shown(place, code, what, content):
    """Return the codes that are told of what a page shows."""
    if code == "F072":
        content = content.replace(SECRET, (place / "feed.url").read_text().strip())
    match what:
        case "config":
            (place / "config.toml").write_text(content)
        case "rules":
            (place / "config.toml").write_text(FILES + content)
        case "notes":
            (place / "notes.md").write_text(content)
    return codes(*command_of(code))


@pytest.mark.parametrize("code", SITUATIONS)
def test_what_a_page_tells_of_the_system_is_what_happens(place, code):
    command = command_of(code)
    BEFORE.get(code, lambda _: None)(place)
    assert codes(*command) == set()
    with HELD:
        SITUATIONS[code](place)
        assert codes(*command) == {code}
        if code in MESSAGES:
            assert MESSAGES[code] in told(place, *command)


def told(place, *command):
    """Return what people read, as it would be in the folder of a person, without the line that names the page."""
    said = CliRunner().invoke(cli, ["--config", "config.toml", *command]).stderr
    was = {
        str(place): "/home/camille",
        rf"(process|kill) {os.getpid()}\b": r"\1 4711",
        r"at work for \d+ days": "at work for 2 days",
        rf"version {VERSION - 1} to {VERSION}\b": "version 9 to 10",
        rf"\.v{VERSION - 1}-": ".v9-",
        r"(?m)^ *= see: .*\n": "",
    }
    for pattern, shown in was.items():
        said = re.sub(pattern, shown, said)
    return said
