"""Wrong rules that were written after the analysis: what they tell of it is its first try."""

N = 'do = { type = "notice", title = "x" }\n'
T = 'do = { type = "task", title = "x" }\n'
D = 'do = { type = "draft", to = "them", title = "Hi", text = "Hi." }\n'
TALK = '[define.talk]\nkind = "meeting"\ntitle = "talk"\n'

MORE_WRONG = {
    "declined": ("F120", "status", f'[rule.r]\non = {{ kind = "meeting", status = "declined" }}\n{N}', '"declined"', '"tentative"'),
    "note-organizer": ("F120", "organizer", f'[rule.r]\non = {{ kind = "note", organizer = "@firm.example" }}\n{N}', '"note"', '"meeting"'),
    "meeting-auto": ("F120", "auto", f'[rule.r]\non = {{ kind = "meeting", auto = "bounce" }}\n{N}', '"meeting"', '"received"'),
    "meeting-forwards": ("F120", "forwards", f'[rule.r]\non = {{ kind = "meeting", forwards = true }}\n{N}', ", forwards = true", ""),
    "done-with-status": ("F120", "status", f'[rule.a]\non = "#aa"\n{T}[rule.r]\non = {{ kind = "done", status = "mine" }}\n{N}', ', status = "mine"', ""),
    "of-sent": ("F120", "of", f'[rule.a]\non = "#aa"\n{T}[rule.r]\non = {{ kind = "sent", of = "a" }}\n{N}', '"sent"', '"done"'),
    "definition-and-kind": ("F120", "kind", f'{TALK}[rule.r]\non = {{ is = "talk", kind = "sent" }}\n{N}', ', kind = "sent"', ""),
    "definition-inside": ("F120", "first", '[define.d]\nkind = "meeting"\nfirst = "thread"\n[rule.r]\non = "d"\n' + N, 'first = "thread"', 'first = "series"'),
    "two-definitions": ("F120", "is", f'{TALK}[define.bill]\nkind = "sent"\ntitle = "bill"\n[rule.r]\non = {{ all = ["talk", {{ is = "bill" }}] }}\n{N}', "all =", "any ="),
    "not-is-itself": ("F120", "not", f'{TALK}[rule.r]\non = {{ is = "talk", not = "talk" }}\n{N}', ', not = "talk"', ""),
    "not-kind": ("F120", "not", f'[rule.r]\non = {{ kind = "sent", title = "x-ray", not = {{ kind = "sent" }} }}\n{N}', ', not = { kind = "sent" }', ""),
    "not-wildcard": ("F120", "not", f'[rule.r]\non = {{ kind = "meeting", title = ["thanksgiving"], not = {{ title = "thank*" }} }}\n{N}', ', not = { title = "thank*" }', ""),
    "tag-of-mail-in-done": ("F120", "tags", f'{TALK}[rule.r]\non = "talk"\ndone_by = [{{ kind = "sent", tags = ["thanked"] }}]\n{T}', 'kind = "sent", ', ""),
    "done-and-cancelled": ("F120", "done_by", f'{TALK}[rule.r]\non = "talk"\ndone_by = ["#over"]\ncancelled_by = ["#over"]\n{T}', 'cancelled_by = ["#over"]\n', ""),
    "where-people": ("F120", "where", f'[rule.r]\non = {{ kind = "meeting", people = {{ min = 3 }} }}\nwhere = {{ people = {{ max = 1 }} }}\n{N}', "where = { people = { max = 1 } }\n", ""),
    "two-statuses": ("F120", "status", f'[define.off]\nkind = "meeting"\nstatus = "cancelled"\n[rule.r]\non = {{ is = "off", status = "confirmed" }}\n{N}', ', status = "confirmed"', ""),
    "data-twice": ("F120", "data", f'[define.big]\nkind = "note"\ndata.size = "big"\n[rule.r]\non = {{ is = "big", data.size = "small" }}\n{N}', ', data.size = "small"', ""),
    "closes-at-the-start": ("F121", "closes", f'[rule.r]\non = {{ kind = "received", title = "quote" }}\nopens = "start + 2 days"\ncloses = "end + 1 day"\n{T}', '"end + 1 day"', '"opens + 7 days"'),
    "hours-for-days": ("F121", "closes", f'{TALK}[rule.r]\non = "talk"\nopens = "end + 2 days"\ncloses = "end + 7 hours"\n{T}', '"end + 7 hours"', '"opens + 7 days"'),
    "default-opening": ("F121", "closes", f'[rule.r]\non = {{ kind = "sent", title = "bill" }}\ncloses = "start - 1 day"\n{T}', '"start - 1 day"', '"opens + 7 days"'),
    "clock-inverted": ("F121", "closes", f'[rule.r]\non = {{ every = "friday at 15:00" }}\ncloses = "day at 12:00"\n{T}', '"day at 12:00"', '"opens + 7 days"'),
    "other-rule": ("F121", "closes", f'{TALK}[rule.a]\non = "talk"\nopens = "end + 9 days"\ncloses = "end + 20 days"\n{T}[rule.r]\non = "talk"\nopens = "a + 2 days"\ncloses = "end + 5 days"\n{T}', 'closes = "end + 5 days"', 'closes = "opens + 7 days"'),
    "list-of-two": ("F121", "closes", f'[rule.r]\non = "#bid"\nopens = ["it.due - 1 day", "day + 5 days"]\ncloses = ["it.due", "day + 2 days"]\n{T}', '"day + 2 days"', '"day + 12 days"'),
    "roll-past-the-end": ("F121", "closes", f'[rule.r]\non = {{ every = "saturday at 10:00" }}\nopens = "start, workday"\ncloses = "start + 1 day"\n{T}', '"start + 1 day"', '"opens + 7 days"'),
    "late-after-closing": ("F121", "late", f'{TALK}[rule.r]\non = "talk"\nlate = "end + 9 days"\ncloses = "end + 3 days"\n{T}', '"end + 9 days"', '"end + 2 days"'),
    "empty-guard": ("F121", "closes", f'{TALK}[guard.g]\non = "talk"\ncloses = "end"\n', 'closes = "end"', 'closes = "end + 7 days"'),
    "held-by-the-pack": ("F122", "closes", f'[rule.r]\non = "interview"\nopens = "end + 1 day"\ncloses = "day + 5 days"\n{D}', 'closes = "day + 5 days"', 'closes = "day + 5 days"\npasses = ["quiet-period"]'),
    "held-task-by-everything": ("F122", "closes", f'{TALK}[guard.g]\non = "talk"\ncloses = "day + 9 days"\nholds = "everything"\n[rule.r]\non = "talk"\ncloses = "day + 4 days"\n{T}', 'closes = "day + 4 days"', 'closes = "day + 4 days"\npasses = ["g"]'),
    "endless-one-of-two": ("F123", "do", f'{TALK}[rule.r]\non = "talk"\ndo = [{{ id = "a", type = "task", title = "x" }}, {{ id = "b", type = "draft", title = "x", text = "y" }}]\n', 'on = "talk"', 'on = "talk"\ncloses = "opens + 30 days"'),
    "close-of-mail": ("F124", "closes", f'[rule.r]\non = {{ kind = "received", title = "offer" }}\ncloses = "it.deadline"\n{T}', '"it.deadline"', '"end + 7 days"'),
    "to-of-a-meeting": ("F124", "it.ref", f'{TALK}[rule.r]\non = "talk"\ncloses = "end + 5 days"\ndo = {{ type = "draft", to = "it.ref", title = "x", text = "y" }}\n', '"it.ref"', '"a@b.example"'),
    "name-field-of-mail": ("F124", "moved_by", f'{TALK}[define.fixed]\nkind = "received"\ntitle = "date"\n[rule.r]\non = "talk"\nmoved_by = "fixed.on"\ncloses = "opens + 5 days"\n{T}', '"fixed.on"', '"fixed.end"'),
    "done-of-a-notice": ("F124", "opens", f'{TALK}[rule.a]\non = "talk"\n{N}[rule.r]\non = "talk"\nopens = "a.done + 1 day"\n{T}', 'title = "x" }\n[rule.r]', 'title = "x" }\ndone_by = ["#seen"]\n[rule.r]'),
    "of-a-notice": ("F124", "of", f'{TALK}[rule.a]\non = "talk"\n{N}[rule.r]\non = {{ kind = "done", of = "a" }}\n{T}', 'type = "notice"', 'type = "task"'),
    "plural-person": ("F124", "organiser", f'{TALK}[rule.r]\non = "talk"\ndo = {{ type = "notice", title = "{{{{ it.organiser }}}}" }}\n', "organiser", "organizer"),
    "tag-of-the-pack": ("F125", "thankd", f'[rule.r]\non = "interview"\ndone_by = ["#thankd"]\n{T}', "thankd", "thanked"),
    "tag-swapped": ("F125", "offre", f'[rule.r]\non = "interview"\ncancelled_by = ["#rejetced"]\n{T}', "rejetced", "rejected"),
    "two-announce": ("F128", "announces", f'{TALK}[rule.call]\non = "talk"\nopens = "day + 10 days"\n{T}[rule.a]\non = "talk"\nannounces = "call"\n{N}[rule.b]\non = "talk"\nannounces = "call"\n{N}', 'announces = "call"\ndo = { type = "notice", title = "x" }\n[rule.b]', 'do = { type = "notice", title = "x" }\n[rule.b]'),
    "announces-what-is-earlier": ("F128", "announces", f'{TALK}[rule.call]\non = "talk"\nopens = "end"\n{T}[rule.r]\non = "talk"\nopens = "end + 2 days"\nannounces = "call"\n{T}', 'announces = "call"\n', ""),
    "reply-to-a-note": ("F129", "reply_to", '[rule.r]\non = "#ask"\ncloses = "start + 9 days"\ndo = { type = "draft", to = "a@b.example", reply_to = "it", title = "x", text = "y" }\n', 'reply_to = "it", ', ""),
    "clock-to-them": ("F130", "do", f'[rule.r]\non = {{ every = "friday at 15:00" }}\ncloses = "start + 1 day"\n{D}', '"them"', '"a@b.example"'),
    "french-days": ("F014", "10 jours", f'{TALK}[rule.r]\non = "talk"\nopens = "end + 10 jours"\n{T}', "jours", "days"),
    "french-weeks": ("F014", "semaines", f'{TALK}[rule.r]\non = "talk"\nopens = "end + 2 semaines"\n{T}', "semaines", "weeks"),
    "kind-misspelt": ("F047", "recieved", f'[rule.r]\non = {{ kind = "recieved" }}\n{N}', "recieved", "received"),
}
MORE_WRONG["tag-swapped"] = ("F125", "rejetced", *MORE_WRONG["tag-swapped"][2:])
