"""The control API of the local providers, under /control/ai."""

from __future__ import annotations

from dataclasses import asdict, dataclass
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

    Handler = Callable[[web.Request], Awaitable[web.Response]]


def mount(app: web.Application, ai: AIProviders) -> None:
    """Add the routes."""
    control = Control(ai)
    app.router.add_post("/control/ai/faults", _checked(control.order))
    app.router.add_delete("/control/ai/faults", control.clear)
    app.router.add_post("/control/ai/script", _checked(control.script))
    app.router.add_post("/control/ai/latency", _checked(control.latency))
    app.router.add_post("/control/ai/keys", _checked(control.key))
    app.router.add_post("/control/ai/reset", control.reset)
    app.router.add_get("/control/ai/{name}", control.show)


@dataclass(frozen=True, slots=True)
class Control:
    """The handlers."""

    ai: AIProviders

    async def order(self, request: web.Request) -> web.Response:
        """Order one fault or several."""
        document = await _json(request)
        entries = document if isinstance(document, list) else [document]
        self.ai.order(*[Fault.read(entry) for entry in entries])
        return web.json_response(self._faults())

    async def clear(self, _: web.Request) -> web.Response:
        """Take all faults back."""
        self.ai.faults.clear()
        return web.json_response({})

    async def script(self, request: web.Request) -> web.Response:
        """Put answers in the queue."""
        document = await _json(request)
        turns = [Turn.read(turn) for turn in document["turns"]]
        self.ai.script(*turns, provider=str(document.get("provider", "")))
        return web.json_response({"turns": len(turns)})

    async def latency(self, request: web.Request) -> web.Response:
        """Set how long answers take."""
        self.ai.latency = Latency.read(await _json(request))
        return web.json_response({})

    async def key(self, request: web.Request) -> web.Response:
        """Accept a key, or revoke it."""
        document = await _json(request)
        known = self.ai.keys[document["provider"]]
        change = known.discard if document.get("state") == "revoked" else known.add
        change(str(document["key"]))
        return web.json_response({"keys": sorted(known)})

    async def reset(self, _: web.Request) -> web.Response:
        """Begin again."""
        self.ai.reset()
        return web.json_response({})

    async def show(self, request: web.Request) -> web.Response:
        """Show the faults on order, the bill, the questions, the prices or the state."""
        shown: dict[str, Callable[[], dict[str, Any]]] = {
            "faults": lambda: {**self._faults(), "kinds": KINDS},
            "bill": self.ai.bill.document,
            "requests": self._requests,
            "prices": lambda: {"per_million": PRICES, "order": ["input", "cached", "output"]},
            "state": self._state,
        }
        name = request.match_info["name"]
        if name not in shown:
            raise web.HTTPNotFound
        return web.json_response(body=orjson.dumps(shown[name]()))

    def _faults(self) -> dict[str, Any]:
        return {"ordered": [asdict(fault) for fault in self.ai.faults.ordered]}

    def _requests(self) -> dict[str, Any]:
        received = [
            {"provider": one.provider, "key": one.key, "path": one.path, "body": one.body} for one in self.ai.requests
        ]
        return {"count": len(received), "requests": received}

    def _state(self) -> dict[str, Any]:
        keys = {name: sorted(known) for name, known in self.ai.keys.items()}
        return {"open_calls": self.ai.open_calls, "keys": keys}


async def _json(request: web.Request) -> Any:
    return orjson.loads(await request.read())


def _checked(handle: Handler) -> Handler:
    async def checked(request: web.Request) -> web.Response:
        try:
            return await handle(request)
        except (ValueError, TypeError, KeyError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return checked
