"""`followup check`: every kind of problem is found at once, and nothing is written."""

import json

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//t//EN\r
BEGIN:VEVENT\r
UID:1@example\r
DTSTAMP:20261101T120000Z\r
DTSTART:20261109T150000Z\r
DTEND:20261109T160000Z\r
SUMMARY:Interview\r
ATTENDEE:mailto:julie@nordik.ca\r
END:VEVENT\r
END:VCALENDAR\r
"""
TABLES = {
    "profile": 'me = ["me@example.org"]\ntimezone = "America/Toronto"\nholidays = "CA-QC"',
    "sources.calendar": 'plugin = "ics"\npath = "calendar.ics"',
    "sources.sent": 'plugin = "mailbox"\npath = "sent"',
    "sources.notes": 'plugin = "notes"\npath = "notes.md"',
    "outputs.drafts": 'plugin = "eml"\npath = "drafts"',
    "outputs.tasks": 'plugin = "todotxt"\npath = "todo.txt"',
    "store": 'path = "followup.db"',
}
NOW = "2026-11-09T12:00"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calendar.ics").write_text(CALENDAR, newline="")
    (tmp_path / "sent").mkdir()
    (tmp_path / "notes.md").write_text("## Nordik <julie@nordik.ca>\n- 2026-11-09 11:30 #fit Yes\n")
    return tmp_path


def config(place, more="", **tables):
    every = {name: text for name, text in (TABLES | tables).items() if text}
    body = "\n".join(f"[{name}]\n{text}\n" for name, text in every.items())
    (place / "config.toml").write_text(f'packs = ["interview"]\n{body}\n{more}\n')


def check(*options):
    return CliRunner().invoke(cli, ["--config", "config.toml", "check", "--now", NOW, *options])


def problems():
    return json.loads(check("--json").stdout)["problems"]


def codes():
    return sorted({problem["code"] for problem in problems()})


def test_when_all_is_well_it_says_what_it_looked_at(place):
    config(place)
    before = sorted(place.rglob("*"))
    result = check()
    assert (result.exit_code, result.stderr) == (0, "")
    for said in ("config.toml: fine", "11 rules, 2 guards: fine", "calendar 1 event, notes 1 event, sent 0 events"):
        assert said in result.stdout
    assert "drafts, tasks" in result.stdout
    assert sorted(place.rglob("*")) == before, "nothing is written"


def test_json_holds_the_same(place):
    config(place)
    found = json.loads(check("--json").stdout)
    assert found["problems"] == []
    assert found["checked"]["sources"] == {"calendar": 1, "notes": 1, "sent": 0}
    assert found["checked"]["rules"] == 11
    assert found["checked"]["outputs"] == ["drafts", "tasks"]


def test_a_config_that_cannot_be_used_is_told_with_all_its_faults(place):
    wrong = {"profile": TABLES["profile"] + '\nholiday = "CA"', "sources.sent": 'plugin = "mailbax"\npath = "sent"'}
    config(place, **wrong)
    result = check()
    assert result.exit_code == 2
    assert 'did you mean "holidays"?' in result.stderr
    assert 'did you mean "mailbox"?' in result.stderr
    assert "cannot be used" in result.stdout
    assert all(problem["fatal"] for problem in problems())


def test_without_a_config_it_names_init(place):
    result = check()
    assert result.exit_code == 2
    assert "followup init" in result.stderr


def test_everything_wrong_is_reported_at_once(place):
    (place / "notes.md").write_text(
        "## Nordik <julie@nordik.ca>\n- 2026-11-09 #calld\n- 2026-13-09 #fit\n\n## Zzz\n- 2026-11-09 #fit\n"
    )
    (place / "calendar.ics").unlink()
    (place / "blocked").write_text("")
    config(
        place,
        '[rule.mine]\non = "interveiw"\ndo = { type = "notice", title = "Hi" }\n'
        '[rule.texts]\non = "#fit"\ndo = { type = "notice", title = "{{ it.title", text = "x" }\n',
        **{"outputs.drafts": 'plugin = "eml"\npath = "blocked/drafts"'},
    )
    assert check().exit_code == 1
    assert codes() == ["F012", "F030", "F040", "F041", "F042", "F043", "F044"]


def test_the_same_problems_are_found_after_a_run_has_seen_them(place):
    (place / "notes.md").write_text("## Nordik <julie@nordik.ca>\n- 2026-11-09 #calld\n- 2026-13-09 #fit\n")
    config(place)
    CliRunner().invoke(cli, ["--config", "config.toml", "run", "--now", NOW])
    assert codes() == ["F042", "F043"]


@pytest.mark.parametrize(
    ("holidays", "told"),
    [("CA-QX", '"CA-QC"'), ("CA-12", "AB, BC"), ("CQ", "did you mean"), ("VA-X", 'write "VA"')],
)
def test_an_unknown_place_of_holidays_is_found_before_a_workday_is_needed(place, holidays, told):
    config(place, profile=TABLES["profile"].replace("CA-QC", holidays))
    (found,) = problems()
    assert (found["code"], found["where"], found["line"]) == ("F012", "profile.holidays", 5)
    assert told in found["hint"]
    assert check().exit_code == 2


@pytest.mark.parametrize("holidays", ["ca-qc", "CA", "CAN-QC", "FR", ""])
def test_a_known_place_of_holidays_is_fine(place, holidays):
    config(place, profile=TABLES["profile"].replace("CA-QC", holidays))
    assert problems() == []


def test_every_text_is_looked_at_also_where_nothing_is_due(place):
    (place / "templates").mkdir()
    (place / "templates" / "follow-up-call.txt").write_text("Call\n\n{% if %}\n")
    config(place)
    (found,) = problems()
    assert (found["code"], found["where"], found["line"]) == ("F030", "rule.follow-up-call", 3)


def test_a_kind_that_no_source_shows_is_a_warning_that_names_the_plugin(place):
    config(place, **{"sources.sent": ""})
    result = check()
    assert result.exit_code == 0
    assert "rule.thank-you" in result.stderr
    assert "'sent'" in result.stderr
    assert '"mailbox"' in result.stderr


def test_a_kind_that_nothing_shows_may_be_a_slip(place):
    config(place, '[rule.mine]\non = "#fit"\ndone_by = [{ kind = "sennt" }]\ndo = { type = "notice", title = "Hi" }')
    (found,) = problems()
    assert (found["code"], found["where"], found["severity"]) == ("F047", "rule.mine", "warning")
    assert found["hint"] == 'did you mean "sent"?'


def test_a_rule_that_is_off_looks_for_nothing(place):
    looking = ("thank-you", "no-show", "keep-promise", "whom-you-met")
    off = "\n".join(f"[rule.{name}]\nenabled = false" for name in looking)
    config(place, off, **{"sources.sent": ""})
    assert problems() == []


def test_a_source_that_cannot_be_read_still_counts_as_one_that_shows_its_kind(place):
    (place / "sent").rmdir()
    config(place)
    assert codes() == ["F040"]
    assert "sent" not in json.loads(check("--json").stdout)["checked"]["sources"]


@pytest.mark.parametrize(
    ("table", "where", "code"),
    [("outputs.tasks", "outputs.tasks", "F041"), ("store", "store", "F046")],
)
def test_what_could_not_be_written_later_is_told_now(place, table, where, code):
    (place / "blocked").write_text("")
    config(place, **{table: TABLES[table].replace('path = "', 'path = "blocked/')})
    assert (where, code) in {(problem["where"], problem["code"]) for problem in problems()}


def test_a_store_that_is_none_is_told(place):
    (place / "followup.db").write_text("no database at all, but long enough to be looked at as if it were one")
    config(place)
    assert codes() == ["F046"]
    assert (place / "followup.db").read_text().startswith("no database")
