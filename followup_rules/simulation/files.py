"""The files in which examples stand, and the rules that each of them is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from followup_rules.config import neutral, options
from followup_rules.config.packs import RULES
from followup_rules.config.read import Config, read_document
from followup_rules.hookspecs import Pack
from followup_rules.language import EXAMPLE
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.document import Document, parse

EXAMPLES = "examples.toml"
"""Where the examples of a pack stand, in its folder."""


class ExampleFile(Struct, frozen=True):
    """A file of examples."""

    path: Path
    document: Document
    config: Config
    """With the rules that its examples are about."""


def pack_of(file: Path, packs: Mapping[str, Pack]) -> Pack | None:
    """Return the pack whose examples stand in a file, if any does: one that is installed, or any folder."""
    place = file.resolve()
    if place.name != EXAMPLES or not (place.parent / RULES).is_file():
        return None
    installed = (pack for pack in packs.values() if Path(pack.folder).resolve() == place.parent)
    return next(installed, Pack(str(place.parent), "a folder", str(place.parent)))


def of_pack(pack: Pack, problems: list[Problem]) -> Iterator[ExampleFile]:
    """Yield the examples of a pack."""
    path = Path(pack.folder) / EXAMPLES
    if path.is_file():
        yield from _read(path, f"{pack.name.rstrip('/')}/{EXAMPLES}", neutral.of_pack(pack), problems)


def of_config(config: Config, problems: list[Problem]) -> Iterator[ExampleFile]:
    """Yield the examples of a config's packs, of its files of rules, and of itself."""
    of = config.ingredients
    assert of is not None, "a config that cannot be read has no rules"
    for pack in of.packs:
        yield from of_pack(pack, problems)
    theirs = {f"{pack.name}/{RULES}" for pack in of.packs}
    for layer in of.layers:
        document = parse(layer.text, layer.name) if layer.name not in theirs else None
        path = options.path(layer.named, of.base) if layer.name not in theirs else None
        if path and isinstance(document, Document) and EXAMPLE in document.tables:
            yield ExampleFile(path, document, config)
    if EXAMPLE in of.document.tables:
        yield ExampleFile(config.file, of.document, config)


def of_file(path: Path, config: Config, problems: list[Problem]) -> Iterator[ExampleFile]:
    """Yield the examples of a file; rules that stand there, too, and not in the config, are laid over those it has."""
    for file in _read(path, str(path), config, problems):
        if not neutral.tables_of_rules(file.document) or path.resolve() in _files_of(config):
            yield file
        else:
            known, found = set(config.problems), list[Problem]()
            rules = {key: table for key, table in file.document.tables.items() if key != EXAMPLE}
            document = Document(file.document.file, file.document.text, rules)
            tried = neutral.with_rules_over(config, document, found)
            problems += [*found, *(each for each in tried.problems if each not in known and not each.info)]
            yield ExampleFile(file.path, file.document, tried)


def _files_of(config: Config) -> Iterable[Path]:
    of = config.ingredients
    layers = of.layers if of else ()
    named = (options.path(layer.named, of.base) for layer in layers if of and layer.named.path[:1] == ("rules",))
    return {config.file.resolve(), *(path.resolve() for path in named if path)}


def _read(path: Path, name: str, config: Config, problems: list[Problem]) -> Iterator[ExampleFile]:
    document = read_document(path, name, hint=Sentence("name a file of examples"))
    if isinstance(document, Problem):
        problems.append(document)
    else:
        yield ExampleFile(path, document, config)
