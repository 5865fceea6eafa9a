"""What a note orders of one duty: `#done`, `#dismissed` or `#snooze`, with `for:KEY` or `for:RULE`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from followup_rules.engine.anchors import CaseView, Duty
from followup_rules.engine.assign_cases import key_of, own_id
from followup_rules.engine.breaches import concerned
from followup_rules.engine.case_keys import employer
from followup_rules.engine.completed import Misfit, named_in
from followup_rules.engine.guards import Window, window_of
from followup_rules.engine.isolation import Failed, blaming
from followup_rules.engine.parts import all_reported, ended, name_of_part, names_of_parts, of_part
from followup_rules.engine.times import times_of
from followup_rules.language.phrases import UnsettledError
from followup_rules.language.tags import SNOOZE
from followup_rules.model import Event, Visit
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import nearest

SNOOZED = "snoozed"
"""The guard by which a note holds its case or, with `for:`, one duty; every config has it."""


def misfits(view: CaseView) -> tuple[Misfit, ...]:
    """Return the notes whose `re:` or `for:` names nothing; of what a faulty rule leaves unclear, nothing is told."""
    try:
        found = [_misfit(note, view) for note in view.notes.orders]
        return (*view.notes.misfits, *(each for each in found if each is not None))
    except Failed:
        return view.notes.misfits


def ordered(view: CaseView, key: str, tag: str) -> Event | None:
    """Return the first note that orders this of a whole duty."""
    if not view.notes.orders:
        return None
    tags, whole = view.rules.world.tags, [note for note in _of(key, view) if not of_part(named_in(note))[1]]
    return next((note for note in whole if tag in tags.of(note.tags)), None)


def _of(key: str, view: CaseView) -> list[Event]:
    """Return the notes that concern a duty.

    Only those that name its rule are looked at: what others mean may depend on whether this duty is done.
    """
    by_rule = view.once("orders", "", lambda: _by_rule(view))
    named = by_rule.get(key.partition("/")[0].casefold(), ())
    return [note for note in named if [duty.key for duty in _meant(note, view)] == [key]]


def _by_rule(view: CaseView) -> dict[str, list[Event]]:
    """Return the notes that order something, by the folded ids of the rules that they may name."""
    found: dict[str, list[Event]] = {}
    for note in view.notes.orders:
        for rule in {*_rules_named(note)}:
            found.setdefault(rule, []).append(note)
    return found


def _rules_named(note: Event) -> tuple[str, ...]:
    """Return the folded ids of the rules that a note may name: RULE/ANCHOR@DAY, CASE/RULE, or RULE alone."""
    name = named_in(note).casefold()
    return name.partition("/")[0], name.rpartition("/")[2]


def windows_of_notes(key: str, opens: datetime | None, view: CaseView) -> dict[str, tuple[Window, ...]]:
    """Return the windows in which notes hold this one duty, each as long as it would hold the whole case.

    By what is held: the whole duty under "", else one action of it under its name.
    """
    guard = view.rules.guards.get(SNOOZED)
    found: dict[str, tuple[Window, ...]] = {}
    if guard is None or opens is None or not view.notes.orders:
        return found
    for note in _of(key, view):
        if SNOOZE in view.rules.world.tags.of(note.tags):
            visit = Visit(events=(note,), start=note.start, end=note.end, day=view.days.day(note.start), people=())
            with blaming(guard):
                window = window_of(guard, visit, view)
            if window is not None and window.end > opens:
                part = of_part(named_in(note))[1]
                held = name_of_part(key, part) if part else ""
                found[held] = (*found.get(held, ()), window)
    return found


def apart(duty: Duty, snoozed: Mapping[str, tuple[Window, ...]]) -> dict[str, tuple[Window, ...]]:
    """Return the open actions of a duty, by name, with the windows in which notes hold each; none if they hold none."""
    gone = ended(duty.parts, duty.view.reports)
    found = {part.name: snoozed.get(part.name, ()) for part in duty.parts if part.name not in gone}
    return found if any(found.values()) else {}


def _duties(view: CaseView, *rules: str) -> Iterator[Duty]:
    """Yield the duties of some rules, by their folded ids; of all if none are named."""
    for rule in view.rules.rules.values():
        if not rule.fault and (not rules or rule.id.casefold() in rules):
            with blaming(rule):
                concern = [visit for visit in view.visits(rule) if concerned(rule, visit, view)]
            yield from (view.duty(rule, visit) for visit in concern)


def _meant(note: Event, view: CaseView) -> Sequence[Duty]:
    """Return the duties that a note may concern: one, if it is clear."""
    return view.once("order", note.identity, lambda: _find(note, view))


def _find(note: Event, view: CaseView) -> Sequence[Duty]:
    name, part = of_part(named_in(note))
    duties = [*_duties(view, *_rules_named(note))] if name else []
    if part:
        # As printed: what is done of one action is known by its very name.
        of_key = [duty for duty in duties if duty.key == name]
        return [duty for duty in of_key if f"{name}#{part}" in names_of_parts(duty.rule, name)]
    by_key = [duty for duty in duties if _is_key(name, duty, view)]
    if by_key:
        return by_key
    case, _, rule = name.casefold().rpartition("/")
    of_rule = [duty for duty in duties if duty.rule.id.casefold() == rule and (not case or _names_case(case, view))]
    return _at(view.moment(note), of_rule, view)


def _misfit(note: Event, view: CaseView) -> Misfit | None:
    """Return what is wrong with a note, if it is not clear what it concerns."""
    name, meant = named_in(note), _meant(note, view)
    if len(meant) == 1:
        return None
    if meant:
        return Misfit(
            note,
            Sentence("for:{name} fits several duties", name=name),
            Sentence("write one of: {names}", names=", ".join(d.key for d in meant)),
        )
    duties = [*_duties(view)]
    if not name:
        known = sorted({duty.rule.id for duty in duties})
        hint = Sentence("write for: and one of these behind it: {rules}", rules=", ".join(known)) if known else ""
        return Misfit(note, Sentence("the note does not say for what"), hint)
    known_names = {each for duty in duties for each in (duty.key, duty.rule.id)}
    if of_part(name)[1]:
        known_names = {each for duty in duties if len(duty.rule.do) > 1 for each in names_of_parts(duty.rule, duty.key)}
    guess = nearest(name, known_names)
    known = sorted({duty.key for duty in duties})
    said = Sentence("for:{name} names no duty of its case", name=name)
    if guess:
        return Misfit(note, said, Sentence("did you mean for:{guess}?", guess=guess))
    if not known:
        return Misfit(note, said, Sentence("the duties of its case: none"))
    return Misfit(note, said, Sentence("the duties of its case: {keys}", keys=", ".join(known)))


def _is_key(name: str, duty: Duty, view: CaseView) -> bool:
    """Tell whether a name is a duty's key, or was so while its case had another name."""
    if name.casefold() == duty.key.casefold():
        return True
    rule, _, rest = name.casefold().partition("/")
    case, _, day = rest.rpartition("@")
    own = duty.rule.per != "event" and (rule, day) == (duty.rule.id.casefold(), duty.visit.day.isoformat())
    alone = f"~{duty.visit.person}" if duty.visit.person else ""
    return own and case.endswith(alone) and _names_case(case.removesuffix(alone), view)


def _names_case(name: str, view: CaseView) -> bool:
    """Tell whether a name is the case's key, or one that its events would have given it."""
    names = view.once("names of the case", "", lambda: _names(view))
    folded = key_of(name).casefold()
    # People may be at a host of the domain that was the key.
    return folded in names or any(each.endswith(f".{folded}") for each in names)


def _names(view: CaseView) -> frozenset[str]:
    """Return the names, in lower case, that a case may have or have had."""
    people = [person for event in view.case.home for person in view.people(event)]
    names = {view.case.key, employer(view.case.key)}
    names |= {own_id(event) for event in view.case.home}
    names |= {person.address for person in people} | {person.domain for person in people}
    return frozenset(name.casefold() for name in names)


def _at(when: datetime, duties: Sequence[Duty], view: CaseView) -> Sequence[Duty]:
    """Return which of a rule's duties are meant at an instant: those open then, else the next, else the last.

    What comes later changes nothing of it.
    """
    standing = [duty for duty in duties if view.stands(duty.visit)]
    known = [(*found, duty) for duty in standing if (found := _stand_at(when, duty, view))]
    if current := [duty for _, is_open, duty in known if is_open]:
        return current
    if not known:
        return standing[-1:]
    ahead = [opens for opens, _, _ in known if opens > when]
    at = min(ahead) if ahead else max(opens for opens, _, _ in known)
    return [duty for opens, _, duty in known if opens == at]


def _stand_at(when: datetime, duty: Duty, view: CaseView) -> tuple[datetime, bool] | None:
    """Return when a duty opens, and whether it is open at an instant; None if it does not open, or is broken."""
    try:
        with blaming(duty.rule, but_for_one_duty=True):
            times = times_of(duty)
            if times.opens is None:
                return None
            within = times.opens <= when and (times.closes is None or when < times.closes)
            return times.opens, within and not _ended(duty, when, view)
    except UnsettledError:
        return None


def _ended(duty: Duty, when: datetime, view: CaseView) -> bool:
    """Tell whether something else had ended a duty before an instant."""
    ends = duty.matching((*duty.rule.done_by, *duty.rule.cancelled_by))
    ticked = any(event.ticked for event in duty.visit.events)

    def is_before(event: Event) -> bool:
        return view.moment(event) < when

    return ticked or all_reported(duty.parts, view.reports, is_before) or any(map(is_before, ends))
