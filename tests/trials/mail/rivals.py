"""Two libraries that look for quoted text, beside ours; neither is needed, and each is tried where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from followup_rules.mail import own_words


def readers() -> Iterator[tuple[str, Callable[[str], str] | None]]:
    """Yield the name of each and how it reads own words; None if it is not installed."""
    yield "followup", own_words.opening
    for name, module, reader in (
        ("mail-parser-reply", "mailparser_reply", _mail_parser_reply),
        ("quotequail", "quotequail", _quotequail),
    ):
        yield name, reader() if find_spec(module) else None


def _mail_parser_reply() -> Callable[[str], str]:
    constants: Any = __import__("mailparser_reply.constants", fromlist=["MAIL_LANGUAGES"])
    library: Any = __import__("mailparser_reply")
    parser = library.EmailReplyParser(languages=list(constants.MAIL_LANGUAGES))
    return lambda text: parser.parse_reply(text) or ""


def _quotequail() -> Callable[[str], str]:
    library: Any = __import__("quotequail")

    def read(text: str) -> str:
        found = library.unwrap(text)
        return text if found is None else "\n".join(filter(None, (found.get("text_top"), found.get("text_bottom"))))

    return read
