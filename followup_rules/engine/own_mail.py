"""Which drafts the user has sent in their own way: told by events alone, whether or not a draft was made. Pure.

A mail of mine to a draft's people, from its opening on, that answers what the draft would answer, or begins a thread
with its subject, is that draft. It counts like what an output reports, so that other rules can start from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.breaches import concerned
from followup_rules.engine.isolation import blaming
from followup_rules.engine.parts import Part
from followup_rules.engine.persons import alone
from followup_rules.language.matching import ids_of_mine
from followup_rules.language.phrases import UnsettledError
from followup_rules.language.recipients import people
from followup_rules.language.schema import Do, Rule
from followup_rules.model import DRAFT, MAIL, Case, Event, Report, Visit
from followup_rules.people import normal

Subjects: TypeAlias = Mapping[str, str]
"""The subjects of drafts by the names of these actions: those that they were made with, or would have."""
Beginning: TypeAlias = Callable[[Rule, Do], tuple[str, ...]]
"""Returns the words with which the subject of a draft begins, whatever it is made for: others need not be rendered."""


def of_any_beginning(_: Rule, __: Do) -> tuple[str, ...]:
    """Return no word: nothing is known of how subjects begin."""
    return ()


class _Draft(Struct, frozen=True):
    """A draft that a rule asks for, and the mails of mine to its people from its opening on, in the order of time."""

    rule: Rule
    visit: Visit
    part: Part
    mails: Sequence[Event]


class Sent(Struct, frozen=True):
    """What my mails say of drafts."""

    reports: tuple[Event, ...]
    """What tells that a draft was sent, like the events by which outputs tell it."""
    unknown: Mapping[str, tuple[str, ...]]
    """By the name of a draft whose subject is not known: the subjects of the mails that it may have been."""


def with_own_mail(
    case: Case, view: CaseView, subjects: Subjects, beginning: Beginning
) -> tuple[CaseView, Mapping[str, tuple[str, ...]]]:
    """Return a case as it is seen with the drafts that my mails were, and which drafts' subjects are not known.

    What was sent may be what other rules start from, whose drafts may be sent, too: each round at least one mail more.
    """
    found = _sent(view, subjects, beginning)
    for _ in _own_mails(view):
        known = {event.identity for event in view.case.home}
        # Told by an output before the draft's rule was renamed, it has its old id.
        told = {(event.report.key, event.report.mail) for event in view.case.home if event.report}
        fresh = tuple(
            event for event in found.reports
            if event.identity not in known and event.report and (event.report.key, event.report.mail) not in told
        )  # fmt: skip
        if not fresh:
            break
        case, before = replace(case, home=(*case.home, *fresh)), view
        view = CaseView(case, before.rules, before.pins, before.span)
        before.close()
        found = _sent(view, subjects, beginning)
    return view, found.unknown


def same_subject(one: str, other: str) -> bool:
    """Tell whether two subjects are the same, however mail programs have folded them."""
    return one.split() == other.split()


def _sent(view: CaseView, subjects: Subjects, beginning: Beginning) -> Sent:
    reports, unknown = [], {}
    for draft in _drafts(view):
        begun = [mail for mail in draft.mails if not (mail.answers or mail.references or mail.forwards)]
        subject = subjects.get(draft.part.name)
        if subject is None and begun:
            words = beginning(draft.rule, draft.part.do)
            possible = tuple(mail.title for mail in begun if tuple(mail.title.split()[: len(words)]) == words)
            if possible:
                unknown[draft.part.name] = possible
        same = [mail for mail in begun if subject is not None and same_subject(mail.title, subject)]
        fitting = [mail for mail in draft.mails if mail in same or _answers_the_same(mail, draft, view)]
        reports += [_report(mail, draft) for mail in fitting[:1]]
    return Sent(tuple(reports), unknown)


def _own_mails(view: CaseView) -> Sequence[Event]:
    """Return the mails of mine that do not carry the key of a draft, which says more than a subject."""
    sent = (event for event in view.events if event.kind == "sent")
    return view.once("own mails", "", lambda: tuple(event for event in sent if not event.auto and not event.report))


def _own_mails_to(addresses: set[str], view: CaseView) -> Sequence[Event]:
    """Return those of them that go to any of some people, by normalised addresses, in the order of time."""
    mails = _own_mails(view)
    places = view.once("own mails by address", "", lambda: _by_address(mails))
    return [mails[place] for place in sorted({place for address in addresses for place in places.get(address, ())})]


def _by_address(mails: Sequence[Event]) -> Mapping[str, Sequence[int]]:
    places: dict[str, list[int]] = {}
    for place, mail in enumerate(mails):
        for address in {normal(person.address) for person in mail.people}:
            places.setdefault(address, []).append(place)
    return places


def _drafts(view: CaseView) -> Iterator[_Draft]:
    for rule in view.rules.drafting if _own_mails(view) else ():
        with blaming(rule):
            for visit in view.standing(rule):
                yield from _of_duty(rule, visit, view)


def _of_duty(rule: Rule, visit: Visit, view: CaseView) -> Iterator[_Draft]:
    duty, own = view.duty(rule, visit), {event.identity for event in visit.events}
    # What tells that it was sent is no further mail that could be it: a rule may start from its own end.
    own |= {f"sent\x1f{event.report.mail}" for event in visit.events if event.report}
    for part in duty.parts:
        to = {normal(person.address) for person in people(part.do.to, visit)} if part.do.type == DRAFT else set()
        mails = [mail for mail in _own_mails_to(to, view) if mail.identity not in own]
        if not mails or not concerned(rule, visit, view):
            continue
        try:
            opens = duty.opens
        except UnsettledError:
            return
        later = [mail for mail in mails if opens is not None and mail.start >= opens]
        if later:
            yield _Draft(rule, visit, part, later)


def _answers_the_same(mail: Event, draft: _Draft, view: CaseView) -> bool:
    """Tell whether a mail answers what the draft answers: by its id or, naming none, as a reply in its thread.

    Who writes once more replies to the last mail there, which is their own: "Re: my reminder of my application".
    """
    anchor = draft.visit.anchor
    if not draft.part.do.reply_to or anchor.kind not in MAIL or mail.forwards:
        return False
    scope = view.whole
    if mail.answers or mail.references:
        return mail.answers == anchor.id or (anchor.id in mail.references and mail.answers in ids_of_mine(scope))
    return view.rules.world.subjects.is_reply(mail.title) and scope.thread(mail) == scope.thread(anchor)


def _report(mail: Event, draft: _Draft) -> Event:
    rule, visit, part = draft.rule, draft.visit, draft.part
    return Event(
        id=f"done:{part.key}",
        kind="done",
        start=mail.start,
        end=mail.start,
        title=visit.anchor.title,
        people=alone(visit.anchor.people, visit.person) if visit.person else visit.anchor.people,
        thread=visit.anchor.thread,
        data={"rule": rule.id},
        report=Report(key=part.name, rule=rule.id, anchor=visit.anchor.id, mail=mail.id, type=part.do.type),
    )
