"""Application commands: global and of a guild, one by one and in bulk."""

from typing import Any, Final

from playground.errors import ApiError, FormErrors, form_error
from playground.rest.call import Call, Reply
from playground.rest.routes import RouteTable
from playground.rules import checks
from playground.rules import commands as rules
from playground.world.application import Command
from playground.world.events import Event

Json = dict[str, Any]

ROUTES = RouteTable()
CREATES_A_DAY: Final = 200
GLOBAL: Final = "/applications/{application}/commands"
GUILD: Final = "/applications/{application}/guilds/{guild}/commands"
DEFAULTS: Final[Json] = {
    "type": 1,
    "description": "",
    "name_localizations": None,
    "description_localizations": None,
    "default_member_permissions": None,
    "dm_permission": True,
    "contexts": None,
    "integration_types": [0],
    "nsfw": False,
}
KEPT: Final = (*DEFAULTS, "name", "options", "handler")


def _scope(call: Call) -> str | None:
    """Return the guild of the path (None for global commands) after checking whose application it is."""
    if call.params["application"] != call.bot.id:
        raise ApiError(20012)
    guild_id = call.params.get("guild")
    if guild_id is not None and guild_id not in call.bot.guild_ids:
        raise ApiError(50001)
    return guild_id


def _command(call: Call) -> Command:
    found = call.bot.scope(_scope(call)).get(call.params["command"])
    if found is None:
        raise ApiError(10063)
    return found


def _stored(call: Call, body: Json, guild_id: str | None, old: Command | None) -> Command:
    kept = {key: body[key] for key in KEPT if key in body}
    kept["options"] = [_option(option) for option in body.get("options") or ()]
    if not kept["options"]:
        del kept["options"]
    if isinstance(kept.get("default_member_permissions"), int):
        kept["default_member_permissions"] = str(kept["default_member_permissions"])
    if not kept.get("integration_types"):
        kept.pop("integration_types", None)
    whole = {**DEFAULTS, **kept, "type": body.get("type") or 1}
    version = call.world.snowflakes.next()
    return Command(old.id if old else call.world.snowflakes.next(), call.bot.id, guild_id, version, whole)


def _option(option: Json) -> Json:
    shown = {key: value for key, value in option.items() if value is not None}
    if shown.get("options"):
        shown["options"] = [_option(child) for child in shown["options"]]
    return shown


def _changed(call: Call, guild_id: str | None) -> None:
    data = {"guild_id": guild_id, "application_id": call.bot.id}
    call.world.bus.publish(Event("COMMANDS_UPDATE", data, guild_id, to_bots=False))


def _count_creation(call: Call, guild_id: str | None) -> None:
    created = call.bot.created_today.get(guild_id, 0)
    if created >= CREATES_A_DAY:
        raise ApiError(30034)
    call.bot.created_today[guild_id] = created + 1


@ROUTES.route("GET", GLOBAL)
@ROUTES.route("GET", GUILD)
def list_commands(call: Call) -> list[Json]:
    """Return all commands of the scope."""
    localized = call.flag("with_localizations")
    return [command.json(localizations=localized) for command in call.bot.scope(_scope(call)).values()]


@ROUTES.route("PUT", GLOBAL)
@ROUTES.route("PUT", GUILD)
def overwrite(call: Call) -> list[Json]:
    """Replace all commands of the scope; those that keep name and type keep their id."""
    guild_id = _scope(call)
    if not isinstance(call.body, list):
        raise form_error((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    form = FormErrors()
    bodies = checks.objects(form, (), call.body, 0, 131)
    rules.check_all(form, bodies)
    form.check()
    old = {(c.type, c.name): c for c in call.bot.scope(guild_id).values()}
    for _, body in bodies:
        if (body.get("type") or 1, body["name"]) not in old:
            _count_creation(call, guild_id)
    made = [_stored(call, body, guild_id, old.get((body.get("type") or 1, body["name"]))) for _, body in bodies]
    call.bot.commands[guild_id] = {command.id: command for command in made}
    _changed(call, guild_id)
    return [command.json() for command in made]


@ROUTES.route("POST", GLOBAL)
@ROUTES.route("POST", GUILD)
def create(call: Call) -> Reply:
    """Create a command, or replace the one of the same name and type (200 instead of 201)."""
    guild_id = _scope(call)
    form = FormErrors()
    rules.check_command(form, (), call.form)
    form.check()
    scope = call.bot.scope(guild_id)
    kind = call.form.get("type") or 1
    old = next((c for c in scope.values() if (c.type, c.name) == (kind, call.form["name"])), None)
    if old is None:
        _count_creation(call, guild_id)
        if sum(c.type == kind for c in scope.values()) >= rules.MAX_COUNT[kind]:
            raise ApiError(30032, message=f"Maximum number of application commands reached ({rules.MAX_COUNT[kind]}).")
    made = _stored(call, call.form, guild_id, old)
    scope[made.id] = made
    _changed(call, guild_id)
    return Reply(200 if old else 201, made.json())


@ROUTES.route("GET", GLOBAL + "/{command}")
@ROUTES.route("GET", GUILD + "/{command}")
def get(call: Call) -> Json:
    """Return a command."""
    return _command(call).json()


@ROUTES.route("PATCH", GLOBAL + "/{command}")
@ROUTES.route("PATCH", GUILD + "/{command}")
def edit(call: Call) -> Json:
    """Change a command."""
    old = _command(call)
    whole = {**old.body, **call.form, "type": old.type}
    form = FormErrors()
    rules.check_command(form, (), whole)
    form.check()
    others = [c for c in call.bot.scope(old.guild_id).values() if c.id != old.id]
    if any((c.type, c.name) == (old.type, whole["name"]) for c in others):
        raise ApiError(40041)
    made = _stored(call, whole, old.guild_id, old)
    call.bot.scope(old.guild_id)[made.id] = made
    _changed(call, old.guild_id)
    return made.json()


@ROUTES.route("DELETE", GLOBAL + "/{command}")
@ROUTES.route("DELETE", GUILD + "/{command}")
def delete(call: Call) -> None:
    """Delete a command."""
    gone = _command(call)
    del call.bot.scope(gone.guild_id)[gone.id]
    _changed(call, gone.guild_id)


@ROUTES.route("GET", GUILD + "/permissions")
def list_permissions(call: Call) -> list[Json]:
    """Return the permissions of every command of a guild that has any."""
    guild_id = _scope(call)
    stored = call.bot.command_permissions.items()
    return [_permissions(call, guild, command, rows) for (guild, command), rows in stored if guild == guild_id]


@ROUTES.route("GET", GUILD + "/{command}/permissions")
def get_permissions(call: Call) -> Json:
    """Return one command's permissions; raises 10066 when it has none of its own."""
    guild_id = str(_scope(call))
    rows = call.bot.command_permissions.get((guild_id, call.params["command"]))
    if rows is None:
        raise ApiError(10066)
    return _permissions(call, guild_id, call.params["command"], rows)


def _permissions(call: Call, guild_id: str, command_id: str, rows: list[Json]) -> Json:
    return {"id": command_id, "application_id": call.bot.id, "guild_id": guild_id, "permissions": rows}


@ROUTES.route("PUT", GUILD + "/{command}/permissions")
def put_permissions(_call: Call) -> None:
    """Refuse, as Discord does for bot tokens."""
    raise ApiError(20001, status=403, message="Bots cannot use this endpoint")
