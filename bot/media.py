"""Pictures and voices for the newest narration: ordered by a button, made by a worker, kept out of the story's way."""

import asyncio
import contextlib
import hashlib
import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import discord
import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot import logs
from bot.ai import Metered
from bot.delivery.door import Door, Gone, TokenDead
from bot.ledger import PostgresLedger
from bot.limits import keys_of, limits_of, open_limits
from bot.media_orders import KEPT_SECONDS, MARK, QUEUE, Order
from bot.settings import Settings
from bot.turns import RATINGS
from bot.wiring import Parts
from core.ai import Account, NoProvider
from core.ai.media import Made, Media
from core.ai.money import price_list
from core.game.log import Loaded
from core.game.readings import TABLE, view
from core.i18n import text
from core.story.depicting import alt_text, picture_prompt

TOGETHER: Final = 2
ENDINGS: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
}
logger = logging.getLogger(__name__)


def mapping(settings: Settings) -> dict[str, Any] | None:
    """Return core.ai.Media's settings, None without any model."""
    order = {"picture": list(settings.picture_models), "voice": list(settings.voice_models)}
    providers: dict[str, Any] = {}
    for names in order.values():
        for named in names:
            name, _, model = named.partition("/")
            base_url = getattr(settings, f"{name}_base_url")
            found = providers.setdefault(name, {"kind": name, "keys": keys_of(settings, name), "models": {}})
            if base_url:
                found["base_url"] = str(base_url).rstrip("/")
            known = (name, model) in price_list().prices
            free = {} if known or not (name == "openai" and base_url) else {"price": "free"}
            found["models"][model] = free | limits_of(settings, name, model)
    return {"providers": providers, "order": order} if providers else None


@asynccontextmanager
async def media_desk(settings: Settings, parts: Parts, door: Door) -> AsyncIterator[None]:
    """Serve orders while open; nothing runs where no model is set."""
    plain = mapping(settings)
    if plain is None:
        yield
        return
    ledger = PostgresLedger(parts.database.writer)
    media = Media(plain, ledger=ledger, limits=open_limits(settings, ledger), observer=Metered())
    async with media:
        desk = _Desk(parts, door, media)
        serving = [asyncio.create_task(desk.serve()) for _ in range(TOGETHER)]
        try:
            yield
        finally:
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)


async def retract(redis: Redis, door: Door, session: int, start: int) -> None:
    """Take back what was made for a telling: its scene was cut or undone. What is still to come will not."""
    for kind in ("picture", "voice"):
        mark = f"{MARK}{kind}:{session}:{start}"
        with contextlib.suppress(RedisError):
            sent = await redis.getdel(mark)
            channel, _, message = str(sent or "").partition(":")
            if message:
                with contextlib.suppress(Gone, discord.DiscordException, OSError, TimeoutError):
                    await door.delete(int(channel), int(message))


class _Desk:
    def __init__(self, parts: Parts, door: Door, media: Media) -> None:
        self._parts = parts
        self._door = door
        self._media = media

    async def serve(self) -> None:
        """Make what is ordered, one after the other."""
        while True:
            try:
                taken = await self._parts.redis.brpop([QUEUE], timeout=1)
                if taken:
                    await self._serve(msgspec.json.decode(taken[1], type=Order))
            except (RedisError, msgspec.DecodeError):
                logger.warning("an order of media was lost", exc_info=True)
                await asyncio.sleep(1)
            except Exception:
                logger.exception("media could not be made")

    async def _serve(self, order: Order) -> None:
        logs.bind_reference(order.reference)
        why = "failed"
        try:
            if await self._made(order):
                return
        except NoProvider as error:
            logger.info("no media: %s", error.reason, extra={"detail": error.detail})
            why = "budget" if error.reason == "budget" else "failed"
        except (Gone, discord.DiscordException, OSError, TimeoutError):
            logger.info("media could not be shown", exc_info=True)
        await self._parts.redis.delete(order.mark)
        said = text(order.locale, f"media.{why}")
        with contextlib.suppress(TokenDead, Gone, discord.DiscordException, OSError, TimeoutError):
            await self._door.edit_follow_up(order.application, order.token, None, said, None)

    async def _made(self, order: Order) -> bool:
        """Make it and show it, unless the telling does not stand any more, before or after."""
        loaded = await self._standing(order)
        if loaded is None:
            return False
        made = await self._make(order, loaded)
        if await self._standing(order) is None:
            return False
        language = loaded.state.language
        alt = alt_text(view(loaded.state, TABLE), loaded.names, language) if order.kind == "picture" else None
        file = discord.File(io.BytesIO(made.data), f"{order.kind}.{ENDINGS[made.type]}", description=alt)
        nonce = hashlib.blake2b(order.mark.encode(), digest_size=12).hexdigest()
        sent = await self._door.send_file(order.channel, text(language, f"media.{order.kind}"), file, nonce)
        kept = await self._parts.redis.set(order.mark, f"{order.channel}:{sent}", xx=True, ex=KEPT_SECONDS)
        if not kept:
            # It was retracted while it was being sent
            await self._door.delete(order.channel, sent)
        return True

    async def _make(self, order: Order, loaded: Loaded) -> Made:
        state = loaded.state
        account = Account(
            guild_id=loaded.guild_id or None,
            session_id=order.session,
            reference=order.reference,
            from_seq=order.start,
            session_limit=state.budget or None,
        )
        if order.kind == "voice":
            told = await self._parts.tellings.read(order.session, [order.start], loaded.secrets.text_key)
            return await self._media.make("voice", told.get(order.start, ""), account=account, locale=state.language)
        guild = await self._parts.accounts.guilds.read(loaded.guild_id)
        limits = await self._parts.accounts.limits.at_table([state.gm, *(h.person for h in state.present())])
        rating = min(state.rating, guild.rating, key=RATINGS.index)
        asked = picture_prompt(view(state, TABLE), rating, limits.lines, limits.veils)
        return await self._media.make("picture", asked, account=account, locale=state.language)

    async def _standing(self, order: Order) -> Loaded | None:
        """Return the session while the telling is among those that stand and the order was not taken back."""
        loaded = await self._parts.engine.log.read(session=order.session)
        stands = loaded and any(told.by == "telling" and told.row == order.start for told in loaded.state.told)
        return loaded if stands and await self._parts.redis.exists(order.mark) else None
