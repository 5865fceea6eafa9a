"""One rule that cannot be followed in a case stops no other: it is as faulty there as if it had been written so."""

from __future__ import annotations

from msgspec.structs import replace

from followup_rules.language.faults import spread
from followup_rules.language.patterns import CheckFailed, Pattern, Scope
from followup_rules.language.phrases import UnsettledError
from followup_rules.language.schema import Guard, Rule, RuleSet
from followup_rules.model import Event


class Failed(Exception):  # noqa: N818 -- what became of a rule
    """A rule or guard that cannot be followed in a case, and why: a plugin's predicate may raise anything."""

    def __init__(self, it: Rule | Guard, error: Exception) -> None:
        self.it = it
        self.fault = str(error) if isinstance(error, CheckFailed) else f"{type(error).__name__}: {error}"
        super().__init__(self.fault)


class blaming:  # noqa: N801 -- it is used like a function
    """Blame what goes wrong inside on a rule or guard, unless another one is to blame.

    `but_for_one_duty`: a phrase that comes to rest nowhere for one anchor breaks that duty alone, so it is let pass.
    """

    __slots__ = ("_but_for_one_duty", "_it")

    def __init__(self, it: Rule | Guard, *, but_for_one_duty: bool = False) -> None:
        self._it, self._but_for_one_duty = it, but_for_one_duty

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise Failed in place of what went wrong."""
        if not isinstance(error, Exception) or isinstance(error, Failed):
            return
        if self._but_for_one_duty and isinstance(error, UnsettledError):
            return
        raise Failed(self._it, error) from error


def without(failed: Failed, rules: RuleSet) -> RuleSet:
    """Return the rules with that one faulty, and with what follows for those that rely on it.

    Raises what failed if it did so although it was faulty already: then the case itself is to blame.
    """
    it = failed.it
    if it.fault:
        raise failed
    if isinstance(it, Guard):
        return spread(rules, {("guard", it.id): failed.fault})
    # So that it is told as broken in every case in which it might have started.
    doubtful = replace(it, on=it.on and _certain(it.on), where=it.where and _certain(it.where))
    return spread(replace(rules, rules={**rules.rules, it.id: doubtful}), {("rule", it.id): failed.fault})


def _certain(pattern: Pattern) -> Pattern:
    """Return a pattern that also matches where the given one cannot tell: there, too, its rule is to show as broken."""

    def test(event: Event, scope: Scope) -> bool:
        try:
            return pattern.rest(event, scope)
        except Exception:  # noqa: BLE001 -- a plugin's predicate may raise anything
            return True

    return replace(pattern, window=(), further=(test,))  # the other tests ask no plugin
