"""A figure's attitude moves by one, once a telling, and only where a deed has earned it."""

import pytest

from tests.story.table import Table


@pytest.fixture
def table() -> Table:
    made = Table("en-US")
    made.join("Lia")
    made.act("pc1", "I sing for the boy.")
    return made


async def _why(table: Table, **arguments: str) -> object:
    return (await table.ask("attitude", arguments)).result.get("why")


async def test_nobody_thinks_otherwise_before_anything_was_done(table: Table) -> None:
    assert await _why(table, figure="nilo", by="1") == "needs_deed"


async def test_it_moves_once_a_telling_whatever_is_asked(table: Table) -> None:
    before = table.state.figures["nilo"].attitude
    await table.ask("check", {"who": "pc1", "skill": "speech", "level": "easy"})
    assert (await table.ask("attitude", {"figure": "nilo", "by": "1"})).result["grows"] == "warmer"
    assert await _why(table, figure="nilo", by="1") == "already_done"
    assert await _why(table, figure="nilo", by="-1") == "already_done"
    assert table.state.figures["nilo"].attitude == before + 1


async def test_it_stays_within_its_bounds(table: Table) -> None:
    table.state = table.state.figure("nilo", attitude=3)
    await table.ask("check", {"who": "pc1", "skill": "speech", "level": "easy"})
    assert await _why(table, figure="nilo", by="1") == "already_done"
    assert await _why(table, figure="nilo", by="2") == "unknown_value"
    assert await _why(table, figure="pc1", by="1") == "nobody_such"
