"""The commands as people meet them: on the local Discord, over a real database."""

from typing import Any

from .conftest import Come, House


def labels(message: dict[str, Any]) -> list[str]:
    return [button["label"] for row in message["components"] for button in row["components"]]


async def test_a_table_is_opened_joined_and_played_in_portuguese(come: Come, house: House) -> None:
    ana, lia = await come("Ana"), await come("Lia")
    started = await ana.command("session start", title="Estrada de Brasas", language="pt-BR", lead="gm")
    assert started.message["content"].startswith(f"📖 **Estrada de Brasas** · mesa de <@{ana.id}>")
    assert labels(started.message) == ["Entrar"]

    form = (await lia.press(started.message, "Entrar")).modal
    joined = await lia.submit(form, name="Lia", pronoun="she", archetype="thief", line="Ri baixo.")
    assert joined.message["content"] == "🙋 Lia entrou na mesa."
    mine = await lia.until(lambda m: "PV" in m["content"] and m["flags"] & 64)
    assert mine["content"] == "Lia, ladra. 9 PV, CA 14."

    begun = await lia.press(joined.message, "Começar")
    assert "abriu a primeira cena" in begun.message["content"]
    acted = await lia.command("act", text="Empurro a porta com o ombro, bem devagar.")
    assert acted.message["content"].splitlines() == [
        "**Lia:** Empurro a porta com o ombro, bem devagar.",
        f"-# Rodada 1 · todo mundo agiu; <@{ana.id}> fecha",
    ]
    assert labels(acted.message) == ["Narrar já", "Cancelar"]
    assert house.woken
    rolled = await lia.command("roll", dice="1d20+5", label="arpão")
    first, second, third = rolled.message["content"].splitlines()
    assert first == "🎲 Lia · arpão"
    assert second.startswith("1d20+5 = [")
    assert " ou mais: " in third
