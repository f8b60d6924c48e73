"""Preparing the game: the lore cards, for the game master alone."""

from typing import Final

import discord
from discord.app_commands import Choice, Range
from discord.ext import commands
from msgspec.structs import replace

from cogs.desk import Desk, pressed, submitted
from cogs.naming import named
from cogs.request import Request
from cogs.shelf import Shelf, Shelved
from cogs.ui import lore, lore_options
from cogs.ui.components import Message, Upload
from cogs.ui.custom_id import CustomId
from cogs.uploads import read_upload
from core.game.card import FILE_MOST, Card
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.game.rules.lore import RemoveCards, SwitchCard, WriteCards
from core.i18n import locale_of, text

KINDS: Final = ("lore",)
_CHOICES_MOST: Final = 25


class Prep(commands.Cog):
    """`/prep` and its buttons and forms."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def shelf(self) -> Shelf:
        """Where the cards are. Raises RuntimeError when the desk was opened without."""
        if self.desk.shelf is None:
            raise RuntimeError("no shelf")
        return self.desk.shelf

    @named("prep", private=True, choices={"kind": KINDS})
    async def prep(
        self,
        request: Request,
        kind: str,
        name: Range[str, 1, 100] | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        """Show the cards, one of them, or take them from a file."""
        del kind  # there is only one so far
        loaded, shelved = await self._shelved(request, 0)
        if file is not None:
            await self._import(request, shelved, file)
        elif name is not None:
            id_ = _meant(request.locale, name, shelved)
            await self._show(request, loaded, id_, shelved.cards[id_])
        else:
            await request.send(lore.shelf(self.desk.signer, request.locale, loaded.state, shelved))

    @prep.autocomplete("name")
    async def _names(self, interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        loaded = await self.desk.engine.log.read(channel=interaction.channel_id or 0)
        if loaded is None or loaded.state.gm != interaction.user.id:
            return []
        locale, typed = locale_of(interaction.locale.value), current.casefold()
        titles = [(lore.title(locale, card), id_) for id_, card in (await self.shelf.read(loaded)).cards.items()]
        return [Choice(name=name, value=id_) for name, id_ in titles if typed in name.casefold()][:_CHOICES_MOST]

    @pressed("lore_list")
    async def press_list(self, request: Request, custom_id: CustomId) -> None:
        """Show a page of the cards."""
        loaded, shelved = await self._shelved(request, custom_id.session)
        await request.update(
            lore.shelf(self.desk.signer, request.locale, loaded.state, shelved, int(custom_id.arg or 0))
        )

    @pressed("lore_pick")
    async def press_pick(self, request: Request, custom_id: CustomId) -> None:
        """Show the card that was chosen."""
        loaded, shelved = await self._shelved(request, custom_id.session)
        shown = _card(shelved, request.chosen)
        await request.update(lore.card(self.desk.signer, request.locale, loaded.state, request.chosen, shown))

    @pressed("lore_add")
    async def press_add(self, request: Request, custom_id: CustomId) -> None:
        """Open the form of a new card."""
        loaded, _ = await self._shelved(request, custom_id.session)
        await request.ask(lore.form(self.desk.signer, request.locale, loaded.state))

    @pressed("lore_edit")
    async def press_edit(self, request: Request, custom_id: CustomId) -> None:
        """Open the form of a known card."""
        loaded, shelved = await self._shelved(request, custom_id.session)
        shown = _card(shelved, custom_id.arg)
        await request.ask(lore.form(self.desk.signer, request.locale, loaded.state, custom_id.arg, shown))

    @submitted("lore_add")
    async def submit_add(self, request: Request, custom_id: CustomId) -> None:
        """Write a new card."""
        written = _filled(request.values(), Card())
        command = WriteCards(key=request.key, by=request.person, new=(written,))
        outcome = await self.desk.execute(request, command, custom_id.session)
        await self._now(request, outcome.session_id, f"{outcome.seq}-0", "lore.written")

    @submitted("lore_edit")
    async def submit_edit(self, request: Request, custom_id: CustomId) -> None:
        """Write a known card anew."""
        _, shelved = await self._shelved(request, custom_id.session)
        written = _filled(request.values(), _card(shelved, custom_id.arg))
        command = WriteCards(key=request.key, by=request.person, known={custom_id.arg: written})
        outcome = await self.desk.execute(request, command, custom_id.session)
        await self._now(request, outcome.session_id, custom_id.arg, "lore.written")

    @pressed("lore_switch")
    async def press_switch(self, request: Request, custom_id: CustomId) -> None:
        """Switch a card on or off."""
        id_, _, way = custom_id.arg.partition(":")
        command = SwitchCard(key=_key(request, custom_id), by=request.person, card=id_, on=way == "on")
        outcome = await self.desk.execute(request, command, custom_id.session)
        await self._now(request, outcome.session_id, id_, f"lore.{way}")

    @pressed("lore_remove")
    async def press_remove(self, request: Request, custom_id: CustomId) -> None:
        """Take a card out of the book."""
        command = RemoveCards(key=_key(request, custom_id), by=request.person, cards=(custom_id.arg,))
        outcome = await self.desk.execute(request, command, custom_id.session)
        loaded, shelved = await self._shelved(request, outcome.session_id)
        shown = lore.shelf(self.desk.signer, request.locale, loaded.state, shelved)
        removed = text(request.locale, "lore.removed")
        await request.update(Message(f"{removed}\n{shown.content}", shown.rows))

    @pressed("lore_export")
    async def press_export(self, request: Request, custom_id: CustomId) -> None:
        """Give the cards back as a file."""
        if not request.may_attach:
            raise Refusal("cannot_attach")
        _, shelved = await self._shelved(request, custom_id.session)
        content = await self.shelf.leaving(shelved)
        upload = Upload("lorebook.json", content, "application/json")
        await request.send(Message(text(request.locale, "lore.exported", n=len(shelved.cards)), files=(upload,)))

    async def _import(self, request: Request, shelved: Shelved, file: discord.Attachment) -> None:
        arrived = await self.shelf.arrived(await read_upload(file, FILE_MOST), shelved)
        if arrived.new or arrived.known or arrived.settings:
            command = WriteCards(
                key=request.key,
                by=request.person,
                new=arrived.new,
                known=arrived.known,
                settings=arrived.settings,
            )
            await self.desk.execute(request, command)
        loaded, shelved = await self._shelved(request, 0)
        shown = lore.shelf(self.desk.signer, request.locale, loaded.state, shelved)
        await request.send(Message(f"{lore.arrived(request.locale, arrived)}\n{shown.content}", shown.rows))

    async def _now(self, request: Request, session: int, id_: str, note: str) -> None:
        """Show a card as it is now, in the message that the button or form came from."""
        loaded, shelved = await self._shelved(request, session)
        note = text(request.locale, note)
        shown = lore.card(self.desk.signer, request.locale, loaded.state, id_, _card(shelved, id_), note=note)
        await request.update(shown)

    async def _show(self, request: Request, loaded: Loaded, id_: str, shown: Card) -> None:
        await request.send(lore.card(self.desk.signer, request.locale, loaded.state, id_, shown))

    async def _shelved(self, request: Request, session: int) -> tuple[Loaded, Shelved]:
        """Return a session and its cards, for who leads it alone. Raises Refusal `gm_only`."""
        loaded = await self.desk.table(session, channel=request.channel, person=request.person)
        if loaded.state.gm != request.person:
            raise Refusal("gm_only", gm=loaded.state.gm)
        return loaded, await self.shelf.read(loaded)


def _key(request: Request, custom_id: CustomId) -> str:
    return f"b:{request.person}:{custom_id.verb}:{custom_id.seq}:{custom_id.arg}"


def _card(shelved: Shelved, id_: str) -> Card:
    if id_ not in shelved.cards:
        raise Refusal("card_gone")
    return shelved.cards[id_]


def _meant(locale: str, written: str, shelved: Shelved) -> str:
    """Return the id of a card that somebody chose from the suggestions or named. Raises Refusal `card_gone`."""
    typed = written.strip().casefold()
    named_ = (id_ for id_, card in shelved.cards.items() if lore.title(locale, card).casefold() == typed)
    id_ = written if written in shelved.cards else next(named_, "")
    _card(shelved, id_)
    return id_


def _filled(values: dict[str, str], card: Card) -> Card:
    """Return the card as a form says it."""
    changed = replace(
        card,
        name=" ".join(values.get("name", "").split()),
        constant=values.get("when") == "always",
        keys=lore_options.listed(values.get("keys", "")),
        text=values.get("text", "").strip(),
    )
    return lore_options.read(values.get("options", ""), changed)
