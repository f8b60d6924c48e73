"""Settings out of a plain mapping, and what importing costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.ai import Router, RouterSettings, SettingsError
from core.ai.money import Price
from core.ai.settings import read
from playground.ai import AIProviders, Fault

MISTRAL: dict[str, Any] = {"kind": "mistral", "keys": ["k1"], "models": ["mistral-small-latest"]}


def test_known_models_bring_their_price_and_the_order_is_that_of_the_mapping() -> None:
    settings = read({"providers": {"m": MISTRAL, "gemini": {"keys": ["g"], "models": ["gemini-3.5-flash-lite"]}}})
    assert settings.order == {"default": ((("m", "mistral-small-latest"),), (("gemini", "gemini-3.5-flash-lite"),))}
    assert settings.providers["m"].prices["mistral-small-latest"] == Price(150, 600, 15)
    assert settings.providers["m"].base_url == "https://api.mistral.ai"


def test_an_order_may_hold_lists_of_equals() -> None:
    keys = {"keys": ["k"], "models": ["mistral-small-latest", "mistral-large-latest"]}
    order = [["mistral/mistral-small-latest", "mistral/mistral-large-latest"], "mistral/mistral-small-latest"]
    settings = read({"providers": {"mistral": keys}, "order": order})
    small, large = ("mistral", "mistral-small-latest"), ("mistral", "mistral-large-latest")
    assert settings.order == {"default": ((small, large), (small,))}


def test_secrets_are_read_and_never_printed() -> None:
    keys = ["plain-secret", SecretStr("typed-secret"), {"key": SecretStr("scoped-secret"), "scope": "org"}]
    settings = read({"providers": {"mistral": {**MISTRAL, "keys": keys}}})
    assert [key.secret for key in settings.providers["mistral"].keys] == [
        "plain-secret",
        "typed-secret",
        "scoped-secret",
    ]
    assert settings.providers["mistral"].keys[2].scope == "org"
    assert not any(key.secret in repr(settings) for key in settings.providers["mistral"].keys)


def test_a_local_server_needs_no_key_and_may_be_free() -> None:
    settings = read({"providers": {"ollama": {"kind": "openai", "models": {"qwen": {"price": "free"}}}}})
    assert settings.providers["ollama"].prices["qwen"] == Price(0, 0, 0)
    assert len(settings.providers["ollama"].keys) == 1


@pytest.mark.parametrize(
    ("mapping", "path"),
    [
        ({"providers": {"x": {"kind": "other", "models": []}}}, "providers.x.kind"),
        ({"providers": {"mistral": {**MISTRAL, "models": ["new-model"]}}}, "providers.mistral.models.new-model.price"),
        ({"providers": {"mistral": {**MISTRAL, "models": "mistral"}}}, "providers.mistral.models"),
        (
            {"providers": {"mistral": {**MISTRAL, "models": {"mistral-small-latest": {"speed": 1}}}}},
            "providers.mistral.models.mistral-small-latest",
        ),
        ({"providers": {"mistral": MISTRAL}, "order": ["mistral/other"]}, "order.default"),
        ({"providers": {"mistral": MISTRAL}, "deadlines": {"first": 1}}, "deadlines.first"),
        ({"providers": {"mistral": MISTRAL}, "deadlines": {"whole": 0}}, "deadlines.whole"),
        ({"providers": {"mistral": MISTRAL}, "limits": {"attempts": "6"}}, "limits.attempts"),
        ({"providers": {"mistral": MISTRAL}, "pure": {"rules": "all"}}, "pure.rules.tenant"),
        (
            {"providers": {"mistral": MISTRAL}, "pure": {"rules": {"tenant": "guild", "variants": 9}}},
            "pure.rules.variants",
        ),
        (
            {"providers": {"mistral": MISTRAL}, "pure": {"rules": {"tenant": "guild", "seconds": -1}}},
            "pure.rules.seconds",
        ),
        ({"providers": {"mistral": MISTRAL}, "pure": {"rules": {"tenant": "guild", "days": 3}}}, "pure.rules"),
        ({"providers": {"mistral": {**MISTRAL, "typo": 1}}}, "providers.mistral.typo"),
        ({"providers": {"mistral": {**MISTRAL, "keys": []}}}, "providers.mistral.keys"),
        ({"providers": {"mistral": MISTRAL}, "hedges": False}, "hedges"),
    ],
)
def test_a_mistake_names_the_setting(mapping: dict[str, Any], path: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Router.from_mapping(mapping)
    assert caught.value.path == path


def test_nothing_is_set_up_by_an_empty_mapping() -> None:
    assert read({}) == RouterSettings(providers={}, order={"default": ()})


DOCUMENT = (Path(__file__).parents[2] / "docs" / "ai-core.md").read_text("utf-8")


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)


def test_the_settings_in_the_documentation_are_accepted() -> None:
    source = next(example for example in examples() if example.startswith("from core.ai import"))
    shown: dict[str, Any] = {}
    exec(source[source.index("settings = ") : source.index("async with")], shown)  # noqa: S102
    settings = read(shown["settings"])
    assert settings.order["rules"][0] == (("at-home", "qwen3"),)
    assert settings.providers["gemini"].models["gemini-3.8-flash"].thinking_tokens == 256


async def test_the_example_for_other_peoples_suites_runs(ai: AIProviders, capsys: pytest.CaptureFixture[str]) -> None:
    source = next(example for example in examples() if example.startswith("router = "))
    for port in ("9001", "9002"):
        source = source.replace(f"http://127.0.0.1:{port}/v1", ai.openai_url)
    source = source.replace('"k"', '"local-key"').replace('"m"', '"tale-small"').replace('/m"', '/tale-small"')
    ai.order(Fault("status"))
    body = "async def example():\n" + "".join(f"    {line}\n" for line in source.splitlines())
    scope: dict[str, Any] = {"Router": Router}
    exec(body, scope)  # noqa: S102
    await scope["example"]()
    assert " b stop Usage(" in capsys.readouterr().out


@pytest.mark.parametrize("imported", ["core.ai", "core.ai.router"])
def test_importing_the_core_loads_no_sdk(imported: str) -> None:
    heavy = ("google.genai", "mistralai", "discord", "sqlalchemy", "redis")
    code = f"import {imported}, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_opening_only_mistral_does_not_load_googles_sdk() -> None:
    code = """
import asyncio, sys
from core.ai import Router
async def main():
    async with Router.from_mapping({"providers": {"mistral": {"keys": ["k"], "models": ["mistral-small-latest"]}}}):
        print("google.genai" in sys.modules, "mistralai" in sys.modules)
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False False"
