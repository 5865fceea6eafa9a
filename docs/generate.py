"""Writes anew what the documentation shows of the command, from real runs of the story in `examples/`.

A block is marked `<!-- shown: TICK: ARGUMENTS -->`: after the ticks of the story up to that one, the command is
called with these arguments at its instant; with `ARGUMENTS ; ARGUMENTS`, one call after the other. `<!-- shown in
French: ... -->` shows what somebody reads whose language is French. `<!-- options:
PLUGIN -->` marks the table of a plugin's options, `<!-- file: FILE -->` a file, `<!-- rules: FILE -->` the part of one
that stands before its examples, `<!-- keys: RECORD -->` the words of the rule language with what
their docstrings say, `<!-- tested: FILE with RULES -->` what `followup test` prints of them, and `<!--
compared: TICK: ARGUMENTS -->` a block like the first, with another day of the call as `other.toml`.
`--check` writes nothing and fails if anything is out of date.
"""

from __future__ import annotations

import atexit
import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import msgspec

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "examples"))

import story  # noqa: E402 -- lies beside the data that it plays

PAGES = (ROOT / "README.md", ROOT / "README.fr.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(
    r"(<!-- (shown|shown in French|options|file|rules|keys|tested|compared): (.*?) -->\n).*?(<!-- end -->)", re.DOTALL
)


def rendered(page: str) -> str:
    """Return the page with every block as it should be."""
    return _BLOCK.sub(lambda block: block[1] + _KINDS[block[2]](block[3]) + block[4], page)


def _shown(what: str) -> str:
    tick, _, commands = what.partition(": ")
    return f"```text\n{_output(int(tick), commands)}```\n"


def _shown_in_french(what: str) -> str:
    tick, _, commands = what.partition(": ")
    return f"```text\n{_output(int(tick), commands, language='fr')}```\n"


@cache
def _output(tick: int, commands: str, other: str = "", language: str = "en") -> str:
    now, _, _ = story.expected()[tick - 1]
    config = _turned_back(tick - 1 if commands.startswith(("plan", "run")) else tick)
    story.turn_to(config.parent, now)
    (config.parent / "other.toml").write_text(other)
    return "\n".join(
        f"$ followup {each}\n{_followup(config.parent, config, each, now, language)}" for each in commands.split(" ; ")
    )


_FOLDER = Path(tempfile.mkdtemp())
"""Where the story is played, always at the same path, with copies of it as it stood after each tick."""
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def _turned_back(ticks: int) -> Path:
    """Let the folder of the story be as it was after so many ticks; return its config."""
    copy, home = _played(ticks), _FOLDER / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(copy, home)
    return home / "config.toml"


@cache
def _played(ticks: int) -> Path:
    """Return a copy of the folder of the story as it was after so many ticks."""
    copy, home = _FOLDER / f"after-{ticks}", _FOLDER / "home"
    if ticks == 0:
        home.mkdir()
        story.set_up(home)
    else:
        config = _turned_back(ticks - 1)
        now, _, _ = story.expected()[ticks - 1]
        story.turn_to(home, now)
        _followup(home, config, "run", now)
    shutil.copytree(home, copy)
    return copy


def _compared(what: str) -> str:
    tick, _, arguments = what.partition(": ")
    content = '[rule.follow-up-call]\nopens = "day + 7 days at 09:00, workday"\n'
    return f"```text\n{_output(int(tick), f'{arguments} --compare other.toml', content)}```\n"


def _file(name: str) -> str:
    return f"```toml\n{(ROOT / name).read_text(encoding='utf-8')}```\n"


def _rules(name: str) -> str:
    rules, _, _ = (ROOT / name).read_text(encoding="utf-8").partition("\n[[example]]")
    return f"```toml\n{rules.rstrip()}\n```\n"


def _keys(record: str) -> str:
    """Tell the keys of a rule, of a guard (those that are not also a rule's), of a pattern or a tag; or the states."""
    from followup_rules import model  # noqa: PLC0415 -- only if a page has such a table
    from followup_rules.editor import docstrings, json_schema, rule_tables  # noqa: PLC0415 -- likewise
    from followup_rules.language import rule_keys, schema  # noqa: PLC0415 -- likewise

    if record == "State":
        said = docstrings.of_attributes(model.State)
        return _table("state", "meaning", [(str(state), said[state.name]) for state in model.State])
    if record in _WRITTEN:
        table = getattr(rule_tables, f"{record}Table")
        said = json_schema.explained(table)
        names = [(each.encode_name, said[each.name]) for each in msgspec.structs.fields(table) if each.name != "unset"]
        return _table(*_WRITTEN[record], names)
    keys = (
        rule_keys.RULE
        if record == "Rule"
        else {key: read for key, read in rule_keys.GUARD.items() if key not in _COMMON}
    )
    kind = getattr(schema, record)
    said, names = docstrings.of_attributes(kind), {key: schema.ATTRIBUTE.get(key, key) for key in keys}
    defaults = {field.name: field.default for field in msgspec.structs.fields(kind)}
    rows = [(key, said[name], _shown_default(record, key, defaults[name])) for key, name in names.items()]
    return _table("key", "meaning", rows)


_WRITTEN = {"Pattern": ("field", "holds if"), "Tag": ("key", "meaning"), "Action": ("key", "meaning")}
"""Tables that are told as people write them, and what their columns are called."""
_COMMON = ("why", "on", "where", "per", "opens", "enabled")
"""Keys of a guard that say what those of a rule say."""
_REQUIRED = {"Rule": ("on", "do"), "Guard": ("closes",)}


def _shown_default(record: str, key: str, default: object) -> str:
    if key in _REQUIRED[record]:
        return "required"
    if isinstance(default, tuple):
        default = ", ".join(getattr(part, "text", "") for part in default)
    return f"`{str(default).lower()}`" if default not in (None, "") else ""


def _table(first: str, second: str, rows: list[tuple[str, ...]]) -> str:
    head = [first, second, "default"][: len(rows[0])]
    lines = [head, ["---"] * len(head), *([f"`{word}`", *rest] for word, *rest in rows)]
    return "".join("| " + " | ".join(line).replace(" |  |", " | |") + " |\n" for line in lines)


def _tested(what: str) -> str:
    file, _, rules = what.partition(" with ")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "config.toml"
        config.write_text(f'rules = ["{rules}"]\n[profile]\nme = ["me@example.org"]\ntimezone = "America/Toronto"\n')
        for each in (file, rules):
            (folder / each).write_text((ROOT / "examples" / each).read_text(encoding="utf-8"))
        output = _followup(folder, config, f"test {file}", None)
    return f"```text\n$ followup test {file}\n{output}```\n"


def _followup(folder: Path, config: Path, arguments: str, now: object, language: str = "en") -> str:
    timeless = "--help" in arguments or arguments.startswith(("demo", "simulate", "test"))
    instant = [] if timeless else ["--now", str(now).replace(" ", "T")]
    command = [sys.executable, "-m", "followup_rules", *shlex.split(arguments), *instant]
    command[3:3] = ["--config", str(config)]
    spoken = {"LC_ALL": "C.UTF-8", "FOLLOWUP_LANGUAGE": language}
    environment = {**os.environ, **spoken, "COLUMNS": "90", "HOME": str(folder)}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if re.match("followup\xa0?: ", result.stderr):  # as `cli.main` tells what nobody expected: no page is to show that
        raise SystemExit(f"followup {arguments}: {result.stderr}")
    return _tidy(result.stdout + result.stderr, config)


def _tidy(output: str, config: Path) -> str:
    """Leave out what only a throw-away folder and a stopped clock bring in."""
    output = re.split(r"\n(?:Next|Ensuite\xa0):", output, maxsplit=1)[0].rstrip() + "\n"
    output = re.sub(r"\b\d+ kB", "168 kB", output)
    return output.replace(f" --config {config}", "").replace(str(config.parent), "~")


def _options(plugin: str) -> str:
    from followup_rules.host.registry import load  # noqa: PLC0415 -- only if a page has such a table

    found = load()
    table = {**found.sources, **found.outputs}[plugin]
    rows = [f"| `{f.name}` | {f.metadata.get('help', '')} | {_default(f)} |" for f in dataclasses.fields(table.options)]
    return "\n".join(["| option | meaning | default |", "|---|---|---|", *rows, ""])


def _default(field: dataclasses.Field[object]) -> str:
    if field.default is dataclasses.MISSING:
        return "required"
    return f"`{json.dumps(field.default)}`" if field.default not in (None, "") else ""


_KINDS = {
    "shown": _shown,
    "shown in French": _shown_in_french,
    "options": _options,
    "file": _file,
    "rules": _rules,
    "keys": _keys,
    "tested": _tested,
    "compared": _compared,
}


def main() -> int:
    """Write or check all pages."""
    stale = [page for page in PAGES if rendered(page.read_text(encoding="utf-8")) != page.read_text(encoding="utf-8")]
    for page in stale:
        print(
            f"{page.relative_to(ROOT)} is out of date: run `make docs`"
            if "--check" in sys.argv
            else f"{page.name} written"
        )
        if "--check" not in sys.argv:
            page.write_text(rendered(page.read_text(encoding="utf-8")), encoding="utf-8")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
