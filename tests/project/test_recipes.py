"""The recipes of docs/recipes.md: each file is checked without a word, and its examples hold, over the interview pack."""

import re
from datetime import datetime
from functools import cache

import pytest

from followup_rules.cli.check import examine
from followup_rules.config.read import read_config
from followup_rules.simulation import examples, expectations
from followup_rules.toml.document import parse
from tests.support.project import ROOT

FOLDER = ROOT / "docs" / "recipes"
FILES = sorted(FOLDER.glob("*.toml"))
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//example//EN
BEGIN:VEVENT
UID:long-ago@example
DTSTAMP:20250101T000000Z
DTSTART:20250101T100000Z
SUMMARY:Long ago
END:VEVENT
END:VCALENDAR
"""


@cache
def config_with(file, folder):
    (folder / "notes.md").touch()
    (folder / "calendar.ics").write_text(CALENDAR)
    for name in ("sent", "inbox", "drafts"):
        (folder / name / "cur").mkdir(parents=True)
    (folder / "config.toml").write_text(f"""
packs = ["interview"]
rules = [{str(file)!r}]
profile = {{ me = ["me@example.org"], name = "Camille", timezone = "America/Toronto", holidays = "CA-QC" }}
store = {{ path = "followup.db" }}
[sources]
calendar = {{ plugin = "ics", path = "calendar.ics" }}
sent     = {{ plugin = "mailbox", path = "sent", kinds = ["sent"] }}
inbox    = {{ plugin = "mailbox", path = "inbox", kinds = ["received"] }}
notes    = {{ plugin = "notes", path = "notes.md" }}
[outputs]
drafts   = {{ plugin = "eml", path = "drafts" }}
tasks    = {{ plugin = "todotxt", path = "todo.txt" }}
""")
    return read_config(folder / "config.toml")


@pytest.fixture(params=FILES, ids=lambda file: file.stem, scope="module")
def recipe(request, tmp_path_factory):
    """A recipe's file, and a config that it is laid over the pack in."""
    return request.param, config_with(request.param, tmp_path_factory.mktemp(request.param.stem))


def test_nothing_is_said_against_it(recipe):
    _, config = recipe
    assert examine(config, datetime(2026, 11, 1, tzinfo=config.profile.timezone)).problems == ()


def test_its_examples_hold(recipe):
    file, config = recipe
    problems = []
    tables = examples.tables(parse(file.read_text(encoding="utf-8"), file.name), problems)
    configs = examples.Configs(config)
    assert tables, "a recipe shows what it does"
    for named in tables:
        example = examples.read(named, configs)
        assert example is not None, problems
        with expectations.checking(example) as play:
            found = [(named.name, each) for moment in play.moments for each in moment.differences]
        assert found == []
    assert problems == []


def test_the_page_shows_each_of_them_once():
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    shown = re.findall(r"^<!-- rules: docs/recipes/(.+)\.toml -->$", page, re.MULTILINE)
    assert sorted(shown) == [file.stem for file in FILES]
