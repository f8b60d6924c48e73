"""What Discord is told of the commands: within its limits, in both languages."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest_asyncio

from cogs.naming import CatalogueTranslator
from core.i18n import LOCALES

from .conftest import House

Json = dict[str, Any]
# The line of each command in ux.md: English name, Portuguese name, options in English and Portuguese.
BUILT = {
    "act": ("agir", {"text": "texto"}),
    "say": ("falar", {"text": "texto", "to": "para", "ooc": "off"}),
    "ask": ("perguntar", {"question": "pergunta"}),
    "roll": ("rolar", {"dice": "dados", "label": "motivo"}),
    "join": ("entrar", {"character": "personagem"}),
    "leave": ("sair", {}),
    "session start": (
        "mesa abrir",
        {
            "title": "titulo",
            "language": "idioma",
            "tone": "tom",
            "system": "sistema",
            "lead": "narra",
            "pause": "pausa",
        },
    ),
    "session status": ("mesa status", {}),
    "session pause": ("mesa pausar", {}),
    "session resume": ("mesa retomar", {}),
    "session end": ("mesa encerrar", {}),
    "gm undo": ("mestre desfazer", {"steps": "passos"}),
    "gm narrate": ("mestre narrar", {"text": "texto"}),
    "gm set": ("mestre mudar", {"who": "quem", "field": "campo", "value": "valor"}),
    "gm go": ("mestre vai", {}),
    "x": ("x", {}),
    "lines": ("limites", {}),
    "setup": ("configurar", {}),
    "gm why": ("mestre porque", {}),
    "gm budget": ("mestre orcamento", {"limit": "limite"}),
    "gm roll": ("mestre rolar", {"dice": "dados"}),
    "prep": ("preparar", {"kind": "tipo", "name": "nome", "file": "arquivo"}),
    "map show": ("mapa ver", {}),
    "map move": ("mapa mover", {"to": "para"}),
    "map new": ("mapa novo", {"kind": "tipo", "file": "arquivo"}),
}


@pytest_asyncio.fixture
async def payload(house: House) -> list[Json]:
    translator = CatalogueTranslator()
    return [await c.get_translated_payload(house.bot.tree, translator) for c in house.bot.tree.get_commands()]


def everything(command: Json) -> Iterator[Json]:
    yield command
    for part in (*command.get("options", ()), *command.get("choices", ())):
        yield from everything(part)


def flat(payload: list[Json], locale: str = "en-US") -> Iterator[tuple[str, Json]]:
    for command in payload:
        name = command["name_localizations"][locale]
        parts = [option for option in command.get("options", ()) if option["type"] == 1]
        yield from [(f"{name} {part['name_localizations'][locale]}", part) for part in parts] or [(name, command)]


async def test_the_commands_are_those_of_the_design_in_both_languages(payload: list[Json]) -> None:
    english, portuguese = dict(flat(payload)), list(flat(payload, "pt-BR"))
    assert set(english) == set(BUILT)
    assert {name for name, _ in portuguese} == {name for name, _ in BUILT.values()}
    for name, command in english.items():
        options = {
            option["name_localizations"]["en-US"]: option["name_localizations"]["pt-BR"]
            for option in command.get("options", ())
        }
        assert options == BUILT[name][1], name


async def test_every_word_is_there_in_both_languages(payload: list[Json]) -> None:
    for command in payload:
        for part in everything(command):
            assert set(part["name_localizations"]) == set(LOCALES), part["name"]
            assert part["name_localizations"]["en-US"] == part["name"]
            if "description" in part:
                assert set(part["description_localizations"]) == set(LOCALES), part["name"]


async def test_names_and_descriptions_keep_discords_limits_and_bear_no_accents(payload: list[Json]) -> None:
    assert len(payload) <= 25
    for command in payload:
        assert len(command.get("options", ())) <= 25
        for part in everything(command):
            if "description" not in part:
                continue
            for name in part["name_localizations"].values():
                assert re.fullmatch(r"[a-z0-9_-]{1,32}", unicodedata.normalize("NFC", name)), name
            for words in (part["description"], *part["description_localizations"].values()):
                assert 1 <= len(words) <= 100, words


async def test_no_root_comes_near_discords_8000_characters(payload: list[Json]) -> None:
    def size(part: Json) -> int:
        names = max(map(len, part["name_localizations"].values()))
        words = max(map(len, part.get("description_localizations", {"": ""}).values()))
        value = len(str(part["value"])) if "value" in part else 0
        return names + words + value + sum(map(size, (*part.get("options", ()), *part.get("choices", ()))))

    assert max(map(size, payload)) < 3_000


async def test_commands_work_in_servers_alone_and_longest_texts_are_bounded(payload: list[Json]) -> None:
    for command in payload:
        assert command["contexts"] == [0]
        for part in everything(command):
            if part.get("type") == 3 and "options" not in part and not part.get("choices") and "required" in part:
                assert part["max_length"] <= 1_800, part["name"]


async def test_discord_knows_the_commands_after_the_start(house: House) -> None:
    person = await house.person("Lia")
    assert {command["name"] for command in await person.commands()} >= {"act", "roll", "session", "gm", "map"}
