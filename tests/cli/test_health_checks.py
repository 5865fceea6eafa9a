"""What the health check of a plugin tells: in full by `followup doctor --NAME`, what is wrong by `followup check`."""

import json
import sys

import pytest

from tests.support.installed import install
from tests.support.storybook import CONFIG, call

CODE = """
from followup_rules import Fact, HealthCheck, Unreadable, hookimpl

def examine(tables, profile, everything):
    if profile.name == "Nobody":
        raise Unreadable("the post office is closed; come back on Monday")
    yield Fact("outputs.drafts", f"{len(tables)} letters", "the stamps\\nare old", "buy new ones")
    if everything:
        yield Fact("post", "open until five")
        yield OTHER

@hookimpl
def register_health_checks():
    return [HealthCheck("post", "Letters", examine)]
"""
FINE = CODE.replace("        yield OTHER\n", "")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    yield tmp_path
    sys.modules.pop("post", None)


def test_the_doctor_tells_all_and_nothing_else(place):
    install(place, "post", FINE)
    found = json.loads(call(place, "doctor", "--post", "--json").stdout)
    assert [(each["area"], each["fact"], each["state"]) for each in found["findings"]] == [
        ("outputs.drafts", "5 letters", "warning"),
        ("post", "open until five", "fine"),
    ]


def test_check_warns_of_what_is_wrong_and_exits_with_0(place):
    install(place, "post", FINE)
    found = call(place, "check")
    assert "warning[F065]: outputs.drafts: the stamps are old" in found.stderr
    assert "buy new ones" in found.stderr
    assert "open until five" not in found.output


def test_a_service_that_cannot_be_asked_is_told_by_the_doctor_and_not_by_check(place):
    install(place, "post", FINE)
    (place / "config.toml").write_text(CONFIG.replace('name = "Camille"', 'name = "Nobody"'))
    found = call(place, "doctor", "--post")
    assert "the post office is closed; come back on Monday" in found.stderr
    assert found.exit_code == 1
    assert "closed" not in call(place, "check").output


@pytest.mark.parametrize(("other", "said"), [("OTHER", "NameError"), ("'nonsense'", "str where a Fact belongs")])
def test_a_health_check_that_fails_or_tells_nonsense_is_named(place, other, said):
    install(place, "post", CODE.replace("OTHER", other))
    assert said in call(place, "doctor", "--post").stderr


def test_a_misspelt_service_gets_the_nearest_one(place):
    install(place, "post", FINE)
    found = call(place, "doctor", "--pots")
    assert found.exit_code == 2
    assert '"--post"' in found.output


def test_the_list_of_plugins_names_it(place):
    install(place, "post", FINE)
    assert "health-check post: Letters" in call(place, "plugins").stdout
