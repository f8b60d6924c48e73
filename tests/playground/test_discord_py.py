"""A real discord.py bot on the playground, driven by a person."""

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest
import pytest_asyncio
import yarl
from discord import app_commands

from playground.people import Person
from playground.server import Playground


class Bot(discord.AutoShardedClient):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), shard_ids=[0], shard_count=1, max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.ready = asyncio.Event()
        self.problems: list[BaseException] = []

    async def setup_hook(self) -> None:
        self.tree.add_command(ping)
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.ready.set()


@app_commands.command(name="ping", description="Answer, edit, follow up")
async def ping(interaction: discord.Interaction, word: str) -> None:
    await interaction.response.send_message(f"pong {word}")
    await interaction.edit_original_response(content=f"edited {word}")
    await interaction.followup.send("whispered", ephemeral=True)
    await interaction.followup.send("last")


@pytest_asyncio.fixture
async def bot(server: Playground, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setattr(discord.http.Route, "BASE", server.rest_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
    client = Bot()
    task = asyncio.create_task(client.start(server.token))
    await asyncio.wait_for(client.ready.wait(), 10)
    yield client
    await client.close()
    await task


async def test_a_command_is_answered_edited_and_followed_up(bot: Bot, lia: Person) -> None:
    done = await lia.command("ping", word="olá")
    assert (done.failed, done.type) == (False, 4)
    await lia.until(lambda m: m["content"] == "last")
    texts = [m["content"] for m in await lia.messages()]
    assert texts[:3] == ["last", "whispered", "edited olá"]
