"""What the dice language accepts, and how it says no."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dice import DiceError, SeededDraw, odds, parse, roll
from core.dice import limits as dice_limits
from core.i18n import LOCALES, keys, text

SEED = b"a seed of thirty-two bytes......"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1d20 + 5", "1d20+5"),
        ("d20", "1d20"),
        ("D%", "1d%"),
        ("2d20 KH1", "2d20kh1"),
        ("4d6dl1", "4d6pl1"),
        ("4d6 ph1 kl2", "4d6ph1kl2"),
        ("5d6kh1kl1", "5d6kh1kl1"),
        ("3d6k>2p1", "3d6k>2p1"),
        ("adv", "2d20kh1"),
        ("vant + 3", "2d20kh1+3"),
        ("desv-1", "2d20kl1-1"),
        ("1d20adv+5", "2d20kh1+5"),
        ("1d6 dis", "2d6kl1"),
        ("1d20+5 adv", "2d20kh1+5"),
        ("2+(1d20[ataque]+5) vantagem", "2+(2d20kh1[ataque]+5)"),
        ("1d20 >= 15 adv", "2d20kh1>=15"),
        ("(1+2)*3", "(1+2)*3"),
        ("((1+2))", "1+2"),
        ("1-(2-3)", "1-(2-3)"),
        ("(1-2)-3", "(1-2)-3"),
        ("8/(4/2)", "8/(4/2)"),
        ("-(1d6+1)", "-(1d6+1)"),
        ("+ +3", "3"),
        ("--3", "--3"),
        ("2*-3", "2*-3"),
        ("2d6 [cold  iron] [fire]", "2d6[cold iron, fire]"),
        ("007", "7"),
        ("1.50*2", "1.5*2"),
        ("2d6 × 2 − 1", "2d6*2-1"),
        ("1d20 # sneaky   attack", "1d20"),
    ],
)
def test_an_expression_has_one_canonical_text(written: str, canonical: str) -> None:
    assert parse(written).canonical == canonical
    assert parse(canonical).canonical == canonical


def test_what_stands_after_a_hash_is_the_comment() -> None:
    assert parse("1d20+2  # porta,  com força ").comment == "porta, com força"
    assert parse("1d20") != parse("1d20 # x")


@pytest.mark.parametrize(
    ("written", "code", "data"),
    [
        ("", "empty", {}),
        ("  # só um comentário", "empty", {}),
        ("2d", "sides_missing", {"part": "2d", "at": 1}),
        ("1 + 2dkh1", "sides_missing", {"part": "2d", "at": 5}),
        ("2d0", "sides_zero", {"part": "2d0"}),
        ("1d100001", "sides", {"n": 100_001, "limit": 100_000}),
        ("5000d6", "dice", {"n": 5_000, "limit": 1_000}),
        ("501d6+500d6", "dice", {"n": 1_001}),
        ("999d6+1d20adv", "dice", {"n": 1_001}),
        ("999d6+adv", "dice", {"n": 1_001}),
        ("999d6+1d20+1 adv", "dice", {"n": 1_001}),
        ("2d20kh", "keep_number", {"part": "kh", "at": 5}),
        ("2d20k>", "keep_number", {"part": "k>", "at": 5}),
        ("2d20khh", "word", {"part": "khh", "at": 5}),
        ("1d20 5", "operator_missing", {"part": "5", "at": 6}),
        ("1d20 sword", "word", {"part": "sword", "at": 6}),
        ("1+", "operand_missing", {"at": 3}),
        ("*2", "operand_missing", {"at": 1}),
        ("(1d6", "bracket_open", {"at": 1}),
        ("1d6)", "bracket_close", {"at": 4}),
        ("(1 2)", "operator_missing", {"at": 4}),
        ("1<2<3", "comparison_twice", {"at": 4}),
        ("٣d6", "unicode_digit", {"character": "٣", "at": 1}),
        ("1d²", "unicode_digit", {"character": "²", "at": 3}),
        ("1d6 @here", "character", {"character": "@", "at": 5}),
        ("1d6`", "character", {"character": "U+0060", "at": 4}),
        ("1d6\x0b", "character", {"character": "U+000B", "at": 4}),
        ("1d6[", "label", {"at": 4}),
        ("1d6[<@123>]", "label", {"at": 4}),
        ("1d6[a](http)", "operator_missing", {"part": "("}),
        ("1d6[" + "x" * 41 + "]", "label", {"limit": 40}),
        ("2.5d6", "whole", {"part": "2.5"}),
        ("1d2.5", "whole", {"part": "2.5"}),
        ("2d6adv", "advantage_dice", {"part": "adv"}),
        ("1d6+2 adv", "advantage_dice", {"part": "adv", "at": 7}),
        ("2d20kh1adv", "advantage_dice", {}),
        ("9" * 13, "digits", {"n": 13}),
        ("9" * 5_000, "length", {"n": 5_000, "limit": 500}),
        ("-" * 900 + "1", "length", {"n": 901}),
        ("-" * 200 + "1", "depth", {"limit": 50}),
        ("(" * 101 + "1" + ")" * 101, "depth", {}),
        ("(" * 120, "depth", {}),
        ("1+" * 200 + "1", "tokens", {"limit": 300}),
        ("adv+" * 100 + "1", "length", {"n": 801}),
    ],
)
def test_a_fault_names_itself_and_its_place(written: str, code: str, data: dict[str, object]) -> None:
    with pytest.raises(DiceError) as caught:
        parse(written)
    assert caught.value.code == code
    assert caught.value.data | data == caught.value.data
    for locale in LOCALES:
        assert len(text(locale, caught.value.key, **caught.value.data)) <= 140


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    assert text("pt-BR", "dice.error.sides_missing", part="2d") == "Falta o número de lados em `2d`."
    assert text("en-US", "dice.error.dice", n=5_000, limit=1_000) == ("5,000 dice; the limit is 1,000. Roll fewer.")
    assert {key for key in keys("pt-BR") if key.startswith("dice.")} == {
        key for key in keys("en-US") if key.startswith("dice.")
    }


LANGUAGE = st.lists(
    st.sampled_from(
        [
            *"0123456789d%+-*/()<>=[]kphl. #",
            "d20",
            "1d6",
            "kh1",
            "adv",
            "desv",
            "//",
            ">=",
            "[fire]",
            "2d8pl1",
        ]
    ),
    max_size=60,
).map("".join)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=600), LANGUAGE))
def test_no_text_raises_anything_but_a_dice_error(written: str) -> None:
    try:
        expression = parse(written)
        rolled = roll(expression, SeededDraw(SEED, 0))
        exact = odds(expression)
    except DiceError as error:
        for locale in LOCALES:
            assert text(locale, error.key, **error.data)
    else:
        assert len(rolled.text) <= 2 * dice_limits.HANDS_TEXT
        assert exact.min <= rolled.total <= exact.max


@settings(deadline=None)
@given(LANGUAGE)
def test_the_canonical_text_says_the_same_again(written: str) -> None:
    try:
        expression = parse(written)
    except DiceError:
        return
    again = parse(expression.canonical)
    assert again.canonical == expression.canonical
    assert again.side == expression.side
    assert again.target == expression.target
