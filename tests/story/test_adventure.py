from collections.abc import Callable

import pytest

from core.game.state import State
from core.story.oracle import Oracle
from core.story.oracle.places import ending
from core.story.sentences import split
from tests.story.players import burning_move, winning_move
from tests.story.table import Table

LANGUAGES = ("pt-BR", "en-US")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_determined_player_brings_the_tide_back(language: str) -> None:
    won = 0
    for round_ in range(8):
        table = Table(language, seed=b"win %d and sixteen bytes" % round_)
        heroes = [table.join("Lia", "she", "thief"), table.join("Bento", "he", "fighter")]
        await play(table, heroes, winning_move, most=40)
        won += ending(table.state) == "won"
        if ending(table.state) == "won":
            assert {"pt-BR": "água", "en-US": "water"}[language] in table.told[-1]
    assert won >= 3


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_strikes_at_the_town_sees_the_lighthouse_burn(language: str) -> None:
    table = Table(language)
    heroes = [table.join(name, "she", "fighter") for name in ("Lia", "Bento", "Kim", "Rui")]
    await play(table, heroes, burning_move, most=30)
    assert ending(table.state) == "lost"
    assert {"pt-BR": "farol", "en-US": "lighthouse"}[language] in table.told[-1]
    assert table.state.clocks["unrest"] == 6


@pytest.mark.parametrize("language", LANGUAGES)
async def test_after_the_end_no_storylet_goes_on_and_the_end_is_told_once(language: str) -> None:
    table = Table(language)
    heroes = [table.join(name, "she", "fighter") for name in ("Lia", "Bento", "Kim", "Rui")]
    await play(table, heroes, burning_move, most=30)
    end = split(table.told[-1])[-2]
    standing = next(hero for hero in heroes if table.state.heroes[hero].hp > 0)
    table.act(standing, {"pt-BR": "Olho em volta", "en-US": "I look around"}[language])
    assert end not in await table.tell(Oracle())


async def play(table: Table, heroes: list[str], move: Callable[[State, str], str], most: int) -> None:
    table.begin()
    await table.tell(Oracle())
    for turn in range(most):
        standing = [hero for hero in heroes if table.state.heroes[hero].hp > 0]
        if not standing or ending(table.state):
            return
        hero = standing[turn % len(standing)]
        table.act(hero, move(table.state, hero))
        await table.tell(Oracle())
