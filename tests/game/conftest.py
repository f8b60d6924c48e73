"""A real database for the game, and an engine on it."""

import itertools
from collections.abc import AsyncIterator

import pytest

from core.db.migrate import migrate
from core.db.pools import Database
from core.db.vault import Vault
from core.game.engine import Engine, Origin, Outcome
from core.game.log import Log, Opening
from core.game.registry import Command
from core.game.rules.table import Join, Start

_ids = itertools.count(1_000_000)


def fresh() -> int:
    """An id nobody used before in this test process."""
    return next(_ids)


class Table:
    """One session on a real database, with a game master and players, played by calling the engine."""

    def __init__(self, engine: Engine, woken: list[int]) -> None:
        self.engine = engine
        self.woken = woken
        self.channel = fresh()
        self.gm = fresh()
        self.session = 0

    async def start(self, lead: str = "ai", language: str = "pt-BR") -> Outcome:
        self.session = fresh()
        command = Start(key=str(self.session), by=self.gm, title="Estrada de Brasas", language=language, lead=lead)  # type: ignore[arg-type]
        opening = Opening(fresh(), self.channel, fresh(), b"")
        return await self.engine.open(command, opening, self.session, Origin("REF"))

    async def join(self, name: str, archetype: str = "thief", person: int = 0) -> int:
        person = person or fresh()
        await self.give(Join, by=person, name=name, archetype=archetype, pronoun="she")
        return person

    async def give(self, kind: type[Command], key: str = "", **fields: object) -> Outcome:
        return await self.engine.execute(kind(key=key or str(fresh()), **fields), channel=self.channel)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    await migrate(database_url)
    opened = await Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def vault() -> Vault:
    return Vault([bytes(range(32))])


@pytest.fixture
async def table(database: Database, vault: Vault) -> Table:
    woken: list[int] = []

    async def wake(session: int) -> None:
        woken.append(session)

    return Table(Engine(Log(database.writer, vault), vault, wake), woken)
