"""Memory: each role at rest, and what a session costs a process that holds it.

Proportional share of memory (PSS) where the kernel tells it. A session held is one whose state the process keeps after
a command or a telling; the shards and the worker keep up to 2,000.
"""

import asyncio
import sys

import aiohttp

from bench.interactions import BARE_SECONDS, People
from bench.parts import memory_mib
from bench.processes import Yard, yard
from bench.report import Row, against, write

SETTLE_SECONDS = 3.0


def main(*, short: bool) -> None:
    """Measure and write the table."""
    with yard() as place:
        rows = asyncio.run(_measure(place, sessions=150 if short else 400))
    write("memory", rows, "python -m bench memory" + (" --short" if short else ""))


async def _measure(place: Yard, sessions: int) -> list[Row]:
    pids = {word: place.role(word).pid for word in ("shards", "worker", "scheduler")}
    async with aiohttp.ClientSession() as http:
        people = People(http, place.discord.page)
        tables = await people.tables(5)
        await _play(people, tables)
        rest = {word: memory_mib(pid) for word, pid in pids.items()}
        bot = await people.post("/control/bots", name="Bare", guild_ids=[await people.guild()])
        bare = place.run([sys.executable, "-m", "bench.bare"], DISCORD_TOKEN=bot["token"])
        await asyncio.sleep(BARE_SECONDS)
        peer = round(memory_mib(bare.pid), 1)
        rows = [Row("bare discord.py bot at rest", peer, "MiB")]
        rows += [against(f"{word} at rest", round(mib, 1), peer, "MiB") for word, mib in rest.items()]
        await _play(people, await people.tables(sessions))
    for word in ("shards", "worker"):
        grown = memory_mib(pids[word]) - rest[word]
        rows.append(Row(f"{word}, a session held", round(grown * 1024 / sessions, 2), "KiB"))
    return rows


async def _play(people: People, tables: list[str]) -> None:
    for channel in tables:
        await people.command(channel, "act", options={"text": "I look around the harbour."})
    await asyncio.sleep(SETTLE_SECONDS)
