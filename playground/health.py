"""What the playground says about itself: `/healthz`, `/readyz`, `/metrics`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import orjson
from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from playground.context import Context


class Health(Collector):
    """Counts nothing while requests run: the figures are read off the world when somebody asks."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def add_routes(self, app: web.Application) -> None:
        """Register every path."""
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        app.router.add_get("/metrics", self.metrics)

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer 200 as long as the event loop turns."""
        return web.Response(text="ok\n")

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 when all checks hold, else 503, with `{"ready": bool, "checks": {name: bool}}`."""
        keeper = self._context.keeper
        checks = {"world": True} | ({"disk": not keeper.failing} if keeper is not None else {})
        ready = all(checks.values())
        body = orjson.dumps({"ready": ready, "checks": checks})
        return web.Response(body=body, status=200 if ready else 503, content_type="application/json")

    async def metrics(self, _request: web.Request) -> web.Response:
        """Answer in Prometheus' text format."""
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def collect(self) -> Iterator[Metric]:
        """Yield the present figures."""
        context, world = self._context, self._context.world
        figures = (
            ("guilds", "Guilds.", len(world.guilds)),
            ("channels", "Channels, threads and conversations.", len(world.channels)),
            ("messages", "Messages that are held.", sum(len(store) for store in world.messages.values())),
            ("people", "People.", sum(not user.bot for user in world.users.values())),
            ("bots", "Applications.", len(world.applications)),
            ("gateway_connections", "Open gateway connections of bots.", len(context.gateway.of())),
            ("event_streams", "Open event streams of people.", len(context.streams)),
            ("requests", "REST requests since the start, or since they were last forgotten.", context.requests.count),
        )
        for name, told, value in figures:
            yield GaugeMetricFamily(f"yourtale_playground_{name}", told, value=value)
