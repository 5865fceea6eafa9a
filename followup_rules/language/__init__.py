"""The rule language: rule files in, compiled rules out. Pure: no I/O, no clock."""
