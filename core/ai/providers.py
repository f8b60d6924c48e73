"""Which file speaks to which kind of provider. A new provider is one file and one entry here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import aiohttp

    from core.ai.provider import Provider
    from core.ai.settings import Key, ProviderSettings

# Modules are imported when a provider of their kind is opened, since some load a large SDK.
KINDS = {
    "gemini": ("core.ai.gemini", "Gemini"),
    "mistral": ("core.ai.mistral", "Mistral"),
    "openai": ("core.ai.openai_compatible", "OpenAICompatible"),
}


def open_provider(settings: ProviderSettings, key: Key, session: aiohttp.ClientSession) -> Provider:
    """Return the provider under one key; nothing is sent yet."""
    module, name = KINDS[settings.kind]
    adapter = getattr(import_module(module), name)
    opened = adapter(session, settings.base_url, key.secret, settings.models, name=settings.name)
    return cast("Provider", opened)
