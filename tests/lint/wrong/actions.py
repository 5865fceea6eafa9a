"""Rules whose action reaches nobody, or tells of a call that is not to be."""

from tests.lint.wrong.pieces import MAIL, MEET, NOTICE, TALK, TASK

RULES = {
    "announces-itself": (
        "F128",
        "announces",
        f'{MEET}[rule.mine]\non = "meet"\nannounces = "mine"\ncloses = "end + 3 days"\n{TASK}',
        'announces = "mine"\n',
        "",
    ),
    "reply-to-a-meeting": (
        "F129",
        "reply_to",
        f'{MEET}[rule.mine]\non = "meet"\ncloses = "end + 3 days"\ndo = {{ type = "draft", reply_to = "it", title = "Hello", text = "Hello." }}\n',
        'reply_to = "it", ',
        "",
    ),
    "to-nobody": (
        "F130",
        "do",
        f'[rule.mine]\non = {{ kind = "meeting", people = {{ max = 0 }} }}\ncloses = "end + 1 day"\n{MAIL}',
        '"them"',
        '"a@b.example"',
    ),
    "two-announce": (
        "F128",
        "announces",
        f'{TALK}[rule.call]\non = "talk"\nopens = "day + 10 days"\n{TASK}[rule.a]\non = "talk"\nannounces = "call"\n{NOTICE}[rule.b]\non = "talk"\nannounces = "call"\n{NOTICE}',
        'announces = "call"\ndo = { type = "notice", title = "x" }\n[rule.b]',
        'do = { type = "notice", title = "x" }\n[rule.b]',
    ),
    "announces-what-is-earlier": (
        "F128",
        "announces",
        f'{TALK}[rule.call]\non = "talk"\nopens = "end"\n{TASK}[rule.r]\non = "talk"\nopens = "end + 2 days"\nannounces = "call"\n{TASK}',
        'announces = "call"\n',
        "",
    ),
    "reply-to-a-note": (
        "F129",
        "reply_to",
        '[rule.r]\non = "#ask"\ncloses = "start + 9 days"\ndo = { type = "draft", to = "a@b.example", reply_to = "it", title = "x", text = "y" }\n',
        'reply_to = "it", ',
        "",
    ),
    "clock-to-them": (
        "F130",
        "do",
        f'[rule.r]\non = {{ every = "friday at 15:00" }}\ncloses = "start + 1 day"\n{MAIL}',
        '"them"',
        '"a@b.example"',
    ),
    "each-of-nobody": (
        "F130",
        "each",
        f'[rule.r]\non = {{ kind = "meeting", people = {{ max = 0 }} }}\neach = "person"\n{TASK}',
        'each = "person"\n',
        "",
    ),
}
