"""A world as rows, and rows as a world again."""

import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from playground.snowflake import created_ms
from playground.world.application import Application, Command
from playground.world.changes import Changes
from playground.world.disk import Batch, Disk, UnreadableError, set_aside
from playground.world.message import LOADING, Attachment, Message
from playground.world.model import Channel, Guild, User
from playground.world.webhook import Webhook
from playground.world.world import NONCE_LIFETIME_S, World

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
Key = tuple[str, str]

_ENCODER = msgspec.json.Encoder()
_MESSAGE = msgspec.json.Decoder(Message)


class Own(msgspec.Struct, frozen=True):
    """What belongs to the world as a whole; `secret` signs the CDN's addresses."""

    last_snowflake: int
    secret: bytes


class Aside(msgspec.Struct, frozen=True):
    """A file that could not be read: why (`damaged`, `newer`), and where it was put."""

    code: str
    detail: str
    path: Path


def open_world(folder: Path, keep_messages: int) -> tuple[World, Disk, Aside | None]:
    """Return the world that the folder remembers, or an empty one. Raises DiskError.

    A file that cannot be read is renamed, and the world begins anew.
    """
    try:
        world, disk = _open(folder, keep_messages)
    except UnreadableError as error:
        aside = Aside(error.code, error.detail, set_aside(folder))
        world, disk = _open(folder, keep_messages)
        return world, disk, aside
    return world, disk, None


def _open(folder: Path, keep_messages: int) -> tuple[World, Disk]:
    disk = Disk(folder, keep_messages)
    world = World(keep_messages=keep_messages)
    try:
        _restore(world, disk)
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
        disk.close()
        raise UnreadableError("damaged", str(error)) from None
    except BaseException:
        disk.close()
        raise
    return world, disk


def things(world: World) -> dict[Key, bytes]:
    """Return everything but messages and files, by kind and id."""
    guilds = (replace(guild, channels={}, threads={}) for guild in world.guilds.values())
    bare: Mapping[str, object] = {"commands": {}, "command_permissions": {}, "created_today": {}}
    apps = (replace(app, **bare) for app in world.applications.values())  # type: ignore[arg-type]
    commands = (c for app in world.applications.values() for scope in app.commands.values() for c in scope.values())
    groups = (
        ("user", world.users.values()),
        ("application", apps),
        ("command", commands),
        ("guild", guilds),
        ("channel", world.channels.values()),
        ("webhook", world.webhooks.values()),
    )
    encode = _ENCODER.encode
    rows = {(kind, thing.id): encode(thing) for kind, group in groups for thing in group}
    rows["own", ""] = encode(Own(world.snowflakes.last, world.files.secret))
    return rows


def fill(batch: Batch, world: World, changes: Changes) -> None:
    """Put changed messages and files into a batch; what only one person sees, or nobody yet, is left out."""
    for channel_id, message_id in changes.messages:
        store = world.messages.get(channel_id)
        message = store.get(message_id) if store else None
        if message is None:
            batch.gone_messages.append((int(channel_id), int(message_id)))
        elif not message.ephemeral and not message.flags & LOADING:
            batch.messages.append((int(channel_id), int(message_id), _ENCODER.encode(message)))
    for file_id in changes.files:
        found = world.files.get(file_id)
        if found is None:
            batch.gone_files.append((file_id,))
        elif not found[0].ephemeral:
            batch.files.append((file_id, _ENCODER.encode(found[0]), found[1]))


def _restore(world: World, disk: Disk) -> None:
    rows: dict[str, list[bytes]] = defaultdict(list)
    for kind, _, body in disk.things():
        rows[kind].append(body)
    for own in _read(rows["own"], Own):
        world.snowflakes.last, world.files.secret = own.last_snowflake, own.secret
    world.users.update((user.id, user) for user in _read(rows["user"], User))
    for app in _read(rows["application"], Application):
        app.user, app.owner = world.users[app.user.id], world.users.get(app.owner.id, app.owner)
        world.applications[app.id] = world.by_token[app.token] = world.by_bot[app.user.id] = app
    for command in _read(rows["command"], Command):
        world.applications[command.application_id].scope(command.guild_id)[command.id] = command
    for guild in _read(rows["guild"], Guild):
        for member in guild.members.values():
            member.user = world.users[member.user.id]
        world.guilds[guild.id] = guild
    _places(world, rows["channel"])
    world.webhooks.update((hook.id, hook) for hook in _read(rows["webhook"], Webhook))
    shown = _messages(world, disk)
    for file_id, body, data in disk.files():
        world.files.put(msgspec.json.decode(body, type=Attachment), data)
        world.snowflakes.last = max(world.snowflakes.last, int(file_id))
    world.keep_changes()
    world.files.remove_others(shown)


def _places(world: World, bodies: list[bytes]) -> None:
    for channel in _read(bodies, Channel):
        world.channels[channel.id] = channel
        if channel.guild_id is None:
            channel.recipients = [world.users.get(user.id, user) for user in channel.recipients]
            continue
        guild = world.guilds[channel.guild_id]
        (guild.threads if channel.is_thread else guild.channels)[channel.id] = channel


def _messages(world: World, disk: Disk) -> set[str]:
    """Put the messages into the world and return the ids of the files that they show."""
    shown: set[str] = set()
    now, clock = time.time(), time.monotonic()
    for channel_id, message_id, body in disk.messages():
        message = _MESSAGE.decode(body)
        if message.webhook_id is None:
            message.author = world.users.get(message.author.id, message.author)
        world.store(str(channel_id)).add(message)
        shown.update(attachment.id for attachment in message.attachments)
        world.snowflakes.last = max(world.snowflakes.last, message_id)
        age = now - created_ms(message.id) / 1000
        if message.nonce is not None and age < NONCE_LIFETIME_S:
            world.nonces[message.author.id, str(message.nonce)] = (clock - age, message)
    return shown


def _read(bodies: list[bytes], kind: type[T]) -> list[T]:
    decoder = msgspec.json.Decoder(kind)
    return [decoder.decode(body) for body in bodies]
