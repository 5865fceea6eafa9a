"""`followup run`: one tick."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress

import click

from followup_rules import config as configs
from followup_rules.cli import common
from followup_rules.cli.progress import watching
from followup_rules.lock import Busy, only_run
from followup_rules.store import StoreError, open_store
from followup_rules.tick import Outcome, Report, Say, run, sound


@click.command("run")
@common.now_option
@common.json_option
@click.option("-v", "--verbose", is_flag=True, help="Also print when nothing changed, and when the next change comes.")
@click.pass_context
def command(ctx: click.Context, now: str | None, *, as_json: bool, verbose: bool) -> None:
    """Do what is due now: prepare drafts, tasks and notices, and take back what is overtaken. Nothing is sent.

    Prints only what changed, so that cron mails only when something happened.
    """
    config = configs.read(common.config_file(ctx))
    if any(problem.fatal for problem in config.faults):
        common.give_up(config.problems, as_json=as_json)
    moment = common.instant(now, config)
    try:
        with only_run(config.store):
            store = open_store(config.store)
            try:
                if not sound(config, store) and config.fatal:
                    common.give_up(config.problems, as_json=as_json)
                with watching() as watch:
                    found = run(config, store, moment, _say(as_json=as_json), watch)
            finally:
                store.close()
    except Busy as busy:
        click.echo(f"followup: another run is at work on this store{busy}; nothing to do", err=True)
        return
    except StoreError as error:
        common.give_up([common.store_problem(error)], as_json=as_json)
    _print(found, as_json=as_json, verbose=verbose)
    sys.exit(common.exit_code(found.problems))


def _say(*, as_json: bool) -> Say:
    def say(outcome: Outcome) -> None:
        if as_json:
            return
        from followup_rules.cli import show  # noqa: PLC0415 -- most runs have nothing to say

        # A notice is delivered by being printed; of a draft or task it is only told, whether anybody listens or not.
        with suppress(OSError) if outcome.change.action.type != "notice" else nullcontext():
            show.change(outcome)

    return say


def _print(found: Report, *, as_json: bool, verbose: bool) -> None:
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump(records.report(found)))
    elif found.missed or verbose:
        from followup_rules.cli import show  # noqa: PLC0415 -- most runs have nothing to say

        show.rest_of_run(found, verbose=verbose)
    common.print_problems(found.problems)
