"""The config: every mistake is told once, with its place and what to write; nothing is done, and there is no traceback."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup_rules.cli import cli
from followup_rules.config import holidays, options, wordlists
from followup_rules.config.read import read_config
from followup_rules.toml.document import Document, parse
from followup_rules.toml.values import Value
from tests.support.oddfiles import no_waiting, strange

PROFILE = """\
[profile]
me = ["me@example.org"]
timezone = "America/Toronto"
[store]
path = "out/f.db"
"""
SOURCE = '[sources.notes]\nplugin = "notes"\npath = "notes.md"\n'
RULE = '[rule.a]\non = "#a"\ndo = { type = "notice", title = "x" }\n'


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("")
    return tmp_path


def read(text, file="config.toml"):
    Path(file).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_config(Path(file))


def run(*arguments):
    return CliRunner().invoke(cli, ["--config", "config.toml", *arguments, "--now", "2026-11-09T10:00"])


# each: the config, line and column, the code, words of the message, words of the hint
BAD = {
    "unknown key": (PROFILE + "lokback = 3", 6, 1, "F010", "unknown key 'lokback' in [store]", "path"),
    "misspelt key": (PROFILE.replace("timezone", "timezon"), 3, 1, "F010", "unknown key 'timezon'", '"timezone"'),
    "unknown table": (PROFILE + "[sorces.a]\nplugin = 'ics'", 6, 2, "F010", "unknown table 'sorces'", '"sources"'),
    "unknown key on top": ("pack = []\n" + PROFILE, 1, 1, "F010", "unknown key 'pack'", '"packs"'),
    "key of the profile on top": ("me = 'a@b.ca'\n" + PROFILE, 1, 1, "F010", "unknown key 'me'", "in [profile]"),
    "unknown plugin": (PROFILE + "[sources.a]\nplugin = 'isc'", 7, 10, "F012", "unknown plugin 'isc'", '"ics"'),
    "a source as an output": (PROFILE + "[outputs.a]\nplugin = 'ics'", 7, 10, "F012", "unknown plugin", "todotxt"),
    "unknown pack": ("packs = ['intervew']\n" + PROFILE, 1, 10, "F012", "unknown pack", '"interview"'),
    "pack of no text": ("packs = [1]\n" + PROFILE, 1, 10, "F011", "'packs' must be a text", ""),
    "no plugin": (PROFILE + "[sources.a]\npath = 'x'", 6, 10, "F013", "'plugin' is missing", "ics"),
    "plugin misspelt": (PROFILE + "[sources.a]\nplugn = 'ics'\npath = 'x'", 7, 1, "F010", "unknown key", '"plugin"'),
    "plugin of no text": (PROFILE + "[sources.a]\nplugin = 1", 7, 10, "F011", "'plugin' must be a text", ""),
    "option missing": (PROFILE + "[sources.a]\nplugin = 'ics'", 6, 10, "F013", "'path' is missing", 'path = "path'),
    "option unknown": (PROFILE + SOURCE + "pth = 1", 9, 1, "F010", "unknown key 'pth'", '"path"'),
    "wrong type": (PROFILE.replace('["me@example.org"]', "5"), 2, 6, "F011", "'me' must be a text", ""),
    "wrong type in a list": (PROFILE.replace('"me@', '1, "me@'), 2, 7, "F011", "'me' must be a text in quotes, not 1", ""),
    "list of sources": ("sources = [1]\n" + PROFILE, 1, 11, "F011", "'sources' must be a table", ""),
    "source of no table": ("[sources]\na = 1\n" + PROFILE, 2, 5, "F011", "'a' must be a table", ""),
    "store of no table": ("store = 'f.db'\n" + PROFILE.partition("[store]")[0], 1, 9, "F011", "'store' must be a table", ""),
    "profile of no table": ("profile = 1", 1, 11, "F011", "'profile' must be a table", ""),
    "case of no table": (PROFILE + "[case]\na = 1", 7, 5, "F011", "'a' must be a table", ""),
    "unknown key in a case": (PROFILE + "[case.a]\nperson = []", 7, 1, "F010", "unknown key 'person'", "people"),
    "language": (PROFILE + "[profile.x]", 6, 10, "F010", "unknown key 'x' in [profile]", ""),
    "unknown language": (PROFILE.replace("[store]", "language = 'de'\n[store]"), 4, 12, "F012", "'de'", "en, fr"),
    "zone misspelt": (PROFILE.replace("Toronto", "Torono"), 3, 12, "F012", "time zone", '"America/Toronto"'),
    "zone as a city that is misspelt": (PROFILE.replace("America/Toronto", "Vancouvr"), 3, 12, "F012", "", '"America/Vancouver"'),
    "zone as a city": (PROFILE.replace("America/Toronto", "Montréal"), 3, 12, "F012", "", '"America/Montreal"'),
    "zone as two words": (PROFILE.replace("America/Toronto", "new york"), 3, 12, "F012", "", '"America/New_York"'),
    "zone as a path": (PROFILE.replace("America/Toronto", "../../etc/passwd"), 3, 12, "F012", "", "America/Toronto"),
    "zone empty": (PROFILE.replace("America/Toronto", ""), 3, 12, "F012", "", "America/Toronto"),
    "zone as a folder": (PROFILE.replace("America/Toronto", "America"), 3, 12, "F012", "", ""),
    "zone missing": (PROFILE.replace('timezone = "America/Toronto"\n', ""), 1, 2, "F013", "'timezone' is missing", ""),
    "profile missing": (SOURCE, 0, 0, "F013", "[profile] is missing", "timezone"),
    "empty file": ("", 0, 0, "F013", "[profile] is missing", "me ="),
    "me missing": (PROFILE.replace('me = ["me@example.org"]\n', ""), 1, 2, "F013", "'me' is missing", 'me = ["'),
    "me empty": (PROFILE.replace('"me@example.org"', ""), 2, 6, "F013", "'me' names no address", "you@example"),
    "me no address": (PROFILE.replace("me@example.org", "Camille"), 2, 7, "F015", "'Camille' is not", "you@example"),
    "me with a line end": (PROFILE.replace("me@", "a\\nb@"), 2, 7, "F015", "is not an address", ""),
    "unknown region": (PROFILE.replace("[store]", "holidays = 'CA-QX'\n[store]"), 4, 12, "F012", "'CA-QX'", '"CA-QC"'),
    "a name of the library that is no place": (
        PROFILE.replace("[store]", "holidays = 'JAN'\n[store]"), 4, 12, "F012", "'JAN'", ""
    ),
    "another region": (PROFILE.replace("[store]", "holidays = 'CA-QUE'\n[store]"), 4, 12, "F012", "", "regions of CA"),
    "unknown country": (PROFILE.replace("[store]", "holidays = 'Québec'\n[store]"), 4, 12, "F012", "", "CA-QC"),
    "no length of time": (PROFILE.replace("[store]", "lookback = '1 moon'\n[store]"), 4, 12, "F014", "", "30 days"),
    "too long a time": (PROFILE.replace("[store]", "lookback = '9999 weeks'\n[store]"), 4, 12, "F014", "too long", "days"),
    "undefined variable": (PROFILE.replace("out/f.db", "${NO_SUCH}/f.db"), 5, 8, "F020", "${NO_SUCH}", "write the path out"),
    "no such user": (PROFILE.replace("out/f.db", "~no-such-user-1/f.db"), 5, 8, "F020", "no user '~no-such-user-1'", "~"),
    "empty path": (PROFILE.replace("out/f.db", " "), 5, 8, "F011", "'path' is no path", ""),
    "path with a zero": (PROFILE.replace("out/f.db", "a\\u0000b"), 5, 8, "F011", "'path' is no path", ""),
    "rules missing": ("rules = ['nope.toml']\n" + PROFILE, 1, 10, "F002", "nope.toml cannot be read", "create it"),
    "rules a folder": ("rules = ['.']\n" + PROFILE, 1, 10, "F002", "cannot be read", ""),
    "rules with a zero": ("rules = ['a\\u0000']\n".replace("'", '"') + PROFILE, 1, 10, "F011", "is no path", ""),
    "rules of no text": ("rules = 1\n" + PROFILE, 1, 9, "F011", "'rules' must be a text", ""),
    "disabled and used": ("[plugins]\ndisabled = ['ics']\n[sources.a]\nplugin = 'ics'\n" + PROFILE, 4, 10, "F012", "", "switched off"),
    "disabled unknown": (PROFILE + "[plugins]\ndisabled = ['isc']", 7, 13, "F012", "unknown plugin 'isc'", '"ics"'),
    "disabled of no list": (PROFILE + "[plugins]\ndisabled = 1", 7, 12, "F011", "'disabled' must be", ""),
    "not TOML": (PROFILE + "[rule.x\n", 6, 8, "F001", "closing ]", ""),
    "quotes missing": (PROFILE + "x = yes please", 6, 5, "F001", "must stand in quotes", '"yes please"'),
    "two sources of one name": (PROFILE + SOURCE + SOURCE, 9, 10, "F001", '"sources.notes" is given twice', "line 6"),
    "no text": (b"\x89PNG\r\n\x1a\n\x00\xff", 1, 1, "F001", "not a text file", "UTF-8"),
    "Latin-1": (PROFILE.replace("Toronto", "Montréal").encode("latin-1"), 3, 26, "F001", "not a text file in UTF-8", "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_one_mistake_is_one_problem_where_it_stands_and_with_what_to_write(home, name):
    text, line, column, code, says, hint = BAD[name]
    (problem,) = read(text).problems
    assert (problem.code, problem.file, problem.line, problem.column) == (code, "config.toml", line, column)
    assert problem.fatal
    assert says in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize("name", BAD)
def test_nothing_is_done_with_a_faulty_config_and_nobody_sees_a_traceback(home, name):
    text, line, _, code, says, _ = BAD[name]
    read(text)
    before = sorted(home.rglob("*"))
    result = run("run", "--json")
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    printed = json.loads(result.stdout)
    assert (printed["changes"], printed["decisions"]) == ([], [])
    (problem,) = printed["problems"]
    assert says in problem["message"]
    assert problem["fatal"]
    assert f"error[{code}]" in result.stderr
    assert (f"config.toml:{line}:" if line else "config.toml") in result.stderr
    assert sorted(home.rglob("*")) == before


def test_both_places_of_a_name_given_twice_are_shown(home):
    (problem,) = read(PROFILE + SOURCE + SOURCE).problems
    assert problem.also == (("config.toml", 6, "[sources.notes]"),)


def test_every_mistake_is_told_in_one_go(home):
    text = (
        "packs = ['intervew']\nlokback = 1\n"
        + PROFILE.replace("Toronto", "Torono").replace("me@example.org", "Camille").replace("out/f.db", "$NO_SUCH")
        + "[sources.a]\nplugin = 'isc'\n[outputs.b]\nplugin = 'eml'\npth = 'x'\n[case.c]\nword = 'x'\n"
    )
    assert [problem.line for problem in sorted(read(text).problems, key=lambda p: p.line)] == [1, 2, 4, 5, 7, 9, 12, 14]


def test_mistakes_of_rules_are_told_together_with_those_of_the_profile(home):
    text = PROFILE.replace("Toronto", "Torono") + RULE.replace("#a", "interveiw")
    assert [(problem.line, problem.fatal) for problem in read(text).problems] == [(3, True), (7, False)]


def test_what_names_a_missing_pack_is_not_told_as_further_mistakes(home):
    text = "packs = ['intervew']\n" + PROFILE + "[rule.thank-you]\nenabled = false\n" + RULE.replace("#a", "interview")
    assert [problem.line for problem in read(text).problems] == [1]


def test_a_config_that_is_not_there(home):
    result = run("plan", "--json")
    assert result.exit_code == 2
    assert "config.toml cannot be read: No such file" in json.loads(result.stdout)["problems"][0]["message"]
    assert "followup init" in result.stderr


def test_a_config_whose_name_is_misspelt(home):
    read(PROFILE, "followup.toml")
    (problem,) = read_config(Path("folowup.toml")).problems
    assert (problem.code, problem.hint) == ("F002", 'did you mean "followup.toml"?')


def test_the_config_in_this_folder_is_named_where_the_usual_one_is_missing(home, monkeypatch):
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    read(PROFILE)
    result = CliRunner().invoke(cli, ["plan"])
    assert result.exit_code == 2
    assert "followup --config config.toml" in result.stderr


@pytest.mark.usefixtures("unprivileged")
def test_a_config_that_may_not_be_read(home):
    read(PROFILE)
    Path("config.toml").chmod(0)
    result = run("plan")
    assert (result.exit_code, "config.toml cannot be read: Permission denied" in result.stderr) == (2, True)


def test_a_config_that_is_a_folder(home):
    (home / "config.toml").mkdir()
    (problem,) = read_config(Path("config.toml")).problems
    assert (problem.code, problem.fatal) == ("F002", True)


@pytest.mark.parametrize("place", ["config", "rules", "pack"])
def test_a_pipe_in_place_of_a_file_is_told_at_once(home, place):
    (home / "team").mkdir()
    path = {"config": home / "config.toml", "rules": home / "mine.toml", "pack": home / "team" / "rules.toml"}[place]
    if place != "config":
        (home / "config.toml").write_text(f'rules = ["mine.toml"]\npacks = ["./team"]\n{PROFILE}')
    for other in (home / "mine.toml", home / "team" / "rules.toml"):
        other.write_text("")
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with no_waiting():
        problems = read_config(Path("config.toml")).problems
    assert [problem.code for problem in problems] == ["F002"]


def test_whatever_lies_among_the_templates_is_no_fault_until_a_rule_needs_it(home):
    folder = home / "templates"
    strange(folder, ".en.txt")
    (folder / "nowhere.en.txt").symlink_to("/nowhere/else")
    config = f'{PROFILE}[rule.a]\non = "#a"\ndo = {{ type = "draft", template = "fifo" }}\n'
    with no_waiting():
        found = read(config)
        texts = found.rulebook.texts
        faults = {
            name: texts.check(template=name) for name in ("fifo", "socket", "folder", "device", "loop", "nowhere")
        }
    assert found.fingerprint
    assert all(len(found) == 1 for found in faults.values())
    assert "it is a pipe and no file" in faults["fifo"][0][2]


@pytest.mark.parametrize("zone", ["America/Montreal", "Canada/Eastern", "US/Eastern", "UTC", "Europe/Paris"])
def test_legacy_names_of_time_zones_work(home, zone):
    config = read(PROFILE.replace("America/Toronto", zone))
    assert config.problems == ()
    assert config.profile.timezone == ZoneInfo(zone)


@pytest.mark.parametrize("place", ["CA-QC", "ca-qc", "CA", "CAN", "FR", "BE-Flemish", ""])
def test_known_places_of_holidays_are_fine(home, place):
    assert read(PROFILE.replace("[store]", f"holidays = '{place}'\n[store]")).problems == ()


def test_the_list_of_places_holds_none_that_the_library_does_not_know():
    assert {"CA", "CA-QC", "FR"} <= wordlists.holiday_places()
    for place in sorted(wordlists.holiday_places()):
        assert holidays.holidays_of(place) is not None


def test_the_profile_that_a_config_tells(home):
    text = PROFILE.replace(
        "[store]", "my_domains = ['@Employer.example']\nagencies = ['AgenceX.ca']\nname = 'Camille'\n"
        "language = 'fr'\nlookback = '2 weeks'\nfree_mail = ['Cafe.example']\nservices = ['ats.example']\n[store]",
    ).replace('["me@example.org"]', '["Me@Example.org", "camille@home.example"]')  # fmt: skip
    config = read(text)
    assert config.problems == ()
    profile = config.profile
    assert profile.address == "Me@Example.org"
    assert profile.me == {"me@example.org", "camille@home.example"}
    assert (profile.my_domains, profile.agencies) == ({"employer.example"}, {"agencex.ca"})
    assert (profile.name, profile.language, profile.lookback) == ("Camille", "fr", timedelta(weeks=2))
    assert {"cafe.example", "videotron.ca"} <= config.rulebook.directory.free_mail
    assert {"ats.example", "greenhouse.io"} <= config.rulebook.directory.services


def test_a_label_of_ones_own(home):
    config = read(
        PROFILE + '[case."Client A"]\npeople = ["Nadia@agencex.ca"]\ndomains = ["@ClientA.example"]\nwords = "client A"'
    )
    (label,) = config.rulebook.directory.labels
    assert (label.name, label.people, label.domains) == ("Client A", {"nadia@agencex.ca"}, {"clienta.example"})
    assert label.words == ("client A",)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("out/f.db", "{config}/out/f.db"),
        ("../f.db", "{config}/../f.db"),
        ("~/f.db", "{home}/f.db"),
        ("$PLACE/f.db", "{config}/here/f.db"),
        ("${PLACE}s/f.db", "{config}/heres/f.db"),
        ("/abs/f.db", "/abs/f.db"),
        ("a$/f.db", "{config}/a$/f.db"),
    ],
)
def test_where_a_path_leads(home, monkeypatch, written, expected):
    monkeypatch.setenv("PLACE", "here")
    (home / "etc").mkdir()
    config = read(PROFILE.replace("out/f.db", written), "etc/config.toml")
    assert config.problems == ()
    assert str(config.store) == expected.format(config=home / "etc", home=home / "home")


def test_a_variable_whose_value_looks_like_another_is_taken_as_it_is(home, monkeypatch):
    monkeypatch.setenv("PLACE", "costs-$NO_SUCH")
    assert read(PROFILE.replace("out/f.db", "$PLACE/f.db")).store == home / "costs-$NO_SUCH" / "f.db"


def test_files_of_rules_lie_beside_the_config_and_the_config_has_the_last_word(home):
    (home / "etc").mkdir()
    (home / "etc" / "mine.toml").write_text(RULE + 'why = "file"\nper = "day"\n')
    config = read("rules = ['mine.toml']\n" + PROFILE + "[rule.a]\nwhy = 'config'", "etc/config.toml")
    assert config.problems == ()
    assert (config.rulebook.rules.rules["a"].why, config.rulebook.rules.rules["a"].per) == ("config", "day")


def test_a_file_of_rules_with_a_byte_order_mark_and_windows_line_ends_is_fine(home):
    (home / "mine.toml").write_bytes(b"\xef\xbb\xbf" + RULE.replace("\n", "\r\n").encode())
    assert list(read("rules = 'mine.toml'\n" + PROFILE).rulebook.rules.rules) == ["a"]


def test_a_file_of_rules_that_is_no_toml_stops_everything_and_is_shown_itself(home):
    (home / "mine.toml").write_text("[rule.a]\non = #a\n")
    (problem,) = read("rules = ['mine.toml']\n" + PROFILE).problems
    assert (problem.code, problem.file, problem.line, problem.fatal) == ("F001", "mine.toml", 2, True)


def test_what_does_not_belong_into_a_file_of_rules(home):
    (home / "mine.toml").write_text("[sources.a]\nplugin = 'ics'\n")
    (problem,) = read("rules = ['mine.toml']\n" + PROFILE).problems
    assert (problem.code, problem.file, problem.line) == ("F010", "mine.toml", 1)


def test_a_faulty_rule_is_told_at_every_run_and_the_others_go_on(home):
    (home / "notes.md").write_text("## Nordik <julie@nordik.ca>\n- 2026-11-09 09:00 #a\n")
    read(PROFILE + SOURCE + RULE + RULE.replace("rule.a", "rule.b").replace("#a", "aa"))
    for _ in range(2):
        result = run("run", "--json")
        assert result.exit_code == 1
        assert [problem["where"] for problem in json.loads(result.stdout)["problems"]] == ["rule.b"]
        assert "error[F012]: unknown definition 'aa'" in result.stderr
        assert "Traceback" not in result.stderr
    read(PROFILE + SOURCE + RULE + "[rule.b]\nenabled = false\n" + RULE.split("\n", 1)[1])
    assert run("run").exit_code == 0


def test_a_rule_beside_a_faulty_one_does_its_work(home):
    (home / "notes.md").write_text("## Nordik <julie@nordik.ca>\n- 2026-11-09 09:00 #a\n")
    read(PROFILE + SOURCE + RULE + RULE.replace("rule.a", "rule.b").replace('"#a"', "5"))
    result = run("run", "--json")
    assert [change["rule"] for change in json.loads(result.stdout)["changes"]] == ["a"]
    assert result.exit_code == 1


def test_an_output_that_is_missing_is_one_problem_for_each_type_and_no_reason_to_stop(home):
    config = read("packs = ['interview']\n" + PROFILE)
    assert [problem.code for problem in config.problems] == ["F019", "F019"]
    assert not config.fatal


def test_a_faulty_output_is_not_told_again_by_every_rule(home):
    config = read("packs = ['interview']\n" + PROFILE + "[outputs.a]\nplugin = 'emll'\npath = 'x'\n")
    assert [problem.code for problem in config.problems] == ["F012"]


def test_a_plugin_that_is_switched_off_is_not_loaded(home):
    config = read(PROFILE + "[plugins]\ndisabled = ['ics']")
    assert config.problems == ()
    assert "ics" not in config.registry.sources
    assert [plugin.state for plugin in config.registry.plugins if plugin.name == "ics"] == ["disabled"]


def test_a_pack_that_is_switched_off_says_so(home):
    (problem,) = read("packs = ['interview']\n" + PROFILE + "[plugins]\ndisabled = ['interview']").problems
    assert "switched off in [plugins]: interview" in problem.hint


def test_the_fingerprint_tells_whether_the_same_events_could_be_judged_otherwise(home):
    (home / "mine.toml").write_text(RULE)
    text = "rules = ['mine.toml']\n" + PROFILE
    before = read(text).fingerprint
    assert read(text).fingerprint == before
    assert read(text + "# a remark").fingerprint != before
    (home / "mine.toml").write_text(RULE + "enabled = false\n")
    assert read(text).fingerprint != before


def test_a_run_with_nothing_to_do_loads_no_heavy_library(home):
    read("packs = ['interview']\n" + PROFILE.replace("[store]", "holidays = 'CA-QC'\n[store]") + SOURCE
         + "[outputs.t]\nplugin = 'todotxt'\npath = 't'\n[outputs.d]\nplugin = 'eml'\npath = 'd'\n")  # fmt: skip
    heavy = ["holidays", "babel", "rich", "jinja2", "icalendar", "recurring_ical_events", "publicsuffixlist"]
    code = f"import sys; from followup_rules import cli\ntry: cli.main(['--config', 'config.toml', 'run'])\nexcept SystemExit as e: print(e.code, [name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env={**os.environ})
    assert (ran.stdout, ran.stderr) == ("0 []\n", "")


# -- options of plugins


@dataclass(frozen=True)
class Options:
    path: Path
    more: tuple[Path, ...] = ()
    names: frozenset[str] = frozenset()
    depth: int = 1
    share: float = 0.5
    wait: timedelta = timedelta(minutes=1)
    token: str | None = None
    deep: bool = False
    level: int = field(default=1)

    def __post_init__(self):
        if self.depth > 9:
            raise ValueError("depth goes up to 9")


def options_of(text):
    document = parse(f"[sources.a]\n{text}", "config.toml")
    assert isinstance(document, Document), document
    problems = []
    value = Value(document.tables["sources"]["a"], document, ("sources", "a"), problems)
    return options.read(Options, value, Path("/base")), problems


def test_options_are_read_by_their_types():
    found, problems = options_of(
        "path = 'a'\nmore = ['b', '/c']\nnames = 'x'\ndepth = 2\nshare = 1\nwait = '2 hours'\ntoken = 't'\ndeep = true"
    )
    assert problems == []
    assert found == Options(
        Path("/base/a"), (Path("/base/b"), Path("/c")), frozenset({"x"}), 2, 1.0, timedelta(hours=2), "t", deep=True
    )


def test_options_have_the_defaults_of_their_class():
    assert options_of("path = 'a'") == (Options(Path("/base/a")), [])


@pytest.mark.parametrize(
    ("text", "line", "code", "says"),
    [
        ("path = 1", 2, "F011", "'path' must be a text in quotes, not 1"),
        ("path = 'a'\nmore = ['b', 1]", 3, "F011", "'more' must be a text"),
        ("path = 'a'\nmore = ['$NO_SUCH']", 3, "F020", "$NO_SUCH"),
        ("path = 'a'\ndepth = '1'", 3, "F011", "a whole number"),
        ("path = 'a'\ndepth = true", 3, "F011", "a whole number"),
        ("path = 'a'\nshare = '1'", 3, "F011", "a decimal number"),
        ("path = 'a'\ndeep = 1", 3, "F011", "true or false"),
        ("path = 'a'\nwait = 5", 3, "F011", "'wait' must be a text"),
        ("path = 'a'\nwait = 'long'", 3, "F014", "no length of time"),
        ("path = 'a'\ntoken = 5", 3, "F011", "'token' must be a text"),
        ("path = 'a'\ndepht = 5", 3, "F010", "unknown key 'depht'"),
        ("pth = 'a'", 2, "F010", "unknown key 'pth'"),
        ("depth = 1", 1, "F013", "'path' is missing"),
        ("path = 'a'\ndepth = 10", 1, "F011", "depth goes up to 9"),
    ],
)
def test_options_that_are_wrong(text, line, code, says):
    found, (problem,) = options_of(text)
    assert found is None
    assert (problem.code, problem.line, problem.where) == (code, line, "sources.a")
    assert says in problem.message


pieces = st.sampled_from([
    "[profile]\n", "me = ", '["me@example.org"]', "timezone = ", '"America/Toronto"', "\n", "[store]\n", "path = ", '"x"',
    "[sources.a]\n", "plugin = ", '"ics"', "packs = ", '["interview"]', "[rule.a]\n", 'on = "#a"\n', "1", "[[case]]\n", "é",
    "do = ", '{ type = "notice", title = "x" }', "[define]\n", "rules = ", '["config.toml"]', "[plugins]\n", "disabled = ", "\0",
])  # fmt: skip


@given(st.lists(pieces, max_size=14).map("".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_whatsoever_makes_the_config_raise(home, text):
    config = read(text)
    assert config.fatal or config.rulebook is not None
    for problem in config.problems:
        assert problem.message
        assert problem.code
