"""What a text names of its anchor, of rules and of what it carries, found without filling it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes

Name = tuple[str, str, bool]
"""`it`, `when` or `carries`; the field, the rule or ""; whether the text asks first if it is there."""


def named(tree: nodes.Template) -> Iterator[Name]:
    """Yield each `it.FIELD`, each `when("RULE")` and `carries` of a text that has been parsed."""
    from jinja2 import nodes  # noqa: PLC0415 -- only where texts are looked at

    asked: list[nodes.Node] = [node.test for node in tree.find_all(nodes.If)]
    asked += [node.test for node in tree.find_all(nodes.CondExpr)]
    asked += [node.node for node in tree.find_all(nodes.Filter) if node.name == "default" and node.node]
    asked += [node.left for node in tree.find_all(nodes.Or)]
    optional = {field for part in asked for field in _fields(part)}
    yield from (("it", field, field in optional) for field in _fields(tree))
    # What is kept under a name may be asked about by that name.
    asked += [node.node for node in tree.find_all(nodes.Assign)]
    known = {rule for part in asked for rule in _rules(part)}
    yield from (("when", rule, rule in known) for rule in _rules(tree))
    if any(node.name == "carries" for node in tree.find_all(nodes.Name)):
        yield "carries", "", False


def _rules(node: nodes.Node) -> Iterator[str]:
    from jinja2 import nodes  # noqa: PLC0415 -- likewise

    for call in [*([node] if isinstance(node, nodes.Call) else []), *node.find_all(nodes.Call)]:
        argument = call.args[0] if call.args else None
        if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
            yield argument.value


def _fields(node: nodes.Node) -> Iterator[str]:
    from jinja2 import nodes  # noqa: PLC0415 -- likewise

    for each in [*([node] if isinstance(node, nodes.Getattr) else []), *node.find_all(nodes.Getattr)]:
        if isinstance(each.node, nodes.Name) and each.node.name == "it":
            yield each.attr
    for item in [*([node] if isinstance(node, nodes.Getitem) else []), *node.find_all(nodes.Getitem)]:
        of_it = isinstance(item.node, nodes.Name) and item.node.name == "it"
        if of_it and isinstance(item.arg, nodes.Const) and isinstance(item.arg.value, str):
            yield item.arg.value
