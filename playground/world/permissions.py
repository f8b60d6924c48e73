"""Permission bits and how roles and overwrites add up."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playground.world.model import Channel, Guild

CREATE_INSTANT_INVITE: Final = 1 << 0
KICK_MEMBERS: Final = 1 << 1
BAN_MEMBERS: Final = 1 << 2
ADMINISTRATOR: Final = 1 << 3
MANAGE_CHANNELS: Final = 1 << 4
MANAGE_GUILD: Final = 1 << 5
ADD_REACTIONS: Final = 1 << 6
VIEW_CHANNEL: Final = 1 << 10
SEND_MESSAGES: Final = 1 << 11
SEND_TTS_MESSAGES: Final = 1 << 12
MANAGE_MESSAGES: Final = 1 << 13
EMBED_LINKS: Final = 1 << 14
ATTACH_FILES: Final = 1 << 15
READ_MESSAGE_HISTORY: Final = 1 << 16
MENTION_EVERYONE: Final = 1 << 17
USE_EXTERNAL_EMOJIS: Final = 1 << 18
CHANGE_NICKNAME: Final = 1 << 26
MANAGE_NICKNAMES: Final = 1 << 27
MANAGE_ROLES: Final = 1 << 28
MANAGE_WEBHOOKS: Final = 1 << 29
USE_APPLICATION_COMMANDS: Final = 1 << 31
MANAGE_EVENTS: Final = 1 << 33
MANAGE_THREADS: Final = 1 << 34
CREATE_PUBLIC_THREADS: Final = 1 << 35
CREATE_PRIVATE_THREADS: Final = 1 << 36
SEND_MESSAGES_IN_THREADS: Final = 1 << 38
MODERATE_MEMBERS: Final = 1 << 40
SEND_VOICE_MESSAGES: Final = 1 << 46
SEND_POLLS: Final = 1 << 49
USE_EXTERNAL_APPS: Final = 1 << 50
PIN_MESSAGES: Final = 1 << 51
BYPASS_SLOWMODE: Final = 1 << 52

ALL: Final = (1 << 53) - 1
EVERYONE: Final = (
    CREATE_INSTANT_INVITE
    | ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_EXTERNAL_EMOJIS
    | CHANGE_NICKNAME
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | SEND_MESSAGES_IN_THREADS
    | SEND_VOICE_MESSAGES
    | SEND_POLLS
    | USE_EXTERNAL_APPS
)
BOT_DEFAULT: Final = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | SEND_MESSAGES_IN_THREADS
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | USE_EXTERNAL_EMOJIS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | MANAGE_THREADS
    | MANAGE_MESSAGES
    | MANAGE_WEBHOOKS
    | PIN_MESSAGES
)
# Without SEND_MESSAGES these mean nothing; Discord takes them away implicitly.
_NEEDS_SEND: Final = MENTION_EVERYONE | SEND_TTS_MESSAGES | ATTACH_FILES | EMBED_LINKS | SEND_POLLS


def in_guild(guild: "Guild", user_id: str) -> int:
    """Return a member's permissions in the guild as a whole; 0 for strangers."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if user_id == guild.owner_id:
        return ALL
    bits = guild.roles[guild.id].permissions
    for role_id in member.roles:
        bits |= guild.roles[role_id].permissions
    return ALL if bits & ADMINISTRATOR else bits


def in_channel(guild: "Guild", channel: "Channel", user_id: str) -> int:
    """Return a member's permissions in a channel or thread (a thread takes its parent's overwrites)."""
    base = in_guild(guild, user_id)
    if base == ALL or not base:
        return base
    place = guild.channels.get(channel.parent_id or "") if channel.is_thread else channel
    if place is None:
        return 0
    bits = _with_overwrites(guild, place, user_id, base)
    if not bits & VIEW_CHANNEL:
        return 0
    speak = SEND_MESSAGES_IN_THREADS if channel.is_thread else SEND_MESSAGES
    if not bits & speak:
        bits &= ~_NEEDS_SEND
    return bits


def _with_overwrites(guild: "Guild", place: "Channel", user_id: str, bits: int) -> int:
    everyone = place.overwrites.get(guild.id)
    if everyone is not None:
        bits = (bits & ~everyone.deny) | everyone.allow
    allow = deny = 0
    for role_id in guild.members[user_id].roles:
        overwrite = place.overwrites.get(role_id)
        if overwrite is not None:
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = (bits & ~deny) | allow
    own = place.overwrites.get(user_id)
    return bits if own is None else (bits & ~own.deny) | own.allow
