"""What a person filled into a form: read out of Discord's nested components, bounded."""

from collections.abc import Mapping
from typing import Final

VALUES_MOST: Final = 10
VALUE_LENGTH_MOST: Final = 4_000


def filled(components: object) -> dict[str, str]:
    """Return what was filled in or chosen, by custom id."""
    found: dict[str, str] = {}
    _collect(components, found, 0)
    return found


def _collect(components: object, found: dict[str, str], depth: int) -> None:
    for component in components[:VALUES_MOST] if isinstance(components, list) else ():
        if not isinstance(component, Mapping) or depth > 2:
            continue
        custom_id, values = component.get("custom_id"), component.get("values")
        value = component.get("value") if values is None else next(iter(values or ()), "")
        if isinstance(custom_id, str) and isinstance(value, str):
            found[custom_id] = value[:VALUE_LENGTH_MOST]
        inner = component.get("component")
        _collect(component.get("components") or ([inner] if inner else None), found, depth + 1)
