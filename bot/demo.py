"""`yourtale demo`: a written scene with three people, through the real processes on the local Discord.

The transcript goes to standard output with times (first answer, first words, last word), logs to standard error.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bot import demo_scene
from bot.demo_scene import Scene
from playground.ai import AIProviders
from playground.people import Done, Person

PROVIDERS: Final = ("gemini", "mistral", "openai")
START_SECONDS: Final = 90.0
STEP_SECONDS: Final = 60.0


def main(argv: Sequence[str]) -> int:
    """Play the scene in one language or in both; exit code 0 when it was told to its end."""
    parser = argparse.ArgumentParser(prog="yourtale demo")
    parser.add_argument("--ai", choices=("offline", *PROVIDERS), default="offline")
    parser.add_argument("--lang", choices=("pt-BR", "en-US", "both"), default="both")
    given = parser.parse_args(argv)
    languages = ("pt-BR", "en-US") if given.lang == "both" else (given.lang,)
    return asyncio.run(_main(given.ai, languages))


async def _main(ai: str, languages: Sequence[str]) -> int:
    async with _providers(ai) as env, _running(env) as page:
        for language in languages:
            await Play(page, demo_scene.SCENES[language]).play()
    return 0


@asynccontextmanager
async def _providers(ai: str) -> AsyncIterator[dict[str, str]]:
    """Yield the settings of the wanted storyteller: the real provider where its key is set, else the local one."""
    if ai == "offline":
        yield {"YOURTALE_AI_ORDER": "offline"}
        return
    env = {"YOURTALE_AI_ORDER": f"{ai},offline"}
    if any(os.environ.get(f"{ai.upper()}_API_KEY{s}") for s in ("", "S", "_FILE", "S_FILE")):
        yield env
        return
    sys.stderr.write(f"No key for {ai} is set: the local provider that speaks its protocol answers.\n")
    async with AIProviders() as local:
        url = {"gemini": local.gemini_url, "mistral": local.mistral_url, "openai": local.openai_url}[ai]
        base = "OPENAI_BASE_URL" if ai == "openai" else f"YOURTALE_{ai.upper()}_BASE_URL"
        env |= {f"{ai.upper()}_API_KEY": "local-key", base: url}
        yield env | ({"YOURTALE_OPENAI_MODELS": "tale-small"} if ai == "openai" else {})


@asynccontextmanager
async def _running(env: dict[str, str]) -> AsyncIterator[str]:
    """Run `yourtale run` on a data folder of its own and yield the page's address."""
    with tempfile.TemporaryDirectory(prefix="yourtale-") as folder:
        own = {
            "YOURTALE_DATA_DIR": str(Path(folder) / "data"),
            "DISCORD_TOKEN": "",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "YOURTALE_PLAYGROUND_PORT": "0",
            "YOURTALE_PORT_SHARDS": "0",
            "YOURTALE_PORT_WORKER": "0",
            "YOURTALE_PORT_SCHEDULER": "0",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli", "run", env=os.environ | own | env, stdout=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                yield await _page(process)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _page(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    while line := (await process.stdout.readline()).decode():
        if "Open http" in line:
            return line.split("Open ", 1)[1].strip()
    raise SystemExit("yourtale: the processes did not start; see the lines above.")


class Play:
    """One scene being played."""

    def __init__(self, page: str, scene: Scene) -> None:
        self._page = page
        self._scene = scene
        self._began = time.monotonic()
        self._people: dict[str, Person] = {}

    async def play(self) -> None:
        """Play it from the opening to the end and print what is said."""
        scene = self._scene
        self._say(scene.heading)
        try:
            for who in scene.people:
                self._people[who] = await Person.connect(self._page, who, channel=scene.channel)
            await self._known(scene.gm, "session")
            joined = await self._open()
            await self._press(scene.gm, joined, scene.begin)
            for line in scene.lines:
                await self._line(line)
        finally:
            for person in self._people.values():
                await person.close()

    async def _known(self, who: str, command: str) -> None:
        """Wait until the bot has told Discord of its commands."""
        async with asyncio.timeout(START_SECONDS):
            while command not in {known["name"] for known in await self._people[who].commands()}:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def _open(self) -> Any:
        scene = self._scene
        about = {"title": scene.title, "language": scene.language, "lead": "ai", "pause": "0"}
        done = await self._command(scene.gm, "session start", **about)
        message = done.message
        for who, (hero, pronoun, archetype) in scene.heroes.items():
            form = (await self._people[who].press(done.message or {}, scene.join)).modal or {}
            joined = await self._people[who].submit(form, name=hero, pronoun=pronoun, archetype=archetype, line="")
            self._said(who, f"[{scene.join}] {hero}", joined)
            message = joined.message
        return message

    async def _line(self, line: demo_scene.Line) -> None:
        done = await self._command(line.who, line.command, **line.options)
        if line.told and done.message:
            await self._narration(line.who, done.message["id"])

    async def _command(self, who: str, name: str, **options: Any) -> Done:
        done = await self._people[who].command(name, locale=self._scene.language, **options)
        shown = " ".join([f"/{self._scene.named(name)}", *(str(value) for value in options.values())])
        self._said(who, shown, done)
        return done

    async def _press(self, who: str, message: Any, label: str) -> None:
        done = await self._people[who].press(message, label)
        self._said(who, f"[{label}]", done)
        await self._narration(who, message["id"])

    async def _narration(self, who: str, after: str) -> None:
        """Wait for the telling and print it with the time to its first and its last word."""
        began = time.monotonic()
        reader = self._people[who]

        def new(message: Any) -> bool:
            newer = int(message["id"]) > int(after) and message["author"].get("bot") and not message["flags"] & 64
            return bool(newer and not message["content"].startswith(("**", "🎲", "🙋", "📖", "▶", "⏸", "↩", "🗺")))

        first = await reader.until(new, STEP_SECONDS)
        first_words = time.monotonic() - began
        last = await reader.until(lambda m: m["id"] == first["id"] and bool(m["components"]), STEP_SECONDS)
        self._say(f"  {last['content']}".replace("\n", "\n  "))
        self._say(f"  ({self._scene.first} {first_words:.2f} s, {self._scene.last} {time.monotonic() - began:.2f} s)")

    def _said(self, who: str, what: str, done: Done) -> None:
        if done.failed or (done.message is None and done.type is None):
            raise SystemExit(f"yourtale: {what} got no answer.")
        answer = _shown(done.message or {}).splitlines()
        self._say(f"{who} {what}  → {done.after_ms:.0f} ms")
        for line in answer[:6]:
            self._say(f"  {line}")

    def _say(self, text: str) -> None:
        for line in text.splitlines():
            sys.stdout.write(f"[{time.monotonic() - self._began:6.2f}] {line}\n")
        sys.stdout.flush()


def _shown(message: Any) -> str:
    """Return what a message says: its content, or the texts of a board and its picture in words."""
    if message.get("content"):
        return str(message["content"])
    parts = [part for box in message.get("components", []) for part in box.get("components", [])]
    texts = [part["content"] for part in parts if "content" in part]
    return "\n".join(texts + [item["description"] for part in parts for item in part.get("items", [])])
