"""The local AI providers as a process of their own, for questions and measurements by hand."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from bot.settings_source import SettingsError
from core.i18n import text
from core.story.kinds import pure_kinds

MODELS: Final = {"gemini": "gemini-3.5-flash-lite", "mistral": "mistral-small-latest", "openai": "tale-small"}
_LINES: Final = 5


@contextmanager
def local_providers() -> Iterator[dict[str, str]]:
    """Start them; yields addresses by `gemini`, `mistral`, `openai` and `control`. Raises SettingsError."""
    command = [sys.executable, "-m", "playground.ai.serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        assert server.stdout is not None  # noqa: S101 - it was asked for
        try:
            said = [server.stdout.readline().strip().partition(": ") for _ in range(_LINES)]
            found = {name.lower(): value for name, _, value in said if value}
            if not {*MODELS, "control"} <= set(found):
                raise SettingsError([text("en-US", "ai.no_local")])
            yield found
        finally:
            server.terminate()


def local_mapping(addresses: Mapping[str, str]) -> dict[str, Any]:
    """Return a router's settings over them."""
    providers = {
        name: {"base_url": addresses[name], "keys": ["local-key"], "models": [model]} for name, model in MODELS.items()
    }
    return {"providers": providers, "pure": pure_kinds()}
