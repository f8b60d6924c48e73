"""One websocket connection: HELLO, then identify or resume, then dispatches until one side closes."""

import asyncio
import contextlib
import time
import zlib
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import WSMsgType, web

from playground.gateway import identify, requests
from playground.gateway.codes import GatewayCloseError
from playground.gateway.compress import Compressor, compressor

if TYPE_CHECKING:
    from playground.gateway.hub import GatewayHub
    from playground.gateway.session import Session

Json = dict[str, Any]

MAX_CLIENT_PAYLOAD: Final = 4096
QUEUE_LIMIT: Final = 20_000
CLOSE_TIMEOUT_S: Final = 2.0
KILLS_SESSION: Final = frozenset({1000, 1001})


class Connection:
    """The server's side of one websocket."""

    def __init__(
        self,
        hub: "GatewayHub",
        ws: web.WebSocketResponse,
        transport: Compressor | None,
        tcp: asyncio.Transport | None,
    ) -> None:
        self.hub = hub
        self.ws = ws
        self.session: Session | None = None
        self.payload_compression = False
        self._transport = transport
        self._tcp = tcp
        self._out: deque[bytes | tuple[int, str]] = deque()
        self._ready = asyncio.Event()
        # A client answers our close frame with a code of its own, which says nothing about the session.
        self._closed_here = False
        self._beat_at = time.monotonic()
        self._sends: deque[float] = deque()

    def send(self, payload: bytes) -> None:
        """Queue one payload; a client that reads too slowly is cut off."""
        if len(self._out) >= QUEUE_LIMIT:
            self._out.clear()
            self.close_soon(4000, "Too far behind")
            return
        self._out.append(payload)
        self._ready.set()

    def send_op(self, op: int, data: object) -> None:
        """Queue a payload that is not a dispatch."""
        self.send(orjson.dumps({"t": None, "s": None, "op": op, "d": data}))

    def close_soon(self, code: int, reason: str) -> None:
        """Close after what is queued."""
        self._out.append((code, reason))
        self._ready.set()

    def invalidate(self) -> None:
        """Say op 9; the client has to identify anew, on this or another connection."""
        self.session = None
        self.send_op(9, False)

    def abort(self) -> None:
        """Cut the TCP connection without a close frame."""
        if self._tcp is not None:
            self._tcp.abort()

    async def run(self) -> None:
        """Serve the connection until it ends."""
        writer = asyncio.ensure_future(self._write())
        watch = asyncio.ensure_future(self._watch_heartbeat())
        self.send_op(10, {"heartbeat_interval": int(self.hub.settings.heartbeat_interval * 1000), "_trace": []})
        try:
            await self._read()
        finally:
            watch.cancel()
            if not self._closed_here:
                writer.cancel()
            await asyncio.gather(writer, watch, return_exceptions=True)
            self._left()

    def _left(self) -> None:
        if self.session is None:
            return
        if not self._closed_here and self.ws.close_code in KILLS_SESSION:
            self.hub.end(self.session)
        self.session.lose(self)

    async def _read(self) -> None:
        async for message in self.ws:
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return
            try:
                self._receive(message.data)
            except GatewayCloseError as error:
                self.close_soon(error.code, error.reason)
            except (TypeError, ValueError, KeyError, AttributeError):
                self.close_soon(4002, "Error while decoding payload")

    def _receive(self, data: str | bytes) -> None:
        self._count_send()
        payload = _decode(data)
        op, body = payload.get("op"), payload.get("d")
        if op == 1:
            self._heartbeat(body)
        elif op == 2:
            identify.identify(self, body)
        elif op == 6:
            identify.resume(self, body)
        elif self.session is None:
            raise GatewayCloseError(4003, "Not authenticated")
        elif op in requests.HANDLERS:
            requests.HANDLERS[op](self, self.session, body)
        else:
            raise GatewayCloseError(4001, "Unknown opcode")

    def _count_send(self) -> None:
        now = time.monotonic()
        self._sends.append(now)
        while self._sends[0] < now - 60:
            self._sends.popleft()
        if len(self._sends) > self.hub.settings.sends_a_minute:
            raise GatewayCloseError(4008, "Rate limited")

    def _heartbeat(self, seq: object) -> None:
        self._beat_at = time.monotonic()
        if self.session is not None and isinstance(seq, int):
            self.session.acknowledge(seq)
        if self._beat_at < self.hub.mute_acks_until:
            return
        # An ACK faster than the client's own bookkeeping reads as lag in discord.py.
        asyncio.get_running_loop().call_later(self.hub.settings.ack_delay, self.send_op, 11, None)

    async def _write(self) -> None:
        while True:
            await self._ready.wait()
            self._ready.clear()
            while self._out:
                item = self._out.popleft()
                if isinstance(item, tuple):
                    self._closed_here = True
                    await self.ws.close(code=item[0], message=item[1].encode())
                    return
                with contextlib.suppress(ConnectionError):
                    await self._send_frame(item)

    async def _send_frame(self, payload: bytes) -> None:
        if self._transport is not None:
            await self.ws.send_bytes(self._transport(payload))
        elif self.payload_compression and len(payload) > 8192:
            await self.ws.send_bytes(zlib.compress(payload))
        else:
            await self.ws.send_str(payload.decode())

    async def _watch_heartbeat(self) -> None:
        patience = self.hub.settings.heartbeat_interval * 1.5
        while True:
            left = self._beat_at + patience - time.monotonic()
            if left <= 0:
                self.close_soon(4000, "Heartbeat missed")
                return
            await asyncio.sleep(left)


def _decode(data: str | bytes) -> Json:
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > MAX_CLIENT_PAYLOAD:
        raise GatewayCloseError(4002, "Payload too large")
    try:
        payload = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise GatewayCloseError(4002, "Error while decoding payload") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("op"), int):
        raise GatewayCloseError(4002, "Error while decoding payload")
    return payload


async def serve(hub: "GatewayHub", request: web.Request) -> web.StreamResponse:
    """Handle `GET /gateway`; the query names version, encoding and compression."""
    try:
        transport = compressor(request.query.get("compress"))
        known = True
    except KeyError:
        transport, known = None, False
    ws = web.WebSocketResponse(timeout=CLOSE_TIMEOUT_S, max_msg_size=1 << 20, compress=False)
    await ws.prepare(request)
    version = request.query.get("v", "10")
    if version not in {"9", "10"}:
        await ws.close(code=4012, message=b"Invalid API version")
    elif not known or request.query.get("encoding", "json") != "json":
        await ws.close(code=4002, message=b"Error while decoding payload")
    else:
        await Connection(hub, ws, transport, request.transport).run()
    return ws
