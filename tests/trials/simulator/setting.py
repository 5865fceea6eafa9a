"""The config of the simulated user: real text, really read, with the simulated sources and outputs put in place."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from followup_rules.config.configured import ConfiguredOutput, ConfiguredSource
from followup_rules.config.read import Config, read_config

from .memory import Desk, NoOptions, View, output_type, source_type
from .world import ANEW, Knobs

RULES = """
[rule.nudge]
why          = "You would like news."
on           = "interview"
per          = "day"
opens        = "day + 3 days at 10:00"
closes       = "day + 40 days"
cancelled_by = ["closed"]
announces    = ["thank-you", "follow-up-call"]
carries      = ["#issue", { kind = "received" }]
do           = { type = "draft", title = "News?", text = "The call: {{ when('follow-up-call')|day }}", to = "them" }

[rule.after-call]
why    = "A week after the call, look back."
on     = { kind = "done", data.rule = "follow-up-call" }
opens  = "start + 7 days at 09:00, workday"
closes = "opens + 14 days"
do     = { type = "task", title = "Look back on {{ case }}", contact = true }

[rule.nudge-again]
why          = "A week after the nudge was really sent."
on           = "interview"
per          = "day"
opens        = "nudge.done + 7 days at 10:00, workday"
closes       = "opens + 10 days"
cancelled_by = ["closed"]
done_by      = [{ kind = "done", of = "after-nudge" }]
do           = { type = "draft", title = "Still no news?", text = "{{ due|day }}", to = "them" }

[rule.after-nudge]
why    = "What was said of what was sent."
on     = { kind = "done", of = ["nudge", "nudge-again"] }
opens  = ["nudge-again.done + 1 day at 12:00", "nudge.done + 2 days at 12:00"]
closes = "opens + 5 days"
do     = { type = "task", title = "Ask around about {{ case }}" }

[rule.meet-again]
why     = "A word to each whom you met, once in a while."
on      = { kind = ["meeting", "sent"], with = "outside", people = { max = 4 } }
where   = { not = { title = "parking" } }
each    = "person"
per     = "PER"
opens   = "end + 16 days at 09:00"
closes  = "opens + 20 days"
done_by = [{ kind = "received", from = "them" }, { kind = "done", of = "nudge-again" }]
do      = { type = "task", title = "Say hello to {{ them|names }}" }

[rule.each-thanked]
why    = "Whom did you thank?"
on     = "interview"
each   = "person"
opens  = ["meet-again.done", "end + 2 days"]
closes = "opens + 4 days"
done_by = [{ kind = "sent", to = "them" }]
do     = { type = "task", title = "Think of {{ them|names }}" }

[rule.look-back]
why     = "Once a fortnight."
on      = { every = "2 weeks from 2026-01-09 at 15:00" }
opens   = "start - 1 day, ROLL"
done_by = [{ is = "#fit", before = "opens + 9 days" }]
do      = { type = "task", title = "Look back on {{ start|day }}" }

[rule.weekly]
why    = "Tell them each week."
on     = { every = "mon/thu at 01:30" }
closes = ["look-back + 1 day", "start + 4 days"]
do     = { type = "draft", to = "julie.roy@nordik.ca", title = "The week", text = "{{ due|day }}" }

[rule.no-answer]
why     = "They have not answered in a fortnight."
on      = { kind = "sent", first = "thread" }
opens   = "start + 14 days"
closes  = "opens + 30 days"
done_by = [{ kind = "received", same = "thread" }]
do      = { type = "notice", title = "No answer from {{ case }}" }

[rule.problem]
why    = "You know a problem of theirs, and you said it fits."
on     = "#issue"
opens  = "start + 2 days"
closes = "opens + 20 days"
while  = ["#fit"]
done_by = [{ is = "#kept", about = "it" }]
do     = [
  { id = "think", type = "task", title = "Think about {{ it.title }}" },
  { id = "ask", type = "draft", title = "About {{ it.title }}", text = "How is it going?" },
  { id = "tell", type = "notice", title = "{{ case }} has a problem" },
]

[rule.asked]
why    = "You asked about their problem."
on     = { kind = "done", data.rule = "problem" }
opens  = "start + 3 days"
closes = "opens + 9 days"
do     = { type = "task", title = "Ask again" }

[rule.tell-reference]
why      = "Who speaks for you ought to know for what."
on       = "#fit"
opens    = "start + 1 day, ROLL"
late     = "start"
closes   = "opens + 12 days"
done_by  = [{ kind = "sent", to = "it.ref" }]
passes   = "quiet-period"
language = "fr"
do       = { type = "draft", to = "it.ref", title = "Sur {{ case }}", text = "{{ due|day }} {{ vars.signature }}" }

[rule.wind-down]
why    = "Before the week-end, look back; where that Friday is a holiday it comes to rest nowhere."
on     = "interview"
per    = "day"
opens  = "day + 5 days at 09:00, fri/sat, workday before"
due    = "opens, ROLL"
closes = "due + 3 days"
do     = { type = "notice", title = "Look back on {{ case }}" }
"""
CHANGES = """
[define.second-thought]
tags = { add = ["musing"] }
[rule.fit]
unset    = ["do.template"]
do       = { title = "Fit?", text = "{{ case }}, {{ due|day }}" }
done_by  = { add = ["#thanked"] }
[rule.prepare]
do.title = "Prepare: {{ start|day }}"
[guard.lunch]
why    = "Nobody writes to anybody at noon."
on     = { every = "workday at 12:00" }
closes = "start + 2 hours"
[vars]
signature = "Camille"
"""
TABLES = """
[sources.calendar]
plugin = "ics"
path = "calendar.ics"
[sources.notes]
plugin = "notes"
path = "notes.md"
[sources.sent]
plugin = "mailbox"
path = "mail"
kinds = ["sent", "received"]
[outputs.drafts]
plugin = "eml"
path = "drafts"
[outputs.tasks]
plugin = "todotxt"
path = "todo.txt"
[store]
path = "followup.db"
"""
LABELS = """
[case.client-a]
people = ["tom@clienta.com"]
words = ["client A"]
[case.client-b]
people = ["eve@clientb.com"]
words = ["client B"]
language = "fr"
"""


APART = "own.toml"
"""The file in which the user's rules stand, if not in the config itself."""


def files(knobs: Knobs) -> dict[str, str]:
    """Return the config as the user writes it, by the names of its files."""
    rules = _rules(knobs)
    if knobs.apart:
        return {"config.toml": f'rules = ["{APART}"]\n{_text(knobs, "")}', APART: rules}
    return {"config.toml": _text(knobs, rules)}


def _rules(knobs: Knobs) -> str:
    rules = RULES.replace("ROLL", knobs.roll).replace("PER", knobs.per)
    for name in sorted(knobs.renamed):
        rules = re.sub(rf"(?<![\w-]){name}(?![\w-])", f"{name}{ANEW}", rules)
    return rules


def _text(knobs: Knobs, rules: str) -> str:
    return f"""packs = ["interview"]
[profile]
me = ["camille@exemple.ca"]
my_domains = ["monemploi.ca"]
agencies = ["agencex.ca"]
name = "Camille"
timezone = "{knobs.zone}"
holidays = "{knobs.holidays}"
language = "en"
lookback = "{knobs.lookback} days"
{TABLES}{LABELS if knobs.labels else ""}{rules}{CHANGES}
[rule.follow-up-call]
enabled = {str(knobs.call_on).lower()}
opens = "day + {knobs.call_days} days at 09:00, workday"
[rule.thank-you]
closes = "day + {knobs.thank_days} days"
[rule.debrief]
enabled = {str(knobs.debrief_on).lower()}
"""


@cache
def _read(written: tuple[tuple[str, str], ...]) -> Config:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in written:
            (Path(folder) / name).write_text(text)
        config = read_config(Path(folder) / "config.toml")
        assert not config.problems, config.problems
    return config


def config(knobs: Knobs, view: View, desks: dict[str, Desk]) -> Config:
    """Return the config with what is simulated in place of files."""
    read = _read(tuple(files(knobs).items()))
    tables = {kind: getattr(knobs, kind) for kind in ("calendar", "notes", "sent", *desks)}
    sources = [
        ConfiguredSource(name=table.name, place=table.place, type=source_type(kind, view), options=NoOptions())
        for kind, table in tables.items()
        if kind not in desks
    ]
    if view.shuffle:
        view.shuffle.shuffle(sources)
    outputs = [
        ConfiguredOutput(
            name=tables[kind].name, place=tables[kind].place, type=output_type(kind, desk), options=NoOptions()
        )
        for kind, desk in desks.items()
    ]
    found = replace(read, sources=tuple(sources), outputs=tuple(outputs))
    found.__dict__["rulebook"] = read.rulebook
    return found
