"""Rules of message components, legacy and version 2, counts and custom ids included."""

from dataclasses import dataclass, field
from typing import Any, Final

from playground.errors import FormErrors, Path
from playground.rules import checks

Json = dict[str, Any]

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 17, 18, 19, 21, 22, 23
SELECTS: Final = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE, CHANNEL_SELECT})
TOP_V2: Final = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER})
IN_CONTAINER: Final = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR})
SHOWN_BY_DEFAULT: Final[dict[int, Json]] = {
    THUMBNAIL: {"description": None, "spoiler": False},
    FILE: {"spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    CONTAINER: {"accent_color": None, "spoiler": False},
}
MAX_TOTAL: Final = 40
MAX_TEXT: Final = 4000
MAX_ROWS: Final = 5


@dataclass(slots=True)
class Tally:
    """What is counted over all components of a message."""

    total: int = 0
    text: int = 0
    custom_ids: set[str] = field(default_factory=set)
    ids: set[int] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


def check_components(form: FormErrors, value: object, *, v2: bool, files: set[str]) -> None:
    """Check `components` of a message; `files` are the names that `attachment://` may use."""
    path: Path = ("components",)
    tally = Tally(files=files)
    high = MAX_TOTAL if v2 else MAX_ROWS
    for place, component in checks.objects(form, path, value, 0, high):
        here = (*path, place)
        allowed = TOP_V2 if v2 else {ROW}
        if component.get("type") not in allowed:
            checks.choice(form, (*here, "type"), component.get("type"), allowed)
            continue
        _component(form, here, component, tally)
    if v2 and tally.total > MAX_TOTAL:
        form.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"Must be {MAX_TOTAL} or fewer in total.")
    if tally.text > MAX_TEXT:
        form.add(
            path,
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Components displayable text size exceeds maximum size of {MAX_TEXT}",
        )


def _component(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    tally.total += 1
    _identity(form, path, component, tally)
    kind = component.get("type")
    if kind == ROW:
        _row(form, path, component, tally)
    elif kind == BUTTON:
        _button(form, path, component, tally)
    elif kind in SELECTS:
        check_select(form, path, component, tally)
    elif kind == SECTION:
        _section(form, path, component, tally)
    elif kind == TEXT:
        _text(form, path, component, tally)
    elif kind in {THUMBNAIL, FILE}:
        _picture(form, path, component, "media" if kind == THUMBNAIL else "file", tally)
    elif kind == GALLERY:
        for place, item in checks.objects(form, (*path, "items"), component.get("items"), 1, 10):
            _picture(form, (*path, "items", place), item, "media", tally)
    elif kind == SEPARATOR:
        if component.get("spacing") is not None:
            checks.choice(form, (*path, "spacing"), component.get("spacing"), {1, 2})
    elif kind == CONTAINER:
        _container(form, path, component, tally)


def _identity(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    number = component.get("id")
    if number:
        checks.integer(form, (*path, "id"), number, 0, 2**31 - 1)
        if number in tally.ids:
            form.add((*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
        tally.ids.add(number)


def _children(
    form: FormErrors, path: Path, component: Json, tally: Tally, *, high: int, allowed: frozenset[int]
) -> None:
    for place, child in checks.objects(form, (*path, "components"), component.get("components"), 1, high):
        here = (*path, "components", place)
        if child.get("type") not in allowed:
            checks.choice(form, (*here, "type"), child.get("type"), allowed)
            continue
        _component(form, here, child, tally)


def _row(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    _children(form, path, component, tally, high=5, allowed=SELECTS | {BUTTON})
    inside = component.get("components")
    kinds = [child.get("type") for child in inside if isinstance(child, dict)] if isinstance(inside, list) else []
    if any(kind in SELECTS for kind in kinds) and len(kinds) > 1:
        form.add(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )


def check_custom_id(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    """Check length and uniqueness of a custom id."""
    found = checks.text(form, (*path, "custom_id"), component.get("custom_id"), 1, 100, need=True)
    if found is None:
        return
    if found in tally.custom_ids:
        form.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    tally.custom_ids.add(found)


def _button(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    style = component.get("style")
    checks.choice(form, (*path, "style"), style, {1, 2, 3, 4, 5, 6})
    if style == 5:
        url = checks.text(form, (*path, "url"), component.get("url"), 1, 512, need=True)
        if url is not None and not url.startswith(("http://", "https://", "discord://")):
            form.add((*path, "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord').")
    elif style != 6:
        check_custom_id(form, path, component, tally)
    checks.text(form, (*path, "label"), component.get("label"), 0, 80)
    if style != 6 and not component.get("label") and not component.get("emoji"):
        form.add(path, "BUTTON_COMPONENT_MISSING_LABEL", "A button must have a label or an emoji")


def check_select(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    """Check a select menu of any kind."""
    check_custom_id(form, path, component, tally)
    checks.text(form, (*path, "placeholder"), component.get("placeholder"), 0, 150)
    low = checks.integer(form, (*path, "min_values"), component.get("min_values"), 0, 25)
    high = checks.integer(form, (*path, "max_values"), component.get("max_values"), 1, 25)
    if low is not None and low > (1 if high is None else high):
        form.add((*path, "min_values"), "SELECT_MIN_ABOVE_MAX", "min_values must not exceed max_values")
    if component.get("type") != STRING_SELECT:
        return
    values: set[object] = set()
    options = checks.objects(form, (*path, "options"), component.get("options"), 1, 25)
    for place, option in options:
        check_option(form, (*path, "options", place), option, values)
    if high is not None and high > len(options):
        form.add((*path, "max_values"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {len(options)}.")


def check_option(form: FormErrors, path: Path, option: Json, values: set[object]) -> None:
    """Check one choice of a select, radio group or checkbox group."""
    checks.text(form, (*path, "label"), option.get("label"), 1, 100, need=True)
    value = checks.text(form, (*path, "value"), option.get("value"), 1, 100, need=True)
    checks.text(form, (*path, "description"), option.get("description"), 0, 100)
    if value is not None and value in values:
        form.add(
            (*path, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
        )
    values.add(value)


def _text(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    found = checks.text(form, (*path, "content"), component.get("content"), 1, MAX_TEXT, need=True)
    tally.text += len(found or "")


def _section(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    _children(form, path, component, tally, high=3, allowed=frozenset({TEXT}))
    accessory = component.get("accessory")
    if not isinstance(accessory, dict):
        checks.required(form, (*path, "accessory"))
    elif accessory.get("type") not in {BUTTON, THUMBNAIL}:
        checks.choice(form, (*path, "accessory", "type"), accessory.get("type"), {BUTTON, THUMBNAIL})
    else:
        _component(form, (*path, "accessory"), accessory, tally)


def _picture(form: FormErrors, path: Path, item: Json, key: str, tally: Tally) -> None:
    media = item.get(key)
    if not isinstance(media, dict):
        checks.required(form, (*path, key))
        return
    url = checks.text(form, (*path, key, "url"), media.get("url"), 1, 2048, need=True)
    checks.text(form, (*path, "description"), item.get("description"), 0, 1024)
    if url is None:
        return
    name = url.removeprefix("attachment://")
    if url.startswith("attachment://"):
        if name not in tally.files:
            form.add(
                (*path, key, "url"),
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f"The referenced attachment {name[:80]!r} was not found",
            )
    elif key == "file" or not url.startswith(("http://", "https://")):
        form.add(
            (*path, key, "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'attachment')."
        )


def _container(form: FormErrors, path: Path, component: Json, tally: Tally) -> None:
    checks.integer(form, (*path, "accent_color"), component.get("accent_color"), 0, 0xFFFFFF)
    _children(form, path, component, tally, high=MAX_TOTAL, allowed=IN_CONTAINER)


def number_components(components: list[Json]) -> list[Json]:
    """Return the components with the ids that Discord gives to those that have none, counted from 1."""
    taken = {c["id"] for c in walk(components) if c.get("id")}
    counter = iter(range(1, 10_000))

    def numbered(component: Json) -> Json:
        number = component.get("id") or next(n for n in counter if n not in taken)
        given = {key: value for key, value in component.items() if key != "id"}
        shown = {"type": component.get("type"), "id": number, **SHOWN_BY_DEFAULT.get(component["type"], {}), **given}
        if isinstance(component.get("components"), list):
            shown["components"] = [numbered(child) for child in component["components"]]
        if component["type"] == GALLERY:
            shown["items"] = [{"description": None, "spoiler": False, **item} for item in component["items"]]
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                shown[key] = numbered(component[key])
        return shown

    return [numbered(component) for component in components]


def walk(components: list[Json]) -> list[Json]:
    """Return all components, nested ones included, in reading order."""
    found: list[Json] = []
    for component in components:
        found.append(component)
        inside = component.get("components")
        found.extend(walk(inside) if isinstance(inside, list) else ())
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                found.extend(walk([component[key]]))
    return found
