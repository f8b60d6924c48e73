"""hikari shares no code with discord.py: it logs in, registers a command, answers it, and resumes a cut connection."""

import asyncio
import logging
from collections.abc import AsyncIterator

import hikari
import pytest_asyncio

from playground.gateway.connection import Connection
from playground.interactions import InteractionTimes
from playground.people import Person
from playground.server import Playground

from .conftest import playground


@pytest_asyncio.fixture(scope="module")
async def server() -> AsyncIterator[Playground]:
    async with playground(interactions=InteractionTimes(first_answer=20.0)) as made:
        yield made


class Seen:
    """What the bot was told."""

    def __init__(self) -> None:
        self.guild: asyncio.Future[hikari.GatewayGuild] = asyncio.get_running_loop().create_future()
        self.shards: list[str] = []
        self.commands: list[str] = []


@pytest_asyncio.fixture(scope="module")
async def bot(server: Playground) -> AsyncIterator[tuple[hikari.GatewayBot, Seen]]:
    logging.getLogger("hikari").setLevel(logging.ERROR)
    bot = hikari.GatewayBot(
        str(server.token), rest_url=server.rest_url, banner=None, logs=None, intents=hikari.Intents.ALL_UNPRIVILEGED
    )
    seen = Seen()

    @bot.listen()
    async def on_guild(event: hikari.GuildAvailableEvent) -> None:
        seen.guild.set_result(event.guild)

    @bot.listen()
    async def on_shard(event: hikari.ShardEvent) -> None:
        seen.shards.append(type(event).__name__)

    @bot.listen()
    async def on_interaction(event: hikari.InteractionCreateEvent) -> None:
        interaction = event.interaction
        assert isinstance(interaction, hikari.CommandInteraction)
        assert interaction.options is not None
        seen.commands.append(str(interaction.options[0].value))
        await interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
        await interaction.edit_initial_response(f"rolled {interaction.options[0].value}")
        await interaction.execute("again?", flags=hikari.MessageFlag.EPHEMERAL)

    await bot.start(check_for_updates=False, shard_ids=[0], shard_count=1)
    yield bot, seen
    await bot.close()


async def test_a_guild_arrives_and_a_command_is_registered_and_answered(
    server: Playground, bot: tuple[hikari.GatewayBot, Seen]
) -> None:
    client, seen = bot
    guild = await asyncio.wait_for(seen.guild, 10)
    assert guild.name == "YourTale"
    assert {c.name for c in guild.get_channels().values()} == {"taverna", "mesa-1", "mesa-2", "tavern"}
    application = await client.rest.fetch_application()
    builder = client.rest.slash_command_builder("roll", "Roll dice").set_name_localizations({"pt-BR": "rolar"})
    builder.add_option(
        hikari.CommandOption(type=hikari.OptionType.STRING, name="dice", description="Which", is_required=True)
    )
    await client.rest.set_application_commands(application.id, [builder])
    async with await Person.connect(server.page_url, "Caio", channel="mesa-1") as caio:
        done = await caio.command("roll", dice="2d6")
        assert done.type == 5
        await caio.until(lambda m: m["content"] == "rolled 2d6")
        await caio.until(lambda m: m["content"] == "again?" and m["flags"] == 64)
        (command,) = await caio.commands()
        assert command["name_localizations"] == {"pt-BR": "rolar"}
    assert list(server.context.requests.violations) == []


async def test_a_cut_connection_is_resumed_and_nothing_is_missed(
    server: Playground, bot: tuple[hikari.GatewayBot, Seen]
) -> None:
    _, seen = bot
    seen.commands.clear()
    async with await Person.connect(server.page_url, "Caio", channel="mesa-1") as caio:
        (session,) = server.context.gateway.of()
        assert isinstance(session.sink, Connection)
        session.sink.abort()
        for number in range(3):
            await caio.command("roll", dice=f"{number}d6", wait=False)
        await caio.until(lambda m: m["content"] == "rolled 2d6" and m["type"] == 20, 20, channel="mesa-1")
    assert seen.commands == ["0d6", "1d6", "2d6"]
    assert "ShardResumedEvent" in seen.shards
    assert seen.shards.count("ShardReadyEvent") == 1
