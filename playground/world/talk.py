"""Messages: how they are shown, and what posting, editing and deleting tells whom."""

import re
from typing import Any, Final

from playground.snowflake import now_iso
from playground.world import events
from playground.world.events import Event
from playground.world.message import EPHEMERAL, Message
from playground.world.model import Channel, Guild
from playground.world.world import World

Json = dict[str, Any]

MEDIA_KEYS: Final = ("media", "file")
EMBED_MEDIA: Final = ("image", "thumbnail", "video")
_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")


def message_json(world: World, message: Message, *, reference: bool = True) -> Json:
    """Return the message object as REST and the person API show it."""
    author = message.author.json()
    if message.username is not None:
        author["username"] = message.username
    shown: Json = {
        "id": message.id,
        "channel_id": message.channel_id,
        "type": message.type,
        "author": author,
        "content": message.content,
        "timestamp": message.timestamp,
        "edited_timestamp": message.edited_timestamp,
        "tts": message.tts,
        "pinned": message.pinned,
        "mention_everyone": message.mention_everyone,
        "mentions": [world.users[u].json() for u in message.mentions if u in world.users],
        "mention_roles": message.mention_roles,
        "attachments": [a.json(world.files.url(a)) for a in message.attachments],
        "embeds": message.embeds,
        "components": message.components,
        "flags": message.flags,
    }
    if message.attachments:
        _resolve_media(shown)
    for name in ("nonce", "application_id", "webhook_id", "interaction_metadata", "interaction", "poll"):
        value = getattr(message, name)
        if value is not None:
            shown[name] = value
    if message.reactions:
        shown["reactions"] = [_reaction(emoji, users) for emoji, users in message.reactions.items() if users]
    if message.reference is not None:
        shown["message_reference"] = message.reference
        original = world.store(message.channel_id).get(str(message.reference.get("message_id")))
        if reference:
            shown["referenced_message"] = original and message_json(world, original, reference=False)
    return shown


def _reaction(emoji: str, users: list[str]) -> Json:
    name, _, emoji_id = emoji.partition(":")
    return {
        "emoji": {"id": emoji_id or None, "name": name},
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "me": False,
        "me_burst": False,
        "burst_colors": [],
    }


def _resolve_media(shown: Json) -> None:
    """Replace `attachment://name` in components and embeds by what the CDN serves, and hide files shown so."""
    files = {attachment["filename"]: attachment for attachment in shown["attachments"]}
    used: set[str] = set()
    shown["components"] = [_with_media(component, files, used) for component in shown["components"]]
    shown["embeds"] = [_embed_with_media(embed, files, used) for embed in shown["embeds"]]
    if used:
        shown["attachments"] = [a for a in shown["attachments"] if a["filename"] not in used]


def _media(item: Json, files: dict[str, Json], used: set[str]) -> Json:
    url = str(item.get("url", ""))
    found = files.get(url.removeprefix("attachment://")) if url.startswith("attachment://") else None
    if found is None:
        return item
    used.add(found["filename"])
    kept: Json = {key: found[key] for key in ("url", "proxy_url", "width", "height", "content_type") if key in found}
    return {**item, **kept, "id": found["id"], "attachment_id": found["id"]}


def _with_media(component: Json, files: dict[str, Json], used: set[str]) -> Json:
    shown = dict(component)
    for key in MEDIA_KEYS:
        if isinstance(shown.get(key), dict):
            shown[key] = _media(shown[key], files, used)
    if shown.get("type") == 13 and "attachment_id" in shown.get("file", {}):
        shown |= {"name": str(component["file"]["url"]).removeprefix("attachment://")}
        shown["size"] = files[shown["name"]]["size"]
    if isinstance(shown.get("items"), list):
        shown["items"] = [_with_media(item, files, used) for item in shown["items"]]
    if isinstance(shown.get("components"), list):
        shown["components"] = [_with_media(child, files, used) for child in shown["components"]]
    if isinstance(shown.get("accessory"), dict):
        shown["accessory"] = _with_media(shown["accessory"], files, used)
    return shown


def _embed_with_media(embed: Json, files: dict[str, Json], used: set[str]) -> Json:
    return {
        key: _media(value, files, used) if key in EMBED_MEDIA and isinstance(value, dict) else value
        for key, value in embed.items()
    }


def _displayed(components: list[Json]) -> list[str]:
    """Return the text displays of version 2, which ping like content."""
    found = [str(component.get("content", "")) for component in components if component.get("type") == 10]
    for component in components:
        found += _displayed(component.get("components") or [])
    return found


def set_mentions(world: World, message: Message, allowed: Json | None) -> None:
    """Fill in whom the text pings, as `allowed_mentions` permits (None: everything the text names)."""
    text = "\n".join([message.content, *_displayed(message.components)])
    users = list(dict.fromkeys(_USER.findall(text)))
    roles = list(dict.fromkeys(_ROLE.findall(text)))
    everyone = "@everyone" in text or "@here" in text
    if allowed is not None:
        kinds = allowed.get("parse") or []
        users = users if "users" in kinds else [u for u in users if u in (allowed.get("users") or [])]
        roles = roles if "roles" in kinds else [r for r in roles if r in (allowed.get("roles") or [])]
        everyone = everyone and "everyone" in kinds
    message.mentions = [u for u in users if u in world.users]
    message.mention_roles = roles
    message.mention_everyone = everyone


def post(world: World, channel: Channel, message: Message, *, silent: bool = False) -> Message:
    """Put a message at the end of its channel and tell those who may read it."""
    world.store(channel.id).add(message)
    if not message.ephemeral:
        channel.last_message_id = message.id
        channel.message_count += 1
        if channel.archived:
            channel.archived = False
            world.publish_channel("THREAD_UPDATE", channel)
    if not silent:
        _publish(world, "MESSAGE_CREATE", channel, message)
    return message


def edited(world: World, channel: Channel, message: Message, *, stamp: bool = True) -> None:
    """Tell a changed message; `stamp` marks it as edited."""
    if stamp:
        message.edited_timestamp = now_iso()
    world.store(channel.id).touch(message.id)
    _publish(world, "MESSAGE_UPDATE", channel, message)


def shown_again(world: World, channel: Channel, message: Message) -> None:
    """Tell only the people that a message looks different; bots have their own event for it."""
    world.store(channel.id).touch(message.id)
    data = message_json(world, message)
    world.bus.publish(Event("MESSAGE_UPDATE", data, channel.guild_id, channel=channel, to_bots=False))


def delete(world: World, channel: Channel, message: Message) -> None:
    """Take a message away and tell it."""
    world.store(channel.id).remove(message.id)
    data = {"id": message.id, "channel_id": channel.id}
    if channel.guild_id is not None:
        data["guild_id"] = channel.guild_id
    world.bus.publish(_event("MESSAGE_DELETE", data, channel, message))


def _publish(world: World, name: str, channel: Channel, message: Message) -> None:
    data = message_json(world, message)
    if channel.guild_id is not None:
        data["guild_id"] = channel.guild_id
        member = world.guilds[channel.guild_id].members.get(message.author.id)
        if member is not None and message.webhook_id is None:
            data["member"] = member.json(user=False)
    world.bus.publish(_event(name, data, channel, message))


def _event(name: str, data: Json, channel: Channel, message: Message) -> Event:
    intents = events.GUILD_MESSAGES if channel.guild_id else events.DIRECT_MESSAGES
    private = bool(message.flags & EPHEMERAL)
    person = message.audience if private else None
    return Event(name, data, channel.guild_id, intents, channel, person_id=person, message=message)


def visible_to(message: Message, user_id: str) -> bool:
    """Tell whether someone who sees the channel sees this message."""
    return not message.ephemeral or message.audience == user_id


def nickname_lookup(guild: Guild, user_id: str) -> str | None:
    """Return the name a member goes by in a guild."""
    member = guild.members.get(user_id)
    return None if member is None else member.nick or member.user.global_name
