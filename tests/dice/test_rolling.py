"""Rolling: what is thrown, kept, summed and shown."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dice import DiceError, Die, Rolled, SeededDraw, odds, parse, roll

SEED = b"a seed of thirty-two bytes......"


def faces(*shown: int) -> Callable[[int], int]:
    """Return a draw that shows these faces, one after the other."""
    remaining: Iterator[int] = iter(shown)
    return lambda _sides: next(remaining)


def rolled(written: str, *shown: int) -> Rolled:
    return roll(parse(written), faces(*shown))


@pytest.mark.parametrize(
    ("written", "shown", "total", "text"),
    [
        ("1d20+5", (14,), 19, "1d20+5 = [14] + 5 = 19"),
        ("adv+7", (3, 15), 22, "2d20kh1+7 = [(3), 15] + 7 = 22"),
        ("1d20 desv", (3, 15), 3, "2d20kl1 = [3, (15)] = 3"),
        ("4d6dl1", (2, 2, 5, 1), 9, "4d6pl1 = [2, 2, 5, (1)] = 9"),
        ("3d6kh1", (5, 5, 5), 5, "3d6kh1 = [5, (5), (5)] = 5"),
        ("5d6kh1kl1", (3, 1, 6, 2, 5), 7, "5d6kh1kl1 = [(3), 1, 6, (2), (5)] = 7"),
        ("4d6k6", (6, 1, 6, 3), 12, "4d6k6 = [6, (1), 6, (3)] = 12"),
        ("4d6p1kh2", (1, 1, 1, 4), 4, "4d6p1kh2 = [(1), (1), (1), 4] = 4"),
        ("2d6kl3", (3, 5), 8, "2d6kl3 = [3, 5] = 8"),
        ("3d6pl1", (2, 2, 5), 7, "3d6pl1 = [2, (2), 5] = 7"),
        ("3d6k>3", (3, 4, 2), 4, "3d6k>3 = [(3), 4, (2)] = 4"),
        ("3d6p<3", (3, 4, 2), 7, "3d6p<3 = [3, 4, (2)] = 7"),
        ("3d6kh2pl1", (3, 4, 2), 4, "3d6kh2pl1 = [(3), 4, (2)] = 4"),
        ("4d6k>2p<5", (2, 3, 5, 6), 11, "4d6k>2p<5 = [(2), (3), 5, 6] = 11"),
        ("d%+d10", (1, 7), 7, "1d%+1d10 = [0] + [7] = 7"),
        ("2d6[fire]-1d4[ice]", (4, 2, 3), 3, "2d6[fire]-1d4[ice] = [4, 2] fire - [3] ice = 3"),
        ("2+3*4", (), 14, "2+3*4 = 14"),
        ("(2+3)*4%7", (), 6, "(2+3)*4%7 = 6"),
        ("1d10/4", (3,), Fraction(3, 4), "1d10/4 = [3] / 4 = 0.75"),
        ("-7//2", (), -4, "-7//2 = -4"),
        ("10/5", (), 2, "10/5 = 2"),
        ("0d6+1", (), 1, "0d6+1 = [] + 1 = 1"),
        ("2*(1d4+1)", (3,), 8, "2*(1d4+1) = 2 * ([3] + 1) = 8"),
        ("1d20+2 >= 15", (12,), 14, "1d20+2 = [12] + 2 = 14 (≥ 15)"),
        ("1d20 > 1d20", (12, 3), 12, "1d20 = [12] = 12 (> 1d20 = [3] = 3)"),
    ],
)
def test_a_roll_is_summed_and_shown(written: str, shown: tuple[int, ...], total: int | Fraction, text: str) -> None:
    result = rolled(written, *shown)
    assert result.total == total
    assert type(result.total) is type(total)
    assert result.text == text


def test_a_comparison_tells_whether_it_holds() -> None:
    assert rolled("1d20+2 >= 15", 13).success is True
    assert rolled("1d20+2 >= 15", 12).success is False
    assert rolled("1d20", 12).success is None
    assert rolled("1d20 < 1d6+2", 4, 3).target == 5


def test_each_term_carries_its_label_total_and_dice() -> None:
    fire, ice, bonus = rolled("2d6[fire]-1d4[ice]+3", 4, 2, 3).terms
    assert (fire.text, fire.label, fire.total) == ("2d6", "fire", 6)
    assert (ice.text, ice.label, ice.total) == ("1d4", "ice", -3)
    assert (bonus.text, bonus.label, bonus.total, bonus.dice) == ("3", "", 3, ())
    assert fire.dice == (Die(6, 4, True, 4), Die(6, 2, True, 2))


def test_dice_stand_in_the_order_they_were_drawn() -> None:
    dice = rolled("d% + 2d20kl1 > 1d4", 8, 11, 9, 2).dice
    assert [(die.sides, die.value, die.kept, die.face) for die in dice] == [
        (10, 70, True, 8),
        (20, 11, False, 11),
        (20, 9, True, 9),
        (4, 2, True, 2),
    ]


def test_a_long_hand_is_shortened_and_a_longer_text_left_out() -> None:
    assert rolled("1000d6", *[1] * 1000).text == "1000d6 = [1, 1, 1, 1, 1, … = 1000] = 1000"
    crowd = "+".join(["9d6kh1"] * 49)
    assert rolled(crowd, *[3] * 441).text == f"{crowd} = … = 147"


@pytest.mark.parametrize(
    ("written", "shown", "code"),
    [
        ("1/0", (), "division_by_zero"),
        ("1//(1d4-2)", (2,), "division_by_zero"),
        ("5%0", (), "division_by_zero"),
        ("999999999999*999999999999", (), "too_big"),
        ("1d6*999999999999*1000", (6,), "too_big"),
    ],
)
def test_what_only_the_dice_can_break_is_a_clean_error(written: str, shown: tuple[int, ...], code: str) -> None:
    with pytest.raises(DiceError) as caught:
        rolled(written, *shown)
    assert caught.value.code == code


def test_anyone_can_recompute_a_die_from_the_published_rule() -> None:
    draw = SeededDraw(SEED, 7)
    for die in range(50):
        block = hmac.new(SEED, f"7:{die}:0".encode(), hashlib.sha256).digest()
        assert draw(20) == 1 + int.from_bytes(block[:8], "big") % 20
    # Pinned, since a changed rule would break every proof that was ever published.
    draw = SeededDraw(bytes(range(32)), 0)
    assert [draw(20) for _ in range(8)] == [13, 4, 18, 7, 20, 15, 2, 20]


def test_a_draw_that_would_favour_low_faces_is_drawn_again() -> None:
    sides = 2**63 + 1
    draw = SeededDraw(SEED, 0)
    shown = [draw(sides) for _ in range(64)]
    # The largest multiple of these sides is the number of sides itself, so every other draw is refused.
    attempts = [1, *[0] * 63]
    for die, face in enumerate(shown):
        tries = (
            int.from_bytes(hmac.digest(SEED, f"0:{die}:{attempt}".encode(), "sha256")[:8], "big")
            for attempt in range(64)
        )
        attempts[die], x = next((attempt, x) for attempt, x in enumerate(tries) if x < sides)
        assert face == x + 1
    assert max(attempts) >= 2


def test_seeded_dice_are_even() -> None:
    draw = SeededDraw(SEED, 3)
    seen = Counter(draw(6) for _ in range(12_000))
    chi_squared = sum((seen[face] - 2_000) ** 2 / 2_000 for face in range(1, 7))
    assert chi_squared < 20.5  # p = 0.001 for five degrees of freedom; the seed is fixed


def test_rolls_differ_by_index_and_repeat_by_seed() -> None:
    expression = parse("20d20")
    one, again, other = (roll(expression, SeededDraw(SEED, index)) for index in (1, 1, 2))
    assert one == again
    assert one.dice != other.dice


@pytest.mark.parametrize(("seed", "index"), [(b"short", 0), (SEED, -1)])
def test_a_weak_seed_or_a_negative_index_is_refused(seed: bytes, index: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        SeededDraw(seed, index)


SMALL = st.builds(
    lambda count, sides, pick, bonus: f"{count}d{sides}{pick}{bonus}",
    st.integers(0, 6),
    st.integers(1, 12),
    st.sampled_from(["", "kh1", "kl2", "ph1", "pl2", "k3", "k>2", "p<3", "p1kh2", "kh3pl1", "kh1kl1"]),
    st.sampled_from(["", "+3", "-1d4", "*2", "//2", "/3", "%4"]),
)


@settings(deadline=None)
@given(SMALL, st.integers(0, 10_000))
def test_a_roll_lies_within_its_odds(written: str, index: int) -> None:
    expression = parse(written)
    result = roll(expression, SeededDraw(SEED, index))
    exact = odds(expression)
    assert exact.pmf[result.total] > 0
    assert exact.min <= result.total <= exact.max
