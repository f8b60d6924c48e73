"""Up to 2,000 people play, each acting once a minute: how soon they read, through shard, queue, worker and delivery.

The clock of a narration runs from the command that closes the round (tables with a pause of 0) until its first words,
and its last, reach the people's side. Half-way Gemini fails: forty streams are reset in their middle, then all is 503.
Everything shares this machine: the local Discord, the providers, PostgreSQL, Redis, the people, one shard process and
one worker. 500 people play first, then 1,000, then 2,000, as long as the machine holds what came before.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
import orjson
from prometheus_client.parser import text_string_to_metric_families

from bench.ai.calls import ROOT
from bench.ai.evening import narrations
from bench.ai.local import Providers, providers
from bench.ai.processor import processor_seconds
from bench.processes import Yard, yard
from bench.report import Row, bounded, write

SEATS: Final = 5
EVERY_SECONDS: Final = 60.0
MINUTES: Final = 0.75
DRAIN_SECONDS: Final = 20.0
LATENCY: Final = {
    "first": {"kind": "lognormal", "median": 0.40, "p99": 1.60},
    "piece": {"kind": "uniform", "low": 0.010, "high": 0.030},
    "seed": 7,
}
"""First words: 478 ms on average; then 20 pieces of five words, about 290 tokens a second. Together 0.88 s, where
gemini-3.5-flash-lite was seen to take 580 ms on average for shorter answers (opencues#428)."""
FIRST_MEAN, PIECE_MEAN = 0.478, 0.020
RESET_STREAMS: Final = 40
MARKS: Final = ("**", "🎲", "🙋", "📖", "▶", "↩", "↪", "⏸")
"""What messages begin with that are no narrations."""
MEAN_MOST, FIRST_P99_MOST, HEDGES_MOST = 2_000.0, 3_000.0, 5.0


@dataclass
class Telling:
    """One narration as people saw it: when its round was closed, its first and its last words (seconds)."""

    began: float
    first: float
    last: float
    text: str


@dataclass
class Seen:
    """What comes in at the people's side."""

    waiting: dict[str, float] = field(default_factory=dict)
    tellings: dict[str, Telling] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    failed: int = 0

    async def watch(self, http: aiohttp.ClientSession, page: str, person: str) -> None:
        """Read every message of every table, as one who sits at all of them."""
        async with http.ws_connect(f"{page}/play/events?person={person}", max_msg_size=0) as socket:
            async for frame in socket:
                event = orjson.loads(frame.data)
                if event["t"] in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
                    self._note(event["d"])

    def _note(self, message: Any) -> None:
        text = message.get("content") or ""
        known = self.tellings.get(message["id"])
        if known is not None:
            if text != known.text:
                known.last, known.text = time.monotonic(), text
        elif text and not text.startswith(MARKS) and not message.get("flags", 0) & 64:
            began = self.waiting.pop(message["channel_id"], None)
            if began is not None:
                now = time.monotonic()
                self.tellings[message["id"]] = Telling(began, now, now, text)


def main(*, short: bool) -> None:
    """Measure and write the table."""
    rows: list[Row] = []
    for people in (500,) if short else (500, 1_000, 2_000):
        with yard() as place, providers() as local:
            found = asyncio.run(_measure(place, local, people, MINUTES))
        rows += [replace(row, what=f"{people:,} people: {row.what}") for row in found]
        if any(row.met is False for row in found):
            break
    write("ai-people", rows, "python -m bench ai" + (" --short" if short else ""))


async def _measure(place: Yard, local: Providers, people: int, minutes: float) -> list[Row]:
    local.post("latency", LATENCY)
    turns = narrations(1_000)
    local.post("script", {"turns": [{"pieces": pieces, "repeat": True} for pieces in turns]})
    pieces = statistics.fmean(map(len, turns))
    place.role("shards")
    place.role("worker", **_settings(local))
    seats = _seated(place, people)
    seen, page = Seen(), place.discord.page
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        watching = asyncio.create_task(seen.watch(http, page, await _observer(http, page)))
        await asyncio.sleep(1)
        before = processor_seconds()
        acted = await _play(http, page, seats, minutes, seen=seen, local=local)
        used = {name: seconds - before.get(name, 0.0) for name, seconds in processor_seconds().items()}
        deadline = time.monotonic() + DRAIN_SECONDS
        while seen.waiting and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)
        watching.cancel()
        counted = await _metrics(http, place.ports["worker"])
    lost = await _lost(place.env["DATABASE_URL"])
    return _rows(seen, minutes, acted=acted, lost=lost, counted=counted, used=used, pieces=pieces)


def _settings(local: Providers) -> dict[str, str]:
    return {
        "YOURTALE_AI_ORDER": "gemini,mistral,offline",
        "GEMINI_API_KEYS": "local-key,local-key-2",
        "YOURTALE_GEMINI_SCOPES": "one,two",
        "YOURTALE_GEMINI_BASE_URL": local.gemini,
        "YOURTALE_GEMINI_MODELS": "gemini-3.5-flash-lite",
        "MISTRAL_API_KEYS": "local-key,local-key-2",
        "YOURTALE_MISTRAL_SCOPES": "one,two",
        "YOURTALE_MISTRAL_BASE_URL": local.mistral,
    }


def _seated(place: Yard, people: int) -> list[tuple[str, str, str]]:
    """Return (person, channel, act) of everybody, tables taking turns."""
    with tempfile.TemporaryDirectory(prefix="yt-seats-") as folder:
        out = Path(folder) / "people.csv"
        seat = [sys.executable, str(ROOT / "deploy" / "load" / "seat.py"), place.discord.page, "--languages", "pt-BR"]
        sizes = ["--sessions", str(people // SEATS), "--people", str(SEATS), "--out", str(out)]
        subprocess.run([*seat, *sizes], check=True, timeout=300, stdout=subprocess.DEVNULL)
        lines = out.read_text(encoding="utf-8").splitlines()
    return [(person, channel, act) for person, channel, act in (line.split(";", 2) for line in lines)]


async def _observer(http: aiohttp.ClientSession, page: str) -> str:
    """Return a person who is in every guild."""
    async with http.get(page + "/play/state") as answer:
        guilds = [guild["id"] for guild in orjson.loads(await answer.read())["guilds"]]
    person = str((await _post(http, page + "/control/people", name="Vigia", locale="pt-BR"))["id"])
    for guild in guilds:
        await _post(http, page + "/control/members", guild_id=guild, user_id=person)
    return person


async def _post(http: aiohttp.ClientSession, url: str, **body: object) -> Any:
    async with http.post(url, data=orjson.dumps(body), headers={"Content-Type": "application/json"}) as answer:
        return orjson.loads(await answer.read())


async def _play(
    http: aiohttp.ClientSession,
    page: str,
    seats: list[tuple[str, str, str]],
    minutes: float,
    *,
    seen: Seen,
    local: Providers,
) -> int:
    """Let everybody act in turn, once a minute each; return how many acts that were."""
    rate, count = len(seats) / EVERY_SECONDS, round(len(seats) * minutes * 60 / EVERY_SECONDS)
    began, tasks = time.monotonic(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        if number == count // 2:
            local.post("faults", [{"kind": "half_stream", "provider": "gemini", "times": RESET_STREAMS, "after": 8}])
            local.post("faults", [{"kind": "status", "provider": "gemini", "status": 503, "times": 0}])
        tasks.append(asyncio.create_task(_act(http, page, seats[number % len(seats)], seen)))
    await asyncio.gather(*tasks)
    return count


async def _act(http: aiohttp.ClientSession, page: str, seat: tuple[str, str, str], seen: Seen) -> None:
    person, channel, act = seat
    began = time.monotonic()
    seen.waiting.setdefault(channel, began)
    body = {"person": person, "channel_id": channel, "name": "act", "options": {"text": act}}
    done = await _post(http, page + "/play/command?wait=1", **body)
    if done.get("failed") or int((done.get("message") or {}).get("flags") or 0) & 64:
        seen.failed += 1
        seen.waiting.pop(channel, None)
    seen.answers.append(time.monotonic() - began)


async def _lost(url: str) -> tuple[int, int]:
    """Return how many acts stand in the log, and how many of them no narration there has told."""
    connection = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow(
            "WITH told AS (SELECT session_id, max((events->0->>'through')::int) AS through FROM log"
            " WHERE command_key LIKE 'tell:%' GROUP BY session_id)"
            " SELECT count(*) AS acts, count(*) FILTER (WHERE l.seq > coalesce(t.through, 0)) AS lost"
            " FROM log l LEFT JOIN told t USING (session_id) WHERE l.events::text LIKE '%\"Acted\"%'"
        )
    finally:
        await connection.close()
    assert row is not None
    return int(row["acts"]), int(row["lost"])


async def _metrics(http: aiohttp.ClientSession, port: int) -> dict[str, dict[str, float]]:
    """Return the worker's counters: by name, by provider and outcome."""
    async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        text = (await answer.read()).decode()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            label = " ".join(sample.labels.get(name, "") for name in ("provider", "outcome", "kind")).strip()
            values = found.setdefault(sample.name, {})
            values[label] = values.get(label, 0.0) + sample.value
    return found


def _rows(
    seen: Seen,
    minutes: float,
    *,
    acted: int,
    lost: tuple[int, int],
    counted: dict[str, dict[str, float]],
    used: dict[str, float],
    pieces: float,
) -> list[Row]:
    tellings = list(seen.tellings.values())
    first = [1e3 * (one.first - one.began) for one in tellings]
    whole = [1e3 * (one.last - one.began) for one in tellings]
    theirs = 1e3 * (FIRST_MEAN + (pieces - 1) * PIECE_MEAN)
    attempts = counted.get("yourtale_ai_attempts_total", {})
    hedges = sum(counted.get("yourtale_ai_hedges_total", {}).values())
    cuts = counted.get("yourtale_story_cut_sentences_total", {})
    rows = [
        Row("acts a second", acted / (minutes * 60), "acts"),
        bounded("acts not taken", seen.failed, "acts", 0),
        Row("narrations", len(tellings), "narrations"),
        Row("words of a narration, mean", statistics.fmean(len(one.text.split()) for one in tellings), "words"),
        Row("act: first answer, p99", 1e3 * _at(seen.answers, 0.99), "ms"),
        Row("first visible word, mean", statistics.fmean(first), "ms"),
        bounded("first visible word, p99", _at(first, 0.99), "ms", FIRST_P99_MOST),
        bounded("whole answer, mean", statistics.fmean(whole), "ms", MEAN_MOST),
        Row("whole answer, p99", _at(whole, 0.99), "ms"),
        Row("the provider's own part of a whole answer, mean", theirs, "ms"),
        Row("what we add to it, mean", statistics.fmean(whole) - theirs, "ms"),
        bounded("second calls (hedges)", 100 * hedges / max(len(tellings), 1), "% of narrations", HEDGES_MOST),
        bounded("acts in the log that no narration tells", lost[1], "acts", 0),
        Row("acts in the log", lost[0], "acts"),
    ]
    rows += [Row(f"attempts: {name}", value, "calls") for name, value in sorted(attempts.items())]
    rows += [Row(f"sentences cut: {name}", value, "sentences") for name, value in sorted(cuts.items()) if value]
    rows += [Row(f"processor a narration: {name}", 1e3 * cpu / max(acted, 1), "ms") for name, cpu in used.items()]
    return [*rows, Row("processor of all, of two cores", 100 * sum(used.values()) / (minutes * 60 * 2), "%")]


def _at(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
