"""A bot's application with its commands."""

from dataclasses import dataclass, field
from typing import Any, Final

from playground.world.model import User

Json = dict[str, Any]

PRIVILEGED: Final = {1 << 1: 1 << 15, 1 << 8: 1 << 13, 1 << 15: 1 << 19}  # intent -> "limited" application flag


@dataclass(slots=True)
class Command:
    """A registered application command; `guild_id` is None for a global one."""

    id: str
    application_id: str
    guild_id: str | None
    version: str
    body: Json

    @property
    def name(self) -> str:
        """The default name."""
        return str(self.body["name"])

    @property
    def type(self) -> int:
        """1 chat input, 2 user, 3 message, 4 entry point."""
        return int(self.body["type"])

    def json(self, *, localizations: bool = True) -> Json:
        """Return the command object."""
        shown: Json = {"id": self.id, "application_id": self.application_id, "version": self.version, **self.body}
        if self.guild_id is not None:
            shown["guild_id"] = self.guild_id
        return shown if localizations else _without_localizations(shown)


def _without_localizations(body: Json) -> Json:
    kept = {key: value for key, value in body.items() if not key.endswith("_localizations")}
    if body.get("options"):
        kept["options"] = [_without_localizations(option) for option in body["options"]]
    return kept


@dataclass(slots=True)
class Application:
    """An application, its bot user and its token; commands are keyed by scope (None is global), then by id."""

    id: str
    name: str
    token: str
    user: User
    owner: User
    public_key: str
    intents: int = 0
    max_concurrency: int = 1
    commands: dict[str | None, dict[str, Command]] = field(default_factory=dict)
    command_permissions: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    created_today: dict[str | None, int] = field(default_factory=dict)
    guild_ids: set[str] = field(default_factory=set)
    description: str = ""

    def scope(self, guild_id: str | None) -> dict[str, Command]:
        """Return the commands of one scope, by id."""
        return self.commands.setdefault(guild_id, {})

    def usable_in(self, guild_id: str | None) -> list[Command]:
        """Return what people of a guild can call: its own commands hide global ones of the same name and type."""
        own = list(self.scope(guild_id).values()) if guild_id is not None else []
        taken = {(command.type, command.name) for command in own}
        return own + [c for c in self.scope(None).values() if (c.type, c.name) not in taken]

    def flags(self) -> int:
        """Return the application's public flags, which tell the privileged intents."""
        return sum(flag for intent, flag in PRIVILEGED.items() if self.intents & intent)

    def json(self) -> Json:
        """Return the application object."""
        return {
            "id": self.id,
            "name": self.name,
            "icon": None,
            "description": self.description,
            "summary": "",
            "type": None,
            "is_monetized": False,
            "is_verified": False,
            "is_discoverable": False,
            "bot": self.user.json(),
            "bot_public": True,
            "bot_require_code_grant": False,
            "integration_types_config": {"0": {"oauth2_install_params": {"scopes": [], "permissions": "0"}}},
            "verify_key": self.public_key,
            "owner": self.owner.json(),
            "team": None,
            "flags": self.flags(),
            "flags_new": str(self.flags()),
            "eligible_oauth2_scopes": ["bot", "applications.commands"],
            "hook": True,
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "event_webhooks_url": None,
            "event_webhooks_status": 1,
            "approximate_guild_count": len(self.guild_ids),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "rpc_origins": [],
            "tags": [],
        }
