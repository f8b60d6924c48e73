"""A small bot that offers every kind of thing the page can show."""

import asyncio
import contextlib
import io
from collections.abc import Iterator
from typing import Any, Final

import discord
import yarl
from discord import app_commands, ui
from discord.app_commands import Choice, locale_str
from PIL import Image

PORTUGUESE: Final = {
    "session": "mesa",
    "start": "abrir",
    "Open a table": "Abra uma mesa",
    "title": "titulo",
    "The table's name": "O nome da mesa",
    "language": "idioma",
    "Spoken at the table": "O que se fala na mesa",
    "English": "inglês",
    "Portuguese": "português",
    "tone": "tom",
    "roll": "rolar",
    "Roll dice": "Role dados",
    "dice": "dados",
    "What to roll": "O que rolar",
    "label": "motivo",
    "tell": "narrar",
    "Tell a scene": "Narre uma cena",
    "join": "entrar",
    "Join the table": "Entre na mesa",
    "sheet": "ficha",
    "Your sheet": "Sua ficha",
    "map": "mapa",
    "The map": "O mapa",
    "silent": "calado",
    "Never answers": "Nunca responde",
    "portrait": "retrato",
    "Set a portrait": "Mude o retrato",
    "file": "arquivo",
    "give": "dar",
    "Give coins": "Dê moedas",
    "who": "quem",
    "coins": "moedas",
    "Why?": "Por quê?",
}
SENTENCES: Final = ("A porta cede um palmo. ", "Alguém prende a respiração. ", "Do outro lado, uma mesa range.")


class Translator(app_commands.Translator):
    async def translate(
        self, string: locale_str, locale: discord.Locale, _context: app_commands.TranslationContextTypes
    ) -> str | None:
        return PORTUGUESE.get(string.message) if locale is discord.Locale.brazil_portuguese else None


class Bot(discord.Client):
    """Logs in to a playground; `ready` is set once its commands are registered."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)
        self.ready = asyncio.Event()
        self.pressed: list[str] = []
        self.go_on = asyncio.Event()
        add_commands(self)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Translator())
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is not discord.InteractionType.component:
            return
        data: dict[str, Any] = {**(interaction.data or {})}
        custom_id, values = str(data.get("custom_id")), data.get("values", [])
        self.pressed.append(custom_id)
        if custom_id == "mute":
            return
        if custom_id == "form":
            await interaction.response.send_modal(Character())
        elif custom_id == "again":
            await interaction.response.edit_message(content="Rolled again: 17.", view=None)
        elif custom_id.startswith("map:"):
            await interaction.response.edit_message(view=map_view(custom_id))
        else:
            await interaction.response.send_message(f"{custom_id} {' '.join(map(str, values))}".strip(), ephemeral=True)


class Character(ui.Modal, title="Nova personagem"):
    name: ui.TextInput["Character"] = ui.TextInput(label="Nome", custom_id="name", max_length=40)
    phrase: ui.TextInput["Character"] = ui.TextInput(
        label="Frase", custom_id="phrase", style=discord.TextStyle.paragraph, required=False
    )
    kind: ui.Label["Character"] = ui.Label(
        text="Arquétipo",
        description="Como ela age",
        component=ui.Select(
            custom_id="kind",
            options=[
                discord.SelectOption(label="Ladra", value="thief"),
                discord.SelectOption(label="Maga", value="mage"),
            ],
        ),
    )
    picture: ui.Label["Character"] = ui.Label(
        text="Retrato", component=ui.FileUpload(custom_id="picture", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        select, upload = self.kind.component, self.picture.component
        assert isinstance(select, ui.Select)
        assert isinstance(upload, ui.FileUpload)
        files = " ".join(f.filename for f in upload.values)
        await interaction.response.send_message(
            f"{self.name.value}, {select.values[0]}. {files}".strip(), ephemeral=True
        )


def buttons(*made: tuple[str, str, discord.ButtonStyle]) -> ui.View:
    view = ui.View(timeout=None)
    for custom_id, label, style in made:
        view.add_item(ui.Button(custom_id=custom_id, label=label, style=style))
    return view


def picture() -> discord.File:
    image = Image.new("RGB", (640, 480), "#ede8dc")
    for x in range(0, 640, 80):
        image.paste("#2b2b2b", (x, 0, x + 2, 480))
    for y in range(0, 480, 80):
        image.paste("#2b2b2b", (0, y, 640, y + 2))
    image.paste("#e69f00", (252, 172, 310, 230))
    image.paste("#d55e00", (492, 172, 550, 230))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return discord.File(io.BytesIO(kept.getvalue()), "map.png")


def map_view(moved: str = "") -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery(
        discord.MediaGalleryItem("attachment://map.png", description="Sala 8×6. Lia em D4. Goblin A 3 casas a leste.")
    )
    rows = [
        [("map:nw", "↖ NO"), ("map:n", "⬆️ N"), ("map:ne", "↗ NE")],
        [("map:w", "← O"), ("map:go", "📍 Ir até"), ("map:e", "→ L")],
    ]
    where = f"**Lia** em D4 · faltam 6 m\n-# {moved or 'parada'}"
    made: list[ui.Item[ui.LayoutView]] = [
        ui.Section(
            ui.TextDisplay("## Salão do sal"),
            ui.TextDisplay(where),
            accessory=ui.Button(label="👁 Ver", custom_id="look"),
        ),
        gallery,
        ui.Separator(),
    ]
    made += [ui.ActionRow(*(ui.Button(label=label, custom_id=custom_id) for custom_id, label in row)) for row in rows]
    view.add_item(ui.Container(*made, accent_color=discord.Color(0x8B6CEF)))
    return view


def add_commands(bot: Bot) -> None:  # noqa: C901 - one small command after another
    tree = bot.tree
    group = app_commands.Group(name=locale_str("session"), description=locale_str("Open a table"))

    @group.command(name=locale_str("start"), description=locale_str("Open a table"))
    @app_commands.rename(title=locale_str("title"), language=locale_str("language"), tone=locale_str("tone"))
    @app_commands.describe(title=locale_str("The table's name"), language=locale_str("Spoken at the table"))
    @app_commands.choices(
        language=[
            Choice(name=locale_str("Portuguese"), value="pt-BR"),
            Choice(name=locale_str("English"), value="en-US"),
        ]
    )
    async def start(interaction: discord.Interaction, title: str, language: str, tone: str = "calm") -> None:
        view = buttons(
            ("form", "🙋 Entrar", discord.ButtonStyle.primary), ("lines", "🔒 Limites", discord.ButtonStyle.secondary)
        )
        await interaction.response.send_message(f"📖 **{title}** · {language} · {tone}", view=view)

    tree.add_command(group)

    @tree.command(name=locale_str("roll"), description=locale_str("Roll dice"))
    @app_commands.rename(dice=locale_str("dice"), label=locale_str("label"))
    @app_commands.describe(dice=locale_str("What to roll"))
    async def roll(interaction: discord.Interaction, dice: str, label: str = "") -> None:
        view = buttons(
            ("again", "🎲 De novo", discord.ButtonStyle.secondary),
            ("mute", "📊 Chances", discord.ButtonStyle.secondary),
        )
        await interaction.response.send_message(f"🎲 {dice} = **14**\n-# {label}", view=view)

    @roll.autocomplete("dice")
    async def complete(_interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        return [Choice(name=f"{dice} ·", value=dice) for dice in ("1d20+5", "2d6", "2d8") if dice.startswith(current)]

    @tree.command(name=locale_str("tell"), description=locale_str("Tell a scene"))
    async def tell(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        told = ""
        for sentence in SENTENCES:
            told += sentence
            await interaction.edit_original_response(content=told)
            await bot.go_on.wait()
            bot.go_on.clear()
        view = buttons(("enter", "🗝 Entrar", discord.ButtonStyle.primary), ("x", "✋ X", discord.ButtonStyle.danger))
        await interaction.edit_original_response(content=told + "\n-# 🎲 Lia 17 contra CD 15: passou", view=view)

    @tree.command(name=locale_str("join"), description=locale_str("Join the table"))
    async def join(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Character())

    @tree.command(name=locale_str("sheet"), description=locale_str("Your sheet"))
    async def sheet(interaction: discord.Interaction) -> None:
        view = ui.View(timeout=None)
        options = [
            discord.SelectOption(label=name, value=name, description=f"{name} de Lia", emoji="🎒")
            for name in ("Bolsa", "Subir")
        ]
        view.add_item(ui.Select(custom_id="one", placeholder="Usar…", options=options))
        view.add_item(ui.Select(custom_id="many", placeholder="Várias", options=options, min_values=0, max_values=2))
        view.add_item(ui.UserSelect(custom_id="whom", placeholder="Quem?"))
        embed = discord.Embed(title="Lia Duarte", description="ladra 3 · PV **17 de 24**", color=0x8B6CEF)
        for name, value in (("FOR", "10 +0"), ("DES", "17 +3"), ("CON", "12 +1")):
            embed.add_field(name=name, value=value)
        await interaction.response.send_message(
            f"Só para {interaction.user.mention}", embed=embed, view=view, ephemeral=True
        )

    @tree.command(name=locale_str("map"), description=locale_str("The map"))
    async def show_map(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=map_view(), file=picture())

    @tree.command(name=locale_str("silent"), description=locale_str("Never answers"))
    async def silent(_interaction: discord.Interaction) -> None:
        return

    @tree.command(name=locale_str("portrait"), description=locale_str("Set a portrait"))
    @app_commands.rename(file=locale_str("file"))
    async def portrait(interaction: discord.Interaction, file: discord.Attachment) -> None:
        await interaction.response.send_message(f"{file.filename}: {file.size} bytes")

    @tree.command(name=locale_str("give"), description=locale_str("Give coins"))
    @app_commands.rename(who=locale_str("who"), coins=locale_str("coins"))
    async def give(interaction: discord.Interaction, who: discord.User, coins: app_commands.Range[int, 1, 9]) -> None:
        await interaction.response.send_message(f"{coins} → {who.mention}")

    @tree.context_menu(name=locale_str("Why?"))
    async def why(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"Porque sim: {message.id}", ephemeral=True)


@contextlib.contextmanager
def pointed_at(rest_url: str, gateway_url: str) -> Iterator[None]:
    """Make discord.py speak to a playground for as long as the block lasts."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE, socket.DEFAULT_GATEWAY = rest_url, yarl.URL(gateway_url)
    yield
    route.BASE, socket.DEFAULT_GATEWAY = before
