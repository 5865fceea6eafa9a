"""`followup auth`: what a login is told of the config, and what the user is told of it."""

import json
import sys

import pytest

from tests.support.installed import install
from tests.support.storybook import CONFIG, call

CODE = """
from followup_rules import Login, Unreadable, hookimpl

def log_in(tables, profile, browser):
    if not browser:
        raise Unreadable("somebody must open a browser")
    return f"{profile.name} uses {', '.join(sorted(tables))}"

@hookimpl
def register_logins():
    return [Login("post", "Letters", log_in)]
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    install(tmp_path, "post", CODE)
    yield tmp_path
    sys.modules.pop("post", None)


def test_a_login_knows_what_the_config_uses(place):
    found = call(place, "auth", "post")
    assert (found.exit_code, found.stdout) == (
        0,
        "Camille uses outputs.drafts, outputs.tasks, sources.calendar, sources.notes, sources.sent\n",
    )


def test_what_went_wrong_is_a_sentence(place):
    found = call(place, "auth", "post", "--no-browser")
    assert found.exit_code == 1
    assert "error[F053]" in found.stderr
    assert "somebody must open a browser" in found.stderr


def test_without_a_name_it_lists_what_there_is(place):
    assert "followup auth post: Letters\n" in call(place, "auth").stdout


def test_a_misspelt_name_gets_the_nearest_one(place):
    found = call(place, "auth", "pots", "--json")
    assert found.exit_code == 2
    (problem,) = json.loads(found.stdout)["problems"]
    assert "post" in problem["hint"]


def test_the_list_of_plugins_names_it(place):
    assert "login post: Letters" in call(place, "plugins").stdout
