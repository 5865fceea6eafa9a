"""Completion in bash of words that bash takes apart: keys hold `:` and `@`, titles hold spaces, tags begin with `#`.

Readline puts an answer in place of what follows the last of COMP_WORDBREAKS before the cursor (bash(1), Programmable
Completion), and into the line as it is. click, which gets the words that bash makes, knows of neither.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import ClassVar

from click.shell_completion import BashComplete, CompletionItem, add_completion_class
from click.shell_completion import split_arg_string as split

_SOURCE = Path(__file__).parents[1] / "data" / "completion.bash"
# What stands for itself in a word of bash; anything else gets a backslash.
_SPECIAL = re.compile(r"([^\w@%+=:,./-])")
_QUOTED = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)


class Bash(BashComplete):
    """How followup's words are completed in bash: by the line itself, not by the words that bash makes of it."""

    source_template: ClassVar[str] = _SOURCE.read_text(encoding="utf-8")

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words before the one at the cursor, and that one as far as it is typed."""
        # The line as it was typed: COMP_WORDS has each colon as a word of its own.
        line = os.environ["COMP_LINE"]
        words = split(line)[1:]
        begun = bool(words) and (not line[-1:].isspace() or _is_in_quotes(line))
        return (words[:-1], words[-1]) if begun else (words, "")

    def format_completion(self, item: CompletionItem) -> str:
        """Return a word as it is to stand in the line, without what stands there before the last break."""
        value = str(item.value)
        if _is_in_quotes(os.environ["COMP_LINE"]):
            return f"{item.type},{value}"
        _, begun = self.get_completion_args()
        breaks = [sign for sign in os.environ.get("COMP_WORDBREAKS", "") if not sign.isspace()]
        kept = max((begun.rfind(sign) + 1 for sign in breaks), default=0)
        shown = _SPECIAL.sub(r"\\\1", value[kept:])
        return f"{item.type},{shown}"


def _is_in_quotes(line: str) -> bool:
    rest = _QUOTED.sub("", line)
    return "'" in rest or '"' in rest


def use() -> None:
    """Have click answer bash so from now on."""
    add_completion_class(Bash, "bash")
