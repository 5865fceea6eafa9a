"""What `followup init` has to know: each question, what it is for, what is proposed, and how an answer is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from followup_rules.cli import init_answers, time_zone
from followup_rules.cli.speech import of_locale
from followup_rules.config import cities, holidays
from followup_rules.sentences import Sentence
from followup_rules.web_address import is_address

Given = Mapping[str, tuple[str, ...]]
"""Answers by the name of their question."""


class Question(Struct, frozen=True):
    """Something to know: its flag, how it is asked, what is proposed, how an answer is read and checked."""

    name: str
    asks: str
    explains: str
    """What it is for, and what follows from an empty answer."""
    proposes: Callable[[Given], tuple[str, ...]] = lambda _: ()
    """Called with the answers to the questions before."""
    reads: Callable[[str], tuple[str, ...]] = init_answers.one
    fault: Callable[[str], str] = lambda _: ""
    """Returns what is wrong with one part of an answer, in a sentence, or ""."""
    needed: bool = False
    is_asked: bool = True
    """In a conversation; else what is proposed is taken, unless its flag is given."""
    several: bool = False
    is_place: bool = False
    """A calendar or sent mail, of which what is found is offered."""


def _in_home(name: str) -> Callable[[Given], tuple[str, ...]]:
    return lambda _: (f"~/followup/{name}",)


def _zone(_: Given) -> tuple[str, ...]:
    return init_answers.one(time_zone.guessed_zone(os.environ, time_zone.LOCALTIME))


def _holidays(given: Given) -> tuple[str, ...]:
    """Propose those of the city that was named, which is more than its zone tells; else those of the zone's country."""
    city = next(iter(given.get(CITY, ())), "")
    zone = next(iter(given.get("timezone", ())), "")
    country = cities.country_of(zone)
    return init_answers.one(cities.holidays_near(city) or (country if holidays.known(country) else ""))


MISSING = Sentence("is missing")
CITY = "city"
"""Under this name the answers hold the city by which the time zone was named."""
_SENT_THERE = ("~/Maildir/.Sent", "~/Mail/Sent", "~/mail/sent")


def _sent(_: Given) -> tuple[str, ...]:
    there = (folder for folder in _SENT_THERE if os.path.exists(os.path.expanduser(folder)))  # noqa: PTH110, PTH111 -- as texts
    return (next(there, "~/followup/sent"),)


# Calendar and mail first, since they show whose they are; the city before the holidays, which follow from it.
QUESTIONS = (
    Question(
        "calendar",
        Sentence("Your calendar: an .ics file, a folder of them, or its secret address (https:// or webcal://)"),
        Sentence(
            "Interviews are found in it. Its address on the web stands in the calendar's settings, as “secret address "
            "in iCal format” or the like; it is kept in a file that only you may read. Without a calendar, answer -, "
            "and note your interviews."
        ),
        _in_home("calendar.ics"),
        init_answers.path,
        init_answers.calendar_fault,
        is_place=True,
    ),
    Question(
        "sent",
        Sentence("Your sent mail: a Maildir, an mbox, or a folder of .eml"),
        Sentence(
            "By it is known whom you thanked, and when. It is only read, and nothing is ever sent. Thunderbird and "
            "Apple Mail keep it in their folders; of Gmail, Google Takeout gives it as Sent.mbox. Without it, answer "
            "-, and note what you did."
        ),
        _sent,
        init_answers.path,
        several=True,
        is_place=True,
    ),
    Question(
        "me",
        Sentence("Your e-mail addresses"),
        Sentence(
            "All of them, so that your mail is known to be yours: a@b.ca; c@d.ca. Drafts are written from the first."
        ),
        reads=init_answers.addresses,
        fault=init_answers.address_fault,
        needed=True,
        several=True,
    ),
    Question(
        "name",
        Sentence("Your name, as you sign"),
        Sentence("It stands at the end of drafts; without one a gap is left to fill."),
    ),
    Question(
        "timezone",
        Sentence("The city that you live in, or its time zone"),
        Sentence("Days begin and end by its clocks: the call that you announce for a day is due on that day there."),
        _zone,
        init_answers.zone,
        init_answers.zone_fault,
        needed=True,
    ),
    Question(
        "holidays",
        Sentence("Whose holidays, such as CA or CA-QC"),
        Sentence(
            "A call that would fall on one is moved to the next workday. Without any, only week-ends are passed over."
        ),
        _holidays,
        init_answers.holidays,
        init_answers.holidays_fault,
    ),
    Question(
        "language",
        Sentence("Language of the texts, fr or en"),
        Sentence("In it drafts and tasks are written; `[case.NAME] language` sets another one for an employer."),
        lambda _: (of_locale(),),
        init_answers.language,
        init_answers.language_fault,
        needed=True,
    ),
    Question(
        "my-domain",
        Sentence("Your employer's domains, such as acme.com"),
        Sentence("A meeting with people there alone is no interview. Without a job, there is nothing to write."),
        reads=init_answers.domains,
        fault=init_answers.domain_fault,
        several=True,
    ),
    Question(
        "notes",
        Sentence("Your notes: a Markdown file, or a folder of them"),
        "",
        _in_home("notes.md"),
        init_answers.path,
        needed=True,
        is_asked=False,
    ),
    Question(
        "drafts",
        Sentence("Folder for the drafts"),
        "",
        _in_home("drafts"),
        init_answers.path,
        needed=True,
        is_asked=False,
    ),
    Question(
        "tasks",
        Sentence("File for the tasks, in the todo.txt format"),
        "",
        _in_home("todo.txt"),
        init_answers.path,
        needed=True,
        is_asked=False,
    ),
)


def faults(question: Question, answer: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with an answer, in sentences; `is missing` if it is needed and not there."""
    if not answer and question.needed:
        yield MISSING
    for part in answer:
        if not part.isprintable():
            yield (
                Sentence("it holds characters that cannot be printed")
                if is_address(part)
                else Sentence("{answer!r} holds characters that cannot be printed", answer=part)
            )
        elif fault := question.fault(part):
            yield fault
