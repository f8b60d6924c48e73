"""The control API of the local providers, under /control/ai."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from playground.ai.answers import Turn
from playground.ai.bill import PRICES
from playground.ai.faults import KINDS, Fault
from playground.ai.latency import Latency

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playground.ai.providers import AIProviders


def mount(app: web.Application, ai: AIProviders) -> None:
    """Add the routes."""

    async def order(request: web.Request) -> web.Response:
        document = await _json(request)
        faults = [Fault.read(entry) for entry in (document if isinstance(document, list) else [document])]
        ai.order(*faults)
        return web.json_response({"ordered": [asdict(fault) for fault in ai.faults.ordered]})

    async def script(request: web.Request) -> web.Response:
        document = await _json(request)
        turns = [Turn.read(turn) for turn in document["turns"]]
        ai.script(*turns, provider=str(document.get("provider", "")))
        return web.json_response({"turns": len(turns)})

    async def latency(request: web.Request) -> web.Response:
        ai.latency = Latency.read(await _json(request))
        return web.json_response({})

    async def key(request: web.Request) -> web.Response:
        document = await _json(request)
        known = ai.keys[document["provider"]]
        (known.discard if document.get("state") == "revoked" else known.add)(str(document["key"]))
        return web.json_response({"keys": sorted(known)})

    async def reset(_: web.Request) -> web.Response:
        ai.reset()
        return web.json_response({})

    async def clear(_: web.Request) -> web.Response:
        ai.faults.clear()
        return web.json_response({})

    async def show(request: web.Request) -> web.Response:
        shown: dict[str, Callable[[], Any]] = {
            "faults": lambda: {"ordered": [asdict(fault) for fault in ai.faults.ordered], "kinds": KINDS},
            "bill": ai.bill.document,
            "requests": lambda: {"count": len(ai.requests), "requests": [_received(r) for r in ai.requests]},
            "prices": lambda: {"per_million": PRICES, "order": ["input", "cached", "output"]},
            "state": lambda: {"open_calls": ai.open_calls, "keys": {n: sorted(k) for n, k in ai.keys.items()}},
        }
        name = request.match_info["name"]
        if name not in shown:
            raise web.HTTPNotFound
        return web.json_response(shown[name](), dumps=lambda value: orjson.dumps(value).decode())

    def _received(received: Any) -> dict[str, Any]:
        return {"provider": received.provider, "key": received.key, "path": received.path, "body": received.body}

    app.router.add_post("/control/ai/faults", _checked(order))
    app.router.add_delete("/control/ai/faults", clear)
    app.router.add_post("/control/ai/script", _checked(script))
    app.router.add_post("/control/ai/latency", _checked(latency))
    app.router.add_post("/control/ai/keys", _checked(key))
    app.router.add_post("/control/ai/reset", reset)
    app.router.add_get("/control/ai/{name}", show)


async def _json(request: web.Request) -> Any:
    return orjson.loads(await request.read())


def _checked(
    handle: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def checked(request: web.Request) -> web.Response:
        try:
            return await handle(request)
        except (ValueError, TypeError, KeyError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return checked
