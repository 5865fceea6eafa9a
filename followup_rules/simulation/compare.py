"""What other rules would have done differently with the same history."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import ndiff

from msgspec import Struct

from followup_rules.simulation.story import Made, Story


class Change(Struct, frozen=True, kw_only=True):
    """What differs for one action."""

    key: str
    rule: str
    case: str
    what: str
    """`more` (only the other rules make it), `less`, or `other` (made by both, otherwise)."""
    now: Made | None
    """By the rules in force."""
    then: Made | None
    """By the other rules."""
    how: tuple[str, ...] = ()
    """What is other: `day`, `due`, `text`, `end`."""


def differences(now: Story, then: Story) -> list[Change]:
    """Return what differs, by case and time."""
    found = [change for key in {**now.made, **then.made} for change in _of(now.made.get(key), then.made.get(key))]
    return sorted(found, key=lambda change: (change.case, (change.now or change.then).at, change.key))  # type: ignore[union-attr]


def _of(now: Made | None, then: Made | None) -> Iterator[Change]:
    one = now or then
    assert one is not None, "a key is of what either has made"
    how = _how(now, then) if now and then else ()
    if how or now is None or then is None:
        what = "other" if how else "less" if now else "more"
        yield Change(key=one.key, rule=one.rule, case=one.case, what=what, now=now, then=then, how=how)


def _how(now: Made, then: Made) -> tuple[str, ...]:
    left, right = now.action, then.action
    parts = {
        "day": now.at.date() != then.at.date(),
        "due": left.due != right.due,
        "text": (left.title, left.text, left.to, left.type) != (right.title, right.text, right.to, right.type),
        "end": (now.withdrawn is None) != (then.withdrawn is None),
    }
    return tuple(part for part, differs in parts.items() if differs)


def changed_lines(now: Made, then: Made) -> list[str]:
    """Return the lines of a text that are other, as `- before` and `+ after`."""
    left, right = (f"{each.action.title}\n{each.action.text}".splitlines() for each in (now, then))
    return [line.rstrip() for line in ndiff(left, right) if line[:1] in "-+" and line[2:].strip()]
