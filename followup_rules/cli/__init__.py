"""The command line: parse, call, print, exit code. Each command lies in a module of its own name."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from followup_rules import __version__
from followup_rules.cli import speech, usage
from followup_rules.sentences import Sentence, as_sentence

COMMANDS = {
    "demo": Sentence("Play one invented interview: what to do, what not, and why."),
    "look": Sentence("See what your calendar and sent mail show; needs no config."),
    "init": Sentence("Write a commented config and an empty notes file."),
    "run": Sentence("Do what is due now; print only what changed."),
    "today": Sentence("Show what you owe now, notices, what is held and what comes next."),
    "plan": Sentence("Show what `run` would do; write nothing."),
    "explain": Sentence("Tell every rule's state for a case, and why."),
    "agenda": Sentence("Show what is coming, by date."),
    "done": Sentence("Say that a duty is done."),
    "dismiss": Sentence("Say that a duty will not be done, or a notice was read."),
    "snooze": Sentence("Let a duty, or a whole case, wait until a day."),
    "debrief": Sentence("Ask what there is to note after a meeting, and note it."),
    "note": Sentence("Add a note to a case, or take the last one back."),
    "mark": Sentence("Say whether a meeting is an interview."),
    "check": Sentence("Check config, rules, plugins and texts."),
    "problem": Sentence("Tell what a code in a message means."),
    "rules": Sentence("Show the rules in force, and where each field stands."),
    "schema": Sentence("Print a JSON Schema, by which an editor completes and checks."),
    "test": Sentence("Play the examples of rules."),
    "simulate": Sentence("Tell what the rules make of the past."),
    "schedule": Sentence("Print, install or remove what starts the runs."),
    "doctor": Sentence("Tell whether all is well: runs, store, sources, outputs."),
    "backup": Sentence("Copy the store, or put a copy back."),
    "forget": Sentence("Erase a case from the store."),
    "plugins": Sentence("List the installed plugins."),
    "auth": Sentence("Log in to a service, such as Google."),
}


class _Commands(click.Group):
    """Imports a command's module only when the command is called; asks plugins only for what it does not know."""

    context_class = usage.Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's
        return [*COMMANDS, *sorted(self._from_plugins())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's
        if cmd_name in COMMANDS:
            module = importlib.import_module(f"followup_rules.cli.{cmd_name}")
            built_in: click.Command = module.command
            built_in.short_help = COMMANDS[cmd_name]
            built_in.context_class = usage.Context
            return built_in
        return self._from_plugins().get(cmd_name)

    def _from_plugins(self) -> dict[str, click.Command]:
        from followup_rules.host import registry  # noqa: PLC0415 -- only for what is not built in

        # With the names of the built-in commands, so that no plugin can take one of theirs.
        taken = click.Group(commands={name: click.Command(name) for name in COMMANDS})
        registry.load().register_commands(taken)
        return {name: command for name, command in taken.commands.items() if name not in COMMANDS}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from followup_rules.toml.suggestions import nearest  # noqa: PLC0415 -- only for a typing error

            guess = nearest(args[0], self.list_commands(ctx)) if args else None
            meant = f"{error.message} Did you mean {guess!r}?" if guess else error.message
            raise click.UsageError(meant, ctx) from error

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with usage.usage_errors():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with usage.usage_errors():
            try:
                return super().invoke(ctx)
            except click.BadOptionUsage as error:  # click does not say of which command the option is
                name = ctx.invoked_subcommand or ""
                command = self.get_command(ctx, name)
                called = usage.Context(command, info_name=name, parent=ctx) if command else ctx
                error.ctx = error.ctx or called
                raise
            except (click.Abort, KeyboardInterrupt, EOFError):  # click would say so in English
                click.echo(err=True)
                speech.say(Sentence("stopped"), err=True)
                ctx.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "config_file", type=click.Path(readable=False, path_type=Path), help="The config file.")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.version_option(__version__, "-V", "--version", prog_name="followup")
@click.pass_context
def cli(ctx: click.Context, config_file: Path | None, *, debug: bool) -> None:
    """Keep your word: prepare the follow-ups you owe, hold back the others. Nothing is ever sent.

    Exit codes: 0, all is well; 1, something failed and the rest was done; 2, the call or the config is wrong, and
    nothing was done.
    """
    ctx.obj = config_file
    del debug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. An unexpected error is one sentence, unless --debug is given."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if "--debug" in given:
        import logging  # noqa: PLC0415 -- only for --debug

        logging.basicConfig(stream=sys.stderr, level=logging.DEBUG, format="%(message)s")
    if os.environ.get("_FOLLOWUP_COMPLETE", "").startswith("bash"):
        from followup_rules.cli import bash_completion  # noqa: PLC0415 -- only for the Tab key

        bash_completion.use()
    try:
        cli.main(args=given, prog_name="followup")
    except OSError as error:
        if "--debug" in given:
            raise
        said, named = as_sentence(error.strerror or str(error)), error.filename or Sentence("the output")
        speech.say(Sentence("followup: {file}: {said}", file=named, said=said), err=True)
        sys.exit(1)
    except Exception as error:
        if "--debug" in given:
            raise
        kind = type(error).__name__
        speech.say(Sentence("followup: unexpected {kind}: {error}", kind=kind, error=str(error)), err=True)
        speech.say(Sentence("  this is a fault of followup itself; `followup --debug ...` shows where"), err=True)
        sys.exit(1)


def program() -> NoReturn:
    """Be the program `followup`: run the command line in a process that plugins cannot talk into or keep alive."""
    from followup_rules.host import process  # noqa: PLC0415 -- whoever only imports the commands keeps their process

    process.keep_output()
    process.ignore_alarms()
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- --debug shows what it is
        import traceback  # noqa: PLC0415 -- only for that

        traceback.print_exc()
        code = 1
    process.end(code)
