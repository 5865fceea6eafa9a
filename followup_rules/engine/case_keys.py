"""What people call a case: its key, or the first part of an employer's domain. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from followup_rules.language.text import fold
from followup_rules.toml.suggestions import nearest


class Keys:
    """The keys of cases, found by what people call them; each is folded once."""

    def __init__(self, keys: Iterable[str], entries: Collection[str] = (), labels: Iterable[str] = ()) -> None:
        """Know the keys; those that are ids of `entries` nobody says, and `labels` are called by their whole name."""
        known = {*keys}
        self._said = known - {*entries}
        self._exact = _by_folded_name(known | {*labels})
        self._said_exactly = _by_folded_name(self._said)
        self._employers: dict[str, set[str]] = defaultdict(set)
        for key in self._said:
            if "." in key:
                self._employers[fold(employer(key))].add(key)
        self._near: dict[str, str | None] = {}

    def exact(self, name: str) -> str:
        """Return the key or label that a name is; "" if it is none."""
        return self._exact.get(fold(name), "")

    def meant(self, name: str) -> set[str]:
        """Return the cases that a name may mean: the key that it is, else those whose domain begins so."""
        exact = self._said_exactly.get(fold(name), "")
        return {exact} if exact else {*self._employers.get(fold(name), ())}

    def nearest(self, name: str) -> str | None:
        """Return the key, or the first part of a domain, that is nearly a name; many notes may have one heading."""
        if name not in self._near:
            self._near[name] = nearest(name, {*self._said, *map(employer, self._said)})
        return self._near[name]


def _by_folded_name(keys: Iterable[str]) -> dict[str, str]:
    """Return keys by their folded names; of several with the same the first in order."""
    # Of equal names a dict keeps the one that comes last.
    return {folded: key for key in sorted(keys, reverse=True) if (folded := fold(key)).strip()}


def match(name: str, keys: Iterable[str]) -> set[str]:
    """Return the cases that a person may mean by a name: a key, or the first part of an employer's domain."""
    return Keys(keys).meant(name)


def employer(key: str) -> str:
    """Return the first part of a key that is a domain or an address, which is what people call an employer."""
    return key.rpartition("@")[2].partition(".")[0]
