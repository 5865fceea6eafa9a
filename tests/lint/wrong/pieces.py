"""What the wrong rules are put together from: definitions and actions with nothing wrong in them."""

MEET = '[define.meet]\nkind  = "meeting"\ntitle = "interview"\n'
TALK = '[define.talk]\nkind = "meeting"\ntitle = "talk"\n'
NOTICE = 'do = { type = "notice", title = "x" }\n'
TASK = 'do = { type = "task", title = "x" }\n'
MAIL = 'do = { type = "draft", to = "them", title = "Hello", text = "Hello." }\n'
