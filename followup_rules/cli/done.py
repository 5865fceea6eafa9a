"""`followup done`: a duty is done, where no source shows it."""

from __future__ import annotations

import click

from followup_rules.cli import completion, order, shared
from followup_rules.cli.order import Order
from followup_rules.language.tags import DONE


@click.command("done")
@click.argument("duty", metavar="CASE/RULE|KEY", shell_complete=completion.duties)
@shared.now_option
@shared.json_option
@click.pass_context
def command(ctx: click.Context, duty: str, now: str | None, *, as_json: bool) -> None:
    """Say that a duty is done, where nobody sees it: followup done nordik/thank-you.

    What is meant is a case and a rule, a case that has only one thing due, or a key. It writes a note; what was
    prepared for it and is as it was made is taken back by the next run.
    """
    config = shared.load(ctx, as_json=as_json)
    order.give(config, duty, Order(DONE), shared.instant(now, config), as_json=as_json)
