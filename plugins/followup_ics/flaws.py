"""What makes an entry of a calendar unusable."""


class FlawError(ValueError):
    """Why a meeting cannot be used, as a sentence for people."""
