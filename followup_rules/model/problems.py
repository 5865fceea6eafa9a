"""What a person should mend."""

from __future__ import annotations

from msgspec import Struct


class Problem(Struct, frozen=True):
    """Something a person should mend: what, where, what was expected, and what to do."""

    where: str
    """What the problem belongs to: `sources.sent`, `rule.thank-you`, `notes.md:12`."""
    message: str
    code: str = ""
    """A short code with a page in the documentation, such as `F012`."""
    file: str = ""
    line: int = 0
    """From 1; 0 if it has no line."""
    column: int = 0
    """From 1, in characters."""
    source_line: str = ""
    """The line as the user wrote it."""
    length: int = 1
    """How many characters of the line the caret marks."""
    hint: str = ""
    """What to do; the nearest valid word; a line to copy."""
    also: tuple[tuple[str, int, str], ...] = ()
    """Further places, as (file, line, what stands there)."""
    fatal: bool = False
    """Nothing could be done."""
    warning: bool = False
    """Nothing failed; the exit code stays 0."""
    info: bool = False
    """Nothing is wrong: what may be a mishap, which only `check` tells, and what an upgrade changed."""

    @property
    def severity(self) -> str:
        """`error`, `warning` or `info`."""
        return "info" if self.info else "warning" if self.warning else "error"
