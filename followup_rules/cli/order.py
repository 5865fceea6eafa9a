"""What `done`, `dismiss` and `snooze` share: a note that orders it, written where `followup note` would write it."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from msgspec import Struct

from followup_rules.cli import duties, note, shared
from followup_rules.cli.duties import Meant
from followup_rules.cli.page import weekday
from followup_rules.cli.speech import say
from followup_rules.config.read import Config
from followup_rules.engine.parts import with_part
from followup_rules.language.tags import DISMISSED, DONE
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence

# As the guard `snoozed` has it for a note without a day.
_A_WEEK = timedelta(days=7)


class Order(Struct, frozen=True):
    """What is to become of a duty."""

    tag: str
    until: str = ""
    """A date or an instant, as a note has it."""
    whole_case: bool = False
    """A case alone means all of it, and not the one duty that is open in it."""


def give(config: Config, word: str, order: Order, now: datetime, *, as_json: bool) -> None:
    """Write the note that orders this of the duty that a person means, tell of it, and exit."""
    report, meant = duties.find(word, config, now, whole_case=order.whole_case, as_json=as_json)
    parts = [
        f"#{order.tag}",
        *([f"for:{meant.key}"] if meant.key else []),
        *([f"until:{order.until}"] if order.until else []),
    ]
    added, problems = note.write(config, meant.file.key, " ".join(parts), now, as_json=as_json)
    if as_json:
        note.print_record(added, problems, _record(meant, order))
    else:
        say(_said(meant, order, report.now))
        note.show(added)
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


def _record(meant: Meant, order: Order) -> dict[str, str | None]:
    decision = meant.decision
    return {
        "case": meant.file.key,
        "key": meant.key,
        "rule": decision.rule if decision else None,
        "tag": order.tag,
        "until": order.until or None,
    }


def _said(meant: Meant, order: Order, now: datetime) -> Sentence:
    day = datetime.fromisoformat(order.until) if order.until else now + _A_WEEK
    case, shown = meant.file.name, f"{weekday(day)} {day:%Y-%m-%d}"
    if meant.decision is None:
        return Sentence("Waits until {until}: all of {case}", until=shown, case=case)
    title, rule = one_line(meant.title), with_part(meant.decision.rule, meant.part)
    if order.tag == DONE:
        return Sentence("Done: “{title}” ({rule}, {case})", title=title, rule=rule, case=case)
    if order.tag == DISMISSED:
        return Sentence("Dismissed: “{title}” ({rule}, {case})", title=title, rule=rule, case=case)
    return Sentence("Waits until {until}: “{title}” ({rule}, {case})", until=shown, title=title, rule=rule, case=case)
