"""What a server has set for all its tables: the language that new ones begin in, and the highest content rating."""

from dataclasses import dataclass
from typing import Final, Literal, cast

import asyncpg

Rating = Literal["everyone", "teen", "adult"]
Language = Literal["pt-BR", "en-US"]

_READ: Final = "SELECT language, rating FROM guild_settings WHERE guild_id = $1"
_WRITE: Final = """
INSERT INTO guild_settings (guild_id, language, rating) VALUES ($1, $2, $3)
ON CONFLICT (guild_id) DO UPDATE SET language = excluded.language, rating = excluded.rating
"""


@dataclass(frozen=True)
class GuildSettings:
    """One server's settings; `language` is empty where nobody chose one."""

    language: Language | Literal[""] = ""
    rating: Rating = "teen"


class Guilds:
    """The table `guild_settings`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def read(self, guild_id: int) -> GuildSettings:
        """Return a server's settings, those of a new one where nothing was set."""
        found = await self._pool.fetchrow(_READ, guild_id)
        if found is None:
            return GuildSettings()
        return GuildSettings(cast("Language", found["language"]), cast("Rating", found["rating"]))

    async def write(self, guild_id: int, settings: GuildSettings) -> None:
        """Keep a server's settings."""
        await self._pool.execute(_WRITE, guild_id, settings.language, settings.rating)
