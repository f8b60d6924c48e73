"""The front desk: every interaction comes in here, is answered in time, and every fault becomes one sentence."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Literal, Protocol, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from cogs.looks import Branching, Looks
from cogs.request import Request, Status, Transport
from cogs.shelf import Shelf
from cogs.ui import errors
from cogs.ui.components import UNBUTTONED, Message
from cogs.ui.custom_id import BadCustomId, CustomId, Signer
from core.accounts import Accounts
from core.dice import DiceError
from core.game.engine import Engine, Origin, Outcome
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.game.registry import Command
from core.game.state import State
from core.game.suggestions import Suggestion
from core.maps import MapError

logger = logging.getLogger(__name__)
Press = Callable[[Request, CustomId], Coroutine[Any, Any, None]]
Suggest = Callable[[State, str, Mapping[str, str | None]], tuple[Suggestion, ...]]
ReadTelling = Callable[[int, int], Awaitable[str]]
Announce = Callable[[int, Message], Awaitable[None]]
F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, None]])


class Observer(Protocol):
    """Told about each interaction. Labels are few: a command's name or a button's verb, and how it ended."""

    def begin(self, reference: str) -> None:
        """Note that from here on, this task's log lines belong to an interaction."""
        ...

    def end(self, kind: str, what: str, outcome: str, seconds: float) -> None:
        """Note how one ended and its age at the first answer.

        `kind` is command, button or form; `outcome` ok, refused, failed or stranger.
        """
        ...


def pressed(verb: str, *, private: bool = True) -> Callable[[F], F]:
    """Have a cog's method answer the buttons of a verb: `async def method(self, request, custom_id)`."""
    return _answers("button", verb, private)


def submitted(verb: str, *, private: bool = True) -> Callable[[F], F]:
    """Have a cog's method answer the forms of a verb: `async def method(self, request, custom_id)`."""
    return _answers("form", verb, private)


def _answers(kind: str, verb: str, private: bool) -> Callable[[F], F]:
    def mark(method: F) -> F:
        method.__answers__ = (kind, verb, private)  # type: ignore[attr-defined]
        return method

    return mark


class Orders(Protocol):
    """Where pictures and voices are ordered."""

    def cost(self, kind: Literal["picture", "voice"]) -> int | None:
        """Return about what one costs in millionths of a dollar; None where none can be had."""
        ...

    async def order(self, **fields: object) -> bool:
        """Order one; tell whether that was new."""
        ...


class Desk:
    """What every cog is given: the engine, the accounts, the signer of buttons; and the way in for interactions.

    `reference_of` names an interaction for people and operators. `defer_after` is the age in seconds at which a
    person is shown that we are at it. `storytellers` are the providers that people's words may go to.
    `read_telling` gives the text that a session's telling from a row had, or nothing. `announce` posts a message that
    belongs to no interaction: Discord shows with each answer whose command it was, and with what options.
    `suggest` chooses the deeds offered below a narration, from the state, its text and the heroes' names.
    `looks` reads what a telling drew on and what was spent, `branching` makes branches.
    `media` takes orders for pictures and voices, where any can be had.
    `shelf` reads a session's lore cards, and takes them from files and gives them back.
    """

    def __init__(
        self,
        engine: Engine,
        accounts: Accounts,
        signer: Signer,
        transport: Transport,
        observer: Observer,
        *,
        reference_of: Callable[[int], str],
        defer_after: float,
        storytellers: tuple[str, ...] = (),
        read_telling: ReadTelling | None = None,
        announce: Announce | None = None,
        shelf: Shelf | None = None,
        suggest: Suggest | None = None,
        looks: Looks | None = None,
        branching: Branching | None = None,
    ) -> None:
        self.engine = engine
        self.accounts = accounts
        self.signer = signer
        self.storytellers = storytellers
        self.read_telling = read_telling
        self._announce = announce
        self.shelf = shelf
        self.looks = looks
        self.branching = branching
        self._suggest = suggest
        self.media: Orders | None = None
        self._transport = transport
        self._observer = observer
        self._reference_of = reference_of
        self._defer_after = defer_after
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._handlers: dict[tuple[str, str], tuple[Press, bool]] = {}

    def add(self, cog: commands.Cog) -> None:
        """Register the buttons and forms that a cog answers. Raises ValueError for a verb that has one already."""
        for name in dir(type(cog)):
            mark = getattr(getattr(type(cog), name), "__answers__", None)
            if mark is None:
                continue
            kind, verb, private = mark
            if (kind, verb) in self._handlers:
                raise ValueError(f"two methods answer the {kind} {verb}")
            self._handlers[kind, verb] = (getattr(cog, name), private)

    async def command(
        self,
        interaction: discord.Interaction[Any],
        name: str,
        handler: Callable[..., Awaitable[None]],
        options: Mapping[str, object],
        *,
        private: bool,
    ) -> None:
        """Answer a slash command."""
        request = self._request(interaction, private)
        await self._serve(request, "command", name, handler(request, **options))

    async def component(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a button or a form of ours, of any age, made by any process."""
        kind = "form" if interaction.type is discord.InteractionType.modal_submit else "button"
        try:
            custom_id = self.signer.read(custom_id_of(interaction))
            handler, private = self._handlers[kind, custom_id.verb]
        except (BadCustomId, KeyError):
            request = self._request(interaction, private=True)
            await self._serve(request, kind, "stranger", _stranger("old_button"))
            return
        request = self._request(interaction, private)
        await self._serve(request, kind, custom_id.verb, handler(request, custom_id))

    async def execute(
        self, request: Request, command: Command, session: int = 0, *, origin: Origin | None = None
    ) -> Outcome:
        """Execute a command on a session, by its id or (0) its channel, and note that it is stored.

        Without an `origin` nothing can be told in answer to it. Raises what Engine.execute raises.
        """
        outcome = await self.engine.execute(
            command, session=session, channel=request.channel, origin=origin or request.trace
        )
        request.stored = True
        return outcome

    async def table(self, session: int, *, channel: int = 0, key: str = "", person: int = 0) -> Loaded:
        """Return a session as of now, by its id or (0) its channel. Raises Refusal `no_table`."""
        loaded = await self.engine.log.read(channel=channel, session=session, key=key, person=person)
        if loaded is None:
            raise Refusal("no_table")
        return loaded

    async def announce(self, channel: int, message: Message) -> None:
        """Post a message in a channel as the bot's own; nothing about it says who was the cause."""
        if self._announce:
            await self._announce(channel, message)

    def suggest(self, state: State, told: str, names: Mapping[str, str | None]) -> tuple[Suggestion, ...]:
        """Return the deeds to offer below a narration."""
        return self._suggest(state, told, names) if self._suggest else ()

    async def idle(self) -> None:
        """Wait until no interaction is in hand."""
        await self._idle.wait()

    async def unknown_command(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Answer a command that Discord knows in another shape than we do."""
        request = self._request(interaction, private=True)
        logger.warning("command not understood: %s", type(error).__name__)
        await self._serve(request, "command", "stranger", _stranger("old_command"))

    def _request(self, interaction: discord.Interaction[Any], private: bool) -> Request:
        reference = self._reference_of(interaction.id)
        self._observer.begin(reference)
        return Request(interaction, self._transport, reference, private=private)

    async def _serve(self, request: Request, kind: str, what: str, work: Awaitable[None]) -> None:
        request.watch(self._defer_after)
        self._in_hand += 1
        self._idle.clear()
        outcome = "ok"
        try:
            await work
            if request.status is not Status.ANSWERED:
                raise RuntimeError("nothing was answered")
        except Refusal as refusal:
            outcome = "stranger" if what == "stranger" else "refused"
            _note(what, refusal.code)
            if refusal.code == "moved_on" and request.shown:
                await request.update(UNBUTTONED)
            await self._say(request, errors.refused(self.signer, request.locale, refusal, request.reference))
        except DiceError as error:
            outcome = "refused"
            _note(what, error.code)
            await self._say(request, errors.bad_dice(request.locale, error, request.reference))
        except MapError as error:
            outcome = "refused"
            _note(what, error.code)
            await self._say(request, errors.bad_map(request.locale, error, request.reference))
        except Exception:
            outcome = "failed"
            logger.exception("interaction failed: %s %s", kind, what)
            await self._say(request, errors.ours(request.locale, request.reference, stored=request.stored))
        finally:
            request.close()
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()
            self._observer.end(kind, what, outcome, request.answered_after or request.age)

    async def _say(self, request: Request, message: Message) -> None:
        try:
            await request.send(message, private=True)
        except Exception:
            logger.exception("a fault could not be told")


def _note(what: str, code: str) -> None:
    """Log a refusal, so that the reference its reader was shown is found again."""
    logger.info("refused", extra={"what": what, "code": code})


def custom_id_of(interaction: discord.Interaction[Any]) -> str:
    """Return the custom id of a button or form that came in."""
    data: Any = interaction.data
    return str(data.get("custom_id", "")) if data else ""


async def _stranger(code: str) -> None:
    raise Refusal(code)
