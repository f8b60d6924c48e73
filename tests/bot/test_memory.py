"""`yourtale run` is killed with everything it started, and a second one finds the table as it was left."""

import asyncio
import os
import signal
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from playground.people import Person
from tests.bot.test_run import Run, lives
from tests.e2e.play import Table, content

WRITTEN_DOWN = 1.0
"""Seconds after which the local Discord has written down what happened."""


@dataclass
class House:
    """One data folder: the `yourtale run` that works in it, and the people at its local Discord."""

    place: Path
    run: Run | None = None
    people: list[Person] = field(default_factory=list)

    async def start(self) -> None:
        self.run = Run(self.place)
        await asyncio.to_thread(self.run.page)

    async def person(self, name: str, channel: str) -> Person:
        assert self.run is not None
        self.people.append(await Person.connect(self.run.page(), name, channel=channel))
        return self.people[-1]

    def logs(self) -> str:
        assert self.run is not None
        return self.run._err.read_text()[-4000:]

    def answers(self) -> bool:
        assert self.run is not None
        try:
            with urllib.request.urlopen(f"{self.run.page().rstrip('/')}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    async def leave(self) -> None:
        while self.people:
            await self.people.pop().close()

    async def kill(self) -> None:
        """Kill the supervisor first, that nothing is started again, and then whatever it had started."""
        await self.leave()
        assert self.run is not None
        everything = list(_descendants(self.run.process.pid))
        assert len(everything) >= 7
        self.run.process.kill()
        for pid in everything:
            if lives(pid):
                os.kill(pid, signal.SIGKILL)
        self.run.process.wait()
        async with asyncio.timeout(20):
            while any(lives(pid) for pid in everything):
                await asyncio.sleep(0.05)


def _is_local_discord(pid: int) -> bool:
    return b"playground\0--host" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _descendants(parent: int) -> Iterator[int]:
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in map(int, task.read_text().split()):
            yield pid
            yield from _descendants(pid)


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    with tempfile.TemporaryDirectory(prefix="yt-") as outer:
        made = House(Path(outer) / "data")
        await made.start()
        yield made
        await made.leave()
        if made.run is not None:
            await asyncio.to_thread(made.run.close)


@pytest.fixture(scope="module")
async def table(house: House) -> Table:
    opened = await Table.open(house)
    await opened.join("Lia")
    await opened.begin()
    return opened


async def _seated_again(table: Table, house: House) -> Table:
    """The same table, after everybody has come in anew."""
    seated = Table(house, table.locale, table.channel, await house.person("Ana", table.channel), table.started)
    seated.players["Lia"] = await house.person("Lia", table.channel)
    return seated


async def _status(table: Table) -> str:
    done = await table.gm.command("session status")
    assert done.message is not None
    return content(done.message)


def _public(messages: list[Any]) -> list[Any]:
    return [[m["id"], m["timestamp"], content(m), m["components"]] for m in messages if not m["flags"] & 64]


async def test_a_table_goes_on_after_kill_9_of_everything(house: House, table: Table) -> None:
    assert await table.act("Lia", "Escuto à porta do armazém.")
    await asyncio.sleep(WRITTEN_DOWN)
    before, shown = await _status(table), _public(await table.gm.messages())
    await house.kill()
    await house.start()
    again = await _seated_again(table, house)
    assert (again.gm.id, again.gm.channel_id) == (table.gm.id, table.gm.channel_id)
    assert again.gm.state["bots"] == table.gm.state["bots"]
    assert _public(await again.gm.messages()) == shown
    assert await _status(again) == before
    assert "Estrada de Brasas" in before
    assert await again.act("Lia", "Empurro a porta devagar.")
    assert await _status(again) != before


async def test_a_table_goes_on_after_kill_9_of_the_local_discord(house: House, table: Table) -> None:
    seated = await _seated_again(table, house)
    shown = _public(await seated.gm.messages())
    assert house.run is not None
    await asyncio.sleep(WRITTEN_DOWN)
    await house.leave()
    pid = next(pid for pid in _descendants(house.run.process.pid) if _is_local_discord(pid))
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(house.run.until, lambda: house.run.events("role_ended"))
    await asyncio.to_thread(house.run.until, house.answers)
    again = await _seated_again(table, house)
    assert _public(await again.gm.messages()) == shown
    async with asyncio.timeout(30):
        while (await again.gm.command("session status")).failed:
            pass
    assert await again.act("Lia", "Sigo em frente.")


async def test_a_second_run_after_an_orderly_end_finds_the_same_discord(house: House) -> None:
    lia = await house.person("Lia", "taverna")
    said, bots = await lia.say("Até amanhã!"), lia.state["bots"]
    await house.leave()
    assert house.run is not None
    await asyncio.to_thread(house.run.close)
    assert house.place.joinpath("playground").stat().st_mode & 0o777 == 0o700
    await house.start()
    lia = await house.person("Lia", "taverna")
    assert [message["id"] for message in await lia.messages()] == [said["id"]]
    assert lia.state["bots"] == bots
