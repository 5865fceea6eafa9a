"""`followup plugins`: what is installed, what it adds, and what is broken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from followup_rules.cli import COMMANDS, shared
from followup_rules.cli.speech import say_all, tr
from followup_rules.config.read import read_config
from followup_rules.host import registry
from followup_rules.host.plugin import Plugin
from followup_rules.host.registry import Registry
from followup_rules.sentences import Sentence

HOW_TO_ADD = (
    Sentence("To add a plugin, install its package where followup itself is installed; it is found by itself."),
    Sentence('To switch one off: [plugins] disabled = ["NAME"] in the config. To write one: docs/plugins.md.'),
)

_KINDS = {
    "source": Sentence("source"),
    "output": Sentence("output"),
    "pack": Sentence("pack"),
    "check": Sentence("check"),
    "login": Sentence("login"),
    "health-check": Sentence("health-check"),
    "commands": Sentence("commands"),
}


@click.command("plugins")
@shared.json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """List the installed plugins, what each adds, and what is broken. Works without a config, too."""
    file = shared.config_file(ctx)
    plugins = read_config(file).registry if file.exists() else Registry()
    if not plugins.plugins:  # there is no config, or it says nothing that can be read of what is switched off
        plugins = registry.load()
    # A stand-in for the commands of our own: all that is asked is whether plugins name theirs otherwise.
    built_in = click.Group(commands={name: click.Command(name) for name in COMMANDS})
    problems = (*plugins.problems, *plugins.register_commands(built_in))
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        listed = [_record(plugin, plugins) for plugin in plugins.plugins]
        click.echo(records.dump({"plugins": listed, "problems": records.problems(problems)}))
    else:
        say_all([*(line for plugin in plugins.plugins for line in _lines(plugin, plugins)), *HOW_TO_ADD])
    shared.print_problems(problems)
    broken = any(plugin.state == "broken" for plugin in plugins.plugins)
    sys.exit(shared.PARTLY if broken else shared.exit_code(problems))


def _adds(plugin: Plugin, plugins: Registry) -> Iterator[dict[str, str]]:
    """Yield what a plugin adds; without a summary is what is not used, because another plugin adds it too."""
    named: dict[str, Any] = {
        "source": plugins.sources,
        "output": plugins.outputs,
        "pack": plugins.packs,
        "check": plugins.checks,
        "login": plugins.logins,
        "health-check": plugins.health_checks,
    }
    for added in plugin.adds:
        kind, _, name = added.partition(" ")
        record = named.get(kind, {}).get(name)
        yield {"kind": kind, "name": name, "summary": record.summary if record else ""}


def _record(plugin: Plugin, plugins: Registry) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "state": plugin.state,
        "error": plugin.error,
        "adds": list(_adds(plugin, plugins)),
    }


def _lines(plugin: Plugin, plugins: Registry) -> Iterator[str]:
    package = " ".join(filter(None, (plugin.distribution, plugin.version)))
    name = f"{plugin.name} ({package})" if package else plugin.name
    yield {
        "ok": name,
        "disabled": Sentence("{name}: switched off in the config", name=name),
        "broken": Sentence("{name}: broken: {error}", name=name, error=plugin.error),
    }[plugin.state]
    for added in _adds(plugin, plugins):
        name = " ".join(filter(None, (tr(_KINDS.get(added["kind"], added["kind"])), added["name"])))
        if added["kind"] == "commands":
            yield Sentence("  {name}, see `followup --help`", name=name)
        elif added["summary"]:
            yield Sentence("  {name}: {summary}", name=name, summary=added["summary"])
        else:
            yield Sentence("  {name}: not used, see below", name=name)
    yield ""
