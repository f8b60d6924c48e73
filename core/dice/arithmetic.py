"""The operators of the dice language on exact numbers."""

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from core.dice import limits
from core.dice.errors import DiceError
from core.dice.tree import Value


def whole(value: Value) -> Value:
    """Return an int where the value is one."""
    return value.numerator if value.denominator == 1 else value


def bounded(value: Value) -> Value:
    """Return `value`, whole if it can be; raises DiceError `too_big` beyond the limit."""
    if not -limits.VALUE <= value <= limits.VALUE:
        raise DiceError("too_big", limit=limits.VALUE)
    return value if isinstance(value, int) else whole(value)


def apply(sign: str, left: Value, right: Value) -> Value:
    """Return `left sign right`; `//` and `%` round down. Raises DiceError `division_by_zero` or `too_big`."""
    try:
        return bounded(_OPERATORS[sign](left, right))
    except ZeroDivisionError:
        raise DiceError("division_by_zero") from None


def holds(sign: str, left: Value, right: Value) -> bool:
    """Return whether the comparison `left sign right` is true."""
    return _COMPARISONS[sign](left, right)


def shown(value: Value) -> str:
    """Return a number for reading: whole, else with at most two decimals."""
    if type(value) is int:
        return str(value)
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _divided(left: Value, right: Value) -> Value:
    return Fraction(left) / Fraction(right)


_OPERATORS: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "//": operator.floordiv,
    "%": operator.mod,
}
_COMPARISONS: Final[dict[str, Callable[[Value, Value], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
