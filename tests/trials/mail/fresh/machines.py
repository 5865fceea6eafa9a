"""The mails of a file such as `machines-1.txt`, each with its kind; people's have none."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from followup_rules.mail import addresses, head, machine, message, source

FOLDER = Path(__file__).parent


class Sample(Struct, frozen=True):
    """One mail, and what it is."""

    kind: str
    """As `machine.kind` gives it; nothing if a person wrote it."""
    name: str
    content: bytes

    def found(self, *, whole: bool = True) -> str:
        """Return what it is taken for, as a whole or by its headers alone."""
        headers = head.headers(self.content)
        subject = addresses.decoded(head.first(headers, "subject"))
        if not whole:
            return machine.kind(headers, message.sender(headers), subject)
        ends = source.ends(self.content, source.words(self.content))
        return machine.kind(headers, message.sender(headers), subject, source.types(self.content), ends)


def samples(name: str) -> list[Sample]:
    """Return the mails of a file: each below a line `=== KIND | NAME`."""
    pieces = re.split(r"^=== ?(\w*) ?\| (.*)\n", (FOLDER / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    given = zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
    return [Sample(kind, title, content.encode()) for kind, title, content in given]
