"""Where a login is kept between runs: a file that only the user can read, or the system's keyring."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, ValidationError, convert

from followup_rules import Unreadable, durable, regular_files
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from followup_google import GoogleOptions
    from followup_rules import Profile

LOG_IN = Sentence("run `followup auth google`")
_LARGEST = 1_000_000
"""In bytes, of a login."""
_SERVICE = "followup-rules google"


class Token(Struct, frozen=True, kw_only=True):
    """A login, by the field names that Google's own libraries use for one."""

    token: str = ""
    """Good for an hour; empty or old, it is renewed."""
    refresh_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    token_uri: str = ""
    scopes: tuple[str, ...] = ()
    """What the user has granted."""
    expiry: str = ""
    """When `token` ends, in UTC (ISO 8601)."""
    account: str = ""
    """Whose login it is; nothing if that is not known."""


class Keeper(Struct, frozen=True):
    """Knows where the login of an account is kept."""

    account: str
    path: Path
    keyring: bool = False

    @classmethod
    def of(cls, options: GoogleOptions, profile: Profile) -> Keeper:
        """Return the keeper for a table of the config. Raises Unreadable if it names no account."""
        account = (options.account or profile.address).lower()
        if not account:
            raise Unreadable(Sentence('which account? Write it as account = "...", or as the first of `profile.me`'))
        # An address may hold signs that a file's name must not, such as a slash (RFC 5322, section 3.2.3).
        safe = "".join(sign if sign.isalnum() or sign in "@.-_" else "-" for sign in account).strip(".")
        return cls(account, options.token or folder() / f"{safe or 'account'}.json", options.keyring)

    def load(self) -> Token:
        """Return the login. Raises Unreadable if there is none, with what to do."""
        kept = self._kept()
        if not kept:
            raise Unreadable(
                Sentence("nobody has logged in to {account} here yet; {log_in}", account=self.account, log_in=LOG_IN)
            )
        try:
            found = json.loads(kept)
            token = convert({name: found[name] for name in Token.__struct_fields__ if found.get(name)}, Token)
        except (ValueError, AttributeError, ValidationError) as error:
            raise Unreadable(
                Sentence(
                    "what is kept of the login to {account} is damaged; {log_in}", account=self.account, log_in=LOG_IN
                )
            ) from error
        if token.account not in ("", self.account):
            raise Unreadable(
                Sentence(
                    "{place} holds the login to {account}, not to {wanted}; {log_in}",
                    place=self.place,
                    account=token.account,
                    wanted=self.account,
                    log_in=LOG_IN,
                )
            )
        return token

    def save(self, token: Token) -> None:
        """Keep the login; one that was there before is replaced whole, or not at all. Raises Unreadable."""
        content = json.dumps({name: getattr(token, name) for name in Token.__struct_fields__}, indent=1)
        if self.keyring:
            with _keyring() as keyring:
                keyring.set_password(_SERVICE, self.account, content)
            return
        try:
            durable.make_folder(self.path.parent, 0o700)
            durable.write(self.path, content.encode())
        except OSError as error:
            raise Unreadable(
                Sentence("the login cannot be kept in {path}: {error}", path=self.path, error=error)
            ) from error

    def _kept(self) -> str:
        if self.keyring:
            with _keyring() as keyring:
                return keyring.get_password(_SERVICE, self.account) or ""
        try:
            content, mode = regular_files.read(self.path, _LARGEST).decode(), self.path.stat().st_mode
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(
                Sentence(
                    "the login in {path} cannot be read: {error}; {log_in}", path=self.path, error=error, log_in=LOG_IN
                )
            ) from error
        # On Windows the bits of a mode say nothing of who may read: lists of access do, which `stat` does not show.
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise Unreadable(
                Sentence("other users of this computer may read the login in {path}; chmod 600 {path}", path=self.path)
            )
        return content

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return Sentence("the keyring") if self.keyring else str(self.path)


def folder() -> Path:
    """Return where logins and the client's file are kept when nobody says otherwise."""
    import platformdirs  # noqa: PLC0415 -- not where the config names the files

    return platformdirs.user_data_path("followup-rules") / "google"


@contextmanager
def _keyring() -> Iterator[Any]:
    """Lend the keyring. Raises Unreadable for whatever it raises, without its words: they might hold the login."""
    try:
        import keyring  # noqa: PLC0415 -- only for those who want it
    except ImportError as error:
        raise Unreadable(
            Sentence("the keyring needs a package: pip install keyring; or leave out keyring = true")
        ) from error
    try:
        yield keyring
    except Exception as error:
        name = type(error).__name__
        raise Unreadable(
            Sentence("the system's keyring fails ({name}); unlock it, or leave out keyring = true", name=name)
        ) from error
