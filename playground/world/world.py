"""The whole state, indexed by id, and the changes that people, bots and the control API make to it."""

import base64
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from playground.errors import ApiError
from playground.snowflake import Snowflakes
from playground.world import events, permissions
from playground.world.application import Application
from playground.world.changes import Changes
from playground.world.events import Bus, Event
from playground.world.files import FileStore
from playground.world.message import Message, MessageStore
from playground.world.model import CATEGORY, DM, Channel, Guild, Member, Role, User
from playground.world.webhook import Webhook

Json = dict[str, Any]

NONCE_LIFETIME_S = 300.0
ACCENTS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#0072B2")


@dataclass
class World:
    """Everything there is; ids are strings and unique over all kinds."""

    keep_messages: int = 20_000
    bus: Bus = field(default_factory=Bus)
    snowflakes: Snowflakes = field(default_factory=Snowflakes)
    files: FileStore = field(default_factory=FileStore)
    users: dict[str, User] = field(default_factory=dict)
    guilds: dict[str, Guild] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[str, MessageStore] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    by_token: dict[str, Application] = field(default_factory=dict)
    by_bot: dict[str, Application] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    changes: Changes | None = None
    nonces: "OrderedDict[tuple[str, str], tuple[float, Message]]" = field(default_factory=OrderedDict)

    def keep_changes(self) -> Changes:
        """Begin to note which messages and files change, and return where."""
        if self.changes is None:
            self.changes = self.files.changes = Changes()
            for store in self.messages.values():
                store.changes = self.changes
        return self.changes

    def guild(self, guild_id: str) -> Guild:
        """Return a guild or raise 10004."""
        found = self.guilds.get(guild_id)
        if found is None:
            raise ApiError(10004)
        return found

    def channel(self, channel_id: str) -> Channel:
        """Return a channel, thread or conversation or raise 10003."""
        found = self.channels.get(channel_id)
        if found is None:
            raise ApiError(10003)
        return found

    def user(self, user_id: str) -> User:
        """Return a user or raise 10013."""
        found = self.users.get(user_id)
        if found is None:
            raise ApiError(10013)
        return found

    def store(self, channel_id: str) -> MessageStore:
        """Return the messages of a channel."""
        found = self.messages.get(channel_id)
        if found is None:
            found = self.messages[channel_id] = MessageStore(channel_id, self.keep_messages, self.changes)
        return found

    def bits(self, channel: Channel, user_id: str) -> int:
        """Return someone's permissions in a channel; in a conversation its recipients may do everything usual."""
        if channel.guild_id is None:
            return permissions.EVERYONE if any(u.id == user_id for u in channel.recipients) else 0
        bits = permissions.in_channel(self.guilds[channel.guild_id], channel, user_id)
        private = channel.type == 12 and user_id not in channel.thread_members
        return 0 if private and not bits & permissions.MANAGE_THREADS else bits

    def sees(self, channel: Channel, user_id: str) -> bool:
        """Tell whether someone may view a channel."""
        return bool(self.bits(channel, user_id) & permissions.VIEW_CHANNEL)

    def visible(self, guild: Guild, user_id: str) -> list[Channel]:
        """Return the channels and threads of a guild that someone may view."""
        places = [*guild.channels.values(), *guild.threads.values()]
        return [channel for channel in places if self.sees(channel, user_id)]

    def add_person(self, name: str, locale: str = "en-US", *, user_id: str | None = None) -> User:
        """Make a person; the username is the name in lower case."""
        username = "".join(c for c in name.lower() if c.isalnum() or c in "._")[:32] or "person"
        accent = ACCENTS[sum(not user.bot for user in self.users.values()) % len(ACCENTS)]
        user = User(user_id or self.snowflakes.next(), username, name, locale=locale, accent=accent)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, locale: str = "en-US") -> Guild:
        """Make a guild with its @everyone role and its owner in it."""
        guild = Guild(self.snowflakes.next(), name, owner.id, locale)
        guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.EVERYONE, position=0)
        guild.members[owner.id] = Member(owner)
        self.guilds[guild.id] = guild
        self.bus.publish(Event("GUILD_CREATE", guild.json(), guild.id, events.GUILDS))
        return guild

    def add_channel(self, guild: Guild, channel: Channel) -> Channel:
        """Put a new channel into a guild and tell who sees it."""
        channel.guild_id = guild.id
        channel.position = channel.position or len(guild.channels)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self.publish_channel("CHANNEL_CREATE", channel)
        return channel

    def add_thread(self, guild: Guild, thread: Channel) -> Channel:
        """Put a new thread into a guild and tell who sees it."""
        thread.guild_id = guild.id
        guild.threads[thread.id] = self.channels[thread.id] = thread
        self.publish_channel("THREAD_CREATE", thread, newly_created=True)
        return thread

    def publish_channel(self, name: str, channel: Channel, **extra: object) -> None:
        """Tell a change of a channel or thread to those who see it."""
        data = channel.json() | extra
        self.bus.publish(Event(name, data, channel.guild_id, events.GUILDS, channel))

    def remove_channel(self, channel: Channel) -> None:
        """Take a channel with its threads and messages away."""
        guild = self.guilds[channel.guild_id or ""]
        for thread in [t for t in guild.threads.values() if t.parent_id == channel.id]:
            self.remove_channel(thread)
        self.publish_channel("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)
        if channel.type == CATEGORY:
            for child in guild.channels.values():
                if child.parent_id == channel.id:
                    child.parent_id = None
        (guild.threads if channel.is_thread else guild.channels).pop(channel.id, None)
        self.channels.pop(channel.id, None)
        self.messages.pop(channel.id, None)

    def conversation(self, user: User, other: User) -> Channel:
        """Return the direct conversation of two users, made when there is none."""
        pair = {user.id, other.id}
        for channel in self.channels.values():
            if channel.type == DM and {u.id for u in channel.recipients} == pair:
                return channel
        made = Channel(self.snowflakes.next(), DM, recipients=[other, user])
        self.channels[made.id] = made
        return made

    def add_bot(
        self, name: str, owner: User, *, token: str | None = None, intents: int = 0, max_concurrency: int = 1
    ) -> Application:
        """Make an application with its bot user; its id is taken from a given token that carries one."""
        app_id = _id_of_token(token) or self.snowflakes.next()
        user = User(app_id, name, None, bot=True, accent="#8B6CEF")
        token = token or _new_token(app_id)
        made = Application(
            app_id, name, token, user, owner, secrets.token_hex(32), intents, max_concurrency=max_concurrency
        )
        self.users[user.id] = user
        self.applications[app_id] = self.by_token[token] = self.by_bot[user.id] = made
        return made

    def install(self, app: Application, guild: Guild, bits: int = permissions.BOT_DEFAULT) -> Member:
        """Bring a bot into a guild with a managed role of the given permissions."""
        role = Role(self.snowflakes.next(), app.name, bits, position=len(guild.roles), managed_by=app.user.id)
        guild.roles[role.id] = role
        member = guild.members[app.user.id] = Member(app.user, [role.id])
        app.guild_ids.add(guild.id)
        seen = guild.create_json(app.user.id, self.visible(guild, app.user.id))
        self.bus.publish(Event("GUILD_CREATE", seen, guild.id, events.GUILDS, application_id=app.id, to_people=False))
        self.publish_member("GUILD_MEMBER_ADD", guild, member)
        return member

    def add_member(self, guild: Guild, user: User, roles: list[str]) -> Member:
        """Bring a person into a guild."""
        member = guild.members[user.id] = Member(user, roles)
        self.publish_member("GUILD_MEMBER_ADD", guild, member)
        return member

    def remove_member(self, guild: Guild, user: User) -> None:
        """Take someone out of a guild; a bot is told GUILD_DELETE."""
        if guild.members.pop(user.id, None) is None:
            return
        app = self.by_bot.get(user.id)
        if app is not None:
            gone = {"id": guild.id}
            self.bus.publish(
                Event("GUILD_DELETE", gone, guild.id, events.GUILDS, application_id=app.id, to_people=False)
            )
            app.guild_ids.discard(guild.id)
        data = {"guild_id": guild.id, "user": user.json()}
        self.bus.publish(Event("GUILD_MEMBER_REMOVE", data, guild.id, events.GUILD_MEMBERS))

    def publish_member(self, name: str, guild: Guild, member: Member) -> None:
        """Tell a change of a member."""
        data = member.json() | {"guild_id": guild.id}
        self.bus.publish(Event(name, data, guild.id, events.GUILD_MEMBERS))

    def publish_role(self, name: str, guild: Guild, role: Role) -> None:
        """Tell a new or changed role."""
        data = {"guild_id": guild.id, "role": role.json()}
        self.bus.publish(Event(name, data, guild.id, events.GUILDS))

    def remove_role(self, guild: Guild, role_id: str) -> None:
        """Delete a role and take it from its members; raises 10011."""
        if role_id == guild.id or guild.roles.pop(role_id, None) is None:
            raise ApiError(10011)
        for member in guild.members.values():
            member.roles = [role for role in member.roles if role != role_id]
        self.bus.publish(
            Event("GUILD_ROLE_DELETE", {"guild_id": guild.id, "role_id": role_id}, guild.id, events.GUILDS)
        )

    def remove_guild(self, guild: Guild) -> None:
        """Delete a guild with all that is in it."""
        self.bus.publish(Event("GUILD_DELETE", {"id": guild.id}, guild.id, events.GUILDS))
        for channel in [*guild.threads.values(), *guild.channels.values()]:
            self.channels.pop(channel.id, None)
            self.messages.pop(channel.id, None)
        for app in self.applications.values():
            app.guild_ids.discard(guild.id)
        self.guilds.pop(guild.id, None)

    def remove_bot(self, app: Application) -> None:
        """Delete an application; its token is worth nothing from now on."""
        for index, key in ((self.applications, app.id), (self.by_token, app.token), (self.by_bot, app.user.id)):
            index.pop(key, None)


def _new_token(app_id: str) -> str:
    head = base64.urlsafe_b64encode(app_id.encode()).decode().rstrip("=")
    return f"{head}.{secrets.token_urlsafe(4)[:6]}.{secrets.token_urlsafe(28)[:38]}"


def _id_of_token(token: str | None) -> str | None:
    if not token:
        return None
    head = token.split(".")[0]
    try:
        text = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode()
    except ValueError:
        return None
    return text if text.isascii() and text.isdigit() and 15 <= len(text) <= 20 else None
