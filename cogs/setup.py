"""A server's own settings, for whoever manages it."""

from typing import Final, get_args

from discord import app_commands
from discord.ext import commands

from cogs.desk import Desk, submitted
from cogs.naming import named
from cogs.request import Request
from cogs.ui.components import Label, Message, Modal, Option, Select
from cogs.ui.custom_id import CustomId, Signer
from core.accounts import GuildSettings
from core.game.refusal import Refusal
from core.game.state import Language, Rating
from core.i18n import text

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
RATINGS: Final[tuple[Rating, ...]] = get_args(Rating)


class Setup(commands.Cog):
    """`/setup` and its form."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.default_permissions(manage_guild=True)
    @named("setup", private=True)
    async def setup(self, request: Request) -> None:
        """Open the form with what is set."""
        _allowed(request)
        now = await self.desk.accounts.guilds.read(request.guild)
        await request.ask(_form(self.desk.signer, request.locale, now))

    @submitted("setup")
    async def submit_setup(self, request: Request, _: CustomId) -> None:
        """Keep what the form says."""
        _allowed(request)
        values = request.values()
        language = next((one for one in LANGUAGES if one == values.get("language")), LANGUAGES[0])
        rating = next((one for one in RATINGS if one == values.get("rating")), RATINGS[0])
        await self.desk.accounts.guilds.write(request.guild, GuildSettings(language, rating))
        request.stored = True
        await request.send(_saved(request.locale, language, rating))


def _allowed(request: Request) -> None:
    """Ask for the right again: servers can give the command to others, and a form can be sent by anybody."""
    if not request.manages:
        raise Refusal("admin_only")


def _form(signer: Signer, locale: str, now: GuildSettings) -> Modal:
    spoken = now.language or locale
    languages = tuple(Option(_named(locale, one), one, default=one == spoken) for one in LANGUAGES)
    ratings = tuple(Option(text(locale, f"table.rating.{one}"), one, default=one == now.rating) for one in RATINGS)
    return Modal(
        signer.write("setup"),
        text(locale, "safety.setup.title"),
        (
            Label(text(locale, "safety.setup.language"), Select("language", languages)),
            Label(text(locale, "safety.setup.rating"), Select("rating", ratings)),
        ),
    )


def _saved(locale: str, language: Language, rating: Rating) -> Message:
    lines = [
        text(
            locale,
            "safety.setup.saved",
            language=_named(locale, language),
            rating=text(locale, f"table.rating.{rating}"),
        )
    ]
    return Message("\n".join([*lines, text(locale, "safety.setup.adult")] if rating == "adult" else lines))


def _named(locale: str, language: Language) -> str:
    return text(locale, f"commands.session.start.options.language.choices.{language}")
