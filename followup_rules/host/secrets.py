"""Secrets of the config, such as a password that a plugin's option holds: they stand in no message."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from followup_rules.model import Problem
from followup_rules.sentences import changed


def masked(problem: Problem, secrets: Iterable[str]) -> Problem:
    """Return a problem in which no secret can be read."""
    line, message, hint = (hidden(text, secrets) for text in (problem.source_line, problem.message, problem.hint))
    return replace(problem, source_line=line, message=message, hint=hint)


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return a text in which dots stand in place of secrets."""
    # The longest first: a secret that holds another would else be hidden in part only.
    ordered = sorted(secrets, key=len, reverse=True)

    def without_secrets(part: str) -> str:
        for secret in ordered:
            part = part.replace(secret, "…")
        return part

    return changed(text, without_secrets)
