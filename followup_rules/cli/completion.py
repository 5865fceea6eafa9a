"""What the Tab key offers: cases, rules, duties and tags, from what the last run knew. It never prints an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from followup_rules.config.read import Config, default_file, read_config
from followup_rules.engine.case_keys import employer
from followup_rules.model import State
from followup_rules.store.store import Store, open_copy

Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

# The states of a duty about which a person can still say something.
_OPEN = (State.DUE, State.HELD, State.WAITING)


def _offering(words: Callable[[Config, str], Iterator[str]]) -> Offer:
    """Return what click asks: those of the words that begin as the one that is being typed, whatever its case."""

    @wraps(words)
    def offer(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 -- click's
        try:
            named = ctx.find_root().params.get("config_file")
            config = read_config(Path(named) if named else default_file())
            found = sorted(set(words(config, incomplete)))
        except Exception:  # noqa: BLE001 -- whatever is wrong with config or store: a traceback would spoil the line
            return []
        return [CompletionItem(word) for word in found if word.casefold().startswith(incomplete.casefold())]

    return offer


@_offering
def cases(config: Config, _: str) -> Iterator[str]:
    """Offer what people call the cases: the first part of an employer's domain, a key, a title."""
    with open_copy(config.store) as copy:
        yield from _names(config, copy).values()


@_offering
def duties(config: Config, incomplete: str) -> Iterator[str]:
    """Offer `CASE/RULE` for all that is open; its key where one is begun, or where several are open of that rule."""
    yield from _duties(config, incomplete)


@_offering
def cases_and_duties(config: Config, incomplete: str) -> Iterator[str]:
    """Offer cases until a slash is typed, and their duties from then on."""
    if "/" in incomplete:
        yield from _duties(config, incomplete)
    else:
        with open_copy(config.store) as copy:
            yield from _names(config, copy).values()


def _duties(config: Config, incomplete: str) -> Iterator[str]:
    with open_copy(config.store) as copy:
        names = _names(config, copy)
        for case in copy.decisions.cases():
            keys = [each.key for each in copy.decisions.of(case) if each.state in _OPEN]
            rules_open = [key.partition("/")[0] for key in keys]
            # As short as people say it, once they have begun so: "nordik/" for nordik.ca.
            called = {names.get(case, case), *([employer(case)] if "/" in incomplete else [])}
            for key, rule in zip(keys, rules_open, strict=True):
                several = rules_open.count(rule) > 1 or incomplete.startswith(f"{rule}/")
                yield from [key] if several else (f"{name}/{rule}" for name in called)


@_offering
def rules(config: Config, _: str) -> Iterator[str]:
    """Offer the ids of rules and guards."""
    yield from (*config.rulebook.rules.rules, *config.rulebook.rules.guards)


@_offering
def tags(config: Config, _: str) -> Iterator[str]:
    """Offer the tags that rules know."""
    yield from (f"#{tag}" for tag in config.rulebook.rules.world.tags.named)


@_offering
def marks(config: Config, _: str) -> Iterator[str]:
    """Offer the tags that say what a meeting is."""
    yield from config.rulebook.rules.world.tags.marks


def _names(config: Config, store: Store) -> dict[str, str]:
    from followup_rules.cli.case_names import known, titles  # noqa: PLC0415 -- rich, through the page

    return titles(known(store), store, config.profile.timezone)
