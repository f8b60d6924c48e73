"""Writes docs/settings.md and .env.example from the settings themselves: `python -m tools.settings_doc`."""

import re
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from bot.settings import Settings, env_names, secret_names

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT, EXAMPLE = ROOT / "docs" / "settings.md", ROOT / ".env.example"

_INTRO = """\
# Settings

Every setting is an environment variable, a line of `.env` in the folder you start from, or, for any of them, a file
whose path stands in the variable's name with `_FILE` behind it (meant for secrets: `DISCORD_TOKEN_FILE`). The
environment goes before the files it names, and both go before `.env`. Wrong settings are told at the start, one
sentence each; `yourtale doctor` checks what they point to.

Secret settings (marked 🔒) are never printed, logged or exported. Where `GEMINI_API_KEYS` and `GEMINI_API_KEY` are both
set, all of the keys are used; likewise for the other providers.

This page is written by `python -m tools.settings_doc`, and a test compares it with the settings.

| variable | default | meaning |
|---|---|---|
"""


def document() -> str:
    """The text of docs/settings.md."""
    secret = secret_names()
    rows = []
    for field, name in env_names().items():
        info = Settings.model_fields[field]
        mark = " 🔒" if name in secret else ""
        bounds = _bounds(info.metadata)
        rows.append(f"| `{name}`{mark} | {_default(field) or '–'} | {info.description}{bounds} |\n")
    return _INTRO + "".join(rows)


def example() -> str:
    """The text of .env.example: every setting, commented out, with its default."""
    lines = ["# Copy to .env and take the # away where you set something. docs/settings.md says more.\n"]
    for field, name in env_names().items():
        said = re.sub(r"`", "", Settings.model_fields[field].description or "")
        lines.append(f"\n# {said}\n#{name}={_default(field).strip('`')}\n")
    return "".join(lines)


def _default(field: str) -> str:
    value = Settings.model_fields[field].default
    if value is None or value in ((), PydanticUndefined):
        return ""
    return f"`{','.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _bounds(metadata: list[Any]) -> str:
    least = [str(one.ge) for one in metadata if hasattr(one, "ge")]
    least += [f"more than {one.gt}" for one in metadata if hasattr(one, "gt")]
    most = [str(one.le) for one in metadata if hasattr(one, "le")]
    return f" ({least[0]} to {most[0]})" if least and most else ""


if __name__ == "__main__":
    DOCUMENT.write_text(document())
    EXAMPLE.write_text(example())
