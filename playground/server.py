"""The playground in this process: one aiohttp server for REST, gateway, CDN, page, person and control API."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from playground.cdn import Cdn
from playground.context import Context, Urls
from playground.faults import Faults
from playground.gateway import connection
from playground.gateway.hub import GatewayHub, GatewaySettings
from playground.health import Health
from playground.interactions import Interactions, InteractionTimes
from playground.keeper import Keeper
from playground.limits import Limiter
from playground.openapi import OpenApi, RequestLog
from playground.origin import guard
from playground.page import Page
from playground.play.api import PlayApi
from playground.play.control import ControlApi
from playground.play.stream import Streams
from playground.rest.pipeline import Pipeline
from playground.world.record import Aside, open_world
from playground.world.seed import Seed, seed
from playground.world.world import World

PAGE_FOLDER: Final = Path(__file__).parent / "page" / "dist"
MAX_REQUEST: Final = 26 * 1024 * 1024


@dataclass
class Playground:
    """A local Discord. `async with Playground() as p:` serves on a free port until the block ends.

    `openapi` is the path of Discord's OpenAPI file, against which every REST request is then validated. With `data`
    the world is kept in that folder and found again; `aside` then tells of a file there that could not be read.
    """

    port: int = 0
    host: str = "127.0.0.1"
    token: str | None = None
    bots: int = 1
    openapi: str | Path | None = None
    rate_limits: bool = True
    intents: int = 0
    max_concurrency: int = 1
    keep_messages: int = 20_000
    data: Path | None = None
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    interactions: InteractionTimes = field(default_factory=InteractionTimes)
    world: World = field(init=False)
    context: Context = field(init=False)
    seeded: Seed = field(init=False)
    aside: Aside | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._runner: web.AppRunner | None = None

    @property
    def rest_url(self) -> str:
        """The REST base, ending in /api/v10."""
        return self.context.urls.rest

    @property
    def gateway_url(self) -> str:
        """The gateway's websocket address."""
        return self.context.urls.gateway

    @property
    def page_url(self) -> str:
        """The base of page, person API and control API."""
        return self.context.urls.page

    async def start(self) -> None:
        """Open the port; raises OSError when it is taken, DiskError when `data` cannot be used."""
        disk = None
        if self.data is None:
            self.world = World(keep_messages=self.keep_messages)
        else:
            self.world, disk, self.aside = open_world(self.data, self.keep_messages)
        self.context = Context(
            world=self.world,
            gateway=GatewayHub(self.world, self.gateway),
            interactions=Interactions(self.world, self.interactions),
            streams=Streams(self.world),
            faults=Faults(),
            limiter=Limiter(enabled=self.rate_limits),
            requests=RequestLog(OpenApi(Path(self.openapi)) if self.openapi else None),
        )
        self.seeded = seed(
            self.world,
            token=self.token,
            bots=self.bots,
            intents=self.intents,
            max_concurrency=self.max_concurrency,
        )
        self.token = self.seeded.bot.token
        self.context.keeper = Keeper(self.world, disk) if disk else None
        app = self._application()
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        try:
            await site.start()
        except OSError:
            await self._close()
            raise
        self.port = self._runner.addresses[0][1]
        self._set_urls()

    def _set_urls(self) -> None:
        host = "127.0.0.1" if self.host in {"0.0.0.0", ""} else self.host  # noqa: S104 - only compared
        base = f"{host}:{self.port}"
        self.context.urls = Urls(f"http://{base}/api/v10", f"ws://{base}/gateway", f"http://{base}")
        self.context.gateway.url = self.context.urls.gateway
        self.world.files.base_url = f"http://{base}/cdn"

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=MAX_REQUEST, middlewares=[guard(self.host)])
        pipeline = Pipeline(self.context)

        async def gateway(request: web.Request) -> web.StreamResponse:
            return await connection.serve(self.context.gateway, request)

        app.router.add_route("*", "/api/{tail:.*}", pipeline.serve)
        app.router.add_get("/gateway", gateway)
        app.router.add_get("/gateway/", gateway)
        Cdn(self.context).add_routes(app)
        PlayApi(self.context).add_routes(app)
        ControlApi(self.context).add_routes(app)
        Health(self.context).add_routes(app)
        Page(PAGE_FOLDER).add_routes(app)
        return app

    async def stop(self) -> None:
        """Close every connection and the port."""
        if self._runner is None:
            return
        self.context.interactions.close()
        for session in self.context.gateway.of():
            if isinstance(session.sink, connection.Connection):
                session.sink.close_soon(1001, "Going away")
        await asyncio.sleep(0)
        await self._close()

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self.context.keeper is not None:
            await self.context.keeper.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
