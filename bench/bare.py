"""The peer of `interactions`: a bare discord.py bot with one `/ping`, as small as one can be written."""

import os

import discord
from discord import app_commands
from yarl import URL


class Bare(discord.Client):
    """Guilds intent only, no caches: what YourTale's own client asks for."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        """Tell Discord of the command."""

        @self.tree.command(name="ping", description="Answers")
        async def ping(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("pong")

        await self.tree.sync()


if __name__ == "__main__":
    discord.http.Route.BASE = os.environ["YOURTALE_DISCORD_REST_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["YOURTALE_DISCORD_GATEWAY_URL"])
    Bare().run(os.environ["DISCORD_TOKEN"], log_handler=None)
