"""From a due decision to the actions that ought to exist, with their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.plan import PRINTED
from followup_rules.language.recipients import people
from followup_rules.language.schema import Do, Rule
from followup_rules.language.tags import Tags
from followup_rules.model import MAIL, NOTICE, Action, Decision, Event, Problem, Reply
from followup_rules.texts.templates import TemplateProblem, Texts


def actions(
    decision: Decision, rule: Rule, texts: Texts, language: str, takes: Mapping[str, tuple[str, ...]]
) -> tuple[list[Action], list[Problem]]:
    """Return what a due decision makes, one action for each output that takes it, and what is wrong with its texts.

    `language` is that of the case's texts, "" for the user's, unless the rule or the action has one of its own; `takes`
    holds the types of action that each output takes.
    """
    made, problems = [], []
    for number, do in enumerate(rule.do, 1):
        try:
            action = _action(decision, do, number, texts.speaking(do.language or rule.language or language))
        except TemplateProblem as problem:
            problems.append(_problem(rule, do, problem))
            continue
        made += [replace(action, output=output) for output in _outputs(do, takes)]
    return made, problems


def spelt(decision: Decision, tags: Tags) -> Decision:
    """Return a decision whose texts see each tag by its own name, in whatever spelling a note has it."""

    def canonical(event: Event) -> Event:
        return replace(event, tags=tuple(map(tags.canonical, event.tags)))

    visit = replace(decision.visit, events=tuple(map(canonical, decision.visit.events)))
    return replace(decision, visit=visit, carries=tuple(map(canonical, decision.carries)))


def _outputs(do: Do, takes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if do.type == NOTICE and not do.output:
        yield PRINTED
    yield from (name for name, types in takes.items() if do.type in types and do.output in ("", name))


def _action(decision: Decision, do: Do, number: int, texts: Texts) -> Action:
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
    return Action(
        key=decision.key if number == 1 else f"{decision.key}+{number}",
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
        reply=_reply(anchor) if do.reply_to else None,
        carries=tuple(event.id for event in decision.carries),
        announces=decision.announces,
        duty=decision.key,
        person=decision.visit.person,
    )


def _reply(anchor: Event) -> Reply | None:
    return Reply(anchor.id, anchor.thread, anchor.title, anchor.data) if anchor.kind in MAIL else None


def _problem(rule: Rule, do: Do, problem: TemplateProblem) -> Problem:
    hint = f"mend the template {do.template!r}" if do.template else "mend the title or the text of 'do'"
    return Problem(
        f"rule.{rule.id}", problem.message, Code.FAULTY_TEXT, file=problem.file, line=problem.line, hint=hint
    )
