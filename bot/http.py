"""Health and metrics of one process: `/healthz`, `/readyz`, `/metrics`."""

import asyncio
import errno
import inspect
from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.settings_source import SettingsError

CHECK_SECONDS = 2.0
"""How long one readiness check may take before it counts as failed."""

Check = Callable[[], bool | Awaitable[bool]]


class Health:
    """What this process says about itself over HTTP.

    `/healthz` answers 200 as long as the event loop turns. `/readyz` answers 200 when there are checks and all
    hold, else 503, with `{"ready": bool, "checks": {name: bool}}`. `/metrics` is Prometheus' text.
    """

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._runner: web.AppRunner | None = None

    def ready(self, name: str, check: Check) -> None:
        """Make readiness depend on `check()`, which may be a coroutine function; a later one replaces it."""
        self._checks[name] = check

    async def state(self) -> dict[str, bool]:
        """Each check's present answer; one that raises or takes longer than `CHECK_SECONDS` counts as no."""
        names = list(self._checks)
        answers = await asyncio.gather(*(self._ask(self._checks[name]) for name in names))
        return dict(zip(names, answers, strict=True))

    async def serve(self, host: str, port: int | None, usual: int) -> int:
        """Listen and return the port. None means `usual`, or a free one where that is taken.

        Raises:
            SettingsError: the port asked for is taken, or the address is not ours.
        """
        app = web.Application(client_max_size=1024)
        app.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        for wanted in (usual, 0) if port is None else (port,):
            site = web.TCPSite(self._runner, host, wanted)
            try:
                await site.start()
            except OSError as error:
                if error.errno == errno.EADDRINUSE and port is None and wanted:
                    continue
                raise SettingsError([_refusal(host, wanted, error)]) from error
            return int(self._runner.addresses[0][1])
        raise AssertionError("port 0 is never in use")

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _ask(self, check: Check) -> bool:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                answer = check()
                return bool(await answer if inspect.isawaitable(answer) else answer)
        except Exception:  # noqa: BLE001 - whatever a check raises means: not ready
            return False

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        checks = await self.state()
        ready = bool(checks) and all(checks.values())
        body = orjson.dumps({"ready": ready, "checks": checks})
        return web.Response(body=body, status=200 if ready else 503, content_type="application/json")

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program; set another one, or 0 for a free one."
    return f"Cannot listen on {host} port {port}: {error.strerror}."


HEALTH = Health()
"""This process's own; parts add their checks to it."""
