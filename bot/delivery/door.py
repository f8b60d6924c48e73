"""Discord without a gateway: logged in, not connected. Sends and edits what a narration needs, nothing else."""

import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import discord
from discord.ui import View

from bot.settings import Settings

logger = logging.getLogger(__name__)
T = TypeVar("T")
_TOKEN_DEAD: Final = {10015, 50027, 10062}
_AGAIN: Final = {408, 429}
_GONE: Final = {10003, 10004, 10008, 50001, 50013, 50083}


class Gone(Exception):  # noqa: N818 - the message or the right to it is gone, which is no fault of ours
    """The message, its channel or our permission there is gone: stop, cleanly."""


class TokenDead(Exception):  # noqa: N818 - every token dies after 15 minutes
    """The interaction's token can no longer be used."""


class Door:
    """Sends and edits messages; content is plain text that pings nobody."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._nobody = discord.AllowedMentions.none()

    async def follow_up(self, application_id: int, token: str, content: str, view: View | None) -> int:
        """Send a follow-up and return its id. Raises TokenDead, Gone."""
        hook = discord.Webhook.partial(application_id, token, client=self._client)
        sent = await _mapped(
            hook.send(content, wait=True, allowed_mentions=self._nobody, view=view or discord.utils.MISSING)
        )
        return sent.id

    async def edit_follow_up(
        self, application_id: int, token: str, message_id: int | None, content: str, view: View | None
    ) -> None:
        """Edit a follow-up, or with None the interaction's first answer. Raises TokenDead, Gone."""
        hook = discord.Webhook.partial(application_id, token, client=self._client)
        target = message_id if message_id is not None else "@original"
        await _mapped(
            hook.edit_message(target, content=content, allowed_mentions=self._nobody, view=view)  # type: ignore[arg-type]
        )

    async def send(self, channel_id: int, content: str, nonce: str, view: View | None) -> int:
        """Send a channel message once per nonce and return its id. Raises Gone."""
        channel = self._client.get_partial_messageable(channel_id)
        sent = await _mapped(
            channel.send(content, nonce=nonce, allowed_mentions=self._nobody, view=view or discord.utils.MISSING)
        )
        return sent.id

    async def send_file(self, channel_id: int, content: str, file: discord.File, nonce: str) -> int:
        """Send a channel message with one file, once per nonce, and return its id. Raises Gone."""
        channel = self._client.get_partial_messageable(channel_id)
        sent = await _mapped(channel.send(content, file=file, nonce=nonce, allowed_mentions=self._nobody))
        return sent.id

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Delete one of our messages. Raises Gone."""
        await _mapped(self._client.get_partial_messageable(channel_id).get_partial_message(message_id).delete())

    async def edit(self, channel_id: int, message_id: int, content: str, view: View | None) -> None:
        """Edit one of our messages. Raises Gone."""
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        await _mapped(message.edit(content=content, allowed_mentions=self._nobody, view=view))

    async def clear_buttons(self, application_id: int, token: str | None, channel_id: int, message_id: int) -> None:
        """Take the buttons from one of our messages. Raises Gone."""
        if token:
            hook = discord.Webhook.partial(application_id, token, client=self._client)
            try:
                await _mapped(hook.edit_message(message_id, view=None))
            except (TokenDead, Gone):
                pass
            else:
                return
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        await _mapped(message.edit(view=None))

    async def find(self, channel_id: int, page: str, limit: int = 30) -> int | None:
        """Return the id of our newest message that this page has grown out of, or None. Raises Gone."""
        channel = self._client.get_partial_messageable(channel_id)
        me = self._client.user.id if self._client.user else 0
        try:
            async for message in channel.history(limit=limit):
                if message.author.id == me and message.content and page.startswith(message.content):
                    return message.id
        except discord.HTTPException as error:
            raise _typed(error) from error
        return None


@asynccontextmanager
async def open_door(settings: Settings) -> AsyncIterator[Door]:
    """Log in without a gateway."""
    if settings.discord_rest_url:
        discord.http.Route.BASE = settings.discord_rest_url
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here, only writes
    client = discord.Client(intents=discord.Intents.none(), max_messages=None)
    await client.login(settings.token)
    try:
        yield Door(client)
    finally:
        await client.close()


async def _mapped(call: Awaitable[T]) -> T:
    try:
        return await call
    except discord.HTTPException as error:
        raise _typed(error) from error


def _typed(error: discord.HTTPException) -> Exception:
    if error.code in _TOKEN_DEAD or error.status == 401:
        return TokenDead()
    if error.code in _GONE or error.status in {403, 404}:
        return Gone()
    if 400 <= error.status < 500 and error.status not in _AGAIN:
        # Sent again it would be refused again, and the session would wait behind it for ever
        logger.warning("a message was refused", extra={"code": error.code, "status": error.status})
        return Gone()
    return error
