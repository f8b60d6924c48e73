"""What people upload: its size is looked at before it is fetched, and it is fetched within a time."""

import asyncio
from typing import Final

import discord

from core.game.refusal import Refusal

SECONDS: Final = 10.0


async def read_upload(file: discord.Attachment, most: int) -> bytes:
    """Return an uploaded file's bytes, at most so many. Raises Refusal `file_too_large`, `upload_lost`."""
    if file.size > most:
        raise Refusal("file_too_large", n=file.size, most=most)
    try:
        async with asyncio.timeout(SECONDS):
            content = await file.read()
    except (discord.DiscordException, OSError, TimeoutError) as error:
        raise Refusal("upload_lost") from error
    if len(content) > most:
        raise Refusal("file_too_large", n=len(content), most=most)
    return content
