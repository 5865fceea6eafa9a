"""The `interview` pack: what to do, and what not to do, after a job interview."""

from collections.abc import Iterable
from pathlib import Path

from followup_rules import Pack, hookimpl
from followup_rules.sentences import Sentence


@hookimpl
def register_packs() -> Iterable[Pack]:
    """Return the pack."""
    summary = Sentence("After a job interview: thank, announce a call, stay silent unless you keep a promise, call")
    return [Pack("interview", summary, str(Path(__file__).parent))]
