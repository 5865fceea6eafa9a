"""The emulator of Google's OAuth, Gmail and Calendar (npm `emulate`), with as many users as tests need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import wire
from .node import package, serving

USERS = 1500
NOBODY = "nobody@example.org"
"""The emulator takes an unknown token for its first user's."""


@dataclass(frozen=True)
class Emulator:
    """One that runs, and who is who in it."""

    url: str

    def ask(self, method: str, path: str, **what: Any) -> Any:
        """Ask it for JSON."""
        return wire.ask(self.url, method, path, **what)

    def who(self, token: str) -> str:
        """Return the address of the user to whom a token was given; empty if to nobody."""
        address = self.ask("GET", "/oauth2/v2/userinfo", token=token)["email"] if token else NOBODY
        return "" if address == NOBODY else address


def email(number: int) -> str:
    """Return the address of a user; there are `USERS` of them, from 1."""
    return f"u{number:03}@example.com"


def token(number: int) -> str:
    """Return the token of a user."""
    return f"tok_{number:03}"


@contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """Run an emulator; its seed is written into the folder."""
    script = package("emulate") / "dist/index.js"
    seed = folder / "seed.json"
    seed.write_text(json.dumps(_seed()))
    with serving(script, "start", "--service", "google", "--seed", str(seed)) as url:
        yield Emulator(url)


def _seed() -> dict[str, Any]:
    numbers = range(1, USERS + 1)
    people = [NOBODY, *map(email, numbers)]
    return {
        "tokens": {token(number): {"login": email(number)} for number in numbers},
        "google": {"users": [{"email": address, "name": address.partition("@")[0]} for address in people]},
    }
