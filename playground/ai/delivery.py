"""Sends an answer over HTTP at the speed and with the faults that were ordered."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playground.ai.faults import Fault
    from playground.ai.latency import Latency
    from playground.ai.wire import Chunk

FLOOD = b"x" * (1 << 20)
LATE = frozenset({"slow_first", "thinks_aloud"})
CUTS = frozenset({"flood", "half_stream", "truncate", "garbage", "rate_limited_in_stream", "blocked_in_stream"})


def reset(request: web.Request) -> None:
    """Reset the TCP connection, as a dying server does."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


async def stream(
    request: web.Request,
    chunks: Sequence[Chunk],
    done: bytes,
    *,
    fault: Fault | None,
    fault_chunk: bytes,
    latency: Latency,
) -> tuple[web.StreamResponse, bool]:
    """Send `chunks` as server-sent events; also tells whether they were sent whole.

    `fault_chunk` is what a fault inside the stream sends in place of the rest; `done` is the end mark.
    """
    kind = fault.kind if fault is not None else ""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    if kind == "thinks_aloud":
        await response.write(b"data: " + fault_chunk + b"\n\n")
    await asyncio.sleep(latency.first_seconds() + (fault.seconds if fault and kind in LATE else 0.0))
    words = 0
    for chunk in chunks:
        if fault is not None and kind in CUTS and words >= fault.after:
            await _cut(request, response, kind, fault_chunk)
            return response, False
        if chunk.words:
            slow = fault.seconds if fault is not None and kind == "slow_words" and words >= fault.after else 0.0
            pause = slow + (latency.piece_seconds() if words else 0.0)
            if pause:
                await asyncio.sleep(pause)
            words += 1
        await response.write(b"data: " + chunk.data + b"\n\n")
    if done and kind != "no_done":
        await response.write(b"data: " + done + b"\n\n")
    await response.write_eof()
    return response, True


async def whole(
    request: web.Request, document: dict[str, object], *, fault: Fault | None, latency: Latency
) -> tuple[web.StreamResponse, bool]:
    """Send an answer in one body; also tells whether it was sent whole."""
    slow = fault.seconds if fault is not None and fault.kind in {"slow_first", "slow_words"} else 0.0
    await asyncio.sleep(latency.first_seconds() + slow)
    body = orjson.dumps(document)
    if fault is not None and fault.kind == "half_stream":
        reset(request)
        return web.Response(), False
    if fault is not None and fault.kind in {"truncate", "garbage"}:
        return web.Response(body=body[: len(body) // 2], content_type="application/json"), False
    return web.Response(body=body, content_type="application/json"), True


async def _cut(request: web.Request, response: web.StreamResponse, kind: str, fault_chunk: bytes) -> None:
    if kind == "half_stream":
        # Give the words a moment to reach the client: a reset throws away what was not read.
        await asyncio.sleep(0.02)
        reset(request)
        return
    if kind == "flood":
        await response.write(b"data: ")
        for _ in range(64):
            await response.write(FLOOD)
    elif kind == "garbage":
        await response.write(b'data: {"choices": [{"delta": {"content": "x\n\n')
    elif kind != "truncate":
        await response.write(b"data: " + fault_chunk + b"\n\n")
    await response.write_eof()
