"""From a due decision to the actions that ought to exist, with their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.parts import parts
from followup_rules.engine.plan import PRINTED, LedgerEntry
from followup_rules.language.recipients import people
from followup_rules.language.schema import Do, Rule
from followup_rules.language.tags import Tags
from followup_rules.model import MAIL, NOTICE, Action, Decision, Event, Problem, Reply
from followup_rules.sentences import Sentence
from followup_rules.texts.templates import TemplateProblem, Texts, written_at


class Making(Struct, frozen=True):
    """What actions are made with, besides their duty: the texts of a case, who takes what, and what was made before."""

    texts: Texts
    language: str
    """Of the case's texts, "" for the user's, unless the rule or the action has one of its own."""
    takes: Mapping[str, tuple[str, ...]]
    """The types of action that each output takes."""
    entries: Sequence[LedgerEntry] = ()
    """Of the case: an action with an id keeps the key under which it was made."""


def actions(decision: Decision, rule: Rule, making: Making) -> tuple[list[Action], list[Problem]]:
    """Return what a due decision makes, one action for each output that takes it, and what is wrong with its texts.

    What the user has ended, or lets wait, is not made.
    """
    made, problems = [], []
    # By its id an action is the same wherever it stands in the list, so it keeps the key of the place where it was
    # made.
    known = {entry.name: entry.key for entry in making.entries if entry.action.part}
    for part in parts(rule, decision.key):
        if part.name in decision.ended or decision.holds(part.name):
            continue
        # The key of the duty is that of the first action, unless another one was made under it.
        free = part.key if part.key not in known.values() else part.name
        try:
            speaking = _speaking(part.do, rule, making)
            # An action that was held by itself is due, and late, by itself.
            pause = decision.paused.get(part.name)
            own = replace(decision, due=pause.due, late=pause.late) if pause else decision
            action = _action(own, part.do, known.get(part.name, free), speaking)
        except TemplateProblem as problem:
            problems.append(_problem(rule, part.do, problem))
            continue
        made += [replace(action, output=output) for output in _outputs(part.do, making.takes)]
    return made, problems


def spelt(decision: Decision, tags: Tags) -> Decision:
    """Return a decision whose texts see each tag by its own name, in whatever spelling a note has it."""

    def canonical(event: Event) -> Event:
        return replace(event, tags=tuple(map(tags.canonical, event.tags)))

    visit = replace(decision.visit, events=tuple(map(canonical, decision.visit.events)))
    return replace(decision, visit=visit, carries=tuple(map(canonical, decision.carries)))


def subjects(decision: Decision, rule: Rule, making: Making) -> dict[str, str]:
    """Return the subjects of those drafts of a duty of which it is not known, as these would be made now, by name."""
    found = {}
    for part in parts(rule, decision.key):
        if part.name in decision.unknown:
            with suppress(TemplateProblem):  # it is told when the draft is to be made
                found[part.name] = _action(decision, part.do, part.key, _speaking(part.do, rule, making)).title
    return found


def beginning(making: Making, rule: Rule, do: Do) -> tuple[str, ...]:
    """Return the words with which the title of an action begins, whatever it is made for."""
    return _speaking(do, rule, making).beginning(template=do.template, title=do.title)


def _speaking(do: Do, rule: Rule, making: Making) -> Texts:
    return making.texts.speaking(do.language or rule.language or making.language)


def _outputs(do: Do, takes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if do.type == NOTICE and not do.output:
        yield PRINTED
    yield from (name for name, types in takes.items() if do.type in types and do.output in ("", name))


def _action(decision: Decision, do: Do, key: str, texts: Texts) -> Action:
    anchor = decision.visit.anchor
    values = {
        "it": anchor,
        "them": decision.visit.people,
        "case": decision.case,
        "me": texts.profile,
        "due": decision.due,
        "late": decision.late,
        "carries": decision.carries,
        "when": decision.openings.get,
        "start": decision.visit.start,
        "end": decision.visit.end,
        "language": texts.profile.language,
    }
    title, text = texts.render(template=do.template, title=do.title, text=do.text, values=values)
    answers = do.reply_to and anchor.kind in MAIL
    return Action(
        key=key,
        rule=decision.rule,
        case=decision.case,
        anchor=anchor.id,
        type=do.type,
        title=title,
        text=text,
        to=tuple(people(do.to, decision.visit)),
        due=decision.due,
        late=decision.late,
        contact=do.contact,
        reply=Reply(anchor.id, anchor.thread, anchor.title, anchor.data) if answers else None,
        carries=tuple(event.id for event in decision.carries),
        announces=decision.announces,
        duty=decision.key,
        person=decision.visit.person,
        part=do.id,
    )


def _problem(rule: Rule, do: Do, problem: TemplateProblem) -> Problem:
    hint = (
        Sentence("mend the template {template!r}", template=do.template)
        if do.template
        else Sentence("mend the title or the text of 'do'")
    )
    shown = written_at(problem.file, problem.line) if problem.file else ""
    return Problem(
        f"rule.{rule.id}",
        problem.message,
        Code.FAULTY_TEXT,
        problem.file,
        problem.line,
        column=1 if shown else 0,
        source_line=shown,
        length=max(1, len(shown)),
        hint=hint,
    )
