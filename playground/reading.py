"""What a person finds in a message: its components and its words."""

from typing import Any

Json = dict[str, Any]


def custom_id_of(message: Json, which: str) -> str:
    """Return the custom id of the component with that custom id or label; raises KeyError."""
    for component in _walk(message.get("components", [])):
        if "custom_id" in component and which in {component["custom_id"], component.get("label")}:
            return str(component["custom_id"])
    raise KeyError(which)


def text_of(message: Json) -> str:
    """Return all that a message says: content, text displays, embeds' titles and descriptions."""
    parts = [message.get("content", "")]
    parts += [c["content"] for c in _walk(message.get("components", [])) if c.get("type") == 10]
    for embed in message.get("embeds", []):
        parts += [embed.get("title", ""), embed.get("description", "")]
    return "\n".join(part for part in parts if part)


def _walk(components: list[Json]) -> list[Json]:
    found: list[Json] = []
    for component in components:
        found.append(component)
        found += _walk(component.get("components") or [])
        found += _walk([component["accessory"]] if component.get("accessory") else [])
    return found
