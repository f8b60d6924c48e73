"""Rules of application commands: names, lengths, counts, order and the 8,000 characters of a whole command."""

import unicodedata
from typing import Any, Final

from playground.errors import FormErrors, Path
from playground.rules import checks

Json = dict[str, Any]

CHAT, USER, MESSAGE, ENTRY_POINT = 1, 2, 3, 4
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11
OPTION_TYPES: Final = frozenset(range(1, 12))
MAX_COUNT: Final = {CHAT: 100, USER: 15, MESSAGE: 15, ENTRY_POINT: 1}
MAX_CHARACTERS: Final = 8000
LOCALES: Final = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)


def valid_name(name: str) -> bool:
    """Tell whether a chat command or option may be called so: letters, digits, - and _, lower case, 1–32."""
    if not 1 <= len(name) <= 32 or name != name.lower():
        return False
    return all(c in "-_'" or unicodedata.category(c)[0] in "LNM" for c in name)


def check_command(form: FormErrors, path: Path, body: Json, *, partial: bool = False) -> None:
    """Check one command; `partial` for an edit that leaves fields out."""
    kind = body.get("type", CHAT) or CHAT
    checks.choice(form, (*path, "type"), kind, set(MAX_COUNT))
    _check_name(form, path, body, chat=kind == CHAT, need=not partial)
    if kind == CHAT:
        _check_description(form, path, body, need=not partial)
        _check_options(form, path, body.get("options"), depth=0)
    else:
        if body.get("description"):
            form.add(
                (*path, "description"),
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
                "Context menu commands cannot have description",
            )
        if body.get("options"):
            form.add(
                (*path, "options"),
                "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS",
                "Context menu commands cannot have options",
            )
    size = _size(body)
    if size > MAX_CHARACTERS:
        form.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_CHARACTERS})")


def check_all(form: FormErrors, commands: list[tuple[int, Json]]) -> None:
    """Check a bulk overwrite: each command, their counts by type, and that names are unique."""
    seen: set[tuple[int, str]] = set()
    counts: dict[int, int] = {}
    for place, body in commands:
        check_command(form, (place,), body)
        kind, name = body.get("type", CHAT) or CHAT, body.get("name")
        counts[kind] = counts.get(kind, 0) + 1
        if isinstance(name, str) and (kind, name) in seen:
            form.add((place, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        if isinstance(name, str):
            seen.add((kind, name))
    for kind, count in counts.items():
        if count > MAX_COUNT.get(kind, 0):
            form.add(
                (),
                "MAX_APPLICATION_COMMANDS",
                f"Maximum number of application commands reached ({MAX_COUNT.get(kind)}).",
            )


def _check_name(form: FormErrors, path: Path, body: Json, *, chat: bool, need: bool) -> None:
    name = checks.text(form, (*path, "name"), body.get("name"), 1, 32, need=need)
    if name is not None and chat and not valid_name(name):
        form.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    for locale, text in _localizations(form, (*path, "name_localizations"), body.get("name_localizations")):
        here = (*path, "name_localizations", locale)
        checks.text(form, here, text, 1, 32, need=True)
        if chat and isinstance(text, str) and not valid_name(text):
            form.add(here, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_description(form: FormErrors, path: Path, body: Json, *, need: bool) -> None:
    checks.text(form, (*path, "description"), body.get("description"), 1, 100, need=need)
    field = "description_localizations"
    for locale, text in _localizations(form, (*path, field), body.get(field)):
        checks.text(form, (*path, field, locale), text, 1, 100, need=True)


def _localizations(form: FormErrors, path: Path, value: object) -> list[tuple[str, object]]:
    if value is None:
        return []
    if not isinstance(value, dict):
        form.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return []
    for locale in value:
        if locale not in LOCALES:
            form.add((*path, str(locale)[:20]), "BASE_TYPE_CHOICES", "Value must be one of the locales of Discord.")
    return [(locale, text) for locale, text in value.items() if locale in LOCALES]


def _check_options(form: FormErrors, path: Path, value: object, *, depth: int) -> None:
    options = checks.objects(form, (*path, "options"), value, 0, 25)
    names: set[str] = set()
    optional_seen = False
    kinds = {option.get("type") in {SUBCOMMAND, GROUP} for _, option in options}
    if len(kinds) > 1:
        form.add(
            (*path, "options"),
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    for place, option in options:
        here = (*path, "options", place)
        _check_option(form, here, option, depth)
        name = option.get("name")
        if isinstance(name, str) and name in names:
            form.add((*here, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option name must be unique")
        names.add(str(name))
        required = bool(option.get("required"))
        if required and optional_seen:
            form.add(
                (*here, "required"),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not required


def _check_option(form: FormErrors, path: Path, option: Json, depth: int) -> None:
    kind = option.get("type")
    checks.choice(form, (*path, "type"), kind, OPTION_TYPES)
    _check_name(form, path, option, chat=True, need=True)
    _check_description(form, path, option, need=True)
    if kind in {SUBCOMMAND, GROUP}:
        too_deep = depth >= 2 or (kind == GROUP and depth >= 1)
        if too_deep:
            form.add(
                (*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands may not be nested so deeply"
            )
            return
        _check_options(form, path, option.get("options"), depth=depth + 1)
        return
    _check_choices(form, path, option)
    if kind == STRING:
        checks.integer(form, (*path, "min_length"), option.get("min_length"), 0, 6000)
        checks.integer(form, (*path, "max_length"), option.get("max_length"), 1, 6000)


def _check_choices(form: FormErrors, path: Path, option: Json) -> None:
    choices = checks.objects(form, (*path, "choices"), option.get("choices"), 0, 25)
    if choices and option.get("autocomplete"):
        form.add(
            (*path, "autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
            "Autocomplete cannot be set when choices are present",
        )
    if choices and option.get("type") not in {STRING, INTEGER, NUMBER}:
        form.add(
            (*path, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This type of option cannot have choices"
        )
    values = set()
    for place, choice in choices:
        here = (*path, "choices", place)
        check_choice(form, here, choice, option.get("type"))
        if choice.get("value") in values:
            form.add(
                (*here, "value"), "APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_DUPLICATE", "Choice values must be unique"
            )
        values.add(choice.get("value"))


def check_choice(form: FormErrors, path: Path, choice: Json, kind: object) -> None:
    """Check one choice of an option or of an autocomplete answer."""
    checks.text(form, (*path, "name"), choice.get("name"), 1, 100, need=True)
    for locale, text in _localizations(form, (*path, "name_localizations"), choice.get("name_localizations")):
        checks.text(form, (*path, "name_localizations", locale), text, 1, 100, need=True)
    value = choice.get("value")
    if value is None:
        checks.required(form, (*path, "value"))
    elif kind == STRING:
        checks.text(form, (*path, "value"), value, 0, 100)
    elif not isinstance(value, int | float) or isinstance(value, bool) or (kind == INTEGER and value != int(value)):
        form.add((*path, "value"), "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not a number.')


def _size(body: Json) -> int:
    """Count name, description and choice values; of each text the longest of its translations."""
    total = 0
    for field in ("name", "description"):
        texts = [body.get(field) or "", *(body.get(f"{field}_localizations") or {}).values()]
        total += max(len(text) for text in texts if isinstance(text, str))
    for option in body.get("options") or ():
        total += _size(option) if isinstance(option, dict) else 0
    for choice in body.get("choices") or ():
        if isinstance(choice, dict):
            total += _size({"name": choice.get("name"), "name_localizations": choice.get("name_localizations")})
            total += len(choice["value"]) if isinstance(choice.get("value"), str) else 0
    return total
