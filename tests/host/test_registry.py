"""Plugins: real small distributions on the path, good ones, broken ones, and ones that get in each other's way."""

import importlib
import json
import subprocess
import sys
from importlib.metadata import distributions
from textwrap import dedent

import click
import pytest
from click.testing import CliRunner

from followup_rules import SourceType
from followup_rules.host.registry import load

SOURCE = """
    from dataclasses import dataclass
    from followup_rules import SourceType, hookimpl

    @dataclass
    class Options:
        path: str

    @hookimpl
    def register_sources():
        yield SourceType("{name}", "Paper", ("note",), Options, lambda options, context: None)
"""
COMMAND = """
    import click
    from followup_rules import hookimpl

    @hookimpl
    def register_commands(cli):
        @cli.command()
        def {name}():
            click.echo("from {module}")
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Write a distribution with one plugin module into a folder on the path, and return the plugins' folder."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(
        module,
        code,
        *,
        entry="",
        distribution="",
        metadata="Metadata-Version: 2.1\nName: {0}\nVersion: 1.5\n",
        points=None,
    ):
        name = distribution or module.replace("_", "-")
        (tmp_path / f"{module}.py").write_text(dedent(code), encoding="utf-8")
        info = tmp_path / f"{name.replace('-', '_')}-1.5.dist-info"
        info.mkdir()
        if metadata:
            (info / "METADATA").write_text(metadata.format(name))
        (info / "entry_points.txt").write_text(points or f"[followup_rules]\n{entry or module} = {module}\n")
        importlib.invalidate_caches()
        return tmp_path

    return write


@pytest.fixture
def found(tmp_path, install):
    """Load the plugins of the test alone."""

    def read(*disabled):
        points = [point for own in distributions(path=[str(tmp_path)]) for point in own.entry_points]
        return load(disabled, entry_points=points)

    return read


def one(registry):
    (plugin,) = registry.plugins
    return plugin


def test_the_built_in_plugins_are_found_like_any_other():
    registry = load()
    assert {"ics", "interview", "mailbox", "notes", "todotxt"} <= {plugin.name for plugin in registry.plugins}
    notes = next(plugin for plugin in registry.plugins if plugin.name == "notes")
    assert (notes.distribution, notes.state) == ("followup-rules", "ok")


def test_an_installed_plugin_adds_its_source_beside_the_built_in_ones(install):
    install("paper", SOURCE.format(name="paper"))
    registry = load()
    paper = next(plugin for plugin in registry.plugins if plugin.name == "paper")
    assert (paper.distribution, paper.version, paper.state, paper.error) == ("paper", "1.5", "ok", "")
    assert paper.adds == ("source paper",)
    assert registry.sources["paper"].summary == "Paper"
    assert len(registry.plugins) > 1


def test_every_kind_of_thing_can_be_added(install, found):
    install(
        "much",
        """
        from dataclasses import dataclass
        from followup_rules import Check, OutputType, Pack, SourceType, hookimpl

        @dataclass
        class Options:
            path: str

        @hookimpl
        def register_sources():
            return [SourceType("one", "", (), Options, print), SourceType("two", "", (), Options, print)]

        @hookimpl
        def register_outputs():
            return (OutputType("one", "", ("task",), Options, print),)

        @hookimpl
        def register_packs():
            return [Pack("landlord", "", "/there")]

        @hookimpl
        def register_checks():
            return [Check("remote", "", lambda event: True)]

        @hookimpl
        def register_commands(cli):
            pass
        """,
    )
    registry = found()
    assert one(registry).adds == ("source one", "source two", "output one", "pack landlord", "check remote", "commands")
    assert (set(registry.sources), set(registry.outputs)) == ({"one", "two"}, {"one"})
    assert (set(registry.packs), set(registry.checks), registry.problems) == ({"landlord"}, {"remote"}, ())


def test_a_disabled_plugin_is_listed_and_not_loaded(install, found):
    install("paper", 'raise SystemExit("loaded")')
    plugin = one(found("paper"))
    assert (plugin.name, plugin.state, plugin.error, plugin.distribution) == ("paper", "disabled", "", "paper")
    assert "paper" not in sys.modules


HOOK = "from followup_rules import SourceType, hookimpl\n"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("def broken(:\n  pass", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)", "it tried to end the program: SystemExit: 3"),
        ("raise SystemExit", "it tried to end the program"),
        ("raise KeyboardInterrupt", "it tried to end the program: KeyboardInterrupt"),
        ("x = 1", "it adds nothing: none of its functions is a hook (register_sources, "),
        ("raise GeneratorExit('odd')", "GeneratorExit: odd"),
        ("class Mine(BaseException): pass\nraise Mine('end')", "Mine: end"),
        ("def f(): f()\nf()", "RecursionError"),
        ("raise ValueError('a\\nb\\x1b[31mc')", "ValueError: a b [31mc"),
        (
            HOOK + "print('hello\\nyou')\n@hookimpl\ndef register_packs(): return []",
            "it prints while it is loaded: hello you",
        ),
        (HOOK + "@hookimpl\ndef register_sources(): print('x'); return []", "it prints while it is loaded: x"),
        (
            HOOK + "@hookimpl\ndef register_source(): return []",
            'no hook "register_source": did you mean "register_sources"?',
        ),
        (
            HOOK + "@hookimpl\ndef register_everything(): return []",
            'no hook "register_everything": one of: register_checks,',
        ),
        (HOOK + "@hookimpl\ndef register_commands(group): pass", "register_commands must take (cli) and no other"),
        (HOOK + "@hookimpl\ndef register_packs(cli): pass", "register_packs must take () and no other"),
        ("def register_packs(): return []", "register_packs is not marked with @hookimpl"),
        (HOOK + "@hookimpl\ndef register_packs(): yield 1; 1 / 0", "ZeroDivisionError: division by zero"),
        (
            HOOK + "@hookimpl\ndef register_packs(): yield 'interview'",
            "register_packs returned a str where a Pack belongs",
        ),
        (
            HOOK + "@hookimpl\ndef register_sources(): return 1",
            "register_sources must return a list of SourceType, not a int",
        ),
    ],
)
def test_a_broken_plugin_is_kept_with_a_sentence_and_stops_nothing_else(install, found, capsys, code, sentence):
    install("broken", code)
    install("good", SOURCE.format(name="paper"))
    registry = found()
    broken, good = registry.plugins
    assert sentence in broken.error
    assert (broken.state, broken.distribution, broken.version, broken.adds) == ("broken", "broken", "1.5", ())
    assert (good.state, set(registry.sources), registry.problems) == ("ok", {"paper"}, ())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (
            'SourceType("paper", "", (), dict, print)',
            "options of the source \"paper\" must be a dataclass, not <class 'dict'>",
        ),
        (
            'SourceType("paper", "", (), Options("x"), print)',
            'options of the source "paper" must be a dataclass, not Options(',
        ),
        ('SourceType("my paper", "", (), Options, print)', "'my paper' is no name for a source"),
        ('SourceType("", "", (), Options, print)', "'' is no name for a source"),
        ('SourceType(None, "", (), Options, print)', "None is no name for a source"),
        ('SourceType("paper", None, (), Options, print)', 'summary of the source "paper" must be a text'),
        ('SourceType("paper", "", ("note"), Options, print)', 'emits of the source "paper" must be a tuple of texts'),
        ('SourceType("paper", "", (), Options, "print")', 'open of the source "paper" must be a function'),
        ('SourceType("paper", "", (), Options)', "TypeError"),
        ('*[SourceType("paper", "", (), Options, print)] * 2', 'it adds the source "paper" twice'),
    ],
)
def test_a_record_that_cannot_be_used_breaks_its_plugin_with_a_sentence(install, found, record, sentence):
    install(
        "paper",
        f"""
        from dataclasses import dataclass
        from followup_rules import SourceType, hookimpl

        @dataclass
        class Options:
            path: str

        @hookimpl
        def register_sources():
            return [{record}]
        """,
    )
    registry = found()
    assert sentence in one(registry).error
    assert not registry.sources


def test_a_name_that_two_plugins_add_is_used_of_neither(install, found):
    install("paper_a", SOURCE.format(name="paper"))
    install("paper_b", SOURCE.format(name="paper"))
    install("other", SOURCE.format(name="other"))
    registry = found()
    assert set(registry.sources) == {"other"}
    (problem,) = registry.problems
    assert problem.code == "F050"
    assert 'the source "paper"' in problem.message
    assert "paper-a 1.5" in problem.message
    assert "paper-b 1.5" in problem.message
    assert 'disabled = ["paper_a"] or ["paper_b"]' in problem.hint
    assert [plugin.state for plugin in registry.plugins] == ["ok", "ok", "ok"]

    assert set(found("paper_b").sources) == {"other", "paper"}
    assert not found("paper_b").problems


def test_a_source_and_an_output_may_have_one_name(install, found):
    install("paper_a", SOURCE.format(name="paper"))
    code = (
        SOURCE.format(name="paper").replace("SourceType", "OutputType").replace("register_sources", "register_outputs")
    )
    install("paper_b", code)
    registry = found()
    assert (set(registry.sources), set(registry.outputs), registry.problems) == ({"paper"}, {"paper"}, ())


def test_two_plugins_of_one_name_are_both_refused(install, found):
    install("paper_a", SOURCE.format(name="a"), entry="paper")
    install("paper_b", SOURCE.format(name="b"), entry="paper")
    registry = found()
    assert [plugin.state for plugin in registry.plugins] == ["broken", "broken"]
    assert not registry.sources
    (problem,) = registry.problems
    assert (problem.code, "paper-a 1.5" in problem.message, "paper-b 1.5" in problem.message) == ("F050", True, True)


def test_the_order_on_the_path_decides_nothing(install, tmp_path):
    for name in ("zebra", "apple", "mango"):
        install(name, SOURCE.format(name=name))
    points = [point for own in distributions(path=[str(tmp_path)]) for point in own.entry_points]
    names = ["apple", "mango", "zebra"]
    for order in (points, points[::-1]):
        registry = load(entry_points=order)
        assert ([plugin.name for plugin in registry.plugins], list(registry.sources)) == (names, names)


def test_a_distribution_installed_twice_counts_once(install, tmp_path, monkeypatch):
    install("paper", SOURCE.format(name="paper"))
    second = tmp_path / "second"
    (second / "paper-1.4.dist-info").mkdir(parents=True)
    (second / "paper-1.4.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: paper\nVersion: 1.4\n")
    (second / "paper-1.4.dist-info/entry_points.txt").write_text("[followup_rules]\npaper = paper\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(second)])
    papers = [plugin for plugin in load().plugins if plugin.name == "paper"]
    assert [(plugin.version, plugin.state) for plugin in papers] == [("1.5", "ok")]


def test_a_distribution_without_metadata_has_a_plugin_without_a_version(install, found):
    install("paper", SOURCE.format(name="paper"), metadata="")
    plugin = one(found())
    assert (plugin.state, plugin.distribution, plugin.version) == ("ok", "", "")


def test_another_packages_garbled_entry_points_stop_nothing(install):
    install("garbled", "", points="[followup_rules]\nno equals sign here\n")
    install("paper", SOURCE.format(name="paper"))
    registry = load()
    assert "paper" in registry.sources
    assert [(problem.warning, "garbled" in problem.message) for problem in registry.problems] == [(True, True)]


def test_an_entry_point_may_name_an_object_of_a_module(install, found):
    code = """
    from followup_rules import Pack, hookimpl
    class Plugin:
        @hookimpl
        def register_packs(self):
            return [Pack("landlord", "", "/there")]
    plugin = Plugin()
    """
    install("paper", code, points="[followup_rules]\nlandlord = paper:plugin\n")
    assert set(found().packs) == {"landlord"}


@pytest.fixture
def cli():
    group = click.Group()

    @group.command()
    def run():
        click.echo("built in")

    return group


def test_a_plugins_command_runs(install, found, cli):
    install("extra", COMMAND.format(name="extra", module="extra"))
    assert found().register_commands(cli) == ()
    assert CliRunner().invoke(cli, ["extra"]).output == "from extra\n"


def test_a_plugins_command_never_replaces_a_built_in_one(install, found, cli):
    install("evil", COMMAND.format(name="run", module="evil"))
    (problem,) = found().register_commands(cli)
    assert (problem.code, '"run"' in problem.message, "evil 1.5" in problem.message) == ("F050", True, True)
    assert CliRunner().invoke(cli, ["run"]).output == "built in\n"


def test_a_plugin_cannot_take_commands_away(install, found, cli):
    install("evil", COMMAND.format(name="extra", module="evil") + "        cli.commands.clear()\n")
    found().register_commands(cli)
    assert set(cli.commands) == {"run"}


def test_a_command_of_two_plugins_is_used_of_neither(install, found, cli):
    install("one", COMMAND.format(name="extra", module="one"))
    install("two", COMMAND.format(name="extra", module="two"))
    (problem,) = found().register_commands(cli)
    assert (problem.code, "one 1.5" in problem.message, "two 1.5" in problem.message) == ("F050", True, True)
    assert set(cli.commands) == {"run"}


def test_a_plugin_that_fails_at_its_commands_stops_no_other(install, found, cli):
    install("aaa", COMMAND.format(name="never", module="aaa") + "        raise SystemExit(1)\n")
    install("zzz", COMMAND.format(name="extra", module="zzz"))
    (problem,) = found().register_commands(cli)
    assert "aaa 1.5" in problem.message
    assert set(cli.commands) == {"run", "extra"}


def test_loading_imports_no_heavy_library_and_no_command_line():
    heavy = [
        "babel",
        "click",
        "googleapiclient",
        "holidays",
        "icalendar",
        "jinja2",
        "markdown_it",
        "recurring_ical_events",
        "rich",
    ]
    code = f"import sys, json; from followup_rules.host.registry import load; load(); print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_the_records_are_the_public_ones(install, found):
    install("paper", SOURCE.format(name="paper"))
    assert isinstance(found().sources["paper"], SourceType)
