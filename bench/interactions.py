"""Interactions: a bare discord.py `/ping` against our `/roll` at a table (its row written) and `/act`.

Both bots hang on the same local Discord. Rounds of both alternate, so that the machine's moods fall on both alike;
processor time is that of the bot's own process (all its threads). The person's side is this process: it is not counted.
"""

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from bench.parts import cpu_seconds
from bench.processes import Yard, yard
from bench.report import Row, against, bounded, write

PACE = 100
"""Interactions a second in the paced rounds."""
ROLL_MOST, ACT_MOST_MS = 2.5, 100.0
TABLES = 100
BARE_SECONDS = 6.0


@dataclass
class Figures:
    """What one kind of interaction cost, over its rounds."""

    cpu_ms: list[float] = field(default_factory=list)
    answers_ms: list[float] = field(default_factory=list)
    a_second: float = 0.0


def main(*, short: bool) -> None:
    """Measure and write the table."""
    with yard() as place:
        rows = asyncio.run(_measure(place, rounds=2 if short else 6, seconds=3 if short else 8))
    write("interactions", rows, "python -m bench interactions" + (" --short" if short else ""))


async def _measure(place: Yard, rounds: int, seconds: int) -> list[Row]:
    shards = place.role("shards")
    async with aiohttp.ClientSession() as http:
        people = People(http, place.discord.page)
        bot = await people.post("/control/bots", name="Bare", guild_ids=[await people.guild()])
        bare = place.run([sys.executable, "-m", "bench.bare"], DISCORD_TOKEN=bot["token"])
        await asyncio.sleep(BARE_SECONDS)
        tables = await people.tables(TABLES)
        app = bot["application_id"]
        kinds = {
            "bare /ping": (bare.pid, lambda n: people.command(tables[n % TABLES], "ping", application_id=app)),
            "/roll": (shards.pid, lambda n: people.command(tables[n % TABLES], "roll", options={"dice": "1d20+5"})),
        }
        figures = {name: Figures() for name in (*kinds, "/act", "/act with a worker beside it")}
        for _, act in kinds.values():  # warm both, then measure
            await _paced(act, 1)
        for _ in range(rounds):
            for name, (pid, act) in kinds.items():
                await _round(figures[name], pid, act, seconds)
        for name, (_, act) in kinds.items():
            figures[name].a_second = await _flat_out(act, seconds)
        await people.acts(tables, shards.pid, figures["/act"], seconds)
        place.role("worker")
        await people.acts(tables, shards.pid, figures["/act with a worker beside it"], seconds)
    return list(_rows(figures))


def _rows(figures: dict[str, Figures]) -> list[Row]:
    ping, roll, act = figures["bare /ping"], figures["/roll"], figures["/act"]
    beside = figures["/act with a worker beside it"]
    cpu = {name: statistics.median(f.cpu_ms) for name, f in figures.items()}
    rows = [
        Row("bare /ping: processor time", round(cpu["bare /ping"], 3), "ms"),
        against("/roll: processor time", round(cpu["/roll"], 3), round(cpu["bare /ping"], 3), "ms", most=ROLL_MOST),
        against("/act: processor time", round(cpu["/act"], 3), round(cpu["bare /ping"], 3), "ms"),
        against("/roll flat out", round(roll.a_second), round(ping.a_second), "interactions/s"),
    ]
    for name, figure in figures.items():
        times = sorted(figure.answers_ms)
        p50, p99 = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))]
        rows.append(Row(f"{name}: first answer at {PACE}/s, p50", round(p50, 2), "ms"))
        if figure in (act, beside):
            rows.append(bounded(f"{name}: first answer at {PACE}/s, p99", round(p99, 2), "ms", ACT_MOST_MS))
        else:
            rows.append(Row(f"{name}: first answer at {PACE}/s, p99", round(p99, 2), "ms"))
    return rows


async def _round(figure: Figures, pid: int, act: Any, seconds: int) -> None:
    before = cpu_seconds(pid)
    answers = await _paced(act, seconds)
    figure.cpu_ms.append((cpu_seconds(pid) - before) * 1e3 / len(answers))
    figure.answers_ms += answers


async def _paced(act: Any, seconds: int) -> list[float]:
    """Start PACE acts a second, whatever becomes of them; return the times to the first answer in ms."""
    began, tasks = time.perf_counter(), []
    for n in range(PACE * seconds):
        await asyncio.sleep(max(0.0, began + n / PACE - time.perf_counter()))
        tasks.append(asyncio.create_task(act(n)))
    return list(await asyncio.gather(*tasks))


async def _flat_out(act: Any, seconds: int, hands: int = 16) -> float:
    """Let so many hands act one after the other; return acts a second."""
    began, done = time.perf_counter(), 0

    async def hand(first: int) -> None:
        nonlocal done
        n = first
        while time.perf_counter() - began < seconds:
            await act(n)
            done += 1
            n += hands

    await asyncio.gather(*(hand(n) for n in range(hands)))
    return done / (time.perf_counter() - began)


class People:
    """The people's side, over the playground's own API."""

    def __init__(self, http: aiohttp.ClientSession, page: str) -> None:
        self._http = http
        self._page = page
        self._state: Any = None

    async def post(self, path: str, **body: object) -> Any:
        """Return the answer to a request. Raises RuntimeError when it is refused."""
        async with self._http.post(
            self._page + path, data=orjson.dumps(body), headers={"Content-Type": "application/json"}
        ) as answer:
            read = orjson.loads(await answer.read())
            if answer.status >= 300:
                raise RuntimeError(f"{path}: {answer.status} {read}")
            return read

    async def guild(self) -> str:
        """Return the id of the guild that everybody is in."""
        return str((await self._seen())["guilds"][0]["id"])

    async def _seen(self) -> Any:
        async with self._http.get(self._page + "/play/state") as answer:
            return orjson.loads(await answer.read())

    async def command(
        self, channel: str, name: str, *, options: Any = None, application_id: str | None = None
    ) -> float:
        """Use a command as the player and return the ms to its first answer."""
        body = {"person": self._state["lia"], "channel_id": channel, "name": name, "options": options or {}}
        if application_id:
            body["application_id"] = application_id
        done = await self.post("/play/command?wait=1", **body)
        if done["failed"]:
            raise RuntimeError(f"{name} was not answered")
        return float(done["after_ms"])

    async def tables(self, count: int) -> list[str]:
        """Open so many tables, each in a channel of its own, with the player seated at each."""
        seen = await self._seen()
        people = {p["global_name"]: p["id"] for p in seen["people"]}
        self._state = {"lia": people["Lia"], "ana": people["Ana"]}
        channels = []
        for n in range(count):
            made = await self.post("/control/channels", guild_id=seen["guilds"][0]["id"], name=f"bench-{n}")
            channels.append(str(made["id"]))
            options = {"title": "Bench", "language": "en-US", "lead": "ai"}
            start = {"person": people["Ana"], "channel_id": channels[-1], "name": "session start", "options": options}
            started = await self.post("/play/command?wait=1", **start)
            join = {"person": people["Lia"], "channel_id": channels[-1], "message_id": started["message"]["id"]}
            button = started["message"]["components"][0]["components"][0]["custom_id"]
            form = (await self.post("/play/component?wait=1", **join, custom_id=button))["modal"]
            values = {"name": "Lia", "pronoun": "she", "archetype": "thief", "line": ""}
            await self.post("/play/modal?wait=1", person=people["Lia"], modal_id=form["modal_id"], values=values)
        return channels

    async def acts(self, tables: list[str], pid: int, figure: Figures, seconds: int) -> None:
        """Act at every table in turn: once a second each."""

        async def act(n: int) -> float:
            return await self.command(tables[n % len(tables)], "act", options={"text": "I look around the harbour."})

        await _round(figure, pid, act, min(seconds, 30))
