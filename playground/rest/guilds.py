"""Guilds, their members and their roles."""

from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors
from playground.rest.call import Call
from playground.rest.channels import bits
from playground.rest.routes import RouteTable
from playground.rules import checks
from playground.world import events, permissions
from playground.world.events import Event
from playground.world.model import Role

if TYPE_CHECKING:
    from playground.world.model import Guild, Member

Json = dict[str, Any]

ROUTES = RouteTable()
MAX_ROLES: Final = 250


@ROUTES.route("GET", "/guilds/{guild}")
def get_guild(call: Call) -> Json:
    """Return a guild."""
    guild = call.guild()
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": len(guild.members)}
    return guild.json() | (counts if call.flag("with_counts") else {})


@ROUTES.route("PATCH", "/guilds/{guild}")
def edit_guild(call: Call) -> Json:
    """Change name or locale."""
    guild = call.guild()
    call.require_in_guild(guild, permissions.MANAGE_GUILD)
    form = FormErrors()
    name = checks.text(form, ("name",), call.form.get("name"), 2, 100)
    form.check()
    guild.name = name or guild.name
    guild.locale = str(call.form.get("preferred_locale") or guild.locale)
    call.world.bus.publish(Event("GUILD_UPDATE", guild.json(), guild.id, events.GUILDS))
    return guild.json()


def _member(call: Call, guild: "Guild") -> "Member":
    found = guild.members.get(call.params["user"])
    if found is None:
        raise ApiError(10007)
    return found


@ROUTES.route("GET", "/guilds/{guild}/members/{user}")
def get_member(call: Call) -> Json:
    """Return a member."""
    return _member(call, call.guild()).json()


@ROUTES.route("GET", "/users/@me/guilds/{guild}/member")
def own_member(call: Call) -> Json:
    """Return the bot's own membership."""
    return call.guild().members[call.bot.user.id].json()


@ROUTES.route("GET", "/guilds/{guild}/members")
def list_members(call: Call) -> list[Json]:
    """Return members by id; needs the GUILD_MEMBERS intent."""
    guild = call.guild()
    if not call.bot.intents & events.GUILD_MEMBERS:
        raise ApiError(50001)
    limit, after = call.number("limit", 1, 1, 1000), call.snowflake("after") or 0
    ids = sorted(int(user_id) for user_id in guild.members if int(user_id) > after)[:limit]
    return [guild.members[str(user_id)].json() for user_id in ids]


@ROUTES.route("GET", "/guilds/{guild}/members/search")
def search_members(call: Call) -> list[Json]:
    """Return the members whose name or nickname starts with a text."""
    query, limit = call.query.get("query", "").lower(), call.number("limit", 1, 1, 1000)
    found = [
        member.json()
        for member in call.guild().members.values()
        if member.user.username.startswith(query) or (member.nick or "").lower().startswith(query)
    ]
    return found[:limit]


@ROUTES.route("PATCH", "/guilds/{guild}/members/{user}")
def edit_member(call: Call) -> Json:
    """Change nickname or roles of a member (of the bot itself with `@me`)."""
    guild = call.guild()
    own = call.params["user"] == "@me"
    member = guild.members[call.bot.user.id] if own else _member(call, guild)
    form = FormErrors()
    nick = checks.text(form, ("nick",), call.form.get("nick"), 0, 32)
    form.check()
    if "nick" in call.form:
        call.require_in_guild(guild, permissions.CHANGE_NICKNAME if own else permissions.MANAGE_NICKNAMES)
        member.nick = nick or None
    if call.form.get("roles") is not None and not own:
        wanted = [str(role_id) for role_id in call.form["roles"]]
        for role_id in set(wanted) ^ set(member.roles):
            _manageable_role(call, guild, role_id)
        member.roles = wanted
    call.world.publish_member("GUILD_MEMBER_UPDATE", guild, member)
    return member.json()


@ROUTES.route("DELETE", "/guilds/{guild}/members/{user}")
def kick(call: Call) -> None:
    """Take a member out."""
    guild = call.guild()
    call.require_in_guild(guild, permissions.KICK_MEMBERS)
    member = _member(call, guild)
    if member.user.id == guild.owner_id or _top(guild, member.user.id) >= _top(guild, call.bot.user.id):
        raise ApiError(50013)
    call.world.remove_member(guild, member.user)


@ROUTES.route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
def give_role(call: Call) -> None:
    """Give a member a role below the bot's own."""
    guild = call.guild()
    member, role = _member(call, guild), _manageable_role(call, guild, call.params["role"])
    if role.id not in member.roles:
        member.roles.append(role.id)
        call.world.publish_member("GUILD_MEMBER_UPDATE", guild, member)


@ROUTES.route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def take_role(call: Call) -> None:
    """Take a role below the bot's own from a member."""
    guild = call.guild()
    member, role = _member(call, guild), _manageable_role(call, guild, call.params["role"])
    if role.id in member.roles:
        member.roles.remove(role.id)
        call.world.publish_member("GUILD_MEMBER_UPDATE", guild, member)


def _top(guild: "Guild", user_id: str) -> int:
    return max((guild.roles[role_id].position for role_id in guild.members[user_id].roles), default=0)


def _manageable_role(call: Call, guild: "Guild", role_id: str) -> Role:
    role = guild.roles.get(role_id)
    if role is None:
        raise ApiError(10011)
    call.require_in_guild(guild, permissions.MANAGE_ROLES)
    if role.position >= _top(guild, call.bot.user.id) or role.managed_by is not None:
        raise ApiError(50013)
    return role


@ROUTES.route("GET", "/guilds/{guild}/roles")
def list_roles(call: Call) -> list[Json]:
    """Return all roles."""
    return [role.json() for role in call.guild().roles.values()]


@ROUTES.route("GET", "/guilds/{guild}/roles/{role}")
def get_role(call: Call) -> Json:
    """Return a role."""
    role = call.guild().roles.get(call.params["role"])
    if role is None:
        raise ApiError(10011)
    return role.json()


@ROUTES.route("POST", "/guilds/{guild}/roles")
def create_role(call: Call) -> Json:
    """Make a role; it can only hold what the bot has."""
    guild = call.guild()
    call.require_in_guild(guild, permissions.MANAGE_ROLES)
    if len(guild.roles) >= MAX_ROLES:
        raise ApiError(30005)
    role = Role(call.world.snowflakes.next(), "new role", guild.roles[guild.id].permissions)
    _change_role(call, guild, role)
    guild.roles[role.id] = role
    call.world.publish_role("GUILD_ROLE_CREATE", guild, role)
    return role.json()


@ROUTES.route("PATCH", "/guilds/{guild}/roles/{role}")
def edit_role(call: Call) -> Json:
    """Change a role below the bot's own."""
    guild = call.guild()
    role = _manageable_role(call, guild, call.params["role"])
    _change_role(call, guild, role)
    call.world.publish_role("GUILD_ROLE_UPDATE", guild, role)
    return role.json()


def _change_role(call: Call, guild: "Guild", role: Role) -> None:
    form = FormErrors()
    name = checks.text(form, ("name",), call.form.get("name"), 0, 100)
    color = checks.integer(form, ("color",), call.form.get("color"), 0, 0xFFFFFF)
    form.check()
    if call.form.get("permissions") is not None:
        wanted = bits(call.form["permissions"])
        if wanted & ~permissions.in_guild(guild, call.bot.user.id):
            raise ApiError(50013)
        role.permissions = wanted
    role.name = name or role.name
    role.color = color if color is not None else role.color
    role.hoist = bool(call.form.get("hoist", role.hoist))
    role.mentionable = bool(call.form.get("mentionable", role.mentionable))


@ROUTES.route("DELETE", "/guilds/{guild}/roles/{role}")
def delete_role(call: Call) -> None:
    """Delete a role below the bot's own."""
    guild = call.guild()
    call.world.remove_role(guild, _manageable_role(call, guild, call.params["role"]).id)


@ROUTES.route("GET", "/guilds/{guild}/emojis")
@ROUTES.route("GET", "/guilds/{guild}/stickers")
@ROUTES.route("GET", "/guilds/{guild}/scheduled-events")
@ROUTES.route("GET", "/guilds/{guild}/invites")
@ROUTES.route("GET", "/guilds/{guild}/integrations")
def nothing_here(call: Call) -> list[Json]:
    """Return an empty list: such things are not kept here."""
    call.guild()
    return []
