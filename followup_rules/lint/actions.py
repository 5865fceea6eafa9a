"""What rules make and announce: contacts without an end, replies to nothing, drafts to nobody, things made twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language.schema import Guard, Rule
from followup_rules.lint.book import ENDS, PATTERN_LISTS, Book, inside, owner, patterns, tag_line
from followup_rules.lint.implied import same
from followup_rules.lint.instants import Frame, always, samples
from followup_rules.lint.shapes import THREADED, Shape, anchors, shapes, together
from followup_rules.model import DRAFT, NOTICE, Problem
from followup_rules.sentences import Sentence, either
from followup_rules.toml.suggestions import nearest
from followup_rules.toml.values import Value

_DAY, _WEEK = timedelta(days=1), timedelta(days=7, hours=1)  # an hour: the clocks may change meanwhile


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at each action, and each name of a rule, that cannot do what it says."""
    for it, table in book.sound:
        if "on" in table.fields and not it.recurring:
            yield from _ended_by_itself(table.fields, book)
        if isinstance(it, Guard):
            continue
        of = [Shape(least=0, most=0)] if it.recurring else anchors(table.fields, book)
        yield from _endless(it, table.fields, book)
        for index, action in enumerate(table.fields["do"].items() if "do" in table.fields else ()):
            yield from _thread(action, of, book)
            yield from _nobody(it, index, action, of, book)
            yield from _sent_nowhere(it, index, action, book)
            yield from _unknown_opening(it, index, action, book)
        yield from _past_opening(it, table.fields, book)
        yield from _announced(it, table.fields, book)
        yield from _not_shown(it, table.fields, book)
        yield from _passed_anyway(it, table.fields, book)
        yield from _alone(it, table.fields, of, book)
    yield from _announced_twice(book)
    yield from _copies(book)


def _ended_by_itself(fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    for key in ENDS:
        for item in fields[key].items() if key in fields else ():
            if same(item, fields["on"], book):
                message = Sentence(
                    "{key!r} is what it starts from, and that never ends it: only a second such event would", key=key
                )
                ending = tag_line(key, owner(fields))
                hint = Sentence("look for what ends it, such as another tag: {ending}", ending=ending)
                yield from book.problem(item, message, code=Code.OWN_END, hint=hint)


def _endless(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    if not rule.contact or rule.closes or rule.done_by or rule.cancelled_by:
        return
    if rule.recurring:
        yield from _until_the_next(rule, fields, book)
    else:
        message = Sentence("nothing ends it: a contact that nobody makes would be owed for ever")
        hint = Sentence(
            'say until when: closes = "opens + 30 days"; or what ends it: done_by = [{ kind = "sent", to = "them" }]'
        )
        yield from book.problem(fields["do"], message, code=Code.ENDLESS_CONTACT, hint=hint)


def _until_the_next(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield that a contact by the clock ends only where the next one begins; within a week that may well be meant."""
    starts = [sample.start for sample in samples(book.rules.world.days, every=rule.recurring)]
    longest = max((later - earlier for earlier, later in pairwise(starts)), default=_WEEK * 52)
    days = round(longest / _DAY)
    message = Sentence(
        "nothing ends it before the next one, {number} day later: until then a contact that nobody makes is owed",
        "nothing ends it before the next one, {number} days later: until then a contact that nobody makes is owed",
        number=days,
    )
    hint = Sentence('say until when: closes = "opens + 1 day"')
    for told in book.problem(fields["do"], message, code=Code.OWED_TILL_NEXT, hint=hint):
        yield told if longest > _WEEK else replace(told, warning=False, info=True)


def _thread(action: Value, of: list[Shape], book: Book) -> Iterator[Problem]:
    if not isinstance(action.raw, dict) or "reply_to" not in action.raw or not of:
        return
    if all(shape.kinds is not None and not any(shape.of(kind) for kind in THREADED) for shape in of) or not any(
        shape.of(kind) for shape in of for kind in THREADED
    ):
        kinds = sorted({kind for shape in of for kind in shape.kinds or ("note", "meeting") if shape.of(kind)})
        kind = either(kinds) if kinds else Sentence("time")
        message = Sentence("there is nothing to reply to: a {kind} has no thread", kind=kind)
        hint = Sentence('delete reply_to: to = "them" alone begins a new mail')
        yield from book.problem(action.child("reply_to"), message, code=Code.NO_THREAD, hint=hint)


def _nobody(rule: Rule, index: int, action: Value, of: list[Shape], book: Book) -> Iterator[Problem]:
    do = rule.do[index]
    if "them" not in do.to or not of or any(shape.most > 0 for shape in of):
        return
    if do.type != DRAFT and not (isinstance(action.raw, dict) and "to" in action.raw):
        return
    who = (
        Sentence("what recurs by the clock has nobody in it")
        if rule.recurring
        else Sentence("by its own pattern the anchor has nobody")
    )
    message = Sentence("it goes to nobody: {who}", who=who)
    written = "to" in action.raw
    hint = Sentence('name an address: to = "name@example.org"; or make it a task: type = "task"')
    if written:
        hint = Sentence('name an address: to = "name@example.org"; or delete it, and make it a task: type = "task"')
    place = action.child("to") if written else action
    yield from book.problem(place, message, code=Code.NOBODY, hint=hint)


def _sent_nowhere(rule: Rule, index: int, action: Value, book: Book) -> Iterator[Problem]:
    """Yield that a notice names people: it is told to the user alone."""
    do = rule.do[index]
    if do.type != NOTICE or do.contact or not isinstance(action.raw, dict) or "to" not in action.raw:
        return
    message = Sentence("a notice is told to you alone, so it reaches nobody else")
    hint = Sentence('delete the line; or write a mail: type = "draft"')
    yield from book.problem(action.child("to"), message, code=Code.NOTICE_TO, hint=hint, key=True)


def _passed_anyway(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield each guard that a rule passes and that would hold nothing of it."""
    for item in fields["passes"].items() if "passes" in fields else ():
        guard = book.rules.guards.get(item.raw)
        if guard is None or guard.fault or guard.holds != "contact" or rule.contact:
            continue
        message = Sentence("the guard {id!r} holds only contact, and this rule makes none", id=guard.id)
        hint = Sentence("delete it; or say in 'do' that it is one: {line}", line="contact = true")
        yield from book.problem(item, message, code=Code.HELD_BY_NONE, hint=hint)


def _alone(rule: Rule, fields: Mapping[str, Value], of: list[Shape], book: Book) -> Iterator[Problem]:
    """Yield what asks for the anchor's people, or for its thread, where it never has any."""
    nobody = bool(of) and all(shape.most == 0 for shape in of)
    if nobody and rule.each and "each" in fields:
        message = Sentence("a duty for each person of an anchor in which there is nobody")
        yield from book.problem(fields["each"], message, code=Code.NOBODY, hint=Sentence("delete the line"))
    threaded = not rule.recurring and any(shape.of(kind) for shape in of for kind in THREADED)
    threadless = bool(of) and not threaded
    for _, pattern in patterns(fields, PATTERN_LISTS):
        for value in inside(pattern) if nobody or threadless else ():
            if nobody and value.raw == "them" and {"to", "from", "with"} & set(map(str, value.path[-2:])):
                message = Sentence('this can never match: "them" are the people of the anchor, and it never has any')
                key = next(key for key in value.path[-2:] if key in {"to", "from", "with"})
                hint = Sentence("name an address: {line}", line=f'{key} = "name@example.org"')
                yield from book.problem(value, message, code=Code.NEVER_MATCHES, hint=hint)
            elif threadless and value.name == "same" and value.raw == "thread":
                message = Sentence("this can never match: it asks for the thread of the anchor, and that has none")
                hint = Sentence('look for the people instead: with = "them"')
                if nobody:
                    hint = Sentence("name an address: {line}", line='with = "name@example.org"')
                yield from book.problem(value, message, code=Code.NEVER_MATCHES, hint=hint)


def _unknown_opening(rule: Rule, index: int, action: Value, book: Book) -> Iterator[Problem]:
    """Yield that a text asks when a rule opens which there is not, or which is off."""
    known = {*book.rules.rules, *book.rules.off}
    for named in book.texts.get((rule.id, index), ()):
        off = named.name in book.rules.off and not named.optional
        if named.what == "when" and (named.name not in known or off):
            guess = nearest(named.name, known)
            message = Sentence("the text asks when the rule {name!r} opens, and there is no such rule", name=named.name)
            hint = Sentence("`followup rules` lists the rules that there are")
            if guess:
                hint = Sentence('did you mean "{word}"?', word=guess)
            if off:
                message = Sentence("the text asks when the rule {name!r} opens, and that one is off", name=named.name)
                hint = Sentence("switch it on, or ask first: {ask}", ask=f'{{% if when("{named.name}") %}}')
            yield from book.problem(_text_of(action, named.name), message, code=Code.NOT_GIVEN, hint=hint,
                                    within=named.name)  # fmt: skip


def _text_of(action: Value, name: str) -> Value:
    """Return the text of an action that names something, else where its template is named."""
    key = next((key for key in ("title", "text") if name in str(action.raw.get(key))), "template")
    return action.child(key) if key in action.raw else action


def _past_opening(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield that a text asks when a rule opens that has always opened by then: only what is still to come is known."""
    for (owner_, index), names in book.texts.items():
        for named in names if owner_ == rule.id and "do" in fields else ():
            if named.what == "when" and not named.optional and _opens_no_later(named.name, rule, fields, book):
                message = Sentence("{{{{ when({name!r}) }}}} stays empty: that rule never opens later than this one",
                                   name=named.name)  # fmt: skip
                hint = Sentence("delete it, or ask first: {ask}", ask=f'{{% if when("{named.name}") %}}')
                place = _text_of(fields["do"].items()[index], named.name)
                yield from book.problem(place, message, code=Code.NOT_GIVEN, hint=hint, within=named.name)


def _opens_no_later(name: str, rule: Rule, fields: Mapping[str, Value], book: Book) -> bool:
    """Tell whether another rule with the same start opens with a rule at the latest, and nobody moves it."""
    other = book.rules.rules.get(name)
    if other is None or other.fault or name == rule.id or other.moved_by or other.not_before:
        return False
    if not same(fields["on"], book.rule_table(name).fields["on"], book):
        return False
    frame = Frame(book.rules, rule, frozenset({rule.id, name}))
    return always(other.opens, rule.opens, datetime.__le__, samples(book.rules.world.days), frame)


def _announced(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    if "announces" not in fields:
        return
    starts = samples(book.rules.world.days)
    for item in fields["announces"].items():
        other = book.rules.rules.get(item.raw)
        if item.raw == rule.id:
            message = Sentence("it announces itself: its day would be fixed by its own action")
            hint = Sentence("name the rule of the call, or delete the line")
            yield from book.problem(item, message, code=Code.ANNOUNCED_AMISS, hint=hint)
        elif other and not other.fault and same(fields["on"], book.rule_table(other.id).fields["on"], book):
            frame = Frame(book.rules, rule, frozenset({rule.id, other.id}))
            if always(other.opens, rule.opens, datetime.__le__, starts, frame):
                message = Sentence("it announces {raw!r}, which never opens later than this rule itself", raw=item.raw)
                hint = Sentence("only what comes later can be announced: let it open later, or delete the line")
                yield from book.problem(item, message, code=Code.ANNOUNCED_AMISS, hint=hint)


def _not_shown(rule: Rule, fields: Mapping[str, Value], book: Book) -> Iterator[Problem]:
    """Yield that a rule carries what no text of its actions shows."""
    texts = [book.texts.get((rule.id, index)) for index in range(len(rule.do))]
    if "carries" not in fields or any(
        names is None or any(each.what == "carries" for each in names) for names in texts
    ):
        return
    message = Sentence("no text of this rule shows what it carries")
    hint = Sentence("show it in the text: {line}", line="{% for each in carries %}{{ each.title }}{% endfor %}")
    yield from book.problem(fields["carries"], message, code=Code.NOT_SHOWN, hint=hint, key=True)


def _copies(book: Book) -> Iterator[Problem]:
    """Yield the rules that say the same as an earlier one: all would be made twice."""
    known: dict[str, str] = {}
    for name, rule in book.rules.rules.items():
        fields = book.rule_table(name).fields
        said = repr(sorted((key, value.raw) for key, value in fields.items() if key != "why"))
        first = known.setdefault(said, name)
        if first != name and not rule.fault and not rule.announces:  # of two that announce one call more is told
            message = Sentence("it says the same as the rule {first!r}: all would be made twice", first=first)
            hint = Sentence("delete it, or say what sets it apart")
            yield from book.problem(fields["on"], message, code=Code.COPIED, hint=hint, key=True)


def _announced_twice(book: Book) -> Iterator[Problem]:
    tables = {name: book.rule_table(name).fields for name, rule in book.rules.rules.items()
              if not rule.fault and rule.announces and "on" in book.rule_table(name).fields}  # fmt: skip
    for (one, first), (two, second) in combinations(tables.items(), 2):
        both = {*book.rules.rules[one].announces} & {*book.rules.rules[two].announces} - {one, two}
        if not both or not _together(first, second, book):
            continue
        for fields, other in ((second, one), (first, two)):
            item = next(item for item in fields["announces"].items() if item.raw in both)
            message = Sentence(
                "the rule {other!r} announces {raw!r} too: two texts would name its day", other=other, raw=item.raw
            )
            hint = Sentence("let one of them announce it, and delete the line here; or tell them apart by 'where'")
            told = list(book.problem(item, message, code=Code.ANNOUNCED_AMISS, hint=hint))
            yield from told
            if told:
                break


def _together(one: Mapping[str, Value], other: Mapping[str, Value], book: Book) -> bool:
    """Tell whether two rules certainly have some anchors in common, as far as is written."""
    if not same(one["on"], other["on"], book):
        return False
    for key in ("where", "while"):
        if key in one and key in other and one[key].raw != other[key].raw:
            return False
    ons = [shapes(fields[key], book) for fields in (one, other) for key in ("on", "where") if key in fields]
    found = [Shape()]
    for each in ons:
        found = together(found, each)
    return bool(found)
