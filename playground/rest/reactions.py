"""Reactions to messages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from playground.rest.call import Call
from playground.rest.messages import ONE, message_of
from playground.rest.routes import RouteTable
from playground.world import events, permissions, talk
from playground.world.events import Event

if TYPE_CHECKING:
    from playground.world.message import Message
    from playground.world.model import Channel

Json = dict[str, Any]

ROUTES = RouteTable()
REACTIONS: Final = ONE + "/reactions/{emoji}"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's reaction; `emoji` is the character or `name:id`."""

    channel: "Channel"
    message: "Message"
    emoji: str
    user_id: str


@ROUTES.route("PUT", REACTIONS + "/@me", limit=(1, 0.25))
def react(call: Call) -> None:
    """Add the bot's reaction."""
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    message = message_of(call, channel)
    emoji = unquote(call.params["emoji"])[:64]
    if not message.reactions.get(emoji):
        call.require(channel, permissions.ADD_REACTIONS)
    users = message.reactions.setdefault(emoji, [])
    if call.bot.user.id not in users:
        users.append(call.bot.user.id)
        _tell(call, "MESSAGE_REACTION_ADD", Reaction(channel, message, emoji, call.bot.user.id))


@ROUTES.route("DELETE", REACTIONS + "/{user}", limit=(1, 0.25))
def unreact(call: Call) -> None:
    """Take a reaction away; others' with MANAGE_MESSAGES."""
    own = call.params["user"] == "@me"
    user_id = call.bot.user.id if own else call.params["user"]
    channel = call.channel(0 if own else permissions.MANAGE_MESSAGES)
    message = message_of(call, channel)
    emoji = unquote(call.params["emoji"])[:64]
    if user_id in message.reactions.get(emoji, []):
        message.reactions[emoji].remove(user_id)
        _tell(call, "MESSAGE_REACTION_REMOVE", Reaction(channel, message, emoji, user_id))


@ROUTES.route("GET", REACTIONS)
def reactors(call: Call) -> list[Json]:
    """Return who reacted with an emoji."""
    message = message_of(call, call.channel())
    users = message.reactions.get(unquote(call.params["emoji"]), [])
    return [call.world.user(user_id).json() for user_id in users]


@ROUTES.route("DELETE", ONE + "/reactions")
def clear_reactions(call: Call) -> None:
    """Take every reaction away."""
    channel = call.channel(permissions.MANAGE_MESSAGES)
    message_of(call, channel).reactions.clear()
    talk.edited(call.world, channel, message_of(call, channel), stamp=False)


@ROUTES.route("DELETE", REACTIONS)
def clear_emoji(call: Call) -> None:
    """Take every reaction of an emoji away."""
    channel = call.channel(permissions.MANAGE_MESSAGES)
    message = message_of(call, channel)
    message.reactions.pop(unquote(call.params["emoji"]), None)
    talk.edited(call.world, channel, message, stamp=False)


def _tell(call: Call, name: str, reaction: Reaction) -> None:
    text, _, emoji_id = reaction.emoji.partition(":")
    data: Json = {
        "user_id": reaction.user_id,
        "channel_id": reaction.channel.id,
        "message_id": reaction.message.id,
        "emoji": {"id": emoji_id or None, "name": text},
        "burst": False,
        "type": 0,
    }
    channel = reaction.channel
    if channel.guild_id:
        data["guild_id"] = channel.guild_id
    intents = events.GUILD_MESSAGE_REACTIONS if channel.guild_id else events.DIRECT_MESSAGE_REACTIONS
    call.world.bus.publish(Event(name, data, channel.guild_id, intents, channel, to_people=False))
    talk.shown_again(call.world, channel, reaction.message)
