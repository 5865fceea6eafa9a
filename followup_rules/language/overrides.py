"""How a later layer changes a field: it replaces it, merges tables, adds to lists and removes from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value, shown

_CHANGES = ("add", "remove")


def put_over(below: Value | None, above: Value) -> Value:
    """Return what a field is after a later layer; what is wrong with a change is reported at it."""
    if _is_change(above):
        return _changed(below, above)
    if not isinstance(above.raw, dict) or (below is None and not _holds_change(above.raw)):
        return above
    lower = _lower(below, above)
    return _table(above, {**lower, **{key: put_over(lower.get(key), above.child(key)) for key in above.raw}})


def without(unset: Value, fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return the fields of a table without those that `unset` names; reports what is not there."""
    left = dict(fields)
    for item in unset.items():
        if item.is_a(str):
            left = _without(item, str(item.raw).split("."), left)
    return left


def changes_only(table: Value) -> bool:
    """Tell whether a table says nothing for itself: it only adds, removes and unsets."""
    return all(
        key == "unset" or _is_change(value) or (isinstance(value.raw, dict) and changes_only(value))
        for key, value in ((key, table.child(key)) for key in table.raw)
    )


def _is_change(value: Value) -> bool:
    # What stands in `data` are names that a plugin or a note chose.
    return isinstance(value.raw, dict) and not value.raw.keys().isdisjoint(_CHANGES) and "data" not in value.path


def _holds_change(raw: Any) -> bool:
    return isinstance(raw, dict) and (
        not raw.keys().isdisjoint(_CHANGES) or any(_holds_change(inner) for inner in raw.values())
    )


def _table(at: Value, fields: Mapping[str, Value]) -> Value:
    """Return the table of these fields, as if it stood where another value stands."""
    return replace(at, raw={key: value.raw for key, value in fields.items()}, parts=dict(fields))


def _lower(below: Value | None, above: Value) -> dict[str, Value]:
    """Return the fields below a table that it leaves as they are, or changes."""
    if below is None or not isinstance(below.raw, dict):
        return {}
    fields = {key: below.child(key) for key in below.raw}
    if above.path[2:] != ("do",):
        return fields
    # A title or a text replaces its half of a template, both replace it all, and a template replaces both.
    written = {**below.raw, **above.raw}
    halves = ("title", "text")
    gone = halves if "template" in above.raw else ("template",) if all(half in written for half in halves) else ()
    return {key: value for key, value in fields.items() if key not in gone}


def _changed(below: Value | None, change: Value) -> Value:
    """Return a list with what a change adds, at its end and once, and without what it removes."""
    known = {key: change.child(key) for key in change.known_keys(_CHANGES)}
    items = below.items() if below is not None else []
    for item in known["remove"].items() if "remove" in known else ():
        kept = [each for each in items if each.raw != item.raw]
        if len(kept) == len(items):
            _not_there(item, change, [each.raw for each in items])
        items = kept
    for item in known["add"].items() if "add" in known else ():
        items = items if any(each.raw == item.raw for each in items) else [*items, item]
    return replace(change, raw=[item.raw for item in items], parts=dict(enumerate(items)))


def _not_there(item: Value, change: Value, there: list[Any]) -> None:
    hint = expected(item.raw, [raw for raw in there if isinstance(raw, str)]) if isinstance(item.raw, str) else ""
    what = repr(item.raw) if isinstance(item.raw, str) else shown(item.raw)
    message = Sentence("{what} is not in {name!r}, so it cannot be removed", what=what, name=change.name)
    item.report(message, code=Code.UNKNOWN_NAME, hint=hint or Sentence("write it as it stands there"))


def _without(item: Value, way: list[str], fields: Mapping[str, Value]) -> dict[str, Value]:
    key, *further = way
    if key not in fields or (further and not isinstance(fields[key].raw, dict)):
        message = Sentence("there is no {raw!r} to take away", raw=item.raw)
        item.report(message, code=Code.UNKNOWN_KEY, hint=expected(key, fields), within=key)
        return dict(fields)
    left = {name: value for name, value in fields.items() if name != key}
    if not further:
        return left
    table = fields[key]
    inner = {name: table.child(name) for name in table.raw}
    return {name: _table(table, _without(item, further, inner)) if name == key else value
            for name, value in fields.items()}  # fmt: skip
