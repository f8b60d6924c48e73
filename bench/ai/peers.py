"""LiteLLM's Router and OpenAI's own SDK, in an environment of their own: `python peers.py URL WAY`."""

import asyncio
import os
import sys

import uvloop

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

from bench.ai.question import KEY, OPENAI, OUTPUT_TOKENS, SYSTEM, TEMPERATURE, user
from bench.ai.rounds import Call, serve


def _asked(number: int, *, stream: bool) -> dict[str, object]:
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": user(number)}]
    asked = {"messages": messages, "max_tokens": OUTPUT_TOKENS, "temperature": TEMPERATURE, "stream": stream}
    return asked | ({"stream_options": {"include_usage": True}} if stream else {})


def _litellm(url: str) -> dict[str, Call]:
    import litellm

    litellm.telemetry = False
    params = {"model": f"openai/{OPENAI}", "api_base": url, "api_key": KEY}
    router = litellm.Router(model_list=[{"model_name": "tale", "litellm_params": params}])

    async def plain(number: int) -> None:
        answer = await router.acompletion(model="tale", **_asked(number, stream=False))
        assert answer.choices[0].message.content

    async def stream(number: int) -> None:
        answer = await router.acompletion(model="tale", **_asked(number, stream=True))
        assert "".join([chunk.choices[0].delta.content or "" async for chunk in answer if chunk.choices])

    return {"plain": plain, "stream": stream}


def _openai(url: str) -> dict[str, Call]:
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0)

    async def plain(number: int) -> None:
        answer = await client.chat.completions.create(model=OPENAI, **_asked(number, stream=False))
        assert answer.choices[0].message.content

    async def stream(number: int) -> None:
        answer = await client.chat.completions.create(model=OPENAI, **_asked(number, stream=True))
        assert "".join([chunk.choices[0].delta.content or "" async for chunk in answer if chunk.choices])

    return {"plain": plain, "stream": stream}


async def main(url: str, way: str) -> None:
    """Measure one of them."""
    await serve({"litellm": _litellm, "openai": _openai}[way](url))


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(*sys.argv[1:]))
