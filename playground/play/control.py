"""The control API: `/control/…` makes guilds, channels, people, roles, bots, and orders faults."""

import time
from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors, form_error
from playground.faults import GATEWAY_KINDS, read_fault
from playground.play import disorder
from playground.play.api import guarded, read_object
from playground.play.state import guild_json
from playground.rules import checks
from playground.world import permissions
from playground.world.model import TEXT, Channel, Member, Overwrite, Role

if TYPE_CHECKING:
    from aiohttp import web

    from playground.context import Context
    from playground.world.model import Guild, User

Json = dict[str, Any]

MAX_NAME: Final = 100


def _name(body: Json) -> str:
    form = FormErrors()
    name = checks.text(form, ("name",), body.get("name"), 1, MAX_NAME, need=True)
    form.check()
    return str(name)


def _bits(value: object) -> int:
    try:
        return int(str(value or 0)) & permissions.ALL
    except ValueError:
        raise form_error(("permissions",), "NUMBER_TYPE_COERCE", "Not a bitfield.") from None


class ControlApi:
    """Handlers of the control API; each POST answers with the object it made."""

    def __init__(self, context: "Context") -> None:
        self.context = context
        self.world = context.world

    def add_routes(self, app: "web.Application") -> None:
        """Register every path."""
        kinds = ("guilds", "channels", "threads", "people", "members", "roles", "overwrites", "bots", "faults")
        for kind in kinds:
            app.router.add_post(f"/control/{kind}", guarded(getattr(self, kind)))
        app.router.add_delete("/control/faults", guarded(self.clear_faults))
        app.router.add_delete("/control/members/{guild}/{id}", guarded(self.remove_member))
        app.router.add_delete("/control/roles/{guild}/{id}", guarded(self.remove_role))
        app.router.add_delete("/control/overwrites/{channel}/{id}", guarded(self.remove_overwrite))
        app.router.add_delete("/control/{kind}/{id}", guarded(self.remove))
        app.router.add_post("/control/gateway", guarded(self.gateway))
        app.router.add_post("/control/settings", guarded(self.settings))
        app.router.add_get("/control/requests", guarded(self.requests))
        app.router.add_delete("/control/requests", guarded(self.clear_requests))

    async def guilds(self, request: "web.Request") -> Json:
        """Make a guild; its owner is `owner`, a new person without one; `bots` are installed."""
        body, _ = await read_object(request)
        owner = self.world.user(str(body["owner"])) if body.get("owner") else self.world.add_person("Owner")
        guild = self.world.add_guild(_name(body), owner, str(body.get("locale", "en-US"))[:10])
        for app_id in list(body.get("bots") or ())[:50]:
            self.world.install(self._bot(str(app_id)), guild)
        return guild_json(self.world, guild, None)

    async def channels(self, request: "web.Request") -> Json:
        """Make a channel."""
        body, _ = await read_object(request)
        guild = self._guild(body)
        made = Channel(self.world.snowflakes.next(), int(body.get("type") or TEXT), _name(body))
        made.parent_id = str(body["parent_id"]) if body.get("parent_id") else None
        made.nsfw = bool(body.get("nsfw"))
        return self.world.add_channel(guild, made).json()

    async def threads(self, request: "web.Request") -> Json:
        """Make a public thread (`type` 12: private) below a channel."""
        body, _ = await read_object(request)
        parent = self.world.channel(str(body.get("channel_id")))
        if parent.guild_id is None:
            raise ApiError(50024)
        made = Channel(self.world.snowflakes.next(), int(body.get("type") or 11), _name(body))
        made.parent_id = parent.id
        made.owner_id = str(body.get("owner") or self.world.guilds[parent.guild_id].owner_id)
        return self.world.add_thread(self.world.guilds[parent.guild_id], made).json()

    async def people(self, request: "web.Request") -> Json:
        """Make a person."""
        body, _ = await read_object(request)
        return self.world.add_person(_name(body), str(body.get("locale", "en-US"))[:10]).play_json()

    async def members(self, request: "web.Request") -> Json:
        """Bring a person or bot into a guild, or set the roles of one who is in it."""
        body, _ = await read_object(request)
        guild, user = self._guild(body), self.world.user(str(body.get("user_id")))
        roles = [str(role) for role in body.get("roles") or () if str(role) in guild.roles]
        old = guild.members.get(user.id)
        if old is not None:
            return self._change_member(guild, old, body, roles)
        if user.bot:
            bits = _bits(body["permissions"]) if "permissions" in body else permissions.BOT_DEFAULT
            return self.world.install(self.world.by_bot[user.id], guild, bits).json()
        return self.world.add_member(guild, user, roles).json()

    def _change_member(self, guild: "Guild", member: Member, body: Json, roles: list[str]) -> Json:
        if "roles" in body:
            member.roles = roles
        if "nick" in body:
            member.nick = str(body["nick"])[:32] if body["nick"] else None
        self.world.publish_member("GUILD_MEMBER_UPDATE", guild, member)
        return member.json()

    async def roles(self, request: "web.Request") -> Json:
        """Make a role, or with `id` change an existing role's permissions."""
        body, _ = await read_object(request)
        guild = self._guild(body)
        old = guild.roles.get(str(body.get("id")))
        if old is not None:
            old.permissions = _bits(body.get("permissions"))
            self.world.publish_role("GUILD_ROLE_UPDATE", guild, old)
            return old.json()
        made = Role(self.world.snowflakes.next(), _name(body), _bits(body.get("permissions")))
        made.position = len(guild.roles)
        guild.roles[made.id] = made
        self.world.publish_role("GUILD_ROLE_CREATE", guild, made)
        return made.json()

    async def overwrites(self, request: "web.Request") -> Json:
        """Set a permission overwrite of a channel; type 0 role, 1 member."""
        body, _ = await read_object(request)
        channel = self.world.channel(str(body.get("channel_id")))
        target = str(body.get("target_id"))
        made = Overwrite(target, int(body.get("type") or 0), _bits(body.get("allow")), _bits(body.get("deny")))
        channel.overwrites[target] = made
        self.world.publish_channel("CHANNEL_UPDATE", channel)
        return made.json()

    async def bots(self, request: "web.Request") -> Json:
        """Make a bot; it is brought into `guild_ids`."""
        body, _ = await read_object(request)
        owner = next(user for user in self.world.users.values() if not user.bot)
        made = self.world.add_bot(
            _name(body),
            owner,
            token=str(body["token"])[:100] if body.get("token") else None,
            intents=int(body.get("intents") or 0),
            max_concurrency=max(1, int(body.get("max_concurrency") or 1)),
        )
        bits = _bits(body["permissions"]) if "permissions" in body else permissions.BOT_DEFAULT
        for guild_id in list(body.get("guild_ids") or ())[:5000]:
            self.world.install(made, self.world.guild(str(guild_id)), bits)
        return {"token": made.token, "application_id": made.id, "user_id": made.user.id}

    async def faults(self, request: "web.Request") -> Json:
        """Order a fault; the gateway's kinds happen at once."""
        body, _ = await read_object(request)
        fault = read_fault(self.world.snowflakes.next(), body)
        if fault.kind in GATEWAY_KINDS:
            app = self._named_bot(fault.bot)
            disorder.disturb(self.context.gateway, fault.kind.removesuffix("_gateway"), app and app.id, None)
        else:
            self.context.faults.order(fault)
        return {"id": fault.id}

    async def clear_faults(self, _request: "web.Request") -> Json:
        """End every fault."""
        self.context.faults.clear()
        return {}

    async def gateway(self, request: "web.Request") -> Json:
        """Disturb the gateway now."""
        body, _ = await read_object(request)
        app = self._named_bot(body.get("bot"))
        hub, action, shard = self.context.gateway, str(body.get("action")), body.get("shard")
        if action == "duplicate_interactions":
            hub.duplicate_interactions = bool(body.get("enabled", True))
            return {"connections": len(hub.of(app and app.id))}
        if action == "mute_acks":
            hub.mute_acks_until = time.monotonic() + float(body.get("seconds", 60.0))
            return {"connections": len(hub.of(app and app.id))}
        return {"connections": disorder.disturb(hub, action, app and app.id, shard, int(body.get("code", 4000)))}

    async def settings(self, request: "web.Request") -> Json:
        """Switch rate limits on or off, and the deadlines of interactions."""
        body, _ = await read_object(request)
        if "rate_limits" in body:
            self.context.limiter.enabled = bool(body["rate_limits"])
        return {"rate_limits": self.context.limiter.enabled}

    async def requests(self, _request: "web.Request") -> Json:
        """Return what the request validation saw."""
        return self.context.requests.json()

    async def clear_requests(self, _request: "web.Request") -> Json:
        """Forget what the request validation saw."""
        self.context.requests.clear()
        return {}

    async def remove_member(self, request: "web.Request") -> Json:
        """Take a member out of a guild."""
        guild = self.world.guild(request.match_info["guild"])
        self.world.remove_member(guild, self.world.user(request.match_info["id"]))
        return {}

    async def remove_role(self, request: "web.Request") -> Json:
        """Delete a role."""
        guild = self.world.guild(request.match_info["guild"])
        self.world.remove_role(guild, request.match_info["id"])
        return {}

    async def remove_overwrite(self, request: "web.Request") -> Json:
        """Delete a permission overwrite."""
        channel = self.world.channel(request.match_info["channel"])
        if channel.overwrites.pop(request.match_info["id"], None) is None:
            raise ApiError(10009)
        self.world.publish_channel("CHANNEL_UPDATE", channel)
        return {}

    async def remove(self, request: "web.Request") -> Json:
        """Delete a guild, channel, thread, person, bot or fault by id."""
        kind, key = request.match_info["kind"], request.match_info["id"]
        if kind == "faults":
            self.context.faults.clear(key)
        elif kind in {"channels", "threads"}:
            self.world.remove_channel(self.world.channel(key))
        elif kind == "guilds":
            self.world.remove_guild(self.world.guild(key))
        elif kind == "people":
            self._leave_all(self.world.user(key))
        elif kind == "bots":
            self._remove_bot(key)
        else:
            raise ApiError(0, status=404, message="404: Not Found")
        return {}

    def _leave_all(self, user: "User") -> None:
        for guild in self.world.guilds.values():
            self.world.remove_member(guild, user)
        self.world.users.pop(user.id, None)

    def _remove_bot(self, app_id: str) -> None:
        app = self._bot(app_id)
        disorder.disturb(self.context.gateway, "revoke", app.id, None)
        for guild_id in list(app.guild_ids):
            self.world.remove_member(self.world.guilds[guild_id], app.user)
        self.world.remove_bot(app)

    def _named_bot(self, name: object) -> Any:
        if name is None:
            return None
        for app in self.world.applications.values():
            if str(name) in {app.id, app.name, app.token}:
                return app
        raise ApiError(10002)

    def _bot(self, app_id: str) -> Any:
        app = self.world.applications.get(app_id)
        if app is None:
            raise ApiError(10002)
        return app

    def _guild(self, body: Json) -> "Guild":
        return self.world.guild(str(body.get("guild_id")))
