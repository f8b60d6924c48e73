"""Checks of single values, with Discord's error codes and sentences."""

from collections.abc import Collection
from typing import Any

from playground.errors import FormErrors, Path

Json = dict[str, Any]


def required(form: FormErrors, path: Path) -> None:
    """Note a missing value."""
    form.add(path, "BASE_TYPE_REQUIRED", "This field is required")


def text(form: FormErrors, path: Path, value: object, low: int, high: int, *, need: bool = False) -> str | None:
    """Check a string's length in characters; returns it when it is one."""
    if value is None or (value == "" and need):
        if need:
            required(form, path)
        return None
    if not isinstance(value, str):
        form.add(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
        return None
    if len(value) > high and low == 0:
        form.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
    elif not low <= len(value) <= high:
        form.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return value


def items(form: FormErrors, path: Path, value: object, low: int, high: int) -> list[Any]:
    """Check a list's length; returns at most `high` entries, none when it is no list."""
    if value is None and low == 0:
        return []
    if not isinstance(value, list):
        form.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return []
    if len(value) > high and low == 0:
        form.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
    elif not low <= len(value) <= high:
        form.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return value[:high]


def objects(form: FormErrors, path: Path, value: object, low: int, high: int) -> list[tuple[int, Json]]:
    """Check a list of objects; returns them with their places."""
    found = []
    for place, item in enumerate(items(form, path, value, low, high)):
        if isinstance(item, dict):
            found.append((place, item))
        else:
            form.add((*path, place), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    return found


def integer(form: FormErrors, path: Path, value: object, low: int, high: int, *, need: bool = False) -> int | None:
    """Check an integer's range; returns it when it is one."""
    if value is None:
        if need:
            required(form, path)
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        form.add(path, "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not int.')
        return None
    if value < low:
        form.add(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
    elif value > high:
        form.add(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
    return value


def choice(form: FormErrors, path: Path, value: object, allowed: Collection[int]) -> None:
    """Check that a value is one of a few."""
    if value not in allowed:
        listed = ", ".join(str(a) for a in sorted(allowed))
        form.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
