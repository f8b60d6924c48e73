"""A person's own rolls: kept once, and rolled again by anyone who has the seed."""

import pytest

from core.dice import DiceError, SeededDraw, parse, roll

from .conftest import House


async def test_the_same_interaction_keeps_one_roll(house: House) -> None:
    rolls = house.bot.desk.accounts.rolls
    first = await rolls.roll(7, 1, "3d100")
    again = await rolls.roll(7, 1, "3d100")
    assert again == first
    assert await rolls.find(7, 1) == first
    assert await rolls.find(8, 1) is None


async def test_a_kept_roll_can_be_rolled_again_from_its_seed(house: House) -> None:
    kept = await house.bot.desk.accounts.rolls.roll(7, 2, "4d6kh3 + 2 >= 10")
    assert roll(parse(kept.dice), SeededDraw(kept.seed, 0)) == kept.rolled
    stored = await house.database.writer.fetchrow("SELECT total, line FROM person_rolls WHERE roll_id = 2")
    assert (stored["total"], stored["line"]) == (str(kept.rolled.total), kept.rolled.text)


async def test_bad_dice_keep_nothing(house: House) -> None:
    with pytest.raises(DiceError):
        await house.bot.desk.accounts.rolls.roll(7, 3, "2d")
    assert await house.bot.desk.accounts.rolls.find(7, 3) is None
