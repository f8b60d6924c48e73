"""The things of the world, each with the JSON that Discord shows of it. Ids are strings."""

from dataclasses import dataclass, field
from typing import Any

from playground.snowflake import now_iso

Json = dict[str, Any]

TEXT, DM, VOICE, CATEGORY, ANNOUNCEMENT = 0, 1, 2, 4, 5
ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, FORUM, MEDIA = 10, 11, 12, 15, 16
THREADS = frozenset({ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD})
WRITABLE = frozenset({TEXT, DM, VOICE, ANNOUNCEMENT}) | THREADS


@dataclass(slots=True)
class User:
    """A person or a bot's account."""

    id: str
    username: str
    global_name: str | None = None
    bot: bool = False
    locale: str = "en-US"
    accent: str = "#8B6CEF"

    def json(self) -> Json:
        """Return the user object as bots see it."""
        shown: Json = {
            "id": self.id,
            "username": self.username,
            "discriminator": "0001" if self.bot else "0",
            "global_name": self.global_name,
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            "banner": None,
            "accent_color": None,
            "avatar_decoration_data": None,
            "collectibles": None,
            "clan": None,
            "primary_guild": None,
        }
        if self.bot:
            shown["bot"] = True
        return shown

    def play_json(self) -> Json:
        """Return the user object with what only the person API tells."""
        return self.json() | {"bot": self.bot, "locale": self.locale, "accent": self.accent}


@dataclass(slots=True)
class Role:
    """A role; the one whose id is the guild's is @everyone."""

    id: str
    name: str
    permissions: int = 0
    position: int = 1
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed_by: str | None = None

    def json(self) -> Json:
        """Return the role object."""
        shown: Json = {
            "id": self.id,
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": self.color,
            "colors": {"primary_color": self.color, "secondary_color": None, "tertiary_color": None},
            "hoist": self.hoist,
            "icon": None,
            "unicode_emoji": None,
            "managed": self.managed_by is not None,
            "mentionable": self.mentionable,
            "flags": 0,
        }
        if self.managed_by is not None:
            shown["tags"] = {"bot_id": self.managed_by}
        return shown


@dataclass(slots=True)
class Member:
    """A user in a guild."""

    user: User
    roles: list[str] = field(default_factory=list)
    nick: str | None = None
    joined_at: str = field(default_factory=now_iso)

    def json(self, *, user: bool = True) -> Json:
        """Return the member object; without its user where Discord leaves it out."""
        shown: Json = {
            "avatar": None,
            "banner": None,
            "communication_disabled_until": None,
            "flags": 0,
            "joined_at": self.joined_at,
            "nick": self.nick,
            "pending": False,
            "premium_since": None,
            "roles": list(self.roles),
            "deaf": False,
            "mute": False,
        }
        if user:
            shown["user"] = self.user.json()
        return shown


@dataclass(slots=True)
class Overwrite:
    """A permission overwrite; type 0 for a role, 1 for a member."""

    id: str
    type: int
    allow: int = 0
    deny: int = 0

    def json(self) -> Json:
        """Return the overwrite object."""
        return {"id": self.id, "type": self.type, "allow": str(self.allow), "deny": str(self.deny)}


@dataclass(slots=True)
class Channel:
    """A channel, a category, a thread or a direct conversation."""

    id: str
    type: int
    name: str | None = None
    guild_id: str | None = None
    parent_id: str | None = None
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    rate_limit_per_user: int = 0
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    last_message_id: str | None = None
    recipients: list[User] = field(default_factory=list)
    owner_id: str | None = None
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive_duration: int = 1440
    archive_timestamp: str = field(default_factory=now_iso)
    thread_members: dict[str, str] = field(default_factory=dict)
    message_count: int = 0
    tags: list[Json] = field(default_factory=list)
    applied_tags: list[str] = field(default_factory=list)

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.type in THREADS

    def json(self) -> Json:
        """Return the channel object."""
        shown: Json = {
            "id": self.id,
            "type": self.type,
            "last_message_id": self.last_message_id,
            "flags": 0,
        }
        if self.type == DM:
            return shown | {"recipients": [user.json() for user in self.recipients]}
        shown |= {"guild_id": self.guild_id, "name": self.name, "parent_id": self.parent_id}
        shown["rate_limit_per_user"] = self.rate_limit_per_user
        return shown | (self._thread_json() if self.is_thread else self._place_json())

    def _place_json(self) -> Json:
        shown: Json = {
            "position": self.position,
            "topic": self.topic,
            "nsfw": self.nsfw,
            "permission_overwrites": [overwrite.json() for overwrite in self.overwrites.values()],
        }
        if self.type == VOICE:
            shown |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        if self.type in {FORUM, MEDIA}:
            shown |= {
                "available_tags": self.tags,
                "default_reaction_emoji": None,
                "default_sort_order": None,
                "default_forum_layout": 0,
            }
        return shown

    def _thread_json(self) -> Json:
        return {
            "owner_id": self.owner_id,
            "thread_metadata": {
                "archived": self.archived,
                "archive_timestamp": self.archive_timestamp,
                "auto_archive_duration": self.auto_archive_duration,
                "locked": self.locked,
                "invitable": self.invitable,
                "create_timestamp": self.archive_timestamp,
            },
            "message_count": self.message_count,
            "total_message_sent": self.message_count,
            "member_count": min(50, len(self.thread_members)),
            "applied_tags": self.applied_tags,
        }

    def thread_member_json(self, user_id: str) -> Json:
        """Return the thread member object of someone who has joined."""
        return {
            "id": self.id,
            "user_id": user_id,
            "join_timestamp": self.thread_members[user_id],
            "flags": 1,
        }


@dataclass(slots=True)
class Guild:
    """A guild with everything in it but messages."""

    id: str
    name: str
    owner_id: str
    locale: str = "en-US"
    joined_at: str = field(default_factory=now_iso)
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    threads: dict[str, Channel] = field(default_factory=dict)

    def json(self) -> Json:
        """Return the guild object of REST."""
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner_id,
            "preferred_locale": self.locale,
            "roles": [role.json() for role in self.roles.values()],
            **_GUILD_CONSTANTS,
        }

    def create_json(self, user_id: str, visible: list[Channel]) -> Json:
        """Return the body of GUILD_CREATE for a bot that sees `visible` channels and threads."""
        return self.json() | {
            "joined_at": self.members[user_id].joined_at,
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [self.members[user_id].json()],
            "channels": [channel.json() for channel in visible if not channel.is_thread],
            "threads": [channel.json() for channel in visible if channel.is_thread and not channel.archived],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


_GUILD_CONSTANTS: Json = {
    "icon": None,
    "description": None,
    "splash": None,
    "discovery_splash": None,
    "home_header": None,
    "banner": None,
    "features": [],
    "emojis": [],
    "stickers": [],
    "afk_channel_id": None,
    "afk_timeout": 300,
    "region": "deprecated",
    "system_channel_id": None,
    "system_channel_flags": 0,
    "rules_channel_id": None,
    "public_updates_channel_id": None,
    "safety_alerts_channel_id": None,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "mfa_level": 0,
    "nsfw": False,
    "nsfw_level": 0,
    "application_id": None,
    "max_presences": None,
    "max_members": 500000,
    "max_video_channel_users": 25,
    "max_stage_video_channel_users": 50,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "premium_progress_bar_enabled": False,
    "incidents_data": None,
}
