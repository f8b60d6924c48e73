"""Commands named, described and localized from the catalogue, so that a cog holds no word for people."""

import functools
from collections.abc import Callable, Coroutine, Mapping, Sequence
from inspect import signature
from typing import Any

import discord
from discord import app_commands

from core.i18n import LOCALES, text

Handler = Callable[..., Coroutine[Any, Any, None]]


def said(key: str) -> app_commands.locale_str:
    """Return a word of the catalogue for Discord: English by default, with its key for the translator."""
    return app_commands.locale_str(text("en-US", key), key=key)


class CatalogueTranslator(app_commands.Translator):
    """Gives Discord each word in every language of ours."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the word in a language, or None for languages that are not ours."""
        del context
        key = string.extras.get("key")
        return text(locale.value, key) if key and locale.value in LOCALES else None


def root(name: str) -> app_commands.Group:
    """Return the root of several commands, from `commands.{name}`."""
    key = f"commands.{name}"
    return app_commands.guild_only(app_commands.Group(name=said(f"{key}.name"), description=said(f"{key}.description")))


def named(
    path: str,
    group: app_commands.Group | None = None,
    *,
    private: bool = False,
    choices: Mapping[str, Sequence[str]] | None = None,
) -> Callable[[Handler], app_commands.Command[Any, ..., None]]:
    """Make a cog's method the slash command whose words stand at `commands.{path}`.

    The method is `async def method(self, request: Request, option: type, …)`; its options' words stand at
    `commands.{path}.options.{option}`. `private`: nobody else sees the answers.
    """

    def make(handler: Handler) -> app_commands.Command[Any, ..., None]:
        @functools.wraps(handler)
        async def callback(cog: Any, interaction: discord.Interaction[Any], **options: Any) -> None:
            await cog.desk.command(interaction, path, functools.partial(handler, cog), options, private=private)

        key = f"commands.{path}"
        names = list(signature(handler).parameters)[2:]
        app_commands.rename(**{name: said(f"{key}.options.{name}.name") for name in names})(callback)
        app_commands.describe(**{name: said(f"{key}.options.{name}.description") for name in names})(callback)
        for option, values in (choices or {}).items():
            listed = [
                app_commands.Choice(name=said(f"{key}.options.{option}.choices.{value}"), value=value)
                for value in values
            ]
            app_commands.choices(**{option: listed})(callback)
        make_command = group.command if group else app_commands.command
        command: app_commands.Command[Any, ..., None] = make_command(
            name=said(f"{key}.name"), description=said(f"{key}.description")
        )(callback)
        return app_commands.guild_only(command) if group is None else command

    return make
