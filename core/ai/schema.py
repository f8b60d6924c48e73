"""Values against the part of JSON Schema that tools and answers use, and cheap repairs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_FAULTS = 8
DEEPEST = 16
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
FLAGS = {"true": True, "false": False}


def faults(value: object, schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is wrong with `value`, as "path: rule", at most eight; empty when it fits.

    Knows type, enum, const, properties, required, additionalProperties, items, anyOf, minimum, maximum, minLength,
    maxLength, minItems and maxItems; other keywords are passed over, as is what lies deeper than sixteen levels.
    """
    found: list[str] = []
    for fault in _faults(value, schema, "$", 0):
        found.append(fault)
        if len(found) == MOST_FAULTS:
            break
    return tuple(found)


def _faults(value: Any, schema: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if "anyOf" in schema and all(any(_faults(value, option, path, depth + 1)) for option in schema["anyOf"]):
        yield f"{path}: anyOf"
    kind = schema.get("type")
    if kind is not None and not any(_is(value, name) for name in ([kind] if isinstance(kind, str) else kind)):
        yield f"{path}: type {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: enum {orjson.dumps(schema['enum']).decode()[:200]}"
    if "const" in schema and value != schema["const"]:
        yield f"{path}: const {orjson.dumps(schema['const']).decode()[:100]}"
    yield from _sizes(value, schema, path)
    if isinstance(value, dict):
        yield from _members(value, schema, path, depth)
    elif isinstance(value, list) and isinstance(items := schema.get("items"), dict):
        for position, item in enumerate(value):
            yield from _faults(item, items, f"{path}[{position}]", depth + 1)


def _is(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES.get(kind, (object,)))


def _members(value: dict[str, Any], schema: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name}: required"
    more = schema.get("additionalProperties", True)
    for name, member in value.items():
        if name in properties:
            yield from _faults(member, properties[name], f"{path}.{name}", depth + 1)
        elif more is False:
            yield f"{path}.{str(name)[:40]}: additionalProperties"
        elif isinstance(more, dict):
            yield from _faults(member, more, f"{path}.{name}", depth + 1)


def _sizes(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    for names, size in (
        (("minimum", "maximum"), value if number else None),
        (("minLength", "maxLength"), len(value) if isinstance(value, str) else None),
        (("minItems", "maxItems"), len(value) if isinstance(value, list) else None),
    ):
        if size is None:
            continue
        low, high = (schema.get(name) for name in names)
        if low is not None and size < low:
            yield f"{path}: {names[0]} {low}"
        if high is not None and size > high:
            yield f"{path}: {names[1]} {high}"


def coerced(value: Any, schema: Mapping[str, Any], depth: int = 0) -> Any:
    """Return `value` with what was plainly meant: numbers and flags out of texts, one item where a list is due."""
    kind = schema.get("type")
    if depth > DEEPEST or not isinstance(kind, str):
        return value
    if kind == "object" and isinstance(value, dict):
        properties = schema.get("properties", {})
        return {name: coerced(member, properties.get(name, {}), depth + 1) for name, member in value.items()}
    if kind == "array":
        items = schema.get("items", {})
        listed = value if isinstance(value, list) else [value]
        return [coerced(item, items, depth + 1) for item in listed] if isinstance(items, dict) else listed
    return _plain(value, kind)


def _plain(value: Any, kind: str) -> Any:
    if kind == "string":
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and kind == "boolean":
        return FLAGS.get(value.strip().lower(), value)
    if isinstance(value, str) and kind in {"integer", "number"}:
        with suppress(ValueError):
            return int(value) if kind == "integer" else float(value)
    return value
