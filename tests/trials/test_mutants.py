"""The mistakes that are tried on the engine: each changes one place, and all of behaviour is open to change."""

import ast
import subprocess
import sys
import tomllib

import pytest

from tests.support.project import ROOT
from tests.trials.mutation.mutants import mutants


def made(source):
    """Return the mutated sources of a module."""
    found = []
    for number in range(len(list(mutants(ast.parse(source), "m")))):
        tree = ast.parse(source)
        list(mutants(tree, "m"))[number].apply()
        found.append(ast.unparse(ast.fix_missing_locations(tree)))
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x < y", ["pass", "x <= y", "x >= y"]),
        ("x == y", ["pass", "x != y"]),
        ("x < y <= z", ["pass", "x <= y <= z", "x >= y <= z", "x < y < z", "x < y > z"]),
        ("x and y", ["pass", "x or y", "y", "x"]),
        ("not x", ["pass", "x"]),
        ("def f():\n    return False", ["def f():\n    return True"]),
        ("x + y", ["pass", "x - y", "x", "y"]),
        ("a = 1", ["a = None", "a = 2"]),
        ("a = True", ["a = None", "a = False"]),
        ("a = 'x'", ["a = None", "a = 'XXx'"]),
        ("a = None", []),
        ("a |= b", ["a = b", "a &= b"]),
        ("a = (x, y)", ["a = None", "a = (y,)", "a = (x,)"]),
        ("a = {x: y}", ["a = None", "a = {}"]),
        ("a = b[x:]", ["a = None", "a = b[:]"]),
        ("a = b if c else d", ["a = None", "a = b if not c else d"]),
        ("a = [b for b in c if d]", ["a = None", "a = [b for b in c]"]),
        ("a = lambda: b", ["a = None", "a = lambda: None"]),
        ("a = f(x, y, z=1)", ["a = None", "a = f(y, x, z=1)", "a = f(x, y)", "a = f(x, y, z=2)"]),
        ("a = f(b, b)", ["a = None"]),
        ("a = max(b, c)", ["a = None", "a = min(b, c)"]),
        ("a = min(b, key=c)", ["a = None", "a = min(b)", "a = max(b, key=c)"]),
        ("a = sorted(b, key=c)", ["a = None", "a = sorted(b)", "a = list(b)"]),
        ("a = b.lower()", ["a = None", "a = b.upper()", "a = b"]),
    ],
)
def test_each_mutant_is_one_mistake(source, expected):
    assert made(source) == expected


def test_what_is_returned_done_and_skipped_can_be_wrong_too():
    source = "def f():\n    for x in y:\n        continue\n    g()\n    return z"
    assert made(source) == [
        source.replace(*change) for change in [("continue", "break"), ("g()", "pass"), ("z", "None")]
    ]


def test_what_says_nothing_of_behaviour_is_left_alone():
    source = '''"""Text."""
import a
@b(1)
class C(D, frozen=True):
    """Text."""
    e: f['g']
    """Text."""
    def h(self, i: j['k']) -> l['m']:
        """Text."""
        assert n == 1, 'o'
        with o.once('p', ''), o.once(f'p of {q}'), Sentence('q'):
            pass
if TYPE_CHECKING:
    import q
__all__ = ['r']
R: TypeAlias = dict['s', 't']
S = TypeVar('S')
'''
    assert made(source) == []


def test_a_name_tells_the_function_and_the_change_and_is_given_once():
    names = [mutant.name for mutant in mutants(ast.parse("class C:\n def f(self):\n  return x[0] + y[0]"), "m")]
    assert names == [
        "m.C.f: `return x[0] + y[0]` -> `return None`",
        "m.C.f: `x[0] + y[0]` -> `x[0] - y[0]`",
        "m.C.f: `x[0] + y[0]` -> `x[0]`",
        "m.C.f: `x[0] + y[0]` -> `y[0]`",
        "m.C.f: `0` -> `1`",
        "m.C.f: `0` -> `1` (2)",
    ]


# -- the mistakes that nobody notices


def test_a_name_does_not_depend_on_lines_and_a_mutant_knows_those_of_its_statement():
    source = "A = 1\ndef f(x=2):\n    if (x <\n        3):\n        return [\n            4]\n"
    found = {mutant.name: (mutant.lines, mutant.within) for mutant in mutants(ast.parse(source), "m")}
    assert found["m: `A = 1` -> `A = None`"] == (range(1, 2), False)
    assert found["m.f: `2` -> `3`"] == (range(2, 3), False)
    assert found["m.f: `3` -> `4`"] == (range(3, 5), True)
    assert found["m.f: `4` -> `5`"] == (range(5, 7), True)


def test_each_known_survivor_is_a_mistake_that_could_be_made():
    rooms = [file for room in ("engine", "language") for file in (ROOT / "followup_rules" / room).glob("*.py")]
    trees = {f"{file.parent.name}.{file.stem}": ast.parse(file.read_text()) for file in rooms}
    names = {mutant.name for module, tree in trees.items() for mutant in mutants(tree, module)}
    survivors = tomllib.loads((ROOT / "tests/trials/mutation/survivors.toml").read_text())
    assert survivors.keys() - names == set()


@pytest.mark.long
@pytest.mark.whole
def test_of_three_hundred_mistakes_at_least_eighty_five_of_a_hundred_are_noticed():
    command = [sys.executable, "-m", "tests.trials.mutation", "--sample", "300", "--floor", "92"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mutants=300 " in done.stdout
