"""What several commands share: the config, the instant, the store, and how problems are printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from followup_rules.codes import Code
from followup_rules.config.read import Config, default_file, read_config
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.model import NOTICE, Problem, State
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError
from followup_rules.store.store import Store, open_copy
from followup_rules.tick.run import Report, preview

FINE, PARTLY, NOTHING_DONE = 0, 1, 2

now_option = click.option("--now", "now", metavar="ISO", help="Pretend that it is this instant (2026-11-09T11:05).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def load(ctx: click.Context, *, as_json: bool = False) -> Config:
    """Read the config that the command line names; if nothing can be done with it, say why and exit with 2."""
    config = read_config(config_file(ctx))
    if config.fatal:
        give_up(config.problems, as_json=as_json)
    return config


def config_file(ctx: click.Context) -> Path:
    """Return the file that `--config` names, or the default one."""
    named: Path | None = ctx.find_root().obj
    return named or default_file()


def instant(written: str | None, config: Config) -> datetime:
    """Return the instant that `--now` names, or now; one without a zone is in the user's zone."""
    if written is None:
        return datetime.now(UTC).astimezone(config.profile.timezone)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise click.BadParameter(
            Sentence("{written!r} is no instant; write 2026-11-09T11:05", written=written), param_hint="--now"
        ) from error
    from followup_rules.language.phrases import Days  # noqa: PLC0415 -- only for --now

    return moment if moment.tzinfo else Days(config.profile.timezone, lambda _: None).on(moment)


def previewed(
    config: Config, now: datetime, *, as_json: bool = False
) -> tuple[Report, Mapping[str, str], Mapping[str, Sequence[LedgerEntry]]]:
    """Return what a run would do, computed on a copy of the store.

    Also what people call the cases that have only an id; and what was made before, by the key of the duty that is due.
    """
    with copy_of(config, as_json=as_json) as copy:
        report = preview(config, copy, now)
        due = {decision.case for decision in report.decisions if decision.state is State.DUE}
        entries = [entry for case in sorted(due) for entry in copy.ledger.of(case)]
        return report, names_of_cases(config, copy), _standing(entries, report)


def _standing(entries: Iterable[LedgerEntry], report: Report) -> dict[str, list[LedgerEntry]]:
    """Return what was made, but for notices and what is about to change, by the key of its duty."""
    changing = {outcome.change.action.duty for outcome in report.outcomes}
    found: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        there = entry.state is EntryState.DELIVERED and entry.action.type != NOTICE
        if there and entry.action.duty not in changing:
            found.setdefault(entry.action.duty, []).append(entry)
    return found


def names_of_cases(config: Config, store: Store) -> Mapping[str, str]:
    """Return what people call the cases that have only an id, by that; none if the store cannot tell."""
    from followup_rules.cli.case_names import called  # noqa: PLC0415 -- most runs have nothing to say

    # What was done is told in any case: for the lack of a name no notice counts as unsaid, and no run as failed.
    try:
        return called(store.entries(), config.profile.timezone)
    except StoreError:
        return {}


@contextmanager
def copy_of(config: Config, *, as_json: bool = False) -> Iterator[Store]:
    """Lend a copy of the store; if it cannot be read, say why and exit with 2."""
    try:
        with open_copy(config.store) as copy:
            yield copy
    except StoreError as error:
        give_up([store_problem(error)], as_json=as_json)


def store_problem(error: StoreError) -> Problem:
    """Return what to tell of a store that cannot be used."""
    return Problem("store", str(error), Code.STORE, hint=error.hint, fatal=True)


def give_up(problems: Iterable[Problem], *, as_json: bool) -> NoReturn:
    """Print problems, and exit with 2: nothing was done."""
    listed = list(problems)
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump({"now": None, "changes": [], "decisions": [], "problems": records.problems(listed)}))
    print_problems(listed)
    sys.exit(NOTHING_DONE)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems to stderr, in the manner of a compiler."""
    listed = list(problems)
    if listed:
        from followup_rules.cli.problems import render_all  # noqa: PLC0415 -- only when there are any

        # On stderr, since stdout belongs to `--json` and to what was asked for.
        click.echo(render_all(listed, color=sys.stderr.isatty() and not wants_plain()), err=True)


def wants_plain() -> bool:
    """Tell whether neither colors nor bold letters are wanted: by NO_COLOR (no-color.org), or a terminal without."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def exit_code(problems: Iterable[Problem]) -> int:
    """Return 1 if something failed, 0 if there are at most warnings and information."""
    return PARTLY if any(problem.severity == "error" for problem in problems) else FINE
