"""How many ways a hand of equal dice can come to each sum: exact, in whole numbers."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import comb, factorial
from typing import Final

from core.dice import limits
from core.dice.errors import DiceError
from core.dice.picks import kept
from core.dice.tree import Dice, Value

Counts = dict[Value, int]
"""Ways by value."""

_WORD: Final = 256
_ENUMERATED: Final = 20_000


class Work:
    """What one distribution may still cost."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = limits.ODDS_STEPS

    def spend(self, steps: int, ways: int = 1) -> None:
        """Pay for `steps` on counts up to `ways`; raises DiceError `too_complex` when nothing is left."""
        self._left -= steps * (1 + ways.bit_length() // _WORD)
        if self._left < 0:
            raise DiceError("too_complex")


def hand_counts(dice: Dice, work: Work) -> Counts:
    """Return the ways to each sum of the kept dice; all ways together are `sides ** count`."""
    if dice.count == 0:
        return {0: 1}
    if dice.sides > limits.ODDS_VALUES:
        raise DiceError("too_complex")
    if not dice.picks:
        return _scaled(dice, _sum_counts(dice.count, dice.sides, work))
    faces = [10 * face for face in range(10)] if dice.percent else list(range(1, dice.sides + 1))
    kinds = {selector.kind for pick in dice.picks for selector in pick.selectors}
    if kinds <= {"h", "l"}:
        descending = kept(range(dice.count, 0, -1), dice.picks)
        return _ranked_counts(dice.count, faces[::-1], descending, work)
    if not kinds & {"h", "l"}:
        work.spend(len(faces))
        one: Counts = {}
        for face in faces:
            value = face if kept([face], dice.picks) else 0
            one[value] = one.get(value, 0) + 1
        return _power(one, dice.count, work)
    return _enumerated_counts(dice, faces, work)


def convolve(left: Counts, right: Counts, work: Work) -> Counts:
    """Return the ways to each sum of two independent values."""
    if len(left) < len(right):
        left, right = right, left
    work.spend(len(left) * len(right), max(left.values()))
    result: Counts = {}
    get = result.get
    for value, ways in right.items():
        for other, more in left.items():
            total = value + other
            result[total] = get(total, 0) + ways * more
    return result


def _sum_counts(count: int, sides: int, work: Work) -> list[int]:
    """Return the coefficients of (1 + x + … + x**(sides-1)) ** count.

    They obey the recurrence that follows from differentiating ((1 - x**sides) / (1 - x)) ** count, so each
    costs a handful of multiplications; the second half mirrors the first.
    """
    size = count * (sides - 1) + 1
    if size > limits.ODDS_VALUES:
        raise DiceError("too_complex")
    half = (size + 1) // 2
    work.spend(half, sides**count)
    p = [1]
    for k in range(half - 1):
        following = (k + count) * p[k]
        if k + 1 >= sides:
            following += (k + 1 - sides - count * sides) * p[k + 1 - sides]
        if k >= sides:
            following += (count * (sides - 1) - k + sides) * p[k - sides]
        p.append(following // (k + 1))
    return p + p[size - half - 1 :: -1] if size > half else p


def _scaled(dice: Dice, coefficients: Sequence[int]) -> Counts:
    if dice.percent:
        return {10 * steps: ways for steps, ways in enumerate(coefficients)}
    return dict(enumerate(coefficients, dice.count))


def _ranked_counts(count: int, faces: Sequence[int], positions: Sequence[int], work: Work) -> Counts:
    """Return the ways to each sum of the dice at `positions` of the hand sorted as `faces` are.

    Goes through the faces in order, choosing how many of the dice left show each; once the last kept position is
    filled, the hand is closed: the remaining dice are free to show any of the remaining faces.
    """
    if not positions:
        return {0: len(faces) ** count}
    if positions[0] > count - 1 - positions[-1]:
        faces = faces[::-1]
        positions = [count - 1 - position for position in reversed(positions)]
    last = positions[-1]
    before = [bisect_left(positions, used) for used in range(count + 1)]
    result: Counts = {}
    open_hands: list[Counts] = [{0: 1}, *({} for _ in range(last))]
    all_ways = len(faces) ** count
    for index, face in enumerate(faces):
        others = len(faces) - 1 - index
        for used in range(last, -1, -1):
            sums = open_hands[used]
            if not sums:
                continue
            left = count - used
            work.spend((1 + len(sums)) * left, all_ways)
            choices, free = 1, 1
            for shown in range(left, 0, -1):
                filled = used + shown
                closed = filled > last
                gain = face * (before[filled] - before[used])
                _add(result if closed else open_hands[filled], sums, gain, choices * free if closed else choices)
                choices = choices * shown // (left - shown + 1)
                free *= others
    return result


def _add(target: Counts, sums: Counts, gain: int, ways: int) -> None:
    if ways:
        for value, earlier in sums.items():
            target[value + gain] = target.get(value + gain, 0) + ways * earlier


def _power(one: Counts, count: int, work: Work) -> Counts:
    result: Counts = {0: 1}
    while count:
        if count & 1:
            result = convolve(result, one, work)
        count >>= 1
        if count:
            one = convolve(one, one, work)
    return result


def _enumerated_counts(dice: Dice, faces: Sequence[int], work: Work) -> Counts:
    if comb(dice.count + len(faces) - 1, dice.count) > _ENUMERATED:
        raise DiceError("too_complex")
    result: Counts = {}
    orders = factorial(dice.count)
    for hand in combinations_with_replacement(faces, dice.count):
        work.spend(dice.count)
        value = sum([hand[position] for position in kept(hand, dice.picks)])
        ways = orders
        for shown in Counter(hand).values():
            ways //= factorial(shown)
        result[value] = result.get(value, 0) + ways
    return result
