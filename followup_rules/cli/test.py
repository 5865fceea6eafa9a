"""`followup test`: plays the examples of rules, and tells which do not hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import casebook, shared
from followup_rules.cli import page as pages
from followup_rules.cli.speech import say, tr
from followup_rules.codes import Code
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.simulation import examples, expectations, files, update
from followup_rules.simulation.expectations import Difference, Moment
from followup_rules.simulation.files import ExampleFile
from followup_rules.simulation.player import MOST_TICKS, TooLong


class Failure(Struct, frozen=True):
    """An instant at which an example does not hold."""

    moment: Moment
    cases: tuple[casebook.CaseFile, ...]
    """Those that the differences are of, as they are at that instant; of the first failure of an example only."""


class Result(Struct, frozen=True):
    """What came of an example."""

    file: ExampleFile
    name: str
    line: int
    failures: tuple[Failure, ...]
    example: examples.Example | None = None
    """None: it could not be played."""

    @property
    def differences(self) -> list[Difference]:
        """All that does not hold."""
        return [each for failure in self.failures for each in failure.moment.differences]


@click.command("test")
@click.argument("paths", nargs=-1, metavar="[FILE...]", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-k", "words", metavar="WORDS", default="", help="Play only the examples that have WORDS in their name.")
@click.option("--update", "asks", is_flag=True, help="Offer to write what is so now into the file.")
@shared.json_option
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], words: str, *, asks: bool, as_json: bool) -> None:
    """Play the examples of your packs and rules, or of FILEs: with a fixed clock, no store, and nothing sent or made.

    A file is played with your config's rules; the `examples.toml` of a pack, with those of that pack alone.
    Exits with 1 if an example does not hold, or cannot be played.
    """
    if asks and as_json:
        raise click.UsageError(Sentence("--update asks, and --json is for programs: use one of them"), ctx)
    problems: list[Problem] = []
    chosen = [
        (file, named)
        for file in _files(ctx, paths, problems, as_json=as_json)
        for named in examples.tables(file.document, problems)
        if words.casefold() in named.name.casefold()
    ]
    if words and not chosen:
        raise click.UsageError(Sentence("no example has {words!r} in its name", words=words), ctx)
    configs = {id(file): examples.Configs(file.config) for file, _ in chosen}
    results = []
    for file, named in chosen:
        result = _played(file, named, configs[id(file)], problems)
        results.append(result)
        if not as_json:
            _print_failures(result)
    problems = list(dict.fromkeys(problems))
    if as_json:
        _print_record(results, problems)
    else:
        _print_sum(results)
    shared.print_problems(problems)
    failed = any(result.failures or result.example is None for result in results)
    if asks:
        failed = _offer([result for result in results if result.failures]) or any(not each.example for each in results)
    sys.exit(shared.PARTLY if failed or shared.exit_code(problems) else shared.FINE)


def _files(
    ctx: click.Context, paths: Sequence[Path], problems: list[Problem], *, as_json: bool
) -> Iterator[ExampleFile]:
    from followup_rules.host import registry  # noqa: PLC0415 -- not for `--help`

    packs = registry.load().packs
    of_packs = {path: pack for path in paths if (pack := files.pack_of(path, packs))}
    config = None if paths and len(of_packs) == len(set(paths)) else shared.load(ctx, as_json=as_json)
    if not paths and config:
        yield from files.of_config(config, problems)
    for path in dict.fromkeys(paths):
        if path in of_packs:
            yield from files.of_pack(of_packs[path], problems)
        elif config:
            yield from files.of_file(path, config, problems)


def _played(file: ExampleFile, named: examples.Named, configs: examples.Configs, problems: list[Problem]) -> Result:
    example = examples.read(named, configs)
    if example is None:
        return Result(file, named.name, named.line, ())
    failures: list[Failure] = []
    told: list[Problem] = []
    try:
        with expectations.checking(example) as play:
            for moment in play.moments:
                told += moment.told
                if moment.differences:
                    failures.append(Failure(moment, () if failures else _concerned(moment, play)))
    except TooLong:
        message = Sentence("it would take more than {number} runs", number=f"{MOST_TICKS:,}")
        hint = Sentence("is there a slip in a year?")
        problem = file.document.problem(named.table.path, message, code=Code.NOT_PLAYED, hint=hint)
        problems.append(problem)
        return Result(file, named.name, named.line, ())
    # A note under a heading that fits nothing is a case of its own: the likeliest reason why it ends or joins nothing.
    problems += [each for each in told if failures and each.code == Code.NO_CASE]
    return Result(file, named.name, named.line, tuple(failures), example)


def _concerned(moment: Moment, play: expectations.Playing) -> tuple[casebook.CaseFile, ...]:
    """Return the cases that the differences are of; all, where they are of none."""
    keys = play.store.cases()
    concerned = {each.case for each in moment.differences}
    chosen = [key for key in keys if key in concerned] or keys
    found = [each for each in moment.report.decisions if each.case in chosen]
    report = replace(moment.report, decisions=tuple(found))
    return casebook.files_of(chosen, play.player.config, play.store, report, play.store.decisions.last_line())


# -- for people


def _print_failures(result: Result) -> None:
    if not result.failures or result.example is None:
        return
    from followup_rules.cli.explain import case_page  # noqa: PLC0415 -- only where something does not hold

    page = pages.Page()
    page.row([("✗", "bold red")], 2, [(result.name, "bold"), f"{result.file.document.file}:{result.line}"])
    page.print()
    zone = result.example.config.profile.timezone
    for failure in result.failures:
        page = pages.Page()
        page.row((), 2, [Sentence("at {absolute}", absolute=pages.absolute(failure.moment.then.at.astimezone(zone)))])
        for each in failure.moment.differences:
            _add_difference(page, each)
        page.print()
        for case in failure.cases:
            click.echo()
            case_page(failure.moment.report, case, result.example.config.rulebook.rules, history=False).print()
            click.echo()


def _add_difference(page: pages.Page, difference: Difference) -> None:
    what = (
        Sentence("{what} of {name}", what=difference.what, name=difference.name) if difference.name else difference.what
    )
    page.row((), 4, [(what, "bold")])
    page.row([(Sentence("    expected"), "green")], 14, [difference.expected])
    since = Sentence("since {absolute}", absolute=pages.absolute(difference.since)) if difference.since else ""
    lines = difference.found.split("\n")
    page.row(
        [(Sentence("    is"), "red")],
        14,
        *[[line] for line in lines[:-1]],
        [part for part in (lines[-1], since) if part],
    )
    if difference.why and difference.what != "why":
        page.row([(Sentence("    because"), "dim")], 14, [difference.why])


def _print_sum(results: Sequence[Result]) -> None:
    page = pages.Page()
    for file in dict.fromkeys(result.file.document.file for result in results):
        own = [result for result in results if result.file.document.file == file]
        failed = sum(bool(result.failures) for result in own)
        unplayed = sum(result.example is None for result in own)
        held = len(own) - failed - unplayed
        parts: list[pages.Clause] = [Sentence("{number} example holds", "{number} examples hold", number=held)]
        parts += [(Sentence("{number} does not", "{number} do not", number=failed), "bold red")] if failed else []
        lost = Sentence("{number} cannot be played", "{number} cannot be played", number=unplayed)
        parts += [(lost, "bold red")] if unplayed else []
        page.row([("✓", "green") if not failed + unplayed else ("✗", "bold red")], 2, [file, *parts])
    if not results:
        page.row((), 0, [Sentence("There are no examples: see docs/examples.md.")])
    page.print()


# -- for programs


def _print_record(results: Sequence[Result], problems: Sequence[Problem]) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    record = {"examples": [_record(result) for result in results], "problems": records.problems(problems)}
    click.echo(records.dump(record))


def _record(result: Result) -> dict[str, Any]:
    from followup_rules.cli.explain import case_record  # noqa: PLC0415 -- only for --json

    return {
        "name": result.name,
        "file": result.file.document.file,
        "line": result.line,
        "played": result.example is not None,
        "holds": result.example is not None and not result.failures,
        "failures": [
            {
                "at": failure.moment.report.now.isoformat(),
                "differences": [_difference(each) for each in failure.moment.differences],
                "cases": [case_record(case, failure.moment.report.now, history=False) for case in failure.cases],
            }
            for failure in result.failures
        ],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "what": difference.what,
        "name": difference.name or None,
        "expected": difference.expected,
        "is": difference.found,
        "since": difference.since.isoformat() if difference.since else None,
        "why": difference.why or None,
        "case": difference.case or None,
    }


# -- what is so now becomes what is expected


def _offer(failed: Sequence[Result]) -> bool:
    """Ask for each example that does not hold whether to write what is so; tell whether any still does not."""
    left = False
    for path in dict.fromkeys(result.file.path for result in failed):
        own = [result for result in failed if result.file.path == path]
        agreed = [result for result in own if _is_agreed(result)]
        differences = [each for result in agreed for each in result.differences]
        if differences:
            update.write(path, update.updated(own[0].file.document, differences))
            say(Sentence("{path}: written; play it again", path=path))
        left = left or len(agreed) < len(own) or any(not each.now for each in differences)
    return left


def _is_agreed(result: Result) -> bool:
    known = [each for each in result.differences if each.now]
    if not known:
        say(
            Sentence(
                "{name}: what is so cannot be written down by itself; change the rule or the example", name=result.name
            )
        )
        return False
    for each in known:
        name = f".{each.name}" if each.name else ""
        click.echo(f"  {each.what}{name}: {each.expected} -> {each.now}")
    return click.confirm(tr(Sentence("Write this into {name!r}?", name=result.name)), default=False)
