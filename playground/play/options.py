"""From what a person fills in to the `data` of a command interaction."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors, form_error
from playground.rest.draft import store_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playground.rest.call import Upload
    from playground.world.application import Command
    from playground.world.model import Channel, Guild
    from playground.world.world import World

Json = dict[str, Any]

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
MAX_STRING: Final = 6000


@dataclass
class Filling:
    """One command being filled in; `resolved` gathers what the options name."""

    world: "World"
    guild: "Guild | None"
    channel: "Channel"
    app_user_id: str
    uploads: "Mapping[str, Upload]"
    focused: str | None = None
    resolved: Json = field(default_factory=dict)
    form: FormErrors = field(default_factory=FormErrors)


def find_leaf(command: "Command", path: list[str]) -> list[Json]:
    """Return the nested definitions that lead to a subcommand; [] for a bare command; raises 50035."""
    chain: list[Json] = []
    options = command.body.get("options") or []
    for name in path:
        found = next((o for o in options if o["type"] in {1, 2} and o["name"] == name), None)
        if found is None:
            raise form_error(("name",), "UNKNOWN_COMMAND", f"There is no subcommand {name[:32]}.")
        chain.append(found)
        options = found.get("options") or []
    if any(option["type"] in {1, 2} for option in options):
        raise form_error(("name",), "INCOMPLETE_COMMAND", "A subcommand has to be named.")
    return chain


def command_data(command: "Command", path: list[str], given: Json, filling: Filling) -> Json:
    """Return `data` of the interaction; raises 50035 when a value does not fit its option."""
    chain = find_leaf(command, path)
    definitions = (chain[-1] if chain else command.body).get("options") or []
    options = _options(definitions, given, filling)
    filling.form.check()
    for step in reversed(chain):
        options = [{"type": step["type"], "name": step["name"], "options": options}]
    data: Json = {"id": command.id, "name": command.name, "type": command.type, "options": options}
    if command.guild_id is not None:
        data["guild_id"] = command.guild_id
    if filling.resolved:
        data["resolved"] = filling.resolved
    return data


def _options(definitions: list[Json], given: Json, filling: Filling) -> list[Json]:
    by_name = {definition["name"]: definition for definition in definitions}
    for name in given:
        if name not in by_name:
            filling.form.add(("options", name), "UNKNOWN_OPTION", "The command has no such option")
    filled = []
    for name, definition in by_name.items():
        if given.get(name) is None:
            if definition.get("required") and filling.focused is None:
                filling.form.add(("options", name), "BASE_TYPE_REQUIRED", "This field is required")
            continue
        option: Json = {"name": name, "type": definition["type"]}
        if filling.focused is not None:
            option["value"] = given[name]
            if name == filling.focused:
                option["focused"] = True
        else:
            option["value"] = _value(definition, given[name], filling)
        filled.append(option)
    return filled


def _value(definition: Json, value: object, filling: Filling) -> object:
    path = ("options", definition["name"])
    kind = definition["type"]
    try:
        fitted = _CONVERT[kind](definition, value, filling)
    except (ValueError, TypeError, KeyError, ApiError):
        filling.form.add(path, "OPTION_VALUE_INVALID", "The value does not fit the option")
        return value
    choices = definition.get("choices")
    if choices and all(choice["value"] != fitted for choice in choices):
        filling.form.add(path, "BASE_TYPE_CHOICES", "Value must be one of the choices.")
    return fitted


def _string(definition: Json, value: object, _filling: Filling) -> str:
    text = str(value)
    if not definition.get("min_length", 0) <= len(text) <= definition.get("max_length", MAX_STRING):
        raise ValueError
    return text


def _number(definition: Json, value: object, _filling: Filling) -> float:
    number = float(str(value))
    if not definition.get("min_value", -(2**53)) <= number <= definition.get("max_value", 2**53):
        raise ValueError
    return number


def _integer(definition: Json, value: object, filling: Filling) -> int:
    whole = int(str(value))
    _number(definition, whole, filling)
    return whole


def _boolean(_definition: Json, value: object, _filling: Filling) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[str(value).lower()]


def resolve_user(filling: Filling, user_id: str) -> None:
    """Put a user and its member into `resolved`; raises 10013."""
    user = filling.world.user(user_id)
    filling.resolved.setdefault("users", {})[user.id] = user.json()
    member = filling.guild.members.get(user.id) if filling.guild else None
    if member is not None:
        bits = str(filling.world.bits(filling.channel, user.id))
        filling.resolved.setdefault("members", {})[user.id] = member.json(user=False) | {"permissions": bits}


def resolve_role(filling: Filling, role_id: str) -> None:
    """Put a role into `resolved`; raises KeyError."""
    if filling.guild is None:
        raise KeyError(role_id)
    filling.resolved.setdefault("roles", {})[role_id] = filling.guild.roles[role_id].json()


def resolve_channel(filling: Filling, channel_id: str) -> int:
    """Put a channel into `resolved` and return its type; raises 10003 or KeyError."""
    found = filling.world.channel(channel_id)
    if filling.guild is None or found.guild_id != filling.guild.id:
        raise KeyError(channel_id)
    bits = str(filling.world.bits(found, filling.app_user_id))
    filling.resolved.setdefault("channels", {})[found.id] = found.json() | {
        "permissions": str(filling.world.bits(filling.channel, filling.app_user_id)),
        "app_permissions": bits,
    }
    return found.type


def _user(_definition: Json, value: object, filling: Filling) -> str:
    resolve_user(filling, str(value))
    return str(value)


def _role(_definition: Json, value: object, filling: Filling) -> str:
    resolve_role(filling, str(value))
    return str(value)


def _channel(definition: Json, value: object, filling: Filling) -> str:
    kind = resolve_channel(filling, str(value))
    if definition.get("channel_types") and kind not in definition["channel_types"]:
        raise ValueError
    return str(value)


def _mentionable(definition: Json, value: object, filling: Filling) -> str:
    if filling.guild is not None and str(value) in filling.guild.roles:
        return _role(definition, value, filling)
    return _user(definition, value, filling)


def attach(filling: Filling, name: str) -> str:
    """Store the uploaded file of that field name, put it into `resolved` and return its id; raises KeyError."""
    upload = filling.uploads[name]
    made = store_file(filling.world, filling.channel.id, upload, {}, ephemeral=True)
    shown = made.json(filling.world.files.url(made))
    filling.resolved.setdefault("attachments", {})[made.id] = shown
    return made.id


def _attachment(definition: Json, _value: object, filling: Filling) -> str:
    return attach(filling, definition["name"])


_CONVERT: Final[dict[int, Any]] = {
    STRING: _string,
    INTEGER: _integer,
    BOOLEAN: _boolean,
    USER: _user,
    CHANNEL: _channel,
    ROLE: _role,
    MENTIONABLE: _mentionable,
    NUMBER: _number,
    ATTACHMENT: _attachment,
}
