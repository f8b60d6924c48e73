"""`yourtale run` with all its children in one data folder: killed and ended in mid-story, and found again."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot import logs
from bot.settings import env_names, run_file
from playground.ai import Fault, Turn
from tests.e2e.play import Table, content
from tests.e2e.stack import Role, Stack, open_stack

pytestmark = pytest.mark.e2e

STORY = (
    "Lia encosta o ouvido na porta. Lá dentro alguém arrasta um peso. "
    "Bento prende a respiração. O sal estala sob as botas dos dois. "
    "Uma corrente range no fundo. A porta treme no batente. "
    "Do outro lado da rua, uma janela se fecha. O vento traz cheiro de alcatrão."
)
PIECES = tuple(f"{word} " for word in STORY.split())
SECRET_WORDS = "Escuto à porta do armazém."
LEFT_OUT = {"DATABASE_URL", "REDIS_URL", "YOURTALE_MASTER_KEYS", "YOURTALE_BUTTON_KEYS", "YOURTALE_DATA_DIR"}


@dataclass
class Whole:
    """One data folder, and the `yourtale run` that works in it."""

    place: Path
    stack: Stack
    process: "subprocess.Popen[bytes] | None" = None
    runs: list[Path] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        known = set(env_names().values()) - {"YOURTALE_OPENAPI"}
        bare = {name: value for name, value in os.environ.items() if name not in known}
        ours = {name: value for name, value in self.stack.env.items() if name not in LEFT_OUT}
        return bare | ours | {"YOURTALE_DATA_DIR": str(self.place)}

    async def start(self) -> None:
        """Start it, unless it runs; return once every role is ready."""
        if self.process is not None and self.process.poll() is None:
            return
        log = self.place.with_name(f"run-{len(self.runs)}")
        self.runs.append(log)
        ports = {f"YOURTALE_PORT_{word}": "0" for word in ("SHARDS", "WORKER", "SCHEDULER")}
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "run"],
                env=self.env | ports,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        await self.until(lambda: "Invite it" in log.read_text())

    async def until(self, done: Any, seconds: float = 60.0) -> None:
        async with asyncio.timeout(seconds):
            while not done():
                assert self.process is not None
                assert self.process.poll() is None, self.runs[-1].read_text()[-3000:]
                await asyncio.sleep(0.05)

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = [line for line in self.runs[-1].read_bytes().splitlines() if line.startswith(b"{")]
        return [row for row in map(orjson.loads, lines) if row["event"] == name]

    async def ended(self, seconds: float) -> int:
        assert self.process is not None
        return await Role("run", 0, self.process, self.runs[-1]).ended(seconds)

    async def yourtale(self, *words: str) -> tuple[int, str]:
        """Run another word beside it; its exit code and what it printed."""
        other = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.cli",
            *words,
            env=self.env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await other.communicate()
        return other.returncode or 0, told.decode()

    def descendants(self) -> list[int]:
        assert self.process is not None
        found, open_ = [], [self.process.pid]
        while open_:
            parent = open_.pop()
            try:
                lists = [task.read_text() for task in Path(f"/proc/{parent}/task").glob("*/children")]
            except FileNotFoundError:
                continue
            children = [int(pid) for line in lists for pid in line.split()]
            found += children
            open_ += children
        return found


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


async def all_gone(pids: list[int], seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if lives(pid)]) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return left


@pytest.fixture(scope="module")
async def whole(database_url: str, redis_url: str) -> AsyncIterator[Whole]:
    with tempfile.TemporaryDirectory(prefix="yt-") as folder:
        place = Path(folder)
        env = {"YOURTALE_AI_ORDER": "gemini,offline", "YOURTALE_EDIT_INTERVAL": "0.2"}
        env["YOURTALE_WORKER_LOCK_SECONDS"] = "2"
        async with open_stack(place, database_url, redis_url, **env) as stack:
            made = Whole(place / "data", stack)
            yield made
            if made.process is not None and made.process.poll() is None:
                left = made.descendants()
                made.process.kill()
                made.process.wait()
                await all_gone(left, 30)
        assert stack.violations == []


@pytest.fixture(scope="module")
async def table(whole: Whole) -> Table:
    await whole.start()
    opened = await Table.open(whole.stack)
    await opened.join("Lia", "Bento")
    return opened


async def _in_mid_story(table: Table) -> tuple[str, Any]:
    table.stack.ai.reset()
    table.stack.ai.order(Fault("slow_words", seconds=0.1, after=0, times=0))
    table.stack.ai.script(Turn(pieces=PIECES), provider="gemini")
    acted = await table.acted("Lia", SECRET_WORDS)
    assert acted.message is not None
    after = acted.message["id"]
    return after, await table.narration(after=after, finished=False)


async def test_shards_killed_in_mid_story_come_back_by_themselves(whole: Whole, table: Table) -> None:
    after, message = await _in_mid_story(table)
    pid = next(row["pid"] for row in whole.events("started") if row["role"] == "shards")
    os.kill(pid, signal.SIGKILL)
    told = await table.narration(after=after)
    assert told["id"] == message["id"]
    assert content(told).startswith(STORY)
    said = {"name": "shards 0", "exit_code": -signal.SIGKILL, "again_in_seconds": 1.0}
    assert [said] == [{key: row[key] for key in said} for row in whole.events("role_ended")]
    async with asyncio.timeout(40):
        while (await table.gm.command("session status")).failed:
            pass


async def test_why_tells_the_life_of_a_turn_and_no_secret(whole: Whole, table: Table) -> None:
    table.stack.ai.reset()
    acted = await table.players["Lia"].command("act", text=SECRET_WORDS)
    assert acted.message is not None
    told = await table.narration(after=acted.message["id"])
    code, life = await whole.yourtale("why", logs.reference_of(int(acted.interaction_id)))
    assert code == 0, life
    for part in ("Acted", "Told", "gemini", "US$", "closed", str(told["id"])):
        assert part in life, life
    left = dict(line.split("=", 1) for line in run_file(whole.place).read_text().splitlines())
    password = left["DATABASE_URL"].partition("tale:")[2].partition("@")[0]
    for secret in (password, table.stack.playground.token, "local-key", SECRET_WORDS, content(told)[:30]):
        assert secret
        assert secret not in life
    assert (await whole.yourtale("why", "7K2QAB3D"))[0] == 1


async def test_sigterm_in_mid_story_ends_everything_in_time(whole: Whole, table: Table) -> None:
    await _in_mid_story(table)
    assert whole.process is not None
    began, children = time.monotonic(), whole.descendants()
    assert len(children) >= 6
    whole.process.send_signal(signal.SIGTERM)
    assert await whole.ended(26) == 0, whole.runs[-1].read_text()[-3000:]
    assert time.monotonic() - began < 25
    assert not [pid for pid in children if lives(pid)]
    assert not whole.events("role_killed")
    assert {"shards", "worker", "scheduler"} <= {row["role"] for row in whole.events("ended")}


async def test_started_again_it_finds_its_sessions(whole: Whole, table: Table) -> None:
    await whole.start()
    status = await table.gm.command("session status")
    assert status.message is not None
    assert "Estrada de Brasas" in content(status.message)
    assert await table.act("Bento", "Espero.")


async def test_a_supervisor_that_is_killed_leaves_no_child_and_no_story_behind(whole: Whole, table: Table) -> None:
    after, message = await _in_mid_story(table)
    children = whole.descendants()
    assert len(children) >= 6
    assert whole.process is not None
    whole.process.kill()
    whole.process.wait()
    assert not await all_gone(children, 10)
    await whole.start()
    told = await table.narration(after=after, timeout=40)
    assert told["id"] == message["id"]
    assert content(told).startswith(content(message).rstrip())


async def test_a_second_sigint_ends_at_once(whole: Whole, table: Table) -> None:
    await _in_mid_story(table)
    assert whole.process is not None
    children = whole.descendants()
    whole.process.send_signal(signal.SIGINT)
    await asyncio.sleep(0.2)
    whole.process.send_signal(signal.SIGINT)
    assert await whole.ended(5) == 130
    assert not await all_gone(children, 10)
