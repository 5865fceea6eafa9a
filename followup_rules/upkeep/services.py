"""What the health checks of plugins tell of the services that a config uses."""

from __future__ import annotations

from collections.abc import Iterator

from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.hookspecs import HealthCheck, Unreadable
from followup_rules.host.checked_health import facts
from followup_rules.host.secrets import hidden
from followup_rules.host.time_limit import sentence
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.upkeep.finding import Finding


def concerns(config: Config) -> Iterator[Problem]:
    """Yield what the health checks find wrong; one that cannot be asked says nothing, for its tables tell that."""
    for check in config.registry.health_checks.values():
        for told in examine(check, config, everything=False):
            yield from (problem for problem in told.problems if problem.warning)


def examine(check: HealthCheck, config: Config, *, everything: bool) -> Iterator[Finding]:
    """Yield what a health check tells of the services behind the tables of a config."""
    tables = {f"sources.{source.name}": source.options for source in config.sources}
    tables |= {f"outputs.{output.name}": output.options for output in config.outputs}
    try:
        found = facts(check, tables, config.profile, everything=everything)
    except Exception as error:  # noqa: BLE001 -- a plugin and the service behind it may fail in any way
        said = hidden(sentence(error, typed=not isinstance(error, Unreadable)), config.secrets)
        yield Finding(check.name, Sentence("cannot be asked"), (Problem(check.name, said, Code.UNUSABLE),))
        return
    for fact in found:
        area, told, problem, hint = (
            hidden(text, config.secrets) for text in (fact.area, fact.told, fact.problem, fact.hint)
        )
        concern = Problem(area, problem, Code.SURROUNDINGS, hint=hint, warning=True)
        yield Finding(area, told, (concern,) if problem else ())
