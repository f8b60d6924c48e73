"""One REST request on its way to its handler, and the answer on its way back."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.errors import ApiError, form_error
from playground.snowflake import is_snowflake
from playground.world import permissions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playground.context import Context
    from playground.world.application import Application
    from playground.world.model import Channel, Guild
    from playground.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a multipart body; `field` is the part's name such as `files[0]`."""

    field: str
    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a status that is not the usual one; `body` None is sent as no content."""

    status: int
    body: Any = None


@dataclass(slots=True)
class Call:
    """A parsed request. `app` is the bot whose token it carried, None where none is needed."""

    context: "Context"
    params: dict[str, str]
    query: "Mapping[str, str]"
    app: "Application | None" = None
    body: Any = None
    uploads: dict[str, Upload] = field(default_factory=dict)
    reason: str | None = None

    @property
    def world(self) -> "World":
        """The world."""
        return self.context.world

    @property
    def bot(self) -> "Application":
        """The calling bot; raises 401 without one."""
        if self.app is None:
            raise ApiError(0)
        return self.app

    @property
    def form(self) -> Json:
        """The body as a JSON object; raises 50035 for anything else."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise form_error((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return self.body

    def guild(self) -> "Guild":
        """Return the guild of the path; raises 10004 or 50001 when the bot is not in it."""
        guild = self.world.guild(self.params["guild"])
        if self.bot.user.id not in guild.members:
            raise ApiError(10004)
        return guild

    def channel(self, needs: int = 0) -> "Channel":
        """Return the channel of the path when the bot sees it and has all permissions of `needs`."""
        channel = self.world.channel(self.params["channel"])
        self.require(channel, needs)
        return channel

    def require(self, channel: "Channel", needs: int) -> None:
        """Raise 50001 when the bot does not see a channel, 50013 when it lacks a permission there."""
        bits = self.world.bits(channel, self.bot.user.id)
        if not bits & permissions.VIEW_CHANNEL:
            raise ApiError(50001)
        if bits & needs != needs:
            raise ApiError(50013)

    def require_in_guild(self, guild: "Guild", needs: int) -> None:
        """Raise 50013 when the bot lacks a permission in the guild as a whole."""
        if permissions.in_guild(guild, self.bot.user.id) & needs != needs:
            raise ApiError(50013)

    def flag(self, name: str) -> bool:
        """Return a boolean of the query."""
        return self.query.get(name, "").lower() in {"1", "true"}

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return an integer of the query; raises 50035 outside `low..high`."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise form_error((name,), "NUMBER_TYPE_COERCE", f'Value "{text[:20]}" is not int.')
        if not low <= int(text) <= high:
            code = "NUMBER_TYPE_MIN" if int(text) < low else "NUMBER_TYPE_MAX"
            raise form_error((name,), code, f"int value should be between {low} and {high}.")
        return int(text)

    def snowflake(self, name: str) -> int | None:
        """Return an id of the query as a number; raises 50035 for anything else."""
        text = self.query.get(name)
        if text is None:
            return None
        if not is_snowflake(text):
            raise form_error((name,), "NUMBER_TYPE_COERCE", f'Value "{text[:20]}" is not snowflake.')
        return int(text)
