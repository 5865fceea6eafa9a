"""A bar for each source whose history is long, while it is read for the first time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from followup_rules.cli.speech import tr
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from followup_rules.tick.run import Watch


@contextmanager
def watching() -> Iterator[Watch]:
    """Lend what shows on a terminal how far it is; cron, and whoever reads a pipe, is told nothing."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    bars = _Bars()
    try:
        yield bars.show
    finally:
        bars.close()


class _Bars:
    """One bar for each source; nothing is shown, and nothing imported, before there is something to wait for."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._bars: dict[str, tuple[TaskID, int]] = {}

    def show(self, source: str, left: int) -> None:
        progress = self._progress or self._begun()
        if source not in self._bars:
            self._bars[source] = (
                progress.add_task(tr(Sentence("reading the history of {source}", source=source)), total=left),
                left,
            )
        bar, total = self._bars[source]
        progress.update(bar, completed=total - left)

    def _begun(self) -> Progress:
        from rich.console import Console  # noqa: PLC0415 -- only where there is something to wait for
        from rich.progress import Progress  # noqa: PLC0415

        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._progress.start()
        return self._progress

    def close(self) -> None:
        if self._progress:
            self._progress.stop()
