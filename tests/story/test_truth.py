"""What the oracle tells is what the state holds."""

import re
from dataclasses import replace
from random import Random

import pytest

from core.game.state import Ask, Figure
from core.story.oracle import Oracle
from core.story.oracle.desk import Desk, settled_state
from core.story.oracle.scene import Scene
from core.story.oracle.storylets import happen, storylets, told_lately
from core.story.sentences import split
from tests.story.table import Table

LANGUAGES = ("pt-BR", "en-US")
Said = dict[str, str]


def table_at(language: str, place: str, *names: str) -> Table:
    table = Table(language)
    for name in names or ("Lia",):
        hero = table.join(name, "she", "fighter")
        table.state = table.state.hero(hero, place=place)
    table.state = table.state.with_(scene=place)
    return table


async def told(table: Table, text: Said, hero: str = "pc1") -> str:
    table.act(hero, text[table.state.language])
    return await table.tell(Oracle())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_somebody_gave_away_is_no_longer_told_in_their_hands(language: str) -> None:
    table = table_at(language, "lighthouse")
    table.state = table.state.with_(items={**table.state.items, "hook": "pc1"})
    for _ in range(12):
        text = await told(table, {"pt-BR": "Falo com Jandira sobre a ajuda", "en-US": "I ask Jandira for help"})
        assert not re.search(r"(?:gancho|\bhook\b)[^.]*Jandira|Jandira[^.]*(?:gancho|\bhook\b)", text), text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_item_taken_is_held_and_no_longer_lies_there(language: str) -> None:
    table = table_at(language, "harbour")
    await told(table, {"pt-BR": "Pego a lanterna", "en-US": "I take the lantern"})
    assert table.state.items["lantern"] == "pc1"
    look = await told(table, {"pt-BR": "Olho em volta", "en-US": "I look around"})
    assert not re.search("lanterna|lantern", look)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_dead_neither_speak_nor_fight(language: str) -> None:
    table = table_at(language, "lighthouse")
    table.state = table.state.figure("jandira", hp=0)
    for text in (
        {"pt-BR": "Falo com Jandira", "en-US": "I talk to Jandira"},
        {"pt-BR": "Ataco Jandira", "en-US": "I attack Jandira"},
        {"pt-BR": "Olho para Jandira", "en-US": "I look at Jandira"},
    ):
        assert "“" not in await told(table, text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_hit_wounds_and_a_kill_kills(language: str) -> None:
    table = table_at(language, "flats")
    table.state = table.state.with_(figures={**table.state.figures, "eel1": Figure("eel1", "eel", "flats", 1)})
    table.dice.faces = [19]
    text = await told(table, {"pt-BR": "Ataco a enguia", "en-US": "I attack the eel"})
    assert table.state.figures["eel1"].hp == 0
    ends = {"pt-BR": r"cai|derruba|fim", "en-US": r"goes down|drops|falls|end of"}
    assert re.search(ends[language], split(text)[0]), text
    again = await told(table, {"pt-BR": "Ataco a enguia", "en-US": "I attack the eel"})
    assert re.search({"pt-BR": "ninguém|inimigo|contra quem", "en-US": "nobody|no enemy"}[language], again.lower())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_creature_nearby_does_not_wait_for_its_turn(language: str) -> None:
    struck = 0
    for round_ in range(8):
        table = table_at(language, "flats")
        table.seed = b"creature %d of sixteen" % round_
        table.state = table.state.with_(figures={**table.state.figures, "eel1": Figure("eel1", "eel", "flats", 8)})
        await told(table, {"pt-BR": "Espero", "en-US": "I wait"})
        struck += any(ask.tool == "attack" for ask in table.asked)
    assert 2 <= struck <= 7


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_let_go_lies_where_its_holder_stood_and_can_be_taken_again(language: str) -> None:
    table = table_at(language, "harbour")
    table.state = table.state.with_(items={**table.state.items, "clapper": "pc1", "rope": "pc1"}, revealed=("s3",))
    await told(table, {"pt-BR": "Largo o badalo", "en-US": "I drop the clapper"})
    await told(table, {"pt-BR": "Largo a corda", "en-US": "I drop the rope"})
    assert (table.state.items["clapper"], table.state.items["rope"]) == ("harbour", "harbour")
    await told(table, {"pt-BR": "Pego o badalo", "en-US": "I take the clapper"})
    assert table.state.items["clapper"] == "pc1"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_group_goes_together_and_the_scene_goes_along(language: str) -> None:
    table = table_at(language, "harbour", "Lia", "Bento")
    text = await told(table, {"pt-BR": "Nós vamos ao farol", "en-US": "We go to the lighthouse"})
    assert {h.place for h in table.state.heroes.values()} == {"lighthouse"}
    assert table.state.scene == "lighthouse"
    assert re.search("grupo|odos juntos|group", text)


async def test_the_scene_follows_when_the_last_hero_has_left_it() -> None:
    table = table_at("en-US", "harbour", "Lia", "Bento")
    await told(table, {"en-US": "I go to the warehouse"})
    assert (table.state.scene, table.state.heroes["pc2"].place) == ("harbour", "harbour")
    await told(table, {"en-US": "I go to the warehouse"}, "pc2")
    assert table.state.scene == "warehouse"


async def test_a_storylet_whose_effect_is_refused_is_dropped() -> None:
    table = table_at("en-US", "harbour")
    full = table.state.with_(clocks={**table.state.clocks, "unrest": 4})

    async def refused(tool: str, arguments: object) -> object:
        return type("No", (), {"ok": False, "result": {"why": "already_done"}, "state": full})()

    seen = set()
    for seed in range(60):
        turn = replace(table.turn(()), state=full)
        scene = Scene(turn, Desk(full, refused), Random(seed), "harbour")
        await happen(scene, "pc1")
        seen |= {beat.line for beat in scene.beats}
    told_ = {line.removeprefix("storylet.") for line in seen}
    assert told_
    assert not told_ & {s.id for s in storylets() if s.effect}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_storylet_told_lately_is_known_again_by_its_fixed_words(language: str) -> None:
    for storylet in storylets():
        for text in storylet.variants(language):
            shown = re.sub(r"\{\?\w+\}", "", text)
            shown = re.sub(r"\{[^}]*\}", "Lia", shown)
            assert told_lately(storylet, ("Antes.", shown, "Depois."), language), text
            assert not told_lately(storylet, (shown, *["Outra."] * storylet.cooldown), language), text


async def test_what_a_model_asked_before_it_fell_silent_is_told_and_not_asked_again() -> None:
    table = table_at("en-US", "harbour", "Lia", "Bento")
    table.act("pc1", "I push the door")
    table.act("pc2", "I pick up the lantern")
    turn = table.turn()
    for tool, arguments in (
        ("check", {"who": "pc1", "skill": "hands", "level": "hard"}),
        ("item", {"deed": "take", "who": "pc2", "item": "lantern"}),
    ):
        await table.ask(tool, arguments)
    rolls = table.state.rolls
    text = await table.tell(Oracle(), replace(turn, asks=table.state.asks))
    assert table.state.rolls == rolls
    assert "Bento" in text
    assert "antern" in text


def test_the_state_is_folded_from_the_words_of_the_answers() -> None:
    state = table_at("en-US", "harbour").state
    moved = settled_state(state, Ask(0, "move", {}, True, {"who": "group", "place": "flats"}))
    assert (moved.scene, moved.heroes["pc1"].place) == ("flats", "flats")
    down = settled_state(state, Ask(0, "attack", {}, True, {"npc": "eel", "target": "pc1", "wound": "down"}))
    assert down.heroes["pc1"].hp == 0
    ended = settled_state(state, Ask(0, "clock", {"by": "1"}, True, {"id": "unrest", "full": 1, "ending": "lost"}))
    assert (ended.clocks["unrest"], ended.ending) == (1, "lost")
    soaked = settled_state(state, Ask(0, "condition", {}, True, {"who": "pc1", "what": "soaked", "on": 1}))
    assert soaked.heroes["pc1"].conditions == ("soaked",)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_was_named_is_helped_and_not_the_companion_beside(language: str) -> None:
    table = table_at(language, "harbour", "Lia", "Bento")
    text = await told(table, {"pt-BR": "Ajudo Nilo a amarrar a corda", "en-US": "I help Nilo splice the rope"})
    first = split(text)[0]
    assert "Nilo" in first
    assert "Bento" not in first
