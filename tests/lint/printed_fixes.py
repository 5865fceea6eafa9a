"""What a printed hint says to do, done by a machine: on the tables as they were read, without knowing the answer.

A hint offers one fix or several: `did you mean "X"?`, `KEY = VALUE`, "delete it", "write any = [...]", "exchange the two".
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from followup_rules.language.rule_keys import RULE
from followup_rules.model import Problem
from followup_rules.toml.positions import places

_GUESS = re.compile(r'did you mean "([^"]+)"\?')
_VALUE = r'("[^"]*"|\[[^\].]*\])'
_SNIPPET = re.compile(rf"(?<!as in )\b([a-z_]+) = {_VALUE}((?: or {_VALUE})*)")
_DELETE = re.compile(r"\bdelete (?:it|the line|one|one of the two|this one|reply_to)\b")


def fixes(text: str, problem: Problem) -> Iterator[str]:
    """Yield the rules as each fix that the hint prints would leave them."""
    tables = tomllib.loads(text)
    path, at_key = _marked(text, problem)
    for change in _changes(problem, path, at_key=at_key):
        mended = copy.deepcopy(tables)
        change(mended)
        yield _as_toml(mended)


def _marked(text: str, problem: Problem) -> tuple[tuple[Any, ...], bool]:
    """Return what a problem marks: the path of the innermost key or value, and whether it is the key."""
    at = sum(len(line) + 1 for line in text.split("\n")[: problem.line - 1]) + problem.column - 1
    found = [
        (end - start, path, is_key)
        for path, place in places(text).items()
        for (start, end), is_key in ((place.key, True), (place.value, False))
        if start <= at < end
    ]
    _, path, at_key = min(found, key=lambda each: (each[0], -len(each[1])))
    return path, at_key


def _changes(problem: Problem, path: tuple[Any, ...], *, at_key: bool) -> Iterator[Any]:
    hint = problem.hint
    if guess := _GUESS.search(hint):
        marked = problem.source_line[problem.column - 1 :][: problem.length].strip("\"'")
        yield lambda tables: _respell(tables, path, marked, guess[1], at_key=at_key)
        return
    if "{% if " in hint:
        yield lambda tables: _each_text(tables, path, lambda text: re.sub(r" *\{\{[^}]*\}\}", "", text) or "x")
        asked = re.search(r"\{% if .* %\}", hint)[0]
        yield lambda tables: _each_text(tables, path, lambda text: f"x {asked}{text}{{% endif %}}")
        return
    if "exchange the two" in hint:
        yield lambda tables: _exchange(_at(tables, path[:-1]), "after", "before")
        return
    if "write any = [...]" in hint:
        yield lambda tables: _rename(_around(tables, path, "all"), "all", "any")
    further = "or delete it, and" in hint
    if _DELETE.search(hint) and not further:
        yield lambda tables: _delete(tables, path)
    instead = "instead:" in hint
    for found in _SNIPPET.finditer(hint) if "alone" not in hint else ():
        for value in re.findall(_VALUE, f"{found[2]}{found[3]}"):
            first = instead or (further and found.start() > hint.index("delete it"))
            given = tomllib.loads(f"x = {value}")["x"]
            yield lambda tables, key=found[1], raw=given, first=first: _set(tables, path, key, raw, instead=first)


def _at(tables: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tables = tables[step]
    return tables


def _around(tables: Any, path: tuple[Any, ...], key: str) -> Any:
    """Return the innermost table around a place that has a key; else the innermost table."""
    around = [table for n in range(len(path), 0, -1) if isinstance(table := _at(tables, path[:n]), dict)]
    return next((table for table in around if key in table), around[0])


def _set(tables: Any, path: tuple[Any, ...], key: str, value: Any, *, instead: bool) -> None:
    if instead:
        _delete(tables, path)
        path = path[:-1]
    of_rule = path[0] in ("rule", "guard") and key in {*RULE, "closes"}
    (_at(tables, path[:2]) if of_rule else _around(tables, path, key))[key] = value


def _respell(tables: Any, path: tuple[Any, ...], marked: str, word: str, *, at_key: bool) -> None:
    around, step = _at(tables, path[:-1]), path[-1]
    if at_key and isinstance(around, dict):
        _rename(around, step, word)
    else:
        around[step] = around[step].replace(marked, word.removeprefix("#") if marked[0] != "#" else word, 1)


def _each_text(tables: Any, path: tuple[Any, ...], change: Any) -> None:
    _at(tables, path[:-1])[path[-1]] = change(_at(tables, path))


def _rename(table: dict[str, Any], old: str, new: str) -> None:
    items = [(new if key == old else key, value) for key, value in table.items()]
    table.clear()
    table.update(items)


def _exchange(table: dict[str, Any], one: str, other: str) -> None:
    table[one], table[other] = table[other], table[one]


def _delete(tables: Any, path: tuple[Any, ...]) -> None:
    around = _at(tables, path[:-1])
    del around[path[-1]]


def _as_toml(tables: dict[str, Any]) -> str:
    lines = []
    for kind, named in tables.items():
        for name, table in named.items():
            if isinstance(table, dict):
                lines += [f"[{kind}.{name}]", *(f"{key} = {_inline(value)}" for key, value in table.items())]
            else:
                lines.insert(0, f"{kind}.{name} = {_inline(table)}")
    return "\n".join([*lines, ""])


def _inline(raw: Any) -> str:
    if isinstance(raw, dict):
        return f"{{ {', '.join(f'{key} = {_inline(value)}' for key, value in raw.items())} }}"
    if isinstance(raw, list):
        return f"[{', '.join(map(_inline, raw))}]"
    return json.dumps(raw, ensure_ascii=False)
