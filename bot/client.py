"""The Discord client: shards, the front desk behind them, and the commands that Discord is told of."""

import asyncio
import contextlib
import hashlib
import logging
from functools import cache
from typing import Any, Final

import discord
import msgspec
import orjson
from discord import app_commands
from discord.ext import commands
from prometheus_client import Counter, Histogram
from redis.asyncio import Redis
from redis.exceptions import RedisError
from yarl import URL

from bot import logs, metrics
from bot.branching import Branches, Threads
from bot.callbacks import Callbacks
from bot.lore import LoreShelf
from bot.media_orders import Orders
from bot.settings import Settings
from cogs.calls import Calls
from cogs.desk import Desk, ReadTelling
from cogs.dice import Dice
from cogs.gm import GameMaster
from cogs.looks import Looks
from cogs.maps import Maps
from cogs.media import Depictions
from cogs.naming import CatalogueTranslator
from cogs.prep import Prep
from cogs.retelling import Retelling
from cogs.safety import Safety
from cogs.sessions import Sessions
from cogs.setup import Setup
from cogs.story import Story
from cogs.ui.components import Message, body
from cogs.ui.custom_id import Signer
from cogs.why import Why
from core.accounts import Accounts
from core.game.engine import Engine
from core.story.suggestions import suggested

IDENTIFY_MS: Final = 5_500
"""How long an identify keeps its bucket: Discord's five seconds and a little, since clocks differ."""
SYNC_SECONDS: Final = 60
COGS: Final = (Sessions, Story, Dice, Maps, GameMaster, Safety, Setup, Prep, Calls, Retelling, Why, Depictions)
logger = logging.getLogger(__name__)


def point_at(settings: Settings) -> None:
    """Have discord.py speak to another Discord, such as the local one, when the settings name it."""
    if settings.discord_rest_url and settings.discord_gateway_url:
        discord.http.Route.BASE = settings.discord_rest_url.rstrip("/")
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url)


class Measured:
    """Notes each interaction in metrics and binds its reference to the log lines."""

    def begin(self, reference: str) -> None:
        """Put the reference on this task's log lines."""
        logs.bind_reference(reference)

    def end(self, kind: str, what: str, outcome: str, seconds: float) -> None:
        """Count it and how long it took."""
        counters, histogram = _meters(kind, what, outcome)
        for counter in counters:
            counter.inc()
        histogram.observe(seconds)


@cache
def _meters(kind: str, what: str, outcome: str) -> tuple[list[Counter], Histogram]:
    """Return one combination's meters: labels are few, and looking them up costs more than counting."""
    counters = [metrics.INTERACTIONS.labels(kind, outcome)]
    if kind == "command":
        counters.append(metrics.COMMANDS.labels(what, outcome))
    return counters, metrics.INTERACTION_SECONDS.labels(kind)


class Tree(app_commands.CommandTree["YourTale"]):
    """The commands. What goes wrong inside one is answered by the desk; here is what never reached one."""

    async def on_error(
        self, interaction: discord.Interaction["YourTale"], error: app_commands.AppCommandError, /
    ) -> None:
        """Say that the command has changed since Discord was told of it."""
        await self.client.desk.unknown_command(interaction, error)


class YourTale(commands.AutoShardedBot):
    """The bot: guilds intent only, no member cache, no message cache."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        accounts: Accounts,
        redis: Redis,
        *,
        read_telling: ReadTelling | None = None,
        looks: Looks | None = None,
        branches: Branches | None = None,
    ) -> None:
        some: dict[str, Any] = {"shard_ids": list(settings.shard_ids)} if settings.shard_ids else {}
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here, only writes
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=settings.shard_count,
            **some,
        )
        self._settings = settings
        self._engine = engine
        self._accounts = accounts
        self._redis = redis
        self._read_telling = read_telling
        self._looks = looks
        self._branches = branches
        self._callbacks: Callbacks | None = None
        self._buckets = 1
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """The front desk; raises RuntimeError before the client has started."""
        if self._desk is None:
            raise RuntimeError("the client has not started")
        return self._desk

    async def setup_hook(self) -> None:
        """Open the way for answers, add what people can do, and tell Discord of it."""
        self._callbacks = Callbacks(discord.http.Route.BASE, self.http.user_agent)
        self._desk = Desk(
            self._engine,
            self._accounts,
            Signer(self._settings.button_key_bytes),
            self._callbacks,
            Measured(),
            reference_of=logs.reference_of,
            defer_after=self._settings.defer_after,
            read_telling=self._read_telling,
            announce=self._announce,
            shelf=LoreShelf(self._engine.log),
            suggest=suggested,
            looks=self._looks,
            branching=Threads(self.http, self._branches) if self._branches else None,
            storytellers=_asked(self._settings),
        )
        self._desk.media = Orders(self._settings, self._redis)
        for kind in COGS:
            cog = kind(self.desk)
            self.desk.add(cog)
            await self.add_cog(cog)
        translator = CatalogueTranslator()
        await self.tree.set_translator(translator)
        # Asked once: the address may be asked twice in five seconds, and discord.py would wait for its second turn
        shards, _, limits = await self.http.get_bot_gateway()
        self._buckets = max(1, limits["max_concurrency"])
        self.shard_count = self.shard_count or shards
        await self._tell_commands(translator)

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Answer buttons and forms; commands came through the tree, and no task is spent on them here."""
        if event_name != "interaction":
            super().dispatch(event_name, *args, **kwargs)
        elif args[0].type in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            super().dispatch("component", *args, **kwargs)

    async def on_component(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a button or a form."""
        await self.desk.component(interaction)

    async def on_shard_ready(self, _shard: int) -> None:
        """Count what is connected."""
        metrics.SHARDS_READY.set(sum(not shard.is_closed() for shard in self.shards.values()))
        metrics.GUILDS.set(len(self.guilds))

    async def on_shard_disconnect(self, _shard: int) -> None:
        """Count what is connected."""
        metrics.SHARDS_READY.set(sum(not shard.is_closed() for shard in self.shards.values()))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for this shard's turn to identify: one a bucket every five seconds, over all processes."""
        del initial
        key = f"yourtale:identify:{self.application_id}:{(shard_id or 0) % self._buckets}"
        try:
            while not await self._redis.set(key, str(shard_id), px=IDENTIFY_MS, nx=True):
                left = await self._redis.pttl(key)
                await asyncio.sleep(min(IDENTIFY_MS, max(50, left)) / 1000)
        except (RedisError, OSError, TimeoutError):
            logger.warning("identify without Redis: each process counts for itself")
            await asyncio.sleep(IDENTIFY_MS / 1000)

    async def _announce(self, channel: int, message: Message) -> None:
        route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        await self.http.request(route, json=msgspec.to_builtins(body(message)))

    async def drained(self, seconds: float) -> None:
        """Wait until no interaction is in hand, at most so long."""
        if self._desk is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._desk.idle()

    async def close(self) -> None:
        """Close the gateway, then the way for answers."""
        await super().close()
        if self._callbacks:
            await self._callbacks.__aexit__(None, None, None)

    async def _tell_commands(self, translator: app_commands.Translator) -> None:
        """Tell Discord of the commands once for all processes, and only when they changed."""
        payload = [await c.get_translated_payload(self.tree, translator) for c in self.tree.get_commands()]
        version = hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
        key = f"yourtale:commands:{self.application_id}"
        if not await self._redis.set(f"{key}:lock", "1", ex=SYNC_SECONDS, nx=True):
            return
        try:
            application = self.application_id or 0
            # Asked too, not only remembered: the other side may have been set up anew
            known = await self.http.get_global_commands(application)
            if await self._redis.get(key) != version or len(known) != len(payload):
                await self.http.bulk_upsert_global_commands(application, payload=payload)
                await self._redis.set(key, version)
        finally:
            await self._redis.delete(f"{key}:lock")


def _asked(settings: Settings) -> tuple[str, ...]:
    """Return the providers that people's words may go to, those of pictures and voices too."""
    media = (name.partition("/")[0] for name in (*settings.picture_models, *settings.voice_models))
    return tuple(dict.fromkeys(name for name in (*settings.ai_order, *media) if name != "offline"))
