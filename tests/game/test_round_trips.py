"""A command costs at most two round trips to PostgreSQL: one read, one writing statement."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from core.db.vault import Vault
from core.game.engine import Engine
from core.game.log import Log
from core.game.registry import Command
from core.game.rules.board import MoveToken, NewBoard
from core.game.rules.gm import Narrate, SetValue
from core.game.rules.rolls import Roll, SecretRoll
from core.game.rules.table import Join
from core.game.rules.talk import Act, Question, Say
from tests.game.conftest import Table, fresh

STATEMENTS: list[str] = []


@pytest.fixture
async def counted(database: object, database_url: str, vault: Vault) -> AsyncIterator[Table]:
    """A table whose statements are noted, as the server gets them."""

    async def listen(connection: Any) -> None:
        connection.add_query_logger(lambda record: STATEMENTS.append(record.query))

    async def wake(_: int) -> None:
        return

    async with asyncpg.create_pool(database_url, min_size=1, max_size=2, init=listen, reset=_keep) as pool:
        yield Table(Engine(Log(pool, vault), vault, wake), [])


async def _keep(_: Any) -> None:
    """Leave a connection as it is, as core.db.pools does."""


async def test_each_kind_of_command_reads_once_and_writes_once(counted: Table) -> None:
    table = counted
    await table.start()
    lia, gm = fresh(), table.gm
    commands: list[tuple[type[Command], dict[str, Any]]] = [
        (Join, {"by": lia, "name": "Lia", "archetype": "thief"}),
        (Act, {"by": lia, "text": "Olho em volta."}),
        (Say, {"by": lia, "text": "Boa noite."}),
        (Question, {"by": lia, "text": "Onde estou?"}),
        (Roll, {"by": lia, "dice": "4d6kh3", "label": "sorte"}),
        (SecretRoll, {"by": gm, "dice": "1d20"}),
        (NewBoard, {"by": gm}),
        (MoveToken, {"by": lia, "to": "D4"}),
        (SetValue, {"by": gm, "who": "pc1", "field": "hp", "value": "4"}),
        (Narrate, {"by": gm, "text": "Chove."}),
    ]
    for kind, fields in commands:
        STATEMENTS.clear()
        await table.give(kind, **fields)
        words = [statement.split(maxsplit=1)[0] for statement in STATEMENTS]
        assert words == ["SELECT", "WITH"], (kind, STATEMENTS)


async def test_a_repeated_command_only_reads(counted: Table) -> None:
    await counted.start()
    lia = await counted.join("Lia")
    await counted.give(Act, key="twice", by=lia, text="Entro.")
    STATEMENTS.clear()
    await counted.give(Act, key="twice", by=lia, text="Entro.")
    assert [statement.split(maxsplit=1)[0] for statement in STATEMENTS] == ["SELECT"]
