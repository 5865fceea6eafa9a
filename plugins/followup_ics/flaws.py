"""What makes an entry of a calendar unusable."""


class FlawError(ValueError):
    """Why a meeting cannot be used, as a sentence for people; on which of its lines, by what stands in it; a hint."""

    def __init__(self, message: str, line: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint
