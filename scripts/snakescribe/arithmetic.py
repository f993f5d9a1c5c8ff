"""Arithmetic that a user wrote -> a number for each row; nothing else is ever called.

The text is parsed as Python is, and of its tree only numbers, names, ``+ - * / // % **`` and
brackets are taken. All are floating-point numbers, so that no power takes long; what has no finite
value is `inf` or `nan`, as IEEE 754 has it.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import copysign, inf, isnan, nan
from typing import TypeGuard
from unicodedata import normalize

from snakescribe.errors import UserError, shorten

MOST_OPERATIONS = 100
_LONGEST = 2_000  # characters
_USE = "use columns of the table, numbers, + - * / and brackets"

Values = Mapping[str, float]
Formula = Callable[[Values], float]


@dataclass(frozen=True)
class Expression:
    """An expression, ready to be worked out: `names` are what values are needed of."""

    names: frozenset[str]
    value: Formula


def parse_arithmetic(text: str) -> Expression:
    """An expression as text -> it, checked.

    Raises:
        UserError: it is no arithmetic, or longer than anybody writes.
    """
    if len(text) > _LONGEST:
        raise UserError(f"'{shorten(text)}' has {len(text)} characters, more than {_LONGEST}")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        what = getattr(error, "msg", None) or "it is nested too deep"
        raise UserError(f"'{shorten(text)}' is no arithmetic: {what}; {_USE}") from None
    operations = sum(isinstance(node, ast.BinOp | ast.UnaryOp) for node in ast.walk(tree))
    if operations > MOST_OPERATIONS:  # so that what follows is never deep
        raise UserError(
            f"'{shorten(text)}' has {operations} operations, more than {MOST_OPERATIONS}"
        )
    names: set[str] = set()
    return Expression(value=_read(tree.body, names, text), names=frozenset(names))


def _read(node: ast.expr, names: set[str], text: str) -> Formula:
    """A node of the tree -> the function that works it out; `names` gets those that it needs."""
    if isinstance(node, ast.Constant) and _is_number(node.value):
        return _constant(node.value)
    if isinstance(node, ast.Name):
        name = node.id
        names.add(name)
        return lambda values: values[name]
    if isinstance(node, ast.UnaryOp) and type(node.op) in _SIGNS:
        sign, inner = _SIGNS[type(node.op)], _read(node.operand, names, text)
        return lambda values: sign(inner(values))
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        work = _OPERATIONS[type(node.op)]
        left, right = _read(node.left, names, text), _read(node.right, names, text)
        return lambda values: work(left(values), right(values))
    part = shorten(ast.get_source_segment(text.strip(), node) or type(node).__name__)
    raise UserError(f"'{shorten(text)}': '{part}' is no arithmetic; {_USE}")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _constant(value: float) -> Formula:
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        number = inf
    return lambda _: number


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    return nan if isnan(left) or not left else copysign(inf, left) * copysign(1.0, right)


def _floor(left: float, right: float) -> float:
    return left // right if right else _divide(left, right)


def _remainder(left: float, right: float) -> float:
    return left % right if right else nan


def _power(left: float, right: float) -> float:
    try:
        value = left**right
    except OverflowError:
        return -inf if left < 0 and right % 2 == 1 else inf
    except ZeroDivisionError:
        return inf
    return nan if isinstance(value, complex) else value


_SIGNS: dict[type[ast.unaryop], Callable[[float], float]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
    ast.FloorDiv: _floor,
    ast.Mod: _remainder,
    ast.Pow: _power,
}


def plain_name(name: str) -> str:
    """A column's name -> as Python's parser writes it: letters that look alike become one."""
    return normalize("NFKC", name)
