"""The weather: drawn by the seed, told when it turns, contradicted by nothing that is told."""

import re
from itertools import pairwise

import pytest

from core.story.oracle import Oracle
from core.story.oracle.grammar import choices
from core.story.oracle.tables import lines
from core.story.oracle.weather import SKIES, SPELL, contradicts, spell, weather
from core.story.sentences import folded, split
from tests.story.table import Table

LANGUAGES = ("pt-BR", "en-US")
SEED = b"weather of sixteen bytes"
WRONG = {
    "pt-BR": {"wind": r"\bnevoa|\bgaroa|calmaria", "mist": r"\bvento\b|\bgaroa", "drizzle": r"\bnevoa|estrela"},
    "en-US": {"wind": r"\bmist\b|\bdrizzle", "mist": r"\bwind\b|\bdrizzle", "drizzle": r"\bmist\b|\bstars?\b"},
}


def test_a_sky_follows_only_on_what_may_come_before_it() -> None:
    skies = [weather(SEED, number) for number in range(40)]
    assert all(now in SKIES[before] for before, now in pairwise(skies))
    assert len(set(skies)) >= 4
    assert skies != [weather(b"another seed", number) for number in range(40)]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_weather_is_told_where_it_turns_and_never_contradicted(language: str) -> None:
    table = Table(language, SEED)
    hero = table.join("Lia", "she", "thief")
    table.begin()
    await table.tell(Oracle())
    texts = {"pt-BR": ("Espero", "Olho em volta", "Vasculho o lugar"), "en-US": ("I wait", "I look around", "I search")}
    turned = 0
    for _ in range(80):
        number = table.state.tellings
        sky = weather(SEED, spell(number))
        table.state = table.state.with_(clocks={**table.state.clocks, "unrest": 1})
        table.act(hero, texts[language][number % 3])
        told = await table.tell(Oracle())
        forms = {form for one in lines(language, f"sky.{sky}") for form in choices(one)}
        changes = number % SPELL == 0
        if changes:
            turned += any(form in told for form in forms)
        assert changes or not any(form in told for form in forms), told
        assert not [s for s in split(told) if contradicts(s, language, sky, "dusk")], (sky, told)
        if sky in WRONG[language]:
            assert not re.search(WRONG[language][sky], folded(told)), (sky, told)
    assert turned >= 7


@pytest.mark.parametrize(
    ("language", "text", "sky", "wrong"),
    [
        ("pt-BR", "A névoa entra pelo cais.", "wind", True),
        ("pt-BR", "O vento bate na porta.", "mist", True),
        ("pt-BR", "O vento bate na porta.", "wind", False),
        ("pt-BR", "A garoa chia.", "clear", True),
        ("en-US", "The mist comes in.", "wind", True),
        ("en-US", "The wind beats the sign.", "still", True),
        ("en-US", "The window creaks.", "still", False),
        ("en-US", "The drizzle hisses.", "drizzle", False),
    ],
)
def test_a_sentence_of_another_weather_is_known(language: str, text: str, sky: str, *, wrong: bool) -> None:
    assert contradicts(text, language, sky, "dusk") is wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_hour_has_its_lines_at_each_place_and_none_of_them_speaks_of_another_hour(language: str) -> None:
    for place in Table(language).state.figures.values():
        for time in ("dusk", "night", "dawn", "day"):
            found = lines(language, f"hour.{place.place}.{time}")
            assert found, (place.place, time)
            for form in (form for one in found for form in choices(one)):
                assert not any(contradicts(one, language, "", time) for one in split(form)), form
