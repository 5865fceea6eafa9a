"""What went wrong in a plugin, as a problem for people: what it says, and which plugin said it."""

from __future__ import annotations

import logging

from followup_rules.hookspecs import Unreadable
from followup_rules.host.plugin import Plugin
from followup_rules.host.worker import TimedOut, sentence
from followup_rules.model import Problem

_log = logging.getLogger("followup_rules")
"""Tracebacks go there; `--debug` shows them."""


def failure(where: str, error: Exception, plugin: Plugin | None, hint: str = "") -> Problem:
    """Return the problem that an error of a source or output is; `where` is its table in the config.

    A sentence that the plugin meant for the user (`Unreadable`, `Refused`) or that the system says (`OSError`) stands
    by itself; anything else is a fault of the plugin, which is named with its package and version.
    """
    _log.debug("%s failed", where, exc_info=error)
    if isinstance(error, TimedOut):
        longer = f'if it only needs longer, write time_limit = "5 minutes" in [{where}]'
        return Problem(where, said(error, plugin), "F049", hint="; ".join(filter(None, (hint, longer))))
    return Problem(where, said(error, plugin), "F040", hint=hint)


def said(error: Exception, plugin: Plugin | None) -> str:
    """Return what an error says in one sentence, with the plugin if it is a fault of that."""
    meant = isinstance(error, Unreadable | OSError)
    whose = f", in {plugin}" if plugin and not meant else ""
    return f"{sentence(error, typed=not meant)}{whose}"
