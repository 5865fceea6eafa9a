"""Sound rules that start from meetings."""

RULES = {
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
    "dentist-half-yearly": """
[rule.dentist]
on     = { kind = "meeting", title = ["dentist", "dentiste"] }
per    = "case"
opens  = "day + 6 months at 09:00, workday"
closes = "opens + 30 days"
done_by = ["#booked"]
do     = { type = "task", title = "Book the next check-up" }
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
    "organizer-service": """
[rule.scheduled]
on     = { kind = "meeting", organizer = ["services", "@calendly.com"] }
opens  = "start - 1 day at 18:00"
closes = "start"
do     = { type = "task", title = "Read about {{ them|names }}" }
""",
}
