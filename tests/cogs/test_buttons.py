"""Buttons: of any age, once, of their own person, and never dead without a word."""

import pytest

from core.game.registry import Command
from core.game.rules.table import Pause, Resume

from .conftest import Come, House
from .speech import PT, alt_text, board_text, labels, private


async def test_the_same_press_twice_gives_the_first_answer(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    rolled = await lia.command("roll", dice="3d100")
    again = await lia.press(rolled.message, PT.again)
    twice = await lia.press(rolled.message, PT.again)
    assert again.message["content"] == twice.message["content"]
    assert again.message["content"] != rolled.message["content"]


async def test_somebody_elses_button_says_whose_it_is(come: Come) -> None:
    ana, lia, caio = await come("Ana"), await come("Lia"), await come("Caio")
    await ana.command("session start", title="Estrada", lead="gm")
    await lia.command("join", character="thief:Lia")
    acted = await lia.command("act", text="Corro.")
    refused = await caio.press(acted.message, PT.cancel)
    assert refused.message["content"].startswith("⚠ Este botão é de Lia.")
    assert private(refused.message)
    rolled = await lia.command("roll", dice="1d6")
    assert f"<@{lia.id}>" in (await caio.press(rolled.message, PT.again)).message["content"]
    assert private((await caio.press(rolled.message, PT.odds)).message)


async def test_a_moment_that_passed_takes_its_buttons_along_and_shows_those_of_now(come: Come) -> None:
    ana, lia, caio = await come("Ana"), await come("Lia"), await come("Caio")
    await ana.command("session start", title="Estrada", lead="gm")
    first = await lia.command("join", character="thief:Lia")
    second = await caio.command("join", character="fighter:Caio")
    await lia.press(first.message, PT.begin)
    late = await caio.press(second.message, PT.begin)
    assert labels(late.message) == []
    error = await caio.until(lambda m: m["content"].startswith(PT.stale))
    assert labels(error) == [PT.act]
    form = (await caio.press(error, PT.act)).modal
    assert (await caio.submit(form, text="Espero.")).message["content"].startswith("**Caio:** Espero.")


async def test_an_arrow_moves_only_what_was_shown_and_then_shows_what_is_now(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    await ana.command("map new", kind="blank")
    first = await lia.command("map move", to="C3")
    second = await lia.command("map move", to="D4")
    stale = await lia.press(first.message, "N")
    assert board_text(stale.message) == "Lia em D4"
    await lia.until(lambda m: m["content"].startswith(PT.stale))
    await lia.command("roll", dice="1d6")
    moved = await lia.press(second.message, "N")
    assert board_text(moved.message) == "Lia foi até D3: 1,5 m"
    seen = await lia.press(first.message, "Descrever")
    assert seen.message["content"].startswith("Sala 15×10. Lia em D3.")
    view = await ana.press(first.message, "O que eu vejo")
    assert private(view.message)
    assert "Lia em D3" in alt_text(view.message)
    form = (await lia.press(moved.message, "Ir até")).modal
    gone = await lia.submit(form, to="f6")
    assert board_text(gone.message).startswith("Lia foi até F6")


@pytest.mark.parametrize(("written", "at"), [("L", "D3"), ("noroeste", "B2"), ("s", "C4"), ("b2", "B2"), ("ne", "D2")])
async def test_a_direction_may_be_written_as_people_say_it(come: Come, written: str, at: str) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    await lia.command("join", character="thief:Lia")
    await ana.command("map new", kind="blank")
    await lia.command("map move", to="C3")
    moved = await lia.command("map move", to=written)
    assert board_text(moved.message).startswith(f"Lia foi até {at}: ")


async def test_a_forged_or_unknown_button_is_a_sentence(come: Come, house: House) -> None:
    lia = await come("Lia")
    signer = house.bot.desk.signer
    for custom_id in ("y1.odds.1.1..Aaaaaaaaaaaaa", "something else", signer.write("nobody", 1, 1)):
        sent = await house.bot.http.send_message(int(lia.channel_id or 0), params=_with_button(custom_id))
        message = await lia.until(lambda m, sent=sent: m["id"] == sent["id"])
        answer = await lia.press(message, custom_id)
        assert answer.message["content"].startswith("⚠ Este botão já não serve.")
        assert "-# ref " in answer.message["content"]


async def test_buttons_of_an_ended_table_say_so(come: Come) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada", lead="gm")
    joined = await lia.command("join", character="thief:Lia")
    await ana.command("session end")
    assert (await lia.press(joined.message, PT.begin)).message["content"].startswith("⚠ Não há mesa aberta aqui.")


@pytest.mark.parametrize("command", [Pause, Resume])
async def test_every_command_of_a_player_needs_the_right_person(come: Come, command: type[Command]) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    await ana.command("session start", title="Estrada")
    refused = await lia.command(f"session {command.__name__.lower()}")
    assert refused.message["content"].startswith(f"⚠ Só quem mestra faz isso. Fale com <@{ana.id}>.")


def _with_button(custom_id: str) -> object:
    from discord.http import MultipartParameters

    button = {"type": 2, "style": 2, "label": custom_id[:20], "custom_id": custom_id}
    payload = {"content": "?", "components": [{"type": 1, "components": [button]}]}
    return MultipartParameters(payload=payload, multipart=None, files=None)
