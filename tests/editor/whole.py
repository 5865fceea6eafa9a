"""Rules and a config in which every key stands."""

RULES = """
requires = 1

[define.interview]
kind = "meeting"
title = ["interview", "entrevue"]
status = ["confirmed", "mine"]
people = { min = 1, max = 8 }
organizer = "services"
first = "with"
not = { title = "podcast" }

[define.answer]
kind = ["received", "note"]
is = "mail"
tags = "answered"
words = { add = ["thank*"], remove = "merci" }
text = "hello"
to = "outside"
from = "them"
with = ["@nordik.example", "it.who"]
answers = false
forwards = true
auto = [false, "notice"]
same = "thread"
about = "it"
after = "start - 7 days"
before = ["it.until", "end"]
data = { bonus = "pin", size = { min = 2 } }
check = "short"
of = ["whole"]
any = ["#paid", { about = "#lent" }]
all = [{ kind = "note" }]
unset = ["title"]

[define]
mail = "#mail"

[rule.whole]
why          = "Because."
on           = { kind = "meeting", title = "interview" }
where        = { with = "them" }
each         = "person"
per          = "day"
opens        = "end + 1 hour"
moved_by     = ["it.until", "announced.on"]
not_before   = "it.from"
due          = "opens"
late         = "due + 2 days, workday"
closes       = { add = ["opens + 9 days"] }
done_by      = ["answer", "#done"]
cancelled_by = { add = [{ kind = "note" }], remove = ["closed"] }
while        = "interview"
during       = "quiet"
breaks       = { guard = "quiet", after = "day + 1 day" }
announces    = ["weekly"]
carries      = { is = "#topic", after = "start - 7 days" }
passes       = "quiet"
language     = "fr"
do           = { type = "draft", template = "hello", title = "Hello", text = "", to = ["them", "a@b.example", "it.who"], reply_to = "it", output = "drafts", language = "en", contact = true, id = "mail" }
enabled      = true
unset        = ["closes"]

[rule.weekly]
on = { every = "friday at 15:00" }
do = [{ type = "task", title = "Look back" }, { type = "notice", title = "Friday" }]

[guard.quiet]
why      = "Quiet."
on       = "interview"
where    = { people = { min = 1 } }
per      = "day"
opens    = "end"
closes   = ["whole", "day + 10 days"]
ended_by = ["#closed"]
holds    = "contact"
except   = ["weekly"]
enabled  = true
unset    = "why"

[tag]
interview = { also = ["rendezvous"], marks = true }
missed = { marks = "missed" }

[[example]]
name = "all of it"
config = "[rule.weekly]\\nenabled = false"
profile = { language = "en" }
events = [
  { kind = "meeting", id = "m1", at = 2026-11-09T10:00:00, until = 2026-11-09T11:00:00, title = "Interview", people = ["julie@nordik.example"], from = "julie@nordik.example", status = "unanswered", case = "nordik" },
  { kind = "sent", at = 2026-11-09T18:30:00-05:00, to = "julie@nordik.example", title = "Thanks", text = "x", thread = "t", answers = true },
  { kind = "received", at = 2026-11-09, from = ["julie@nordik.example"], answers = "m1", auto = "bounce", forwards = false, data = { size = 3 } },
  { kind = "note", case = "Julie <julie@nordik.example>", text = "2026-11-10 #promise x", seen = 2026-11-10, gone = 2026-11-11 },
]
then = [
  { at = 2026-11-09T12:00:00, states = { whole = "due" }, makes = ["whole"], takes_back = [], text = { whole = ["Hello"] }, due = { whole = 2026-11-09 }, why = { whole = "because" } },
  { at = 2026-11-09T19:00:00, user = { sends = "whole" }, states = { whole = "none" } },
]
"""

CONFIG = f"""
packs = ["interview"]
rules = "mine.toml"
{RULES.lstrip()}
[profile]
me           = ["me@example.org"]
my_domains   = ["lumen.example"]
agencies     = []
name         = "Camille"
timezone     = "America/Toronto"
holidays     = "CA-QC"
language     = "fr"
lookback     = "30 days"
blind_notice = "2 days"
free_mail    = []
services     = []

[sources.calendar]
plugin = "ics"
path   = "calendar.ics"
mine   = false
silence = "9 days"

[sources.sent]
plugin = "mailbox"
path   = "sent"
kinds  = ["sent"]
time_limit = "2 minutes"

[outputs.drafts]
plugin = "eml"
path   = "drafts"

[store]
path = "followup.db"

[case.client-a]
people   = ["nadia@agencex.example"]
domains  = ["client-a.example"]
words    = ["client A"]
language = "en"

[vars]
phone = "514 555-0123"

[plugins]
disabled = ["google"]
"""
