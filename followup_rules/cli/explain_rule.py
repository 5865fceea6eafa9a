"""`followup explain --rule R`: what a rule says of a case, which events came near, and the field that each fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from msgspec import Struct

from followup_rules.cli import page as pages
from followup_rules.cli.case_events import kind_of
from followup_rules.cli.casebook import CaseFile
from followup_rules.cli.page import Clause, Page
from followup_rules.cli.speech import tr
from followup_rules.config.read import Config
from followup_rules.config.rulebook import documents
from followup_rules.engine.isolation import Failed
from followup_rules.engine.near import Near, Written, near_ends, near_starts, nearest_start
from followup_rules.language.layers import Table, merge
from followup_rules.language.load import as_value
from followup_rules.language.nearness import Failure
from followup_rules.model import Decision, Event, State
from followup_rules.sentences import Sentence, as_sentence, together
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value, shown

_MOST = 8
_OPEN = (State.DUE, State.HELD, State.WAITING, State.EXPIRED)


class Book(Struct, frozen=True):
    """The rules of a config as they are written: each field with the place where it stands."""

    config: Config
    rules: Mapping[str, Table]
    definitions: Mapping[str, Value]

    def written(self, name: str) -> Written:
        """Return a rule as it is compiled and written."""
        return Written(self.config.rulebook.rules.rules[name], self.rules[name].fields, self.definitions)


def book_of(config: Config) -> Book:
    """Return the rules of a config as they are written."""
    assert config.ingredients is not None, "a config that cannot be read has no rules"
    layers = documents(config.ingredients, [])
    definitions = {name: as_value(table) for name, table in merge(layers, "define", []).items()}
    return Book(config, merge(layers, "rule", []), definitions)


def check_rule(name: str, config: Config) -> None:
    """Raise a usage error if there is no such rule, or if it is off or faulty."""
    rules = config.rulebook.rules
    if name in rules.off:
        raise _refused(Sentence("the rule {name!r} is switched off", name=name))
    if name not in rules.rules:
        hint = expected(name, sorted(rules.rules))
        raise _refused(together(Sentence("there is no rule {name!r}", name=name), hint))
    if rules.rules[name].fault:
        raise _refused(Sentence("the rule {name!r} is faulty: {fault}", name=name, fault=rules.rules[name].fault))


def _refused(message: str) -> click.BadParameter:
    return click.BadParameter(message, param_hint="--rule")


def near(book: Book, name: str, file: CaseFile) -> list[Near]:
    """Return the events of a case that came near to starting a rule, then those that came near to ending it."""
    written = book.written(name)
    decisions = [each for each in file.decisions if each.rule == name and each.state in _OPEN]
    try:
        return [*near_starts(written, file.view), *near_ends(written, decisions, file.view)]
    except Failed:  # told by the decisions and by `check`
        return []


# -- for programs


def record(book: Book, file: CaseFile, rule: str | None) -> dict[str, Any]:
    """Return what came near to a rule; without one, for each rule that says nothing of the case, what it fails by."""
    if rule is not None:
        return {"near": [_near_record(each) for each in near(book, rule, file)]}
    concerned = {decision.rule for decision in file.decisions}
    rules = book.config.rulebook.rules.rules.values()
    idle = [each for each in rules if not each.fault and not each.recurring and each.id not in concerned]
    return {"not_concerned": [{"rule": each.id, **_nearest_record(book, each.id, file)} for each in idle]}


def _nearest_record(book: Book, name: str, file: CaseFile) -> dict[str, Any]:
    try:
        nearest = nearest_start(book.written(name), file.view)
    except Failed as failed:
        return {"event": None, "key": "on", "failed": [], "why": failed.fault}
    if nearest is None:
        return {"event": None, "key": "on", "failed": [], "why": Sentence("there is no event that it could start from")}
    return {key: value for key, value in _near_record(nearest).items() if key != "duty"}


def _near_record(near: Near) -> dict[str, Any]:
    return {
        "event": near.event.id,
        "key": near.key,
        "duty": near.duty or None,
        "failed": [_failure_record(failure) for failure in near.failures],
        "why": _why(near),
    }


def _failure_record(failure: Failure) -> dict[str, Any]:
    return {
        "field": failure.way[-1],
        "in": list(failure.way[:-1]),
        "file": failure.at.document.file,
        "line": failure.at.document.line(failure.at.path),
    }


# -- for people


def print_rule(book: Book, name: str, files: Sequence[CaseFile], now: datetime) -> None:
    """Print what a rule says of some cases, and what came near in each."""
    page, told = Page(), 0
    rule = book.config.rulebook.rules.rules[name]
    page.row((), 0, [(f"{name} · {pages.absolute(now)}", "bold"), *filter(None, [as_sentence(rule.why)])])
    for file in files:
        decisions = [each for each in file.decisions if each.rule == name]
        close = near(book, name, file)
        if decisions or close:
            told += 1
            page.title(file.name)
            _add_decisions(page, decisions, now)
            _add_near(page, Sentence("came near to starting it:"), [each for each in close if not each.duty], now)
            _add_near(page, Sentence("came near to ending it:"), [each for each in close if each.duty], now)
    if not told:
        page.row((), 0)
        from_clock = Sentence("it starts from the clock, and not from an event")
        page.row((), 0, [from_clock if rule.recurring else Sentence("no event comes near to it")])
    page.row((), 0)
    page.row((), 0, [Sentence("Next:")])
    page.command("rules", name)
    page.print()


def _add_decisions(page: Page, decisions: Iterable[Decision], now: datetime) -> None:
    for decision in pages.in_order(decisions):
        anchor = decision.visit.anchor
        started = (
            Sentence("for {day}, “{title}”", day=pages.on_day(decision.visit.day), title=_titled(anchor)),
            "dim",
        )
        page.row(
            ["  ", pages.state_label(decision.state)],
            pages.state_width() + 2,
            [started, *pages.whose(decision.visit), pages.in_words(decision.reason, now)],
        )


def _add_near(page: Page, heading: str, close: Sequence[Near], now: datetime) -> None:
    if close:
        page.row(["  ", heading], 0)
    for each in close[:_MOST]:
        event = each.event
        lines: list[list[Clause]] = [[pages.when(event.start.astimezone(now.tzinfo), now), _titled(event)]]
        page.row([f"    {tr(kind_of(event))}"], 14, *lines, [(_why(each), "yellow"), *map(_place, each.failures[:2])])
    if len(close) > _MOST:
        more = Sentence("and {number} more: --json shows all", number=len(close) - _MOST)
        page.row(["    ", (more, "dim")], 0)


def _titled(event: Event) -> str:
    tags = " ".join(f"#{tag}" for tag in event.tags)
    return " ".join(part for part in (tags, event.title or event.text) if part) or event.id


_WHOLE = {
    "on": Sentence("on: it fits, but is at home in another case"),
    "each": Sentence("each: nobody takes part for whom there could be a duty"),
    "during": Sentence("during: it does not lie in that guard's window, with the same people"),
    "breaks": Sentence("breaks: it does not break that guard"),
}


def _why(near: Near) -> str:
    """Return what an event lacks, in a line."""
    if near.other:
        return Sentence("{key}: it fits, but its re: says that it is about another visit", key=near.key)
    if near.early:
        return Sentence("{key}: it fits, but comes before what the duty starts from", key=near.key)
    if not near.failures:
        return _WHOLE[near.key]
    first, *more = map(_failed, near.failures[:2])
    return Sentence("{key}: {failed}", key=near.key, failed=together(first, *more))


def _failed(failure: Failure) -> str:
    *way, field = failure.way
    if field == "not":
        return Sentence("`not` of {name} excludes it", name=way[-1]) if way else Sentence("`not` excludes it")
    if not way:
        return Sentence("{field} does not hold", field=field)
    return Sentence("{field} of {name} does not hold", field=field, name=way[-1])


def _place(failure: Failure) -> Clause:
    at = failure.at
    place = f"{at.document.file}:{at.document.line(at.path)}"
    return place if isinstance(at.raw, dict | list) else Sentence(
        "{value} in {place}", value=shown(at.raw), place=place
    ), "dim"
