"""A TOML text: where its keys and values stand, and what is said about one that is not TOML."""

import datetime as dt
import json
import re
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup_rules.model import Problem
from followup_rules.toml.document import Document, parse
from followup_rules.toml.positions import places

RULES = """\
# my own rules
packs = ["interview"]

[rule.thank-you]
opens = "end + 1 dya"   # a slip
"done_by" = [
  "thanks",             # ["not", "this"]
  { kind = "note", tags = ["thanked"] },
]
do.type = "draft"

[[extra]]
name = 'one'
[[extra]]
name = '''
two'''
[extra.more]
x = 1979-05-27 07:32:00 # a date
"""


def document(text=RULES, file="my-rules.toml"):
    parsed = parse(text, file)
    assert isinstance(parsed, Document), parsed
    return parsed


def refused(text, file="my-rules.toml"):
    problem = parse(text, file)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.file, problem.where) == ("F001", file, file)
    return problem


def marked(problem):
    return problem.source_line[problem.column - 1 : problem.column - 1 + problem.length]


@pytest.mark.parametrize(
    ("path", "line", "key", "value"),
    [
        (("packs",), 2, "packs", '["interview"]'),
        (("packs", 0), 2, '"interview"', '"interview"'),
        (("rule",), 4, "rule", "[rule.thank-you]"),
        (("rule", "thank-you"), 4, "thank-you", "[rule.thank-you]"),
        (("rule", "thank-you", "opens"), 5, "opens", '"end + 1 dya"'),
        (("rule", "thank-you", "done_by"), 6, '"done_by"', "["),
        (("rule", "thank-you", "done_by", 0), 7, '"thanks"', '"thanks"'),
        (("rule", "thank-you", "done_by", 1, "kind"), 8, "kind", '"note"'),
        (("rule", "thank-you", "done_by", 1, "tags", 0), 8, '"thanked"', '"thanked"'),
        (("rule", "thank-you", "do", "type"), 10, "type", '"draft"'),
        (("extra",), 12, "extra", "[[extra]]"),
        (("extra", 0, "name"), 13, "name", "'one'"),
        (("extra", 1), 14, "extra", "[[extra]]"),
        (("extra", 1, "name"), 15, "name", "'''"),
        (("extra", 1, "more", "x"), 18, "x", "1979-05-27 07:32:00"),
    ],
)
def test_a_problem_marks_the_key_or_the_value(path, line, key, value):
    of_key, of_value = (document().problem(path, "no", at=at) for at in ("key", "value"))
    assert (of_key.line, marked(of_key)) == (line, key)
    # what goes on in further lines is marked to the end of its first
    assert marked(of_value) == value
    assert document().line(path) == line


def test_a_problem_says_everything_that_it_was_told():
    problem = document().problem(
        ("rule", "thank-you", "opens"),
        'unknown unit "dya"',
        code="F020",
        hint='did you mean "day"?',
        also=[("pack.toml", 3, "opens = 1")],
        within="dya",
        warning=True,
        fatal=True,
    )
    assert problem == Problem(
        where="rule.thank-you",
        message='unknown unit "dya"',
        code="F020",
        file="my-rules.toml",
        line=5,
        column=18,
        source_line='opens = "end + 1 dya"   # a slip',
        length=3,
        hint='did you mean "day"?',
        also=(("pack.toml", 3, "opens = 1"),),
        fatal=True,
        warning=True,
    )


def test_a_word_is_marked_as_a_whole_word_first():
    problem = document('opens = "days + 1 day"').problem(("opens",), "no", within="day")
    assert (problem.column, marked(problem)) == (19, "day")


def test_a_word_that_does_not_stand_there_leaves_the_whole_value_marked():
    problem = document(r'opens = "end \u002b 1"').problem(("opens",), "no", within="+")
    assert marked(problem) == r'"end \u002b 1"'


def test_a_word_is_found_in_a_later_line_of_a_text():
    problem = document('text = """\nfirst\nsecond wrod\n"""').problem(("text",), "no", within="wrod")
    assert (problem.line, problem.column, marked(problem)) == (3, 8, "wrod")


@pytest.mark.parametrize(
    ("path", "line", "mark", "where"),
    [
        (("rule", "thank-you", "why"), 4, "[rule.thank-you]", "rule.thank-you"),
        (("rule", "thank-you", "done_by", 1, "is"), 8, '{ kind = "note", tags = ["thanked"] }', "rule.thank-you"),
        (("rule", "call", "why"), 4, "[rule.thank-you]", "rule.call"),
        (("extra", 1, "more", "y"), 17, "[extra.more]", "extra"),
    ],
)
def test_a_missing_key_marks_the_table_around_it(path, line, mark, where):
    problem = document().problem(path, "missing")
    assert (problem.line, marked(problem), problem.where) == (line, mark, where)


def test_a_missing_table_has_a_file_and_no_line():
    problem = document().problem(("profile",), "missing")
    assert (problem.file, problem.line, problem.source_line) == ("my-rules.toml", 0, "")
    assert document().line(("profile",)) == 0
    assert document().problem((), "empty").where == "my-rules.toml"


def test_a_header_counts_before_a_longer_name_that_only_implies_it():
    assert document("[rule.a]\nx = 1\n[rule]\ny = 1\n").line(("rule",)) == 3


def test_windows_line_ends_and_a_byte_order_mark_change_no_place():
    windows = document("\ufeff" + RULES.replace("\n", "\r\n"))
    problem = windows.problem(("rule", "thank-you", "opens"), "no")
    assert windows.tables == document().tables
    assert (problem.line, problem.column, problem.source_line) == (5, 1, 'opens = "end + 1 dya"   # a slip')


@pytest.mark.parametrize(
    ("text", "line", "mark", "message", "hint"),
    [
        ("a = 1\nopens = end + 7 days # x\n", 2, "e", "quotes", 'opens = "end + 7 days"'),
        ("late = 7 days\n", 1, "d", "goes on", 'late = "7 days"'),
        ("at = 09:00\n", 1, "9", "goes on", 'at = "09:00"'),
        ('any = ["#x", interview]\n', 1, "i", "quotes", '"interview"'),
        ("enabled = True\n", 1, "T", "no value", "true or false"),
        ("enabled = no\n", 1, "n", "no value", "true or false"),
        ("why =\nb = 1", 1, "", "value is missing", "delete the line"),
        ('why = "Call them\nb = 1\n', 1, '"Call them', "closing quote", "same quote"),
        ("why = 'Call them\nb = 1\n", 1, "'Call them", "closing quote", "same quote"),
        ('a = 1\nwhy = """Call\nthem\n', 2, '"""Call', "closing quote", "same quote"),
        ('why = "say "hello" now"\n', 1, "h", "goes on", "single quotes"),
        ("why = “Call”\n", 1, "“", "quotes", "straight"),
        ("on = “#x”\n", 1, "“", "quotes", 'ones: "#x"'),
        ("why = « J’arrive, #x »  # y\n", 1, "«", "quotes", 'ones: "J’arrive, #x"'),
        ("any = [“#x”, “#y”]\n", 1, "“", "quotes", 'ones: "#x"'),
        ("on = #x\n", 1, "#x", "begins a comment", '"#x"'),
        ("any = [ # c\n  'a, #b', #x]\nwhy = 'b'\n", 2, "#x", "begins a comment", '"#x"'),
        ("any = [{ is = #x, about = 'it' }]\n", 1, "#x", "begins a comment", '"#x"'),
        ("on = # x\n", 1, "#", "value is missing", "delete the line"),
        ("why = 'J'arrive'\n", 1, "a", "goes on", '"double quotes"'),
        ("do = { title = 'L'appel' }\n", 1, "a", "goes on", '"double quotes"'),
        ('do = { title = "say "no" now" }\n', 1, "n", "goes on", "'single quotes'"),
        ("do = {\n  a = 1,\n}\n", 1, "", "key is missing", "on one line"),
        ("do = { a = 1, }\n", 1, "}", "key is missing", "delete the comma"),
        ("opens\xa0= 'end'\n", 1, "\xa0", "not seen: U+00A0", "plain one"),
        ("opens =\xa0'end'\n", 1, "\xa0", "not seen: U+00A0", "plain one"),
        ("[rule.x]\u202f\n", 1, "\u202f", "not seen: U+202F", "plain one"),
        ("a = 1\n\ufeffb = 1\n", 2, "\ufeff", "not seen: U+FEFF", "delete it"),
        ('path = "C:\\Users\\me"\n', 1, "\\U", "escape", "'single quotes'"),
        ('path = "C:\\data"\n', 1, "\\d", "escape", "'single quotes'"),
        ("[rule.x\na = 1\n", 1, "", "closing ]", ""),
        ("[[rule.x]\na = 1\n", 1, "]", "closing ]", ""),
        ("[rule.été]\n", 1, "é", "[table]", 'in quotes: "été"'),
        ("été = 1\n", 1, "é", "key = value", 'in quotes: "été"'),
        ("list = [\n  1,\n", 1, "list = [", "not closed", "closing ]"),
        ("do = { type = 'draft'\n", 1, "", "closing }", "one line"),
        ("why: call\n", 1, ":", "value", "`key = value`"),
        ("why\n", 1, "", "value", "`key = value`"),
        ("do = { a = 1, a = 2 }\n", 1, " ", "twice", "keep one"),
        ("[a] b = 1\n", 1, "b", "goes on", "new line"),
        ("a = 1\nb = \0", 2, "\0", "not a text file", "UTF-8"),
        ("a = '\udcff'", 1, "\udcff", "not a text file", "UTF-8"),
        ("a = 'x\x1b[2J'", 1, "\x1b", "not text", "delete"),
        (f"a = 1{'0' * 5000}", 1, f"1{'0' * 5000}", "too many digits", ""),
        ("d = 2026-02-30\n", 1, "2", "no such date", "2026-11-09"),
    ],
)
def test_the_usual_mistakes_are_explained(text, line, mark, message, hint):
    problem = refused(text)
    assert problem.line == line
    assert problem.source_line == text.split("\n")[line - 1]
    assert marked(problem) == mark
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "line", "mark", "said", "first"),
    [
        ('[rule.x]\nlate = "a"\nwhy = "b"\nlate = "c"', 4, "late", '"rule.x.late" is given twice', (2, 'late = "a"')),
        ("[rule.x]\na = 1\n[rule.y]\n[rule.x]\n", 4, "x", '"rule.x" is given twice', (1, "[rule.x]")),
        ("a = 1\n[a.b]\n", 2, "b", '"a.b" cannot be added: "a" is', (1, "a = 1")),
        ("do = { a = 1 }\ndo.b = 2\n", 2, "b", '"do.b" cannot be added: "do" is', (1, "do = { a = 1 }")),
        ("[[a]]\n[a]\n", 2, "a", '"a" is given twice', (1, "[[a]]")),
        ("a = [1]\n[[a]]\n", 2, "a", '"a" is given twice', (1, "a = [1]")),
        ("[a]\nb.c = 1\n[a.b]\n", 3, "b", '"a.b" is given twice', (2, "b.c = 1")),
    ],
)
def test_what_is_given_twice_is_shown_in_both_lines(text, line, mark, said, first):
    problem = refused(text)
    assert (problem.line, marked(problem)) == (line, mark)
    assert problem.message.startswith(said)
    assert problem.also == (("my-rules.toml", *first),)
    assert f"line {first[0]}" in problem.hint


def test_a_list_that_is_not_closed_is_shown_where_it_begins():
    problem = refused('x = 1\nany = [\n  "a"\nlate = "1 day"\n')
    assert (problem.line, problem.also) == (3, (("my-rules.toml", 2, "any = ["),))


@pytest.mark.parametrize(
    "bomb",
    [
        "a = " + "[" * 900_000,
        "a = " + "{a=" * 300_000,
        "a = " + "[" * 200 + "]" * 200,
        ".".join("a" * 400_000) + " = 1",
        '"a".' * 200_000,
        "[" + ".".join("a" * 400_000) + "]",
        "a = 1\n" * 1_000_000,
        '"' * 900_001,
        'a = "' + "x" * 900_000 + "\nb = 1",
        'a = """' + 'x"\\n' * 200_000,
        "a = '''" + "x'" * 400_000,
        '"' + "x" * 900_000 + "\n",
    ],
    ids=["lists", "tables", "deep", "dotted", "quoted", "header", "long", "quotes", "text", "basic", "literal", "key"],
)
def test_a_bomb_is_a_problem(bomb):
    # with quadratic time or recursion somewhere, this would hang or end the program
    assert refused(bomb).message


WORDS = st.text("aZ1-_ .é\"'\\#=[]{},\n", max_size=6)
SCALARS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.booleans(),
    st.floats(allow_nan=False),
    WORDS,
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
)
TABLES = st.recursive(
    st.dictionaries(WORDS, SCALARS | st.lists(SCALARS, max_size=3), max_size=3),
    lambda inner: st.dictionaries(WORDS, SCALARS | inner | st.lists(inner | SCALARS, max_size=3), max_size=4),
    max_leaves=8,
)


SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Writer:
    """Writes a table as TOML, with every choice of form drawn."""

    def __init__(self, draw):
        self.draw = draw

    def pick(self, *forms):
        return self.draw(st.sampled_from(forms))

    def gap(self):
        return self.pick("", "", " ", "\t")

    def key(self, key):
        forms = [json.dumps(key)]
        if re.fullmatch("[A-Za-z0-9_-]+", key):
            forms += [key] * 3
        if "'" not in key and "\n" not in key:
            forms.append(f"'{key}'")
        return self.pick(*forms)

    def scalar(self, value):
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool):
            return str(value).lower()
        return self.pick(str(value), value.isoformat()) if isinstance(value, dt.datetime) else str(value)

    def text(self, value):
        basic = json.dumps(value)
        forms = [basic, f'"""{basic[1:-1]}"""', f'"""\n\\\n   {basic[1:-1]}"""' if value.strip() == value else basic]
        if '"""' not in value and "\\" not in value:
            forms.append(f'"""\n{value}"""')
        if "'''" not in value:
            forms.append(f"'''\n{value}'''")
        if "'" not in value and "\n" not in value:
            forms.append(f"'{value}'")
        return self.pick(*forms)

    def value(self, value):
        if isinstance(value, dict):
            pairs = (
                f"{self.gap()}{self.key(key)}{self.gap()}={self.gap()}{self.value(of)}{self.gap()}"
                for key, of in value.items()
            )
            return "{" + ",".join(pairs) + self.gap() + "}"
        if isinstance(value, list):
            end = self.pick("", " ", "\n", " # ], \"'\n")
            items = "".join(f"{self.gap()}{self.value(item)}{end},{self.pick('', end)}" for item in value)
            return f"[{end}{items}{end}]"
        return self.scalar(value)

    def table(self, table, head=""):
        later, text = [], ""
        for key, value in table.items():
            name = self.key(key)
            if value and isinstance(value, dict) and self.pick(True, False):
                later.append(f"{self.gap()}[{head}{name}]{self.comment()}" + self.table(value, f"{head}{name}."))
            elif (
                value
                and isinstance(value, list)
                and all(isinstance(item, dict) for item in value)
                and self.pick(True, False)
            ):
                later += [f"[[{head}{name}]]{self.comment()}" + self.table(item, f"{head}{name}.") for item in value]
            else:
                text += self.pairs(name, value)
        return text + "".join(later)

    def pairs(self, name, value):
        if value and isinstance(value, dict) and self.pick(True, False):
            return "".join(
                self.pairs(f"{name}{self.gap()}.{self.gap()}{self.key(key)}", of) for key, of in value.items()
            )
        return f"{self.gap()}{name}{self.gap()}={self.gap()}{self.value(value)}{self.comment()}"

    def comment(self):
        return self.pick("\n", "\n\n", " # [x] = \"'\n")


@st.composite
def documents(draw):
    table = draw(TABLES)
    return table, Writer(draw).table(table)


def paths(value, path=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key), inner
        yield from paths(inner, (*path, key))


@SLOW
@given(documents())
def test_every_path_has_the_place_of_its_key_and_value(written):
    table, text = written
    read = tomllib.loads(text)
    assert read == table
    known = places(text)
    assert set(known) == {path for path, _ in paths(read)}
    for path, value in paths(read):
        key, stands = (text[slice(*span)] for span in known[path])
        if isinstance(path[-1], str):
            assert tomllib.loads(f"{key} = 0") == {path[-1]: 0}
        if not isinstance(value, dict | list):
            assert tomllib.loads(f"value = {stands}") == {"value": value}


@SLOW
@given(documents(), st.data())
def test_a_text_that_breaks_off_anywhere_is_a_problem_with_a_place_or_a_document(written, data):
    _, text = written
    cut = text[: data.draw(st.integers(0, len(text)))]
    parsed = parse(cut, "f.toml")
    if isinstance(parsed, Problem):
        assert 1 <= parsed.line <= cut.count("\n") + 1
        assert parsed.source_line == cut.split("\n")[parsed.line - 1]
        assert 1 <= parsed.column <= len(parsed.source_line) + 1
