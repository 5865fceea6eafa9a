"""What `followup look` prints: who, interviews and thanks, promises, what is owed and what must wait, a draft."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from followup_rules.cli import page as pages
from followup_rules.cli.page import Clause, Page
from followup_rules.cli.speech import tr
from followup_rules.model import Action, Decision, Event, State
from followup_rules.sentences import Sentence, as_sentence

if TYPE_CHECKING:
    from followup_rules.cli.look import Seen
    from followup_rules.cli.past import Interview, Promise

_MOST = 12
"""So many interviews are told one by one, the latest."""
_SOON = 3
"""So many of those things that come next."""
_INDENT = 2
_TYPES = {"draft": Sentence("a draft"), "task": Sentence("a task")}


def show(seen: Seen, command: Sequence[str]) -> None:
    """Print what was seen, and at the end the command that makes a config of it."""
    page = Page()
    title = Sentence("What your calendar and sent mail show")
    span = Sentence("from {first} to {last}", first=_day(seen.past.since, seen.now), last=_day(seen.now, seen.now))
    page.row((), 0, [(title, "bold"), (span, "bold")])
    _add_who(page, seen)
    _add_interviews(page, seen)
    _add_promises(page, seen)
    _add_owed(page, seen)
    _add_waiting(page, seen)
    _add_questions(page, seen)
    _add_draft(page, seen)
    page.row((), 0)
    page.row((), 0, [_nothing_done(seen)])
    page.row((), 0, [Sentence("To have all this kept for you, day by day:")])
    page.print()
    # Not through the page: it must be possible to copy it as one line, however long the paths are.
    _echo(f"  {shlex.join(command)}")


def _echo(line: str) -> None:
    import click  # noqa: PLC0415 -- beside rich

    from followup_rules.plain import clean  # noqa: PLC0415

    click.echo(clean(line).replace("\n", " "))


def _nothing_done(seen: Seen) -> str:
    if seen.out and seen.draft and not any(problem.where == "--out" for problem in seen.problems):
        return Sentence("The draft lies in {folder}. Nothing else was written, and nothing was sent.", folder=seen.out)
    return Sentence("Nothing was written, and nothing was sent.")


def _add_who(page: Page, seen: Seen) -> None:
    page.row((), 0)
    people = ", ".join(f"{person.name} <{person.address}>" if person.name else person.address for person in seen.me)
    page.row((), 0, [Sentence("You seem to be {people}", people=people), Sentence("in {zone}", zone=seen.timezone)])
    page.row((), 0, [(Sentence("If not, say so: --me ADDRESS, --timezone ZONE"), "dim")])


# -- interviews


def _add_interviews(page: Page, seen: Seen) -> None:
    page.title(Sentence("Interviews"))
    told = seen.past.interviews
    if not _given("meeting", seen):
        page.row((), _INDENT, [Sentence("no calendar was named, so no interview is known")])
    elif not told:
        page.row(
            (),
            _INDENT,
            [Sentence("none in these days: what counts is a title that says so, with somebody from outside")],
        )
    if told and not _given("sent", seen):
        page.row((), _INDENT, [Sentence("no sent mail was named, so nobody can tell whether you thanked")])
    if told[_MOST:]:
        page.row((), _INDENT, [Sentence("the latest {few} of {many}", few=_MOST, many=len(told))])
    for interview in told[-_MOST:]:
        visit = interview.decision.visit
        label = f"  {_day(visit.start, seen.now)}  "
        people = [person.name or person.address for person in visit.people]
        names = ", ".join([*people[:3], *(["…"] if people[3:] else [])])
        page.row([label], len(label), [(visit.anchor.title or interview.case, "bold"), names])
        page.row((), len(label), *_thanked(interview, seen))
        for mail in interview.too_soon:
            page.row(
                (),
                len(label),
                [(f"! {tr(Sentence('a contact in the quiet days'))}", "yellow"), _mail(mail, seen.now)],
            )
    for interview in seen.past.ahead:
        visit = interview.decision.visit
        label = f"  {tr(Sentence('ahead'))}  "
        page.row([label], len(label), [pages.when(visit.start, seen.now), visit.anchor.title or interview.case])


def _given(kind: str, seen: Seen) -> bool:
    return any(kind in offer.emits for offer in seen.offers)


def _thanked(interview: Interview, seen: Seen) -> Iterator[list[Clause]]:
    decision, now = interview.decision, seen.now
    if decision.state is State.DONE and interview.thanks:
        yield [(_signed(decision, Sentence("thanked")), "green"), _mail(interview.thanks, now)]
    elif decision.state is State.EXPIRED:
        over = (
            Sentence("the days for it ended {when}", when=pages.when(decision.closes, now)) if decision.closes else ""
        )
        yield [(_signed(decision, Sentence("never thanked")), "yellow"), *([over] if over else [])]
    elif decision.state is State.DUE:
        until = Sentence("there is time until {when}", when=pages.when(decision.closes, now)) if decision.closes else ""
        yield [(_signed(decision, Sentence("not thanked yet")), "bold green"), *([until] if until else [])]
    elif decision.state is State.BLIND:
        yield [_signed(decision, Sentence("not known"))]
    else:
        yield [(_signed(decision, pages.in_words(decision.reason, now)), "dim")]


def _signed(decision: Decision, text: str) -> str:
    return f"{pages.SIGNS[decision.state][0]} {tr(text)}"


def _mail(event: Event, now: datetime) -> str:
    when = pages.absolute(event.start.astimezone(now.tzinfo))
    return Sentence("{when}, “{title}”", when=when, title=event.title) if event.title else when


# -- promises, what is owed, what waits


def _add_promises(page: Page, seen: Seen) -> None:
    page.title(Sentence("Promises"))
    for promise in seen.past.promises:
        sign, style = pages.SIGNS[promise.decision.state]
        page.row([(f"  {sign} ", style)], 4, *_promised(promise, seen.now))
    if not seen.past.promises:
        page.row(
            (),
            _INDENT,
            [Sentence("none is noted down; a note such as “#promise Send the address due:friday” makes one")],
        )


def _promised(promise: Promise, now: datetime) -> Iterator[list[Clause]]:
    decision = promise.decision
    title = Sentence("“{title}”", title=decision.visit.anchor.title)
    yield [(title, "bold"), promise.case, Sentence("of {day}", day=_day(decision.visit.start, now))]
    if decision.state is State.DONE:
        kept = promise.kept and Sentence("kept {when}", when=pages.when(promise.kept.start, now))
        yield [kept or pages.in_words(decision.reason, now)]
    elif decision.state is State.DUE and decision.due and decision.due < now:
        was_due = Sentence("it was due {when}", when=pages.when(decision.due, now))
        yield [(Sentence("not kept"), "yellow"), was_due]
    else:
        yield [pages.in_words(decision.reason, now)]


def _day(moment: datetime, now: datetime) -> str:
    local = moment.astimezone(now.tzinfo)
    return f"{pages.weekday(local)} {local:%Y-%m-%d}"


def _add_owed(page: Page, seen: Seen) -> None:
    page.title(Sentence("What you owe today"))
    for action in seen.past.owed:
        late: list[Clause] = [(Sentence("late"), "bold yellow")] if action.late else []
        due = [Sentence("due {when}", when=pages.when(action.due, seen.now))] if action.due else []
        kind = _TYPES.get(action.type, action.type)
        page.row([("  ● ", "bold green")], 4, [(action.title or action.rule, "bold")], [kind, *late, *due])
    if not seen.past.owed:
        page.row((), _INDENT, [Sentence("nothing")])


def _add_waiting(page: Page, seen: Seen) -> None:
    """Add the quiet days of today, and what comes next; what opens at once in one case is one line, as in `today`."""
    windows = seen.past.windows
    ahead = [[*opening] for _, opening in groupby(seen.past.waiting, key=lambda it: (it.opens, it.case))][:_SOON]
    if windows:
        page.title(Sentence("What you must not do"))
    for case, window in windows:
        until = Sentence("until {when}", when=pages.when(window.end, seen.now))
        page.row([("  ‖ ", "magenta")], 4, [(Sentence("no contact with {case}", case=case), "bold"), until])
        page.row((), 4, [as_sentence(window.guard.why)])
    if ahead:
        page.title(Sentence("What comes next"))
    for first, *others in ahead:
        title = first.visit.anchor.title or first.case
        rules = ", ".join(each.rule for each in (first, *others))
        when = [pages.when(first.opens, seen.now)] if first.opens else []
        page.row([("  ○ ", "cyan")], 4, [*when, (title, "bold"), rules])


def _add_questions(page: Page, seen: Seen) -> None:
    if seen.past.questions:
        page.title(Sentence("Nobody can tell for certain: are these interviews?"))
    for action in seen.past.questions[:_SOON]:
        page.row(["  ? "], 4, [action.title])
    if (more := len(seen.past.questions) - _SOON) > 0:
        page.row((), 4, [Sentence("and {number} more", "and {number} more", number=more)])


def _add_draft(page: Page, seen: Seen) -> None:
    draft = seen.draft
    if draft is None:
        return
    page.title(Sentence("The draft that would have been ready then" if seen.is_of_then else "A draft that is ready"))
    page.row((), _INDENT, [Sentence("To: {people}", people=", ".join(person.address for person in draft.to))])
    page.row((), _INDENT, [Sentence("Subject: {title}", title=draft.title)])
    page.row((), 0)
    for line in draft.text.strip().split("\n"):
        page.row((), _INDENT, [line])


# -- for programs


def record(seen: Seen, command: Sequence[str]) -> dict[str, Any]:
    """Return what was seen as a record; `command` are the words of the one that turns it into a config."""
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    found = seen.past
    return {
        "now": seen.now.isoformat(),
        "since": found.since.isoformat(),
        "me": [person.address for person in seen.me],
        "timezone": seen.timezone,
        "interviews": [_interview_record(each, seen.now) for each in (*found.interviews, *found.ahead)],
        "promises": [_promise_record(each, seen.now) for each in found.promises],
        "owed": [_action_record(action) for action in found.owed],
        "quiet": [
            {"case": case, "guard": window.guard.id, "until": window.end.astimezone(seen.now.tzinfo).isoformat()}
            for case, window in found.windows
        ],
        "questions": [_action_record(action) for action in found.questions],
        "draft": seen.draft and {**_action_record(seen.draft), "text": seen.draft.text, "of_then": seen.is_of_then},
        "next": [records.decision(each) for each in found.waiting],
        "command": [*command],
        "problems": records.problems(seen.problems),
    }


def _interview_record(interview: Interview, now: datetime) -> dict[str, Any]:
    visit = interview.decision.visit
    return {
        "case": interview.decision.case,
        "title": visit.anchor.title,
        "start": visit.start.astimezone(now.tzinfo).isoformat(),
        "people": [person.address for person in visit.people],
        "state": str(interview.decision.state),
        "why": interview.decision.why,
        "thanked": _at(interview.thanks, now),
        "too_soon": [_at(mail, now) for mail in interview.too_soon],
    }


def _promise_record(promise: Promise, now: datetime) -> dict[str, Any]:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    title = promise.decision.visit.anchor.title
    return {**records.decision(promise.decision), "title": title, "kept": _at(promise.kept, now)}


def _at(event: Event | None, now: datetime) -> str | None:
    return event.start.astimezone(now.tzinfo).isoformat() if event else None


def _action_record(action: Action) -> dict[str, Any]:
    return {
        "key": action.key,
        "rule": action.rule,
        "case": action.case,
        "type": action.type,
        "title": action.title,
        "to": [person.address for person in action.to],
        "due": action.due.isoformat() if action.due else None,
        "late": action.late,
    }
