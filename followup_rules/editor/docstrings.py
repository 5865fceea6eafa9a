"""What the docstring below each attribute of a class says: Python itself does not keep it."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise


def of_attributes(cls: type) -> dict[str, str]:
    """Return the docstrings of a class's own attributes, each on one line; none if its source is not there."""
    try:
        (body,) = (node.body for node in ast.parse(inspect.getsource(cls)).body if isinstance(node, ast.ClassDef))
    except (OSError, TypeError, ValueError):
        return {}
    said = {}
    for node, below in pairwise(body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(target, ast.Name):
            said[target.id] = " ".join(inspect.cleandoc(str(below.value.value)).split())
    return said
