"""A stack for each module or end-to-end test; its log is shown when the test fails, and every request was valid."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.stack import Stack, open_stack


@pytest.fixture
async def stack(
    tmp_path: Path, database_url: str, redis_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Stack]:
    env = dict(getattr(request, "param", {}))
    async with open_stack(tmp_path, database_url, redis_url, **env) as opened:
        yield opened
        assert opened.violations == []


@pytest.fixture(scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, redis_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Stack]:
    """One stack for a whole module, which names its settings (ENV) and the roles that run all the time (ROLES)."""
    env, roles = getattr(request.module, "ENV", {}), getattr(request.module, "ROLES", ("shards", "worker"))
    async with open_stack(tmp_path_factory.mktemp("stack"), database_url, redis_url, **env) as stack:
        await stack.start(*roles)
        yield stack


@pytest.fixture
async def shared(opened: Stack) -> AsyncIterator[Stack]:
    """The module's stack, its providers as new; every request so far was valid."""
    opened.ai.reset()
    yield opened
    assert opened.violations == []
