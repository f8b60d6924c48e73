"""Rules of modals: their components and their title."""

from typing import Any, Final

from playground.errors import FormErrors, Path
from playground.rules import checks
from playground.rules.components import (
    CHECKBOX,
    CHECKBOXES,
    LABEL,
    RADIO,
    ROW,
    SELECTS,
    TEXT,
    TEXT_INPUT,
    UPLOAD,
    Tally,
    check_custom_id,
    check_option,
    check_select,
)

Json = dict[str, Any]

IN_LABEL: Final = SELECTS | {TEXT_INPUT, UPLOAD, RADIO, CHECKBOXES, CHECKBOX}


def check_modal(form: FormErrors, data: Json) -> None:
    """Check the `data` of a modal callback; paths start at `data`."""
    path: Path = ("data",)
    checks.text(form, (*path, "custom_id"), data.get("custom_id"), 1, 100, need=True)
    checks.text(form, (*path, "title"), data.get("title"), 1, 45, need=True)
    tally = Tally()
    for place, component in checks.objects(form, (*path, "components"), data.get("components"), 1, 5):
        here = (*path, "components", place)
        kind = component.get("type")
        if kind == ROW:
            _row(form, here, component, tally)
        elif kind == LABEL:
            _label(form, here, component, tally)
        elif kind == TEXT:
            checks.text(form, (*here, "content"), component.get("content"), 1, 4000, need=True)
        else:
            checks.choice(form, (*here, "type"), kind, {ROW, TEXT, LABEL})


def _row(form: FormErrors, path: Path, row: Json, tally: Tally) -> None:
    for place, child in checks.objects(form, (*path, "components"), row.get("components"), 1, 1):
        here = (*path, "components", place)
        if child.get("type") != TEXT_INPUT:
            checks.choice(form, (*here, "type"), child.get("type"), {TEXT_INPUT})
            continue
        checks.text(form, (*here, "label"), child.get("label"), 1, 45, need=True)
        _text_input(form, here, child, tally)


def _label(form: FormErrors, path: Path, label: Json, tally: Tally) -> None:
    checks.text(form, (*path, "label"), label.get("label"), 1, 45, need=True)
    checks.text(form, (*path, "description"), label.get("description"), 0, 100)
    child = label.get("component")
    if not isinstance(child, dict):
        checks.required(form, (*path, "component"))
        return
    here = (*path, "component")
    kind = child.get("type")
    if kind == TEXT_INPUT:
        if child.get("label") is not None:
            form.add((*here, "label"), "TEXT_INPUT_LABEL_IN_LABEL", "label is not allowed inside a Label")
        _text_input(form, here, child, tally)
    elif kind in SELECTS:
        check_select(form, here, child, tally)
    elif kind in IN_LABEL:
        _form_field(form, here, child, tally)
    else:
        checks.choice(form, (*here, "type"), kind, IN_LABEL)


def _text_input(form: FormErrors, path: Path, field: Json, tally: Tally) -> None:
    check_custom_id(form, path, field, tally)
    checks.choice(form, (*path, "style"), field.get("style"), {1, 2})
    low = checks.integer(form, (*path, "min_length"), field.get("min_length"), 0, 4000)
    high = checks.integer(form, (*path, "max_length"), field.get("max_length"), 1, 4000)
    if low is not None and high is not None and low > high:
        form.add((*path, "min_length"), "TEXT_INPUT_MIN_ABOVE_MAX", "min_length must not exceed max_length")
    checks.text(form, (*path, "value"), field.get("value"), 0, high or 4000)
    checks.text(form, (*path, "placeholder"), field.get("placeholder"), 0, 100)


def _form_field(form: FormErrors, path: Path, field: Json, tally: Tally) -> None:
    check_custom_id(form, path, field, tally)
    kind = field.get("type")
    if kind == UPLOAD:
        checks.integer(form, (*path, "min_values"), field.get("min_values"), 0, 10)
        checks.integer(form, (*path, "max_values"), field.get("max_values"), 1, 10)
    elif kind in {RADIO, CHECKBOXES}:
        values: set[object] = set()
        low = 2 if kind == RADIO else 1
        for place, option in checks.objects(form, (*path, "options"), field.get("options"), low, 10):
            check_option(form, (*path, "options", place), option, values)
