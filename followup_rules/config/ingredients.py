"""What a config says that rules depend on, read but not yet compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules.config.profile import CaseTable, ProfileTable
from followup_rules.hookspecs import Pack
from followup_rules.model import Event, Profile
from followup_rules.toml.document import Document
from followup_rules.toml.values import Value

if TYPE_CHECKING:
    from followup_rules.config.rulebook import Rulebook


class Layer(Struct, frozen=True):
    """A file of rules as text; `named` is the value in the config that names it, for messages."""

    name: str
    text: str
    named: Value
    of_pack: bool = False
    """It is not the user's to mend."""


class Ingredients(Struct, frozen=True, kw_only=True, dict=True):
    """What a config says that rules depend on."""

    base: Path
    document: Document
    layers: tuple[Layer, ...]
    """Packs first, then the user's files; the config itself comes last."""
    whole: bool
    """None is missing: otherwise it makes no sense to tell of names that are not there."""
    packs: tuple[Pack, ...]
    profile: Profile
    table: ProfileTable | None
    cases: Mapping[str, CaseTable]
    variables: Mapping[str, object]
    """`[vars]`, for texts."""
    takes: Mapping[str, tuple[str, ...]] | None
    checks: Mapping[str, Callable[[Event], bool]]
    over: tuple[Document, ...] = ()
    """Rules that are laid over all these, to try them out."""

    @cached_property
    def rulebook(self) -> Rulebook:
        """The compiled rules."""
        from followup_rules.config.rulebook import compiled  # noqa: PLC0415 -- most runs have nothing to judge

        return compiled(self)
