"""`python -m followup_rules`."""

from followup_rules.cli import program

program()
