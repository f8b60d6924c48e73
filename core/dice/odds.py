"""Exact odds of an expression. Dice are independent, so distributions combine operator by operator."""

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from math import sqrt
from typing import Final

from core.dice import limits
from core.dice.arithmetic import apply, holds
from core.dice.errors import DiceError
from core.dice.hands import Counts, Work, convolve, hand_counts
from core.dice.tree import Chain, Dice, Expression, Labelled, Negated, Node, Number, Value

_LARGE: Final = 1_000


@dataclass(frozen=True, eq=False)
class Odds:
    """The distribution of a total.

    `values` are the possible totals, ascending; `probabilities` theirs, each the nearest float to the exact
    fraction. With a comparison in the expression, `success` is the chance that it holds.
    """

    values: tuple[Value, ...]
    probabilities: "array[float]"
    mean: float
    sd: float
    success: float | None
    _below: "array[float]"
    _from: "array[float]"

    @property
    def min(self) -> Value:
        """The least possible total."""
        return self.values[0]

    @property
    def max(self) -> Value:
        """The greatest possible total."""
        return self.values[-1]

    @cached_property
    def pmf(self) -> dict[Value, float]:
        """The probability of each possible total."""
        return dict(zip(self.values, self.probabilities, strict=True))

    def at_least(self, x: Value) -> float:
        """Return the chance of a total of `x` or more."""
        return self._from[bisect_left(self.values, x)]

    def beats(self, x: Value) -> float:
        """Return the share of rolls strictly below `x`."""
        return self._below[bisect_left(self.values, x)]


def odds(expression: Expression) -> Odds:
    """Return the exact odds of `expression`, from a cache where they were computed before.

    Raises DiceError `too_complex` beyond what can be computed exactly within limits, and what a roll could
    raise: `division_by_zero`, `too_big`.
    """
    return (_large if expression.weight > _LARGE else _small)(expression)


@lru_cache(maxsize=512)
def _small(expression: Expression) -> Odds:
    return _computed(expression)


@lru_cache(maxsize=16)
def _large(expression: Expression) -> Odds:
    return _computed(expression)


def _computed(expression: Expression) -> Odds:
    work = Work()
    counts = _counts(expression.side.node, work)
    success = None
    if expression.operator is not None and expression.target is not None:
        success = _success(counts, expression.operator, _counts(expression.target.node, work), work)
    return _odds(counts, success)


def _odds(counts: Counts, success: float | None) -> Odds:
    values = tuple(sorted(counts))
    ways = [counts[value] for value in values]
    below = [0, *accumulate(ways)]
    total = below[-1]
    first = sum(value * count for value, count in zip(values, ways, strict=True))
    second = sum(value * value * count for value, count in zip(values, ways, strict=True))
    variance = (second * total - first * first) / (total * total)
    return Odds(
        values=values,
        probabilities=array("d", [count / total for count in ways]),
        mean=float(first / total),
        sd=sqrt(variance),
        success=success,
        _below=array("d", [count / total for count in below]),
        _from=array("d", [(total - count) / total for count in below]),
    )


def _counts(node: Node, work: Work) -> Counts:
    match node:
        case Number(value):
            return {value: 1}
        case Dice():
            return hand_counts(node, work)
        case Labelled(of):
            return _counts(of, work)
        case Negated(of):
            return {-value: ways for value, ways in _counts(of, work).items()}
        case Chain(first, rest):
            counts = _counts(first, work)
            for sign, operand in rest:
                counts = _combined(sign, counts, _counts(operand, work), work)
            return counts


def _combined(sign: str, left: Counts, right: Counts, work: Work) -> Counts:
    if sign == "-":
        sign, right = "+", {-value: ways for value, ways in right.items()}
    if sign == "+":
        result = convolve(left, right, work)
    else:
        work.spend(4 * len(left) * len(right), max(left.values()))
        result = {}
        for value, ways in left.items():
            for other, more in right.items():
                total = apply(sign, value, other)
                result[total] = result.get(total, 0) + ways * more
    if len(result) > limits.ODDS_VALUES:
        raise DiceError("too_complex")
    return result


def _success(left: Counts, sign: str, right: Counts, work: Work) -> float:
    work.spend(len(left) * len(right))
    won = sum(ways * more for value, ways in left.items() for other, more in right.items() if holds(sign, value, other))
    return won / (sum(left.values()) * sum(right.values()))
