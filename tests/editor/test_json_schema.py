"""By the schema an editor accepts all that works, and marks what does not."""

import json
import re
import tomllib
from datetime import date, time

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from followup_rules.cli import cli
from followup_rules.config import read
from followup_rules.config.profile import CaseTable, ProfileTable, StoreTable
from followup_rules.editor import docstrings, json_schema, rule_tables
from followup_rules.host import registry
from followup_rules.language import every, patterns, phrases, rule_keys, schema
from followup_rules.simulation import examples, happenings
from tests.editor.whole import CONFIG, RULES
from tests.lint.sound import SOUND
from tests.support.project import ROOT

PLUGINS = registry.load()
VALIDATORS = {kind: Draft202012Validator(json_schema.schema_of(kind, PLUGINS)) for kind in json_schema.KINDS}


def as_json(raw):
    """What an editor shows the schema: it has no type for dates."""
    if isinstance(raw, dict):
        return {key: as_json(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [as_json(value) for value in raw]
    return raw.isoformat() if isinstance(raw, date | time) else raw


def faults(kind, text):
    return [error.json_path for error in VALIDATORS[kind].iter_errors(as_json(tomllib.loads(text)))]


def shown(kind):
    fence = re.compile(rf"^```toml {kind}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return {f"{page.name} {n}": text for page in pages for n, text in enumerate(fence.findall(page.read_text()))}


PACK = ROOT / "followup_rules" / "packs" / "interview"
FILES = [
    *sorted((ROOT / "examples").glob("*.toml")),
    *sorted((ROOT / "docs" / "recipes").glob("*.toml")),
    *(PACK / name for name in ("rules.toml", "words.toml")),
]
SOUND_ONES = {
    **{file.name: file.read_text(encoding="utf-8") for file in FILES},
    **shown("rules"),
    **SOUND,
    "whole": RULES,
}


@pytest.mark.parametrize("name", SOUND_ONES)
def test_rules_that_work_are_accepted(name):
    assert faults("rules", SOUND_ONES[name]) == []


def test_examples_that_work_are_accepted():
    text = (PACK / "examples.toml").read_text(encoding="utf-8")
    assert faults("examples", text) == []
    assert faults("rules", text) == []
    own = [each["config"] for each in tomllib.loads(text)["example"] if "config" in each]
    assert own
    # Its config may hold cases and values for texts, too; so may a file of examples, which must have some.
    assert [faults("examples", rules) for rules in own] == [["$"]] * len(own)
    some = 'example = [{ name = "x", then = [{ at = 2026-11-09 }] }]\n'
    assert [faults("examples", some + rules) for rules in own] == [[]] * len(own)


def test_configs_that_work_are_accepted():
    fragments = {
        name: '[profile]\nme = ["a@b.example"]\ntimezone = "UTC"\n' + text for name, text in shown("config").items()
    }
    texts = {**fragments, "example": (ROOT / "config.example.toml").read_text(encoding="utf-8"), "whole": CONFIG}
    assert {name: faults("config", text) for name, text in texts.items() if faults("config", text)} == {}


# What a slip of the pen makes of the whole rules: old, new.
SLIPS = [
    ("[rule.whole]", "[rules.whole]"),
    ("requires = 1", "requires = 2"),
    ("per          = ", "pre          = "),
    ('"day"', '"days"'),
    ('"person"', '"persons"'),
    ("on           = { kind", "on           = { knid"),
    ('kind = "meeting"', "kind = 1"),
    ('title = ["interview", "entrevue"]', "title = [1]"),
    ('first = "with"', 'first = "whith"'),
    ('status = ["confirmed", "mine"]', 'status = ["confirmd"]'),
    ("people = { min = 1, max = 8 }", "people = { minimum = 1 }"),
    ("people = { min = 1, max = 8 }", "people = 3"),
    ('opens        = "end + 1 hour"', 'opens        = "end + 1 heure"'),
    ('opens        = "end + 1 hour"', 'opens        = "end + one hour"'),
    ('opens        = "end + 1 hour"', 'opens        = "end + 1 hour at 9"'),
    ('opens        = "end + 1 hour"', "opens        = 3600"),
    ('late         = "due + 2 days, workday"', 'late         = "due + 2 days,"'),
    ('"it.until"', '""'),
    ("answers = false", 'answers = "no"'),
    ('auto = [false, "notice"]', 'auto = "machine"'),
    ('auto = [false, "notice"]', 'auto = [false, "bot"]'),
    ('same = "thread"', 'same = "case"'),
    ('from = "them"', 'from = "they"'),
    ('to = "outside"', 'to = "outsiders"'),
    ('organizer = "services"', 'organizer = "it.who"'),
    ('data = { bonus = "pin", size = { min = 2 } }', "data = { size = { least = 2 } }"),
    ('any = ["#paid"', "any = [7"),
    ("forwards = true", "forwards = 1"),
    ('breaks       = { guard = "quiet"', 'breaks       = { gaurd = "quiet"'),
    ("announces    = [", "announces    = [4, "),
    ('language     = "fr"', 'language     = "de"'),
    ('type = "draft"', 'type = "drafft"'),
    ('reply_to = "it"', 'reply_to = "them"'),
    ("contact = true", 'contact = "yes"'),
    ('id = "mail"', 'id = "1"'),
    ('id = "mail"', 'id = "two words"'),
    ('to = ["them"', 'to = ["theirs"'),
    ('title = "Hello"', 'titel = "Hello"'),
    ("enabled      = true", 'enabled      = "true"'),
    ('every = "friday at 15:00"', 'every = "2 weeks from monday"'),
    ('every = "friday at 15:00"', 'evry = "friday at 15:00"'),
    ('holds    = "contact"', 'holds    = "all"'),
    ("except   = [", "expect   = ["),
    ("{ add = [", "{ added = ["),
    ('marks = "missed"', 'marks = "mised"'),
    ('also = ["rendezvous"]', "also = [true]"),
    ('kind = "note"', 'kind = "notes"'),
    ('case = "Julie <julie@nordik.example>", ', ""),
    ("until = 2026-11-09T11:00:00", 'until = "eleven"'),
    ('states = { whole = "due" }', 'states = { whole = "do" }'),
    ('states = { whole = "due" }', 'state = { whole = "due" }'),
    ("{ at = 2026-11-09T12:00:00, ", "{ "),
    ('user = { sends = "whole" }', 'user = { send = "whole" }'),
    ('makes = ["whole"]', "makes = 1"),
    ('name = "all of it"', 'nam = "all of it"'),
]  # fmt: skip
SLIPS_OF_CONFIG = [
    ("[profile]", "[profil]"),
    ('me           = ["me@example.org"]', ""),
    ('timezone     = "America/Toronto"', "timezone     = 5"),
    ('language     = "fr"', 'language     = "es"'),
    ('lookback     = "30 days"', 'lookback     = "30 jours"'),
    ('plugin = "ics"', 'plugin = "isc"'),
    ('plugin = "ics"', ""),
    ('path   = "calendar.ics"', 'paht   = "calendar.ics"'),
    ('kinds  = ["sent"]', "kinds  = { sent = true }"),
    ("mine   = false", 'mine   = "no"'),
    ('silence = "9 days"', "silence = 9"),
    ('time_limit = "2 minutes"', 'time_limits = "2 minutes"'),
    ('path = "followup.db"', ""),
    ('words    = ["client A"]', "word     = ['client A']"),
    ("phone = ", "phone.home = "),
    ("disabled = [", "disable = ["),
    ('packs = ["interview"]', "packs = [1]"),
]


@pytest.mark.parametrize(("old", "new"), SLIPS)
def test_a_slip_in_rules_is_marked(old, new):
    assert old in RULES
    assert faults("rules", RULES.replace(old, new)) != []


@pytest.mark.parametrize(("old", "new"), SLIPS_OF_CONFIG)
def test_a_slip_in_a_config_is_marked(old, new):
    assert old in CONFIG
    assert faults("config", CONFIG.replace(old, new)) != []


# -- it says what the program reads, and nothing else


def keys(kind, *path):
    tables = VALIDATORS[kind].schema
    for step in path:
        tables = tables[step]
    return set(tables["properties"])


def test_its_keys_are_those_that_are_read():
    defs = "$defs"
    assert keys("config") == set(read.TABLES)
    assert keys("rules") == {"define", "rule", "guard", "tag", "example", "requires"}
    assert keys("rules", defs, "RuleTable") == {*rule_keys.RULE, "unset"}
    assert keys("rules", defs, "GuardTable") == {*rule_keys.GUARD, "unset"}
    assert keys("rules", defs, "PatternTable") == set(patterns.FIELDS)
    assert keys("rules", defs, "ActionTable") == set(rule_keys._DO)
    assert keys("rules", defs, "Example") == set(examples.KEYS)
    assert keys("rules", defs, "Then") == set(examples.OF_THEN)
    for kind, known in happenings.KEYS.items():
        assert keys("rules", defs, kind.capitalize()) == {*known, "kind"}, kind
    for name, table in (("Profile", ProfileTable), ("Case", CaseTable), ("Store", StoreTable)):
        assert keys("config", defs, name) == set(table.__dataclass_fields__)


def test_the_whole_rules_and_config_use_every_key():
    rules, config = tomllib.loads(RULES), tomllib.loads(CONFIG)
    assert {key for rule in rules["rule"].values() for key in rule} >= set(rule_keys.RULE)
    assert set(rules["rule"]["whole"]["do"]) >= set(rule_keys._DO)
    assert {key for pattern in rules["define"].values() for key in pattern} >= set(patterns.FIELDS)
    assert {*config, *rules} == set(read.TABLES)


def test_every_key_is_described():
    for kind, validator in VALIDATORS.items():
        tables = {"": validator.schema, **validator.schema["$defs"]}
        untold = [
            f"{name}.{key}"
            for name, table in tables.items()
            if name != "RangeTable"
            for key, property_ in table["properties"].items()
            if "description" not in property_ and key not in {"plugin", "kind"}
        ]
        assert untold == [], kind


def test_without_their_source_records_have_no_docstrings():
    assert docstrings.of_attributes(type("Made", (), {})) == {}


def parses(reading, text):
    try:
        reading(text)
    except phrases.PhraseError:
        return False
    return True


@pytest.mark.parametrize("text", [
    "end", "  day  ", "it.due", "thank-you.done + 7 days at 09:00, workday", "end+3 weeks", "end -3 days", "end - 3 day",
    "interview-2 - 1 month", "start + 1 day + 2 hours at 9:05", "end, tue-thu, 08:00-19:00", "opens, workday before",
    "due + 99999 minutes", "day at 23:59,vendredi", "élan.due + 1 week", "day + 10 workdays at 09:00 , lundi/mer",
])  # fmt: skip
def test_each_phrase_that_can_be_read_is_accepted(text):
    assert parses(phrases.parse, text)
    assert faults("rules", f"[rule.r]\nopens = {json.dumps(text)}") == []


@pytest.mark.parametrize("text", [
    *every.EXAMPLES, "friday at 15:00", "mon-wed/fri at 8:00", " year  on 2-29", "1 week from 2026-11-06 at 09:00", "vendredi",
])  # fmt: skip
def test_each_recurrence_that_can_be_read_is_accepted(text):
    assert parses(every.parse, text)
    assert faults("rules", f"[rule.r]\non = {{ every = {json.dumps(text)} }}") == []


def test_a_plugin_brings_its_types_kinds_and_checks():
    from followup_rules.hookspecs import Check, OutputType, SourceType  # noqa: PLC0415
    from followup_rules.host.registry import Registry  # noqa: PLC0415

    own = Registry(
        sources={"push": SourceType("push", "Calls", ("call",), StoreTable, lambda *_: None)},
        outputs={"sms": OutputType("sms", "Messages", ("sms",), StoreTable, lambda *_: None)},
        checks={"short": Check("short", "It is short", lambda _: True)},
    )
    check = Draft202012Validator(json_schema.schema_of("config", own))
    sound = {
        "profile": {"me": "me@example.org", "timezone": "UTC"},
        "sources": {"calls": {"plugin": "push", "path": "calls"}},
        "rule": {"r": {"on": {"kind": "call", "check": "short"}, "do": {"type": "sms", "title": "x"}}},
        "example": [{"name": "x", "events": [{"kind": "call", "at": "2026-11-09"}], "then": [{"at": "2026-11-10"}]}],
    }
    assert [error.message for error in check.iter_errors(sound)] == []
    assert not check.is_valid({**sound, "rule": {"r": {"on": {"check": "long"}}}})
    assert not check.is_valid({**sound, "sources": {"calls": {"plugin": "ics", "path": "calls"}}})


# -- the command


def test_the_command_prints_it_or_writes_a_file(tmp_path):
    printed = CliRunner().invoke(cli, ["schema", "rules"])
    assert json.loads(printed.output) == VALIDATORS["rules"].schema
    file = tmp_path / "config.schema.json"
    written = CliRunner().invoke(cli, ["schema", "-o", str(file)])
    assert "#:schema ./config.schema.json" in written.output
    assert json.loads(file.read_text(encoding="utf-8")) == VALIDATORS["config"].schema
    assert CliRunner().invoke(cli, ["schema", "pack"]).exit_code == 2


def test_descriptions_stand_in_one_place():
    assert rule_tables.EXPLAINED[rule_tables.RuleTable] == (schema.Rule,)
    assert docstrings.of_attributes(rule_tables.RuleTable).keys() == {"unset"}
