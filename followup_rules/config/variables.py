"""`[vars]` of the config: values for texts, which see them as `{{ vars.NAME }}`."""

from __future__ import annotations

from followup_rules.codes import Code
from followup_rules.sentences import Sentence
from followup_rules.toml.values import Value


def variables(value: Value | None) -> dict[str, object]:
    """Read `[vars]`; what is no text, number, true or false, or has a name that no text can write, is reported."""
    if value is None or not value.is_a(dict):
        return {}
    known = [item for item in value.children() if _is_named(item) and item.is_a(str, int, float, bool)]
    return {item.name: item.raw for item in known}


def _is_named(item: Value) -> bool:
    if item.name.isidentifier() and not item.name.startswith("_"):
        return True
    hint = Sentence("letters, digits and _, a letter first, since texts write {{ vars.NAME }}")
    item.report(
        Sentence("{name!r} cannot be the name of a value for texts", name=item.name),
        code=Code.WRONG_SORT,
        hint=hint,
        at="key",
    )
    return False
