"""The lore cards as the game master prepares them: written, changed, switched, brought in files and taken along."""

import json
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import Come, House
from .speech import private

Json = dict[str, Any]


@dataclass(frozen=True)
class Words:
    gm: str
    locale: str
    empty: str
    one: str
    add: str
    change: str
    off: str
    on: str
    remove: str
    export: str
    options: str
    shown: str
    off_title: str
    removed: str
    undone: str


PT = Words(
    gm="Ana",
    locale="pt-BR",
    empty="📖 Ainda não há verbetes.",
    one="📖 Um verbete. Desligados: 0.",
    add="Adicionar",
    change="Mudar",
    off="Desligar",
    on="Ligar",
    remove="Remover",
    export="Exportar",
    options="dura 3; chance 50; with all sino, maré; grupo costa",
    shown="-# chance 50; dura 3; com todas sino, maré; grupo costa",
    off_title="**O farol** · desligado",
    removed="🗑️ Removido.",
    undone="mudança nos verbetes",
)
EN = Words(
    gm="Bia",
    locale="en-US",
    empty="📖 No lore cards yet.",
    one="📖 One lore card. Off: 0.",
    add="Add",
    change="Change",
    off="Switch off",
    on="Switch on",
    remove="Remove",
    export="Export",
    options="lasts 3; chance 50; com todas sino, maré; group costa",
    shown="-# chance 50; lasts 3; with all sino, maré; group costa",
    off_title="**O farol** · off",
    removed="🗑️ Removed.",
    undone="change to the lore cards",
)
both = pytest.mark.parametrize("say", [PT, EN], ids=["pt-BR", "en-US"])
CARD: Json = {
    "name": "O farol",
    "when": "heard",
    "keys": "farol, /luz(es)?, longe/i",
    "text": "O farol está *apagado*.",
}


def menu(message: Json) -> Json:
    return next(part for row in message["components"] for part in row["components"] if part["type"] == 3)


def buttons(message: Json) -> list[str]:
    return [part["label"] for row in message["components"] for part in row["components"] if part["type"] == 2]


def book(tmp_path: Path, *entries: Json, **more: Json) -> Path:
    file = tmp_path / "book.json"
    file.write_text(json.dumps({"entries": {str(n): entry for n, entry in enumerate(entries)}, **more}))
    return file


@both
async def test_a_card_is_written_read_changed_switched_and_removed(come: Come, say: Words) -> None:
    gm = await come(say.gm)
    await gm.command("session start", title="Estrada", language=say.locale, lead="ai")
    listed = await gm.command("prep", kind="lore")
    assert private(listed.message)
    assert listed.message["content"].startswith(say.empty)
    form = (await gm.press(listed.message, say.add)).modal
    written = (await gm.submit(form, **CARD, options=say.options)).message
    lines = written["content"].splitlines()
    assert lines[1:] == ["**O farol**", "🔑 farol, /luz(es)?, longe/i", say.shown, r"O farol está \*apagado\*."]

    change = (await gm.press(written, say.change)).modal
    fields = {label["component"]["custom_id"]: label["component"].get("value") for label in change["components"]}
    assert fields["keys"] == CARD["keys"]
    assert f"-# {fields['options']}" == say.shown
    changed = (await gm.submit(change, **{**CARD, "text": "A luz voltou."}, options="")).message
    assert changed["content"].splitlines()[3:] == ["A luz voltou."]

    off = (await gm.press(changed, say.off)).message
    assert say.off_title in off["content"]
    on = (await gm.press(off, say.on)).message
    assert say.off_title not in on["content"]

    listed = await gm.command("prep", kind="lore")
    assert listed.message["content"].splitlines() == [say.one]
    chosen = menu(listed.message)
    picked = await gm.press(listed.message, chosen["custom_id"], [chosen["options"][0]["value"]])
    assert "A luz voltou." in picked.message["content"]
    named = await gm.command("prep", kind="lore", name="o farol")
    assert "A luz voltou." in named.message["content"]
    removed = (await gm.press(named.message, say.remove)).message
    assert removed["content"].startswith(say.removed)
    assert say.empty in removed["content"]
    undo = await gm.command("gm undo", steps=1)
    assert say.undone in undo.message["content"]


async def test_a_book_in_a_file_is_taken_in_once_and_given_back_whole(come: Come, house: House, tmp_path: Path) -> None:
    gm = await come("Bia")
    await gm.command("session start", title="Estrada", language="en-US", lead="ai")
    bell = {"uid": 7, "comment": "Bell", "key": ["bell"], "content": "It is mute.", "order": 40, "mine": {"a": [1]}}
    deaf = {"uid": 8, "comment": "Ahead", "key": ["/bell(?= rings)/"], "content": "Never heard."}
    file = book(tmp_path, bell, deaf, scan_depth=9)  # type: ignore[arg-type]
    first = await gm.command("prep", kind="lore", file=file)
    assert first.message["content"].splitlines()[0] == "📖 New cards: 2. Changed: 0."
    assert "looks ahead or back" in first.message["content"]
    again = await gm.command("prep", kind="lore", file=file)
    assert again.message["content"].startswith("📖 Nothing new in that file")
    out = await gm.press(again.message, "Export")
    assert private(out.message)
    attached = out.message["attachments"][0]
    async with house.http.get(attached["url"]) as answer:
        given = json.loads(await answer.read())
    assert given["scan_depth"] == 9
    assert [entry["comment"] for entry in given["entries"].values()] == ["Bell", "Ahead"]
    assert given["entries"]["0"] | bell | {"uid": 0} == given["entries"]["0"]


async def test_a_characters_picture_brings_its_book(come: Come, tmp_path: Path) -> None:
    gm = await come("Bia")
    await gm.command("session start", title="Estrada", language="en-US", lead="ai")
    entry = {"keys": ["tide"], "content": "It comes at dusk.", "enabled": False, "insertion_order": 3, "extensions": {}}
    card = {"spec": "chara_card_v2", "data": {"name": "Ada", "character_book": {"entries": [entry], "extensions": {}}}}
    text = b"chara\0" + b64encode(json.dumps(card).encode())
    chunk = len(text).to_bytes(4) + b"tEXt" + text + b"\0\0\0\0"
    file = tmp_path / "ada.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    taken = await gm.command("prep", kind="lore", file=file)
    assert taken.message["content"].splitlines() == ["📖 New cards: 1. Changed: 0.", "📖 One lore card. Off: 1."]


async def test_what_is_no_book_is_said_so_and_nothing_is_stored(come: Come, house: House, tmp_path: Path) -> None:
    gm = await come("Bia")
    await gm.command("session start", title="Estrada", language="en-US", lead="ai")
    file = tmp_path / "book.json"
    for content, said in (
        (b"{", "That file is no lorebook."),
        (b"[" * 500 + b"]" * 500, "That file is no lorebook."),
        (b'{"entries": {}}', "There are no lore cards in that file."),
        (b"x" * (1 << 20) + b"x", "The file has 1,048,577 bytes"),
    ):
        file.write_bytes(content)
        refused = await gm.command("prep", kind="lore", file=file)
        assert said in refused.message["content"].replace("1048577", "1,048,577")
    empty = await gm.command("prep", kind="lore")
    assert empty.message["content"].startswith("📖 No lore cards yet.")
    form = (await gm.press(empty.message, "Add")).modal
    wrong = await gm.submit(form, **CARD, options="lasts forever")
    assert "I can't read `lasts forever`" in wrong.message["content"]


async def test_nobody_but_the_game_master_sees_or_touches_the_cards(come: Come, house: House) -> None:
    gm, lia = await come("Bia"), await come("Lia")
    started = await gm.command("session start", title="Estrada", language="en-US", lead="ai")
    await lia.command("join", character="thief:Lia")
    empty = await gm.command("prep", kind="lore")
    form = (await gm.press(empty.message, "Add")).modal
    await gm.submit(form, **CARD, options="")
    refused = await lia.command("prep", kind="lore")
    assert f"<@{gm.id}>" in refused.message["content"]
    assert "farol" not in refused.message["content"]
    assert await lia.autocomplete("prep", "name", kind="lore", name="far") == []
    assert [one["name"] for one in await gm.autocomplete("prep", "name", kind="lore", name="far")] == ["O farol"]
    loaded = await house.engine.look(int(started.message["channel_id"]))
    words = await house.engine.log.words(loaded.session_id, list(loaded.state.lore.values()))
    assert [audience for _, audience in words.values()] == ["gm"]


async def test_a_long_book_is_shown_page_by_page(come: Come, tmp_path: Path) -> None:
    gm = await come("Bia")
    await gm.command("session start", title="Estrada", language="en-US", lead="ai")
    cards = [{"comment": f"Card {n}", "key": [f"key{n}"], "content": "x"} for n in range(30)]
    first = await gm.command("prep", kind="lore", file=book(tmp_path, *cards))
    assert len(menu(first.message)["options"]) == 25
    assert buttons(first.message) == ["Add", "Export", "More"]
    second = (await gm.press(first.message, "More")).message
    assert [option["label"] for option in menu(second)["options"]] == [f"Card {n}" for n in range(25, 30)]
    assert buttons(second) == ["Add", "Export", "Back"]
