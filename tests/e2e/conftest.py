"""The stack for each end-to-end test; its log is shown when the test fails, and every request was valid."""

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
