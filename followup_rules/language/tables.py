"""The tables of all layers put together, before they are compiled, and what they may name."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from followup_rules.language.reader import Value


class Surroundings(Struct, frozen=True):
    """What rules may name besides each other."""

    templates: frozenset[str] = frozenset()
    outputs: Mapping[str, tuple[str, ...]] | None = field(default_factory=dict)
    """Each configured output, and the types of action that it takes; None: not known, for they are faulty."""


class Table(Struct, frozen=True):
    """A definition, rule or guard, put together from all layers: each field with the place it comes from."""

    header: Value
    fields: dict[str, Value]
