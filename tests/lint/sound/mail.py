"""Sound rules that start from mail."""

RULES = {
    "invoice-reminder": """
[rule.remind]
why     = "No payment after 30 days."
on      = { kind = "sent", title = "invoice", first = "thread" }
opens   = "day + 30 days at 09:00, workday"
closes  = "opens + 30 days"
done_by = [{ is = "#paid", about = "it" }]
do      = { type = "draft", reply_to = "it", title = "Re: {{ it.title }}", text = "A small reminder." }
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
}
