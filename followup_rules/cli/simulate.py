"""`followup simulate`: what the rules make of months that have passed, told day by day."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import page as pages
from followup_rules.cli import shared, tallies
from followup_rules.cli.page import Clause, Page
from followup_rules.cli.show import TYPES
from followup_rules.cli.speech import tr, tr_kept
from followup_rules.codes import Code
from followup_rules.config import neutral
from followup_rules.config.read import Config, read_config, read_document
from followup_rules.engine.case_keys import match
from followup_rules.model import Problem, State
from followup_rules.sentences import Sentence, together
from followup_rules.simulation import compare, examples, files, stored
from followup_rules.simulation.compare import Change
from followup_rules.simulation.history import History
from followup_rules.simulation.player import MOST_TICKS, TooLong
from followup_rules.simulation.story import Line, Made, Story, tell
from followup_rules.texts.plurals import listed
from followup_rules.toml.suggestions import expected

_DAYS = timedelta(days=90)
"""How far back the past is played if nobody says from when."""
_LISTED = 12


class Span(Struct, frozen=True):
    """A history to play, with a config, from one instant to another; of an example, its name."""

    config: Config
    history: History
    start: datetime
    end: datetime
    name: str = ""


class Chosen(Struct, frozen=True):
    """From when to when is played, and of which rule and case is told; of all, if empty."""

    start: str | None
    end: str | None
    rule: str
    case: str

    def rule_is(self, each: Line | Change) -> bool:
        """Tell whether it is of the rule; events are of none."""
        return self.rule in ("", each.rule)


@click.command("simulate")
@click.argument("example_file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "start", metavar="DAY", help="From this day on; 90 days before the end if not given.")
@click.option("--to", "end", metavar="DAY", help="To the end of this day; to now if not given.")
@click.option("--rule", default="", metavar="RULE", help="Tell only of this rule.")
@click.option("--case", default="", metavar="CASE", help="Tell only of this case.")
@click.option(
    "--compare", "other", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tell what would have been different with this file of rules laid over yours, or with this config.",
)  # fmt: skip
@shared.json_option
@click.pass_context
def command(
    ctx: click.Context, /, example_file: Path | None, other: Path | None, *, as_json: bool, **chosen: Any
) -> None:
    """Play the past with your rules and a clock that jumps, or the examples of EXAMPLE_FILE, and tell what happens.

    The past is what your store remembers. It is played in memory: nothing is written, made or sent.
    """
    config = shared.load(ctx, as_json=as_json)
    problems: list[Problem] = []
    changed = _other(other, config, problems) if other else None
    if changed and any(each.fatal for each in problems):
        shared.give_up(problems, as_json=as_json)
    asked = Chosen(**chosen)
    _check_rule(asked.rule, config, changed)
    spans = _spans(config, example_file, asked, problems, as_json=as_json)
    others = _with_rules_of(changed, spans, example_file, problems) if changed else []
    told = []
    try:
        for number, span in enumerate(spans):
            now = tell(span.config, span.history, span.start, span.end)
            then = tell(others[number].config, span.history, span.start, span.end) if others else None
            told.append((span, now, then))
    except TooLong:
        message = Sentence("it would take more than {number} runs", number=f"{MOST_TICKS:,}")
        problems.append(
            Problem("simulate", message, Code.NOT_PLAYED, hint=Sentence("choose a shorter time"), fatal=True)
        )
        shared.give_up(problems, as_json=as_json)
    problems += _no_case(asked.case, [story for _, now, then in told for story in (now, then) if story])
    told = [(span, _only(now, asked), then and _only(then, asked)) for span, now, then in told]
    if as_json:
        _print_records(told, problems)
    else:
        for span, now, then in told:
            _print_changes(span, now, then) if then else _print_story(span, now)
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


# -- what is played


def _spans(config: Config, file: Path | None, asked: Chosen, problems: list[Problem], *, as_json: bool) -> list[Span]:
    last = _day(asked.end, config, "--to", timedelta(days=1)) if asked.end else None
    first = _day(asked.start, config, "--from", timedelta(0)) if asked.start else None
    if file:
        spans = list(_of_examples(file, config, problems))
        return [replace(each, start=first or each.start, end=last or each.end) for each in spans]
    last = last or shared.instant(None, config)
    first = first or last - _DAYS
    if first >= last:
        raise click.BadParameter(Sentence("it lies before --from"), param_hint="--to")
    with shared.copy_of(config, as_json=as_json) as store:
        return [Span(config, stored.history(config, store), first, last)]


def _day(written: str, config: Config, option: str, more: timedelta) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise click.BadParameter(
            Sentence("{written!r} is no day; write 2026-11-09", written=written), param_hint=option
        ) from error
    # A day without a time of day is meant as a whole: `--to` as its end.
    whole = moment + more if len(written) <= len("2026-11-09") else moment
    return shared.instant(whole.isoformat(), config)


def _of_examples(file: Path, config: Config, problems: list[Problem]) -> Iterator[Span]:
    pack = files.pack_of(file, config.registry.packs)
    found = files.of_pack(pack, problems) if pack else files.of_file(file, config, problems)
    for each in found:
        configs = examples.Configs(each.config)
        for named in examples.tables(each.document, problems):
            example = examples.read(named, configs)
            if example:
                acts = tuple(act for then in example.then for act in then.acts)
                history = replace(example.history, acts=acts)
                instants = [*history.instants, *(then.at for then in example.then)]
                zone = example.config.profile.timezone
                start, end = min(instants).astimezone(zone), max(instants).astimezone(zone)
                yield Span(example.config, history, start, end, example.name)


def _other(file: Path, config: Config, problems: list[Problem]) -> Config:
    """Return the config that another file is: a whole one, or rules that are laid over those in force."""
    document = read_document(file, str(file), hint=Sentence("name a file of rules"))
    if isinstance(document, Problem):
        problems.append(replace(document, fatal=True))
        return config
    # What has any of these is a config of its own; rules alone have none of them.
    if {"profile", "packs", "sources"} & document.tables.keys():
        whole = read_config(file)
        problems += whole.problems
        return whole
    # Only what these rules bring: what is wrong with the config is told by `check`.
    known, found = set(config.problems), list[Problem]()
    laid = neutral.with_rules_over(config, document, found)
    problems += [*found, *(each for each in laid.problems if each not in known and not each.info)]
    return laid


def _with_rules_of(other: Config, spans: Sequence[Span], file: Path | None, problems: list[Problem]) -> list[Span]:
    """Return the same spans with other rules."""
    if file:
        by_name = {span.name: span for span in _of_examples(file, other, problems)}
        return [by_name.get(span.name, span) for span in spans]
    return [replace(span, config=other) for span in spans]


def _check_rule(rule: str, *configs: Config | None) -> None:
    known = {name for config in configs if config for name in config.rulebook.rules.rules}
    if rule and rule not in known:
        said = Sentence("unknown {what} {key!r}", what=Sentence("rule"), key=rule)
        listed = Sentence("`followup rules` lists them")
        raise click.BadParameter(together(said, expected(rule, sorted(known)) or listed), param_hint="--rule")


def _no_case(case: str, stories: Sequence[Story]) -> Iterator[Problem]:
    """Warn of a case to which nothing happens: its name may be misspelt."""
    names = sorted({story.names.get(line.case, line.case) for story in stories for line in story.lines})
    if case and names and not any(_cases(case, story) for story in stories):
        hint = expected(case, names) or Sentence("the cases: {names}", names=listed(names, _LISTED))
        yield Problem("--case", Sentence("{name!r} fits no case", name=case), hint=hint, warning=True)


def _cases(case: str, story: Story) -> set[str]:
    """Return the keys of the cases of a story that a person may mean."""
    called = {key for key, name in story.names.items() if case.casefold() in (key, name.casefold())}
    return match(case, {line.case for line in story.lines}) | called


def _only(story: Story, chosen: Chosen) -> Story:
    """Return what is told of one rule, with the events of its cases, and of one case."""
    cases = {line.case for line in story.lines if line.rule and chosen.rule_is(line)}
    if chosen.case:
        cases = _cases(chosen.case, story)
    elif not chosen.rule:
        return story
    lines = tuple(line for line in story.lines if line.case in cases and (not line.rule or chosen.rule_is(line)))
    made = {key: each for key, each in story.made.items() if each.case in cases and chosen.rule in ("", each.rule)}
    return replace(story, lines=lines, made=made)


# -- a story

_SIGNS: Mapping[str, Clause] = {
    "create": ("+", "green"), "update": ("~", "yellow"), "withdraw": ("-", "red"), "held": ("‖", "magenta"),
    "missed": ("✗", "yellow"),
}  # fmt: skip
_VERBS = {
    "create": Sentence("made"),
    "update": Sentence("changed"),
    "withdraw": Sentence("taken back"),
    "held": Sentence("held"),
    "missed": Sentence("missed"),
}
_TALLIES = {
    "create": tallies.MADE,
    "update": tallies.CHANGED,
    "withdraw": tallies.TAKEN_BACK,
    "held": State.HELD,
    "missed": tallies.MISSED,
}
_EVENTS = {
    "meeting": Sentence("meeting"),
    "note": Sentence("note"),
    "sent": Sentence("you write"),
    "received": Sentence("they write"),
    "gone": Sentence("no longer there"),
    "cancelled": Sentence("cancelled"),
    "declined": Sentence("declined"),
}


def _print_story(span: Span, story: Story) -> None:
    page = Page()
    page.row((), 0, [(_heading(span, Sentence("What your rules would have done")), "bold")])
    for day, lines in groupby(story.lines, key=lambda line: line.at.date()):
        page.title(pages.on_day(day))
        for line in lines:
            sign = _SIGNS.get(line.what, ("◆", "bold"))
            page.row([f"  {line.at:%H:%M}  ", sign], 11, *_lines(line, story))
    page.row((), 0)
    counts = [(sum(line.what == what for line in story.lines), tally) for what, tally in _TALLIES.items()]
    page.row(
        (),
        0,
        [
            (tallies.listed(counts) or Sentence("nothing happens"), "bold"),
            Sentence("{number} run", "{number} runs", number=story.ticks),
        ],
    )
    if not span.history.appearances:
        page.row((), 0, [Sentence("no event is known yet: the first run reads them; or name a file of examples")])
    page.print()


def _heading(span: Span, title: str) -> str:
    last = span.end - timedelta(microseconds=1)  # midnight ends the day before
    days = Sentence("{first} to {last}", first=pages.on_day(span.start), last=pages.on_day(last))
    return f"{tr(span.name or title)} · {tr(days)}"


def _lines(line: Line, story: Story) -> Iterator[list[Clause]]:
    case = story.names.get(line.case, line.case)
    people = ", ".join(person.name or person.address for person in line.people)
    if not line.rule:
        yield [(_EVENTS.get(line.what, line.what), "bold"), line.title or Sentence("without a title"), people or case]
        return
    yield [
        (f"{line.rule} {tr(_VERBS[line.what])}", "bold"),
        *([TYPES.get(line.type, line.type)] if line.type else []),
        line.title,
        case,
    ]
    if line.why:
        yield [
            (
                Sentence("because {why}", why=tr_kept(str(line.why)))
                if line.what == "withdraw"
                else pages.in_words(line.why, line.at),
                "dim",
            )
        ]


# -- a comparison


def _print_changes(span: Span, now: Story, then: Story) -> None:
    changes = compare.differences(now, then)
    names = {**then.names, **now.names}
    page = Page()
    page.row((), 0, [(_heading(span, Sentence("What these rules would have done otherwise")), "bold")])
    for case, own in groupby(changes, key=lambda change: change.case):
        page.title(names.get(case, case))
        for change in own:
            _add_change(page, change)
    page.row((), 0)
    counts = {what: sum(change.what == what for change in changes) for what in ("more", "less", "other")}
    told = [
        Sentence("{number} made besides", number=counts["more"]),
        Sentence("{number} not made", number=counts["less"]),
        Sentence("{number} made otherwise", number=counts["other"]),
    ]
    page.row((), 0, [(", ".join(map(tr, told)) if changes else Sentence("nothing would have been different"), "bold")])
    page.print()


def _add_change(page: Page, change: Change) -> None:
    sign: Clause = {"more": ("+", "green"), "less": ("-", "red"), "other": ("~", "yellow")}[change.what]
    made = {
        "more": Sentence("{rule} would have been made", rule=change.rule),
        "less": Sentence("{rule} would not have been made", rule=change.rule),
        "other": Sentence("{rule} would have been other", rule=change.rule),
    }
    lines: list[list[Clause]] = [[(made[change.what], "bold"), change.key.rpartition("@")[2]]]
    if one := (change.then if change.what == "more" else change.now if change.what == "less" else None):
        lines.append([one.action.title, pages.absolute(one.at)])
    if change.now and change.then:
        lines += _compared(change.now, change.then, change.how)
    page.row([sign], 2, *lines)


def _compared(now: Made, then: Made, how: Sequence[str]) -> Iterator[list[Clause]]:
    if "day" in how:
        yield [Sentence("made {then} instead of {now}", then=pages.absolute(then.at), now=pages.absolute(now.at))]
    if "due" in how:
        due = [pages.absolute(each.action.due) if each.action.due else Sentence("no time") for each in (then, now)]
        yield [Sentence("due {then} instead of {now}", then=due[0], now=due[1])]
    if "end" in how:
        yield [
            Sentence("taken back {absolute}", absolute=pages.absolute(then.withdrawn))
            if then.withdrawn
            else Sentence("not taken back")
        ]
    if "text" in how:
        for line in compare.changed_lines(now, then):
            yield [line]


# -- for programs


def _print_records(told: Sequence[tuple[Span, Story, Story | None]], problems: Sequence[Problem]) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json
    from followup_rules.cli import story_record  # noqa: PLC0415 -- likewise

    spans = [
        {
            "name": span.name or None,
            "from": span.start.isoformat(),
            "to": span.end.isoformat(),
            "runs": now.ticks,
            "lines": [story_record.line(line) for line in now.lines],
            **({"differences": [story_record.change(each) for each in compare.differences(now, then)]} if then else {}),
        }
        for span, now, then in told
    ]
    click.echo(records.dump({"simulations": spans, "problems": records.problems(problems)}))
