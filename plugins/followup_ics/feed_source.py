"""A calendar on the web: what is new in it since the last pull."""

from __future__ import annotations

import hashlib
from datetime import datetime

from msgspec.structs import replace

from followup_ics import IcsOptions
from followup_ics.memory import Memory, recalled
from followup_ics.memory import cursor as written
from followup_ics.source import LARGEST
from followup_ics.window import digest, window
from followup_rules import Context, Pull
from followup_rules.web_address import WebAddress


class FeedSource:
    """Meetings from a calendar at a web address."""

    def __init__(self, address: WebAddress, options: IcsOptions, context: Context) -> None:
        self._address, self._options, self._context = address, options, context

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return the meetings of the window that were not read before, or nothing at all if nothing has changed.

        Raises Unreadable if the whole calendar cannot be had.
        """
        from followup_ics.feed import Stamps, fetched  # noqa: PLC0415 -- many libraries, only for what is on the web

        context = self._context
        of_pull = window(self._address.url, self._options, context, since)
        before = recalled(cursor)
        same = before.seen and (of_pull.setting, of_pull.days) == (before.setting, before.days)
        # On another day what recurs is laid out further, and with other settings all is read: from the whole calendar.
        known = Stamps(before.etag, before.modified) if same else Stamps()
        answer = fetched(self._address, known, LARGEST, context.now)
        if answer is None:
            return Pull(cursor=cursor)
        # Many services tell by no stamp whether anything has changed.
        seen = digest([of_pull.setting, of_pull.days, hashlib.sha256(answer.raw).hexdigest()])
        etag, modified = answer.stamps.etag, answer.stamps.modified
        # The stamps are kept all the same: with them the next answer may be short.
        if seen == before.seen:
            return Pull(cursor=written(replace(before, etag=etag, modified=modified)))
        now = Memory(seen, of_pull.setting, of_pull.days, etag=etag, modified=modified)
        return self._read(answer.raw, since, of_pull.until, before, now)

    def _read(self, raw: bytes, since: datetime, until: datetime, before: Memory, now: Memory) -> Pull:
        from followup_ics.calendar import CalendarReader  # noqa: PLC0415 -- an unchanged calendar needs no reader
        from followup_ics.news import news  # noqa: PLC0415 -- likewise
        from followup_ics.text import contents  # noqa: PLC0415 -- likewise

        reader = CalendarReader(self._context.profile, self._context.now, since, until, mine=self._options.mine)
        found = contents(self._address.host, raw)
        pull = news(reader, found.entries, before if before.holds_for(now.setting, now.days) else Memory(), now)
        pull = pull or news(reader, found.entries, Memory(), now) or Pull()
        return replace(pull, events=[*pull.events, *found.flaws])
