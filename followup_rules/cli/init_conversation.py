"""The conversation of `followup init`: what lies there is offered, and each answer is checked as it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import offered
from followup_rules.cli.init_questions import CITY, QUESTIONS, Given, Question, faults
from followup_rules.cli.offered import FLAGS, Unusable
from followup_rules.cli.speech import say, tr
from followup_rules.config.configured import ConfiguredSource
from followup_rules.host.discoveries import Offer
from followup_rules.host.registry import Registry
from followup_rules.host.time_limit import sentence
from followup_rules.model import Context, Event, Person, Profile
from followup_rules.sentences import Sentence, as_sentence
from followup_rules.web_address import is_address, parsed

NONE = Sentence("none")
COLON = Sentence(": ")
"""Between a question and its answer."""
_YES = ("y", "yes", "o", "oui")
_NONE = ("-", "none", "aucun", "aucune")
_BACK = timedelta(days=90)
Tries = Callable[[str], str]
"""Called with the web address of a calendar: what was read there, or raises Unusable."""


class Discovered(Struct, frozen=True):
    """What lies in the usual places, and how it is asked whose a place is, and what an address shows."""

    registry: Registry
    offers: Sequence[Offer]
    tries: Tries


def agreed(question: str) -> bool:
    """Ask what is answered by yes or no, in either language; Enter is no."""
    answer = click.prompt(f"{tr(question)} [{tr(Sentence('y/N'))}]", "", show_default=False, prompt_suffix=tr(COLON))
    return answer.strip().lower() in _YES


def answered(given: Given, around: Discovered) -> dict[str, tuple[str, ...]]:
    """Return an answer to each question: the flag's, the user's, or what is proposed."""
    say(
        Sentence(
            "Enter takes what stands in brackets, - is none, ? tells more. Nothing is written before the last answer."
        )
    )
    if around.offers:
        click.echo()
        say(Sentence("These may be yours; they were found, and not read yet:"))
        offered.show(around.offers)
    click.echo()
    answers: dict[str, tuple[str, ...]] = {}
    for question in QUESTIONS:
        if given[question.name] or not question.is_asked:
            answers[question.name] = given[question.name] or question.proposes(answers)
        else:
            answers |= _asked(_prepared(question, answers, around), answers, around)
    return answers


def _prepared(question: Question, answers: Given, around: Discovered) -> Question:
    """Return a question that proposes what was found: a place, or whom the places chosen are of."""
    if question.is_place:
        own = [str(offer.place.path) for offer in around.offers if FLAGS[offered.what_it_is(offer)] == question.name]
        asks = Sentence("{asks}, or numbers of the list", asks=question.asks) if around.offers else question.asks
        return replace(question, asks=asks, proposes=(lambda _: tuple(own[:1])) if own else question.proposes)
    if question.name in ("me", "name"):
        people = _owners(answers, around)
        addresses = tuple(person.address for person in people)
        names = tuple(person.name for person in people if person.name)[:1]
        return replace(question, proposes=lambda _: addresses if question.name == "me" else names)
    return question


def _owners(answers: Given, around: Discovered) -> list[Person]:
    offers = []
    for written in (*answers["calendar"], *answers["sent"]):
        try:
            offers += offered.named(around.registry, written)
        except Unusable:  # not there yet, or on the web
            continue
    return offered.owners(around.registry, offers)


def _asked(question: Question, answers: Given, around: Discovered) -> dict[str, tuple[str, ...]]:
    """Ask until the answer can be used; return it, and the city that it was given by, if it was one."""
    proposed = question.proposes(answers)
    shown = f" [{'; '.join(proposed)}]" if proposed else "" if question.needed else f" [{tr(NONE)}]"
    refused = ""
    while True:
        written = click.prompt(f"{tr(question.asks)}{shown}", "", show_default=False, prompt_suffix=tr(COLON)).strip()
        if written == "?" or (not written and question.needed and not proposed):
            click.echo(f"  {tr(question.explains)}")
            continue
        answer = _meant(written, question, proposed, around)
        wrong = next(faults(question, answer), "") or (_trouble(answer, question, around) if question.is_place else "")
        # A place may not be there yet: a disk that is not mounted, an export that is still to be made.
        if wrong and not (question.is_place and written == refused):
            again = Sentence("{wrong}; the same answer once more keeps it", wrong=wrong)
            click.echo(f"  {tr(again if question.is_place else wrong)}")
            refused = written
            continue
        if answer not in ((written,), proposed):
            click.echo(f"  {'; '.join(answer) or tr(NONE)}")
        return {question.name: answer, **({CITY: (written,)} if question.name == "timezone" else {})}


def _meant(written: str, question: Question, proposed: tuple[str, ...], around: Discovered) -> tuple[str, ...]:
    if not written:
        return proposed
    if written.lower() in _NONE and not question.needed:
        return ()
    if question.is_place and all(word.isdecimal() for word in written.split()):
        numbers = [int(word) for word in written.split()]
        if all(0 < number <= len(around.offers) for number in numbers):
            return tuple(str(around.offers[number - 1].place.path) for number in numbers)
    return question.reads(written)


def _trouble(answer: Sequence[str], question: Question, around: Discovered) -> str:
    """Return why a place cannot be read as what was asked for; if it can, tell what it is."""
    for written in answer:
        try:
            if is_address(written):
                click.echo(f"  {tr(around.tries(written))}")
                continue
            offers = offered.named(around.registry, written)
        except Unusable as error:
            return as_sentence(error.args[0])
        if not any(FLAGS[offered.what_it_is(offer)] == question.name for offer in offers):
            kinds = {flag: offered.KINDS[kind] for kind, flag in FLAGS.items()}
            return Sentence(
                "what is asked for is “{wanted}”, and {path} is “{there}”",
                wanted=kinds[question.name],
                path=Path(written).name,
                there=offered.KINDS[offered.what_it_is(offers[0])],
            )
    return ""


def tried(registry: Registry) -> Tries:
    """Return what reads a calendar on the web once, to see whether its address leads to one."""

    def tries(written: str) -> str:
        # By the plugin itself: what it would say in a run is what it says here.
        kind = registry.sources["ics"]
        now = datetime.now(UTC)
        try:
            source = ConfiguredSource(name="calendar", type=kind, options=kind.options(path=parsed(written)))
            opened = source.open(Context(profile=Profile(), now=now))
            try:
                pull = opened.pull(now - _BACK, "")
            finally:
                opened.close()
        except Exception as error:
            raise Unusable(as_sentence(sentence(error, typed=False))) from error
        count = sum(isinstance(event, Event) for event in pull.events)
        return Sentence("read: {number} meeting", "read: {number} meetings", number=count)

    return tries
