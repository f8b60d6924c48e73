"""The whole of YourTale as real processes, on a local Discord and local AI providers that the test can see into."""

import asyncio
import base64
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from redis.asyncio import Redis

from core.db.migrate import migrate
from playground.ai import AIProviders
from playground.interactions import InteractionTimes
from playground.people import Person
from playground.server import Playground

_numbers = itertools.count(1)
READY_SECONDS = 40.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Role:
    """One real process of one role."""

    word: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    async def ready(self) -> None:
        async with aiohttp.ClientSession() as http, asyncio.timeout(READY_SECONDS):
            while True:
                assert self.process.poll() is None, f"{self.word} ended: {self.log.read_text()[-3000:]}"
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)

    async def ended(self, seconds: float = 30.0) -> int:
        async with asyncio.timeout(seconds):
            while (code := self.process.poll()) is None:
                await asyncio.sleep(0.02)
        return code


@dataclass
class Stack:
    """Everything a test needs: the Discord, the providers, the database, and roles to start and kill."""

    folder: Path
    playground: Playground
    ai: AIProviders
    database_url: str
    redis_url: str
    db: asyncpg.Pool
    redis: Redis
    env: dict[str, str]
    roles: list[Role] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    async def start(self, *words: str, **env: str) -> list[Role]:
        started = [self.spawn(word, **env) for word in words]
        await asyncio.gather(*(role.ready() for role in started))
        return started

    def spawn(self, word: str, **env: str) -> Role:
        port = free_port()
        log = self.folder / f"{word}-{len(self.roles)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", word],
                env=os.environ | self.env | {f"YOURTALE_PORT_{word.upper()}": str(port)} | env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.roles.append(Role(word, port, process, log))
        return self.roles[-1]

    async def restart(self, word: str, **env: str) -> Role:
        """Kill every process of a role and start one anew."""
        for role in [role for role in self.roles if role.word == word]:
            role.kill()
            await role.ended()
        (started,) = await self.start(word, **env)
        return started

    async def control(self, what: str, **body: Any) -> Any:
        """Use the playground's control API and return what it answers."""
        url = f"{self.playground.page_url}/control/{what}"
        async with aiohttp.ClientSession() as http, http.post(url, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    @contextmanager
    def tokens_of(self, seconds: float) -> Iterator[None]:
        """Let the tokens of interactions die after so many seconds."""
        interactions = self.playground.context.interactions
        usual, interactions.times = interactions.times, InteractionTimes(token_lifetime=seconds)
        try:
            yield
        finally:
            interactions.times = usual

    @property
    def identifies(self) -> int:
        """How often our bot may still identify today: a RESUME takes none."""
        hub, app = self.playground.context.gateway, self.playground.seeded.bot
        return hub.budget(app).remaining

    async def channel(self) -> str:
        """Make a channel of its own and return its name."""
        name = f"mesa-{next(_numbers)}"
        await self.control("channels", guild_id=self.playground.seeded.guild.id, name=name)
        return name

    async def person(self, name: str, channel: str) -> Person:
        person = await Person.connect(self.playground.page_url, name, channel=channel)
        self.people.append(person)
        return person

    def logs(self) -> str:
        return "\n".join(f"== {role.log.name}\n{role.log.read_text()[-4000:]}" for role in self.roles)

    @property
    def violations(self) -> list[Any]:
        return list(self.playground.context.requests.violations)


@asynccontextmanager
async def open_stack(folder: Path, database_url: str, redis_url: str, **env: str) -> AsyncIterator[Stack]:
    """A stack on a database of its own; the roles are the test's to start."""
    number = next(_numbers)
    server = await asyncpg.connect(database_url)
    name = f"e2e_{os.getpid()}_{number}"
    await server.execute(f"CREATE DATABASE {name}")
    await server.close()
    own_url = database_url.rsplit("/", 1)[0] + f"/{name}"
    await migrate(own_url)
    own_redis = f"{redis_url.rsplit('/', 1)[0] if redis_url.count('/') > 2 else redis_url}/{number % 15 + 1}"
    redis = Redis.from_url(own_redis, decode_responses=True)
    await redis.flushdb()
    db = await asyncpg.create_pool(own_url, min_size=1, max_size=3)
    playground = Playground(openapi=os.environ.get("YOURTALE_OPENAPI") or None)
    async with playground, AIProviders() as ai:
        key = base64.urlsafe_b64encode(bytes(range(32))).decode()
        stack = Stack(
            folder,
            playground,
            ai,
            own_url,
            own_redis,
            db,
            redis,
            {
                "DATABASE_URL": own_url,
                "REDIS_URL": own_redis,
                "DISCORD_TOKEN": str(playground.token),
                "YOURTALE_DISCORD_REST_URL": playground.rest_url,
                "YOURTALE_DISCORD_GATEWAY_URL": playground.gateway_url,
                "YOURTALE_BUTTON_KEYS": key,
                "YOURTALE_MASTER_KEYS": key,
                "YOURTALE_DATA_DIR": str(folder / "data"),
                "YOURTALE_LOG_FORMAT": "json",
                "GEMINI_API_KEY": "local-key",
                "MISTRAL_API_KEY": "local-key",
                "OPENAI_API_KEY": "local-key",
                "YOURTALE_GEMINI_BASE_URL": ai.gemini_url,
                "YOURTALE_MISTRAL_BASE_URL": ai.mistral_url,
                "OPENAI_BASE_URL": ai.openai_url,
                "YOURTALE_OPENAI_MODELS": "tale-small",
                **env,
            },
        )
        try:
            yield stack
        finally:
            for person in stack.people:
                await person.close()
            for role in stack.roles:
                role.kill()
            for role in stack.roles:
                await role.ended()
            await redis.aclose()
            await db.close()
