"""Lines, veils and absent heroes: what a table will not have is not told; who did not act stays near."""

from dataclasses import replace

import pytest

from core.game.state import Figure
from core.story.oracle import Oracle
from core.story.oracle.desk import Desk
from core.story.oracle.moment import Moment
from core.story.oracle.names import local_name
from core.story.oracle.oracle import _rng
from core.story.oracle.scene import Scene
from core.story.oracle.storylets import fitting, storylets
from core.story.safety import crosses, unveils
from core.story.sentences import split
from tests.story.table import Table

LANGUAGES = ("pt-BR", "en-US")
LIMITS = {"pt-BR": ("ratos", "afogamento", "sangue"), "en-US": ("rats", "drowning", "blood")}
DEEDS = {
    "pt-BR": ["Vou ao armazém", "Vasculho o lugar", "Espero", "Danço", "Volto ao porto", "Desço ao lamaçal", "Espero"],
    "en-US": ["I go to the warehouse", "I search the place", "I wait", "I dance", "I return to the harbor",
              "I go to the mudflats", "I wait"],
}  # fmt: skip


def table_of(language: str, seed: bytes) -> Table:
    table = Table(language, seed)
    table.join("Lia", "she", "thief")
    table.join("Kim", "they", "sage")
    table.join("Rui", "unknown", "healer")
    return table


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_that_a_line_forbids_is_told(language: str) -> None:
    for number in range(4):
        table = table_of(language, b"limits %d of sixteen bytes" % number)
        for text in [*DEEDS[language], *DEEDS[language]]:
            table.act("pc1", text)
            turn = replace(table.turn(), lines=LIMITS[language])
            for sentence in split(await table.tell(Oracle(), turn)):
                assert crosses(sentence, LIMITS[language], language) is None, sentence
            if table.state.heroes["pc1"].hp <= 0:
                break


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_veiled_is_not_shown(language: str) -> None:
    table = table_of(language, b"veils of sixteen bytes")
    veils = {"pt-BR": ("violência",), "en-US": ("violence",)}[language]
    table.state = table.state.hero("pc1", place="flats")
    for _ in range(6):
        table.act("pc1", {"pt-BR": "Ataco Sabiá", "en-US": "I attack Sabiá"}[language])
        turn = replace(table.turn(), veils=veils)
        told = await table.tell(Oracle(), turn)
        assert told
        for sentence in split(told):
            assert unveils(sentence, veils, language) is None, sentence
        if table.state.heroes["pc1"].hp <= 0:
            break


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_storylet_about_what_a_line_forbids_does_not_happen(language: str) -> None:
    table = table_of(language, b"tags of sixteen bytes")
    table.state = table.state.hero("pc1", place="flats")
    table.act("pc1", DEEDS[language][2])
    moment = Moment(table.state, "flats", "pc1", "clear", "failure")
    free, bound = (
        {one.id for one in fitting(moment, scene_of(table, lines))} for lines in ((), (LIMITS[language][1],))
    )
    assert {"plank", "mud_holds"} <= free
    assert not {"plank", "mud_holds"} & bound
    assert bound


def scene_of(table: Table, lines: tuple[str, ...]) -> Scene:
    turn = replace(table.turn(), lines=lines)
    return Scene(turn, Desk(turn.state, table.ask), _rng(turn), "flats")


def test_every_tag_is_known_in_both_languages() -> None:
    from core.story.oracle.tables import table

    used = {tag for one in storylets() for tag in one.tags}
    for language in LANGUAGES:
        assert used <= set(table(language, "tags")["tags"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_absent_heroes_are_told_to_stay_near_once_and_nothing_happens_to_them(language: str) -> None:
    table = table_of(language, b"absent of sixteen bytes")
    both = {"pt-BR": "Kim e Rui", "en-US": "Kim and Rui"}[language]
    seen = []
    for _ in range(8):
        table.act("pc1", DEEDS[language][2])
        told = await table.tell(Oracle(), replace(table.turn(), absent=("pc2", "pc3")))
        seen.append(both in told)
        for sentence in split(told):
            assert ("Kim" not in sentence and "Rui" not in sentence) or both in sentence, sentence
    assert seen.count(True) == 1
    assert not table.state.heroes["pc2"].conditions
    assert not table.state.heroes["pc3"].conditions


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_creature_strikes_at_whoever_is_absent(language: str) -> None:
    for number in range(24):
        table = table_of(language, b"spared %d of sixteen bytes" % number)
        for hero in ("pc1", "pc2", "pc3"):
            table.state = table.state.hero(hero, place="flats")
        table.act("pc1", DEEDS[language][2])
        eel = Figure("eel1", "eel", "flats", 8)
        table.state = table.state.hero("pc1", hp=0).with_(figures={**table.state.figures, "eel1": eel})
        before = {hero: table.state.heroes[hero].hp for hero in ("pc2", "pc3")}
        await table.tell(Oracle(), replace(table.turn(), absent=("pc2", "pc3")))
        assert {hero: table.state.heroes[hero].hp for hero in before} == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_walk_on_keeps_a_name_that_no_hero_and_no_other_has(language: str) -> None:
    keys = ("name_dog", "name_fishwife", "name_netter", "name_pilot", "name_apprentice", "name_guard")
    for number in range(30):
        seed = b"names %d" % number
        names = [local_name(seed, language, key, {}).word for key in keys]
        assert names == [local_name(seed, language, key, {}).word for key in keys]
        assert len(set(names)) == len(keys), names
    taken = {"pc1": names[1]}
    assert local_name(seed, language, keys[1], taken).word != names[1]
