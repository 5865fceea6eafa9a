"""Where rules and what their texts need come from: packs in folders, the version of the language, `[vars]`, languages."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli
from followup_rules.config.read import read_config
from tests.support.configs import PROFILE

RULE = '[rule.{0}]\non = "#{0}"\ndo = {{ type = "notice", template = "hello" }}\n'
NOTES = '[sources.notes]\nplugin = "notes"\npath = "notes.md"\n[store]\npath = "f.db"\n'
NOW = ("--now", "2026-11-10T12:00")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("## Nordik <julie@nordik.ca>\n- 2026-11-10 10:00 #a One\n")
    return tmp_path


def pack(name, rules, **templates):
    folder = Path("packs", name)
    (folder / "templates").mkdir(parents=True)
    (folder / "rules.toml").write_text(rules)
    for template, title in templates.items():
        (folder / "templates" / f"{template.replace('_', '.')}.txt").write_text(f"{title}\n\nText.\n")
    return f"./packs/{name}"


def read(text):
    Path("config.toml").write_text(text)
    return read_config(Path("config.toml"))


def told(text):
    """Return (code, line, fatal, message and hint) of each problem of a config."""
    return [(p.code, p.line, p.fatal, f"{p.message}; {p.hint}") for p in read(text).problems]


def followup(*arguments):
    result = CliRunner().invoke(cli, ["--config", "config.toml", *arguments, "--json", *NOW])
    return result.exit_code, json.loads(result.stdout)


def made(config):
    Path("config.toml").write_text(config)
    code, report = followup("run")
    assert code == 0, report["problems"]
    return {change["rule"]: change["title"] for change in report["changes"]}


# -- packs in folders


def test_a_folder_with_rules_and_templates_is_a_pack(home):
    first = pack("first", RULE.format("a"), hello_en="Hello of {{ it.title }}")
    assert made(f'packs = ["{first}"]\n{PROFILE}{NOTES}') == {"a": "Hello of One"}


def test_a_later_pack_goes_over_an_earlier_one_in_rules_and_in_texts(home):
    first = pack("first", RULE.format("a") + RULE.format("b"), hello_en="First")
    second = pack("second", '[rule.a]\nopens = "start - 1 day"\n', hello_en="Second")
    config = f"{PROFILE}{NOTES}"
    assert made(f'packs = ["{first}", "{second}"]\n{config}') == {"a": "Second"}
    (home / "f.db").unlink()
    (home / "templates").mkdir()
    (home / "templates" / "hello.en.txt").write_text("Mine\n\nText.\n")
    assert made(f'packs = ["{first}", "{second}"]\n{config}') == {"a": "Mine"}


def test_a_pack_may_lie_anywhere(home, monkeypatch):
    pack("team", RULE.format("a"), hello_en="Team")
    monkeypatch.setenv("HOME", str(home / "packs"))
    monkeypatch.setenv("WORK", str(home / "packs"))
    for named in ("packs/team", "./packs/team/", "~/team", "$WORK/team", str(home / "packs" / "team")):
        config = read(f'packs = ["{named}"]\n{PROFILE}')
        assert not config.problems
        assert list(config.rulebook.rules.rules) == ["a"]


def test_a_problem_in_it_is_told_with_its_file_and_line(home):
    team = pack("team", '\n[rule.a]\nopns = "end"\n' + RULE.format("a").partition("\n")[2], hello_en="Team")
    (problem,) = read(f'packs = ["{team}"]\n{PROFILE}').problems
    assert (problem.file, problem.line, problem.code, problem.fatal) == ("./packs/team/rules.toml", 3, "F010", False)


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("./packs/taem", 'is no folder; did you mean "team"?'),
        ("./packs/nothing-like-it", "is no folder; a pack is a folder with rules.toml"),
        ("./packs", "holds no rules.toml"),
        ("./notes.md", "is no folder"),
    ],
)
def test_one_that_is_not_there_stops_nothing_else(home, named, says):
    pack("team", "")
    (problem,) = read(f'packs = ["{named}"]\n{PROFILE}{NOTES}').problems
    assert (problem.code, problem.line, problem.fatal) == ("F002", 1, False)
    assert says in f"{problem.message}; {problem.hint}"
    own = RULE.format("a").replace('template = "hello"', 'title = "x"')
    Path("config.toml").write_text(f'packs = ["{named}"]\n{PROFILE}{NOTES}{own}')
    code, report = followup("run")
    assert (code, [change["rule"] for change in report["changes"]]) == (1, ["a"])


def test_what_the_rules_of_a_lost_folder_made_is_left_alone(home):
    task = RULE.format("a").replace("notice", "task")
    team = pack("team", task, hello_en="Team")
    output = '[outputs.tasks]\nplugin = "todotxt"\npath = "todo.txt"\n'
    assert made(f'packs = ["{team}"]\n{PROFILE}{NOTES}{output}') == {"a": "Team"}
    Path("packs/team").rename("packs/elsewhere")
    code, report = followup("run")
    assert (code, report["changes"]) == (1, [])
    assert "Team" in Path("todo.txt").read_text()


def test_a_folder_that_is_named_like_a_plugins_pack_is_told_how_to_name_it(home):
    Path("team").mkdir()
    Path("team", "rules.toml").write_text("")
    ((code, line, fatal, says),) = told(f'packs = ["team"]\n{PROFILE}')
    assert (code, line, fatal) == ("F012", 1, True)
    assert 'write "./team"' in says


# -- the version of the language


def test_this_version_may_be_required_in_every_file_of_rules(home):
    own = f"requires = 1\n{RULE.format('b')}"
    Path("mine.toml").write_text(own)
    team = pack("team", f"requires = 1\n{RULE.format('a')}", hello_en="x")
    config = read(f'requires = 1\npacks = ["{team}"]\nrules = ["mine.toml"]\n{PROFILE}')
    assert not config.problems
    assert list(config.rulebook.rules.rules) == ["a", "b"]


@pytest.mark.parametrize(
    ("required", "code", "says"),
    [
        ("2", "F022", "it is written for version 2 of the rule language, and this is version 1; update followup-rules"),
        ("0", "F022", "write requires = 1"),
        ('"1"', "F011", "must be a whole number"),
        ("true", "F011", "must be a whole number"),
    ],
)
@pytest.mark.parametrize("where", ["config", "file", "pack"])
def test_rules_for_another_version_are_not_followed_at_all(home, required, code, says, where):
    text = f"requires = {required}\n"
    Path("mine.toml").write_text(text * (where == "file"))
    team = pack("team", text * (where == "pack"))
    config = f'{text * (where == "config")}packs = ["{team}"]\nrules = ["mine.toml"]\n{PROFILE}'
    ((found, line, fatal, told_so),) = told(config)
    assert (found, line, fatal) == (code, 1, True)
    assert says in told_so
    assert followup("run")[0] == 2


# -- [vars] and the languages of texts


@pytest.mark.parametrize(
    ("table", "code", "says"),
    [
        ("[vars]\nphone = []", "F011", "'phone' must be a text in quotes or a whole number"),
        ("[vars]\nphone.home = '1'", "F011", "'phone' must be a text"),
        ("[vars]\nmy-phone = '1'", "F011", "'my-phone' cannot be the name"),
        ("[vars]\n_x = '1'", "F011", "'_x' cannot be the name"),
        ("[[vars]]\nx = '1'", "F011", "'vars' must be a table"),
        ("[case.a]\nlanguage = 'de'", "F012", "unknown language 'de'; one of: en, fr"),
        ("[rule.a]\nlanguage = 'fra'\non = '#a'\ndo = { type = 'notice', title = 'x' }", "F012", 'did you mean "fr"'),
        ("[rule.a]\non = '#a'\ndo = { type = 'notice', title = 'x', language = 'e' }", "F012", "one of: en, fr"),
    ],
)
def test_a_value_or_a_language_that_cannot_be_is_told(home, table, code, says):
    ((found, _, _, told_so),) = told(PROFILE + table)
    assert found == code
    assert says in told_so


def test_a_text_speaks_the_language_of_the_action_else_the_rules_else_the_cases_else_the_users(home):
    words = 'type = "notice", title = "{{ due|day }}"'
    rules = "".join(
        f"[rule.{name}]\non = '#a'\n{more}do = {{ {words}{of_do} }}\n"
        for name, more, of_do in (
            ("plain", "", ""),
            ("of-rule", "language = 'en'\n", ""),
            ("of-do", "language = 'en'\n", ", language = 'fr'"),
        )
    )
    english = made(PROFILE + NOTES + rules)
    assert english == {"plain": "Tuesday, November 10", "of-rule": "Tuesday, November 10", "of-do": "mardi 10 novembre"}
    (home / "f.db").unlink()
    label = '[case."the client"]\npeople = ["julie@nordik.ca"]\nlanguage = "fr"\n'
    assert made(PROFILE + NOTES + rules + label)["plain"] == "mardi 10 novembre"
    assert followup("check")[1]["problems"] == []


def test_a_template_is_needed_in_each_language_that_some_case_speaks(home):
    team = pack("team", RULE.format("a"), hello_fr="Bonjour")
    config = f'packs = ["{team}"]\n{PROFILE}{NOTES}'
    Path("config.toml").write_text(config)
    code, found = followup("check")
    assert (code, [each["where"] for each in found["problems"]]) == (1, ["rule.a"])
    assert "write hello.en.txt" in found["problems"][0]["message"]
    Path("config.toml").write_text(config + "[rule.a]\nlanguage = 'fr'\n")
    assert followup("check") == (0, {**followup("check")[1], "problems": []})
    assert followup("run")[1]["changes"][0]["title"] == "Bonjour"


def test_a_value_that_a_text_needs_and_the_config_lacks_breaks_that_rule_alone(home):
    rule = "[rule.{0}]\non = '#a'\ndo = {{ type = 'notice', title = '{1}' }}\n"
    config = PROFILE + NOTES + rule.format("needs", "{{ vars.phone }}") + rule.format("fine", "x")
    Path("config.toml").write_text(config)
    code, report = followup("run")
    assert (code, [change["rule"] for change in report["changes"]]) == (1, ["fine"])
    assert {each["rule"]: each["state"] for each in report["decisions"]}["needs"] == "broken"
    assert made(config + "[vars]\nphone = '514 555-0142'\n") == {"needs": "514 555-0142"}


# -- information


def test_a_table_that_may_be_a_mishap_is_told_by_check_alone_and_fails_nothing(home):
    team = pack("team", RULE.format("a"), hello_en="Team")
    own = "[rule.a]\non = '#a'\ndo = { type = 'notice', title = 'x' }\n"
    Path("config.toml").write_text(f'packs = ["{team}"]\n{PROFILE}{NOTES}{own}')
    code, found = followup("check")
    assert (code, [(each["severity"], each["where"]) for each in found["problems"]]) == (0, [("info", "rule.a")])
    for verb in ("plan", "run", "run"):
        code, report = followup(verb)
        assert (code, report["problems"]) == (0, [])
