"""The examples of docs/ai-core.md, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core.ai import Account, Message, Prompt
from core.ai.settings import read
from playground.ai import AIProviders

TEXT = (Path(__file__).parents[2] / "docs" / "ai-core.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def block(holding: str) -> str:
    (found,) = [code for code in BLOCKS if holding in code]
    return str(found)


async def run(code: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run a block as the body of a coroutine; return its names."""
    body = "".join(f"    {line}\n" for line in code.splitlines())
    exec(f"async def example():\n{body}    return locals()\n", names)  # noqa: S102 - our own document
    found: dict[str, Any] = await names["example"]()
    return found


async def test_someone_elses_suite_needs_base_urls_and_a_few_lines(
    ai: AIProviders, capsys: pytest.CaptureFixture[str]
) -> None:
    code = block("done = await router.complete")
    assert len(code.splitlines()) <= 12
    for port in ("9001", "9002"):
        code = code.replace(f"http://127.0.0.1:{port}/v1", ai.openai_url)
    code = code.replace('"keys": ["k"]', '"keys": ["local-key"]').replace('{"m": {', '{"tale-small": {')
    code = code.replace('"a/m", "b/m"', '"a/tale-small", "b/tale-small"')
    names: dict[str, Any] = {}
    exec("from core.ai import Router", names)  # noqa: S102 - the import that the section names
    done = (await run(code, names))["done"]
    assert (done.reason, done.provider, len(ai.requests)) == ("stop", "a", 1)
    assert done.text in capsys.readouterr().out


async def test_the_first_example_streams(ai: AIProviders) -> None:
    code = block("async for event in router.stream")
    code = code.replace("http://127.0.0.1:11434/v1", ai.openai_url).replace('{"qwen3": {', '{"tale-small": {')
    code = code.replace("at-home/qwen3", "at-home/tale-small")
    for name in ("mistral-small-latest", "gemini-3.8-flash"):
        assert name in code
    code = code.replace('"default": ["mistral/mistral-small-latest", "gemini/gemini-3.8-flash", ', '"default": [')
    code = code.replace("ledger=ledger, limits=limits, cache=cache, observer=observer", "")
    prompt = Prompt("narration", (Message("user", "I open the door"),))
    names: dict[str, Any] = {"prompt": prompt, "Account": Account}
    ai.keys["openai"].add("")
    await run(code, names)
    assert len(ai.requests) == 1


def test_the_settings_of_the_document_are_valid_and_all_are_named() -> None:
    code = block("async for event in router.stream")
    settings = code[code.index("settings = ") : code.index("async with")]
    names: dict[str, Any] = {}
    exec(settings, names)  # noqa: S102 - our own document
    assert read(names["settings"]).pure["description"].variants == 4
    table = TEXT[TEXT.index("### Settings") : TEXT.index("## What it promises")]
    for known in ("order", "deadlines", "limits", "hedge", "breaker", "pure", "redis", "workers", "budget"):
        assert f"`{known}`" in table, known


def test_the_drawing_is_there() -> None:
    for path in re.findall(r"!\[[^\]]+\]\((images/[\w.-]+)\)", TEXT):
        assert (Path(__file__).parents[2] / "docs" / path).read_text("utf-8").startswith("<svg")
