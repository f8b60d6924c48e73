"""Takes the pictures of `docs/images` from a running table: `python -m tools.pictures http://127.0.0.1:8080`.

A fresh `make run` is needed: a scene is played in #mesa-1 in Portuguese and in #tavern in English, six turns each.
"""

import asyncio
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, async_playwright

from playground.people import Person

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
QUAY: Final = """\
##############
#......+.....#
#.N....#..T..#
#......#######
#....C.......#
#.........:::#
####..####:::#
~~~~..~~~~~~~~
~~~~..~~e~~~~~
~~~~~~~~~~~~~~
"""
PLAYERS: Final = {"Lia": ("Lia", "she", "thief"), "Caio": ("Bento", "he", "fighter"), "Bia": ("Kim", "they", "sage")}
MOVES: Final = {"Lia": "E5", "Caio": "E7", "Bia": "D3"}


@dataclass(frozen=True)
class Scene:
    """One language's table: who looks at it in the pictures, the buttons' labels, and what is done by whom."""

    language: str
    channel: str
    viewer: str
    title: str
    join: str
    begin: str
    other: str
    roll: str
    turns: tuple[tuple[str, str, str], ...]


SCENES: Final = (
    Scene(
        "pt-BR", "mesa-1", "Lia", "O sino sob a lama", "Entrar", "Começar", "Outra ação", "arpão",
        (
            ("Lia", "act", "Olho em volta do cais."),
            ("Caio", "act", "Pego a lanterna."),
            ("Bia", "say", "Celeste, quem roubou o badalo?"),
            ("Lia", "act", "Eu me escondo atrás dos barris."),
            ("Bia", "say", "Nilo, o que há no barco do seu pai?"),
            ("Caio", "act", "Procuro pegadas no cais."),
        ),
    ),
    Scene(
        "en-US", "tavern", "Bia", "The bell under the mud", "Join", "Begin", "Another action", "gaff",
        (
            ("Lia", "act", "I look around the harbor."),
            ("Caio", "act", "I take the lantern."),
            ("Bia", "say", "Celeste, who stole the clapper?"),
            ("Lia", "act", "I hide behind the barrels."),
            ("Bia", "say", "Nilo, what is aboard your father’s boat?"),
            ("Caio", "act", "I search the quay for tracks."),
        ),
    ),
)  # fmt: skip


async def main(url: str) -> None:
    """Play both scenes at `url` and write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as engine:
        browser = await engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scene in SCENES:
            viewer = await _play(url, scene)
            address = f"{url}/?person={viewer.id}&channel={viewer.channel_id}"
            for theme in ("dark", "light"):
                await _picture(browser, address, f"table-{scene.language}-{theme}", theme=theme)
            await _picture(browser, address, f"phone-{scene.language}", theme="dark", width=390, height=780)
        await browser.close()


async def _play(url: str, scene: Scene) -> Person:
    """Play the scene and return its viewer."""
    people = {name: await Person.connect(url, name, channel=scene.channel) for name in ("Ana", *PLAYERS)}
    ana = people["Ana"]
    opened = await ana.command("session start", title=scene.title, language=scene.language, lead="ai")
    newest = opened.message or {}
    for who, (hero, pronoun, archetype) in PLAYERS.items():
        form = await people[who].press(opened.message or {}, scene.join)
        joined = await people[who].submit(form.modal or {}, name=hero, pronoun=pronoun, archetype=archetype, line="")
        newest = joined.message or {}
    await ana.press(newest, scene.begin)
    await _told(ana, newest, scene)
    with tempfile.TemporaryDirectory() as folder:
        drawing = Path(folder) / "quay.txt"
        drawing.write_text(QUAY)
        await ana.command("map new", kind="ascii", file=drawing)
    for who, square in MOVES.items():
        await people[who].command("map move", to=square)
    for number, (who, command, words) in enumerate(scene.turns, 1):
        if number == len(scene.turns) - 1:
            await people["Caio"].command("roll", dice="1d20+5 >= 15", label=scene.roll)
        done = await people[who].command(command, text=words)
        await _told(ana, done.message or {}, scene)
    for person in people.values():
        await person.close()
    return people[scene.viewer]


async def _told(reader: Person, after: Any, scene: Scene) -> None:
    """Wait until what follows a message is told to its end."""
    await reader.until(
        lambda m: int(m["id"]) > int(after["id"]) and scene.other in str(m["components"]), channel=scene.channel
    )


async def _picture(
    browser: Browser, address: str, name: str, *, theme: Any, width: int = 1280, height: int = 860
) -> None:
    narrow = width < 720
    window = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, is_mobile=narrow, has_touch=narrow
    )
    page = await window.new_page()
    await page.goto(address)
    await page.locator("[data-composer]").wait_for()
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=FOLDER / f"{name}.png")
    await window.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].rstrip("/")))
