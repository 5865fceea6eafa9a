"""Where the secret web addresses of a config stand, and who can read them there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from followup_rules.codes import Code
from followup_rules.config.options import addresses_of
from followup_rules.config.read import Config
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.web_address import FILE_END, WebAddress


def addresses_in_config(config: Config) -> Iterator[Problem]:
    """Yield what to tell of addresses that stand in the config itself, which people show and copy."""
    for where, address in _addresses(config):
        if address.file is None:
            file = config.file.absolute().with_name(f"{where.partition('.')[2]}{FILE_END}")
            message = Sentence(
                "whoever knows the address {address} reads all that is there, and it stands in the config",
                address=address,
            )
            write = f"(umask 077; cat > {shlex.quote(str(file))})"
            hint = Sentence(
                'put it into a file: {write}, paste it, press Enter and Ctrl-D; then write path = "{name}"',
                write=write,
                name=file.name,
            )
            yield Problem(where, message, Code.SECRET_IN_CONFIG, hint=hint, warning=True)


def exposed_addresses(config: Config) -> Iterator[Problem]:
    """Yield what to tell of files with addresses that other users of this computer may read."""
    for where, address in _addresses(config):
        if address.file is not None and _is_open(address.file):
            message = Sentence(
                "other users of this computer may read or write {file}, which holds a secret address", file=address.file
            )
            hint = f"chmod 600 {shlex.quote(str(address.file))}"
            yield Problem(where, message, Code.EXPOSED, hint=hint, warning=True)


def _addresses(config: Config) -> Iterator[tuple[str, WebAddress]]:
    for kind, tables in (("sources", config.sources), ("outputs", config.outputs)):
        for table in tables:
            yield from ((f"{kind}.{table.name}", address) for address in addresses_of(table.options))


def _is_open(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & 0o077)
    except OSError:  # that it cannot be read is told where it is used
        return False
