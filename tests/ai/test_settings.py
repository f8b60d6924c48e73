"""Settings out of a plain mapping, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from core.ai import Router, RouterSettings, SettingsError
from core.ai.money import Price
from core.ai.settings import read

MISTRAL: dict[str, Any] = {"kind": "mistral", "keys": ["k1"], "models": ["mistral-small-latest"]}


def test_known_models_bring_their_price_and_the_order_is_that_of_the_mapping() -> None:
    settings = read({"providers": {"m": MISTRAL, "gemini": {"keys": ["g"], "models": ["gemini-3.5-flash-lite"]}}})
    assert settings.order == {"default": (("m", "mistral-small-latest"), ("gemini", "gemini-3.5-flash-lite"))}
    assert settings.providers["m"].prices["mistral-small-latest"] == Price(150, 600, 15)
    assert settings.providers["m"].base_url == "https://api.mistral.ai"


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
        ({"providers": {"mistral": MISTRAL}, "pure": {"rules": "all"}}, "pure"),
    ],
)
def test_a_mistake_names_the_setting(mapping: dict[str, Any], path: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Router.from_mapping(mapping)
    assert caught.value.path == path


def test_nothing_is_set_up_by_an_empty_mapping() -> None:
    assert read({}) == RouterSettings(providers={}, order={"default": ()})


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
