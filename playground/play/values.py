"""From chosen and typed values to the `data` of component and modal interactions."""

from typing import Any, Final

from playground.errors import ApiError, form_error
from playground.play.options import Filling, attach, resolve_channel, resolve_role, resolve_user
from playground.rules.components import (
    CHANNEL_SELECT,
    CHECKBOX,
    CHECKBOXES,
    LABEL,
    MENTIONABLE,
    RADIO,
    ROLE_SELECT,
    ROW,
    SELECTS,
    STRING_SELECT,
    TEXT_INPUT,
    UPLOAD,
    USER_SELECT,
)

Json = dict[str, Any]

MANY: Final = SELECTS | {CHECKBOXES}


def select_data(component: Json, given: object, filling: Filling) -> Json:
    """Return `values` and `resolved` of a select; raises 50035 when they do not fit it."""
    values = [str(value) for value in given] if isinstance(given, list) else []
    custom_id = str(component["custom_id"])
    required = component.get("required", True)
    low = component.get("min_values", 1) if required or values else 0
    high = component.get("max_values", len(component.get("options", ())) if component["type"] == CHECKBOXES else 1)
    if not low <= len(values) <= high or len(set(values)) != len(values):
        raise form_error(("values", custom_id), "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    for value in values:
        try:
            _resolve(component, value, filling)
        except (KeyError, ApiError):
            raise form_error(("values", custom_id), "BASE_TYPE_CHOICES", "Value must be one of the choices.") from None
    data: Json = {"values": values}
    if filling.resolved:
        data["resolved"] = filling.resolved
    return data


def _resolve(component: Json, value: str, filling: Filling) -> None:
    kind = component["type"]
    if kind in {STRING_SELECT, CHECKBOXES, RADIO}:
        if all(option["value"] != value for option in component["options"]):
            raise KeyError(value)
    elif kind == ROLE_SELECT or (kind == MENTIONABLE and filling.guild and value in filling.guild.roles):
        resolve_role(filling, value)
    elif kind in {USER_SELECT, MENTIONABLE}:
        resolve_user(filling, value)
    elif kind == CHANNEL_SELECT:
        resolve_channel(filling, value)


def modal_data(modal: Json, values: Json, filling: Filling) -> Json:
    """Return `data` of a modal submit; raises 50035 when a value is missing or does not fit."""
    components = []
    for outer in modal["components"]:
        if outer["type"] == ROW:
            inner = [_field(field, values, filling) for field in outer["components"]]
            components.append({"type": ROW, "id": outer["id"], "components": inner})
        elif outer["type"] == LABEL:
            inner_one = _field(outer["component"], values, filling)
            components.append({"type": LABEL, "id": outer["id"], "component": inner_one})
        else:
            components.append({"type": outer["type"], "id": outer["id"]})
    data: Json = {"custom_id": modal["custom_id"], "components": components}
    if filling.resolved:
        data["resolved"] = filling.resolved
    return data


def _field(field: Json, values: Json, filling: Filling) -> Json:
    custom_id, kind = field["custom_id"], field["type"]
    given = values.get(custom_id)
    shown: Json = {"type": kind, "id": field["id"], "custom_id": custom_id}
    if kind == TEXT_INPUT:
        return shown | {"value": _text(field, given)}
    if kind in MANY:
        many = given if isinstance(given, list) else [] if given in {None, ""} else [given]
        return shown | {"values": select_data(field, many, filling)["values"]}
    if kind == UPLOAD:
        return shown | {"values": _files(field, filling)}
    if kind == CHECKBOX:
        return shown | {"value": bool(given)}
    one = select_data({**field, "min_values": 1, "max_values": 1}, [] if given is None else [given], filling)
    return shown | {"value": one["values"][0] if one["values"] else None}


def _text(field: Json, given: object) -> str:
    text = "" if given is None else str(given)
    path = ("values", str(field["custom_id"]))
    if not text and field.get("required", True):
        raise form_error(path, "BASE_TYPE_REQUIRED", "This field is required")
    low, high = field.get("min_length", 0), field.get("max_length", 4000)
    if text and not low <= len(text) <= high:
        raise form_error(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return text


def _files(field: Json, filling: Filling) -> list[str]:
    prefix = str(field["custom_id"])
    names = [name for name in filling.uploads if name == prefix or name.startswith(f"{prefix}[")]
    low = (1 if field.get("min_values") is None else field["min_values"]) if field.get("required", True) else 0
    if not low <= len(names) <= (field.get("max_values") or 1):
        raise form_error(("values", prefix), "BASE_TYPE_BAD_LENGTH", "Too few or too many files.")
    return [attach(filling, name) for name in names]
