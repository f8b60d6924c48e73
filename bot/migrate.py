"""Brings the database up to date."""

import asyncio

from bot.settings import Settings
from core.db.migrate import migrate


async def main(settings: Settings, stop: asyncio.Event) -> None:
    """Run the migrations that are missing."""
    del stop
    await migrate(settings.database)
