"""Gemini through google-genai: one client per key, all on one aiohttp session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from core.ai.errors import Malformed, ProviderError, Unavailable
from core.ai.gemini_wire import ResponseReader, classify, encode
from core.ai.provider import ModelSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from core.ai.events import ProviderEvent
    from core.ai.prompt import Prompt


class Gemini:
    """A Provider. Making one imports the SDK (about 0.7 s)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        key: str,
        models: Mapping[str, ModelSettings],
        *,
        name: str = "gemini",
    ) -> None:
        from google import genai
        from google.genai import errors, types

        self._models = models
        self._name = name
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

    async def stream(self, model: str, prompt: Prompt) -> AsyncGenerator[ProviderEvent, None]:
        """See Provider.stream.

        A task of its own reads the SDK's stream: cancelled while it reads, it closes the socket at once, where
        a generator left in the middle would hold it open until the next garbage collection.
        """
        queue: asyncio.Queue[ProviderEvent | ProviderError | None] = asyncio.Queue()
        pump = asyncio.create_task(self._pump(model, prompt, queue))
        try:
            while (event := await queue.get()) is not None:
                if isinstance(event, ProviderError):
                    raise event
                yield event
        finally:
            pump.cancel()
            await asyncio.wait({pump})

    async def _pump(
        self, model: str, prompt: Prompt, queue: asyncio.Queue[ProviderEvent | ProviderError | None]
    ) -> None:
        reader = ResponseReader(self._name, model)
        failure: ProviderError | None = None
        contents, config = encode(prompt, self._models.get(model) or ModelSettings(model))
        try:
            answer = await self._client.aio.models.generate_content_stream(
                model=model, contents=contents, config=config
            )
            async for response in answer:
                if failure is not None:
                    continue  # The reader of the queue has gone; it cancels this task, which must be reading then.
                try:
                    for event in reader.feed(response):
                        queue.put_nowait(event)
                except ProviderError as error:
                    failure = error
                    queue.put_nowait(error)
            queue.put_nowait(reader.finish())
            queue.put_nowait(None)
        except ProviderError as error:
            queue.put_nowait(error)
        except self._api_error as error:
            # An error inside a stream comes with the SDK's own wrapper: the provider had begun to work.
            in_stream = not isinstance(error.response, aiohttp.ClientResponse)
            queue.put_nowait(classify(int(error.code or 500), error.details, billable=in_stream))
        except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError) as error:
            queue.put_nowait(Unavailable(type(error).__name__, sent=False))
        except (aiohttp.ClientError, OSError) as error:
            queue.put_nowait(Unavailable(type(error).__name__, billable=True))
        except ValueError as error:
            # The SDK's own "not JSON" and pydantic's complaints are both of this kind.
            queue.put_nowait(Malformed(type(error).__name__, billable=True))

    async def models(self) -> tuple[str, ...]:
        """See Provider.models."""
        try:
            page = await self._client.aio.models.list(config={"page_size": 100})
        except self._api_error as error:
            raise classify(int(error.code or 500), error.details, billable=False) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(type(error).__name__) from error
        return tuple((model.name or "").removeprefix("models/") for model in page.page)

    async def aclose(self) -> None:
        """The session belongs to the router; the SDK holds nothing else open."""
