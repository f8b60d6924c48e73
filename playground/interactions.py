"""Interactions: made by people, answered by bots within 3 s, alive for 15 min."""

import asyncio
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError
from playground.world.events import Event
from playground.world.talk import message_json

if TYPE_CHECKING:
    from playground.world.application import Application
    from playground.world.message import Message
    from playground.world.model import Channel, User
    from playground.world.world import World

Json = dict[str, Any]

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
KEEP: Final = 100_000
KEEP_MODALS: Final = 10_000
OPEN, ANSWERED, FAILED = "open", "answered", "failed"
ATTACHMENT_LIMIT: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer of a bot, or its failure to give one; `after_ms` counts from the person's act."""

    interaction_id: str
    failed: bool
    after_ms: float
    type: int | None = None
    message_id: str | None = None
    modal: Json | None = None
    choices: tuple[Json, ...] = ()


@dataclass(slots=True)
class Interaction:
    """One interaction; `original_id` is the message that @original means."""

    id: str
    token: str
    type: int
    app: "Application"
    person: "User"
    channel: "Channel"
    made_at: float
    first: "asyncio.Future[Answer]"
    name: str = ""
    command_type: int = 1
    source: "Message | None" = None
    trigger: "Interaction | None" = None
    state: str = OPEN
    deferred: bool = False
    original_id: str | None = None
    timer: asyncio.TimerHandle | None = None

    def metadata(self) -> Json:
        """Return `interaction_metadata` of the messages that answer it."""
        shown: Json = {
            "id": self.id,
            "type": self.type,
            "user": self.person.json(),
            "authorizing_integration_owners": {"0": self.channel.guild_id or "0"},
        }
        if self.type == COMMAND:
            shown |= {"name": self.name, "command_type": self.command_type}
        if self.source is not None and self.type == COMPONENT:
            shown["interacted_message_id"] = self.source.id
        if self.trigger is not None:
            shown["triggering_interaction_metadata"] = self.trigger.metadata()
        return shown


@dataclass(frozen=True, slots=True)
class InteractionTimes:
    """Deadlines in seconds."""

    first_answer: float = 3.0
    token_lifetime: float = 900.0


class Interactions:
    """All interactions whose tokens still count; the oldest go beyond `KEEP`."""

    def __init__(self, world: "World", times: InteractionTimes) -> None:
        self.world = world
        self.times = times
        self._by_id: OrderedDict[str, Interaction] = OrderedDict()
        self._by_token: dict[str, Interaction] = {}
        self._modals: OrderedDict[str, tuple[Interaction, Json]] = OrderedDict()

    def begin(
        self,
        app: "Application",
        person: "User",
        channel: "Channel",
        kind: int,
        data: Json,
        *,
        locale: str | None = None,
        name: str = "",
        command_type: int = 1,
        source: "Message | None" = None,
        trigger: "Interaction | None" = None,
    ) -> Interaction:
        """Make an interaction and send it to the bot; it fails by itself when no answer comes in time."""
        loop = asyncio.get_running_loop()
        made = Interaction(
            id=self.world.snowflakes.next(),
            token=secrets.token_urlsafe(48),
            type=kind,
            app=app,
            person=person,
            channel=channel,
            made_at=time.monotonic(),
            first=loop.create_future(),
            name=name,
            command_type=command_type,
            source=source,
            trigger=trigger,
        )
        self._by_id[made.id] = self._by_token[made.token] = made
        self._forget_old()
        made.timer = loop.call_later(self.times.first_answer, self._fail, made)
        payload = self._payload(made, data, locale or person.locale)
        self.world.bus.publish(
            Event("INTERACTION_CREATE", payload, channel.guild_id, application_id=app.id, to_people=False)
        )
        return made

    def _payload(self, made: Interaction, data: Json, locale: str) -> Json:
        channel, world = made.channel, self.world
        shown: Json = {
            "id": made.id,
            "application_id": made.app.id,
            "type": made.type,
            "token": made.token,
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "locale": locale,
            "app_permissions": str(world.bits(channel, made.app.user.id)),
            "entitlements": [],
            "authorizing_integration_owners": {"0": channel.guild_id or "0"},
            "context": 0 if channel.guild_id else 1,
            "attachment_size_limit": ATTACHMENT_LIMIT,
        }
        if channel.guild_id is None:
            shown |= {"channel": channel.json(), "user": made.person.json()}
        else:
            guild = world.guilds[channel.guild_id]
            bits = str(world.bits(channel, made.person.id))
            shown |= {
                "channel": channel.json() | {"permissions": bits},
                "guild_id": guild.id,
                "guild": {"id": guild.id, "locale": guild.locale, "features": []},
                "guild_locale": guild.locale,
                "member": guild.members[made.person.id].json() | {"permissions": bits},
            }
        if made.source is not None:
            shown["message"] = message_json(world, made.source)
        return shown

    def _fail(self, made: Interaction) -> None:
        if made.state != OPEN:
            return
        made.state = FAILED
        self._settle(made, Answer(made.id, failed=True, after_ms=_since(made)))
        data = {"interaction_id": made.id, "channel_id": made.channel.id, "application_id": made.app.id}
        if made.source is not None:
            data["message_id"] = made.source.id
        self.world.bus.publish(Event("INTERACTION_FAILED", data, person_id=made.person.id))

    def to_answer(self, interaction_id: str, token: str) -> Interaction:
        """Return the interaction a callback is for; raises 10062 when it is unknown or late, 40060 when answered."""
        found = self._by_id.get(interaction_id)
        if found is None or not secrets.compare_digest(found.token.encode(), token.encode()):
            raise ApiError(10062)
        if found.state == FAILED:
            raise ApiError(10062)
        if found.state == ANSWERED:
            raise ApiError(40060)
        return found

    def of_webhook(self, app_id: str, token: str) -> Interaction:
        """Return the answered interaction of a webhook path; raises 10015 unknown, 50027 expired."""
        found = self._by_token.get(token)
        if found is None or found.app.id != app_id or found.state != ANSWERED:
            raise ApiError(10015)
        if time.monotonic() - found.made_at > self.times.token_lifetime:
            raise ApiError(50027)
        return found

    def answered(
        self,
        made: Interaction,
        kind: int,
        *,
        message: "Message | None" = None,
        modal: Json | None = None,
        choices: tuple[Json, ...] = (),
    ) -> None:
        """Note the bot's first answer and wake whoever waits for it."""
        made.state = ANSWERED
        message_id = message.id if message is not None else None
        self._settle(made, Answer(made.id, False, _since(made), kind, message_id, modal, choices))

    def keep_modal(self, made: Interaction, modal: Json) -> None:
        """Keep a modal until its person submits it."""
        self._modals[made.id] = (made, modal)
        while len(self._modals) > KEEP_MODALS:
            self._modals.popitem(last=False)

    def modal(self, modal_id: str) -> tuple[Interaction, Json] | None:
        """Return the interaction that opened a modal, and the modal."""
        return self._modals.get(modal_id)

    def modal_done(self, modal_id: str) -> None:
        """Forget a modal that was submitted."""
        self._modals.pop(modal_id, None)

    def _settle(self, made: Interaction, answer: Answer) -> None:
        if made.timer is not None:
            made.timer.cancel()
            made.timer = None
        if not made.first.done():
            made.first.set_result(answer)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - self.times.token_lifetime - 60
        while self._by_id:
            first = next(iter(self._by_id.values()))
            if len(self._by_id) <= KEEP and first.made_at > oldest:
                return
            self._by_id.popitem(last=False)
            self._by_token.pop(first.token, None)

    def close(self) -> None:
        """Stop every timer."""
        for made in self._by_id.values():
            if made.timer is not None:
                made.timer.cancel()


def _since(made: Interaction) -> float:
    return round((time.monotonic() - made.made_at) * 1000, 3)
