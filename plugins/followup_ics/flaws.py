"""What makes an entry of a calendar unusable."""

from followup_rules.plain import one_line
from followup_rules.sentences import Sentence


class FlawError(ValueError):
    """Why a meeting cannot be used, as a sentence for people; on which of its lines, by what stands in it; a hint."""

    def __init__(self, message: str, line: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


def senseless(what: str, name: str, written: str) -> FlawError:
    """Return the flaw of a property that stands for something and cannot be understood."""
    return FlawError(
        Sentence(
            "its {what} makes no sense ({name}: {written!r}); set it anew",
            what=what,
            name=name,
            written=one_line(written, 60),
        ),
        name,
    )
