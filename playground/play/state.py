"""What a person sees: guilds, members, channels, threads, bots."""

from typing import TYPE_CHECKING, Any

from playground.world import permissions

if TYPE_CHECKING:
    from playground.world.model import Channel, Guild
    from playground.world.world import World

Json = dict[str, Any]


def state_json(world: "World", person_id: str | None) -> Json:
    """Return the state as a person sees it; without one, as an outsider who may choose whom to be."""
    shown: Json = {
        "people": [user.play_json() for user in world.users.values() if not user.bot],
        "guilds": [
            guild_json(world, guild, person_id)
            for guild in world.guilds.values()
            if person_id is None or person_id in guild.members
        ],
        "bots": [{"application_id": app.id, "user": app.user.play_json()} for app in world.applications.values()],
    }
    if person_id is not None:
        shown["person"] = world.user(person_id).play_json()
    return shown


def guild_json(world: "World", guild: "Guild", person_id: str | None) -> Json:
    """Return a guild with the channels that a person may view."""
    everything = [*guild.channels.values(), *guild.threads.values()]
    seen = everything if person_id is None else world.visible(guild, person_id)
    return {
        "id": guild.id,
        "name": guild.name,
        "locale": guild.locale,
        "owner_id": guild.owner_id,
        "roles": [role.json() for role in guild.roles.values()],
        "members": [
            {"user": member.user.play_json(), "roles": member.roles, "nick": member.nick}
            for member in guild.members.values()
        ],
        "channels": [_channel_json(world, c, person_id) for c in seen if not c.is_thread],
        "threads": [_channel_json(world, c, person_id) for c in seen if c.is_thread],
    }


def _channel_json(world: "World", channel: "Channel", person_id: str | None) -> Json:
    if person_id is None:
        return channel.json()
    bits = world.bits(channel, person_id)
    return channel.json() | {"permissions": str(bits), "writable": bool(bits & _speak(channel))}


def _speak(channel: "Channel") -> int:
    return permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else permissions.SEND_MESSAGES
