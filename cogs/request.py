"""One interaction as the cogs see it: who wants what, where, and how it is answered in time."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, Protocol

import discord

from cogs.filled import VALUE_LENGTH_MOST, filled
from cogs.ui.components import EPHEMERAL, Message, Modal, Upload, body, encoded
from core.game.engine import Origin
from core.game.log import Reply
from core.game.refusal import Refusal
from core.i18n import locale_of

DEADLINE: Final = 3.0
"""Seconds of an interaction's age at which Discord gives it up."""
TOKEN_LIFE: Final = timedelta(minutes=14)
"""How long we count on an interaction's token; Discord says 15 minutes, and clocks differ."""
_DISCORD_EPOCH: Final = 1_420_070_400.0
_MESSAGE, _DEFER_MESSAGE, _DEFER_UPDATE, _UPDATE, _MODAL = 4, 5, 6, 7, 9


class Transport(Protocol):
    """How answers reach Discord. Bodies are JSON; files go beside them."""

    async def callback(
        self, interaction_id: int, token: str, content: bytes, files: tuple[Upload, ...], seconds: float
    ) -> bool:
        """Send the first answer, within `seconds`. False when nobody can say whether the person sees it."""
        ...

    async def edit_original(self, application_id: int, token: str, content: bytes, files: tuple[Upload, ...]) -> None:
        """Change the first answer."""
        ...

    async def delete_original(self, application_id: int, token: str) -> None:
        """Take the first answer away."""
        ...

    async def follow_up(self, application_id: int, token: str, content: bytes, files: tuple[Upload, ...]) -> None:
        """Send one message more."""
        ...


class Status(Enum):
    """Where the first answer stands."""

    OPEN = "open"
    WAITING = "waiting"  # we showed that we are at it; a message is still owed
    ANSWERED = "answered"


class Request:
    """An interaction and its answer.

    `locale` is the catalogue of the person, `key` makes a command of theirs happen once, `private` says who sees an
    answer that does not say so itself, `stored` whether a command was accepted, `answered_after` the age in seconds
    at which the first answer was out. That is before Discord's deadline in any case: see `watch`.
    """

    __slots__ = (
        "_in_doubt",
        "_interaction",
        "_timer",
        "_transport",
        "_waiting",
        "answered_after",
        "created",
        "locale",
        "on_message",
        "person",
        "private",
        "reference",
        "status",
        "stored",
    )

    def __init__(
        self, interaction: discord.Interaction[Any], transport: Transport, reference: str, *, private: bool
    ) -> None:
        self._interaction = interaction
        self._transport = transport
        self._in_doubt = False
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[None] | None = None
        self.reference = reference
        self.private = private
        self.status = Status.OPEN
        self.stored = False
        self.answered_after = 0.0
        self.person = interaction.user.id
        self.locale = locale_of(interaction.locale.value)
        self.created = (interaction.id >> 22) / 1000 + _DISCORD_EPOCH
        self.on_message = interaction.message is not None

    @property
    def id(self) -> int:
        """The interaction's id."""
        return self._interaction.id

    @property
    def key(self) -> str:
        """What makes a command of this interaction happen once."""
        return str(self._interaction.id)

    @property
    def application(self) -> int:
        """The application's id."""
        return self._interaction.application_id

    @property
    def token(self) -> str:
        """The token that answers this interaction for 15 minutes."""
        return self._interaction.token

    @property
    def channel(self) -> int:
        """The id of the channel or thread."""
        return self._interaction.channel_id or 0

    @property
    def parent(self) -> int:
        """The id of the channel in which a thread can be opened: the one that a thread belongs to, else this one."""
        channel = self._interaction.channel
        return channel.parent_id if isinstance(channel, discord.Thread) else self.channel

    @property
    def guild(self) -> int:
        """The id of the server."""
        return self._interaction.guild_id or 0

    @property
    def person_name(self) -> str:
        """The name that this server knows the person by."""
        return self._interaction.user.display_name

    @property
    def shown(self) -> str:
        """The text of the message that the button is on, as it stands in the channel."""
        message = self._interaction.message
        return message.content if message else ""

    @property
    def age(self) -> float:
        """Seconds since the person pressed Enter, never negative."""
        return max(0.0, time.time() - self.created)

    @property
    def trace(self) -> Origin:
        """The reference alone: for commands after which nothing is told."""
        return Origin(self.reference)

    @property
    def at(self) -> int:
        """When the person pressed Enter, in Unix seconds."""
        return int(self.created)

    @property
    def age_gated(self) -> bool:
        """Whether the channel, or the one a thread belongs to, is for adults only."""
        gate = getattr(self._interaction.channel, "is_nsfw", None)
        return bool(gate and gate())

    @property
    def manages(self) -> bool:
        """Whether the person may change the server's settings."""
        return self._interaction.permissions.manage_guild

    @property
    def may_attach(self) -> bool:
        """Whether we may send pictures here."""
        return self._interaction.app_permissions.attach_files

    def origin(self, *, private: bool = False) -> Origin:
        """Return where a command of this interaction comes from and where its telling may be sent."""
        until = datetime.fromtimestamp(self.created, UTC) + TOKEN_LIFE
        return Origin(
            self.reference, Reply(self.application, self._interaction.token, until, self.channel, private=private)
        )

    def values(self) -> dict[str, str]:
        """Return what was filled into a modal or chosen in a menu, by custom id; bounded."""
        data: Any = self._interaction.data
        return filled(data.get("components") if data else None)

    @property
    def chosen(self) -> str:
        """Return the first choice made in a message's menu, or nothing; bounded."""
        data: Any = self._interaction.data
        values = data.get("values") if data else None
        first = values[0] if isinstance(values, list) and values else ""
        return first[:VALUE_LENGTH_MOST] if isinstance(first, str) else ""

    def watch(self, seconds: float) -> None:
        """Show that we are at it once the interaction is so old, unless it was answered by then."""
        wait = max(0.0, seconds - self.age)
        self._timer = asyncio.get_running_loop().call_later(wait, self._run_out)

    async def send(self, message: Message, *, private: bool | None = None) -> None:
        """Answer with a message; after the first answer, send one more."""
        private = self.private if private is None else private
        if await self._first():
            await self._callback(_MESSAGE, body(message, private=private), message.files)
        elif self.status is Status.WAITING and not self.on_message:
            self.status = Status.ANSWERED
            await self._instead(message, private)
        else:
            self.status = Status.ANSWERED
            await self._follow_up(message, private)

    async def update(self, message: Message) -> None:
        """Answer by changing the message that the button is on."""
        if await self._first():
            await self._callback(_UPDATE, body(message), message.files)
        else:
            self.status = Status.ANSWERED
            await self._edit(message)

    async def acknowledge(self) -> None:
        """Answer without a change to the message that the button is on: a worker changes it."""
        if await self._first():
            await self._callback(_DEFER_UPDATE, None, ())
        else:
            self.status = Status.ANSWERED

    async def ask(self, modal: Modal) -> None:
        """Answer with a form. It has to be the first answer, so nothing slow may come before it.

        Raises Refusal `too_busy` when this process was so slow that it is too late for one.
        """
        if not await self._first():
            raise Refusal("too_busy")
        await self._callback(_MODAL, modal, ())

    def close(self) -> None:
        """Stop watching."""
        if self._timer:
            self._timer.cancel()

    async def _first(self) -> bool:
        """Tell whether the first answer is still to be given, and from now on it is."""
        self.close()
        if self._waiting:
            await self._waiting
        if self.status is not Status.OPEN:
            return False
        self.status = Status.ANSWERED
        return True

    async def _instead(self, message: Message, private: bool) -> None:
        """Put the message where we said that we are at it; who sees that was settled then."""
        if private == self.private:
            await self._edit(message)
            return
        if not self._in_doubt:
            await self._transport.delete_original(self.application, self._interaction.token)
        await self._follow_up(message, private)

    async def _follow_up(self, message: Message, private: bool) -> None:
        if self._in_doubt:
            # Another process has most likely answered and says this too; what was done is stored either way
            return
        content = encoded(body(message, private=private))
        await self._transport.follow_up(self.application, self._interaction.token, content, message.files)

    async def _edit(self, message: Message) -> None:
        if self._in_doubt:
            return
        content = encoded(body(message))
        await self._transport.edit_original(self.application, self._interaction.token, content, message.files)

    def _run_out(self) -> None:
        if self.status is Status.OPEN:
            self.status = Status.WAITING
            self._waiting = asyncio.get_running_loop().create_task(self._show_waiting())

    async def _show_waiting(self) -> None:
        if self.on_message:
            await self._callback(_DEFER_UPDATE, None, ())
        else:
            await self._callback(_DEFER_MESSAGE, {"flags": EPHEMERAL if self.private else 0}, ())

    async def _callback(self, kind: int, data: object, files: tuple[Upload, ...]) -> None:
        content = encoded({"type": kind} if data is None else {"type": kind, "data": data})
        left = max(0.3, DEADLINE - self.age)
        try:
            sent = await self._transport.callback(self.id, self._interaction.token, content, files, left)
            self._in_doubt = not sent
            self.answered_after = self.answered_after or self.age
        except BaseException:
            # It was not taken, so another answer can still be the first
            self.status = Status.OPEN
            raise
