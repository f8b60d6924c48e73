"""Rounds as people see them: whom they wait for and until when, votes, the game master's word, the settings."""

import re

from core.i18n import text

from .conftest import Come, House
from .speech import labels, private


async def test_a_round_says_whom_it_waits_for_and_until_when_and_is_told_with_the_last(
    come: Come, house: House
) -> None:
    ana, lia, caio = await come("Ana"), await come("Lia"), await come("Caio")
    await ana.command("session start", title="Estrada", language="pt-BR")
    await lia.command("join", character="thief:Lia")
    await caio.command("join", character="fighter:Caio")
    acted = await lia.command("act", text="Entro.")
    assert re.search(r"-# Rodada 1 · falta Caio · narro <t:\d{10}:R>$", acted.message["content"])
    assert labels(acted.message) == [text("pt-BR", "buttons.tell"), text("pt-BR", "buttons.cancel")]
    state = (await house.engine.look(int(lia.channel_id or 0))).state
    assert state.until == (int(acted.message["interaction_metadata"]["id"]) >> 22) // 1000 + 1_420_070_400 + 45
    last = await caio.command("act", text="Vou atrás.")
    assert last.message["content"].endswith("\n-# Rodada 1")
    assert labels(last.message) == []
    assert len((await house.engine.look(int(lia.channel_id or 0))).state.due()) == 2


async def test_players_vote_and_the_game_master_decides(come: Come, house: House) -> None:
    ana, lia, caio, bia = await come("Ana"), await come("Lia"), await come("Caio"), await come("Bia")
    await ana.command("session start", title="Estrada", language="pt-BR")
    for person, hero in ((lia, "thief:Lia"), (caio, "fighter:Caio"), (bia, "sage:Kim")):
        await person.command("join", character=hero)
    acted = await lia.command("act", text="Entro.")
    voted = await lia.press(acted.message, text("pt-BR", "buttons.tell"))
    assert voted.message["content"].endswith("-# Rodada 1 · 1 de 2 votos para narrar já")
    told = await caio.press(voted.message, text("pt-BR", "buttons.tell"))
    assert told.message["content"].endswith("-# Rodada 1 · narro agora")
    assert labels(told.message) == []
    assert (await house.engine.look(int(lia.channel_id or 0))).state.missed == ("pc2", "pc3")


async def test_the_game_masters_word_closes_a_round(come: Come, house: House) -> None:
    ana, lia, caio = await come("Ana"), await come("Lia"), await come("Caio")
    await ana.command("session start", title="Estrada", language="pt-BR", lead="gm")
    await lia.command("join", character="thief:Lia")
    await caio.command("join", character="fighter:Caio")
    nothing = await ana.command("gm go")
    assert private(nothing.message)
    await lia.command("act", text="Entro.")
    refused = await caio.command("gm go")
    assert private(refused.message)
    gone = await ana.command("gm go")
    assert gone.message["content"] == "▶ Rodada 1: narro agora."
    assert (await house.engine.look(int(lia.channel_id or 0))).state.due()


async def test_the_settings_and_the_spotlight_are_for_who_leads(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", language="pt-BR")
    await lia.command("join", character="thief:Lia")
    theirs, mine = await lia.command("session status"), await ana.command("session status")
    assert labels(theirs.message) == []
    assert labels(mine.message) == [text("pt-BR", "buttons.settings")]
    assert "Jovens: perigo, sem crueldade. Espera 45 segundos." in mine.message["content"]
    form = (await ana.press(mine.message, text("pt-BR", "buttons.settings"))).modal
    saved = await ana.submit(form, pause="300", absence="gm", rating="everyone", who_rolls="players")
    assert private(saved.message)
    assert "Espera 5 minutos." in saved.message["content"]
