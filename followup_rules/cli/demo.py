"""`followup demo`: one invented interview, played in memory: what to do, what not to do, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct

from followup_rules.cli import page as pages
from followup_rules.cli import shared, speech
from followup_rules.cli.page import Clause, Page
from followup_rules.config import neutral
from followup_rules.config.read import read_document
from followup_rules.engine.guards import Window
from followup_rules.host import registry
from followup_rules.model import DRAFT, NOTICE, Action, Event
from followup_rules.sentences import Sentence, as_sentence
from followup_rules.simulation import examples
from followup_rules.simulation.examples import Configs, Example
from followup_rules.simulation.player import Player, playing
from followup_rules.toml.document import Document


class Moment(Struct, frozen=True):
    """An instant of the story: what has happened since the one before, and what follows from it."""

    at: datetime
    happened: tuple[Event, ...]
    made: tuple[Action, ...]
    done: tuple[Action, ...]
    """What is taken back, since the user has done it."""
    windows: tuple[Window, ...]
    """In which contact is held from now on."""


@click.command("demo")
@click.option("--long", "is_long", is_flag=True, help="Also show the drafts and tasks as they are made.")
@shared.json_option
@click.pass_context
def command(ctx: click.Context, *, is_long: bool, as_json: bool) -> None:
    """Play one invented interview: what you must do afterwards, what you must not do, and why.

    It is played in memory by the rules for interviews: nothing is read, written or sent.
    """
    del ctx
    example = _example(speech.language())
    with playing(example.config, example.history, neutral.USUAL) as player:
        moments = list(_moments(example, player))
    if as_json:
        _print_records(moments, example)
    else:
        _print(moments, example, is_long=is_long)


def _example(language: str) -> Example:
    """Return the story in a language: a file beside the rules for interviews, and itself an example of them."""
    pack = registry.load().packs[neutral.INTERVIEW]
    file = Path(pack.folder) / f"demo.{language}.toml"
    document = read_document(file, file.name, hint="")
    assert isinstance(document, Document), document
    (named,) = examples.tables(document, [])
    example = examples.read(named, Configs(neutral.of_pack(pack)))
    assert example is not None, named.table.problems
    return example


def _moments(example: Example, player: Player) -> Iterator[Moment]:
    from followup_rules.cli.casebook import files_of  # noqa: PLC0415 -- once it is known that there is a story

    before, known = datetime.min.replace(tzinfo=example.then[0].at.tzinfo), set[tuple[str, datetime]]()
    # A meeting is told of once it is over.
    events = [(event.end if event.kind == "meeting" else event.start, event)
              for event in (each.event for each in example.history.appearances)]  # fmt: skip
    for then in example.then:
        made = [outcome.change for report in player.until(then.at) for outcome in report.outcomes]
        files = files_of(player.store.cases(), player.config, player.store, player.now(then.at), 0)
        windows = [window for file in files for window in file.windows]
        yield Moment(
            then.at.astimezone(example.config.profile.timezone),
            tuple(event for at, event in events if before < at <= then.at),
            tuple(change.action for change in made if change.op == "create"),
            tuple(change.action for change in made if change.op == "withdraw"),
            tuple(each for each in windows if (each.guard.id, each.end) not in known),
        )
        known |= {(each.guard.id, each.end) for each in windows}
        before = then.at


# -- for people


def _print(moments: Iterable[Moment], example: Example, *, is_long: bool) -> None:
    page = Page()
    page.row((), 0, [(Sentence("One invented interview. Nothing is read, written or sent."), "bold")])
    why = {rule.id: rule.why for rule in example.config.rulebook.rules.rules.values()}
    people = [person for each in example.history.appearances for person in each.event.people]
    names = {person.address: person.name for person in people if person.name}
    for moment in moments:
        page.row((), 0)
        label = f"{pages.absolute(moment.at)}  "
        page.row([(label, "bold")], len(label), *([_happened(event)] for event in moment.happened))
        _add_duties(page, moment, why, names)
        if is_long:
            _add_texts(page, moment)
    page.row((), 0)
    if not is_long:
        page.row((), 0, [Sentence("With the drafts and tasks themselves:")])
        page.command("demo", "--long")
    page.row((), 0, [Sentence("What your own calendar and sent mail show:")])
    page.command("look")
    page.print()


def _happened(event: Event) -> Clause:
    tags = " ".join(f"#{tag}" for tag in event.tags)
    if event.kind == "meeting":
        people = ", ".join(person.name for person in event.people)
        return Sentence("you come home: “{title}” with {people}", title=event.title, people=people)
    if event.kind == "note":
        return Sentence("you note {tags} “{title}”", tags=tags, title=event.title)
    return Sentence("you write “{title}”", title=event.title)


def _add_duties(page: Page, moment: Moment, why: Mapping[str, str], names: Mapping[str, str]) -> None:
    words = (Sentence("DO"), Sentence("DON'T"), Sentence("NOTICE"), Sentence("DONE"))
    do, leave, told, done = map(speech.tr, words)
    width = max(map(len, (do, leave, told, done))) + 4
    for action in moment.done:
        page.row([(f"  {done}", "dim")], width, [(action.title, "dim")])
    for action in _in_order(moment.made):
        if action.type != NOTICE:
            kind = [*_kind(action, moment.at, names)]
            page.row([(f"  {do}", "bold green")], width, [(action.title, "bold")], *([kind] if kind else []))
            page.row((), width, [_because(why[action.rule])])
    for window in moment.windows:
        until = pages.absolute(window.end.astimezone(moment.at.tzinfo))
        page.row(
            [(f"  {leave}", "bold red")], width, [(Sentence("write again or call before {day}", day=until), "bold")]
        )
        page.row((), width, [_because(window.guard.why)])
    for action in (each for each in moment.made if each.type == NOTICE):
        page.row([(f"  {told}", "bold yellow")], width, [(action.title, "bold")])
        page.row((), width, [_because(why[action.rule])])


def _in_order(actions: Iterable[Action]) -> list[Action]:
    """Return what goes to somebody first."""
    return sorted(actions, key=lambda action: (not action.to, action.key))


def _kind(action: Action, at: datetime, names: Mapping[str, str]) -> Iterator[Clause]:
    if action.type == DRAFT:
        people = ", ".join(names.get(person.address, person.address) for person in action.to)
        yield Sentence("a draft to {people}", people=people)
    if action.due and action.due > at:
        yield Sentence("by {day}", day=pages.absolute(action.due))


def _because(reason: str) -> Clause:
    return Sentence("why: {reason}", reason=as_sentence(reason)), "dim"


def _add_texts(page: Page, moment: Moment) -> None:
    for action in (each for each in _in_order(moment.made) if each.type != NOTICE):
        page.row((), 0)
        if action.to:
            page.row((), 4, [Sentence("To: {people}", people=", ".join(each.address for each in action.to))])
        page.row((), 4, [(action.title, "bold")])
        for line in action.text.strip().split("\n"):
            page.row((), 4, [line])


# -- for programs


def _print_records(moments: Iterable[Moment], example: Example) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    rules = example.config.rulebook.rules.rules
    rows = [
        {
            "at": moment.at.isoformat(),
            "happened": [{"kind": event.kind, "title": event.title} for event in moment.happened],
            "do": [_action(each, rules[each.rule].why) for each in moment.made if each.type != NOTICE],
            "dont": [
                *(
                    {"until": each.end.astimezone(moment.at.tzinfo).isoformat(), "why": each.guard.why}
                    for each in moment.windows
                ),
                *(_action(each, rules[each.rule].why) for each in moment.made if each.type == NOTICE),
            ],
        }
        for moment in moments
    ]
    click.echo(records.dump({"moments": rows, "problems": []}))


def _action(action: Action, why: str) -> dict[str, str | None]:
    due = action.due.isoformat() if action.due else None
    return {
        "rule": action.rule,
        "type": action.type,
        "title": action.title,
        "text": action.text,
        "due": due,
        "why": why,
    }
