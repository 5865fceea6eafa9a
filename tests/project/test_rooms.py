"""The rules of who may import whom bite: on a copy of the tree with one wrong import, the linter fails."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT

ROOMS = "Every room uses only the rooms below it"
PURE = "The language and the engine are pure"
PRIVATE = "Nobody outside comes into a private room"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Copy the code and its contracts."""
    folder = tmp_path_factory.mktemp("rooms")
    for name in ("followup_rules", "plugins"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(tree):
    """Return the exit code of the linter on the copy, and what it prints."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    path = os.pathsep.join([str(tree), str(tree / "plugins")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_tree_as_it_is_breaks_no_rule(tree):
    code, said = lint(tree)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(
    ("module", "line", "told"),
    [
        ("followup_rules/newcomer.py", "", "newcomer"),
        ("followup_rules/language/shortcut.py", "from followup_rules.store import ledger", ROOMS),
        ("plugins/followup_notes/shortcut.py", "from followup_rules.store.ledger import Ledger", PRIVATE),
        ("plugins/followup_ics/shortcut.py", "import followup_rules.tick.run", PRIVATE),
        ("followup_rules/engine/shortcut.py", "import threading", PURE),
        ("followup_rules/engine/shortcut.py", "from time import monotonic", PURE),
        ("followup_rules/language/shortcut.py", "import sqlite3", PURE),
        ("followup_rules/cli/shortcut.py", "import followup_notes", "The core knows no plugin"),
    ],
)
def test_a_wrong_import_is_told_with_the_rule_that_it_breaks(tree, module, line, told):
    file = tree / module
    file.write_text(f'"""New."""\n{line}\n')
    try:
        code, said = lint(tree)
    finally:
        file.unlink()
    assert code != 0, said
    assert told in said
    assert Path(module).stem in said or "BROKEN" in said


# -- the store is composed


def _bases():
    for file in sorted((ROOT / "followup_rules/store").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef):
                yield f"{file.name}:{node.name}", {ast.unparse(base) for base in node.bases}


RECORDS, ERRORS = {"Struct", "NamedTuple", "StrEnum"}, {"Exception", "StoreError"}


def test_nothing_in_the_store_inherits_but_records_and_errors():
    bases = dict(_bases())
    assert len(bases) > 10
    assert {name: found for name, found in bases.items() if not (found <= RECORDS or found <= ERRORS)} == {}
