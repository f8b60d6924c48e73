"""Odds are exact: they equal counting every way the dice can fall."""

import itertools
from collections import Counter
from fractions import Fraction
from functools import partial
from math import comb, isclose, sqrt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dice import DiceError, Value, odds, parse, roll

if TYPE_CHECKING:
    from collections.abc import Iterator

PICKS = ["", "kh1", "kl1", "kh2", "kl3", "ph1", "pl1", "kh0", "kh9", "k3", "k>2", "p<3", "k1k4", "kh1kl1"]
MIXED = ["p1kh2", "kh3pl1", "k>1kl2", "pl1p6", "kh3k2"]


def every_way(written: str) -> dict[Value, Fraction]:
    """Count the totals over every combination of faces, by rolling each."""
    expression = parse(written)
    asked = [die.sides for die in roll(expression, lambda _sides: 1).dice]
    found: Counter[Value] = Counter()
    for fall in itertools.product(*(range(1, sides + 1) for sides in asked)):
        found[roll(expression, partial(_next_face, iter(fall))).total] += 1
    return {total: Fraction(ways, found.total()) for total, ways in found.items()}


def _next_face(faces: "Iterator[int]", _sides: int) -> int:
    return next(faces)


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 4),
    st.integers(1, 6),
    st.sampled_from(PICKS + MIXED),
    st.sampled_from(["", "+2", "-1d3", "+1d4kh1", "*1d3", "/2", "//2", "%3", "*-1", "[fire]+1"]),
)
def test_odds_equal_counting_every_way(count: int, sides: int, pick: str, rest: str) -> None:
    written = f"{count}d{sides}{pick}{rest}"
    exact, counted = odds(parse(written)), every_way(written)
    assert list(exact.values) == sorted(counted)
    for total, chance in counted.items():
        assert exact.pmf[total] == float(chance)
    mean = sum(total * chance for total, chance in counted.items())
    variance = sum((total - mean) ** 2 * chance for total, chance in counted.items())
    assert isclose(exact.mean, float(mean), abs_tol=1e-12)
    assert isclose(exact.sd, sqrt(variance), abs_tol=1e-9)
    assert isclose(sum(exact.probabilities), 1)


@settings(deadline=None)
@given(st.sampled_from(["3d6", "2d20kl1+3", "1d8-1d4", "3d4/2"]), st.fractions(-10, 30, max_denominator=4))
def test_at_least_and_beats_split_at_the_target(written: str, x: Fraction) -> None:
    exact, counted = odds(parse(written)), every_way(written)
    assert exact.at_least(x) == float(sum(chance for total, chance in counted.items() if total >= x))
    assert exact.beats(x) == float(sum(chance for total, chance in counted.items() if total < x))


def test_the_page_s_example_holds() -> None:
    exact = odds(parse("1d20+5"))
    assert exact.at_least(19) == 0.35
    assert exact.beats(19) == 0.65
    assert (exact.mean, exact.min, exact.max) == (15.5, 6, 25)


@pytest.mark.parametrize(
    ("written", "chance"),
    [
        ("1d20+5 >= 15", 0.55),
        ("adv >= 11", 0.75),
        ("1d20 > 1d20", 0.475),
        ("1d6 == 1d6", 1 / 6),
        ("2d6 != 7", 5 / 6),
        ("1d6 <= 0", 0.0),
    ],
)
def test_a_comparison_has_its_chance(written: str, chance: float) -> None:
    assert odds(parse(written)).success == chance


def test_large_hands_stay_exact() -> None:
    exact = odds(parse("1000d6"))
    assert isclose(exact.mean, 3_500)
    assert isclose(exact.sd, sqrt(1000 * 35 / 12))
    assert isclose(sum(exact.probabilities), 1)
    assert odds(parse("100d2")).pmf[150] == float(Fraction(comb(100, 50), 2**100))
    assert odds(parse("100d20kh1")).pmf[20] == float(1 - Fraction(19, 20) ** 100)
    assert odds(parse("100d20kl1")).pmf[20] == float(Fraction(1, 20**100))
    assert odds(parse("1000d2kl1")).pmf[2] == float(Fraction(1, 2**1000))


@pytest.mark.parametrize(
    "written",
    [
        "1000d100000",
        "1d10001",
        "1d20000kh1",
        "1000d100kh500",
        "300d6kh150",
        "500d6+500d6",
        "100d100*100d100",
        "12d10p1kh3",
        "40d20kh20",
    ],
)
def test_what_exactness_cannot_reach_says_so(written: str) -> None:
    with pytest.raises(DiceError) as caught:
        odds(parse(written))
    assert caught.value.code == "too_complex"


def test_few_dice_with_many_sides_are_counted_too() -> None:
    assert odds(parse("1d5000p1kh3")).max == 5_000
    assert odds(parse("2d100p1kh1")).at_least(100) == 199 / 10_000


def test_a_roll_that_may_divide_by_zero_has_no_odds() -> None:
    with pytest.raises(DiceError) as caught:
        odds(parse("6/(1d2-1)"))
    assert caught.value.code == "division_by_zero"


def test_the_same_expression_is_computed_once() -> None:
    assert odds(parse("3d6 + 1")) is odds(parse("3d6+1"))
