"""A webhook of a channel."""

from dataclasses import dataclass
from typing import Any

from playground.world.model import User

Json = dict[str, Any]


@dataclass(slots=True)
class Webhook:
    """An incoming webhook, made by a bot."""

    id: str
    token: str
    channel_id: str
    name: str
    user: User
    application_id: str
    guild_id: str | None = None

    def json(self, reader: str | None = None) -> Json:
        """Return the webhook object; its token only to the application that made it (None: to whoever has it)."""
        shown: Json = {
            "id": self.id,
            "type": 1,
            "guild_id": self.guild_id,
            "channel_id": self.channel_id,
            "name": self.name,
            "avatar": None,
            "application_id": self.application_id,
            "user": self.user.json(),
        }
        if reader in {None, self.application_id}:
            shown["token"] = self.token
        return shown
