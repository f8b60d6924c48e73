"""What becomes of a sentence at the table: where it leads, what is rolled, what is told of it."""

import re

import pytest

from core.game.rules.asks import Asked
from core.game.rules.effects import Checked, Fated
from core.game.state import Figure
from core.game.world import world
from core.story.oracle import Oracle
from core.story.oracle.grammar import choices
from core.story.oracle.tables import lines
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


async def told(table: Table, text: Said, *faces: int, hero: str = "pc1") -> str:
    table.dice.faces = list(faces)
    table.act(hero, text[table.state.language])
    return await table.tell(Oracle())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_place_two_ways_off_is_reached_in_one_telling(language: str) -> None:
    table = table_at(language, "warehouse")
    text = await told(table, {"pt-BR": "Vou até o sino.", "en-US": "I walk to the bell."}, 18)
    assert (table.state.heroes["pc1"].place, table.state.scene) == ("bell", "bell")
    assert re.search("sino|bell", text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_stands_in_between_stops_the_way(language: str) -> None:
    table = table_at(language, "harbour")
    table.state = table.state.with_(figures={**table.state.figures, "eel1": Figure("eel1", "eel", "flats", 8)})
    text = await told(table, {"pt-BR": "Vou até o sino.", "en-US": "I walk to the bell."}, 18)
    assert table.state.heroes["pc1"].place == "flats"
    assert re.search("enguia|eel", text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_failed_crossing_ends_where_it_failed(language: str) -> None:
    table = table_at(language, "harbour")
    said = {"pt-BR": "Vou até o farol e depois ao sino tocar", "en-US": "I cross the mud to the bell and ring it"}
    await told(table, said, 2)
    assert table.state.heroes["pc1"].place in {"flats", "harbour"}
    assert not any(ask.tool == "clock" and ask.arguments["id"] == "rung" for ask in table.asked)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_goes_to_talk_goes_first_and_then_talks(language: str) -> None:
    table = table_at(language, "harbour")
    said = {"pt-BR": "Vou até o farol falar com Jandira.", "en-US": "I go to the lighthouse to talk to Jandira."}
    text = await told(table, said)
    assert table.state.heroes["pc1"].place == "lighthouse"
    assert re.search(r"“[^”]+”.*Jandira|Jandira.*“[^”]+”", text), text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pulling_the_cloth_may_bring_out_what_is_under_it(language: str) -> None:
    said = {
        "pt-BR": "Me aproximo da balança e puxo o pano do contrapeso.",
        "en-US": "I walk up to the scale and pull the cloth off the counterweight.",
    }
    table = table_at(language, "warehouse")
    assert not re.search("badalo|clapper", await told(table, said, 3))
    assert re.search("badalo|clapper", await told(table, said, 18))
    assert table.state.revealed == ("s3",)
    assert {e.skill for e in table.events if isinstance(e, Checked)} == {"notice"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pressing_a_figure_about_a_topic_is_a_check_of_speech(language: str) -> None:
    table = table_at(language, "warehouse")
    said = {"pt-BR": "Pressiono Tobias: onde está o badalo?", "en-US": "I press Tobias: where is the clapper?"}
    assert "Tobias" in await told(table, said, 19)
    assert table.state.revealed == ("s3",)
    assert {e.skill for e in table.events if isinstance(e, Checked)} == {"speech"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_strike_on_the_bell_rings_it(language: str) -> None:
    table = table_at(language, "bell")
    table.state = table.state.with_(
        items={**table.state.items, "clapper": "pc1"}, revealed=("s3",), clocks={"unrest": 0, "rung": 2}
    )
    await told(table, {"pt-BR": "Golpeio o sino pela terceira vez.", "en-US": "I strike the bell a third time."}, 18)
    assert table.state.ending == "won"


FAR = [
    ({"pt-BR": "Toco o sino", "en-US": "I ring the bell"}, {"pt-BR": "lamaçal", "en-US": "mudflats"}),
    ({"pt-BR": "Falo com Tobias", "en-US": "I talk to Tobias"}, {"pt-BR": "armazém", "en-US": "warehouse"}),
    ({"pt-BR": "Procuro Jandira", "en-US": "I look for Jandira"}, {"pt-BR": "farol", "en-US": "lighthouse"}),
    ({"pt-BR": "Ataco Sabiá", "en-US": "I attack Sabiá"}, {"pt-BR": "lamaçal", "en-US": "mudflats"}),
    ({"pt-BR": "Puxo o pano da balança", "en-US": "I pull the cloth"}, {"pt-BR": "armazém", "en-US": "warehouse"}),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("said", "way"), FAR, ids=[said["en-US"] for said, _ in FAR])
async def test_what_fails_because_one_is_elsewhere_says_the_way(language: str, said: Said, way: Said) -> None:
    table = table_at(language, "harbour")
    text = await told(table, said)
    assert way[language] in text.lower()
    assert not any(isinstance(e, Checked) for e in table.events)


PASTIMES = [
    {"pt-BR": "Canto uma canção de ninar para a lua", "en-US": "I sing a lullaby to the moon"},
    {"pt-BR": "Danço uma valsa com a lua", "en-US": "I dance a waltz with the moon"},
    {"pt-BR": "Sento e espero", "en-US": "I sit down and wait"},
    {"pt-BR": "Sorrio para as gaivotas", "en-US": "I smile at the gulls"},
    {"pt-BR": "Bebo um gole de água", "en-US": "I drink some water"},
    {"pt-BR": "Rezo baixinho", "en-US": "I pray under my breath"},
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", PASTIMES, ids=[said["en-US"] for said in PASTIMES])
async def test_a_harmless_pastime_needs_no_check_and_something_moves(language: str, said: Said) -> None:
    table = table_at(language, "harbour")
    text = await told(table, said)
    assert not any(isinstance(e, Checked | Fated) for e in table.events)
    assert "Lia" in text
    assert not re.search(r"canção|lullaby|valsa|waltz|\blua\b|\bmoon\b", text)
    assert len(text.split()) >= 25


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_no_verb_fits_is_left_to_fate_and_told_as_it_fell(language: str) -> None:
    table = table_at(language, "harbour")
    await told(table, {"pt-BR": "Faço um castelo de sal", "en-US": "I build a castle out of salt"})
    drawn = [e for e in table.events if isinstance(e, Fated)]
    assert len(drawn) == 1
    assert drawn[0].likelihood == "even"
    assert not any(isinstance(e, Checked) for e in table.events)
    await told(table, {"pt-BR": "Voo para o céu", "en-US": "I fly up into the sky"})
    assert [e.likelihood for e in table.events if isinstance(e, Fated)] == ["even", "unlikely"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_companion_who_is_down_is_brought_back_by_help(language: str) -> None:
    table = table_at(language, "harbour", "Lia", "Bento")
    table.state = table.state.hero("pc2", hp=0)
    text = await told(table, {"pt-BR": "Socorro Bento", "en-US": "I help Bento"}, 18)
    assert table.state.heroes["pc2"].hp == 1
    assert "Bento" in text
    table.state = table.state.hero("pc2", hp=0)
    await told(table, {"pt-BR": "Socorro Bento", "en-US": "I help Bento"}, 2)
    assert table.state.heroes["pc2"].hp == 0


@pytest.mark.parametrize("language", LANGUAGES)
async def test_one_can_see_to_oneself(language: str) -> None:
    table = table_at(language, "harbour", "Lia", "Bento")
    table.state = table.state.hero("pc1", conditions=("soaked",))
    text = await told(table, {"pt-BR": "Cuido do meu ferimento", "en-US": "I bandage my arm"}, 18)
    assert table.state.heroes["pc1"].conditions == ()
    assert "Bento" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("face", "holder"), [(18, "pc1"), (2, "nilo")])
async def test_an_item_that_somebody_holds_can_be_asked_for(language: str, face: int, holder: str) -> None:
    table = table_at(language, "harbour")
    said = {"pt-BR": "Peço a corda emprestada a Nilo", "en-US": "I ask Nilo for the rope"}
    assert "Nilo" in await told(table, said, face)
    assert table.state.items["rope"] == holder


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_thing_is_taken_and_used_in_one_sentence(language: str) -> None:
    table = table_at(language, "harbour")
    await told(table, {"pt-BR": "Pego a lanterna e acendo.", "en-US": "I grab the lantern and light it."}, 15)
    deeds = [a.arguments["deed"] for a in table.events if isinstance(a, Asked) and a.tool == "item"]
    assert deeds == ["take", "use"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nobody_falls_over_a_book(language: str) -> None:
    table = table_at(language, "warehouse")
    await told(table, {"pt-BR": "Leio a caderneta", "en-US": "I read the ledger"}, 1)
    assert table.state.heroes["pc1"].conditions == ()


COMMON = (
    *(f"arrive.{place}" for place in world("saltmouth").places),
    "take.done",
    "fate.yes",
    "fate.no",
    *(f"feat.{skill}.{way}" for skill in ("force", "agility", "hands", "notice") for way in ("success", "failure")),
    *(f"talk.{figure}.other" for figure in world("saltmouth").figures),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("line", COMMON)
def test_what_is_told_often_is_told_in_many_ways(language: str, line: str) -> None:
    assert sum(len(choices(variant)) for variant in lines(language, line)) >= 8
