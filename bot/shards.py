"""The role that is connected to Discord: this process's shards, from start to a clean end."""

import asyncio
from typing import Final

import discord

from bot.branching import Branches
from bot.client import YourTale, point_at
from bot.http import HEALTH
from bot.looks import TableLooks
from bot.settings import Settings
from bot.settings_source import SettingsError
from bot.wiring import Parts, open_parts

DRAIN_SECONDS: Final = 5.0


async def main(settings: Settings, stop: asyncio.Event) -> None:
    """Serve interactions until asked to stop, then finish those in hand and close.

    Raises:
        SettingsError: Discord refuses the token.
    """
    point_at(settings)
    async with open_parts(settings) as parts:
        bot = YourTale(
            settings,
            parts.engine,
            parts.accounts,
            parts.redis,
            read_telling=parts.read_telling,
            looks=_looks(parts),
            branches=Branches(parts.database.writer, parts.engine.log, parts.vault),
        )
        HEALTH.ready("database", parts.alive)
        HEALTH.ready("discord", bot.is_ready)
        async with bot:
            running = asyncio.create_task(_run(bot, settings))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if running.done():
                await running
                return
            await bot.drained(DRAIN_SECONDS)
            await bot.close()
            # What a start that was interrupted complains of is the interruption
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _looks(parts: Parts) -> TableLooks:
    return TableLooks(parts.database.writer, parts.engine.log, parts.tellings, parts.settings)


async def _run(bot: YourTale, settings: Settings) -> None:
    try:
        await bot.start(settings.token)
    except discord.LoginFailure as error:
        raise SettingsError(["DISCORD_TOKEN is refused by Discord; make a new one and set it."]) from error
