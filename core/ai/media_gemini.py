"""Pictures and voices through google-genai."""

from __future__ import annotations

import io
import re
import wave
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from core.ai.errors import Blocked, Malformed, Unavailable
from core.ai.events import Usage
from core.ai.gemini_wire import classify
from core.ai.media import Product

if TYPE_CHECKING:
    from core.ai.media import Kind

VOICE: Final = "Charon"
_RATE: Final = re.compile(r"rate=(\d{4,6})")
_USUAL_RATE: Final = 24_000
_STOPPED: Final = {"STOP", "MAX_TOKENS", ""}


class GeminiMedia:
    """A Maker. Making one imports the SDK."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: str) -> None:
        from google import genai
        from google.genai import errors, types

        self._api_error = errors.APIError
        self._client = genai.Client(
            api_key=key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=base_url,
                api_version="v1beta",
                aiohttp_client=session,
                # Without this the SDK sleeps for 1 to 10 s after a connection error and tries again by itself.
                retry_options=types.HttpRetryOptions(attempts=1),
            ),
        )

    def characters(self, kind: Kind) -> bool:
        """See Maker: all is paid by tokens."""
        del kind
        return False

    async def make(self, kind: Kind, model: str, text: str, locale: str) -> Product:
        """See Maker."""
        config: dict[str, Any] = {"response_modalities": ["IMAGE"]}
        if kind == "voice":
            voice = {"prebuilt_voice_config": {"voice_name": VOICE}}
            config = {
                "response_modalities": ["AUDIO"],
                "speech_config": {"voice_config": voice, "language_code": locale},
            }
        try:
            answer = await self._client.aio.models.generate_content(
                model=model,
                contents=text,
                config=config,  # type: ignore[arg-type]
            )
        except self._api_error as error:
            raise classify(int(error.code or 500), error.details, billable=False) from error
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError) as error:
            raise Unavailable(type(error).__name__, sent=False) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(type(error).__name__, billable=True) from error
        except ValueError as error:
            raise Malformed(type(error).__name__, billable=True) from error
        return _product(answer)


def _product(answer: Any) -> Product:
    counted = answer.usage_metadata
    usage = None
    if counted is not None:
        output = (counted.candidates_token_count or 0) + (counted.thoughts_token_count or 0)
        usage = Usage(counted.prompt_token_count or 0, output)
    if answer.prompt_feedback is not None and answer.prompt_feedback.block_reason:
        raise Blocked(str(answer.prompt_feedback.block_reason), billable=True, usage=usage)
    for candidate in (answer.candidates or ())[:1]:
        for part in (candidate.content.parts if candidate.content else None) or ():
            if part.inline_data is not None and part.inline_data.data:
                return Product(_data(part.inline_data), usage)
        reason = candidate.finish_reason
        if reason and str(getattr(reason, "value", reason)) not in _STOPPED:
            raise Blocked(str(reason), billable=True, usage=usage)
    raise Malformed("no_media", billable=True, usage=usage)


def _data(part: Any) -> bytes:
    """Return the bytes; raw samples get the head that players need."""
    data: bytes = part.data
    if not (part.mime_type or "").startswith(("audio/L16", "audio/pcm")):
        return data
    rate = _RATE.search(part.mime_type or "")
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(int(rate[1]) if rate else _USUAL_RATE)
        sound.writeframes(data)
    return made.getvalue()
