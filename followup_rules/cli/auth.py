"""`followup auth`: log in to the services that the config uses."""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout

import click
from msgspec.structs import replace

from followup_rules.cli import shared
from followup_rules.cli.speech import language, say_all
from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.hookspecs import Login, Unreadable
from followup_rules.host.secrets import hidden
from followup_rules.host.time_limit import sentence
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected


@click.command("auth")
@click.argument("service", required=False)
@click.option("--no-browser", is_flag=True, help="Print the address to open, on this machine or any other.")
@shared.json_option
@click.pass_context
def command(ctx: click.Context, service: str | None, *, no_browser: bool, as_json: bool) -> None:
    """Log in to SERVICE, for exactly what the config uses of it. Without SERVICE: list what there is to log in to."""
    config = shared.load(ctx, as_json=as_json)
    logins = config.registry.logins
    if service and service not in logins:
        hint = expected(service, logins) if logins else Sentence("install the plugin for it")
        problem = Problem(
            "auth", Sentence("there is no login for {service!r}", service=service), Code.NO_LOGIN, hint=hint
        )
        shared.give_up([problem], as_json=as_json)
    listed = [
        Sentence("followup auth {name}: {summary}", name=name, summary=each.summary) for name, each in logins.items()
    ]
    said: list[str] = [*listed]
    problems: list[Problem] = []
    if service:
        # What a login says on the way must not get into the JSON.
        with redirect_stdout(sys.stderr) if as_json else nullcontext():
            answer, problems = _log_in(logins[service], config, browser=not no_browser)
            said = [answer] if answer else []
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump({"said": "\n".join(said), "problems": records.problems(problems)}))
    elif said:
        say_all(said)
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


def _log_in(login: Login, config: Config, *, browser: bool) -> tuple[str, list[Problem]]:
    tables = {f"sources.{source.name}": source.options for source in config.sources}
    tables |= {f"outputs.{output.name}": output.options for output in config.outputs}
    try:
        # What it says on the way is for the person at the command, and in their language.
        return login.log_in(tables, replace(config.profile, language=language()), browser), []
    except Exception as error:  # noqa: BLE001 -- a plugin and the service behind it may fail in any way
        said = hidden(sentence(error, typed=not isinstance(error, Unreadable)), config.secrets)
        return "", [
            Problem(
                f"auth {login.name}",
                said,
                Code.NO_LOGIN,
                hint=Sentence("nothing that was there was changed"),
            )
        ]
