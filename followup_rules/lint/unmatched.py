"""Patterns that nothing can match: fields that exclude each other, or that no event of their kind has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from followup_rules.codes import Code
from followup_rules.language.phrases import PhraseError, parse
from followup_rules.language.schema import Rule
from followup_rules.lint import instants
from followup_rules.lint.book import ENDS, PATTERN_LISTS, Book, inside, patterns
from followup_rules.lint.implied import implies, same
from followup_rules.lint.shapes import KNOWN, Shape, anchors, field_shapes, shapes, together
from followup_rules.model import Problem
from followup_rules.people import normal
from followup_rules.sentences import Sentence, either
from followup_rules.toml.values import Value

# What each field says something of, for people.
_OF = {
    "status": Sentence("meetings have a status"),
    "answers": Sentence("mail answers mail"),
    "forwards": Sentence("mail passes mail on"),
    "same": Sentence("mail, and what was done by one, has a thread"),
    "organizer": Sentence("meetings and received mail have an organizer"),
    "from": Sentence("meetings and received mail come from somebody"),
    "to": Sentence("sent mail goes to somebody"),
    "of": Sentence("what was done was done by a rule"),
    "first": Sentence("mail has a thread, and meetings have a series"),
    "auto": Sentence("mail is written by machines"),
    "tags": Sentence("notes and calendar entries of your own carry tags"),
}
# Fields beside which a `before` stands alone: what is named may have an `after` of its own.
_UNDATED = frozenset({"kind", "title", "text", "words", "tags", "to", "from", "with", "before", "about", "people"})
_OFF = frozenset({"declined"})
_SOMEONE = frozenset({"to", "from", "with"})


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at the field that keeps a pattern from ever matching."""
    for definition in book.definitions.values():
        yield from _within(definition, book, [Shape()])
    for it, table in book.sound:
        for _, value in patterns(table.fields):
            if not (isinstance(value.raw, dict) and "every" in value.raw):
                yield from _within(value, book, [Shape()])
        if it.recurring is None:
            yield from _start(table.fields, book)
            yield from _against(table.fields, book)
            yield from _breach(table.fields, book)
        yield from _myself(table.fields, book)
    yield from _never_begun(book)


def _within(value: Value, book: Book, around: list[Shape]) -> Iterator[Problem]:
    """Yield what is wrong in a table, with the shapes that the tables around it leave."""
    if not isinstance(value.raw, dict):
        return
    yield from _excluded(value, book)
    yield from _times(value, book)
    found = around
    for key in value.raw:
        part = field_shapes(key, value.child(key), book)
        both = together(found, part)
        if part and found and not both:
            yield from _contradiction(value, key, book)
            return
        found = both or found
    if "all" in value.raw:
        yield from _all(value.child("all"), book)
    for key in ("any", "all"):
        for item in value.child(key).items() if key in value.raw else ():
            yield from _alternative(value, item, key, book, found)
    if "not" in value.raw:
        yield from _within(value.child("not"), book, [Shape()])


def _all(listed: Value, book: Book) -> Iterator[Problem]:
    """Yield that the patterns of a list, all of which must hold, exclude each other."""
    found = [Shape()]
    for item in listed.items():
        own = shapes(item, book)
        both = together(found, own)
        if own and found and not both:
            message = Sentence("this can never match: no event fits all of the list")
            hint = Sentence("write any = [...] if one of them is enough, or delete this one")
            yield from book.problem(item, message, code=Code.NEVER_MATCHES, hint=hint)
            return
        found = both


def _alternative(value: Value, item: Value, key: str, book: Book, beside: list[Shape]) -> Iterator[Problem]:
    """Yield what is wrong in one of several patterns; also that it does not go with what stands beside the list."""
    inner = list(_within(item, book, [Shape()]))
    yield from inner
    others = [Shape()]
    for name in value.raw:
        if name not in ("any", "all"):
            others = together(others, field_shapes(name, value.child(name), book))
    alone = shapes(item, book)
    if key == "any" and not inner and beside and alone and others and not together(others, alone):
        message = Sentence("this alternative can never match: it does not go with what stands beside the list")
        hint = Sentence("delete it, or take the other condition into those that it is meant for")
        yield from book.problem(item, message, code=Code.NEVER_MATCHES, hint=hint)


def _contradiction(value: Value, key: str, book: Book) -> Iterator[Problem]:
    part = field_shapes(key, value.child(key), book)
    before = [other for other in value.raw if other != key]
    other = next((o for o in before if not together(field_shapes(o, value.child(o), book), part)), "")
    beside = (
        Sentence("{key!r} and {other!r}", key=key, other=other)
        if other
        else Sentence("{key!r} and what stands beside it", key=key)
    )
    reason = next((Sentence("only {of}", of=_OF[name]) for name in (key, other) if name in _OF), None)
    if {key, other} == {"answers", "forwards"}:
        reason = Sentence("what passes a mail on answers nobody")
    if {key, other} <= {"people", "with", "to", "from"}:
        reason = Sentence("it asks for somebody, and for nobody")
    message = Sentence("this can never match: no event fits {beside}", beside=beside)
    if reason:
        message = Sentence("{message}: {reason}", message=message, reason=reason)
    hint = Sentence("delete one of the two")
    # Of `same` the anchor decides: whether it has a thread.
    if "same" not in (key, other) and (kinds := _instead(value, key, other, book)):
        hint = Sentence("delete one of the two, or write kind = {kinds}", kinds=kinds)
    yield from book.problem(value.child(key), message, code=Code.NEVER_MATCHES, hint=hint)


def _instead(value: Value, key: str, other: str, book: Book) -> str:
    """Return the kinds that have a field, if the pattern names another kind; else ""."""
    field = other if key == "kind" else key
    if "kind" not in (key, other) or not field:
        return ""
    fitting = field_shapes(field, value.child(field), book)
    kinds = sorted(kind for kind in KNOWN if any(shape.of(kind) for shape in fitting))
    return either([f'"{kind}"' for kind in kinds]) if kinds else ""


def _excluded(value: Value, book: Book) -> Iterator[Problem]:
    """Yield that a pattern excludes all that it looks for."""
    if "not" not in value.raw:
        return
    # As if `not` were not there: does what is left imply what `not` takes away?
    rest = Value(
        {key: part for key, part in value.raw.items() if key != "not"},
        value.document, value.path, [], {key: part for key, part in value.parts.items() if key != "not"},
    )  # fmt: skip
    if rest.raw and implies(rest, value.child("not"), book):
        message = Sentence("this can never match: 'not' excludes all that the rest of it looks for")
        hint = Sentence("say less in 'not', or delete it")
        yield from book.problem(value.child("not"), message, code=Code.NEVER_MATCHES, hint=hint)


def _times(value: Value, book: Book) -> Iterator[Problem]:
    """Yield that a pattern looks for what is after one instant and before an earlier one."""
    if not {"after", "before"} <= value.raw.keys():
        return
    try:
        bounds = {key: tuple(parse(item.raw) for item in value.child(key).items()) for key in ("after", "before")}
    except (PhraseError, AttributeError, TypeError):
        return
    if instants.never_before(bounds["after"], bounds["before"], book.rules):
        message = Sentence("this can never match: 'before' is not later than 'after'")
        hint = Sentence("exchange the two, or mend one of them")
        yield from book.problem(value.child("before"), message, code=Code.NEVER_MATCHES, hint=hint)


def _start(fields: dict[str, Value], book: Book) -> Iterator[Problem]:
    if "on" not in fields:
        return
    on = shapes(fields["on"], book)
    if "where" in fields:
        where = shapes(fields["where"], book)
        if on and where and not together(on, where):
            message = Sentence("it never starts: no event fits both 'on' and 'where'")
            hint = Sentence("both must hold of the anchor; delete one, or mend it")
            yield from book.problem(fields["where"], message, code=Code.NEVER_MATCHES, hint=hint)
    found = anchors(fields, book)
    if found and all(shape.statuses is not None and shape.statuses <= _OFF for shape in found):
        message = Sentence("it never has anything to do: what starts from a meeting that you declined is void")
        hint = Sentence('delete it, or look for another status: status = "tentative"')
        yield from book.problem(fields["on"], message, code=Code.NEVER_MATCHES, hint=hint, within="status")


def _against(fields: dict[str, Value], book: Book) -> Iterator[Problem]:
    """Yield lists of patterns that undo each other, and patterns that ask for people where there is nobody."""
    lists = {key: fields[key].items() for key in PATTERN_LISTS if key in fields}
    for wanted in lists.get("while", ()):
        for key in ENDS:
            # With one of several, another may be there that ends nothing.
            only = len(lists["while"]) == 1
            if any(same(wanted, item, book) or (only and implies(wanted, item, book)) for item in lists.get(key, ())):
                message = Sentence("nothing is ever due: what 'while' asks for is what {key!r} ends it with", key=key)
                hint = Sentence("delete it from one of the two; {key!r} alone is enough to end it", key=key)
                yield from book.problem(wanted, message, code=Code.NEVER_MATCHES, hint=hint)
    yield from _too_early(lists, book)
    for item in lists.get("done_by", ()):
        if any(same(item, other, book) for other in lists.get("cancelled_by", ())):
            message = Sentence("this never counts as done: 'cancelled_by' names the same, and goes first")
            yield from book.problem(
                item,
                message,
                code=Code.NEVER_MATCHES,
                hint=Sentence("delete it from one of the two: was it done, or called off?"),
            )


def _too_early(lists: Mapping[str, list[Value]], book: Book) -> Iterator[Problem]:
    """Yield that a pattern wants what is before the anchor: without an `after` only what comes later counts."""
    for item in (item for key in (*ENDS, "while") for item in lists.get(key, ())):
        if isinstance(item.raw, dict) and "before" in item.raw and item.raw.keys() <= _UNDATED:
            bound = item.child("before")
            phrases = tuple(parse(one.raw) for one in bound.items())
            if instants.never_before((parse("start"),), phrases, book.rules):
                message = Sentence(
                    "this can never match: what is before the anchor counts only if 'after' says from when"
                )
                hint = Sentence('add from when on it counts, such as after = "start - 14 days"')
                yield from book.problem(bound, message, code=Code.NEVER_MATCHES, hint=hint)


def _breach(fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield that a rule looks for a breach in what is no mail of the user's, or for the window of what is off."""
    for value in (fields[key] for key in ("during", "breaks") if key in fields):
        named = value.child("guard") if isinstance(value.raw, dict) else value
        if named.raw not in book.rules.guards:  # that there is no such guard is an error
            message = Sentence("it never starts: the guard {name!r} is switched off", name=named.raw)
            hint = Sentence("switch the guard on, or switch this rule off, too: enabled = false")
            yield from book.problem(named, message, code=Code.NEVER_MATCHES, hint=hint)
    if "breaks" not in fields or "on" not in fields:
        return
    found = anchors(fields, book)
    if found and not any(shape.of("sent") for shape in found):
        message = Sentence("it never starts: only a mail of yours breaks a guard")
        hint = Sentence("delete the line, or start from your own mail")
        yield from book.problem(fields["breaks"], message, code=Code.NEVER_MATCHES, hint=hint)


def _myself(fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield that a pattern looks for the user among the others."""
    for _, pattern in patterns(fields):
        for value in inside(pattern):
            if value.name in _SOMEONE and isinstance(value.raw, str) and normal(value.raw) in book.rules.world.me:
                message = Sentence(
                    "this can never match: {address} is yours, and you are none of the people", address=value.raw
                )
                hint = Sentence("name somebody else, or anybody: {line}", line=f'{value.name} = "outside"')
                yield from book.problem(value, message, code=Code.NEVER_MATCHES, hint=hint)


def _never_begun(book: Book) -> Iterator[Problem]:
    """Yield the rules that start only from what is done of rules that themselves never start: of itself, for one."""
    waiting = {it.id: names for it, table in book.sound if isinstance(it, Rule) and "on" in table.fields
               and (names := _done_of(table.fields["on"], book)) is not None}  # fmt: skip
    begun = {name for name in (*book.rules.rules, *book.rules.off) if name not in waiting}
    # To a fixed point: a rule may wait for one that waits for another.
    while fresh := {name for name, of in waiting.items() if name not in begun and of & begun}:
        begun |= fresh
    for name in waiting.keys() - begun:
        if waiting[name] <= {*waiting}:  # that there is no such rule is told where it is named
            message = Sentence("it never starts: nothing is ever done of what it waits for")
            line = f'on = "#{name}"'
            hint = Sentence("start from what is there first, such as a tag that you note: {line}", line=line)
            yield from book.problem(book.rule_table(name).fields["on"], message, code=Code.NEVER_MATCHES, hint=hint)


def _done_of(pattern: Value, book: Book) -> frozenset[str] | None:
    """Return the rules of which something must be done for a pattern to match; None if other events match, too."""
    if isinstance(pattern.raw, str):
        return _done_of(book.definitions[pattern.raw], book) if pattern.raw in book.definitions else None
    found = [frozenset(str(item.raw) for item in pattern.child("of").items())] if "of" in pattern.raw else []
    if isinstance(data := pattern.raw.get("data"), dict) and isinstance(data.get("rule"), str):
        found.append(frozenset({data["rule"]}))
    if "is" in pattern.raw:
        found += [of for of in [_done_of(pattern.child("is"), book)] if of is not None]
    for item in pattern.child("all").items() if "all" in pattern.raw else ():
        found += [of for of in [_done_of(item, book)] if of is not None]
    if "any" in pattern.raw:
        each = [_done_of(item, book) for item in pattern.child("any").items()]
        if all(of is not None for of in each):
            found.append(frozenset[str]().union(*(of for of in each if of is not None)))
    return found[0] if found else None
