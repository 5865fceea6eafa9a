"""Sound rules that were written after the analysis, and so tell how often it is wrong at first sight."""

MORE_SOUND = {
    "dentist-half-yearly": """
[rule.dentist]
on     = { kind = "meeting", title = ["dentist", "dentiste"] }
per    = "case"
opens  = "day + 6 months at 09:00, workday"
closes = "opens + 30 days"
done_by = ["#booked"]
do     = { type = "task", title = "Book the next check-up" }
""",
    "three-reminders": """
[define.bill]
kind  = "sent"
words = ["invoice", "facture"]
first = "thread"
[rule.first]
on           = "bill"
opens        = "day + 30 days at 09:00"
closes       = "second"
done_by      = [{ is = "#paid", about = "it" }]
do           = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "A reminder." }
[rule.second]
on           = "bill"
opens        = "first + 15 days"
closes       = "opens + 15 days"
done_by      = [{ is = "#paid", about = "it" }]
do           = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "A second one." }
""",
    "client-silence": """
[rule.silent-client]
on           = { kind = ["sent", "received"], with = "@client.example" }
per          = "case"
opens        = "end + 4 weeks at 10:00, tue-thu"
cancelled_by = [{ kind = "meeting", with = "them" }]
do           = { type = "task", title = "Call the client" }
""",
    "school-absence": """
[rule.school]
on      = "#absent"
opens   = "start"
closes  = "day + 1 day at 08:00"
done_by = [{ kind = "sent", to = "office@school.example" }]
do      = { type = "draft", to = "office@school.example", title = "Absence", text = "{{ it.child }} stays at home." }
""",
    "parcel-back": """
[rule.return]
on      = "#parcel"
opens   = "day"
due     = "day + 12 days at 18:00"
late    = "day + 13 days"
closes  = "day + 14 days"
done_by = ["#returned"]
do      = { type = "task", title = "Send {{ it.text }} back" }
""",
    "several-actions": """
[rule.lease]
on      = "#lease"
opens   = "it.ends - 3 months at 09:00, workday before"
closes  = "it.ends"
done_by = ["#lease-ended"]
do      = [
  { id = "mail", type = "draft", to = "landlord@home.example", title = "Notice", text = "I move out on {{ it.ends }}." },
  { id = "paper", type = "task", title = "Print and sign" },
]
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
    "promise-kept": """
[rule.promise]
on           = "#promised"
opens        = "start"
due          = ["it.by", "day + 1 day at 09:00"]
done_by      = [{ kind = "sent", to = "them", about = "it" }, "#kept-it"]
cancelled_by = ["#let-go"]
do           = { type = "draft", to = "them", title = "As promised", text = "{{ it.text }}" }
""",
    "newest-quote-counts": """
[define.quote]
kind  = "sent"
title = "quote"
[rule.quote]
on           = "quote"
per          = "case"
opens        = "day + 10 days at 09:00"
closes       = "opens + 10 days"
done_by      = [{ kind = "received", from = "them" }]
do           = { type = "task", title = "Call about the quote" }
""",
    "mail-again-ends-it": """
[rule.question]
on      = { kind = "sent", title = "question", first = "thread" }
opens   = "start + 3 workdays"
closes  = "opens + 10 days"
done_by = [{ kind = "sent", same = "thread" }, { kind = "received", same = "thread" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Did you see this?" }
""",
    "answers-false": """
[define.cold]
kind     = "sent"
answers  = false
forwards = false
to       = "outside"
first    = "thread"
[rule.cold]
on      = "cold"
opens   = "start + 6 workdays at 10:00, tue-thu"
closes  = "opens + 14 days"
done_by = [{ kind = "received", from = "them" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "Just checking." }
""",
    "forwarded-to-me": """
[rule.passed-on]
on      = { kind = "received", forwards = true, from = "boss@firm.example" }
opens   = "start"
due     = "start + 1 workday at 17:00"
closes  = "start + 10 days"
done_by = [{ kind = "sent", to = "them" }, "#handled"]
do      = { type = "task", title = "See to {{ it.title }}" }
""",
    "bounced": """
[rule.bounced]
on     = { kind = "received", auto = "bounce" }
opens  = "start"
closes = "start + 7 days"
do     = { type = "notice", title = "It did not arrive: {{ it.title }}" }
""",
    "tentative": """
[rule.tentative]
on           = { kind = "meeting", status = ["tentative", "unanswered"] }
opens        = "start - 3 days at 09:00"
closes       = "start"
do           = { type = "notice", title = "Answer: {{ it.title }}" }
""",
    "vanished": """
[rule.gone]
on     = { kind = "meeting", status = "vanished" }
opens  = "start"
closes = ["it.gone + 7 days", "end + 2 days"]
do     = { type = "notice", title = "{{ it.title }} went" }
""",
    "not-tag": """
[define.party]
any = ["#party", { kind = "meeting", title = "party", not = "#not-party" }]
[rule.present]
on     = "party"
opens  = "start - 5 days"
closes = "start"
done_by = ["#present"]
do     = { type = "task", title = "Buy a present" }
""",
    "exact-title-not-other": """
[rule.call]
on     = { kind = "meeting", title = "interview", not = { title = ["exit interview", "user interview"] } }
opens  = "start - 1 day"
closes = "start"
do     = { type = "task", title = "Prepare" }
""",
    "german-words": """
[define.termin]
kind  = "meeting"
title = ["vorstellungsgespräch", "bewerbung*"]
[rule.danke]
on      = "termin"
opens   = "end + 3 hours, 08:00-20:00"
closes  = "day + 3 days"
done_by = [{ kind = "sent", to = "them", words = ["danke", "vielen dank"] }]
do      = { type = "draft", to = "them", title = "Danke", text = "Vielen Dank." }
""",
    "after-definition": """
[define.said-when]
is = "#said-when"
[rule.wait]
on     = { kind = "meeting", title = "viewing" }
opens  = ["said-when.on + 1 day at 09:00", "day + 7 days at 09:00"]
closes = ["said-when.on + 14 days", "day + 30 days"]
done_by = ["#flat", "#no-flat"]
do     = { type = "task", title = "Ask about the flat" }
""",
    "chain-of-done": """
[rule.send-contract]
on      = "#deal"
opens   = "start"
due     = "start + 2 workdays"
closes  = "start + 30 days"
do      = { type = "draft", to = "them", title = "The contract", text = "Attached." }
[rule.signed]
on      = { kind = "done", of = "send-contract" }
opens   = "start + 5 workdays at 09:00"
closes  = "opens + 20 days"
done_by = [{ kind = "received", from = "them", words = "signed" }]
do      = { type = "draft", reply_to = "it", to = "them", title = "The contract", text = "Have you signed?" }
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
    "values-of-notes": """
[rule.loan]
on      = { kind = "note", tags = "lent", data.amount = { min = 20 } }
opens   = "day + 30 days at 09:00"
closes  = "day + 90 days"
done_by = [{ is = "#paid-back", about = "it" }]
do      = { type = "task", title = "Ask for {{ it.amount }} back", text = "{{ it.what|default('money') }}" }
""",
    "close-relatives": """
[rule.bid]
on      = "#tender"
opens   = "it.deadline - 5 days"
closes  = "it.deadline"
done_by = ["#tendered"]
do      = { type = "task", title = "Write the bid" }
[rule.result]
on      = "#tendered"
opens   = "day + 30 days at 09:00"
closes  = "day + 60 days"
done_by = ["#tender-won", "#tender-lost"]
do      = { type = "task", title = "Ask for the result" }
""",
    "two-wait-differently": """
[define.talk]
kind  = "meeting"
title = "talk"
[rule.call]
on     = "talk"
opens  = "day + 8 days at 09:00"
closes = "opens + 5 days"
do     = { type = "task", title = "Call" }
[rule.warm]
on        = "talk"
while     = ["#warm"]
closes    = "day + 4 days"
announces = "call"
do        = { type = "draft", to = "them", title = "Warm", text = "{{ when('call')|day }}" }
[rule.cold]
on        = "talk"
while     = ["#cold"]
closes    = "day + 4 days"
announces = "call"
do        = { type = "draft", to = "them", title = "Cold", text = "{{ when('call')|day }}" }
""",
    "workday-before": """
[rule.payroll]
on     = { every = "month on 25" }
opens  = "start - 5 days"
due    = "start, workday before"
closes = "start + 1 day"
do     = { type = "draft", to = "payroll@firm.example", title = "Hours", text = "Attached." }
""",
    "organizer-service": """
[rule.scheduled]
on     = { kind = "meeting", organizer = ["services", "@calendly.com"] }
opens  = "start - 1 day at 18:00"
closes = "start"
do     = { type = "task", title = "Read about {{ them|names }}" }
""",
    "same-day-window": """
[rule.market]
on     = { every = "saturday at 07:00" }
closes = "day at 13:00"
do     = { type = "task", title = "Market" }
""",
    "late-is-due": """
[rule.rsvp]
on      = { kind = "received", title = ["invitation", "wedding"] }
opens   = "start"
due     = "start + 3 days"
late    = "due"
closes  = "start + 30 days"
done_by = [{ kind = "sent", to = "them" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "I come." }
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
