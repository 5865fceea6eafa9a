"""Google for a test: `google` is a user of whom nobody knows anything yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from . import emulator, gateway
from . import scripted as scripting
from .account import Account
from .gateway import Gateway
from .node import MissingError


@dataclass
class Server:
    """What stands for Google while tests run, one for each process that runs them."""

    gateway: Gateway
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, emulator.USERS + 1)))

    def account(self) -> Account:
        """Return the account of a user that no test has had."""
        number = next(self._numbers)
        return Account(self.gateway, emulator.email(number), emulator.token(number))


@pytest.fixture(scope="session")
def google_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run the emulator, and the gateway before it."""
    try:
        with emulator.running(tmp_path_factory.mktemp("google")) as emulated, gateway.running(emulated) as running:
            yield Server(running)
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def google(google_server: Server) -> Iterator[Account]:
    """Return a fresh user's account, at a gateway that behaves until it is told otherwise."""
    google_server.gateway.reset()
    yield google_server.account()
    google_server.gateway.heal()
    assert not [request.target for request in google_server.gateway.requests if request.path.endswith("/send")]
    assert not google_server.gateway.errors


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[scripting.Scripted]:
    """Return a scripted Google, whose clock is that of the plugin's pauses."""
    pytest.importorskip("googleapiclient")
    from followup_google import gmail, quota, service  # noqa: PLC0415 -- only where the extra is installed

    with scripting.running() as google:
        monkeypatch.setattr(service, "sleep", google.clock.sleep)
        monkeypatch.setattr(quota, "monotonic", google.clock.monotonic)
        monkeypatch.setattr(gmail, "monotonic", google.clock.monotonic)
        yield google
