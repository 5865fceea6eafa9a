"""A later layer changes what an earlier one says: field by field, item by item, or by taking fields away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_rules.language.load import Surroundings, load
from followup_rules.language.schema import Do
from followup_rules.toml.document import parse
from tests.support.caselab import decide, event, visit
from tests.support.rulelab import unfilled, world

PACK = """
[define.interview]
kind  = "meeting"
title = ["interview", "entrevue"]
not   = { title = ["exit interview", "podcast"] }

[define.thanks]
kind = "sent"
to   = "them"

[rule.call]
on        = "interview"
opens     = "day + 10 days"
closes    = "opens + 7 days"
done_by   = ["thanks", "#called", { kind = "note", tags = "rang" }]
do        = { type = "task", template = "call" }

[rule.too-soon]
on     = { kind = "sent" }
breaks = { guard = "quiet", after = "day + 1 day" }
do     = { type = "notice", title = "Too soon" }

[guard.quiet]
on     = "interview"
closes = ["call", "day + 10 days"]
except = ["call"]
"""
OUTPUTS = {"out": ("task", "draft")}


def loaded(*texts):
    layers = [parse(text, f"{number}.toml") for number, text in enumerate(texts, 1)]
    return load(layers, world(), Surroundings(frozenset({"call", "text"}), OUTPUTS))


def rules(*texts):
    found, problems = loaded(*texts)
    assert not [problem for problem in problems if not problem.info], problems
    return found


def the_problem(own):
    found, problems = loaded(PACK, own)
    (problem,) = (problem for problem in problems if not problem.info)
    assert problem.file == "2.toml"
    return found, problem


def named(patterns):
    return [name for pattern in patterns for name, _ in pattern.parts if name not in ("auto", "status")]


def matches(found, definition, **fields):
    return found.world.definitions[definition](event("meeting", "2026-11-09 10:00", **fields), None)


def test_a_list_is_extended_at_its_end_and_shortened_by_name():
    own = "[rule.call]\ndone_by = { add = ['#rung'], remove = ['thanks', { kind = 'note', tags = 'rang' }] }"
    assert named(rules(PACK, own).rules["call"].done_by) == ["#called", "#rung"]


def test_what_is_in_a_list_already_is_added_once():
    own = "[rule.call]\ndone_by = { add = ['#called', '#rung', '#rung'] }"
    assert named(rules(PACK, own).rules["call"].done_by) == ["thanks", "#called", "kind", "tags", "#rung"]


def test_every_list_can_be_changed_whatever_it_holds():
    own = """
[define.interview]
title     = { add = ["phone screen"], remove = ["entrevue"] }
not.title = { add = ["radio"] }
[guard.quiet]
closes = { remove = ["call"] }
except = { add = ["too-soon"] }
"""
    found = rules(PACK, own)
    assert matches(found, "interview", title="Phone screen")
    assert not matches(found, "interview", title="Entrevue")
    assert matches(found, "interview", title="Interview")
    assert not matches(found, "interview", title="Interview on the radio")
    assert not matches(found, "interview", title="Interview for a podcast")
    assert [phrase.text for phrase in found.guards["quiet"].closes] == ["day + 10 days"]
    assert found.guards["quiet"].except_ == ("call", "too-soon")


def test_a_single_value_counts_as_a_list_of_one():
    found = rules(PACK, "[rule.call]\ncloses = { add = ['day + 30 days'], remove = ['opens + 7 days'] }")
    assert [phrase.text for phrase in found.rules["call"].closes] == ["day + 30 days"]


def test_something_can_be_added_where_no_earlier_layer_has_a_list():
    assert named(rules(PACK, "[rule.call]\ncancelled_by = { add = ['#off'] }").rules["call"].cancelled_by) == ["#off"]


def test_changes_of_several_layers_follow_each_other():
    own = ["[rule.call]\ndone_by = { add = ['#a'] }", "[rule.call]\ndone_by = { add = ['#b'], remove = ['#a'] }"]
    assert named(rules(PACK, *own).rules["call"].done_by) == ["thanks", "#called", "kind", "tags", "#b"]


def test_a_field_of_a_plugin_may_be_called_add():
    found = rules("[define.x]\ndata.add = 1", "[define.x]\ndata = { add = 2 }")
    assert matches(found, "x", data={"add": 2})
    assert not matches(found, "x", data={"add": 1})


def test_nested_tables_merge_field_by_field():
    found = rules(PACK, "[rule.too-soon]\nbreaks.after = 'day + 2 days'\non = { title = 'x' }\ndo.output = 'out'")
    breach = found.rules["too-soon"].breaks
    assert (breach.guard, [phrase.text for phrase in breach.after]) == ("quiet", ["day + 2 days"])
    assert named([found.rules["too-soon"].on]) == ["kind", "title"]
    assert found.rules["too-soon"].do == (Do(type="notice", title="Too soon", output="out"),)


def test_fields_are_taken_away_before_the_table_says_its_own():
    own = "[rule.call]\nunset = ['closes', 'do.template', 'done_by']\ndo.title = 'Ring'\ndone_by = { add = ['#rung'] }"
    call = rules(PACK, own).rules["call"]
    assert (call.closes, call.do, named(call.done_by)) == ((), (Do(type="task", title="Ring"),), ["#rung"])
    whole = rules(PACK, "[rule.too-soon]\nunset = ['on', 'breaks.after']\non = { tags = 'x' }").rules["too-soon"]
    assert (named([whole.on]), whole.breaks.after) == (["tags"], ())


def test_a_definition_loses_a_field_too():
    found = rules(PACK, "[define.interview]\nunset = ['not']")
    assert matches(found, "interview", title="Exit interview")


MISTAKES = [
    ("[rule.call]\ndone_by = { remove = ['thank'] }", "F012", "'thank' is not in 'done_by'", '"thanks"'),
    ("[rule.call]\ndone_by = { remove = [{ kind = 'sent' }] }", "F012", "a table is not in 'done_by'", "as it stands"),
    ("[rule.call]\ndone_by = { add = ['thnaks'] }", "F012", "unknown definition 'thnaks'", '"thanks"'),
    ("[rule.call]\ndone_by = { add = ['#a'], remov = ['thanks'] }", "F010", "unknown key 'remov'", '"remove"'),
    ("[rule.call]\ndone_by = { add = [5] }", "F011", "must be a text in quotes or a table", ""),
    ("[rule.call]\nper = { add = 'day' }", "F011", "'per' must be a text in quotes", ""),
    ("[define.interview]\ntitle = { remove = ['intervew'] }", "F012", "'intervew' is not in 'title'", '"interview"'),
    ("[rule.call]\nunset = ['close']", "F010", "there is no 'close' to take away", '"closes"'),
    ("[rule.call]\nunset = ['do.templat']", "F010", "there is no 'do.templat' to take away", '"template"'),
    ("[rule.call]\nunset = ['opens.at']", "F010", "there is no 'opens.at' to take away", ""),
    ("[rule.call]\nunset = ['do.text.x']", "F010", "there is no 'do.text.x' to take away", ""),
    ("[rule.call]\nunset = [5]", "F011", "must be a text", ""),
    ("[rule.call]\nunset = ['do']", "F013", "what to do", ""),
    ("[rule.call]\nunset = ['on']", "F013", "'on' is missing", ""),
    ("[guard.quiet]\nunset = ['closes']", "F018", "hold for ever", ""),
    ("[rule.call]\nunst = ['closes']", "F010", "unknown key 'unst'", '"unset"'),
]


@pytest.mark.parametrize(("own", "code", "says", "hint"), MISTAKES)
def test_a_change_of_what_is_not_there_is_told_where_it_stands(own, code, says, hint):
    _, problem = the_problem(own)
    assert (problem.code, problem.line) == (code, 2 if code not in ("F013", "F018") else 1)
    assert unfilled(problem.message) == unfilled(problem.hint) == []
    assert says in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize("own", [own for own, *_ in MISTAKES if own.startswith("[rule")])
def test_a_rule_with_a_faulty_change_does_not_fire(own):
    found, _ = the_problem(own)
    assert {rule.id for rule in found.rules.values() if rule.fault} >= {"call"}


def test_a_faulty_change_of_a_definition_breaks_what_stands_on_it():
    found, problem = the_problem("[define.thanks]\nunset = ['from']")
    assert problem.where == "define.thanks"
    assert found.rules["call"].fault


def test_a_fault_below_is_told_in_the_file_in_which_it_stands():
    broken = PACK.replace("day + 1 day", "day + 1 dya").replace('"podcast"', "5")
    _, problems = loaded(broken, "[rule.too-soon]\nbreaks.guard = 'quiet'\n[define.interview]\nnot.text = 'x'")
    assert [(problem.file, broken.split("\n")[problem.line - 1]) for problem in problems if not problem.info] == [
        ("1.toml", 'not   = { title = ["exit interview", 5] }'),
        ("1.toml", 'breaks = { guard = "quiet", after = "day + 1 dya" }'),
    ]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("[rule.call]\non = '#call'\ndo = { type = 'task', title = 'x' }", "rule.call"),
        ("[define.thanks]\ntitle = 'coffee'", "define.thanks"),
        ("[define]\nthanks = '#thanks'", "define.thanks"),
        ("[rule.call]\non = '#call'", ""),
        ("[rule.call]\ndo.title = 'x'\nopens = 'day'", ""),
        ("[define.interview]\ntitle = { add = ['x'] }\nnot.title = { remove = ['podcast'] }", ""),
        ("[define.interview]\nunset = ['not']", ""),
        ("[guard.quiet]\non = '#hush'\ncloses = 'day + 1 day'", ""),
    ],
)
def test_a_table_under_the_name_of_an_earlier_one_is_told_as_information(own, told):
    found, problems = loaded(PACK, own)
    assert [problem.where for problem in problems] == [told] * bool(told)
    assert {(problem.severity, problem.code, problem.file, problem.line) for problem in problems} <= {
        ("info", "F021", "2.toml", 1 if "[define]" not in own else 2)
    }
    assert not any(rule.fault for rule in found.rules.values())
    kind, _, name = told.partition(".")
    noun = {"rule": "rule", "define": "definition"}.get(kind)
    assert [(problem.message, problem.hint) for problem in problems] == [
        (f"this changes the {noun} {name!r} of 1.toml, field by field",
         f"if you meant a {noun} of your own, give it another name"),
    ] * bool(told)  # fmt: skip


@pytest.mark.parametrize(
    ("own", "do"),
    [
        ("do.title = 'Ring'", Do(type="task", template="call", title="Ring")),
        ("do.text = 'Ring them.'", Do(type="task", template="call", text="Ring them.")),
        ("do.title = 'Ring'\ndo.text = 'Ring them.'", Do(type="task", title="Ring", text="Ring them.")),
        ("do = { template = 'text' }", Do(type="task", template="text")),
        ("do = [{ type = 'task', title = 'Ring' }]", Do(type="task", title="Ring")),
    ],
)
def test_a_title_or_a_text_replaces_its_half_of_a_template_and_both_replace_it(own, do):
    assert rules(PACK, f"[rule.call]\n{own}").rules["call"].do == (do,)


def test_the_halves_of_a_template_may_come_from_two_layers_and_a_template_replaces_both():
    title, text = "[rule.call]\ndo.title = 'Ring'", "[rule.call]\ndo.text = 'Ring them.'"
    both = rules(PACK, title, text).rules["call"].do
    assert both == (Do(type="task", title="Ring", text="Ring them."),)
    again = rules(PACK, title, text, "[rule.call]\ndo.template = 'text'").rules["call"].do
    assert again == (Do(type="task", template="text"),)


@pytest.mark.parametrize(
    ("own", "marked", "hint"),
    [
        ("done_by = { remove = ['merci'] }", "'merci'", "one of: #called, thanks"),
        ("done_by = { remove = ['thnaks'] }", "'thnaks'", 'did you mean "thanks"?'),
        ("done_by = { remove = [{ kind = 'sent' }] }", "{ kind = 'sent' }", "write it as it stands there"),
        ("done_by = { add = ['#a'], remov = ['thanks'] }", "remov", 'did you mean "remove"?'),
        ("unset = ['close']", "close", 'did you mean "closes"?'),
        ("unset = ['do.templat']", "templat", 'did you mean "template"?'),
        ("unset = ['do.type.x']", "type", 'did you mean "type"?'),
    ],
)
def test_a_change_of_what_is_not_there_is_marked_and_told_with_what_is(own, marked, hint):
    _, problem = the_problem(f"[rule.call]\n{own}")
    assert problem.source_line[problem.column - 1 :][: problem.length] == marked
    assert problem.hint == hint


words = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@given(words, st.sets(st.sampled_from("abcdef")), words)
def test_a_changed_list_is_what_it_was_without_the_removed_and_with_the_added(before, removed, added):
    below = f"[guard.g]\non = '#a'\ncloses = 'end'\nexcept = {before}\n"
    others = "".join(f"[rule.{name}]\non = '#x'\ndo = {{ type = 'notice', title = 'x' }}\n" for name in "abcdef")
    own = f"[guard.g]\nexcept = {{ remove = {sorted(removed & {*before})}, add = {added} }}"
    kept = [name for name in before if name not in removed]
    expected = [*kept, *(name for name in added if name not in kept)]
    assert list(rules(below + others, own).guards["g"].except_) == expected


def test_what_ended_a_duty_before_no_longer_does():
    text = "[define.done]\ntags = ['a', 'b']\n[rule.r]\non = { kind = 'meeting' }\ndone_by = ['done']\n"
    text += "do = { type = 'notice', title = 'x' }"
    noted = (visit(), event("note", "2026-11-09 12:00", tags=("a",)))
    (before,) = decide(text, *noted, now="2026-11-09 13:00").values()
    changed = text.replace("['a', 'b']", "{ add = ['b'] }")
    (after,) = decide(changed, *noted, now="2026-11-09 13:00").values()
    assert (before.state, after.state) == ("done", "due")


LINES = {
    "rule.call": [
        "unset = ['closes', 'done_by', 'do.template']",
        "closes = 'opens + 3 days, workday, 08:00-19:00'",
        "done_by = { add = ['#rung'] }",
        "do.title = 'Ring'",
        "passes = 'quiet'",
        "language = 'fr'",
    ],
    "rule.too-soon": ["breaks.after = 'day + 2 days, tue-thu'", "on.title = 'x'", "announces = ['call']"],
    "guard.quiet": ["on = { every = 'day at 20:00' }", "closes = { add = ['start + 12 hours'], remove = ['call'] }"],
    "define.interview": ["title = { remove = ['entrevue'], add = ['screen'] }", "not.title = { add = ['radio'] }"],
}


@given(st.data())
def test_the_order_of_tables_and_lines_never_matters(data):
    def written(order):
        tables = [f"[{name}]\n" + "\n".join(order(LINES[name])) for name in order([*LINES])]
        return rules(PACK, "\n".join(tables))

    found, again = written(list), written(lambda listed: data.draw(st.permutations(listed)))
    for name, rule in found.rules.items():
        other = again.rules[name]
        fields = ("opens", "closes", "do", "announces", "passes", "language")
        assert [getattr(rule, field) for field in fields] == [getattr(other, field) for field in fields]
        assert named(rule.done_by) == named(other.done_by)
    for title in ("Interview", "Entrevue", "Screen", "Interview on the radio"):
        assert matches(found, "interview", title=title) == matches(again, "interview", title=title)
    night, other = found.guards["quiet"], again.guards["quiet"]
    assert (night.recurring, night.closes) == (other.recurring, other.closes)
    assert [phrase.text for phrase in night.closes] == ["day + 10 days", "start + 12 hours"]
