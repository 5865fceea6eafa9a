"""The same engine with a clock that jumps: examples of rules, and what rules make of months, without a trace."""
