"""The command speaks the language of the config, or else of the locale; in one call English never leaks into another."""

import json

import pytest
from click.testing import CliRunner

from followup_rules.cli import cli

BROKEN = "me = ["
NO_FILE = "ce fichier ou ce dossier n’existe pas"


@pytest.fixture
def speaking(monkeypatch, tmp_path):
    """Call a command with a config (or none) where only the locale is set."""
    for name in ("FOLLOWUP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def call(*arguments, config=None, **locale):
        for name, value in locale.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "config.toml").write_text(config or "")
        where = ["--config", str(tmp_path / "config.toml")] if config else []
        return CliRunner().invoke(cli, [*where, *arguments])

    return call


@pytest.mark.parametrize(
    ("config", "locale", "french"),
    [
        ('[profile]\nlanguage = "fr"', {"LANG": "en_CA.UTF-8"}, True),
        ('[profile]\nlanguage = "en"', {"LANG": "fr_CA.UTF-8"}, False),
        (None, {"LANG": "fr_CA.UTF-8"}, True),
        (None, {"LANG": "fr_CA.UTF-8", "LC_ALL": "C"}, False),
        (None, {"LANG": "de_DE.UTF-8"}, False),
        (None, {}, False),
        (BROKEN, {"LANG": "fr_CA.UTF-8"}, True),
        ('profile = "fr"', {}, False),
        ('[profile]\nlanguage = "fr"', {"FOLLOWUP_LANGUAGE": "en"}, False),
    ],
)
def test_the_language_is_that_of_the_config_or_the_locale(speaking, config, locale, french):
    said = speaking("plan", "--help", config=config, **locale).output
    assert ("Afficher cette aide." in said) is french
    assert ("Show this message" in said) is not french


def test_help_and_its_headings_are_french(speaking):
    said = speaking("--help", LANG="fr_CA.UTF-8").output
    assert said.startswith("Usage\xa0: cli [OPTIONS] COMMAND [ARGS]...\n")
    assert "Montrer ce qui vient, par date." in said
    assert "Commandes\xa0:" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["explian"], "Erreur\xa0: La commande 'explian' n’existe pas. Vouliez-vous dire 'explain'\xa0?"),
        (["plan", "--nwo", "x"], "Erreur\xa0: L’option '--nwo' n’existe pas. Vouliez-vous dire '--now'\xa0?"),
        (
            ["plan", "--jsn"],
            "Erreur\xa0: L’option '--jsn' n’existe pas. (Vouliez-vous dire l’une de celles-ci\xa0: '--json', '--now'\xa0?)",
        ),
        (
            ["agenda", "--days", "-3"],
            "Erreur\xa0: Valeur qui ne va pas pour '--days'\xa0: -3 n’est pas entre 0 et 3660.",
        ),
        (["mark"], "Erreur\xa0: Il manque l’argument 'CASE'."),
        (
            ["agenda", "--days", "x"],
            "Erreur\xa0: Valeur qui ne va pas pour '--days'\xa0: 'x' n’est pas un nombre entier.",
        ),
        (["run", "--now"], "Erreur\xa0: L’option '--now' demande une valeur."),
        (
            ["test", "none.toml"],
            "Erreur\xa0: Valeur qui ne va pas pour '[FILE...]'\xa0: Le fichier 'none.toml' n’existe pas.",
        ),
        (
            ["init", "--json", "x"],
            "Erreur\xa0: Argument inattendu\xa0: x",
        ),
    ],
)
def test_what_click_says_of_a_wrong_call_is_french(speaking, arguments, told):
    done = speaking(*arguments, LANG="fr_CA.UTF-8")
    assert (done.exit_code, done.output.strip().splitlines()[-1]) == (2, told)


def test_a_call_of_nothing_shows_the_help_and_calls_that_no_error(speaking):
    done = speaking()
    assert (done.exit_code, done.output) == (2, speaking("--help").output)


def test_an_option_without_its_value_is_told_of_its_command(speaking):
    assert speaking("run", "--now").output.startswith("Usage: cli run [OPTIONS]\n")


def test_json_keeps_the_english_and_stderr_speaks_to_people(speaking):
    done = speaking("plan", "--json", LANG="fr_CA.UTF-8")
    assert "cannot be read" in json.loads(done.stdout)["problems"][0]["message"]
    assert "1 erreur" in done.stderr
