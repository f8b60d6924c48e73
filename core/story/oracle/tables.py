"""The oracle's data: TOML files, one folder a language, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"


@cache
def table(language: str, name: str) -> dict[str, Any]:
    """Return the file `name` of a language. Raises FileNotFoundError."""
    return tomllib.loads((DATA / language / f"{name}.toml").read_text("utf-8"))


@cache
def lines(language: str, key: str) -> tuple[str, ...]:
    """Return the variants of the line `group.name`, or nothing where there are none."""
    found: Any = _all_lines(language)
    for part in key.split("."):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return tuple(found) if isinstance(found, list) else ()


@cache
def _all_lines(language: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for file in sorted((DATA / language / "lines").glob("*.toml")):
        _merge(merged, tomllib.loads(file.read_text("utf-8")))
    return merged


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    """Put tables together; a line that stands in several files has all their variants."""
    for name, value in more.items():
        if isinstance(value, dict):
            _merge(into.setdefault(name, {}), value)
        else:
            into[name] = [*into.get(name, ()), *value]
