"""What can be seen in a tick: absence says nothing where nobody looked."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from followup_rules.computed import computed
from followup_rules.model import Reason

UNASKED = frozenset({"note", "done"})
"""Kinds that need no source: people write notes when they like, and outputs report what is done."""


class Sight(Struct, frozen=True, dict=True):
    """Which kinds of events the sources of this tick emit, and which of those a failed source left unseen."""

    emitted: frozenset[str]
    unseen: Mapping[str, str] = field(default_factory=dict)
    """A kind, and the name of the source that could not be read."""

    @computed
    def _shown(self) -> frozenset[str]:
        return self.emitted | UNASKED

    def blind(self, kinds: frozenset[str] | None) -> Reason | None:
        """Tell why events of some kinds (None: any) might be there and not be seen."""
        if unread := self.unread(kinds):
            return unread
        for kind in sorted((kinds or frozenset()) - self._shown):
            return Reason("no source can show a “{kind}” event", {"kind": kind})
        return None

    def unread(self, kinds: frozenset[str] | None) -> Reason | None:
        """Tell which source of some kinds (None: any) could not be read."""
        for kind in sorted(self.unseen if kinds is None else kinds & self.unseen.keys()):
            return Reason("the source {source!r} could not be read, so nothing can be said of “{kind}” events",
                          {"source": self.unseen[kind], "kind": kind})  # fmt: skip
        return None
