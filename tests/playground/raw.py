"""A gateway client and a REST client of a few lines, for what no library does on purpose."""

import asyncio
import zlib
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import zstandard

from playground.server import Playground

Json = dict[str, Any]


@dataclass
class Shard:
    """One websocket to the gateway, uncompressing what it is told to."""

    ws: aiohttp.ClientWebSocketResponse
    inflate: Any = None
    seq: int | None = None
    session_id: str = ""
    events: list[Json] = field(default_factory=list)

    async def receive(self, seconds: float = 5.0) -> Json:
        frame = await asyncio.wait_for(self.ws.receive(), seconds)
        assert frame.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}, (frame, self.ws.close_code)
        raw = frame.data.encode() if isinstance(frame.data, str) else frame.data
        if self.inflate is not None:
            assert frame.type is aiohttp.WSMsgType.BINARY
            raw = self.inflate(raw)
        payload: Json = orjson.loads(raw)
        if payload["s"] is not None:
            self.seq = payload["s"]
            self.events.append(payload)
        if payload["t"] == "READY":
            self.session_id = payload["d"]["session_id"]
        return payload

    async def until(self, name: str) -> Json:
        while True:
            payload = await self.receive()
            if payload["t"] == name:
                return payload

    async def op(self, op: int) -> Json:
        while True:
            payload = await self.receive()
            if payload["op"] == op:
                return payload

    async def closed(self) -> int:
        while True:
            frame = await asyncio.wait_for(self.ws.receive(), 5)
            if frame.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING}:
                return int((frame.data if frame.type is aiohttp.WSMsgType.CLOSE else self.ws.close_code) or 0)

    async def send(self, op: int, data: Any) -> None:
        await self.ws.send_str(orjson.dumps({"op": op, "d": data}).decode())

    async def identify(self, token: str, *, intents: int = 1, **extra: Any) -> None:
        properties = {"os": "linux", "browser": "raw", "device": "raw"}
        await self.send(2, {"token": token, "intents": intents, "properties": properties, **extra})

    async def resume(self, token: str, old: "Shard") -> None:
        await self.send(6, {"token": token, "session_id": old.session_id, "seq": old.seq})


@dataclass
class Raw:
    """Makes shards and REST calls for one playground."""

    server: Playground
    http: aiohttp.ClientSession

    async def shard(self, query: str = "v=10&encoding=json") -> Shard:
        """Connect and read HELLO."""
        ws = await self.http.ws_connect(f"{self.server.gateway_url}?{query}", max_msg_size=0)
        inflate = None
        if "zlib-stream" in query:
            inflate = zlib.decompressobj().decompress
        elif "zstd-stream" in query:
            inflate = zstandard.ZstdDecompressor().decompressobj().decompress
        made = Shard(ws, inflate)
        hello = await made.receive()
        assert hello["op"] == 10
        return made

    async def ready(self, *, intents: int = 1, token: str | None = None, **extra: Any) -> Shard:
        """Connect and identify up to READY."""
        made = await self.shard()
        await made.identify(token or str(self.server.token), intents=intents, **extra)
        await made.until("READY")
        return made

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, form: Any = None
    ) -> tuple[int, Any, Any]:
        """Return status, JSON body (None without one) and headers."""
        headers = {} if token == "" else {"Authorization": f"Bot {token or self.server.token}"}
        data = form
        if body is not None:
            data, headers["Content-Type"] = orjson.dumps(body), "application/json"
        async with self.http.request(method, self.server.rest_url + path, data=data, headers=headers) as response:
            raw = await response.read()
            is_json = response.headers.get("Content-Type") == "application/json"
            return response.status, orjson.loads(raw) if is_json else None, response.headers
