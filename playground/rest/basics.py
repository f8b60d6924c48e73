"""Gateway address, the application and the bot itself, users, conversations."""

from typing import Any

from playground.errors import ApiError, FormErrors, form_error
from playground.rest.call import Call
from playground.rest.routes import RouteTable
from playground.rules import checks
from playground.snowflake import is_snowflake
from playground.world import permissions

Json = dict[str, Any]

ROUTES = RouteTable()


@ROUTES.route("GET", "/gateway", token=False, limit=None)
def gateway(call: Call) -> Json:
    """Return the gateway's address."""
    return {"url": call.context.urls.gateway}


@ROUTES.route("GET", "/gateway/bot", limit=(2, 5.0))
def gateway_bot(call: Call) -> Json:
    """Return the gateway's address, the recommended shards and the identify budget."""
    shards = max(1, -(-len(call.bot.guild_ids) // 1000))
    limit = call.context.gateway.start_limit_json(call.bot)
    return {"url": call.context.urls.gateway, "shards": shards, "session_start_limit": limit}


@ROUTES.route("GET", "/oauth2/applications/@me")
@ROUTES.route("GET", "/applications/@me")
def application(call: Call) -> Json:
    """Return the bot's application."""
    return call.bot.json()


@ROUTES.route("PATCH", "/applications/@me")
def edit_application(call: Call) -> Json:
    """Change the application's description."""
    form = FormErrors()
    text = checks.text(form, ("description",), call.form.get("description"), 0, 400)
    form.check()
    call.bot.description = text if text is not None else call.bot.description
    return call.bot.json()


@ROUTES.route("GET", "/oauth2/@me")
def authorization(_call: Call) -> Json:
    """Refuse, as Discord does for bot tokens."""
    raise ApiError(50025)


@ROUTES.route("GET", "/users/@me")
def me(call: Call) -> Json:
    """Return the bot's user."""
    return call.bot.user.json() | {"verified": True, "mfa_enabled": True, "email": None, "locale": "en-US", "flags": 0}


@ROUTES.route("PATCH", "/users/@me", limit=(2, 3600.0))
def edit_me(call: Call) -> Json:
    """Change the bot's username."""
    form = FormErrors()
    name = checks.text(form, ("username",), call.form.get("username"), 2, 32)
    form.check()
    call.bot.user.username = name or call.bot.user.username
    return call.bot.user.json()


@ROUTES.route("GET", "/users/{user}", limit=(30, 30.0))
def user(call: Call) -> Json:
    """Return a user."""
    return call.world.user(call.params["user"]).json()


@ROUTES.route("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> list[Json]:
    """Return the bot's guilds, by id."""
    before, after = call.snowflake("before"), call.snowflake("after")
    limit = call.number("limit", 200, 1, 200)
    found = []
    for guild_id in sorted(call.bot.guild_ids, key=int):
        inside = (after is None or int(guild_id) > after) and (before is None or int(guild_id) < before)
        if inside:
            guild = call.world.guilds[guild_id]
            shown = {key: guild.json()[key] for key in ("id", "name", "icon", "banner", "features")}
            found.append(shown | {"owner": False, "permissions": str(_bits(call, guild_id))})
    return found[:limit]


def _bits(call: Call, guild_id: str) -> int:
    return permissions.in_guild(call.world.guilds[guild_id], call.bot.user.id)


@ROUTES.route("POST", "/users/@me/channels")
def open_conversation(call: Call) -> Json:
    """Open a direct conversation."""
    recipient = call.form.get("recipient_id")
    if not is_snowflake(str(recipient)):
        raise form_error(("recipient_id",), "BASE_TYPE_REQUIRED", "This field is required")
    other = call.world.user(str(recipient))
    if other.bot:
        raise ApiError(50007)
    return call.world.conversation(call.bot.user, other).json()


@ROUTES.route("DELETE", "/users/@me/guilds/{guild}")
def leave_guild(call: Call) -> None:
    """Leave a guild."""
    call.world.remove_member(call.guild(), call.bot.user)


@ROUTES.route("GET", "/voice/regions")
def voice_regions(_call: Call) -> list[Json]:
    """Return no voice regions: nobody speaks here."""
    return []


@ROUTES.route("GET", "/sticker-packs", token=False)
def sticker_packs(_call: Call) -> Json:
    """Return no sticker packs."""
    return {"sticker_packs": []}
