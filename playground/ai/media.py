"""Pictures and voices of the local providers: small, valid, billed, and as faulty as ordered."""

from __future__ import annotations

import asyncio
import base64
import io
import math
import struct
import wave
import zlib
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from playground.ai import delivery
from playground.ai.bill import QUESTION, Tokens, count
from playground.ai.faults import Fault
from playground.ai.wire import Ask, BadRequest

if TYPE_CHECKING:
    from playground.ai.providers import AIProviders
    from playground.ai.wire import Wire

REFUSED = frozenset({"rate_limited", "status", "too_long", "key_rejected"})
PICTURE_TOKENS = 1_290
SECOND_TOKENS = 25
LETTERS_A_SECOND = 14
RATE = 8_000
SIDE = 64


def ask_of(request: web.Request, wire: Wire, body: dict[str, Any]) -> Ask:
    """Read a question for `/images/generations` or `/audio/speech`. Raises BadRequest."""
    text = body.get("input", body.get("prompt"))
    if not isinstance(text, str) or not text or not isinstance(body.get("model"), str):
        raise BadRequest("model and input or prompt are required")
    texts = (text,)
    return Ask(wire.name, wire.key(request), body["model"], False, texts, text, "", False, 0, 0, False, body)


async def answer(ai: AIProviders, wire: Wire, request: web.Request, ask: Ask) -> web.StreamResponse:
    """Make what is asked for, or fail as ordered."""
    fault = ai.faults.take(ask) if ask.key in ai.keys[wire.name] else Fault("key_rejected")
    kind = fault.kind if fault is not None else ""
    if kind in REFUSED:
        ai.bill.refused(ask)
        return wire.error(kind, fault)
    if kind == "refuse":
        ai.bill.refused(ask)
        delivery.reset(request)
        return web.Response(status=500)
    if kind == "blocked" and wire.name == "openai":
        ai.bill.refused(ask)
        return wire.error("bad_request", message="content_policy_violation: the prompt was refused")
    voice = _voice(ask)
    row = ai.bill.add(ask, _tokens(ask, voice=voice, made=kind not in {"blocked", "empty"}), "cut")
    if fault is not None and kind == "hang":
        await asyncio.sleep(fault.seconds or 3_600)
    await asyncio.sleep(fault.seconds if fault is not None and kind == "slow_first" else 0)
    if kind == "half_stream":
        delivery.reset(request)
        return web.Response()
    body, type_ = _body(ask, voice=voice, kind=kind)
    if kind in {"truncate", "garbage"}:
        return web.Response(body=b"not what was asked for", content_type=type_)
    row.outcome = "blocked" if kind == "blocked" else "whole"
    return web.Response(body=body, content_type=type_)


def _voice(ask: Ask) -> bool:
    modalities = (ask.body.get("generationConfig") or {}).get("responseModalities") or ()
    return "input" in ask.body or "AUDIO" in modalities


def _tokens(ask: Ask, *, voice: bool, made: bool) -> Tokens:
    """Count a call: speech over OpenAI's HTTP by characters, all else by tokens."""
    text = "".join(ask.texts)
    if voice and ask.provider == "openai":
        return Tokens(len(text), 0, 0, 0)
    output = -(-len(text) * SECOND_TOKENS // LETTERS_A_SECOND) if voice else PICTURE_TOKENS
    return Tokens(QUESTION + count(text), 0, output if made else 0, 0)


def _body(ask: Ask, *, voice: bool, kind: str) -> tuple[bytes, str]:
    data = sound("".join(ask.texts)) if voice else picture("".join(ask.texts))
    if ask.provider == "openai" and voice:
        return (b"" if kind == "empty" else data), "audio/wav"
    tokens = _tokens(ask, voice=voice, made=kind not in {"blocked", "empty"})
    if ask.provider == "openai":
        usage = {"input_tokens": tokens.input, "output_tokens": tokens.output}
        document: dict[str, Any] = {"created": 0, "data": [] if kind == "empty" else [_b64(data)]}
        return orjson.dumps(document if kind == "no_usage" else document | {"usage": usage}), "application/json"
    part = {"inlineData": {"mimeType": f"audio/L16;codec=pcm;rate={RATE}" if voice else "image/png"}}
    part["inlineData"]["data"] = base64.b64encode(data[44:] if voice else data).decode()
    candidate = {"content": {"role": "model", "parts": [] if kind == "empty" else [part]}, "finishReason": "STOP"}
    made = {"promptFeedback": {"blockReason": "SAFETY"}} if kind == "blocked" else {"candidates": [candidate]}
    figures = {
        "promptTokenCount": tokens.input,
        "candidatesTokenCount": tokens.output,
        "totalTokenCount": tokens.input + tokens.output,
    }
    return orjson.dumps(made if kind == "no_usage" else made | {"usageMetadata": figures}), "application/json"


def _b64(data: bytes) -> dict[str, str]:
    return {"b64_json": base64.b64encode(data).decode()}


def picture(text: str) -> bytes:
    """Return a PNG of 64 x 64, its colour drawn from the text."""
    colour = zlib.crc32(text.encode()).to_bytes(4, "big")[:3]
    rows = b"".join(b"\0" + colour * SIDE for _ in range(SIDE))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def sound(text: str) -> bytes:
    """Return a WAV with a tone: a tenth of a second for each second that the text would take."""
    frames = max(1, len(text) * RATE // (LETTERS_A_SECOND * 10))
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(b"".join(struct.pack("<h", int(8_000 * math.sin(n / 3))) for n in range(frames)))
    return made.getvalue()
