"""Windows in which nothing can happen: that close before they open, or lie wholly within a guard that holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice, pairwise

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language.phrases import Phrase, parse
from followup_rules.language.references import phrases_of
from followup_rules.language.schema import Guard, Rule
from followup_rules.lint.book import ENDS, Book
from followup_rules.lint.implied import implies, same
from followup_rules.lint.instants import ANCHOR, Frame, Sample, always, moments, samples
from followup_rules.lint.shapes import anchors
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.values import Value

# Mail and what was done begin and end at once.
_AT_ONCE = frozenset({"sent", "received", "done"})
_LATEST_OCCURRENCES = 3
# When most meetings are: one on a Sunday is no reason to warn.
_SATURDAY, _OFFICE = 5, (9, 18)
# A year ahead somebody may plan; a series may have begun years ago, when the rule was written.
_NEAR = timedelta(days=3 * 366)
_BETWEEN_RUNS = timedelta(minutes=15)
"""As `followup schedule` starts them."""


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at each time that comes too early, or too late, whatever the anchor."""
    for it, table in book.sound:
        if it.on is None:
            continue
        yield from _far(it, table.fields, book)
        frame, starts = _frame(it, book), _samples(it, table.fields, book)
        yield from _window(it, table.fields, frame, starts, book)
        yield from _endings(it, table.fields, frame, starts, book)
        yield from _till_the_next(it, table.fields, frame, starts, book)
        if isinstance(it, Rule):
            yield from _short(it, table.fields, frame, starts, book)
            yield from _order(it, table.fields, frame, starts, book)
            yield from _past_the_start(it, table.fields, book)
            yield from _held(it, table.fields, frame, starts, book)
            yield from _breach(it, table.fields, book)


def _far(it: Rule | Guard, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield that what recurs every so many weeks is counted from a day that is years off."""
    every, today = it.recurring, book.given.today
    if every is None or not every.weeks or today is None or abs(every.first - today) <= _NEAR:
        return
    message = Sentence("it is counted from {day}, which is long ago", day=every.first)
    if every.first > today:
        message = Sentence("it never starts before {day}", day=every.first)
    near = f"{today.year}{every.first.isoformat()[4:]}"
    hint = Sentence('did you mean "{word}"?', word=near)
    place = fields["on"].child("every")
    yield from book.problem(place, message, code=Code.FAR_YEAR, hint=hint, within=every.first.isoformat())


def _frame(it: Rule | Guard, book: Book) -> Frame:
    fields = book.tables["guard" if isinstance(it, Guard) else "rule", it.id].fields
    named = {phrase.rule for phrases in phrases_of(it).values() for phrase in phrases if phrase.rule}
    ons = {name: book.tables["rule", name].fields.get("on") for name in book.rules.rules}
    todo, alike = sorted(named), set[str]()
    while todo:
        name = todo.pop()
        on = ons.get(name)
        if name not in alike and on is not None and same(on, fields["on"], book):
            alike.add(name)
            todo += [phrase.rule for phrase in book.rules.rules[name].opens if phrase.rule]
    return Frame(book.rules, it, frozenset(alike))


def _samples(it: Rule | Guard, fields: Mapping[str, Value], book: Book) -> tuple[Sample, ...]:
    days = book.rules.world.days
    if it.recurring:
        return samples(days, every=it.recurring)
    found = anchors(fields, book)
    at_once = bool(found) and all(shape.kinds is not None and shape.kinds <= _AT_ONCE for shape in found)
    return samples(days, moments=at_once)


def _window(
    it: Rule | Guard, fields: Mapping[str, Value], frame: Frame, starts: tuple[Sample, ...], book: Book
) -> Iterator[Problem]:
    """Yield that it closes before it opens, or as it opens."""
    key = "closes" if "closes" in fields else "opens"
    if key not in fields or not it.closes:
        return
    if not always(it.closes, it.opens, lambda closes, opens: closes <= opens, starts, frame):
        return
    empty = always(it.closes, it.opens, lambda closes, opens: closes == opens, starts, frame)
    what = Sentence("in the instant in which it opens") if empty else Sentence("before it opens")
    message = Sentence("it closes {when}, so it never has anything to do", when=what)
    if isinstance(it, Guard):
        message = Sentence("it closes {when}, so it never holds anything", when=what)
    yield from book.problem(fields[key], message, code=Code.NO_WINDOW, hint=_later(it))


def _short(
    rule: Rule, fields: Mapping[str, Value], frame: Frame, starts: tuple[Sample, ...], book: Book
) -> Iterator[Problem]:
    """Yield that it closes so soon after it opens that no run may come in between."""

    def is_short(closes: datetime, opens: datetime) -> bool:
        return timedelta(0) < closes - opens < _BETWEEN_RUNS

    if not rule.closes or "closes" not in fields or not always(rule.closes, rule.opens, is_short, starts, frame):
        return
    message = Sentence(
        "it is open for less than {minutes} minutes, and a run may come only after that: then it is missed",
        minutes=_BETWEEN_RUNS // timedelta(minutes=1),
    )
    hint = Sentence("let it close later: {line}", line='closes = "opens + 1 hour"')
    yield from book.problem(fields["closes"], message, code=Code.SHORT_WINDOW, hint=hint)


def _endings(
    it: Rule | Guard, fields: Mapping[str, Value], frame: Frame, starts: tuple[Sample, ...], book: Book
) -> Iterator[Problem]:
    """Yield that what ends it is looked for only once it is over."""
    for item in (item for key in ENDS if key in fields for item in fields[key].items()):
        bound = item.child("after") if isinstance(item.raw, dict) and "after" in item.raw else None
        if bound is None or not it.closes:
            continue
        phrases = tuple(parse(each.raw) for each in bound.items())
        if always(phrases, it.closes, datetime.__ge__, starts, frame):
            message = Sentence("this never ends it: it is looked for only when the window has closed")
            hint = Sentence("let it count earlier, or delete it: without 'after' it counts from the anchor on")
            yield from book.problem(bound, message, code=Code.NO_WINDOW, hint=hint)


def _till_the_next(
    it: Rule | Guard, fields: Mapping[str, Value], frame: Frame, starts: tuple[Sample, ...], book: Book
) -> Iterator[Problem]:
    """Yield what recurs and opens only when the next one begins, and a guard whose windows leave no gap."""
    if not it.recurring:
        return
    both = [*pairwise(starts)]
    if not it.closes and isinstance(it, Rule):
        opened = [(_only(it.opens, one, frame), later.start) for one, later in both]
        if opened and all(opens is not None and opens >= following for opens, following in opened):
            message = Sentence("it opens only when the next one begins, and that closes it")
            hint = Sentence("let it open earlier, or say until when: {line}", line='closes = "opens + 1 day"')
            yield from book.problem(fields["opens"], message, code=Code.NO_WINDOW, hint=hint)
    elif isinstance(it, Guard):
        ends = [(_only(it.closes, one, frame), _only(it.opens, later, frame)) for one, later in both]
        if ends and all(end is not None and opens is not None and end >= opens for end, opens in ends):
            # Half of the shortest way to the next one leaves a gap everywhere.
            hours = int(min(later.start - one.start for one, later in both) / timedelta(hours=2))
            message = Sentence("it holds always: it closes only when the next one has opened")
            hint = Sentence("let it close earlier: {line}", line=f'closes = "{it.opens[0].base} + {hours} hours"')
            yield from book.problem(fields["closes"], message, code=Code.ALWAYS_HELD, hint=hint)


def _later(it: Rule | Guard) -> str:
    opening = it.opens[0].text
    counted, *rest = re.split(r"(?= at |,)", opening, maxsplit=1)
    line = 'closes = "opens + 7 days"' if isinstance(it, Rule) else f'closes = "{counted} + 7 days{"".join(rest)}"'
    return Sentence("let it close later than {text!r}: {after}", text=opening, after=line)


def _order(
    rule: Rule, fields: Mapping[str, Value], frame: Frame, starts: tuple[Sample, ...], book: Book
) -> Iterator[Problem]:
    """Yield what is due before it may be done or after it closes, and late before it is due."""
    orders = (
        ("due", rule.due, "opens", rule.opens, True, Sentence("it is due before it opens")),
        ("due", rule.due, "closes", rule.closes, False, Sentence("it is due after it closes")),
        ("late", rule.late, "due", rule.due, True, Sentence("it is late before it is due")),
        (
            "late",
            rule.late,
            "closes",
            rule.closes,
            False,
            Sentence("it is late after it closes, so it is never told as late"),
        ),
    )
    for key, phrases, other, bounds, early, what in orders:
        if key not in fields or not phrases or not bounds:
            continue
        found = always(phrases, bounds, datetime.__lt__ if early else datetime.__gt__, starts, frame)
        if found:
            hint = Sentence("let {key!r} be earlier than {other!r}, or delete the line", key=key, other=other)
            if early:
                hint = Sentence("let {key!r} be later than {other!r}, or delete the line", key=key, other=other)
            yield from book.problem(fields[key], what, code=Code.NO_WINDOW, hint=hint)
            return


def _past_the_start(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield an opening before the anchor that a roll moves past it, for anchors of some day of the week."""
    opening, days = rule.opens[0], book.rules.world.days
    if rule.recurring or "opens" not in fields or opening.base not in {"start", "day"} or not opening.rolls:
        return
    plain = replace(opening, rolls=())
    late = dict[int, list[bool]]()
    for sample in samples(days):
        local = days.local(sample.start)
        # Nobody minds that what prepares for a Sunday at midnight comes late.
        if local.weekday() < _SATURDAY and _OFFICE[0] <= local.hour < _OFFICE[1]:
            at, rolled = (_only((phrase,), sample, Frame(book.rules, rule)) for phrase in (plain, opening))
            if at is None or rolled is None or at >= sample.start:
                return
            late.setdefault(local.weekday(), []).append(rolled > sample.start)
    if any(all(of_day) for of_day in late.values()):
        message = Sentence("on some days of the week it is moved past the start of what it prepares for")
        hint = Sentence("count from further back")
        if "workday" in opening.text:
            hint = Sentence('let it move back: write "workday before"')
        yield from book.problem(fields["opens"], message, code=Code.NO_WINDOW, hint=hint)


def _held(
    rule: Rule, fields: Mapping[str, Value], frame: Frame, starts: tuple[Sample, ...], book: Book
) -> Iterator[Problem]:
    """Yield that some guard holds it from its opening until it closes."""
    # What somebody announces or notes moves an opening; nobody can tell whither.
    if not rule.closes or rule.moved_by or rule.not_before:
        return
    for guard in book.rules.guards.values():
        if guard.fault or guard.spares(rule) or not (rule.contact or guard.holds == "everything"):
            continue
        if guard.id != "snoozed" and _covers(guard, rule, fields, frame, starts, book):
            place = fields.get("closes") or fields.get("opens") or fields["on"]
            message = Sentence(
                "it can never be done: the guard {id!r} holds it from its opening until it closes", id=guard.id
            )
            hint = Sentence('let it close later; or let the guard pass it: passes = ["{id}"]', id=guard.id)
            yield from book.problem(place, message, code=Code.ALWAYS_HELD, hint=hint)
            return


def _covers(  # noqa: PLR0913, PLR0917 -- two windows, and the anchors with which they are compared
    guard: Guard, rule: Rule, fields: Mapping[str, Value], frame: Frame, starts: tuple[Sample, ...], book: Book
) -> bool:
    own = book.tables["guard", guard.id].fields
    if guard.recurring:
        return all(_within_an_occurrence(guard, rule, sample, frame, book) for sample in starts)
    if rule.recurring or (rule.while_ and guard.ended_by) or guard.per == "case" != rule.per:
        return False
    if not (same(fields["on"], own["on"], book) or implies(fields["on"], own["on"], book)):
        return False
    if "where" in own and not ("where" in fields and same(fields["where"], own["where"], book)):
        return False
    # The phrases of a guard count from its own anchor, and name other rules than this one does.
    of_guard = _frame(guard, book)
    return all(
        _inside(_only(rule.opens, s, frame), _only(rule.closes, s, frame),
                _only(guard.opens, s, of_guard), _only(guard.closes, s, of_guard))
        for s in starts
    )  # fmt: skip


def _only(phrases: tuple[Phrase, ...], sample: Sample, frame: Frame) -> datetime | None:
    """Return the instant of phrases if it counts from the anchor alone, whatever else is known."""
    found = moments(phrases[:1], sample, frame)
    return found[0].at if found and found[0].source == ANCHOR else None


def _inside(opens: datetime | None, closes: datetime | None, begins: datetime | None, ends: datetime | None) -> bool:
    if opens is None or closes is None or begins is None or ends is None:
        return False
    return begins <= opens < closes <= ends


def _within_an_occurrence(guard: Guard, rule: Rule, sample: Sample, frame: Frame, book: Book) -> bool:
    opens, closes = _only(rule.opens, sample, frame), _only(rule.closes, sample, frame)
    if opens is None or closes is None or guard.recurring is None:
        return False
    of_guard = Frame(book.rules, guard)
    days = book.rules.world.days
    before = guard.recurring.instants(days.local(opens), days, back=True)
    # Only the first: each further day is asked whether it is a holiday.
    now = [at for at in islice(guard.recurring.instants(days.local(opens), days), 1) if at == opens]
    for at in [*now, *(at for at, _ in zip(before, range(_LATEST_OCCURRENCES), strict=False))]:
        one = Sample(at, at, at)
        if _inside(opens, closes, _only(guard.opens, one, of_guard), _only(guard.closes, one, of_guard)):
            return True
    return False


def _breach(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield that a mail could break a guard only after that has closed."""
    guard = book.rules.guards.get(rule.breaks.guard) if rule.breaks else None
    if guard is None or guard.fault or not rule.breaks or not rule.breaks.after or guard.recurring:
        return
    frame = _frame(guard, book)
    starts = _samples(guard, book.tables["guard", guard.id].fields, book)
    if always(rule.breaks.after, guard.closes, datetime.__ge__, starts, frame):
        message = Sentence("no mail can break it: 'after' is not earlier than the end of the guard {id!r}", id=guard.id)
        place = fields["breaks"]
        place = place.child("after") if isinstance(place.raw, dict) and "after" in place.raw else place
        yield from book.problem(
            place, message, code=Code.NO_WINDOW, hint=Sentence("let 'after' be earlier, or delete it")
        )
