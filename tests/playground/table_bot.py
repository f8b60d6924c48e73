"""A discord.py bot that uses much of what the playground serves."""

import asyncio
import io
from typing import Any

import discord
from discord import app_commands


class Name(discord.ui.Modal, title="Who are you?"):
    name = discord.ui.TextInput["Name"](label="Name", custom_id="name", max_length=20)
    role = discord.ui.Label(
        text="Role",
        component=discord.ui.Select(
            custom_id="role",
            options=[discord.SelectOption(label="Thief", value="t"), discord.SelectOption(label="Mage")],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.role.component, discord.ui.Select)
        await interaction.response.send_message(f"{self.name.value} is {self.role.component.values[0]}", ephemeral=True)


class Buttons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Count", custom_id="count")
    async def count(self, interaction: discord.Interaction, _button: discord.ui.Button[Any]) -> None:
        assert interaction.message is not None
        number = int(interaction.message.content) + 1
        await interaction.response.edit_message(content=str(number), view=self)

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: discord.Interaction, _button: discord.ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="0")

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _button: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Name())

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who", placeholder="Who?")
    async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Any]) -> None:
        await interaction.response.send_message(select.values[0].display_name)


class Board(discord.ui.LayoutView):
    def __init__(self, name: str) -> None:
        super().__init__(timeout=None)
        gallery = discord.ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{name}", description="A map"))
        self.add_item(discord.ui.Container(discord.ui.TextDisplay("# Board"), gallery, accent_colour=0x8B6CEF))


class TableBot(discord.AutoShardedClient):
    """Connects as the playground's first bot."""

    def __init__(self, shards: int = 1) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            shard_ids=list(range(shards)),
            shard_count=shards,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.tree = app_commands.CommandTree(self)
        self.ready = asyncio.Event()
        self.resumed = asyncio.Event()
        self.errors: list[app_commands.AppCommandError] = []
        self.tree.on_error = self._note

    async def _note(self, _interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.append(error)

    async def setup_hook(self) -> None:
        for command in (ping, table, modal, board, think, thread, upload, quote, whisper, slow):
            self.tree.add_command(command)
        self.add_view(Buttons())
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_shard_resumed(self, _shard: int) -> None:
        self.resumed.set()


@app_commands.command(name="ping", description="Answer, edit, follow up")
async def ping(interaction: discord.Interaction, word: str) -> None:
    await interaction.response.send_message(f"pong {word}")
    await interaction.edit_original_response(content=f"edited {word}")
    await interaction.followup.send("whispered", ephemeral=True)
    await interaction.followup.send("last")


@app_commands.command(name="table", description="Buttons and a select")
@app_commands.default_permissions(manage_guild=True)
async def table(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("0", view=Buttons())


@app_commands.command(name="modal", description="A form")
async def modal(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Name())


@app_commands.command(name="board", description="Components of version 2 with a picture")
async def board(interaction: discord.Interaction) -> None:
    picture = discord.File(io.BytesIO(PNG), "map.png", description="A map")
    await interaction.response.send_message(view=Board("map.png"), file=picture)


@app_commands.command(name="think", description="Defer, then answer in the language asked for")
@app_commands.rename(word="palavra")
@app_commands.choices(tone=[app_commands.Choice(name="Dark", value="d"), app_commands.Choice(name="Light", value="l")])
async def think(interaction: discord.Interaction, word: str, tone: str = "d") -> None:
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send(f"{word} {tone} {interaction.locale.value} {interaction.guild_locale}")


@think.autocomplete("word")
async def suggest(_interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{current}{n}", value=f"{current}{n}") for n in range(3)]


@app_commands.command(name="thread", description="Open a thread and write into it")
async def thread(interaction: discord.Interaction) -> None:
    assert isinstance(interaction.channel, discord.TextChannel)
    await interaction.response.send_message("opening", ephemeral=True)
    made = await interaction.channel.create_thread(name="cave", type=discord.ChannelType.public_thread)
    message = await made.send("first", nonce="n-1")
    await message.edit(content="first, edited")
    await message.add_reaction("🎲")
    await message.pin()
    await made.edit(archived=True)


@app_commands.command(name="upload", description="Read a file")
async def upload(interaction: discord.Interaction, file: discord.Attachment, who: discord.Member) -> None:
    data = await file.read()
    await interaction.response.send_message(
        f"{file.filename} {len(data)} {file.width}x{file.height} {who.display_name}"
    )


@app_commands.command(name="whisper", description="Only for you, then gone")
async def whisper(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("secret", ephemeral=True)
    await interaction.delete_original_response()


@app_commands.command(name="slow", description="Too late")
async def slow(interaction: discord.Interaction) -> None:
    await asyncio.sleep(0.5)
    await interaction.response.send_message("too late")


@app_commands.context_menu(name="Quote")
async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"> {message.content}")


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000030802000000368849d60000000c4944415478da63606060000000"
    "0400018f3c6a5b0000000049454e44ae426082"
)
