"""Webhooks of channels: made by a bot, executed by their token under another name."""

import secrets
from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors
from playground.rest import draft
from playground.rest.call import Call, Reply
from playground.rest.routes import RouteTable
from playground.rules import checks
from playground.world import events, permissions, talk
from playground.world.events import Event
from playground.world.model import User
from playground.world.webhook import Webhook

if TYPE_CHECKING:
    from playground.world.message import Message
    from playground.world.model import Channel

Json = dict[str, Any]

ROUTES = RouteTable()
MAX_HOOKS: Final = 15


@ROUTES.route("POST", "/channels/{channel}/webhooks")
def create(call: Call) -> Json:
    """Make a webhook."""
    channel = call.channel(permissions.MANAGE_WEBHOOKS)
    form = FormErrors()
    name = checks.text(form, ("name",), call.form.get("name"), 1, 80, need=True)
    if name is not None and any(word in name.lower() for word in ("clyde", "discord")):
        form.add(("name",), "USERNAME_INVALID_CONTAINS", 'Username cannot contain "discord"')
    form.check()
    if sum(hook.channel_id == channel.id for hook in call.world.webhooks.values()) >= MAX_HOOKS:
        raise ApiError(30007, message=f"Maximum number of webhooks reached ({MAX_HOOKS})")
    made = Webhook(
        call.world.snowflakes.next(), secrets.token_urlsafe(50), channel.id, str(name), call.bot.user, call.bot.id
    )
    made.guild_id = channel.guild_id
    call.world.webhooks[made.id] = made
    _tell(call, channel)
    return made.json()


def _tell(call: Call, channel: "Channel") -> None:
    data = {"guild_id": channel.guild_id, "channel_id": channel.id}
    call.world.bus.publish(Event("WEBHOOKS_UPDATE", data, channel.guild_id, events.GUILD_WEBHOOKS, channel))


@ROUTES.route("GET", "/channels/{channel}/webhooks")
def of_channel(call: Call) -> list[Json]:
    """Return the webhooks of a channel; the tokens only of the bot's own."""
    channel = call.channel(permissions.MANAGE_WEBHOOKS)
    return [hook.json(call.bot.id) for hook in call.world.webhooks.values() if hook.channel_id == channel.id]


@ROUTES.route("GET", "/guilds/{guild}/webhooks")
def of_guild(call: Call) -> list[Json]:
    """Return the webhooks of a guild."""
    guild = call.guild()
    call.require_in_guild(guild, permissions.MANAGE_WEBHOOKS)
    return [hook.json(call.bot.id) for hook in call.world.webhooks.values() if hook.guild_id == guild.id]


def _own(call: Call) -> Webhook:
    hook = call.world.webhooks.get(call.params["webhook"])
    if hook is None:
        raise ApiError(10015)
    call.require(call.world.channel(hook.channel_id), permissions.MANAGE_WEBHOOKS)
    return hook


def _by_token(call: Call) -> Webhook:
    hook = call.world.webhooks.get(call.params["webhook"])
    if hook is None:
        raise ApiError(10015)
    if not secrets.compare_digest(hook.token.encode(), call.params["token"].encode()):
        raise ApiError(50027)
    return hook


@ROUTES.route("GET", "/webhooks/{webhook}")
def get(call: Call) -> Json:
    """Return a webhook."""
    return _own(call).json(call.bot.id)


@ROUTES.route("PATCH", "/webhooks/{webhook}")
def edit(call: Call) -> Json:
    """Rename a webhook or move it."""
    return _change(call, _own(call))


@ROUTES.route("DELETE", "/webhooks/{webhook}")
def delete(call: Call) -> None:
    """Delete a webhook."""
    hook = _own(call)
    del call.world.webhooks[hook.id]
    _tell(call, call.world.channel(hook.channel_id))


@ROUTES.route("GET", "/webhooks/{webhook}/{token}", token=False)
def get_by_token(call: Call) -> Json:
    """Return a webhook by its token."""
    return _by_token(call).json()


@ROUTES.route("PATCH", "/webhooks/{webhook}/{token}", token=False)
def edit_by_token(call: Call) -> Json:
    """Rename a webhook by its token."""
    return _change(call, _by_token(call))


@ROUTES.route("DELETE", "/webhooks/{webhook}/{token}", token=False)
def delete_by_token(call: Call) -> None:
    """Delete a webhook by its token."""
    del call.world.webhooks[_by_token(call).id]


def _change(call: Call, hook: Webhook) -> Json:
    form = FormErrors()
    name = checks.text(form, ("name",), call.form.get("name"), 1, 80)
    form.check()
    hook.name = name or hook.name
    if call.form.get("channel_id") and call.app is not None:
        hook.channel_id = str(call.form["channel_id"])
    return hook.json()


def place(call: Call, hook: Webhook) -> "Channel":
    """Return where a webhook writes: its channel or one of its threads named by the query."""
    thread_id = call.query.get("thread_id")
    channel = call.world.channel(thread_id or hook.channel_id)
    if thread_id is not None and channel.parent_id != hook.channel_id:
        raise ApiError(10003)
    return channel


def execute(call: Call) -> Json | Reply:
    """Send a message as a webhook; without `wait` nothing is returned."""
    hook = _by_token(call)
    channel = place(call, hook)
    form = FormErrors()
    name = checks.text(form, ("username",), call.form.get("username"), 1, 80)
    form.check()
    author = User(hook.id, name or hook.name, None, bot=True)
    message = draft.create(call.world, channel, author, call.form, call.uploads)
    message.webhook_id, message.application_id = hook.id, hook.application_id
    talk.post(call.world, channel, message)
    return talk.message_json(call.world, message) if call.flag("wait") else Reply(204)


def message_of(call: Call) -> "tuple[Channel, Message]":
    """Return a message that the webhook of the path wrote, with its channel; raises 10008."""
    hook = _by_token(call)
    channel = place(call, hook)
    found = call.world.store(channel.id).get(call.params["message"])
    if found is None or found.webhook_id != hook.id:
        raise ApiError(10008)
    return channel, found
