"""Which file speaks to which kind of provider. A new provider is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.ai.openai_compatible import OpenAICompatible

if TYPE_CHECKING:
    import aiohttp

    from core.ai.provider import Provider
    from core.ai.settings import Key, ProviderSettings


def open_provider(settings: ProviderSettings, key: Key, session: aiohttp.ClientSession) -> Provider:
    """Return the provider under one key; nothing is sent yet."""
    parts = (session, settings.base_url, key.secret, settings.models)
    return OpenAICompatible(*parts, name=settings.name)
