"""The version of the rule language, which a file of rules may name: `requires = 1`."""

from __future__ import annotations

from followup_rules.codes import Code
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.document import Document
from followup_rules.toml.values import Value

VERSION = 1
KEY = "requires"


def unsupported(document: Document) -> Problem | None:
    """Return why a file of rules, or a config, cannot be followed: it is for another version of the language."""
    if KEY not in document.tables:
        return None
    problems: list[Problem] = []
    value = Value(document.tables[KEY], document, (KEY,), problems)
    if value.is_a(int) and value.raw != VERSION:
        newer = value.raw > VERSION
        message = Sentence(
            "it is written for version {raw} of the rule language, and this is version {version}",
            raw=value.raw,
            version=VERSION,
        )
        hint = (
            Sentence("update followup-rules")
            if newer
            else Sentence("the first version is {version}: write requires = {version}", version=VERSION)
        )
        value.report(message, code=Code.OTHER_LANGUAGE, hint=hint)
    return problems[0] if problems else None
