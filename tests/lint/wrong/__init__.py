"""Rules that can be read, each wrong in one way: what is told, in which line, and what mends it as the hint says.

Each is, by its name: the code, what stands in the line that is marked, the rules, what the hint says to replace, and by
what.
"""

from tests.lint.wrong import actions, conditions, windows, words

WRONG = actions.RULES | conditions.RULES | windows.RULES | words.RULES
