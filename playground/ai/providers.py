"""The local providers as one HTTP server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import orjson
from aiohttp import web

from playground.ai import control, delivery, media
from playground.ai.answers import Answer, Script, Turn
from playground.ai.bill import MEDIA_PRICES, PRICES, Bill, BillRow
from playground.ai.chat import MistralWire, OpenAIWire
from playground.ai.faults import Fault, Faults
from playground.ai.gemini import GeminiWire
from playground.ai.latency import Latency
from playground.ai.wire import Ask, BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from playground.ai.wire import Wire

DEFAULT_KEYS = ("local-key", "local-key-2")
MAX_REQUEST = 8 << 20
KEPT_REQUESTS = 2_000
REFUSALS = frozenset({"rate_limited", "status", "too_long", "key_rejected"})
# Tokens that each model thinks when it is not told to think less.
THINKING = {"gemini-3.8-flash": 48, "tale-large": 32}


@dataclass(frozen=True, slots=True)
class Received:
    """A question as it came in."""

    provider: str
    key: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass(slots=True)
class AIProviders:
    """Gemini, Mistral and OpenAI on one port of the loopback (0: a free one), for `async with`.

    `keys`: the keys that each provider takes. Prices and models are in bill.PRICES; answers come from
    `script`, faults from `order`, times from `latency`; `bill` and `requests` say what came of it.
    """

    port: int = 0
    host: str = "127.0.0.1"
    keys: dict[str, set[str]] = field(default_factory=dict)
    latency: Latency = field(default_factory=Latency)
    requests: list[Received] = field(default_factory=list)
    _bill: Bill = field(default_factory=Bill)
    _script: Script = field(default_factory=Script)
    _faults: Faults = field(default_factory=Faults)
    _runner: web.AppRunner | None = None
    open_calls: int = 0

    def __post_init__(self) -> None:
        for name in PRICES:
            self.keys.setdefault(name, set(DEFAULT_KEYS))

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.app(), handler_cancellation=True, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        return f"http://{self.host}:{self.port}"

    @property
    def gemini_url(self) -> str:
        """For google-genai's `base_url`."""
        return f"{self.base_url}/gemini"

    @property
    def mistral_url(self) -> str:
        """For mistralai's `server_url`."""
        return f"{self.base_url}/mistral"

    @property
    def openai_url(self) -> str:
        """For an OpenAI client's `base_url`, version included."""
        return f"{self.base_url}/openai/v1"

    def script(self, *turns: Turn, provider: str = "") -> None:
        """Put answers at the end of the queue of one provider, or of whichever is asked."""
        for turn in turns:
            self._script.add(turn, provider)

    def order(self, *faults: Fault) -> None:
        """Order faults."""
        for fault in faults:
            self._faults.order(replace(fault))

    @property
    def faults(self) -> Faults:
        """What is on order."""
        return self._faults

    @property
    def bill(self) -> Bill:
        """What was billed."""
        return self._bill

    @property
    def rows(self) -> list[BillRow]:
        """The bill's rows."""
        return self._bill.rows

    def reset(self) -> None:
        """Forget faults, script, requests and bill; take every default key again."""
        self._faults.clear()
        self._script.clear()
        self.requests.clear()
        self._bill = Bill()
        self.latency = Latency()
        self.keys = {name: set(DEFAULT_KEYS) for name in PRICES}

    def app(self) -> web.Application:
        """Return the application, also for mounting in another server."""
        app = web.Application(client_max_size=MAX_REQUEST)
        openai, mistral, gemini = OpenAIWire(), MistralWire(), GeminiWire()
        app.router.add_post("/openai/v1/chat/completions", self._handler(openai))
        app.router.add_post("/openai/v1/images/generations", self._handler(openai))
        app.router.add_post("/openai/v1/audio/speech", self._handler(openai))
        app.router.add_get("/openai/v1/models", self._models(openai))
        app.router.add_post("/mistral/v1/chat/completions", self._handler(mistral))
        app.router.add_get("/mistral/v1/models", self._models(mistral))
        app.router.add_post("/gemini/{version:v1|v1beta}/models/{target}", self._handler(gemini))
        app.router.add_get("/gemini/{version:v1|v1beta}/models", self._models(gemini))
        app.router.add_get("/gemini/{version:v1|v1beta}/models/{model}", self._models(gemini))
        control.mount(app, self)
        return app

    def _models(self, wire: Wire) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.Response:
            if wire.key(request) not in self.keys[wire.name]:
                return wire.error("key_rejected")
            names = tuple(PRICES[wire.name])
            wanted = request.match_info.get("model")
            if wanted is not None:
                if wanted not in names:
                    return wire.error("not_found")
                return web.json_response(wire.models((wanted,))["models"][0])
            return web.json_response(wire.models(names))

        return handle

    def _handler(self, wire: Wire) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.open_calls += 1
            try:
                return await self._answer(wire, request)
            except BadRequest as error:
                return wire.error("bad_request", message=error.message)
            finally:
                self.open_calls -= 1

        return handle

    async def _answer(self, wire: Wire, request: web.Request) -> web.StreamResponse:
        ask = await self._read(wire, request)
        if ask.model in MEDIA_PRICES[wire.name]:
            return await media.answer(self, wire, request, ask)
        if ask.model not in PRICES[wire.name] or not ask.turns:
            return wire.error("not_found")
        fault = self._faults.take(ask) if ask.key in self.keys[wire.name] else Fault("key_rejected")
        kind = fault.kind if fault is not None else ""
        if kind in REFUSALS:
            self._bill.refused(ask)
            return wire.error(kind, fault)
        if kind == "refuse":
            self._bill.refused(ask)
            delivery.reset(request)
            return web.Response(status=500)
        return await self._generate(wire, request, ask, fault)

    async def _read(self, wire: Wire, request: web.Request) -> Ask:
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError as error:
            raise BadRequest("body is not JSON") from error
        if not isinstance(body, dict):
            raise BadRequest("body is not an object")
        received = Received(wire.name, wire.key(request), request.path_qs, dict(request.headers), body)
        self.requests.append(received)
        del self.requests[:-KEPT_REQUESTS]
        if request.path.endswith(("/images/generations", "/audio/speech")):
            return media.ask_of(request, wire, body)
        return wire.read(request, body)

    async def _generate(self, wire: Wire, request: web.Request, ask: Ask, fault: Fault | None) -> web.StreamResponse:
        kind = fault.kind if fault is not None else ""
        answer = self._answer_to(ask, kind)
        tokens = self._bill.tokens(ask, answer)
        row = self._bill.add(ask, tokens, "cut")
        if fault is not None and kind == "hang":
            await asyncio.sleep(fault.seconds or 3_600)
        told = None if kind == "no_usage" else tokens
        if ask.stream:
            response, whole = await delivery.stream(
                request,
                wire.chunks(ask, answer, told),
                wire.done,
                fault=fault,
                fault_chunk=wire.fault_chunk(kind, ask, tokens),
                latency=self.latency,
            )
        else:
            response, whole = await delivery.whole(
                request, wire.whole(ask, answer, told), fault=fault, latency=self.latency
            )
        row.outcome = ("blocked" if kind == "blocked" else "whole") if whole else "cut"
        return response

    def _answer_to(self, ask: Ask, kind: str) -> Answer:
        if kind == "empty":
            return Answer((), (), 0, "stop")
        if kind == "blocked":
            return Answer((), (), 0, "content_filter")
        thinking = THINKING.get(ask.model, 0)
        return self._script.answer(ask, thinking if ask.thinks else thinking // 4)
