"""`followup check --fix`: mends what can only be a slip of the pen, and leaves all else in the files as it is."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from followup_rules import regular_files
from followup_rules.codes import Code
from followup_rules.config.read import Config, read_config
from followup_rules.language import units
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.simulation import update
from followup_rules.toml.document import Document, parse
from followup_rules.toml.suggestions import nearest

# Words that mean nothing as they stand, so that nothing can be lost; a warning is about what may well be meant.
_CERTAIN = frozenset({Code.UNKNOWN_KEY, Code.UNKNOWN_NAME, Code.NO_SUCH_TIME})
_MOST_ROUNDS = 5
_GUESS = re.compile(r'did you mean "([^"]+)"\?')
_WORD = re.compile(r"""(["']?)(.*?)\1""")


class Fix(Struct, frozen=True):
    """A word in a line of a file, and what stands there now."""

    file: str
    line: int
    column: int
    before: str
    after: str

    @property
    def sentence(self) -> Sentence:
        """Return it as people read it."""
        return Sentence(
            "{file}:{line}: {before} is now {after}",
            file=self.file,
            line=self.line,
            before=self.before,
            after=self.after,
        )


def apply(config: Config) -> tuple[Config, list[Fix]]:
    """Mend the files of a config; return it as it is then, and what was mended. Raises OSError.

    What is mended may bring to light what could not be seen before, and is mended, too. A file in which a mended word
    is still a fault is put back.
    """
    done: list[Fix] = []
    for _ in range(_MOST_ROUNDS):
        before = len(done)
        for path, fixes in _by_file(config).items():
            mended = _rewritten(path, fixes, config)
            config, done = (mended, [*done, *fixes]) if mended else (config, done)
        if len(done) == before:
            break
    return config, done


def _rewritten(path: Path, fixes: list[Fix], config: Config) -> Config | None:
    with regular_files.opened(path) as file:
        document = parse(file.read().decode("utf-8"), path.name)
    if not isinstance(document, Document):
        return None
    update.write(path, _mended(document.text, fixes))
    # Read anew, as a run would: what only seems right is seen now, and put back.
    mended = read_config(config.file)
    places = {(fix.file, fix.line) for fix in fixes}
    if mended.fatal or any((each.file, each.line) in places and _certain(each) in fixes for each in mended.problems):
        update.write(path, document.text)
        return None
    return mended


def _by_file(config: Config) -> Mapping[Path, list[Fix]]:
    found: dict[Path, list[Fix]] = defaultdict(list)
    paths = _paths(config)
    for problem in config.problems:
        fix = _certain(problem) if problem.file in paths else None
        if fix and fix not in found[paths[problem.file]]:
            found[paths[problem.file]].append(fix)
    return {path: fixes for path, fixes in found.items() if fixes}


def _paths(config: Config) -> dict[str, Path]:
    """Return the files of the user's, by the names that problems give them."""
    if config.ingredients is None:
        return {}
    own = [layer.name for layer in config.ingredients.layers if not layer.of_pack]
    paths = {name: config.ingredients.base / Path(os.path.expandvars(name)).expanduser() for name in own}
    return {**paths, config.ingredients.document.file: config.file}


def _certain(problem: Problem) -> Fix | None:
    guess = _GUESS.fullmatch(problem.hint)
    if problem.code not in _CERTAIN or problem.severity != "error" or not guess or not problem.line:
        return None
    start = problem.column - 1
    marked = problem.source_line[start : start + problem.length]
    found = _WORD.fullmatch(marked)
    word = found[2] if found else ""
    # One letter off, and nothing else is as near; or a unit by another name.
    if units.meant(*f"{word} ".split(" ", 1))[1] != guess[1] and nearest(word, [guess[1]], 1) != guess[1]:
        return None
    return Fix(problem.file, problem.line, problem.column, marked, marked.replace(word, guess[1], 1))


def _mended(text: str, fixes: Iterable[Fix]) -> str:
    lines = text.split("\n")
    # From behind, so that what is mended moves nothing that is still to be.
    for fix in sorted(fixes, key=lambda fix: (fix.line, fix.column), reverse=True):
        line, start = lines[fix.line - 1], fix.column - 1
        lines[fix.line - 1] = line[:start] + fix.after + line[start + len(fix.before) :]
    return "\n".join(lines)
