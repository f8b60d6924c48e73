"""Real parts for every test: a PostgreSQL and a Redis of its own for each test process, ended with it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.embedded import postgres, redis
from bot.embedded.process import Running

# Tests of crashes start servers of their own, with the defaults: these trade durability for speed.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@pytest.fixture(scope="session")
def parts_dir() -> Iterator[Path]:
    """Folder of this test process's servers, short and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="yt-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_server(parts_dir: Path) -> Iterator[Running]:
    """A PostgreSQL of this test process."""
    server = postgres.start(parts_dir, options=_FAST)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_url(postgres_server: Running) -> str:
    """`postgresql://…` of a database of this test process, shared by its tests."""
    return postgres_server.url


@pytest.fixture(scope="session")
def redis_server(parts_dir: Path) -> Iterator[Running]:
    """A Redis of this test process."""
    server = redis.start(parts_dir, durable=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(redis_server: Running) -> str:
    """`redis://…` of this test process's Redis, shared by its tests."""
    return redis_server.url
