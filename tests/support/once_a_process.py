"""What every command does anew is done once a process in tests: plugins are found once, and each config's rules compiled.

The result is kept by all that it is made from, so a test that changes any of it has it made anew. Nothing is kept
where a plugin of a test is on the path, nor in the rooms whose own work this is; other processes do all as ever.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Any

import pytest

from followup_rules.config import rulebook
from followup_rules.config.ingredients import Ingredients
from followup_rules.config.rulebook import Rulebook
from followup_rules.host import registry
from followup_rules.host.registry import Registry

OFF = ("config", "host", "language", "texts", "toml", "trials")
"""Folders of tests in which nothing is kept."""

_find, _compile = registry.load, rulebook.compiled
_registries: dict[tuple[str, ...], Registry] = {}
_rulebooks: dict[object, Rulebook] = {}


def _found(disabled: Collection[str] = (), **given: Any) -> Registry:
    if given:
        return _find(disabled, **given)
    if (*disabled,) not in _registries:
        _registries[(*disabled,)] = _find(disabled)
    return _registries[(*disabled,)]


def _compiled(of: Ingredients) -> Rulebook:
    files = sorted(of.base.glob("templates/*"))
    layers = [(layer.name, layer.text) for layer in of.layers]
    texts = [of.document.text, *(document.text for document in of.over)]
    alike = repr((texts, layers, of.whole, of.packs, of.profile, of.takes, files))
    # A rule set without texts of its own and without a fault names no file of the folder that it stands in.
    made = _rulebooks.get(alike) if not files else None
    if made is None or made.problems:
        key = repr((of.base, of.document.file, alike))
        made = _rulebooks[key] = _rulebooks.get(key) or _compile(of)
        _rulebooks.setdefault(alike, made)
    made.texts._found = None  # the folders are looked through at every run; a text is compiled by its words
    return made


@pytest.fixture(autouse=True)
def _swift(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any) -> None:
    """Keep what is made where that is not what is tested."""
    if request.path.relative_to(request.config.rootpath / "tests").parts[0] in OFF:
        return
    written = str(tmp_path_factory.getbasetemp())

    def sound() -> bool:
        return not any(place.startswith(written) for place in sys.path)

    def find(*names: Any, **given: Any) -> Registry:
        return (_found if sound() else _find)(*names, **given)

    def compiled(of: Ingredients) -> Rulebook:
        return (_compiled if sound() else _compile)(of)

    monkeypatch.setattr(registry, "load", find)
    monkeypatch.setattr(rulebook, "compiled", compiled)
