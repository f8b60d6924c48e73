"""What happens in the world, on its way to the gateway's sessions and the people's event streams."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playground.world.message import Message
    from playground.world.model import Channel

Json = dict[str, Any]

GUILDS: Final = 1 << 0
GUILD_MEMBERS: Final = 1 << 1
GUILD_PRESENCES: Final = 1 << 8
GUILD_MESSAGES: Final = 1 << 9
GUILD_MESSAGE_REACTIONS: Final = 1 << 10
GUILD_MESSAGE_TYPING: Final = 1 << 11
DIRECT_MESSAGES: Final = 1 << 12
DIRECT_MESSAGE_REACTIONS: Final = 1 << 13
DIRECT_MESSAGE_TYPING: Final = 1 << 14
MESSAGE_CONTENT: Final = 1 << 15
GUILD_WEBHOOKS: Final = 1 << 5


@dataclass(slots=True)
class Event:
    """One dispatch. `intents`: a bot needs one of these bits (0: none needed).

    With a `channel` only those who may view it are told; `application_id` or `person_id` narrow it to one receiver.
    """

    name: str
    data: Json
    guild_id: str | None = None
    intents: int = 0
    channel: "Channel | None" = None
    application_id: str | None = None
    person_id: str | None = None
    message: "Message | None" = None
    to_bots: bool = True
    to_people: bool = True


class Bus:
    """Hands every event to each subscriber, in order and at once."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Event], None]] = []

    def subscribe(self, receive: Callable[[Event], None]) -> None:
        """Add a receiver of all later events."""
        self._subscribers.append(receive)

    def publish(self, event: Event) -> None:
        """Hand an event on."""
        for receive in self._subscribers:
            receive(event)
