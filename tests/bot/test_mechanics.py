"""The mechanics line: every outcome and everybody who can be hurt has words in both languages."""

from typing import cast

import pytest

from bot.mechanics import mechanics
from core.game.rules.effects import Checked, Fated, Hurt
from core.game.rules.rolls import Cast
from core.game.rules.table import Started, opened
from core.game.state import Hero, Language, State
from core.game.world import world

CAST = Cast(0, "1d20+5", "17", "1d20+5 = [12] + 5 = 17", ())


def table(locale: str) -> State:
    state = opened(Started(language=cast("Language", locale), lead="ai", gm=1, world="saltmouth"), 1)
    hero = Hero("pc1", 2, 2, "thief", "she", 4, 9, 14, "harbour")
    return state.with_(heroes={"pc1": hero})


@pytest.mark.parametrize("locale", ["pt-BR", "en-US"])
def test_whoever_is_hurt_has_a_name_even_when_an_undo_took_it_away(locale: str) -> None:
    state, data = table(locale), world("saltmouth")
    for who in [*data.figures, *(f"{kind}1" for kind in data.kinds if kind not in data.figures)]:
        line = mechanics([Hurt(who=who, amount=3, source="pc1")], state, {})
        assert line.startswith("-# 💥 ")
        assert "3" in line


def test_a_check_says_who_rolled_what_against_what_and_what_came_of_it() -> None:
    for outcome, word in (("success", "passou"), ("failure", "não passou"), ("success_cost", "preço")):
        checked = Checked(who="pc1", skill="hands", dc=15, cast=CAST, outcome=outcome, margin="clearly")
        line = mechanics([checked], table("pt-BR"), {"pc1": "Lia"})
        assert line.startswith("-# 🎲 Lia 17 contra CD 15: ")
        assert word in line


@pytest.mark.parametrize(("locale", "shown"), [("pt-BR", "-# 🎲 Sorte: sim, mas…"), ("en-US", "-# 🎲 Fate: yes, but…")])
def test_fate_answers_in_words_and_a_mended_wound_is_a_gain(locale: str, shown: str) -> None:
    drawn = Fated(who="pc1", likelihood="even", cast=CAST, outcome="yes_but")
    assert mechanics([drawn], table(locale), {"pc1": "Lia"}) == shown
    mended = mechanics([Hurt(who="pc1", amount=-1, source="pc1")], table(locale), {"pc1": "Lia"})
    assert mended.startswith("-# 💗 Lia ")
    assert "-1" not in mended


def test_what_is_only_for_the_game_master_stays_out() -> None:
    assert mechanics([Hurt(who="pc1", amount=3, source="eel1", to="gm")], table("en-US"), {}) == ""


def test_past_four_lines_the_rest_is_counted() -> None:
    lines = mechanics([Hurt(who="pc1", amount=1, source="eel1")] * 6, table("en-US"), {"pc1": "Lia"}).splitlines()
    assert len(lines) == 5
    assert lines[-1] == "-# and 2 more rolls"
