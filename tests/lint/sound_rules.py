"""Rules as people write them, with nothing wrong: `followup check` must have nothing to say of any."""

SOUND = {
    "invoice-reminder": """
[rule.remind]
why     = "No payment after 30 days."
on      = { kind = "sent", title = "invoice", first = "thread" }
opens   = "day + 30 days at 09:00, workday"
closes  = "opens + 30 days"
done_by = [{ is = "#paid", about = "it" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "A small reminder." }
""",
    "landlord-on-friday": """
[rule.call-back]
on      = "#landlord"
opens   = "start + 1 day at 10:00, friday"
closes  = "opens + 3 days"
done_by = ["#called-landlord"]
do      = { type = "task", title = "Call the landlord back" }
""",
    "applications-twice": """
[define.application]
kind  = "sent"
title = ["application", "candidature"]
first = "thread"
[rule.nudge]
on      = "application"
opens   = "end + 7 workdays at 09:00"
closes  = "opens + 30 days"
done_by = [{ kind = "received", same = "thread" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Any news?" }
[rule.nudge-again]
on      = "application"
opens   = "nudge.done + 7 days at 09:00, workday"
closes  = "opens + 30 days"
done_by = [{ kind = "received", same = "thread" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Once more." }
[rule.then-call]
on     = { kind = "done", of = "nudge-again" }
opens  = "start + 3 days at 10:00, tue-thu"
closes = "opens + 7 days"
do     = { type = "task", title = "Call about {{ it.title }}" }
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
    "deadline-from-note": """
[rule.offer]
on     = "#got-offer"
opens  = ["it.deadline - 2 days at 09:00", "day + 3 days at 09:00"]
closes = ["it.deadline + 1 day", "day + 10 days"]
do     = { type = "task", title = "Answer the offer", text = "{{ it.salary }}" }
""",
    "person-from-note": """
[rule.ask-reference]
on      = "#reference"
opens   = "start"
closes  = "start + 14 days"
done_by = [{ kind = "sent", to = "it.ref" }]
do      = { type = "draft", to = "it.ref", title = "A reference", text = "May I name you?" }
""",
    "stay-in-touch": """
[rule.stay-in-touch]
on     = { kind = "sent", people = { max = 3 } }
where  = { not = { to = "@newsletter.example" } }
each   = "person"
opens  = "end + 6 weeks"
closes = "opens + 2 weeks"
done_by = [{ kind = "sent", to = "them" }]
do     = { type = "notice", title = "Write to {{ them|names }}" }
""",
    "prepare-meeting": """
[rule.agenda]
on     = { kind = "meeting", title = ["board", "review"], people = { min = 2 } }
opens  = "start - 3 workdays at 09:00"
due    = "start - 1 workday at 17:00"
closes = "start"
do     = { type = "task", title = "Write the agenda of {{ it.title }}" }
""",
    "minutes-after": """
[define.project-meeting]
kind  = "meeting"
title = "project"
with  = "outside"
[rule.minutes]
on      = "project-meeting"
opens   = "end"
due     = "end + 1 workday at 12:00"
late    = "end + 2 workdays"
closes  = "end + 7 days"
done_by = [{ kind = "sent", to = "them", title = ["minutes", "notes"] }]
do      = { type = "draft", to = "them", title = "Minutes of {{ it.title }}", text = "As promised." }
""",
    "guard-and-exception": """
[define.talk]
kind  = "meeting"
title = "sales talk"
[guard.cool-off]
on     = "talk"
closes = "day + 5 days at 09:00"
except = ["thanks"]
[rule.thanks]
on     = "talk"
opens  = "end"
closes = "end + 2 days"
do     = { type = "draft", to = "them", title = "Thanks", text = "It was good to meet." }
[rule.offer]
on     = "talk"
opens  = "day + 2 days"
closes = "day + 14 days"
do     = { type = "draft", to = "them", title = "Our offer", text = "Here it is." }
""",
    "passes": """
[define.talk]
kind  = "meeting"
title = "sales talk"
[guard.cool-off]
on     = "talk"
closes = "day + 5 days at 09:00"
[rule.thanks]
on     = "talk"
opens  = "end"
closes = "end + 2 days"
passes = ["cool-off"]
do     = { type = "draft", to = "them", title = "Thanks", text = "It was good to meet." }
""",
    "task-within-guard": """
[define.talk]
kind  = "meeting"
title = "sales talk"
[guard.cool-off]
on     = "talk"
closes = "day + 5 days at 09:00"
[rule.debrief]
on     = "talk"
opens  = "end"
closes = "end + 2 days"
do     = { type = "task", title = "Write down what they said" }
""",
    "moved-call": """
[define.visit]
any = ["#visit", { kind = "meeting", title = "visit" }]
[define.agreed]
is = "#agreed"
[rule.call]
on       = "visit"
opens    = "day + 10 days at 09:00, workday"
moved_by = "agreed.on"
closes   = "opens + 7 days"
done_by  = ["#phoned"]
do       = { type = "task", title = "Call", contact = true }
[rule.letter]
on        = "visit"
closes    = "day + 4 days"
announces = "call"
do        = { type = "draft", to = "them", title = "Thank you", text = "I call on {{ when('call')|day }}." }
""",
    "announced-by-two-that-differ": """
[define.visit]
kind  = "meeting"
title = "visit"
[rule.call]
on      = "visit"
opens   = "day + 10 days at 09:00"
closes  = "opens + 7 days"
do      = { type = "task", title = "Call" }
[rule.to-one]
on        = "visit"
where     = { people = { max = 1 } }
closes    = "day + 4 days"
announces = "call"
do        = { type = "draft", to = "them", title = "Thank you", text = "..." }
[rule.to-many]
on        = "visit"
where     = { people = { min = 2 } }
closes    = "day + 4 days"
announces = "call"
do        = { type = "draft", to = "them", title = "Thank you all", text = "..." }
""",
    "decline-agencies": """
[rule.decline]
on     = { kind = "received", from = "@agency.example", title = ["opportunity", "role"] }
opens  = "start + 1 workday at 09:00"
closes = "opens + 5 days"
done_by = [{ kind = "sent", same = "thread" }]
do     = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "No, thank you." }
""",
    "out-of-office": """
[rule.away]
on     = { kind = "received", auto = ["reply", "notice"], title = "absence" }
opens  = "day + 14 days at 09:00, workday"
closes = "opens + 14 days"
do     = { type = "task", title = "Write again: {{ it.title }}" }
""",
    "cancelled-meeting": """
[rule.no-show]
on      = { kind = "meeting", status = "missed", tags = ["no-show"] }
opens   = "start"
closes  = "day + 3 days"
done_by = [{ kind = "sent", to = "them" }]
do      = { type = "draft", to = "them", title = "Another day?", text = "..." }
[tag.no-show]
marks = "missed"
""",
    "my-meetings": """
[rule.slides]
on     = { kind = "meeting", status = "mine", people = { min = 3 } }
opens  = "start - 1 day"
closes = "start"
do     = { type = "task", title = "Slides for {{ it.title }}" }
""",
    "series-first": """
[rule.onboarding]
on     = { kind = "meeting", first = "series", title = "one to one" }
opens  = "start - 1 day"
closes = "start"
do     = { type = "task", title = "Questions for {{ them|names }}" }
""",
    "tags-with-two-words": """
[rule.quote]
on           = "#quote"
opens        = "day + 3 workdays at 09:00"
closes       = "opens + 20 days"
done_by      = ["#quoted"]
cancelled_by = ["#quote-lost"]
do           = { type = "task", title = "Ask about the quote" }
""",
    "while-open": """
[rule.visa]
on      = "#visa-asked"
opens   = "day + 2 weeks at 09:00, workday"
while   = [{ kind = "note", tags = ["visa-open"] }]
closes  = "opens + 60 days"
done_by = ["#visa-granted"]
do      = { type = "task", title = "Ask the consulate" }
""",
    "quiet-and-breach": """
[define.talk]
kind  = "meeting"
title = "talk"
[guard.quiet]
on     = "talk"
opens  = "end"
closes = "day + 10 days at 09:00, workday"
[rule.too-soon]
on     = { kind = "sent" }
breaks = { guard = "quiet", after = "day + 1 day" }
do     = { type = "notice", title = "You wrote too soon" }
""",
    "during": """
[define.talk]
kind  = "meeting"
title = "talk"
[guard.quiet]
on     = "talk"
closes = "day + 10 days"
[rule.hold]
on     = "#idea"
during = "quiet"
opens  = "start"
do     = { type = "notice", title = "Keep it for the call" }
""",
    "optional-value": """
[rule.book]
on     = { kind = "meeting", title = "dentist" }
opens  = "start - 1 day at 18:00"
closes = "start"
do     = { type = "notice", title = "Dentist tomorrow{% if it.place %} at {{ it.place }}{% endif %}" }
""",
    "not-without": """
[define.coffee]
kind  = "meeting"
title = ["coffee", "lunch"]
not   = { title = ["team lunch", "lunch break"] }
[rule.coffee]
on     = "coffee"
where  = { with = "outside" }
opens  = "end + 2 hours, 08:00-19:00"
closes = "end + 5 days"
done_by = [{ kind = "sent", to = "them" }]
do     = { type = "draft", to = "them", title = "Coffee", text = "Good to see you." }
""",
    "after-and-before": """
[rule.confirm]
on      = { kind = "meeting", title = "viewing" }
opens   = "start - 2 days at 10:00"
closes  = "start - 2 hours"
done_by = [{ kind = "sent", to = "them", after = "start - 7 days", before = "start" }]
do      = { type = "draft", to = "them", title = "Still on?", text = "Shall we meet as planned?" }
""",
}
