"""A predicate of a plugin that is not taken at its word: each call has a time limit, and an error names the plugin."""

from __future__ import annotations

from collections.abc import Callable

from followup_rules.host.plugin import LOADING
from followup_rules.host.time_limit import Worker, sentence, sure
from followup_rules.model import Event
from followup_rules.sentences import Sentence


def checked(name: str, holds: Callable[[Event], bool], plugin: object) -> Callable[[Event], bool]:
    """Return the predicate; it raises CheckFailed with a sentence, and after a call that hangs at once."""
    workers: list[Worker] = []

    def test(event: Event) -> bool:
        # Made at the first call: most runs ask no predicate, and a thread costs more than they do.
        if not workers:
            workers.append(Worker(LOADING))
        try:
            return sure(workers[0], plugin, lambda: bool(holds(event)))
        except Exception as error:
            from followup_rules.language.matching import CheckFailed  # noqa: PLC0415 -- only where a predicate fails

            raise CheckFailed(
                Sentence("the check {name!r} of a plugin failed: {error}", name=name, error=sentence(error))
            ) from error

    return test
