"""What a call costs its client: LiteLLM's Router, the bare SDKs, aiohttp and orjson alone, and ours, side by side.

All ask the same question of the same local provider; each lives in a process of its own, on the same event loop
(uvloop), and only that process's time counts. Rounds of all alternate, so that the machine's moods fall on all alike.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.ai.local import Providers, providers
from bench.ai.question import PIECES
from bench.ai.ways import ROOMY
from bench.parts import services
from bench.report import Row, against, bounded, write

ROOT: Final = Path(__file__).resolve().parent.parent.parent
PEERS: Final = ROOT / ".setup" / "peers"
LOCK: Final = Path(__file__).parent / "peers.lock"
TOGETHER: Final = (1, 16, 64)
FIRST_MOST, BATCHED_MOST, LITELLM_LEAST, GENAI_MOST, MISTRAL_MOST_MS = 4.0, 2.5, 10.0, 1.1, 1.0
HEAVY: Final = 5
"""How much seldomer the slow ones are asked, so that a round of each takes about as long."""


@dataclass
class Figures:
    """What one way cost at one concurrency: a value a round, and the times of all its calls."""

    cpu_ms: list[float] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Median over the rounds."""
        return statistics.median(self.cpu_ms)

    @property
    def p50(self) -> float:
        """Median time of a call."""
        return statistics.median(self.took_ms)


class Client:
    """A measured process."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=os.environ | env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()

    def round(self, way: str, calls: int, together: int) -> Any:
        """Let it make calls. Raises RuntimeError when it dies."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"way": way, "calls": calls, "together": together}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError("a measured client ended")


Plan = tuple[tuple[str, str], ...]
"""Clients, each with one of its ways."""
MAIN: Final[Plan] = (
    ("floor", "plain"),
    ("floor", "stream"),
    ("whole", "plain"),
    ("whole", "stream"),
    ("whole", "plain looked up"),
    ("whole", "stream looked up"),
    ("alone", "plain"),
    ("alone", "stream"),
    ("litellm", "plain"),
    ("litellm", "stream"),
    ("openai", "plain"),
    ("openai", "stream"),
)
OTHERS: Final[Plan] = (
    ("whole", "hit"),
    ("google-genai", "stream"),
    ("gemini adapter", "stream"),
    ("gemini", "stream"),
    ("mistralai", "stream"),
    ("mistral adapter", "stream"),
    ("mistral", "stream"),
)
SLOW: Final = frozenset({"litellm", "openai", "google-genai", "gemini adapter", "gemini", "mistralai"})


def main(*, short: bool) -> None:
    """Measure and write the table."""
    peers = _peers()
    with services() as (database, redis), providers() as local:
        migrate = [sys.executable, "-m", "bot.cli", "migrate"]
        env = _environment(database, redis, local)
        subprocess.run(migrate, env=os.environ | env, check=True, stdout=subprocess.DEVNULL)
        local.post("script", {"turns": [{"pieces": list(PIECES), "repeat": True}]})
        with _clients(peers, env, local) as clients:
            found = _measured(clients, calls=80 if short else 120, rounds=3 if short else 5)
    write("ai-calls", _rows(found), "python -m bench ai" + (" --short" if short else ""))


def _peers() -> Path:
    """Return the peers' Python, after bringing what the lock names."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
    mark = PEERS / "lock"
    if not mark.exists() or mark.read_bytes() != LOCK.read_bytes():
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(install, check=True, timeout=600)
        mark.write_bytes(LOCK.read_bytes())
    return python


def _environment(database: str, redis: str, local: Providers) -> dict[str, str]:
    limits = {"YOURTALE_OPENAI_LIMITS": ROOMY, "YOURTALE_GEMINI_LIMITS": ROOMY, "YOURTALE_MISTRAL_LIMITS": ROOMY}
    models = {"YOURTALE_OPENAI_MODELS": "tale-small,tale-large", "OPENAI_BASE_URL": local.openai}
    money = {"YOURTALE_BUDGET_GUILD_USD": "100000", "YOURTALE_BUDGET_SESSION_USD": "100000"}
    return {"DATABASE_URL": database, "REDIS_URL": redis, **local.environment, **models, **limits, **money}


@contextmanager
def _clients(peers: Path, env: dict[str, str], local: Providers) -> Iterator[dict[str, Client]]:
    names = dict.fromkeys(name for name, _ in (*MAIN, *OTHERS))
    with ExitStack() as stack:
        started = {}
        for name in names:
            command = [sys.executable, "-m", "bench.ai.ways", name]
            if name in {"litellm", "openai"}:
                command = [str(peers), "-m", "bench.ai.peers", local.openai, name]
            started[name] = Client(command, env)
            stack.callback(started[name].close)
        yield started


def _measured(clients: dict[str, Client], *, calls: int, rounds: int) -> dict[tuple[str, str, int], Figures]:
    plan = [(*one, together) for together in TOGETHER for one in MAIN] + [(*one, 1) for one in OTHERS]
    found = {one: Figures() for one in plan}
    for number in range(rounds + 1):
        for (name, way, together), figures in found.items():
            count = max(calls // (HEAVY if name in SLOW else 1), together, 20)
            took = clients[name].round(way, count, together)
            if number:  # the first round warms
                figures.cpu_ms.append(took["cpu_ms"])
                figures.took_ms += took["took_ms"]
    return found


def _rows(found: dict[tuple[str, str, int], Figures]) -> list[Row]:
    rows: list[Row] = []
    for together in TOGETHER:
        for way, calls in (("plain", "a plain call"), ("stream", "a stream of 20 pieces")):
            rows += _side_by_side(found, way, f"{calls}, {together} at once", together)
    cpu = {key: figures.cpu for key, figures in found.items()}
    bare, whole = cpu["google-genai", "stream", 1], cpu["gemini", "stream", 1]
    lean, sdk = cpu["mistral adapter", "stream", 1], cpu["mistralai", "stream", 1]
    return [
        *rows,
        Row("an answer out of the cache: processor", cpu["whole", "hit", 1], "ms"),
        against(
            "our Gemini adapter against google-genai, a stream: processor",
            cpu["gemini adapter", "stream", 1],
            bare,
            "ms",
            most=GENAI_MOST,
        ),
        against("the whole router to Gemini against google-genai alone, a stream: processor", whole, bare, "ms"),
        bounded("our Mistral adapter, a stream: processor", lean, "ms", MISTRAL_MOST_MS),
        against("our Mistral adapter against mistralai: processor", lean, sdk, "ms"),
        against(
            "the whole router to Mistral against mistralai alone: processor", cpu["mistral", "stream", 1], sdk, "ms"
        ),
    ]


def _side_by_side(found: dict[tuple[str, str, int], Figures], way: str, calls: str, together: int) -> list[Row]:
    def of(name: str, looked_up: str = "") -> Figures:
        return found[name, f"{way}{looked_up}", together]

    floor, ours = of("floor"), of("whole", " looked up")
    litellm = against(f"LiteLLM's Router, {calls}: processor (peer: our router)", of("litellm").cpu, ours.cpu, "ms")
    litellm = _least(litellm, LITELLM_LEAST)
    rows = [
        Row(f"aiohttp and orjson alone, {calls}: processor", floor.cpu, "ms"),
        against(f"our whole router with cache look-up, {calls}: processor", ours.cpu, floor.cpu, "ms", most=FIRST_MOST),
        against(f"our whole router, {calls}: processor", of("whole").cpu, floor.cpu, "ms", most=BATCHED_MOST),
        against(f"our router with all in memory, {calls}: processor", of("alone").cpu, floor.cpu, "ms"),
        against(f"OpenAI's SDK alone, {calls}: processor", of("openai").cpu, floor.cpu, "ms"),
        litellm,
    ]
    if together == 1:
        rows += [
            Row(f"our whole router adds, {calls}: median time", of("whole").p50 - floor.p50, "ms"),
            Row(f"LiteLLM's Router adds, {calls}: median time", of("litellm").p50 - floor.p50, "ms"),
        ]
    return rows


def _least(row: Row, least: float) -> Row:
    met = row.ratio is not None and row.ratio >= least
    return Row(row.what, row.value, row.unit, row.peer, row.ratio, f"≥ {least:g} × peer", met)
