"""What the Tab key offers, as the shell asks for it."""

import subprocess

import pytest
from click.shell_completion import BashComplete

from followup_rules.cli import cli
from followup_rules.cli.bash_completion import Bash
from tests.support.storybook import Story


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    story = Story(tmp_path_factory.mktemp("completion"))
    story.visit("I1", "2026-11-09 10:00", title="Entrevue Nordik")
    story.visit("I2", "2026-11-20 10:00", title="Entrevue mystère", who=(), description="#interview")
    story.run("2026-11-09T18:00")
    return story


def offered(story, *words):
    complete = BashComplete(cli, {}, "followup", "_FOLLOWUP_COMPLETE")
    *before, begun = words
    given = ["--config", str(story.folder / "config.toml"), *before]
    return [item.value for item in complete.get_completions(given, begun)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("deb",), ["debrief"]),
        (("explain", "nor"), ["nordik.ca"]),
        (("note", "Entrevue"), ["Entrevue mystère"]),
        (("note", "nordik", "#promi"), ["#promise"]),
        (("mark", "nordik", "inter"), ["interview"]),
        (("rules", "quiet"), ["quiet-period"]),
        (("done", "nordik.ca/th"), ["nordik.ca/thank-you"]),
        (("done", "nordik/f"), ["nordik/fit", "nordik/follow-up-call"]),
        (("dismiss", "thank-you/nordik"), ["thank-you/nordik.ca@2026-11-09"]),
        (("snooze", "nor"), ["nordik.ca"]),
        (("snooze", "nordik/th"), ["nordik/thank-you"]),
    ],
)
def test_what_is_begun_is_completed(story, words, expected):
    assert offered(story, *words) == expected


def test_nothing_is_offered_where_the_config_cannot_be_read(story, tmp_path, capfd):
    complete = BashComplete(cli, {}, "followup", "_FOLLOWUP_COMPLETE")
    assert complete.get_completions(["--config", str(tmp_path / "none.toml"), "explain"], "") == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("followup dismiss thank-you/nordik.ca@2026", ["2026-11-09"]),  # bash breaks words at the @
        ("followup dismiss thank-you/nordik", ["thank-you/nordik.ca@2026-11-09"]),
        ('followup dismiss "thank-you/nordik.ca@2026', ["thank-you/nordik.ca@2026-11-09"]),
        ("followup note nordik #promi", [r"\#promise"]),
        ("followup note 'Entrevue m", ["Entrevue mystère"]),
        ("followup note Entrevue", [r"Entrevue\ mystère"]),
        ("followup mark nordik ", ["interview", "no-show", "not-interview"]),
    ],
)
def test_bash_gets_what_it_puts_into_the_line(story, monkeypatch, line, expected):
    monkeypatch.setenv("COMP_LINE", line.replace("followup", f"followup --config {story.folder / 'config.toml'}", 1))
    monkeypatch.setenv("COMP_WORDBREAKS", " \t\n\"'@><=;|&(:")
    told = Bash(cli, {}, "followup", "_FOLLOWUP_COMPLETE").complete()
    assert sorted(row.partition(",")[2] for row in told.splitlines()) == expected


def test_a_bash_understands_its_script():
    script = Bash(cli, {}, "followup", "_FOLLOWUP_COMPLETE").source()
    assert "COMP_WORDBREAKS" in script
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
