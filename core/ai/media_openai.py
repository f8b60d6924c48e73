"""Pictures and voices over the documented HTTP of OpenAI and of servers that speak it."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson

from core.ai import sse
from core.ai.chat_http import TIMEOUT, classify
from core.ai.errors import Malformed, Unavailable
from core.ai.events import Usage
from core.ai.media import Product

if TYPE_CHECKING:
    from core.ai.media import Kind

VOICE: Final = "alloy"
SIZE: Final = "1024x1024"


class OpenAIMedia:
    """A Maker for `/images/generations` and `/audio/speech`."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: str) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}

    def characters(self, kind: Kind) -> bool:
        """See Maker: speech is paid by characters."""
        return kind == "voice"

    async def make(self, kind: Kind, model: str, text: str, locale: str) -> Product:
        """See Maker."""
        del locale
        if kind == "voice":
            speech = {"model": model, "input": text, "voice": VOICE, "response_format": "mp3"}
            return Product(await self._post("/audio/speech", speech), None)
        request: dict[str, Any] = {"model": model, "prompt": text, "n": 1, "size": SIZE, "quality": "medium"}
        return _picture(await self._post("/images/generations", request))

    async def _post(self, path: str, request: dict[str, Any]) -> bytes:
        body = orjson.dumps(request)
        try:
            async with self._session.post(
                self._base_url + path, data=body, headers=self._headers, timeout=TIMEOUT
            ) as response:
                if response.status != 200:
                    raise classify(response.status, response.headers, await sse.error_body(response))
                return await response.content.read()
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError) as error:
            raise Unavailable(type(error).__name__, sent=False) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(type(error).__name__, billable=True) from error


def _picture(body: bytes) -> Product:
    try:
        document = orjson.loads(body)
        data = base64.b64decode(document["data"][0]["b64_json"], validate=True)
        usage = document.get("usage")
        used = Usage(int(usage["input_tokens"]), int(usage["output_tokens"])) if usage else None
    except (orjson.JSONDecodeError, binascii.Error, KeyError, IndexError, TypeError, ValueError) as error:
        raise Malformed("no_picture", billable=True) from error
    return Product(data, used)
