"""Bring a database to the newest schema, or say which one it has."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

_SCRIPTS = Path(__file__).parents[2] / "migrations"


async def migrate(url: str) -> None:
    """Run what is missing. Safe to call from several processes at once."""

    def upgrade(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    engine = create_async_engine(_driver(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


async def versions(url: str) -> tuple[str | None, str | None]:
    """Return (the schema this database has, the newest one known here)."""
    engine = create_async_engine(_driver(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    finally:
        await engine.dispose()
    newest = await asyncio.to_thread(lambda: ScriptDirectory.from_config(_config()).get_current_head())
    return current, newest


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def _driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme.replace('postgres', 'postgresql') if scheme == 'postgres' else 'postgresql'}+asyncpg://{rest}"
