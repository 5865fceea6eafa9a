"""The rule language: rule files in, compiled rules out. Pure: no I/O, no clock."""

TABLES = ("define", "rule", "guard", "tag")
"""The tables of a file of rules."""
EXAMPLE = "example"
"""The tables of examples, which may stand in such a file, too; rules never see them."""
