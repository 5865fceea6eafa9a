"""Sound rules and guards that count from the clock, or are held or counted by it."""

RULES = {
    "a-quarter-of-an-hour": """
[guard.lunch]
on     = { every = "day at 12:00" }
closes = "start + 10 minutes"
[rule.leave]
on     = { kind = "meeting", title = "dentist" }
opens  = "start - 45 minutes"
closes = "start - 30 minutes"
do     = { type = "notice", title = "Time to leave" }
""",
    "night-guard": """
[guard.night]
why    = "Nobody hears from you at night."
on     = { every = "day at 20:00" }
closes = "start + 12 hours"
[rule.reply]
on      = { kind = "received", title = "quote" }
opens   = "start + 2 hours"
closes  = "start + 5 days"
done_by = [{ kind = "sent", same = "thread" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Thanks." }
""",
    "weekly-review": """
[rule.review]
on     = { every = "friday at 15:00" }
closes = "start + 2 days"
do     = { type = "task", title = "Review the week" }
""",
    "monthly-books": """
[rule.books]
on      = { every = "month on last" }
opens   = "start - 3 days"
closes  = "start + 10 days"
done_by = ["#books"]
do      = { type = "task", title = "Send the receipts to the accountant" }
""",
    "yearly-tax": """
[rule.tax]
on     = { every = "year on 04-30 at 09:00" }
opens  = "start - 30 days"
due    = "start"
closes = "start + 1 day"
do     = { type = "task", title = "File the return" }
""",
    "draft-to-one-address": """
[rule.hours]
on     = { every = "2 weeks from 2026-11-06" }
closes = "start + 3 days"
do     = { type = "draft", to = "payroll@firm.example", title = "Hours", text = "Attached." }
""",
    "guard-everything": """
[guard.holidays]
on     = "#holidays"
opens  = "day"
closes = "it.until"
holds  = "everything"
[rule.water]
on     = { every = "wed/sat at 18:00" }
closes = "start + 1 day"
do     = { type = "task", title = "Water the plants" }
""",
    "lunch-guard": """
[guard.lunch]
on     = { every = "workday at 12:00" }
closes = "start + 1 hour"
[rule.answer]
on      = { kind = "received", title = "urgent" }
opens   = "start"
closes  = "start + 8 hours"
done_by = [{ kind = "sent", same = "thread" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "On it." }
""",
    "night-and-evening-mail": """
[guard.night]
on     = { every = "day at 22:00" }
closes = "start + 9 hours"
[rule.good-night]
on     = { kind = "meeting", title = "concert" }
opens  = "day at 21:00"
closes = "day at 23:30"
do     = { type = "draft", to = "them", title = "Tonight", text = "See you there." }
""",
    "data-rule-done": """
[rule.pay]
on     = { every = "month on 1" }
closes = "start + 20 days"
do     = { type = "task", title = "Pay the rent" }
[rule.file]
on     = { kind = "done", data.rule = "pay" }
opens  = "start"
closes = "start + 10 days"
do     = { type = "task", title = "File the receipt" }
""",
    "workday-before": """
[rule.payroll]
on     = { every = "month on 25" }
opens  = "start - 5 days"
due    = "start, workday before"
closes = "start + 1 day"
do     = { type = "draft", to = "payroll@firm.example", title = "Hours", text = "Attached." }
""",
    "same-day-window": """
[rule.market]
on     = { every = "saturday at 07:00" }
closes = "day at 13:00"
do     = { type = "task", title = "Market" }
""",
    "near-what-never-ends": """
[guard.night]
on     = { every = "day at 20:00" }
opens  = "start"
closes = "start + 12 hours"
[rule.nudge]
on      = { kind = "sent", title = "quote", with = "you@example.org" }
opens   = "day + 5 days"
closes  = "opens + 7 days"
done_by = [{ kind = "received", from = "them", after = "opens - 1 day" }]
do      = { type = "task", title = "Nudge" }
[rule.again]
on      = { kind = "done", of = ["nudge", "again"] }
opens   = "start + 7 days"
closes  = "opens + 7 days"
do      = { type = "task", title = "Nudge again" }
""",
    "near-what-is-never-due": """
[define.kickoff]
kind  = "meeting"
title = "kickoff"
[rule.early]
on     = "kickoff"
opens  = "start - 2 days"
closes = "start"
do     = { type = "task", title = "Prepare", text = "{{ when('minutes') }}" }
[rule.minutes]
on      = "kickoff"
while   = [{ kind = "sent", to = "them", title = "agenda" }, "#agenda"]
done_by = [{ kind = "sent", to = "them" }]
closes  = "end + 9 days"
do      = { type = "task", title = "Minutes", text = "{% if when('early') %}{{ when('early') }}{% endif %}" }
[rule.weekly]
on     = { every = "friday at 15:00" }
opens  = "start + 6 days"
do     = { type = "task", title = "Weekly review" }
""",
}
