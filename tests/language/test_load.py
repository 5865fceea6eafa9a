"""Rule files: layers become one set of rules; every problem is told once, and nothing acts on a guess."""

import tomllib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.language.load import Surroundings, load, unknown_tables
from followup_rules.language.patterns import World
from followup_rules.language.phrases import Days
from followup_rules.language.schema import Do
from followup_rules.model import Event
from followup_rules.toml.document import Document, parse
from followup_rules.translation import translated
from tests.support.examples import examples
from tests.support.rulelab import unfilled

WORLD = World(frozenset(), frozenset(), frozenset(), frozenset(), Days(ZoneInfo("America/Toronto"), lambda _: None))
NOON = datetime(2026, 11, 9, 17, tzinfo=UTC)
OUTPUTS = {"drafts": ("draft",), "tasks": ("task",)}
AROUND = Surroundings(frozenset({"thank-you", "call"}), OUTPUTS)

PACK = """
[define.interview]
any = ["#interview", { kind = "meeting", title = ["entrevue", "interview"] }]
[define.thanks]
kind = "sent"
to = "them"
[define.announced]
tags = "announced"

[rule.thank-you]
why = "Thank them."
on = "interview"
per = "day"
closes = "day + 6 days"
done_by = ["thanks", "#thanked"]
do = { type = "draft", template = "thank-you" }
announces = "call"

[rule.call]
on = "interview"
per = "case"
opens = "day + 10 days at 09:00, workday"
moved_by = "announced.on"
late = "opens + 1 day"
do = { type = "task", template = "call", contact = true }

[rule.too-soon]
on = { kind = "sent" }
breaks = { guard = "quiet", after = "day + 1 day" }
do = { type = "notice", title = "Too soon" }

[guard.quiet]
on = "interview"
per = "day"
closes = ["call", "day + 10 days"]
except = ["thank-you"]
"""
NOTICE = 'do = { type = "notice", title = "x" }'


def document(text, file="my.toml"):
    parsed = parse(text, file)
    assert isinstance(parsed, Document), parsed
    return parsed


def loaded(*texts, around=AROUND):
    layers = [document(text, f"{number}.toml") for number, text in enumerate(texts, 1)]
    found, problems = load(layers, WORLD, around)
    return found, tuple(problem for problem in problems if not problem.info)


def rules(*texts):
    found, problems = loaded(*texts)
    assert problems == ()
    return found


def hint(text):
    """Return what is suggested for the only problem of a file."""
    (problem,) = loaded(text)[1]
    return problem.hint


def faults(found):
    return {it.id for it in (*found.rules.values(), *found.guards.values()) if it.fault}


def texts(phrases):
    return [phrase.text for phrase in phrases]


def test_a_rule_of_a_pack_as_it_stands():
    found = rules(PACK)
    assert list(found.rules) == ["call", "thank-you", "too-soon"]
    thanks = found.rules["thank-you"]
    assert (thanks.per, texts(thanks.opens), texts(thanks.closes)) == ("day", ["end"], ["day + 6 days"])
    assert (texts(thanks.due), texts(thanks.late)) == (["opens"], [])
    assert thanks.do == (Do(type="draft", template="thank-you", to=("them",), contact=True),)
    assert not found.rules["too-soon"].contact
    assert found.rules["call"].contact
    assert found.world.tags.named >= {"interview", "thanked", "announced"}


def test_it_is_known_which_fields_of_notes_the_rules_count_from_and_which_they_look_at():
    mine = """[rule.call]
opens = ["it.deadline - 2 days", "announced.on"]
where = { data.salary = { min = 1 }, title = ["it.title"] }
closes = "thank-you.done + 7 days"
do = { type = "task", title = "{{ it.bonus }}", text = "by it.word" }
"""
    found, _ = loaded(PACK, mine)
    assert found.dates == {"deadline", "on"}
    assert {"deadline", "on", "salary", "bonus"} <= found.fields
    assert "word" not in found.fields


def test_what_no_note_gives_is_no_date_that_rules_count_from():
    names = ["start", "end", "gone", "done"]
    text = f"[rule.r]\non = '#r'\ncloses = {[f'announced.{name} + 1 day' for name in names]}\n{NOTICE}"
    assert loaded(PACK, text)[0].dates == {"on"}


@pytest.mark.parametrize("key", ["to", "from", "with", "title", "text", "words"])
def test_an_address_that_a_note_gives_is_a_field_and_no_date(key):
    found = rules(f"[rule.r]\non = '#r'\nwhere = {{ {key} = ['it.ref'] }}\n{NOTICE}")
    assert (found.dates, found.fields) == (frozenset(), {"ref"})


def test_the_tags_that_rules_name_are_known_however_they_are_written():
    text = """
[define.a]
tags = "One"
[define.b]
tags = ["two", "#Three"]
[define]
c = "#Four"
[rule.r]
on = { any = ["#five", { all = [{ tags = "six" }] }] }
where = { title = "seven" }
do = { type = "notice", title = "#eight" }
[guard.g]
on = "#nine"
closes = "end"
"""
    named = rules(text).world.tags.named
    assert named - {"eight"} == {"one", "two", "three", "four", "five", "six", "nine", "done", "dismissed", "snooze"}


def test_one_line_of_an_own_file_changes_one_field():
    own = '[rule.call]\nopens = "day + 7 days at 09:00, workday"'
    before, after = rules(PACK).rules["call"], rules(PACK, own).rules["call"]
    assert texts(after.opens) == ["day + 7 days at 09:00, workday"]
    assert (after.per, after.late, after.do, after.moved_by) == (before.per, before.late, before.do, before.moved_by)


def test_the_last_layer_has_the_last_word():
    own = ['[rule.call]\nper = "day"\nlate = "opens + 2 days"', '[rule.call]\nper = "event"']
    call = rules(PACK, *own).rules["call"]
    assert (call.per, texts(call.late)) == ("event", ["opens + 2 days"])
    assert rules(PACK, *reversed(own)).rules["call"].per == "day"


@pytest.mark.parametrize(
    ("own", "made"),
    [
        ("do.output = 'drafts'", Do(type="draft", template="thank-you", to=("them",), output="drafts", contact=True)),
        (
            "do = { title = 'Merci' }",
            Do(type="draft", template="thank-you", title="Merci", to=("them",), contact=True),
        ),
        ("do.text = 'a'", Do(type="draft", template="thank-you", text="a", to=("them",), contact=True)),
        ("do = { text = 'a', title = 'b' }", Do(type="draft", title="b", text="a", to=("them",), contact=True)),
        ("do = { template = 'call' }", Do(type="draft", template="call", to=("them",), contact=True)),
        ("do = { type = 'task' }", Do(type="task", template="thank-you")),
        ("do = [{ type = 'task', title = 'b' }]", Do(type="task", title="b")),
    ],
)
def test_single_fields_of_what_a_rule_makes_can_be_changed(own, made):
    assert rules(PACK, f"[rule.thank-you]\n{own}").rules["thank-you"].do == (made,)


def test_a_title_of_ones_own_gives_way_to_a_template_of_a_later_layer():
    found = rules(PACK, "[rule.thank-you]\ndo.title = 'a'", "[rule.thank-you]\ndo.template = 'call'")
    assert (found.rules["thank-you"].do[0].title, found.rules["thank-you"].do[0].template) == ("", "call")


def test_what_is_switched_off_is_gone_and_may_still_be_named():
    found = rules(PACK, "[rule.call]\nenabled = false\n[guard.quiet]\nenabled = false")
    assert (list(found.rules), list(found.guards), found.off) == (["thank-you", "too-soon"], [], {"call"})


def test_what_a_pack_switches_off_can_be_switched_on():
    off = f'[rule.a]\non = "#a"\nenabled = false\n{NOTICE}'
    assert list(rules(off).rules) == []
    assert list(rules(off, "[rule.a]\nenabled = true").rules) == ["a"]


def test_an_empty_list_takes_away_what_a_pack_gives():
    found = rules(
        PACK, "[rule.thank-you]\ndone_by = []\ncloses = []\n[rule.call]\nmoved_by = []\n[guard.quiet]\nexcept = []"
    )
    assert (found.rules["thank-you"].done_by, found.rules["thank-you"].closes) == ((), ())
    assert (found.rules["call"].moved_by, found.guards["quiet"].except_) == ((), ())


@pytest.mark.parametrize(
    ("below", "above"), [('"#a"', "[define.x]\ntags = 'b'"), ("{ tags = 'a' }", "[define]\nx = '#b'")]
)
def test_a_definition_can_be_replaced_by_one_written_otherwise(below, above):
    found = rules(f"[define]\nx = {below}\n[rule.r]\non = 'x'\n{NOTICE}", above)
    assert [name for name, _ in found.world.definitions["x"].parts] == [above.split()[-3] if "tags" in above else "#b"]


def test_a_definition_is_changed_field_by_field_like_a_rule():
    found = rules(PACK, "[define.thanks]\ntitle = 'merci*'")
    assert [name for name, _ in found.world.definitions["thanks"].parts] == ["kind", "to", "title"]


def shuffled(draw, text):
    """Return the text with its tables, and the lines in each, in another order."""
    tables = ["[" + table for table in text.split("\n[")[1:]]
    for index, table in enumerate(tables):
        header, *lines = table.strip().split("\n")
        tables[index] = "\n".join([header, *draw(st.permutations(lines))])
    return "\n".join(draw(st.permutations(tables)))


FAULTY = PACK + '\n[rule.a]\non = "interveiw"\nopens = "b"\n[rule.b]\non = "#b"\nopens = "call + 1 dya"\n'


@pytest.mark.parametrize("text", [PACK, FAULTY])
@given(st.data())
@examples(30)
def test_the_order_of_tables_and_lines_never_matters(text, data):
    found, problems = loaded(text)
    again, others = loaded(shuffled(data.draw, text))
    assert list(again.rules) == list(found.rules)
    assert faults(again) == faults(found)
    assert {(problem.where, problem.message) for problem in others} == {(p.where, p.message) for p in problems}
    for name, rule in found.rules.items():
        other = again.rules[name]
        assert (other.opens, other.closes, other.do, other.fault) == (rule.opens, rule.closes, rule.do, rule.fault)


@given(st.permutations(["1", "2", "3"]))
def test_the_order_of_files_that_touch_different_tables_never_matters(order):
    files = {"1": '[define]\na = "#a"', "2": f'[rule.r]\non = "a"\n{NOTICE}', "3": "[guard.g]\non = 'a'\ncloses = 'r'"}
    found = rules(*(files[name] for name in order))
    assert (list(found.rules), list(found.guards), faults(found)) == (["r"], ["g"], set())


MISTAKES = [
    # what is added to the pack, the line of it, the code, words of the message, words of the hint
    ("[rule.call]\nopns = 'end'", 2, "F010", "unknown key 'opns' in [rule.call]", '"opens"'),
    ("[rule.call]\nopens = 'end + 10 dyas'", 2, "F014", "'dyas' is not a unit", '"days"'),
    ("[rule.call]\nopens = 'folow-up'", 2, "F012", "'folow-up' is neither a rule", "call, day, end, start, thank-you"),
    ("[rule.call]\nopens = 'thankyou + 1 day'", 2, "F012", "'thankyou' is neither a rule", '"thank-you"'),
    ("[rule.call]\nopens = 'fin + 1 day'", 2, "F012", "'fin' is neither a rule", 'did you mean "end"?'),
    ("[rule.call]\nopens = 'anounced.on'", 2, "F012", "unknown definition 'anounced'", '"announced"'),
    ("[rule.call]\nopens = 'opens + 1 day'", 2, "F017", "'opens' cannot be counted from 'opens'", "start, end, day"),
    ("[rule.call]\nopens = 'due'", 2, "F017", "cannot be counted from 'due'", ""),
    ("[rule.call]\nopens = []", 2, "F013", "'opens' is empty", ""),
    ("[rule.call]\nopens = ''", 2, "F014", "nothing to count from", ""),
    ("[rule.call]\nper = 'week'", 2, "F012", "unknown per 'week'", "case, day, event"),
    ("[rule.call]\non = 'interveiw'", 2, "F012", "unknown definition 'interveiw'", '"interview"'),
    ("[rule.call]\non = 'thanks'", 2, "F016", "'on' speaks of an anchor", "can end a rule"),
    ("[rule.call]\nenabled = 'no'", 2, "F011", "true or false", ""),
    ("[rule.call]\nannounces = 'thankyou'", 2, "F012", "unknown rule 'thankyou'", '"thank-you"'),
    ("[rule.call]\nduring = 'quite'", 2, "F012", "unknown guard 'quite'", '"quiet"'),
    ("[rule.too-soon]\nbreaks = { guard = 'quite' }", 2, "F012", "unknown guard 'quite'", '"quiet"'),
    ("[rule.too-soon]\nbreaks = 5", 2, "F011", "must be a table { ... } or a text", ""),
    ("[rule.too-soon]\nbreaks = 'quite'", 2, "F012", "unknown guard 'quite'", '"quiet"'),
    (f"[rule.new]\non = '#a'\n{NOTICE}\nbreaks = {{ }}", 4, "F013", "which guard", "breaks ="),
    ("[rule.too-soon]\nbreaks = { guard = 'quiet', aftr = 'day' }", 2, "F010", "unknown key 'aftr'", '"after"'),
    ("[rule.too-soon]\nbreaks = { guard = 'quiet', after = 'cal' }", 2, "F012", "'cal' is neither", '"call"'),
    ("[rule.call]\ndo.template = 'cal'", 2, "F012", "unknown template 'cal'", '"call"'),
    ("[rule.call]\ndo.output = 'task'", 2, "F012", "unknown output 'task'", '"tasks"'),
    ("[rule.call]\ndo.output = 'drafts'", 2, "F019", "the output 'drafts' takes no 'task'", "draft, notice, task"),
    ("[rule.call]\ndo.type = 'tasc'", 2, "F019", "no output takes a 'tasc'", 'did you mean "task"?'),
    ("[rule.call]\ndo.to = 'Julie'", 2, "F015", "'Julie' is not an address", "them"),
    ("[rule.call]\ndo.too = 'them'", 2, "F010", "unknown key 'too'", '"to"'),
    ("[rule.call]\ndo.reply_to = 'them'", 2, "F012", "unknown reply_to", "it"),
    ("[rule.call]\ndone_by = [{ after = 'cal' }]", 2, "F012", "'cal' is neither", '"call"'),
    ("[define.late]\nafter = 'cal'", 2, "F012", "'cal' is neither", '"call"'),
    ("[guard.quiet]\nexcept = ['thankyou']", 2, "F012", "unknown rule 'thankyou'", '"thank-you"'),
    ("[guard.quiet]\nholds = 'all'", 2, "F012", "unknown holds 'all'", "contact, everything"),
    ("[guard.quiet]\ncloses = 'opens + 1 day'", 2, "F017", "cannot be counted from 'opens'", "start, end, day"),
    ("[guard.quiet]\ncloses = []", 2, "F013", "'closes' is empty", ""),
    ("[guard.quiet]\nlate = 'end'", 2, "F010", "unknown key 'late'", ""),
    ("[guard.quiet]\nended_by = [{ after = 'opens' }]", 2, "F017", "cannot be counted from 'opens'", ""),
    ("[rule.cal]\nopens = 'end'", 1, "F012", "there is no rule 'cal'", '"call"'),
    ("[rule.cal]\nenabled = false", 1, "F012", "there is no rule 'cal'", '"call"'),
    ("[rule.something-else]\nopens = 'end'", 1, "F012", "there is no rule 'something-else'", "'on' and 'do'"),
    ("[guard.quite]\nenabled = false", 1, "F012", "there is no guard 'quite'", '"quiet"'),
    (f"[rule.new]\n{NOTICE}", 1, "F013", "'on' is missing", "on ="),
    ("[rule.new]\non = '#a'", 1, "F013", "what to do", "notice"),
    (f"[rule.new]\nonn = '#a'\n{NOTICE}", 2, "F010", "unknown key 'onn'", '"on"'),
    ("[rule.new]\non = '#a'\ndo = { template = 'call' }", 3, "F013", "what to make", "task"),
    ("[rule.new]\non = '#a'\ndo = { type = 'task' }", 3, "F013", "no text", "title"),
    ("[rule.new]\non = '#a'\ndo = 'task'", 3, "F011", "a table { ... }", ""),
    ("[guard.new]\non = '#a'", 1, "F018", "hold for ever", "closes ="),
    ("[guard.new]\non = '#a'\nclose = 'end'", 3, "F010", "unknown key 'close'", '"closes"'),
    ("[rule]\ncall = 5", 2, "F011", "'call' must be a table", "[rule.NAME]"),
    ("[[rule.call]]\nper = 'day'", 1, "F011", "'call' must be a table", "write it as [rule.call]"),
    ("rule = 5", 1, "F011", "'rule' must be a table", "[rule.NAME]"),
    ("[[rule]]\nid = 'call'", 1, "F011", "'rule' must be a table", "[rule.NAME]"),
    ("[rule.call]\nrules = ['more.toml']", 2, "F010", "unknown key 'rules'", "above the first [table]"),
    (f"[rule.end]\non = '#a'\n{NOTICE}", 1, "F011", "'end' cannot be the name of a rule", "meaning of their own"),
    (f"[rule.'my rule']\non = '#a'\n{NOTICE}", 1, "F011", "cannot be the name of a rule", "letters"),
    ("[define]\nit = '#a'", 2, "F011", "'it' cannot be the name of a definition", ""),
    ("[define]\nx = 5", 2, "F011", "'x' must be a table { ... } or a text", ""),
]


@pytest.mark.parametrize(("own", "line", "code", "says", "hint"), MISTAKES)
def test_one_mistake_is_one_problem_where_it_stands_and_with_what_to_write(own, line, code, says, hint):
    _, (problem,) = loaded(PACK, own)
    assert (problem.code, problem.file, problem.line) == (code, "2.toml", line)
    assert problem.column > 0
    assert problem.source_line == own.split("\n")[line - 1]
    assert hint in problem.hint
    assert unfilled(problem.message) == unfilled(problem.hint) == []
    assert says in problem.message.replace("a text in quotes or a table { ... }", "a table { ... } or a text")
    assert not problem.fatal


@pytest.mark.parametrize(
    ("own", "code"), [(own, code) for own, _, code, _, _ in MISTAKES if own.startswith("[rule.new]")]
)
def test_a_faulty_rule_is_there_with_its_fault_and_the_others_go_on(own, code):
    found, _ = loaded(PACK, own)
    assert faults(found) == {"new"}, code
    assert found.rules["new"].fault
    assert unfilled(found.rules["new"].fault) == []


def test_every_mistake_of_all_files_is_told_in_one_go():
    mistakes = [own for own, *_ in MISTAKES if own.startswith("[rule.call]")]
    keys = {own.split("\n")[1].partition("=")[0].partition(".")[0].strip(): own.split("\n")[1] for own in mistakes}
    together = "[rule.call]\n" + "\n".join(line for key, line in keys.items() if key != "do") + "\ndo.template = 'cal'"
    found, problems = loaded(PACK, together, "[guard.quiet]\nholds = 'all'", f"[rule.new]\n{NOTICE}")
    assert {problem.file for problem in problems} == {"2.toml", "3.toml", "4.toml"}
    assert sorted(problem.line for problem in problems if problem.file == "2.toml") == list(range(2, len(keys) + 2))
    assert {"call", "quiet", "new"} <= faults(found)


def test_a_table_that_a_rule_file_may_not_hold():
    (problem,) = unknown_tables(document("[rul.x]\non = '#a'"))
    assert (problem.code, problem.line) == ("F010", 1)
    assert (
        problem.hint == 'did you mean "rule"? (all other tables, such as [case.NAME] and [vars], stand in config.toml)'
    )


def test_a_type_that_no_output_takes_is_one_problem_that_names_all_its_rules():
    more = f"[rule.b]\non='#b'\n{NOTICE.replace('notice', 'task')}"
    found, problems = loaded(PACK, more, around=Surroundings(AROUND.templates, {}))
    assert {(problem.code, problem.where, problem.message) for problem in problems} == {
        ("F019", "rule.b", "no output takes a 'task'; nor can these rules make it: call"),
        ("F019", "rule.thank-you", "no output takes a 'draft'"),
    }
    assert faults(found) == {"b", "call", "thank-you"}


CHOICE = "choose one of: card, draft, notice, task; or add an output that takes "


@pytest.mark.parametrize(
    ("do", "marked", "message", "hint"),
    [
        ("{ type = 'taks', title = 'x' }", "'taks'", "no output takes a 'taks'", 'did you mean "task"?'),
        ("{ type = 'sms', title = 'x' }", "'sms'", "no output takes a 'sms'", f"{CHOICE}'sms'"),
        ("{ type = 'task', title = 'x', output = 'drafts' }", "'drafts'", "the output 'drafts' takes no 'task'",
         f"{CHOICE}'task'"),
        ("{ type = 'dratf', title = 'x', output = 'drafts' }", "'drafts'", "the output 'drafts' takes no 'dratf'",
         'did you mean "draft"?'),
        ("{ type = 'sms', title = 'x', output = 'nowhere' }", "'nowhere'", "unknown output 'nowhere'",
         "one of: drafts, tasks"),
        ("[{ type = 'task', title = 'x', id = 'a' }, { type = 'sms', title = 'y', id = 'b' }]", "'sms'",
         "no output takes a 'sms'", f"{CHOICE}'sms'"),
        ("[{ type = 'sms', title = 'x', id = 'a' }, { type = 'sms', title = 'y', id = 'b' }]", "'sms'",
         "no output takes a 'sms'", f"{CHOICE}'sms'"),
    ],
)  # fmt: skip
def test_what_no_output_takes_is_told_at_its_type_or_at_the_output_that_was_named(do, marked, message, hint):
    sound = f"[rule.z]\non = '#z'\n{NOTICE.replace('notice', 'card')}\n"
    around = Surroundings(frozenset(), {"drafts": ("draft",), "tasks": ("task", "card")})
    found, (problem,) = load([document(f"[rule.a]\non = '#a'\ndo = {do}\n{sound}")], WORLD, around)
    assert (problem.message, problem.hint, problem.line) == (message, hint, 3)
    assert problem.source_line[problem.column - 1 :][: problem.length] == marked
    assert faults(found) == {"a"}


def test_for_a_usual_type_the_output_that_takes_it_is_shown_and_what_is_off_makes_nothing():
    task = NOTICE.replace("notice", "task")
    own = (
        "".join(f"[rule.{name}]\non = '#a'\n{task}\n" for name in "cab")
        + f"[rule.off]\non = '#a'\n{task}\nenabled = false"
    )
    found, (problem,) = load([document(own)], WORLD, Surroundings(frozenset(), {"drafts": ("draft",)}))
    assert (problem.where, problem.message, problem.hint) == (
        "rule.a",
        "no output takes a 'task'; nor can these rules make it: b, c",
        'add [outputs.tasks] with plugin = "todotxt", path = "todo.txt"',
    )
    assert faults(found) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("on", "code", "marked", "says"),
    [
        ("{ every = 'day', kind = 'x' }", "F010", "kind", "unknown key 'kind' in [rule.x.on]"),
        ("{ kind = 'sent', every = 'day' }", "F010", "kind", "unknown key 'kind' in [rule.x.on]"),
        ("{ every = 5 }", "F011", "5", "'every' must be a text in quotes, not 5"),
        ("{ every = 'dya' }", "F014", "dya", "'dya' is no way to move a day"),
        ("[]", "F011", "[]", "'on' must be a text in quotes or a table { ... }, not a list"),
        ("{ }", "F013", "{ }", "an empty pattern would match everything"),
    ],
)
def test_what_a_rule_cannot_start_from_is_one_problem(on, code, marked, says):
    found, (problem,) = loaded(f"[rule.x]\non = {on}\n{NOTICE}")
    assert (problem.code, problem.source_line[problem.column - 1 :][: problem.length]) == (code, marked)
    assert says in problem.message
    assert faults(found) == {"x"}


def test_what_a_rule_starts_from_by_the_clock_is_no_event():
    (found,) = rules(f"[rule.x]\non = {{ every = 'day' }}\n{NOTICE}").rules.values()
    assert found.recurring.text == "day"
    assert [found.on.may_be(Event(id="e", kind=kind, start=NOON, end=NOON)) for kind in ("note", "every", "")] == [
        False
    ] * 3


def test_what_a_rule_writes_to_whatever_it_starts_from():
    to = "{ type = 'draft', title = 'x', to = ['them', 'Marc.Roy@Googlemail.com', 'it.ref'] }"
    found, _ = loaded(
        f"[rule.a]\non = '#a'\ndo = {to}\n[rule.b]\non = '#b'\n{NOTICE}\n[rule.c]\non = 'c'\ndo = {to}\n"
        "[rule.d]\non = { every = 'day' }\ndo = [{ type = 'notice', title = 'x' }, { type = 'draft', title = 'x' }]"
    )
    assert {name: rule.fixed_recipients for name, rule in found.rules.items() if rule.fixed_recipients} == {
        "a": {"marc.roy@gmail.com"}, "c": {"marc.roy@gmail.com"},
    }  # fmt: skip
    assert [rule.id for rule in found.drafting] == ["a", "d"], "the one that is faulty writes to nobody"
    assert found.recurring == ["d"]


def test_where_the_outputs_are_faulty_nothing_is_said_of_what_they_take():
    assert loaded(PACK, around=Surroundings(AROUND.templates, None))[1] == ()


def rule(name, **fields):
    lines = [f"{key} = {value!r}" for key, value in {"on": f"#{name}", **fields}.items()]
    return "\n".join([f"[rule.{name}]", *lines, NOTICE, ""])


@pytest.mark.parametrize(
    ("text", "circular"),
    [
        (rule("a", opens="a + 1 day"), {"a"}),
        (rule("a", opens="b") + rule("b", opens="a"), {"a", "b"}),
        (rule("a", opens="b") + rule("b", moved_by="c") + rule("c", opens="a + 1 day"), {"a", "b", "c"}),
        (rule("a", opens=["it.due", "b"]) + rule("b", opens="a"), {"a", "b"}),
        (rule("a", opens="x.due") + "[define.x]\nkind = 'note'\nafter = 'a'\n", {"a"}),
        (rule("a", opens="b") + rule("b") + "[rule.b.where]\nafter = 'a'\n", {"a", "b"}),
        (rule("a", opens="x.due") + "[define.x]\nafter = 'x.due'\n", {"a"}),
        (rule("a") + "done_by = ['x']\n[define.x]\nafter = 'x.due'\n", {"a"}),
    ],
)
def test_times_in_a_circle_are_one_problem_and_break_who_waits_in_it(text, circular):
    other = rule("fine", opens="end + 1 day")
    found, (problem,) = loaded(other + text)
    assert problem.code == "F017"
    assert "times in a cycle" in problem.message
    assert faults(found) == circular


def test_who_only_waits_for_a_circle_is_broken_too_but_not_reported():
    found, problems = loaded(rule("a", opens="b") + rule("b", opens="a") + rule("c", opens="a + 1 day"))
    assert len(problems) == 1
    assert faults(found) == {"a", "b", "c"}
    assert found.rules["c"].fault == "'opens' cannot be told, because the rule 'a' is faulty"


def test_a_circle_through_a_rule_that_is_off_is_none():
    found, problems = loaded(rule("a", opens=["b", "end"]) + rule("b", opens="a") + "enabled = false\n")
    assert (problems, faults(found)) == ((), set())


def test_many_ways_between_rules_are_no_circle_and_take_no_time():
    last = rule("z")
    layers = [
        rule(f"{side}{n}", opens=[f"l{n + 1}", f"r{n + 1}"] if n < 40 else "z") for n in range(41) for side in "lr"
    ]
    found, problems = loaded("".join([*layers, last]))
    assert (problems, faults(found)) == ((), set())


def test_the_closing_of_a_rule_may_count_from_another_that_counts_from_it():
    assert rules(rule("a", closes="b") + rule("b", opens="a + 1 day"))


@pytest.mark.parametrize("kind", ["rule", "guard"])
def test_a_time_that_hangs_on_a_rule_that_is_off_needs_a_fallback(kind):
    off = rule("off", enabled=False).replace("False", "false")
    more = NOTICE if kind == "rule" else ""
    found, (problem,) = loaded(off + f"[{kind}.a]\non = '#a'\ncloses = 'off'\n{more}")
    assert problem.code == "F018"
    assert "'closes' cannot be told, because the rule 'off' is switched off" in problem.message
    assert 'closes = ["off", "day + 10 days' in problem.hint
    assert faults(found) == {"a"}
    assert rules(off + f"[{kind}.a]\non = '#a'\ncloses = ['off', 'day + 10 days']\n{more}")


def test_a_faulty_guard_breaks_what_it_may_hold_and_nothing_else():
    found, (problem,) = loaded(PACK, "[guard.quiet]\nholds = 'all'", rule("memo"))
    assert problem.where == "guard.quiet"
    assert faults(found) == {"quiet", "call", "too-soon"}
    assert "the guard 'quiet', which may hold it, is faulty: unknown holds 'all'" in found.rules["call"].fault
    assert "the guard 'quiet' is faulty" in found.rules["too-soon"].fault


def test_a_faulty_guard_that_holds_everything_breaks_every_rule_but_its_exceptions():
    found, _ = loaded(PACK, "[guard.quiet]\nholds = 'everything'\nper = 'week'", rule("memo"))
    assert faults(found) == {"quiet", "call", "too-soon", "memo"}


def test_a_guard_whose_end_hangs_on_a_faulty_rule_does_not_open_up():
    found, problems = loaded(PACK, "[guard.quiet]\ncloses = 'call'\n[rule.call]\nlate = 'x y'\n[rule.mail]\non = '#m'\n"
                             "do = { type = 'draft', title = 'x' }")  # fmt: skip
    assert len(problems) == 1
    assert faults(found) == {"call", "quiet", "mail", "too-soon"}
    assert "'closes' cannot be told, because the rule 'call' is faulty" in found.guards["quiet"].fault


def test_a_guard_that_is_off_breaks_nothing_even_if_it_is_faulty():
    found, problems = loaded(PACK, "[guard.quiet]\nenabled = false\nholds = 'all'")
    assert [problem.where for problem in problems] == ["guard.quiet"]
    assert faults(found) == set()


def test_a_faulty_definition_is_told_once_and_breaks_all_that_stand_on_it():
    found, (problem,) = loaded(PACK, "[define.announced]\ntags = 5\n[define.thanks]\ntitle = 'merci*'")
    assert (problem.where, problem.file) == ("define.announced", "2.toml")
    assert faults(found) == {"call"}
    assert "'moved_by' counts from the definition 'announced', which is faulty" in found.rules["call"].fault


def test_a_faulty_definition_in_a_pattern_gives_its_rule_the_same_fault():
    found, (problem,) = loaded(PACK, "[define.thanks]\nto = 'thm'")
    assert faults(found) == {"thank-you"}
    assert found.rules["thank-you"].fault == problem.message
    found, _ = loaded(PACK, "[rule.too-soon]\nwhere = { any = ['thanks', '#x'] }\n[define.thanks]\nto = 'thm'")
    assert found.rules["too-soon"].fault == "'where' uses a definition that is faulty"


def test_the_problem_of_a_field_is_shown_in_the_file_that_it_comes_from():
    own = '[rule.thank-you]\nlate = "end + 2 dya"\n'
    _, problems = loaded(PACK.replace('"day + 6 days"', '"day + 6 dyas"'), own)
    assert {(problem.file, problem.source_line) for problem in problems} == {
        ("1.toml", 'closes = "day + 6 dyas"'),
        ("2.toml", 'late = "end + 2 dya"'),
    }


def test_a_definition_that_leads_into_a_cycle_is_no_part_of_it():
    _, (problem,) = loaded("[define]\na = 'b'\nb = 'c'\nc = 'b'")
    assert (problem.where, problem.message) == ("define.b", "definitions in a cycle: b -> c -> b")
    assert problem.source_line[problem.column - 1 :][: problem.length] == "b"


def test_what_is_only_told_as_information_is_no_fault_of_a_rule():
    actions = "[{ type = 'notice', title = 'x' }, { type = 'notice', title = 'y' }]"
    found, _ = loaded(f"[define.d]\nkin = 'x'\n[rule.a]\non = '#a'\ndone_by = 'd'\ndo = {actions}\n"
                      f"[rule.b]\non = '#b'\ndone_by = ['#b', 'd']\n{NOTICE}")  # fmt: skip
    assert found.rules["a"].fault == "unknown key 'kin' in [define.d]"
    assert found.rules["b"].fault == "'done_by' uses a definition that is faulty"


def test_each_key_of_the_language_is_read():
    whole = """
[rule.a]
why = "Because."
on = "#a"
where = { title = "x" }
each = "person"
per = "event"
opens = "end + 1 day"
moved_by = "it.moved"
not_before = "it.earliest"
due = "opens + 1 day"
late = "due + 1 day"
closes = "due + 2 days"
done_by = ["#done-a"]
cancelled_by = ["#off-a"]
while = ["#on-a"]
during = "g"
announces = ["b"]
carries = ["#kept-a"]
passes = ["g"]
language = "fr"
enabled = true
[rule.a.do]
type = "draft"
template = "call"
title = "Call"
text = "Ring."
to = ["them", "x@y.example", "it.ref"]
reply_to = "it"
output = "drafts"
language = "en"
contact = false
id = "mail_2-b"
[rule.b]
on = { kind = "sent" }
per = "case"
breaks = { guard = "g", after = "day + 1 day" }
do = { type = "notice", title = "x" }
[guard.g]
why = "Because."
on = "#g"
where = { title = "x" }
per = "day"
opens = "end + 1 day"
closes = "end + 2 days"
ended_by = ["#end-g"]
holds = "everything"
except = ["b"]
enabled = true
"""
    found = rules(whole)
    a, b, g = found.rules["a"], found.rules["b"], found.guards["g"]
    assert (a.why, a.each, a.per, a.during, a.announces, a.passes, a.language) == (
        "Because.", "person", "event", "g", ("b",), ("g",), "fr",
    )  # fmt: skip
    times = [texts(each) for each in (a.opens, a.moved_by, a.not_before, a.due, a.late, a.closes)]
    assert times == [
        ["end + 1 day"], ["it.moved"], ["it.earliest"], ["opens + 1 day"], ["due + 1 day"], ["due + 2 days"],
    ]  # fmt: skip
    named = [
        [name for name, _ in each[0].parts if name not in ("auto", "status")]
        for each in ([a.on], [a.where], a.done_by, a.cancelled_by, a.while_, a.carries, [g.on], [g.where], g.ended_by)
    ]
    assert named == [
        ["#a"], ["title"], ["#done-a"], ["#off-a"], ["#on-a"], ["#kept-a"], ["#g"], ["title"], ["#end-g"],
    ]  # fmt: skip
    assert a.do == (
        Do(
            type="draft", template="call", title="Call", text="Ring.", to=("them", "x@y.example", "it.ref"),
            reply_to="it", output="drafts", language="en", contact=False, id="mail_2-b",
        ),
    )  # fmt: skip
    assert (b.per, b.breaks.guard, texts(b.breaks.after)) == ("case", "g", ["day + 1 day"])
    assert (g.why, g.per, texts(g.opens), texts(g.closes), g.holds, g.except_) == (
        "Because.", "day", ["end + 1 day"], ["end + 2 days"], "everything", ("b",),
    )  # fmt: skip


def test_what_a_rule_and_a_guard_say_of_themselves_where_nothing_is_written():
    found = rules(f"[rule.a]\non = '#a'\n{NOTICE}\n[guard.g]\non = '#g'\ncloses = 'end'")
    a, g = found.rules["a"], found.guards["g"]
    assert (a.why, a.where, a.each, a.per, a.during, a.breaks, a.language) == ("", None, "", "event", "", None, "")
    times = [texts(each) for each in (a.opens, a.moved_by, a.not_before, a.due, a.late, a.closes)]
    assert times == [["end"], [], [], ["opens"], [], []]
    assert (a.done_by, a.cancelled_by, a.while_, a.announces, a.carries, a.passes) == ((),) * 6
    assert (a.fault, a.contact, a.do) == ("", False, (Do(type="notice", title="x"),))
    assert (g.why, g.where, g.per, texts(g.opens), g.ended_by, g.holds, g.except_, g.fault) == (
        "", None, "event", ["end"], (), "contact", (), "",
    )  # fmt: skip
    assert (a.do[0].reply_to, a.do[0].output, a.do[0].language, a.do[0].id, a.do[0].to) == ("", "", "", "", ())


@pytest.mark.parametrize(
    ("guard", "rule", "held"),
    [
        ("", "", False),
        ("holds = 'everything'", "", True),
        ("", "do.contact = true", True),
        ("except = ['a']", "do.contact = true", False),
        ("holds = 'everything'\nexcept = ['a']", "", False),
        ("", "do.contact = true\npasses = ['g']", False),
        ("holds = 'everything'\nexcept = ['b']", "passes = []", True),
    ],
)
def test_a_guard_holds_contact_or_everything_but_what_it_or_the_rule_says(guard, rule, held):
    text = f"[guard.g]\non = '#g'\ncloses = 'end'\n{guard}\n[rule.b]\non = '#b'\n{NOTICE}\n"
    found = rules(f"{text}[rule.a]\non = '#a'\ndo.type = 'notice'\ndo.title = 'x'\n{rule}\n")
    assert bool(found.guarding["a"]) is held


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ("{ type = 'notice', title = 'x' }", []),
        ("[{ type = 'notice', title = 'x' }]", []),
        ("[{ type = 'notice', title = 'x', id = 'a' }, { type = 'notice', title = 'y', id = 'b' }]", []),
        ("[{ type = 'notice', title = 'x' }, { type = 'notice', title = 'y' }]", ["F095"]),
        ("[{ type = 'notice', title = 'x', id = 'a' }, { type = 'notice', title = 'y' }]", ["F095"]),
        ("[{ type = 'notice', title = 'x' }, { type = 'notice', title = 'y', id = 'b' }]", ["F095"]),
        ("[{ type = 'notice', title = 'x', id = 'a' }, { type = 'notice', title = 'y', id = 'a' }]", ["F011"]),
        ("{ type = 'notice', title = 'x', id = '2' }", ["F011"]),
        ("{ type = 'notice', title = 'x', id = 'a b' }", ["F011"]),
        ("{ type = 'notice', title = 'x', id = 5 }", ["F011"]),
    ],
)
def test_the_actions_of_a_list_need_ids_of_their_own(actions, told):
    found, problems = load([document(f"[rule.r]\non = '#r'\ndo = {actions}")], WORLD, AROUND)
    assert [problem.code for problem in problems] == told
    assert bool(found.rules["r"].fault) is (told == ["F011"])
    if told:
        assert unfilled(problems[0].message) == []
        assert problems[0].info is (told == ["F095"])


@pytest.mark.parametrize(
    ("breaks", "code", "marked"),
    [
        ("{ guard = 'quiet', after = 'end + 1 dya' }", "F014", "dya"),
        ("{ guard = 5 }", "F011", "5"),
        ("{ guard = 5, after = 'day' }", "F011", "5"),
        ("{ after = 'opens' }", "F017", "opens"),
    ],
)
def test_what_is_wrong_with_what_a_mail_breaks_makes_its_rule_faulty(breaks, code, marked):
    found, (problem,) = loaded(PACK, f"[rule.too-soon]\nbreaks = {breaks}")
    assert (problem.code, problem.source_line[problem.column - 1 :][: problem.length]) == (code, marked)
    assert faults(found) == {"too-soon"}


def test_a_definition_may_be_called_as_it_likes_and_a_rule_start_from_it():
    assert rules(f"[define.every-week]\nkind = 'note'\n[rule.r]\non = 'every-week'\n{NOTICE}").recurring == []


@pytest.mark.parametrize(
    ("table", "noun"), [("rule", "rule"), ("guard", "guard"), ("define", "definition"), ("tag", "tag")]
)
def test_a_name_that_nothing_can_have_is_told_by_what_it_is_the_name_of(table, noun):
    for name, hint in [
        ("my x", "letters, digits and -, a letter first"),
        ("due", "these words have a meaning of their own"),
    ]:
        _, (problem,) = loaded(f"[{table}.'{name}']\nkind = 'note'")
        assert (problem.code, problem.message, problem.hint) == (
            "F011", f"{name!r} cannot be the name of a {noun}", hint,
        )  # fmt: skip
        assert problem.source_line[problem.column - 1 :][: problem.length] == f"'{name}'"


values = st.recursive(
    st.one_of(st.text(max_size=6), st.integers(), st.booleans(), st.floats(), st.dates(), st.sampled_from(["#a", "it", "end"])),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["kind", "is", "any"]), inner, max_size=2)),
    max_leaves=4,
)  # fmt: skip
TABLES = tomllib.loads(PACK)


@given(st.sampled_from(["define", "rule", "guard"]), st.data(), values)
def test_no_value_anywhere_stops_the_other_rules(kind, data, value):
    name = data.draw(st.sampled_from(sorted(TABLES[kind])))
    key = data.draw(st.sampled_from(sorted(TABLES[kind][name])))
    own = Document("own.toml", "", {kind: {name: {key: value}}})
    found, _ = load([document(PACK), own, document(rule("memo"))], WORLD, AROUND)
    assert not found.rules["memo"].fault or found.guards["quiet"].fault


@pytest.mark.parametrize(
    ("line", "noun"),
    [
        ("during = 'quite'", "garde"),
        ("breaks = 'quite'", "garde"),
        ("passes = ['quite']", "garde"),
        ("announces = 'quite'", "règle"),
        ("do.template = 'quite'", "modèle"),
        ("do.output = 'quite'", "sortie"),
    ],
)
def test_what_is_not_known_is_named_in_the_language_of_the_user(line, noun):
    text = f"[rule.r]\non = {{ kind = 'sent' }}\n{line}\ndo.type = 'notice'\ndo.title = 'x'\n"
    _, problems = load([parse(text, "rules.toml")], WORLD, AROUND)
    assert translated(problems[0].message, "fr") == f"'quite' n’est pas connu ({noun})"


def test_a_file_of_rules_may_hold_rules_and_all_that_belongs_to_them():
    known = parse("requires = 1\n[define]\n[rule]\n[guard]\n[tag]\n[[example]]\n", "rules.toml")
    assert unknown_tables(known) == ()
    assert len(unknown_tables(parse("[case]\n[vars]\n", "rules.toml"))) == 2


@pytest.mark.parametrize("to", ['"them"', '"julie@nordik.ca"', '["them", "it.address"]'])
def test_an_action_may_be_for_anybody_who_has_an_address(to):
    text = f"[rule.r]\non = '#a'\ndo = {{ type = 'draft', title = 'x', to = {to} }}\n"
    assert [problem.message for problem in load([parse(text, "rules.toml")], WORLD, AROUND)[1]] == []


def test_the_meaning_of_a_rule_is_what_it_starts_from_and_does_in_whatever_order_it_is_written():
    def meaning(do, more=""):
        text = f"[rule.r]\non = '#a'\ndo = {do}\n{more}"
        return load([parse(text, "rules.toml")], WORLD, AROUND)[0].rules["r"].meaning

    plain = meaning("{ type = 'task', title = 'x' }")
    assert meaning("{ title = 'x', type = 'task' }") == plain
    assert meaning("{ type = 'task', title = 'x' }", "closes = 'end + 1 day'") == plain
    assert meaning("{ type = 'task', title = 'y' }") != plain


def test_the_content_of_a_rule_is_the_same_whatever_is_called_that_it_names():
    def contents(broken, leak, fix, words="leaking"):
        text = f"""
            [define.{broken}]
            any = ["#broken", {{ is = "{leak}", about = "{leak}" }}]
            [define.{leak}]
            title = "{words}"
            [rule.{fix}]
            on = "{broken}"
            do = {{ type = "task", title = "leaking" }}
            [rule.pay]
            on = {{ kind = "done", of = "{fix}", not = "{leak}" }}
            do = {{ type = "task", title = "broken" }}
        """
        rules, problems = load([parse(text, "rules.toml")], WORLD, AROUND)
        assert problems == ()
        return rules.rules[fix].content, rules.rules["pay"].content

    assert contents("broken", "leaking", "fix") == contents("casse", "fuite", "mend")
    for one, other in zip(
        contents("broken", "leaking", "fix"), contents("broken", "leaking", "fix", "wet"), strict=True
    ):
        assert one != other


def test_definitions_that_name_each_other_in_a_circle_or_twice_over_have_a_content():
    chain = "".join(f"[define.a{n}]\nany = ['a{n + 1}', 'a{n + 1}']\n" for n in range(40))
    text = f"[rule.r]\non = 'a0'\n{NOTICE}\n{chain}[define.a40]\nis = 'a0'\n"
    assert load([parse(text, "rules.toml")], WORLD, AROUND)[0].rules["r"].content


MARKED = [
    "opns", "dyas", "folow-up", "thankyou", "fin", "anounced", "opens", "due", "opens", "''", "'week'", "'interveiw'", "'thanks'", "'no'", "'thankyou'", "'quite'", "'quite'", "5", "'quite'", "{ }", "aftr", "cal", "'cal'", "'task'", "'drafts'", "'tasc'", "Julie", "too", "'them'", "cal", "cal", "'thankyou'", "'all'", "opens", "closes", "late", "opens", "cal", "cal", "something-else", "quite", "new", "new", "onn", "{ template = 'call' }", "{ type = 'task' }", "'task'", "new", "close", "5", "[[rule.call]]", "5", "[[rule]]", "rules", "end", "'my rule'", "it", "5",
]  # fmt: skip
"""Of each of these mistakes, in their order: the words under which it is shown, in their line."""


@pytest.mark.parametrize(("own", "marked"), [(own, word) for (own, *_), word in zip(MISTAKES, MARKED, strict=True)])
def test_the_very_words_of_a_mistake_are_marked(own, marked):
    _, (problem,) = loaded(PACK, own)
    assert problem.source_line[problem.column - 1 :][: problem.length] == marked


# -- what people write first


@pytest.mark.parametrize(
    ("field", "suggested"),
    [
        ('when = "end"', 'did you mean "opens"?'),
        ('unless = ["#paid"]', 'did you mean "done_by"?'),
        ('if = "#paid"', 'did you mean "where"?'),
        ('title = "x"', "it belongs in [rule.a.do]"),
        ('kind = "sent"', "it belongs in [rule.a.on]"),
        ('every = "friday"', "it belongs in [rule.a.on]"),
        ('ouvre = "end"', 'did you mean "opens"?'),
        ('pourquoi = "x"', 'did you mean "why"?'),
    ],
)
def test_a_word_that_a_rule_does_not_know_is_told_with_what_says_it(field, suggested):
    assert hint(f'[rule.a]\non = "#a"\n{field}\n{NOTICE}\n') == suggested


@pytest.mark.parametrize(
    ("written", "suggested"),
    [
        ("every friday at 3pm", "friday at 15:00"),
        ("monday and thursday", "monday/thursday"),
        ("chaque lundi", "lundi"),
        ("month on 1st", "month on 1"),
        ("on the 15th of each month at 9h", "month on 15 at 09:00"),
        ("monthly", "month on 1"),
        ("daily at 20:00", "day at 20:00"),
        ("Every Weekly at 8h", "monday at 08:00"),
        ("yearly", "year on 01-01"),
        ("annually", "year on 01-01"),
        ("fridays at 3pm", "friday at 15:00"),
        ("le vendredi à 15h", "vendredi at 15:00"),
        ("tous les vendredis à 15:00", "vendredi at 15:00"),
        ("les dimanches et jeudis", "dimanche/jeudi"),
        ("tous les jours à 20h", "day at 20:00"),
        ("chaque jour ouvrable à 9 h", "workday at 09:00"),
        ("le premier du mois", "month on 1"),
    ],
)
def test_what_recurs_is_suggested_as_it_is_written_here(written, suggested):
    assert hint(f'[rule.a]\non = {{ every = "{written}" }}\n{NOTICE}\n') == f'did you mean "{suggested}"?'


def test_a_day_of_the_week_is_nothing_to_count_from_and_is_told_where_it_stands():
    suggested = hint(f'[rule.a]\non = "#a"\nopens = "monday at 08:00"\n{NOTICE}\n')
    assert suggested == 'a day of the week stands last: "day at 08:00, monday"'


def test_what_is_to_be_made_is_shown_where_a_text_stands_for_it():
    assert hint('[rule.a]\non = "#a"\ndo = "Call them"\n') == 'write it as do = { type = "task", title = "..." }'


def test_one_of_some_words_is_named_where_true_stands_for_it():
    (problem,) = loaded(f'[rule.a]\non = {{ kind = "sent", first = true }}\n{NOTICE}\n')[1]
    assert problem.message.startswith("'first' must be \"")
    assert (problem.message.endswith(", not true"), '"thread"' in problem.message, problem.hint) == (True, True, "")
