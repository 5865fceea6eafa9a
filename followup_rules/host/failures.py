"""What went wrong in a source or an output, as a problem for people."""

from __future__ import annotations

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.hookspecs import Unreadable
from followup_rules.host.time_limit import TimedOut, sentence
from followup_rules.model import Problem
from followup_rules.sentences import Sentence, together


def failure(where: str, error: Exception, hint: str = "", place: Problem | None = None) -> Problem:
    """Return the problem that an error of a source or output is; `where` is its table in the config.

    `place`: a problem that stands where this one is to be told.

    Its traceback goes to the log, which `--debug` shows.
    """
    import logging  # noqa: PLC0415 -- only where something failed

    logging.getLogger(__name__).debug("%s failed", where, exc_info=error)
    # Unreadable and OSError speak to the user; of anything else the type tells its author more than the sentence.
    said = sentence(error, typed=not isinstance(error, Unreadable | OSError))
    if not isinstance(error, TimedOut):
        problem = Problem(where, said, Code.UNUSABLE, hint=hint)
        return replace(place, where=where, message=said, code=problem.code, hint=hint) if place else problem
    longer = Sentence('if it only needs longer, write time_limit = "5 minutes" in [{where}]', where=where)
    return Problem(where, said, Code.TIMED_OUT, hint=together(hint, longer))
