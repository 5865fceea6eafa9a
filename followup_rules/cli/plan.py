"""`followup plan`: what `run` would do."""

from __future__ import annotations

import sys

import click

from followup_rules.cli import shared


@click.command("plan")
@shared.now_option
@shared.json_option
@click.pass_context
def command(ctx: click.Context, now: str | None, *, as_json: bool) -> None:
    """Show exactly what `run` would do now. Reads the sources, and writes nothing anywhere."""
    config = shared.load(ctx, as_json=as_json)
    report, names, there = shared.previewed(config, shared.instant(now, config), as_json=as_json)
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump(records.report(report)))
    else:
        from followup_rules.cli import show  # noqa: PLC0415 -- rich is heavy

        show.plan(report, names, there)
    shared.print_problems(report.problems)
    sys.exit(shared.exit_code(report.problems))
