"""What a compiled pattern finds, of many events at once and of each alone, is what its table says when read plainly."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.model import Case, Event, Person, Visit
from tests.support.rulelab import rules

START = datetime(2026, 11, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)
ANCHOR = Event(id="anchor", kind="start", start=START, end=START)
VISIT = Visit(events=(ANCHOR,), start=START, end=START, day=START.date(), people=())
KINDS, TAGS, SAID = ("meeting", "received", "note"), ("fit", "called"), ("lift", "lifted", "print", "the", "moved")
SOUGHT = ("lift", "lift*", "the print", "moved the", "prin*", "other", "gone", "the lift*")


def some(*choices):
    return st.lists(st.sampled_from(choices), min_size=1, max_size=len(choices), unique=True)


WORDS = st.sampled_from(SOUGHT).map(lambda word: [word]) | some(*SOUGHT)
FIELDS = {
    "kind": some(*KINDS),
    "tags": some(*TAGS),
    "title": WORDS,
    "text": WORDS,
    "words": WORDS,
    "status": some("confirmed", "tentative", "mine"),
    "forwards": st.booleans(),
    "people": st.fixed_dictionaries({"min": st.integers(0, 2)}),
    "data": st.fixed_dictionaries({"pages": st.integers(1, 2)}),
    "with": st.sampled_from(["@nordik.ca", "a@b.example"]).map(lambda word: [word]),
}


def tables(fields, least=1):
    """Return tables of a few fields; of many, next to nothing would be found."""
    keys = st.lists(st.sampled_from(sorted(fields)), min_size=least, max_size=3, unique=True)
    return keys.flatmap(lambda chosen: st.fixed_dictionaries({key: fields[key] for key in chosen}))


def nested(inner):
    listed = st.lists(inner, min_size=1, max_size=3)
    return st.builds(dict.__or__, tables(FIELDS, 0), tables({"any": listed, "all": listed, "not": inner}))


LEAVES = tables(FIELDS) | st.sampled_from(TAGS).map("#{}".format)
PATTERNS = LEAVES | nested(LEAVES) | nested(nested(LEAVES))
WINDOWS = st.fixed_dictionaries(
    {}, optional={"after": st.integers(-4, 4), "before": st.integers(-4, 4), "auto": st.booleans()}
)
EVENTS = st.lists(
    st.builds(
        dict,
        kind=st.sampled_from(KINDS),
        days=st.integers(-2, 5),
        tags=some(*TAGS) | st.just([]),
        title=st.lists(st.sampled_from(SAID), min_size=1, max_size=4),
        text=st.lists(st.sampled_from(SAID), min_size=1, max_size=4),
        status=st.sampled_from(["confirmed", "tentative", "mine"]),
        auto=st.sampled_from(["", "", "", "bulk"]),
        forwards=st.booleans(),
        people=st.lists(st.sampled_from(["julie@nordik.ca", "a@b.example"]), max_size=2, unique=True),
        data=st.sampled_from([{}, {"pages": 1}, {"pages": "2"}]),
    ),
    min_size=4,
    max_size=12,
)  # fmt: skip


def written(raw):
    """Return a value as TOML has it."""
    if isinstance(raw, dict):
        pairs = ", ".join(f"{key} = {written(value)}" for key, value in raw.items())
        return f"{{ {pairs} }}"
    return f"[{', '.join(map(written, raw))}]" if isinstance(raw, list) else json.dumps(raw)


def says(words, runs):
    """Tell whether some words hold any of some runs, of which a word may end in a star."""

    def is_at(place, run):
        found = words[place : place + len(run)]
        fits = (
            said.startswith(word[:-1]) if word.endswith("*") else said == word
            for said, word in zip(found, run, strict=False)
        )
        return len(found) == len(run) and all(fits)

    return any(is_at(place, run.split()) for run in runs for place in range(len(words)))


def reads(raw, made):
    """Tell whether a pattern holds of an event, as the language describes each of its fields."""
    if isinstance(raw, str):
        return raw[1:] in made["tags"]
    read = {
        "kind": lambda wanted: made["kind"] in wanted,
        "tags": lambda wanted: not set(wanted).isdisjoint(made["tags"]),
        "title": lambda wanted: says(made["title"], wanted),
        "text": lambda wanted: says(made["text"], wanted),
        "words": lambda wanted: says(made["title"], wanted) or says(made["text"], wanted),
        "status": lambda wanted: made["status"] in wanted,
        "forwards": lambda wanted: made["forwards"] is wanted,
        "people": lambda wanted: len(made["people"]) >= wanted["min"],
        "data": lambda wanted: str(made["data"].get("pages")) == str(wanted["pages"]),
        "with": lambda wanted: any(address.endswith(wanted[0]) for address in made["people"]),
        "auto": lambda wanted: bool(made["auto"]) is wanted,
        "after": lambda days: made["days"] >= days,
        "before": lambda days: made["days"] < days,
        "any": lambda wanted: any(reads(each, made) for each in wanted),
        "all": lambda wanted: all(reads(each, made) for each in wanted),
        "not": lambda wanted: not reads(wanted, made),
    }
    return all(read[key](wanted) for key, wanted in raw.items())


def event(number, made):
    start = START + made["days"] * DAY
    return Event(
        id=f"e{number}", kind=made["kind"], start=start, end=start, tags=tuple(made["tags"]), data=made["data"],
        title=" ".join(made["title"]), text=" ".join(made["text"]), status=made["status"], auto=made["auto"],
        forwards=made["forwards"], people=tuple(map(Person, made["people"])),
    )  # fmt: skip


def rule_that_is_ended_by(patterns):
    named = "".join(f"[define.d{number}]\nall = [{written(raw)}]\n" for number, (raw, _) in enumerate(patterns))
    when = {"after": lambda days: f"start + {days} days", "before": lambda days: f"start + {days} days"}
    ends = [
        {"is": f"d{number}", **{key: when.get(key, bool)(value) for key, value in more.items()}}
        for number, (_, more) in enumerate(patterns)
    ]
    text = f'[rule.r]\non = {{ kind = "start" }}\ndone_by = {written(ends)}\ndo = {{ type = "notice", title = "x" }}\n'
    return rules(named + text.replace("+ -", "- "))


NOTE = {
    "kind": "note", "days": 1, "tags": [], "title": ["print"], "text": ["the", "lift"], "status": "confirmed", "auto": "",
    "forwards": False, "people": [], "data": {},
}  # fmt: skip


@example([({"text": ["lift"], "people": {"min": 1}}, {})], [NOTE])
@example([({"any": [{"text": [*SOUGHT[:6]], "people": {"min": 1}}, {"with": ["@nordik.ca"]}]}, {})], [NOTE])
@given(st.lists(st.tuples(PATTERNS, WINDOWS), min_size=1, max_size=3), EVENTS)
def test_compiled_patterns_agree_with_their_plain_reading(patterns, made):
    compiled = rule_that_is_ended_by(patterns)
    rule = compiled.rules["r"]
    events = [event(number, each) for number, each in enumerate(made)]
    view = CaseView(Case(key="nordik.ca", home=(ANCHOR, *events)), compiled, {})
    scope, found = Scope(view, VISIT, rule), set()
    for pattern, (raw, more) in zip(rule.done_by, patterns, strict=True):
        plainly = {"auto": False, **more, "all": [raw]}
        fits = [reads(plainly, each) for each in made]
        assert [pattern(each, scope) for each in events] == fits
        assert [pattern.failed(each, scope) == "" for each in events] == fits
        counts = [
            number for number, holds in enumerate(fits) if holds and ("after" in more or made[number]["days"] >= 0)
        ]
        assert {each.id for each in view.matching([pattern], scope, START)} == {f"e{number}" for number in counts}
        found |= {f"e{number}" for number in counts}
    in_order = [each.id for each in view.matching(rule.done_by, scope, START)]
    assert set(in_order) == found
    assert in_order == [each.id for each in view.events if each.id in found]
