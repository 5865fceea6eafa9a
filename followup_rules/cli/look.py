"""`followup look`: what a calendar and sent mail show of the last 90 days, without any config, and without a trace."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import click
from msgspec import Struct

from followup_rules.cli import casebook, init_answers, offered, shared, time_zone
from followup_rules.cli.offered import FLAGS, Unusable
from followup_rules.cli.past import Past, draft_of_then, past
from followup_rules.cli.speech import of_locale, say, speak, tr
from followup_rules.codes import Code
from followup_rules.config import cities, holidays, neutral
from followup_rules.config.configured import ConfiguredOutput
from followup_rules.config.read import Config
from followup_rules.host import registry
from followup_rules.host.discoveries import Offer
from followup_rules.host.registry import Registry
from followup_rules.host.time_limit import sentence
from followup_rules.language.phrases import Days
from followup_rules.model import DRAFT, LANGUAGES, Action, Person, Problem
from followup_rules.sentences import Sentence
from followup_rules.simulation.history import History
from followup_rules.simulation.memory import World, with_desks
from followup_rules.simulation.player import NOWHERE
from followup_rules.store.store import open_copy
from followup_rules.tick.run import every_case, preview

DAYS = 90


class Asked(Struct, frozen=True, kw_only=True):
    """What the user said of themselves, and where the draft is to go."""

    me: tuple[str, ...]
    name: str
    timezone: str | None
    language: str | None
    out: Path | None
    now: str | None


class Seen(Struct, frozen=True, kw_only=True):
    """What was looked at, for whom, and what it shows."""

    now: datetime
    me: tuple[Person, ...]
    timezone: str
    offers: tuple[Offer, ...]
    past: Past
    draft: Action | None
    """One that is ready."""
    is_of_then: bool
    """It is the one of the latest interview, since none is owed now."""
    out: Path | None = None
    """The folder that it was put into."""
    problems: tuple[Problem, ...] = ()


@click.command("look")
@click.argument("paths", nargs=-1, metavar="[CALENDAR] [SENT]...")
@click.option("--me", multiple=True, metavar="ADDRESS", help="An address of yours; can be given several times.")
@click.option("--name", default="", metavar="TEXT", help="Your name, as you sign.")
@click.option("--timezone", metavar="ZONE", help="Your time zone; that of this computer if not given.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the texts; that of this computer if not given.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A folder to put the draft into.")
@shared.now_option
@shared.json_option
@click.pass_context
def command(ctx: click.Context, /, paths: Sequence[str], *, as_json: bool, **given: Any) -> None:
    """Tell what your calendar and sent mail show of the last 90 days, and what you owe today. Needs no config.

    CALENDAR is an .ics file or a folder of them, SENT a Maildir, an mbox or a folder of .eml; notes in Markdown may be
    named, too. Without any, what lies in the usual places is offered. No connection is opened, and nothing is written
    outside --out.
    """
    asked, plugins = Asked(**given), registry.load()
    if fault := next(filter(None, map(init_answers.address_fault, asked.me)), ""):
        raise click.BadParameter(fault, ctx, param_hint="--me")
    try:
        offers = [offer for path in paths for offer in offered.named(plugins, path)]
    except Unusable as error:
        raise click.UsageError(error.args[0], ctx) from error
    offers = offers or _chosen(plugins, as_json=as_json)
    if asked.language:
        speak(asked.language)
    me = [Person(address.lower()) for address in asked.me] or offered.owners(plugins, offers)
    # Without my addresses no mail is mine, and nothing would be seen as thanked or promised.
    if not me:
        raise click.UsageError(Sentence("nothing there tells who you are: add --me with your address"), ctx)
    seen = _look(_config(_profile(ctx, me, asked), offers), me, offers, asked)
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json
        from followup_rules.cli.look_page import record  # noqa: PLC0415 -- likewise

        click.echo(records.dump(record(seen, init_command(seen, asked))))
    else:
        from followup_rules.cli.look_page import show  # noqa: PLC0415 -- rich is heavy

        show(seen, init_command(seen, asked))
    shared.print_problems(seen.problems)
    sys.exit(shared.exit_code(seen.problems))


# -- what is looked at


def _chosen(plugins: Registry, *, as_json: bool) -> list[Offer]:
    """Return what the user chooses of what lies in the usual places; where nobody can be asked, tell it, and end."""
    offers = offered.found(plugins, Path.home())
    if not offers:
        _nothing_found()
    proposal = offered.proposed(offers)
    if as_json or not is_asked():
        _only_told(offers, proposal, as_json=as_json)
    say(Sentence("These may be yours. Nothing has been read yet."))
    offered.show(offers)
    asked = tr(Sentence("Read which? Their numbers"))
    numbers = click.prompt(asked, " ".join(map(str, proposal)), value_proc=lambda answer: _numbers(answer, len(offers)))
    return [offers[number - 1] for number in numbers]


def is_asked() -> bool:
    """Tell whether somebody is there to answer."""
    return sys.stdin.isatty()


def _numbers(answer: str, most: int) -> list[int]:
    words = answer.replace(",", " ").split()
    if not words or not all(word.isdecimal() and 0 < int(word) <= most for word in words):
        raise click.UsageError(tr(Sentence("write numbers from 1 to {most}, such as 1 2", most=most)))
    return list(dict.fromkeys(map(int, words)))


def _only_told(offers: Sequence[Offer], proposal: Sequence[int], *, as_json: bool) -> NoReturn:
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        rows = [
            {"kind": offered.what_it_is(each), "path": str(each.place.path), "told": each.place.told} for each in offers
        ]
        click.echo(records.dump({"offers": rows, "problems": []}))
    else:
        say(Sentence("These may be yours. Nothing has been read: say which."))
        offered.show(offers)
        places = [shlex.quote(str(offers[number - 1].place.path)) for number in proposal]
        click.echo(f"\n  followup look {' '.join(places)}")
    sys.exit(shared.FINE)


def _nothing_found() -> NoReturn:
    say(Sentence("No calendar and no sent mail lies in a usual place. Name them:"), err=True)
    click.echo("  followup look CALENDAR.ics SENT", err=True)
    say(Sentence("CALENDAR.ics: export it from your calendar, in the form iCalendar (.ics)."), err=True)
    say(Sentence("SENT: the folder of sent mail of your mail program, or Sent.mbox of Google Takeout."), err=True)
    say(Sentence("To see first what comes of it: followup demo"), err=True)
    sys.exit(shared.NOTHING_DONE)


# -- for whom


def _profile(ctx: click.Context, me: Sequence[Person], asked: Asked) -> dict[str, Any]:
    # As the operating system does without a zone; the page tells which one was taken.
    guess = time_zone.guessed_zone(os.environ, time_zone.LOCALTIME) or "UTC"
    (zone, *_) = init_answers.zone(asked.timezone) if asked.timezone else (guess,)
    if fault := init_answers.zone_fault(zone):
        raise click.BadParameter(fault, ctx, param_hint="--timezone")
    return {
        "me": [person.address for person in me],
        "name": asked.name or next((person.name for person in me if person.name), ""),
        "timezone": zone,
        "holidays": country if holidays.known(country := cities.country_of(zone)) else "",
        "language": asked.language or of_locale(),
        "lookback": f"{DAYS} days",
    }


def _config(profile: dict[str, Any], offers: Sequence[Offer]) -> Config:
    sources: dict[str, dict[str, str]] = {}
    for offer in offers:
        flag = FLAGS[offered.what_it_is(offer)]
        number = sum(name.partition("-")[0] == flag for name in sources) + 1
        name = f"{flag}-{number}" if number > 1 else flag
        sources[name] = {"plugin": offer.source, "path": str(offer.place.path)}
    return neutral.of_user(profile, sources)


def init_command(seen: Seen, asked: Asked) -> list[str]:
    """Return the words of the command that turns this look into a config."""
    words = ["followup", "init"]
    for offer in seen.offers:
        words += [f"--{FLAGS[offered.what_it_is(offer)]}", str(offer.place.path)]
    for person in seen.me:
        words += ["--me", person.address]
    known = asked.name or next((person.name for person in seen.me if person.name), "")
    words += ["--name", known] if known else []
    words += ["--language", asked.language] if asked.language else []
    return [*words, "--timezone", seen.timezone]


# -- what it shows


def _look(config: Config, me: Sequence[Person], offers: Sequence[Offer], asked: Asked) -> Seen:
    """Do one tick in memory over what was chosen, and gather what it shows."""
    if config.fatal:
        shared.give_up(config.problems, as_json=False)
    moment = shared.instant(asked.now, config)
    # Without holidays: here days are only counted back.
    days = Days(config.profile.timezone, lambda _: None)
    since = days.midnight(days.day(moment) - timedelta(days=DAYS))
    # With outputs in memory: nothing is made anywhere, and the rules see types that something takes.
    at_home = with_desks(config, World(History(kinds=frozenset())), neutral.USUAL)
    with open_copy(NOWHERE) as store:
        report = preview(at_home, store, moment, every_case)
        concerned = sorted({decision.case for decision in report.decisions})
        files = casebook.files_of(concerned, at_home, store, report, 0)
    found = past(report, files, since)
    draft = next((action for action in found.owed if action.type == DRAFT), None)
    of_then = None if draft else draft_of_then(config, files, found)
    unwritten = tuple(_write(config, draft or of_then, asked.out, report.now))
    return Seen(
        now=report.now,
        me=tuple(me),
        timezone=str(config.profile.timezone),
        offers=tuple(offers),
        past=found,
        draft=draft or of_then,
        is_of_then=of_then is not None,
        out=asked.out,
        problems=(*report.problems, *unwritten),
    )


def _write(config: Config, draft: Action | None, out: Path | None, now: datetime) -> Iterator[Problem]:
    """Put the draft into a folder, as the output for drafts writes it; yield why that was not possible."""
    if draft is None or out is None:
        return
    kind = config.registry.outputs["eml"]
    folder = ConfiguredOutput(name="drafts", type=kind, options=kind.options(path=out.absolute()))
    opened = folder.open(config.context(now))
    try:
        opened.create(draft)
    except Exception as error:  # noqa: BLE001 -- an output may fail in any way, and what was seen is told all the same
        yield Problem("--out", sentence(error, typed=False), Code.NOT_WRITTEN, hint=Sentence("name another folder"))
    finally:
        opened.close()
