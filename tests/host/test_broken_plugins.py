"""A table whose plugin is broken, or whose name two plugins offer, is blind by itself; everything else goes on."""

import json
import textwrap

import pytest

from tests.support.installed import install
from tests.support.storybook import CONFIG, Story, call

GOOD = """
from dataclasses import dataclass
from followup_rules import OutputType, Pull, SourceType, hookimpl

@dataclass
class Options:
    pass

class Calls:
    def __init__(self, *_): pass
    def pull(self, since, cursor): return Pull(complete=True)

@hookimpl
def register_sources(): return [SourceType("{name}", "", ("call",), Options, Calls)]
"""


@pytest.fixture
def story(tmp_path, monkeypatch):
    place = tmp_path / "plugins"
    place.mkdir()
    monkeypatch.syspath_prepend(place)

    def told(table, **plugins):
        for name, code in plugins.items():
            install(place, name, textwrap.dedent(code))
        story = Story(tmp_path / "story", base=CONFIG + table)
        story.visit("I1", "2026-11-09 10:00")
        return story

    return told


def ran(story):
    found = call(story.folder, "run", "--now", "2026-11-09 12:00", "--json")
    report = json.loads(found.stdout)
    return found.exit_code, report["changes"], {problem["where"]: problem["message"] for problem in report["problems"]}


def test_a_name_that_nobody_offers_may_be_one_of_a_broken_plugin_whatever_its_entry_point_is_called(story):
    exit_code, changes, problems = ran(story('[sources.phone]\nplugin = "calls"\n', telephony="import nosuchlibrary"))
    assert exit_code == 1
    assert changes == []  # it could show any kind of event, so nothing that relies on absence is decided
    assert 'the plugin "telephony" of telephony 1.0 is broken' in problems["sources.phone"]


def test_an_output_of_a_broken_plugin_waits_and_the_others_get_theirs(story):
    exit_code, changes, problems = ran(story('[outputs.pager]\nplugin = "page"\n', paging="import nosuchlibrary"))
    assert exit_code == 1
    assert {change["output"] for change in changes} == {"drafts", "tasks"}
    assert "is broken" in problems["outputs.pager"]


def test_where_no_plugin_is_broken_an_unknown_name_stops_the_run(story):
    told = story('[sources.phone]\nplugin = "calls"\n')
    found = call(told.folder, "run", "--now", "2026-11-09 12:00")
    assert found.exit_code == 2
    assert "unknown plugin 'calls'" in found.stderr


def test_two_plugins_of_one_name_are_both_blind_and_named(story):
    table = '[sources.phone]\nplugin = "calls"\n'
    exit_code, _, problems = ran(story(table, one=GOOD.format(name="calls"), two=GOOD.format(name="calls")))
    assert exit_code == 1
    assert 'the plugin "one" of one 1.0 and by the plugin "two" of two 1.0' in problems["sources.phone"]


def test_a_pack_of_a_broken_plugin_is_told_and_what_its_rules_made_stays(story, tmp_path):
    pack = """
    from pathlib import Path
    from followup_rules import Pack, hookimpl
    @hookimpl
    def register_packs(): return [Pack("mine", "", str(Path(__file__).parent / "mine"))]
    """
    (tmp_path / "plugins/mine").mkdir()
    rule = '[rule.ask]\nwhy = "I asked."\non = "#issue"\nopens = "start"\ndo = { type = "task", title = "Ask" }\n'
    (tmp_path / "plugins/mine/rules.toml").write_text(rule)
    told = story("", mypack=pack)
    told.config()
    config = told.folder / "config.toml"
    config.write_text(config.read_text().replace('packs = ["interview"]', 'packs = ["interview", "mine"]'))
    told.note("2026-11-09 11:30 #issue the tulips")
    assert "ask" in {change["rule"] for change in ran(told)[1]}
    (tmp_path / "plugins/mine/rules.toml").unlink()
    told.note("2026-11-09 11:40 #fit yes")
    exit_code, changes, problems = ran(told)
    assert exit_code == 1
    assert [change["rule"] for change in changes if change["op"] == "withdraw"] == ["fit"]
    assert "mine/rules.toml cannot be read" in " ".join(problems.values())
