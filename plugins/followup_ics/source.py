"""The files of a calendar: what has changed in them since the last pull, and what they hold."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from followup_ics.memory import Memory, recalled
from followup_ics.window import digest, window
from followup_rules import BadItem, Context, Pull, Unreadable, regular_files
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from pathlib import Path

    from followup_ics import IcsOptions
    from followup_ics.text import Entry
    from followup_rules.regular_files import Files

LARGEST = 20_000_000
"""In bytes; an export of many years is a quarter of it."""
# How often the files are looked for anew, if one is moved away before it is read.
_TRIES = 3
_COPY = Sentence(
    "is the copy that a synchronization made of two versions of a calendar, and is not read; "
    "move what is missing into the calendar itself, then delete the copy"
)


class IcsSource:
    """Meetings from an .ics file, or from all of a folder."""

    def __init__(self, path: Path, options: IcsOptions, context: Context) -> None:
        self._path, self._options, self._context = path, options, context

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return the meetings of the window that were not read before, or nothing at all if no file and no day changed.

        Of a folder, files that cannot be read are named, and what is in the others counts; nothing counts as deleted
        then, for a meeting not seen is not a meeting deleted. Raises Unreadable if none can be read.
        """
        for _ in range(_TRIES):
            with suppress(FileNotFoundError):
                return self._pulled(since, cursor)
        if self._path.exists():
            raise Unreadable(Sentence("{path} changes all the time; wait until its files are written", path=self._path))
        raise Unreadable(
            Sentence("{path} does not exist; export your calendar there, or correct `path`", path=self._path)
        )

    def _pulled(self, since: datetime, cursor: str) -> Pull:
        """Return what is new. Raises Unreadable, and FileNotFoundError if the files are to be looked for anew."""
        before = recalled(cursor)
        of_pull = window(str(self._path), self._options, self._context, since)
        try:
            found = regular_files.find(self._path, ".ics")
            looks = {name: (file.size, file.changed) for name, file in found.files.items()}
            # A copy or a placeholder that comes or goes changes what is told, though no calendar has changed.
            beside = [sorted(names) for names in (found.copies, found.unread, found.no_files)]
            seen = digest([of_pull.setting, of_pull.days, looks, beside])
            if seen == before.seen:
                return Pull(cursor=cursor)
            return self._read(found, since, of_pull.until, before, Memory(seen, of_pull.setting, of_pull.days))
        except FileNotFoundError:
            raise
        except OSError as error:
            where = error.filename or self._path
            raise Unreadable(Sentence("{path} {reason}", path=where, reason=regular_files.reason(error))) from error

    def _read(self, found: Files, since: datetime, until: datetime, before: Memory, now: Memory) -> Pull:
        from followup_ics.calendar import CalendarReader  # noqa: PLC0415 -- an unchanged calendar needs no reader
        from followup_ics.news import news  # noqa: PLC0415 -- likewise

        entries, flaws, unread = self._contents(found)
        if unread:  # so that they are looked at again by the next pull, however they look
            now = replace(now, seen="")
        reader = CalendarReader(self._context.profile, self._context.now, since, until, mine=self._options.mine)
        pull = news(reader, entries, before if before.holds_for(now.setting, now.days) else Memory(), now)
        pull = pull or news(reader, entries, Memory(), now) or Pull()
        return replace(
            pull,
            events=[*pull.events, *flaws, *_left_out(found)],
            complete=pull.complete and not unread,
            unread=tuple(BadItem(name, why) for name, why in sorted(unread.items())),
        )

    def _contents(self, found: Files) -> tuple[list[Entry], list[BadItem], dict[str, str]]:
        """Return the entries of the files that can be read, their flaws, and why the others cannot be read.

        Raises Unreadable if none can, FileNotFoundError if one is not there any more.
        """
        from followup_ics.text import Contents, NoCalendar, contents  # noqa: PLC0415 -- an unchanged calendar needs none

        files, unread = regular_files.read_all(found, LARGEST)
        read: list[Contents] = []
        stopped: dict[str, BadItem | None] = {}
        for name, content in files.items():
            try:
                read.append(contents(name, content))
            except NoCalendar as error:
                unread[name], stopped[name] = error.reason, error.at
        if not read:
            name, why = next(iter({**unread, **found.no_files}.items()), ("", ""))
            what = Sentence("{path} holds no .ics file; is it mounted and synced? Else correct `path`", path=self._path)
            if name:
                what = Sentence(
                    "{path} holds no .ics file that can be read: {name} {why}; is it mounted and synced? "
                    "Else correct `path`",
                    path=self._path,
                    name=name,
                    why=why,
                )
            what = what if self._path.is_dir() else Sentence("{name} {why}", name=name, why=why)
            raise Unreadable(what, at=stopped.get(name))
        return (
            [entry for each in read for entry in each.entries],
            [flaw for each in read for flaw in each.flaws],
            unread,
        )


def _left_out(found: Files) -> list[BadItem]:
    """Return what is told of files that hold no entries, or none of their own; nothing is missing without them."""
    left_out = {
        **dict.fromkeys(found.copies, _COPY),
        **{name: Sentence("{why}; remove it", why=why) for name, why in found.no_files.items()},
    }
    return [BadItem(name, why, name) for name, why in sorted(left_out.items())]
