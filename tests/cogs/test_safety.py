"""The X-card, people's own limits, a server's settings, whispers and talk out of the game, as people see them."""

import json
from typing import Any

import pytest

from core.game.rules.telling import Tell
from core.i18n import text

from .conftest import Come, House
from .speech import labels, private

Json = dict[str, Any]


async def _told(house: House, person: Any) -> int:
    """Act, have it told by the engine alone, and return the telling's row."""
    done = await person.command("act", text="Abro a caixa.")
    assert not done.failed
    state = (await house.engine.look(int(person.channel_id))).state
    command = Tell(key=f"tell:{state.stand}", by=0, start=state.stand, through=state.seq, teller="oracle")
    return (await house.engine.execute(command, session=state.session_id)).seq


async def test_whoever_cuts_is_told_alone_and_the_table_reads_a_line_of_the_bots_own(come: Come, house: House) -> None:
    ana, lia, bia = await come("Ana"), await come("Lia"), await come("Bia")
    await ana.command("session start", title="Estrada", options={"pause": "0"}, language="pt-BR")
    await lia.command("join", character="thief:Lia")
    await bia.command("join", character="sage:Kim")
    await _told(house, lia)
    woken = len(house.woken)
    cut = await bia.command("x")
    assert private(cut.message)
    assert cut.message["content"] == text("en-US", "safety.yours")
    assert labels(cut.message) == [text("en-US", "buttons.add_limit")]
    line = await lia.until(lambda m: m["content"] == text("pt-BR", "telling.cut_line"))
    assert not line.get("interaction_metadata")
    assert not line.get("message_reference")
    assert line["author"]["bot"]
    state = (await house.engine.look(int(lia.channel_id or 0))).state
    assert (state.tellings, state.cut) == (0, state.seq)
    assert len(house.woken) > woken
    row = await house.database.writer.fetchrow(
        "SELECT * FROM log WHERE session_id = $1 AND seq = $2", state.session_id, state.seq
    )
    assert row is not None
    assert (row["actor"], row["reference"], json.loads(row["answer"])) == (0, "", {})
    assert bia.id not in " ".join(map(str, row.values()))
    again = await lia.command("x")
    assert again.message["content"] == text("pt-BR", "safety.yours")
    assert (await house.engine.look(int(lia.channel_id or 0))).state.seq == state.seq

    gone_on = await lia.press(line, text("pt-BR", "buttons.go_on"))
    assert labels(gone_on.message) == []
    assert (await house.engine.look(int(lia.channel_id or 0))).state.due()


async def test_there_is_nothing_to_cut_before_anything_was_told_and_strangers_cut_nothing(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", options={"pause": "0"})
    stranger = await lia.command("x")
    assert stranger.message["content"].startswith("⚠ ")
    await lia.command("join", character="thief:Lia")
    early = await lia.command("x")
    assert text("pt-BR", "refusal.nothing_to_cut") in early.message["content"]


async def test_a_narration_by_the_game_master_goes_from_the_channel_at_one_tap(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", lead="gm", language="pt-BR")
    await lia.command("join", character="thief:Lia")
    told = await ana.command("gm narrate", text="A caixa se abre.")
    assert text("pt-BR", "buttons.x") in labels(told.message)
    pressed = await lia.press(told.message, text("pt-BR", "buttons.x"))
    assert not pressed.failed
    assert ana.seen[told.message["id"]]["content"] == text("pt-BR", "telling.cut")
    assert labels(ana.seen[told.message["id"]]) == []


async def test_limits_are_added_listed_and_taken_out_in_private(come: Come, house: House) -> None:
    caio = await come("Caio")
    shown = await caio.command("lines")
    assert private(shown.message)
    assert text("pt-BR", "safety.none") in shown.message["content"]
    for button, words in (("add_line", "aranhas"), ("add_veil", "sangue *vivo*")):
        form = (await caio.press(shown.message, text("pt-BR", f"buttons.{button}"))).modal
        shown = await caio.submit(form, text=words)
    assert "🚫 aranhas" in shown.message["content"]
    assert "🌫 sangue \\*vivo\\*" in shown.message["content"]
    stored = await house.database.writer.fetch("SELECT * FROM person_limits WHERE person_id = $1", int(caio.id))
    assert len(stored) == 2
    assert all(b"aranhas" not in row["ciphertext"] for row in stored)
    limits = await house.bot.desk.accounts.limits.at_table([int(caio.id), 5])
    assert (limits.lines, limits.veils) == (("aranhas",), ("sangue *vivo*",))
    form = (await caio.press(shown.message, text("pt-BR", "buttons.drop_limit"))).modal
    shown = await caio.submit(form, limit=str(stored[0]["limit_id"]))
    assert "aranhas" not in shown.message["content"]


async def test_a_table_is_given_all_limits_once_and_a_person_keeps_twenty(house: House) -> None:
    limits = house.bot.desk.accounts.limits
    for n in range(20):
        assert await limits.add(9_000_077, n, "veil" if n % 2 else "line", f"coisa {n:02}")
    assert not await limits.add(9_000_077, 20, "line", "mais uma")
    assert await limits.add(9_000_078, 1, "line", "Coisa 01")
    found = await limits.at_table([9_000_078, 9_000_077])
    assert len(found.lines) == 11
    assert "Coisa 01" in found.lines
    assert "coisa 01" not in found.veils
    assert found == await limits.at_table([9_000_077, 9_000_078])
    await house.database.writer.execute("UPDATE person_keys SET wrapped = NULL WHERE person_id = 9000077")
    assert (await limits.at_table([9_000_077])).lines == ()
    assert await limits.add(9_000_077, 30, "line", "de novo")


async def test_a_servers_settings_are_for_who_manages_it_and_hold_for_new_tables(come: Come, house: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    assert "setup" not in {command["name"] for command in await lia.commands()}
    try:
        form = (await ana.command("setup")).modal
        saved = await ana.submit(form, language="en-US", rating="everyone")
        assert private(saved.message)
        await lia.command("session start", title="Road")
        state = (await house.engine.look(int(lia.channel_id or 0))).state
        assert (state.language, state.rating, state.gather) == ("en-US", "everyone", 45)
    finally:
        await house.database.writer.execute("DELETE FROM guild_settings")


@pytest.mark.parametrize("gated", [True, False])
async def test_adult_content_is_offered_in_age_gated_channels_alone(house: House, gated: bool) -> None:
    guild = house.playground.seeded.guild
    made = await house.control("channels", guild_id=guild.id, name=f"gate-{gated}".lower(), nsfw=gated)
    ana = await house.person("Ana", channel=str(made["id"]))
    try:
        await ana.submit((await ana.command("setup")).modal, language="pt-BR", rating="adult")
        await ana.command("session start", title="Estrada")
        status = await ana.command("session status")
        form = (await ana.press(status.message, text("pt-BR", "buttons.settings"))).modal
        select = next(label["component"] for label in form["components"] if label["component"]["custom_id"] == "rating")
        assert ("adult" in {option["value"] for option in select["options"]}) is gated
        if gated:
            await ana.submit(form, pause="0", absence="skip", rating="adult", who_rolls="engine")
        state = (await house.engine.look(int(made["id"]))).state
        assert (state.rating, state.gather) == (("adult", 0) if gated else ("teen", 45))
    finally:
        await house.database.writer.execute("DELETE FROM guild_settings")


async def test_a_whisper_is_an_envelope_that_two_and_the_game_master_open(come: Come) -> None:
    ana, lia, caio, bia = await come("Ana"), await come("Lia"), await come("Caio"), await come("Bia")
    await ana.command("session start", title="Estrada", language="pt-BR")
    for person, hero in ((lia, "thief:Lia"), (caio, "fighter:Bento"), (bia, "sage:Kim")):
        await person.command("join", character=hero)
    said = await lia.command("say", text="Não confio na Kim.", to=caio.id)
    assert private(said.message)
    envelope = await bia.until(lambda m: m["content"] == text("pt-BR", "story.envelope", name="Bento"))
    assert not envelope.get("interaction_metadata")
    for person, opens in ((caio, True), (ana, True), (lia, True), (bia, False)):
        opened = await person.press(envelope, text("pt-BR", "buttons.open"))
        assert private(opened.message)
        assert ("Não confio na Kim." in opened.message["content"]) is opens
    assert "Não confio" not in json.dumps(await bia.messages(bia.channel_id))
    alone = await lia.command("say", text="Oi.", to=lia.id)
    assert text("pt-BR", "refusal.nobody_to_whisper") in alone.message["content"]
    both = await lia.command("say", text="Só para ti.", to=caio.id, ooc=True)
    assert private(both.message)
    assert "Só para ti." not in json.dumps(await bia.messages(bia.channel_id))


async def test_talk_out_of_the_game_is_shown_marked_and_kept_nowhere(come: Come, house: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", language="pt-BR")
    await lia.command("join", character="thief:Lia")
    before = (await house.engine.look(int(lia.channel_id or 0))).state
    said = await lia.command("say", text="Nilo, volto em\ncinco minutos", ooc=True)
    assert said.message["content"] == "-# 💬 Lia, fora do jogo: Nilo, volto em cinco minutos"
    after = (await house.engine.look(int(lia.channel_id or 0))).state
    assert after == before
