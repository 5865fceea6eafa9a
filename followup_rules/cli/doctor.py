"""`followup doctor`: whether all is well, what is wrong, and what to do."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from followup_rules.cli import page as pages
from followup_rules.cli import shared
from followup_rules.cli.speech import tr
from followup_rules.config.read import Config, read_config
from followup_rules.hookspecs import HealthCheck
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected
from followup_rules.upkeep.finding import Finding
from followup_rules.upkeep.health import examine
from followup_rules.upkeep.services import examine as ask


@click.command("doctor", context_settings={"ignore_unknown_options": True})
@click.option("--deep", is_flag=True, help="Also check every byte of the store, and judge every case from scratch.")
@shared.now_option
@shared.json_option
@click.argument("services", nargs=-1, type=click.UNPROCESSED, metavar="[--SERVICE]...")
@click.pass_context
def command(ctx: click.Context, now: str | None, services: Sequence[str], *, deep: bool, as_json: bool) -> None:
    """Tell whether all is well: config, clock, lock, store, last run, sources, outputs. Changes nothing.

    With the name of a service (`--google`), ask it what it really answers, and tell nothing else.
    """
    config = read_config(shared.config_file(ctx))
    if config.fatal:
        shared.give_up(config.problems, as_json=as_json)
    moment = shared.instant(now, config).astimezone(config.profile.timezone)
    named = [_service(name, config) for name in services]
    findings: list[Finding] = [told for check in named for told in ask(check, config, everything=True)]
    findings += [] if named else examine(config, moment, deep=deep)
    problems = [problem for finding in findings for problem in finding.problems]
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        rows = [{"area": each.area, "fact": each.fact, "state": _state(each)} for each in findings]
        record = {"now": moment.isoformat(), "findings": rows, "problems": records.problems(problems)}
        click.echo(records.dump(record))
    else:
        _print(findings)
    shared.print_problems(problems)
    sys.exit(shared.NOTHING_DONE if any(each.fatal for each in problems) else shared.exit_code(problems))


def _service(option: str, config: Config) -> HealthCheck:
    """Return the health check that an option names. Raises UsageError, with those that there are."""
    known = config.registry.health_checks
    if option.removeprefix("--") in known and option.startswith("--"):
        return known[option.removeprefix("--")]
    raise click.UsageError(
        Sentence(
            "No such option: {option}; {expected}",
            option=option,
            expected=expected(option, [f"--{name}" for name in known]),
        )
    )


def _state(finding: Finding) -> str:
    if not finding.problems:
        return "fine"
    return "warning" if all(problem.severity != "error" for problem in finding.problems) else "wrong"


_SIGNS = {"fine": ("✓", "green"), "warning": ("!", "yellow"), "wrong": ("✗", "bold red")}


def _print(findings: Sequence[Finding]) -> None:
    page = pages.Page()
    width = max((len(tr(finding.area)) for finding in findings), default=0) + 4
    for finding in findings:
        sign, style = _SIGNS[_state(finding)]
        page.row([(sign, style), f" {tr(finding.area)}"], width, [finding.fact])
    wrong = sum(_state(finding) != "fine" for finding in findings)
    page.row((), 0)
    found = Sentence("{number} thing to look at, see below", "{number} things to look at, see below", number=wrong)
    page.row((), 0, [found if wrong else Sentence("All is well.")])
    page.print()
