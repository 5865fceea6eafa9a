"""`followup schedule`: what has `followup run` started again and again; printed, installed or removed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from followup_rules.cli import shared
from followup_rules.cli.speech import say
from followup_rules.codes import Code
from followup_rules.config.read import default_file
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.upkeep import schedule as schedules
from followup_rules.upkeep.schedule import KINDS, MINUTES, NotScheduled, Schedule

EVERY = 15
_CALLED = {
    "cron": Sentence("a line of your crontab"),
    "systemd": Sentence("a timer of systemd"),
    "launchd": Sentence("an agent of launchd"),
}
_HINTS = {
    "cron": Sentence("add the line yourself, with `crontab -e`"),
    "systemd": Sentence("without a session of systemd take cron: followup schedule --with cron"),
    "launchd": Sentence("log in at the screen of this Mac, and try again there"),
}


@click.command("schedule")
@click.option("--with", "kind", type=click.Choice(KINDS), help="What starts it; the usual one here if not given.")
@click.option("--every", type=click.Choice([str(each) for each in MINUTES]), default=str(EVERY), help="Minutes.")
@click.option("--install", "asked", flag_value="install", help="Put it in place, instead of one from before.")
@click.option("--remove", "asked", flag_value="remove", help="Take away what was installed for this config.")
@shared.json_option
@click.pass_context
def command(ctx: click.Context, kind: str | None, every: str, asked: str | None, *, as_json: bool) -> None:
    """Print what would start `followup run` every 15 minutes, with full paths; with --install, put it in place.

    Prints a line for cron, a user's timer of systemd, or an agent of launchd. Nothing else of yours is touched.
    """
    if asked == "install" and not shared.config_file(ctx).exists():
        shared.load(ctx, as_json=as_json)  # it tells what is missing: each run would fail, and nobody might see it
    wanted = of_config(shared.config_file(ctx), kind, int(every))
    problems: list[Problem] = []
    removed: list[str] = []
    try:
        if asked == "install":
            schedules.install(wanted)
        elif asked == "remove":
            removed = schedules.remove(wanted.name)
    except NotScheduled as error:
        problems.append(not_scheduled(error, wanted))
    if as_json:
        _print_record(wanted, removed, problems)
    elif not problems:
        _print(wanted, asked, removed)
    shared.print_problems(problems)
    sys.exit(shared.NOTHING_DONE if problems else shared.FINE)


def of_config(file: Path, kind: str | None = None, minutes: int = EVERY) -> Schedule:
    """Return what starts runs with a config."""
    config = file.absolute()
    option = [] if config == default_file() else ["--config", str(config)]
    # In the order of POSIX (chapter 8.2): LC_ALL goes over all others.
    language = os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return Schedule(
        kind=kind or schedules.usual_kind(),
        command=(schedules.program(), *option, "run"),
        name=schedules.name_of(config, default_file()),
        minutes=minutes,
        language=language if language.lower().endswith(("utf-8", "utf8")) else "C.UTF-8",
    )


def not_scheduled(error: NotScheduled, wanted: Schedule) -> Problem:
    """Return what to tell if a schedule could not be changed."""
    return Problem("schedule", error.args[0], Code.NOT_SCHEDULED, hint=_HINTS[wanted.kind], fatal=True)


def _print(wanted: Schedule, asked: str | None, removed: list[str]) -> None:
    if asked == "install":
        called = _CALLED[wanted.kind]
        say(Sentence("every {minutes} minutes {what} starts `followup run`", minutes=wanted.minutes, what=called))
        say(Sentence("see whether it does: followup doctor"))
    elif asked == "remove":
        for kind in removed:
            say(Sentence("removed: {what}", what=_CALLED[kind]))
        if not removed:
            say(Sentence("nothing was installed for this config"))
    else:
        for file, text in schedules.texts(wanted).items():
            click.echo("" if wanted.kind == "cron" else f"# {file}", nl=wanted.kind != "cron")
            click.echo(text, nl=False)
        # To stderr, so that the text alone can be piped into crontab.
        click.echo(err=True)
        say(Sentence("This is printed, and not in place yet; `followup schedule --install` does that."), err=True)


def _print_record(wanted: Schedule, removed: Iterable[str], problems: Iterable[Problem]) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    found = schedules.installed(wanted.name)
    record = {
        "kind": wanted.kind,
        "every": wanted.minutes,
        "texts": {str(file): text for file, text in schedules.texts(wanted).items()},
        "installed": found and {"kind": found[0], "every": int(found[1].total_seconds() / 60)},
        "removed": list(removed),
        "problems": records.problems(problems),
    }
    click.echo(records.dump(record))
