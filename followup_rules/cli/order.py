"""What `done`, `dismiss` and `snooze` share: a note that orders it, written where `followup note` would write it."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

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


def give(  # noqa: PLR0913 -- what is meant, what is ordered, and how to tell it
    config: Config, word: str, tag: str, now: datetime, *, until: str = "", whole_case: bool = False, as_json: bool
) -> None:
    """Write the note that orders this of the duty that a person means, tell of it, and exit."""
    report, meant = duties.find(word, config, now, whole_case=whole_case, as_json=as_json)
    parts = [
        f"#{tag}",
        *([f"for:{meant.key}"] if meant.key else []),
        *([f"until:{until}"] if until else []),
    ]
    added, problems = note.write(config, meant.file.key, " ".join(parts), now, as_json=as_json)
    if as_json:
        note.print_record(added, problems, _record(meant, tag, until))
    else:
        say(_said(meant, tag, until, report.now))
        note.show(added)
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


def _record(meant: Meant, tag: str, until: str) -> dict[str, str | None]:
    decision = meant.decision
    return {
        "case": meant.file.key,
        "key": meant.key,
        "rule": decision.rule if decision else None,
        "tag": tag,
        "until": until or None,
    }


def _said(meant: Meant, tag: str, until: str, now: datetime) -> Sentence:
    day = datetime.fromisoformat(until) if until else now + _A_WEEK
    case, shown = meant.file.name, f"{weekday(day)} {day:%Y-%m-%d}"
    if meant.decision is None:
        return Sentence("Waits until {until}: all of {case}", until=shown, case=case)
    title, rule = one_line(meant.title), with_part(meant.decision.rule, meant.part)
    if tag == DONE:
        return Sentence("Done: “{title}” ({rule}, {case})", title=title, rule=rule, case=case)
    if tag == DISMISSED:
        return Sentence("Dismissed: “{title}” ({rule}, {case})", title=title, rule=rule, case=case)
    return Sentence("Waits until {until}: “{title}” ({rule}, {case})", until=shown, title=title, rule=rule, case=case)
