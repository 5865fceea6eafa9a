"""Sound rules that start from notes and their values."""

RULES = {
    "landlord-on-friday": """
[rule.call-back]
on      = "#landlord"
opens   = "start + 1 day at 10:00, friday"
closes  = "opens + 3 days"
done_by = ["#called-landlord"]
do      = { type = "task", title = "Call the landlord back" }
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
    "promise-kept": """
[rule.promise]
on           = "#promised"
opens        = "start"
due          = ["it.by", "day + 1 day at 09:00"]
done_by      = [{ kind = "sent", to = "them", about = "it" }, "#kept-it"]
cancelled_by = ["#let-go"]
do           = { type = "draft", to = "them", title = "As promised", text = "{{ it.text }}" }
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
}
