"""The clock of the whole process, set to an instant: it stands still there, or runs on (freezegun).

The pure rooms never look at a clock, so they keep the datetime of the standard library, by which msgspec knows the
fields of records; what reads the clock, and all plugins, work with freezegun's own subclass of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from unittest.mock import patch

import freezegun
from freezegun import api
from freezegun.api import FrozenDateTimeFactory, TickingDateTimeFactory

import followup_rules
from followup_rules.host import time_limit

CLOCKLESS = ("followup_rules.model", "followup_rules.plain", "followup_rules.engine.", "followup_rules.language.",
             *(f"followup_rules.store.{name}" for name in ("instants", "state", "events", "ledger", "decisions")))  # fmt: skip


_without_fold = api.datetime_to_fakedatetime


def _whole(given: datetime) -> datetime:
    """Make freezegun keep `fold` (PEP 495), without which the hour that comes twice comes once."""
    return _without_fold(given).replace(fold=given.fold)


@contextmanager
def clock(instant: str, *, runs: bool = False) -> Iterator[FrozenDateTimeFactory | TickingDateTimeFactory]:
    """Set the clock, in UTC: it stands, or `runs` on; what this lends can `move_to` an instant, or `tick` if it stands."""
    # What is imported only now would keep the clock's types for good.
    for module in pkgutil.walk_packages(followup_rules.__path__, "followup_rules."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    ignored = [*freezegun.config.DEFAULT_IGNORE_LIST, *CLOCKLESS]
    with (
        patch.object(api, "datetime_to_fakedatetime", _whole),
        # How long a plugin may take goes by real time, or it would take too long as soon as the clock is moved.
        patch.object(time_limit, "time", SimpleNamespace(monotonic=api.real_monotonic)),
        freezegun.freeze_time(instant, tick=runs, ignore=ignored) as set_clock,
    ):
        yield set_clock
