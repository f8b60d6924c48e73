"""Channels of guilds and their permission overwrites."""

from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors, form_error
from playground.rest.call import Call, Reply
from playground.rest.routes import RouteTable
from playground.rules import checks
from playground.snowflake import is_snowflake
from playground.world import permissions
from playground.world.model import ANNOUNCEMENT, CATEGORY, DM, FORUM, MEDIA, TEXT, VOICE, Channel, Overwrite

if TYPE_CHECKING:
    from playground.world.model import Guild

Json = dict[str, Any]

ROUTES = RouteTable()
KINDS: Final = frozenset({TEXT, VOICE, CATEGORY, ANNOUNCEMENT, 13, FORUM, MEDIA})
MAX_CHANNELS: Final = 500
EDIT: Final = (5, 15.0)


@ROUTES.route("GET", "/channels/{channel}")
def get_channel(call: Call) -> Json:
    """Return a channel, thread or conversation; a thread with the bot's membership."""
    channel = call.channel()
    shown = channel.json()
    if call.bot.user.id in channel.thread_members:
        shown["member"] = channel.thread_member_json(call.bot.user.id)
    return shown


@ROUTES.route("GET", "/guilds/{guild}/channels")
def list_channels(call: Call) -> list[Json]:
    """Return all channels of a guild, threads left out."""
    return [channel.json() for channel in call.guild().channels.values()]


@ROUTES.route("POST", "/guilds/{guild}/channels")
def create_channel(call: Call) -> Reply:
    """Make a channel."""
    guild = call.guild()
    call.require_in_guild(guild, permissions.MANAGE_CHANNELS)
    if len(guild.channels) >= MAX_CHANNELS:
        raise ApiError(30013)
    form = FormErrors()
    name = checks.text(form, ("name",), call.form.get("name"), 1, 100, need=True)
    kind = call.form.get("type") or TEXT
    checks.choice(form, ("type",), kind, KINDS)
    form.check()
    made = Channel(call.world.snowflakes.next(), kind, str(name))
    change(call, guild, made, call.form)
    return Reply(201, call.world.add_channel(guild, made).json())


@ROUTES.route("PATCH", "/guilds/{guild}/channels")
def move_channels(call: Call) -> None:
    """Set positions and parents."""
    guild = call.guild()
    call.require_in_guild(guild, permissions.MANAGE_CHANNELS)
    form = FormErrors()
    for _, item in checks.objects(form, (), call.body, 0, MAX_CHANNELS):
        channel = guild.channels.get(str(item.get("id")))
        if channel is not None:
            channel.position = int(item.get("position") or channel.position)
            call.world.publish_channel("CHANNEL_UPDATE", channel)
    form.check()


def change(call: Call, guild: "Guild", channel: Channel, body: Json) -> None:
    """Set the fields of a channel that a body names; raises 50035."""
    form = FormErrors()
    name = checks.text(form, ("name",), body.get("name"), 1, 100)
    topic = checks.text(form, ("topic",), body.get("topic"), 0, 4096 if channel.type in {FORUM, MEDIA} else 1024)
    pause = checks.integer(form, ("rate_limit_per_user",), body.get("rate_limit_per_user"), 0, 21_600)
    tags = checks.objects(form, ("available_tags",), body.get("available_tags"), 0, 20)
    for place, tag in tags:
        checks.text(form, ("available_tags", place, "name"), tag.get("name"), 1, 50, need=True)
    parent_id = body.get("parent_id")
    parent = guild.channels.get(str(parent_id)) if parent_id is not None else None
    if parent_id is not None and (parent is None or parent.type != CATEGORY):
        form.add(("parent_id",), "CHANNEL_PARENT_INVALID", "Category does not exist")
    form.check()
    channel.name = name or channel.name
    channel.topic = topic if "topic" in body else channel.topic
    channel.rate_limit_per_user = pause if pause is not None else channel.rate_limit_per_user
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    channel.position = int(body.get("position") or channel.position)
    channel.parent_id = str(parent_id) if parent_id is not None else None if "parent_id" in body else channel.parent_id
    if tags:
        channel.tags = [_tag(call, tag) for _, tag in tags]
    if body.get("permission_overwrites") is not None:
        _set_overwrites(channel, body["permission_overwrites"])


def _tag(call: Call, tag: Json) -> Json:
    return {
        "id": str(tag.get("id") or call.world.snowflakes.next()),
        "name": tag["name"],
        "moderated": bool(tag.get("moderated")),
        "emoji_id": tag.get("emoji_id"),
        "emoji_name": tag.get("emoji_name"),
    }


def _set_overwrites(channel: Channel, value: object) -> None:
    form = FormErrors()
    made = {}
    for place, item in checks.objects(form, ("permission_overwrites",), value, 0, 100):
        target = str(item.get("id"))
        if not is_snowflake(target):
            form.add(("permission_overwrites", place, "id"), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
            continue
        made[target] = Overwrite(target, _kind(item.get("type")), bits(item.get("allow")), bits(item.get("deny")))
    form.check()
    channel.overwrites = made


def _kind(value: object) -> int:
    return {"role": 0, "member": 1, "0": 0, "1": 1}.get(str(value if value is not None else 0), 0)


def bits(value: object) -> int:
    """Return a bit field from a string or an integer; raises 50035 for anything else."""
    text = str(value if value is not None else 0)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise form_error(("permissions",), "NUMBER_TYPE_COERCE", f'Value "{text[:20]}" is not int.')
    return int(text)


@ROUTES.route("DELETE", "/channels/{channel}")
def delete_channel(call: Call) -> Json:
    """Delete a channel or thread, or close a conversation."""
    channel = call.channel()
    if channel.type != DM:
        call.require(channel, permissions.MANAGE_THREADS if channel.is_thread else permissions.MANAGE_CHANNELS)
        call.world.remove_channel(channel)
    return channel.json()


@ROUTES.route("PUT", "/channels/{channel}/permissions/{overwrite}")
def put_overwrite(call: Call) -> None:
    """Set one permission overwrite; a bot can only give what it has."""
    channel = call.channel(permissions.MANAGE_ROLES)
    target = call.params["overwrite"]
    allow, deny = bits(call.form.get("allow")), bits(call.form.get("deny"))
    if (allow | deny) & ~call.world.bits(channel, call.bot.user.id):
        raise ApiError(50013)
    channel.overwrites[target] = Overwrite(target, _kind(call.form.get("type")), allow, deny)
    call.world.publish_channel("CHANNEL_UPDATE", channel)


@ROUTES.route("DELETE", "/channels/{channel}/permissions/{overwrite}")
def delete_overwrite(call: Call) -> None:
    """Delete one permission overwrite."""
    channel = call.channel(permissions.MANAGE_ROLES)
    if channel.overwrites.pop(call.params["overwrite"], None) is None:
        raise ApiError(10009)
    call.world.publish_channel("CHANNEL_UPDATE", channel)
