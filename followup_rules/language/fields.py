"""The fields of a pattern that look at the event itself, at its people and at its thread."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from followup_rules.codes import Code
from followup_rules.language import phrases, words
from followup_rules.language.compiled import TAGGED, Among, Bound, Kinds, Look, Part, any_of, of_kind
from followup_rules.language.first import first
from followup_rules.language.matching import DOUBTFUL, CheckFailed, Scope, World, answers_others, in_domain
from followup_rules.language.recipients import noted, noted_field
from followup_rules.model import Event, Person
from followup_rules.people import normal
from followup_rules.sentences import Sentence
from followup_rules.toml import values
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value, shown

Builder: TypeAlias = Callable[[Value, World], Part | None]

AUTO = ("reply", "bounce", "receipt", "calendar", "bulk", "notice")
"""The kinds of mail that no person wrote."""
STATUSES = ("confirmed", "tentative", "cancelled", "declined", "mine")
"""Those that a source can tell."""

# Nothing need stand before the @: "@nordik.example" is a domain.
_ADDRESS = re.compile(r"[^@\s<>,;]*@[^@\s<>,;]+")
_SENT, _DONE = frozenset({"sent"}), frozenset({"done"})


def tag(value: Value, world: World) -> Part | None:
    """Read a tag, with or without its `#`, in any of its spellings."""
    name = world.tags.canonical(value.raw)
    if len(name.split()) != 1:
        value.report(
            Sentence("{raw!r} is no tag", raw=value.raw),
            code=Code.WRONG_SORT,
            hint=Sentence('write "#interview": one word after the #'),
        )
        return None
    has_it = (lambda event: bool(event.tags) and name in world.tags.of(event.tags),)
    return Part(sort=has_it, kinds=TAGGED)


def tags(value: Value, world: World) -> Part | None:
    """`tags`: any of these."""
    parts = values.every(value, lambda item: tag(item, world) if item.is_a(str) else None)
    return Part(**any_of(parts), kinds=TAGGED) if parts else None


def kind(value: Value, _: World) -> Part | None:
    """`kind`: any of these."""
    kinds = frozenset(values.strings(value) or ())
    return Part(sort=(of_kind(kinds),), kinds=kinds) if kinds else None


def status(value: Value, _: World) -> Part | None:
    """`status`: any of these."""
    statuses = values.every(value, values.choice(*STATUSES, *sorted(DOUBTFUL)))
    if not statuses:
        return None
    return Part(sort=(lambda event: event.status in statuses,), doubtful=DOUBTFUL.intersection(statuses))


def people_in(
    people: Callable[[Event], Sequence[Person]], *special: str, by_field: bool = True, kinds: Kinds = None
) -> Builder:
    """Return the reader of a list of people, of whom at least one must be among those of the event.

    `by_field`: also those whose address a field of the anchor gives; and where a rule has a duty for each person, it is
    asked of that person alone.
    """

    def build(value: Value, world: World) -> Part | None:
        words = values.every(value, lambda item: _people_word(item, special, by_field=by_field))
        if not words:
            return None
        certain, of_anchor = _person_tests(words, world), _tests_of_anchor(words)

        def is_among_them(event: Event, scope: Scope) -> bool:
            them, one = people(event), scope.alone
            asked = [person for person in them if normal(person.address) == one] if one else them
            return holds(asked) or any(test(person, scope) for person in asked for test in of_anchor)

        def holds(them: Sequence[Person]) -> bool:
            for person in them:
                for test in certain:
                    if test(person):
                        return True
            return False

        sort = (of_kind(kinds),) if kinds else ()
        if not by_field:
            return Part(sort=sort, alone=(Look(people, holds),), kinds=kinds)
        fixed, further = ((), (is_among_them,)) if of_anchor else ((is_among_them,), ())
        return Part(sort=sort, fixed=fixed, further=further, kinds=kinds, relative=bool(of_anchor))

    return build


def _people_word(value: Value, special: tuple[str, ...], *, by_field: bool) -> str | None:
    word = values.string(value)
    if word is None or word in special or _ADDRESS.fullmatch(word) or (by_field and noted_field(word)):
        return word
    known = ", ".join(f'"{each}"' for each in special)
    guess = expected(word, special) if word else ""
    hint: str = Sentence('write "name@domain", "@domain", or one of {known}', known=known)
    if by_field:
        hint = Sentence('{hint}, or "it.FIELD" for an address that a note gives', hint=hint)
    hint = guess if guess.startswith("did") else hint
    value.report(Sentence("{word!r} is neither an address nor a domain", word=word), code=Code.NO_ADDRESS, hint=hint)
    return None


def _person_tests(words: Sequence[str], world: World) -> list[Callable[[Person], bool]]:
    """Return the tests of which one must hold of somebody, whatever the anchor; all domains make one."""
    domains = frozenset(word[1:].lower() for word in words if word.startswith("@"))
    others = [word for word in words if not (word.startswith("@") or word == "them" or noted_field(word))]
    tests = [_person_test(word, world) for word in others]
    if domains:
        tests.append(lambda person: in_domain(person.address, domains))
    return tests


def _person_test(word: str, world: World) -> Callable[[Person], bool]:
    if word == "outside":
        return lambda person: person.address not in world.me and not in_domain(person.address, world.my_domains)
    if word == "services":
        return lambda person: in_domain(person.address, world.services)
    address = normal(word)
    return lambda person: normal(person.address) == address


def _tests_of_anchor(words: Sequence[str]) -> list[Callable[[Person, Scope], bool]]:
    """Return the tests of somebody by the people of the anchor, or those whose address one of its fields gives."""
    fields = [field for word in words if (field := noted_field(word))]
    tests: list[Callable[[Person, Scope], bool]] = []
    if "them" in words:
        tests.append(lambda person, scope: normal(person.address) in scope.them)
    if fields:
        tests.append(
            lambda person, scope: any(
                normal(person.address) == normal(other.address)
                for field in fields
                for other in noted(field, scope.visit.events)
            )
        )
    return tests


def _recipients(event: Event) -> Sequence[Person]:
    return event.people if event.kind == "sent" else ()


def _organizer(event: Event) -> Sequence[Person]:
    return (event.organizer,) if event.organizer else ()


def answers(value: Value, world: World) -> Part | None:
    """`answers`: whether it is a reply to somebody else's mail."""
    wanted = values.boolean(value)
    if wanted is None:
        return None
    return Part(fixed=(Among(lambda event, scope: answers_others(event, scope, world) is wanted),))


def forwards(value: Value, _: World) -> Part | None:
    """Read `forwards`: whether it passes a mail on."""
    wanted = values.boolean(value)
    return None if wanted is None else Part(sort=(lambda event: event.forwards is wanted,))


def auto(value: Value, _: World) -> Part | None:
    """`auto`: which mail that no person wrote matches: true (any), false (none), kinds of it, or a list of these."""
    listed = values.every(value, _auto_kinds)
    if listed is None:
        return None
    wanted = frozenset[str]().union(*listed)
    return Part(sort=(lambda event: event.auto in wanted,), names_auto=True)


def _auto_kinds(value: Value) -> frozenset[str] | None:
    if value.raw is True:
        return frozenset(AUTO)
    if value.raw is False:
        return frozenset({""})
    if not value.is_a(bool, str):
        return None
    kind = values.choice(*AUTO)(value)
    return frozenset({kind}) if kind else None


def same(value: Value, _: World) -> Part | None:
    """Read `same = "thread"`: of the thread of the anchor."""

    def is_same(event: Event, scope: Scope) -> bool:
        own = scope.thread(event)
        return bool(own) and any(scope.thread(anchor) == own for anchor in scope.visit.events)

    return Part(further=(is_same,), relative=True) if values.choice("thread")(value) else None


def people(value: Value, _: World) -> Part | None:
    """`people = { min, max }`: how many there are."""
    within = _range(value)
    return Part(alone=(Look(lambda event: len(event.people), within),), few="max" in value.raw) if within else None


def _range(value: Value) -> Callable[[object], bool] | None:
    if not value.is_a(dict):
        return None
    known = value.known_keys(("min", "max"))
    numbers = [value.child(key).is_a(int, float) for key in known]
    if not known or not all(numbers) or len(known) < len(value.raw):
        return None
    low, high = value.raw.get("min", float("-inf")), value.raw.get("max", float("inf"))
    if low > high:
        value.report(
            Sentence("nothing lies between {low} and {high}", low=low, high=high),
            code=Code.UNKNOWN_NAME,
            hint=Sentence("did you mean min = {high}, max = {low}?", high=high, low=low),
        )
        return None

    # By way of a text: true is a number to Python, and none to people.
    def within(number: object) -> bool:
        try:
            return float(low) <= float(str(number)) <= float(high)
        except ValueError:
            return False

    return within


def data(value: Value, _: World) -> Part | None:
    """`data.X`: a plugin's field equals a value, or lies in a range."""
    if not value.is_a(dict):
        return None
    tests = {key: _field_test(value.child(key)) for key in value.raw}
    if not all(tests.values()):
        return None

    def holds(data: Mapping[str, object]) -> bool:
        return all(key in data and test(data[key]) for key, test in tests.items() if test)

    return Part(alone=(Look(lambda event: event.data, holds),))


def _field_test(value: Value) -> Callable[[object], bool] | None:
    if isinstance(value.raw, dict):
        return _range(value)
    if not isinstance(value.raw, str | int | float):
        what = Sentence(
            "{name!r} must be a text, a number, true, false or {{ min, max }}, not {raw}",
            name=value.name,
            raw=shown(value.raw),
        )
        value.report(what, code=Code.WRONG_SORT)
        return None
    wanted = value.raw
    # A service may give a number as text, and TOML may have it either way.
    return lambda actual: actual == wanted or str(actual) == str(wanted)


def check(value: Value, world: World) -> Part | None:
    """`check`: a plugin's predicate holds. If that raises, the test raises CheckFailed."""
    if not value.is_a(str):
        return None
    if value.raw not in world.checks:
        values.unknown(value, Sentence("check"), [*world.checks])
        return None
    name, holds = value.raw, world.checks[value.raw]

    def test(event: Event, _: Scope) -> bool:
        try:
            return bool(holds(event))
        except CheckFailed:
            raise
        except Exception as error:
            raise CheckFailed(
                Sentence(
                    "the check {name!r} of a plugin failed: {sort}: {error}",
                    name=name,
                    sort=type(error).__name__,
                    error=error,
                )
            ) from error

    return Part(further=(test,))


def of(value: Value, _: World) -> Part | None:
    """`of`: something done of any of these rules, for the same anchor if there is one."""
    named = values.every(value, lambda item: (item, str(item.raw)) if item.is_a(str) else None)
    if not named:
        return None
    rules = frozenset(name for _, name in named)

    def test(event: Event, scope: Scope) -> bool:
        return event.report is not None and event.report.rule in rules and scope.done_for_anchor(event)

    return Part(sort=(of_kind(_DONE),), further=(test,), kinds=_DONE, rules=named)


def relative_to_anchor(*, after: bool) -> Builder:
    """Return the reader of `after` or `before`: phrases that are counted from the anchor."""

    def build(value: Value, world: World) -> Part | None:
        bounds = phrases.read(value)
        if not bounds:
            return None
        bound = Bound(bounds, after, world.days)
        return Part(window=(bound,), relative=True, dated=after, phrases=tuple((value, phrase) for phrase in bounds))

    return build


FIELDS: dict[str, Builder] = {
    "kind": kind,
    "tags": tags,
    "words": words.words,
    "title": words.title,
    "text": words.text,
    "to": people_in(_recipients, "them", "outside", kinds=_SENT),
    "from": people_in(_organizer, "them", "outside", "services"),
    "with": people_in(lambda event: event.people, "them", "outside"),
    "organizer": people_in(_organizer, "them", "outside", "services", by_field=False),
    "status": status,
    "answers": answers,
    "forwards": forwards,
    "auto": auto,
    "first": first,
    "same": same,
    "people": people,
    "after": relative_to_anchor(after=True),
    "before": relative_to_anchor(after=False),
    "data": data,
    "check": check,
    "of": of,
}
