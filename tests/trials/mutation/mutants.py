"""Small mistakes that somebody could make in a module: each is one change of one place of its syntax tree.

Left alone is what says nothing of behaviour: docstrings, annotations, decorators, imports, `assert`, how a class is
declared, the name of a result that is remembered, and the sentences that the catalogues of translations hold fast.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from itertools import pairwise
from typing import NamedTuple

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
METHODS = {"lower": "upper", "startswith": "endswith", "partition": "rpartition", "rpartition": "partition"}
NEEDLESS = ("lower", "strip", "removeprefix")
"""Methods that could be forgotten."""
ASIDE = ("annotation", "returns", "decorator_list", "keywords_of_class", "type_params")


class Mutant(NamedTuple):
    """One change, and a name for it that does not depend on line numbers."""

    name: str
    line: int
    lines: range
    """Those of its statement; where that holds others, those of its head."""
    within: bool
    """Whether it is in the body of a function; all else runs once, when the module is imported."""
    apply: Callable[[], None]
    """Make the change in the tree; nothing undoes it."""


def mutants(tree: ast.Module, module: str) -> Iterator[Mutant]:
    """Return all mutants of a module, in the order of its text."""
    seen: Counter[str] = Counter()
    for place in _places(tree, _Scope(module, range(0), within=False)):
        for other in _others(place.node):
            name = f"{place.scope.name}: {_shown(place.node)} -> {_shown(other)}"
            seen[name] += 1
            number = f" ({seen[name]})" if seen[name] > 1 else ""
            apply = partial(place.put, other)
            yield Mutant(name + number, place.node.lineno, place.scope.lines, place.scope.within, apply)


class _Scope(NamedTuple):
    """The function and the statement that a node is in."""

    name: str
    lines: range
    within: bool

    def of(self, node: ast.AST) -> _Scope:
        """Return the scope of what is in a node."""
        scope = self
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            scope = scope._replace(name=f"{scope.name}.{node.name}")
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", [])
            scope = scope._replace(lines=range(node.lineno, body[0].lineno if body else node.end_lineno + 1))
        elif isinstance(node, ast.match_case | ast.excepthandler):
            first = getattr(node, "lineno", node.body[0].lineno - 1)
            scope = scope._replace(lines=range(min(first, scope.lines.start), node.body[0].lineno))
        return scope


class _Place(NamedTuple):
    """A node, its scope, and where it hangs in the tree."""

    node: ast.AST
    scope: _Scope
    above: ast.AST
    field: str
    index: int | None

    def put(self, other: ast.AST) -> None:
        if self.index is None:
            setattr(self.above, self.field, other)
        else:
            getattr(self.above, self.field)[self.index] = other


def _places(above: ast.AST, scope: _Scope) -> Iterator[_Place]:
    for field, value in ast.iter_fields(above):
        if field in ASIDE or (isinstance(above, ast.ClassDef) and field in ("bases", "keywords")):
            continue
        inner = scope._replace(within=True) if isinstance(above, ast.FunctionDef) and field == "body" else scope
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_aside(node):
                continue
            if not _names_result(node, above, index) and not _is_sentence(node, above):
                deeper = inner.of(node)
                if isinstance(node, ast.stmt):
                    yield _Place(node, deeper._replace(name=inner.name), above, field, index)
                elif isinstance(node, ast.expr):
                    yield _Place(node, inner, above, field, index)
                yield from _places(node, deeper)


def _is_aside(node: ast.AST) -> bool:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
        return True
    for_types = (
        (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        or (isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias")
        or (isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("TypeVar("))
    )
    return docstring or for_types or isinstance(node, ast.Assert | ast.Import | ast.ImportFrom)


def _names_result(node: ast.AST, above: ast.AST, index: int | None) -> bool:
    """Tell whether a text is what `once` remembers a result under: any other would do as well."""
    of_once = isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and above.func.attr == "once"
    return of_once and index in (0, 1) and isinstance(node, ast.Constant | ast.JoinedStr)


def _is_sentence(node: ast.AST, above: ast.AST) -> bool:
    """Tell whether a text is a sentence for people: tests/project/test_sentences.py notices any other word in it."""
    of_sentence = isinstance(above, ast.Call) and ast.unparse(above.func) in ("Sentence", "Reason")
    return of_sentence and isinstance(node, ast.Constant)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return f"`{text}`" if len(text) <= 100 else f"`{text[:70]} ... {text[-25:]}`"


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _without(items: list[ast.AST]) -> Iterator[list[ast.AST]]:
    for index in range(len(items)):
        yield [*items[:index], *items[index + 1 :]]


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """Return what could stand here by mistake."""
    yield from _CHANGES[type(node)](node) if type(node) in _CHANGES else ()


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops):
        for other in COMPARED[type(operator)]:
            yield _with(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])


def _bool_op(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for rest in _without(node.values):
        yield rest[0] if len(rest) == 1 else _with(node, values=rest)


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _bin_op(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in COUNTED:
        yield _with(node, op=COUNTED[type(node.op)]())
        yield node.left
        yield node.right


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield _with(node, value=not node.value)
    elif isinstance(node.value, int):
        yield _with(node, value=node.value + 1)
    elif isinstance(node.value, str):
        yield _with(node, value=f"XX{node.value}")


def _elements(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return
    for rest in _without(node.elts):
        if rest or not isinstance(node, ast.Set):
            yield _with(node, elts=rest)


def _dict(node: ast.Dict) -> Iterator[ast.AST]:
    for keys, values in zip(_without(node.keys), _without(node.values), strict=True):
        yield _with(node, keys=keys, values=values)


def _if(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _comprehension(node: ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp) -> Iterator[ast.AST]:
    for index, part in enumerate(node.generators):
        for rest in _without(part.ifs):
            parts = [*node.generators[:index], _with(part, ifs=rest), *node.generators[index + 1 :]]
            yield _with(node, generators=parts)


def _return(node: ast.Return) -> Iterator[ast.AST]:
    # Whoever asks for a `bool` cannot tell False from None; mypy can.
    if node.value is not None and not _is_none(node.value) and ast.unparse(node.value) != "False":
        yield _with(node, value=ast.Constant(None))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _expression(node: ast.Expr) -> Iterator[ast.AST]:
    yield ast.Pass(lineno=node.lineno)


def _assign(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.AST]:
    if node.value is not None and not _is_none(node.value):
        yield _with(node, value=ast.Constant(None))


def _aug_assign(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Assign([node.target], node.value, lineno=node.lineno)
    if type(node.op) in COUNTED:
        yield _with(node, op=COUNTED[type(node.op)]())


def _continue(node: ast.Continue) -> Iterator[ast.AST]:
    yield ast.Break(lineno=node.lineno)


def _lambda(node: ast.Lambda) -> Iterator[ast.AST]:
    yield _with(node, body=ast.Constant(None))


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for bound in ("lower", "upper"):
        if getattr(node, bound) is not None:
            yield _with(node, **{bound: None})


def _call(node: ast.Call) -> Iterator[ast.AST]:
    for index, (one, two) in enumerate(pairwise(node.args)):
        in_any_order = ast.unparse(node.func) in ("min", "max")
        if in_any_order or ast.dump(one) == ast.dump(two) or _names_result(one, node, index):
            continue
        swapped = [*node.args[:index], two, one, *node.args[index + 2 :]]
        yield _with(node, args=swapped)
    for rest in _without(node.keywords):
        yield _with(node, keywords=rest)
    if isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        other = FUNCTIONS[node.func.id]
        yield _with(node, func=_with(node.func, id=other), keywords=[] if other == "list" else node.keywords)
    if isinstance(node.func, ast.Attribute):
        yield from _method(node, node.func)


def _method(node: ast.Call, func: ast.Attribute) -> Iterator[ast.AST]:
    if func.attr in METHODS:
        yield _with(node, func=_with(func, attr=METHODS[func.attr]))
    if func.attr in NEEDLESS:
        yield func.value


_CHANGES: dict[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.BinOp: _bin_op,
    ast.Constant: _constant,
    ast.Tuple: _elements,
    ast.List: _elements,
    ast.Set: _elements,
    ast.Dict: _dict,
    ast.If: _if,
    ast.IfExp: _if,
    ast.While: _if,
    ast.GeneratorExp: _comprehension,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Return: _return,
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _assign,
    ast.AugAssign: _aug_assign,
    ast.Continue: _continue,
    ast.Lambda: _lambda,
    ast.Slice: _slice,
    ast.Call: _call,
}
