"""An evening in both languages: started, joined, acted, rolled, walked, undone and ended, as people see it."""

from pathlib import Path

import pytest

from bot.logs import reference_of

from .conftest import Come, House
from .speech import EN, PT, Speech, alt_text, board_text, labels, private

DRAWING = "##########\n#..G.....#\n#........#\n#...###..#\n#...+....#\n##########\n"
both = pytest.mark.parametrize("say", [PT, EN], ids=["pt-BR", "en-US"])


@both
async def test_a_table_is_played_from_start_to_end(come: Come, house: House, tmp_path: Path, say: Speech) -> None:
    gm, lia, caio = await come(say.gm), await come("Lia"), await come("Caio")
    started = await gm.command("session start", title="Estrada de Brasas", language=say.locale, lead="gm")
    assert started.message["content"].startswith(f"{say.opened}<@{gm.id}>")
    assert not private(started.message)

    form = (await lia.press(started.message, say.join)).modal
    joined = await lia.submit(form, name="Lia", pronoun="she", archetype="thief", line="Ri baixo.")
    assert joined.message["content"] == say.joined
    await lia.until(lambda m: m["content"] == say.mine and private(m))
    await caio.command("join", character="fighter:Caio")

    begun = await lia.press(joined.message, say.begin)
    assert begun.message["content"] == f"{say.joined}\n{say.begun}"
    assert labels(begun.message) == []

    acted = await lia.command("act", text="Empurro a porta com o ombro, bem devagar.")
    line, waits = acted.message["content"].splitlines()
    assert line == "**Lia:** Empurro a porta com o ombro, bem devagar."
    assert waits == say.waits
    assert labels(acted.message) == [say.tell, say.cancel]
    second = await caio.command("act", text="Vou atrás dela.")
    assert second.message["content"].splitlines()[1].startswith(say.ready)
    woken = len(house.woken)
    told = await gm.press(second.message, say.tell)
    assert told.message["content"].splitlines()[1] == say.now
    assert labels(told.message) == []
    assert len(house.woken) > woken

    rolled = await lia.command("roll", dice="1d20+5", label="arpão")
    head, dice, chance = rolled.message["content"].splitlines()
    assert head == "🎲 Lia · arpão"
    assert dice.startswith("1d20+5 = [")
    assert say.more in chance
    assert labels(rolled.message) == [say.again, say.odds]

    drawing = tmp_path / "map.txt"
    drawing.write_text(DRAWING)
    laid = await gm.command("map new", kind="ascii", file=drawing)
    assert private(laid.message)
    await gm.command("gm set", who="Lia", field="hp", value="3")
    walked = await lia.command("map move", to="C3")
    assert "Lia" in alt_text(walked.message)
    stepped = await lia.press(walked.message, "L" if say is PT else "E")
    assert board_text(stepped.message) == say.stepped


@both
async def test_an_undo_is_listed_first_then_done_then_undone(come: Come, say: Speech) -> None:
    gm, lia = await come(say.gm), await come("Lia")
    await gm.command("session start", title="Estrada de Brasas", language=say.locale, lead="gm")
    await lia.command("join", character="thief:Lia")
    await lia.command("roll", dice="2d6")
    await gm.command("map new", kind="blank")
    await gm.command("gm set", who="Lia", field="hp", value="3")
    await lia.command("map move", to="C3")
    listed = await gm.command("gm undo", steps=2)
    assert private(listed.message)
    assert listed.message["content"] == say.listed
    await gm.press(listed.message, say.undo)
    public = await lia.until(lambda m: m["content"] == say.undone)
    assert labels(public) == [say.redo]
    assert "9 de 9 PV" in (await lia.command("session status")).message["content"]
    await gm.press(public, say.redo)
    assert "3 de 9 PV" in (await lia.command("session status")).message["content"]
    assert (await gm.command("session end")).message["content"] == say.ended


@both
async def test_words_are_heard_and_a_figure_that_is_named_answers(come: Come, say: Speech) -> None:
    gm, lia = await come(say.gm), await come("Lia")
    await gm.command("session start", title="Estrada de Brasas", language=say.locale, lead="ai")
    await lia.command("join", character="thief:Lia")
    heard = await lia.command("say", text="Boa noite a todos.")
    assert heard.message["content"] == "**Lia:** “Boa noite a todos.”"
    assert labels(heard.message) == []
    first = await lia.command("say", text="Boa noite, Jandira.")
    assert labels(first.message) == []
    asked = await lia.command("say", text="Jandira, e o farol?")
    assert labels(asked.message) == [say.cancel]
    question = await lia.command("ask", question="Onde estou?")
    assert private(question.message)
    withdrawn = await lia.press(asked.message, say.cancel)
    assert withdrawn.message["content"].startswith("↩ Lia")


async def test_a_public_line_speaks_the_tables_language_and_a_private_one_the_persons(come: Come) -> None:
    ana, bia = await come("Ana"), await come("Bia")
    await ana.command("session start", title="Estrada", language="pt-BR")
    joined = await bia.command("join", character="sage:Bia")
    assert joined.message["content"] == "🙋 Bia entrou na mesa."
    await bia.until(lambda m: m["content"].startswith("Bia, sage. 8 HP, AC 11."))
    refused = await bia.command("gm narrate", text="The tide comes back.")
    assert refused.message["content"].startswith(f"⚠ Only the GM can. Ask <@{ana.id}>.")


async def test_a_roll_without_a_table_goes_to_the_persons_own_history(come: Come, house: House) -> None:
    lia = await come("Lia")
    rolled = await lia.command("roll", dice="2d6+3", label="fora")
    assert rolled.message["content"].startswith("🎲 Lia · fora\n2d6+3 = [")
    kept = await house.database.writer.fetch("SELECT * FROM person_rolls WHERE person_id = $1", int(lia.id))
    assert kept[-1]["dice"] == "2d6+3"
    chart = await lia.press(rolled.message, "Chances")
    assert private(chart.message)
    assert chart.message["content"].startswith("📊 `2d6+3`: de 5 a 15, média 10")


async def test_a_roll_against_a_number_says_whether_it_was_made(come: Come) -> None:
    lia = await come("Lia")
    made = await lia.command("roll", dice="1d6 >= 1")
    assert made.message["content"].startswith("🎲 Lia: passou\n")
    assert made.message["content"].endswith("-# chance de passar: 100%")


async def test_a_game_master_may_write_the_names_of_values_as_they_read_them(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    done = await ana.command("gm set", who="lia", field="Lugar", value="barco encalhado")
    assert done.message["content"] == "Lia · lugar: barco encalhado"
    secret = await ana.command("gm roll", dice="1d20+2")
    assert private(secret.message)
    offered = await ana.autocomplete("gm set", "field", who="Jandira", field="")
    assert [choice["value"] for choice in offered] == ["place", "hp", "attitude"]
    assert await lia.autocomplete("gm set", "who", who="") == []


async def test_a_narration_of_the_game_master_hides_no_link_and_opens_the_form_for_an_action(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", lead="gm")
    await lia.command("join", character="thief:Lia")
    told = await ana.command("gm narrate", text="A maré **volta**. [aqui](http://a.b)")
    assert told.message["content"].startswith("A maré **volta**. [aqui] (http://a.b)\n-# ")
    form = (await lia.press(told.message, "Outra ação")).modal
    acted = await lia.submit(form, text="Corro para o farol.")
    assert acted.message["content"].startswith("**Lia:** Corro para o farol.\n")


async def test_a_pause_is_said_with_the_button_that_ends_it(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    await ana.command("session pause")
    refused = await lia.command("act", text="Corro.")
    assert refused.message["content"].startswith("⚠ A mesa está em pausa.")
    assert (await lia.press(refused.message, "Retomar")).message["content"].startswith("⚠ Só quem mestra")
    own = await ana.command("session status")
    assert own.message["content"].startswith("⏸ **Estrada** · rodada 1, em pausa")
    assert (await ana.command("session resume")).message["content"] == "▶ A mesa segue."
    left = await lia.command("leave")
    assert left.message["content"].startswith("👋 Lia saiu da mesa.")
    back = await lia.command("join", character="thief:Lia")
    assert back.message["content"] == "🙋 Lia voltou à mesa."


async def test_the_button_of_an_error_opens_a_table(come: Come) -> None:
    lia = await come("Lia")
    refused = await lia.command("act", text="Corro.")
    assert refused.message["content"].startswith("⚠ Não há mesa aberta aqui. Abra com `/mesa abrir`.\n-# ref ")
    form = (await lia.press(refused.message, "Abrir mesa")).modal
    assert (await lia.submit(form, title="Foz do Sal")).message["content"].startswith("📖 **Foz do Sal**")


async def test_where_we_may_not_send_pictures_the_map_is_told_in_words(come: Come, house: House, channel: str) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    everyone = house.playground.seeded.guild.id
    await house.control("overwrites", channel_id=channel, target_id=everyone, type=0, allow="0", deny=str(1 << 15))
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    await ana.command("map new", kind="blank")
    walked = await lia.command("map move", to="C3")
    words = board_text(walked.message)
    assert words.startswith("Lia foi até C3: ")
    assert "Sala 15×10." in words
    assert "Anexar arquivos" in words
    assert walked.message["attachments"] == []


async def test_what_is_told_in_answer_is_sent_where_it_was_asked_and_a_private_answer_in_private(
    come: Come, house: House
) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    acted = await lia.command("act", text="Corro.")
    asked = await lia.command("ask", question="Onde estou?")
    table = await house.engine.look(int(lia.channel_id or 0))
    rows = await house.database.writer.fetch(
        "SELECT * FROM delivery WHERE session_id = $1 ORDER BY from_seq", table.session_id
    )
    told, answer = rows
    assert (told["private"], told["from_seq"], told["channel_id"]) == (False, 1, int(lia.channel_id or 0))
    assert (answer["private"], answer["from_seq"]) == (True, table.state.seq)
    assert [row["reference"] for row in rows] == [reference_of(done.interaction_id) for done in (acted, asked)]
    logged = await house.engine.log.rows(table.session_id)
    assert all(row.reference for row in logged)


async def test_an_undo_leaves_everyone_at_the_table_and_a_pause_as_it_is(come: Come) -> None:
    ana, lia, caio = await come("Ana"), await come("Lia"), await come("Caio")
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    await lia.command("act", text="Corro.")
    await caio.command("join", character="fighter:Caio")
    await lia.command("join", character="sage:Lia")
    await ana.command("session pause")
    listed = await ana.command("gm undo")
    await ana.press(listed.message, "Desfazer 1")
    status = (await ana.command("session status")).message["content"]
    assert status.startswith("⏸ ")
    assert "Lia, pessoa de saber" in status
    assert "Caio, braço de briga" in status


async def test_a_suggestion_taken_without_a_name_asks_for_the_name(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    offered = await lia.autocomplete("join", "character", character="")
    form = await lia.command("join", character=offered[0]["value"])
    assert form.modal is not None
    done = await lia.submit(form.modal, name="Lia", pronoun="she", archetype="thief", line="")
    assert "Lia" in done.message["content"]
