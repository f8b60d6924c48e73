"""Event streams of people: WS /play/events."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import WSMsgType, web

from playground.play.state import guild_json, state_json
from playground.world.talk import visible_to

if TYPE_CHECKING:
    from playground.world.events import Event
    from playground.world.world import World

Json = dict[str, Any]

SHOWN: Final = frozenset(
    {
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_DELETE",
        "MESSAGE_DELETE_BULK",
        "CHANNEL_CREATE",
        "CHANNEL_UPDATE",
        "CHANNEL_DELETE",
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "THREAD_DELETE",
        "GUILD_CREATE",
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_UPDATE",
        "GUILD_MEMBER_REMOVE",
        "TYPING_START",
        "MODAL",
        "INTERACTION_FAILED",
        "COMMANDS_UPDATE",
    }
)
MAX_BEHIND: Final = 5_000


class Stream:
    """One open event stream; a reader that falls too far behind is closed."""

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._given_up = False

    def push(self, frame: bytes) -> None:
        """Queue a frame."""
        if self._given_up:
            return
        self._given_up = self.queue.qsize() >= MAX_BEHIND
        self.queue.put_nowait(None if self._given_up else frame)


class Streams:
    """All open event streams."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self._open: set[Stream] = set()
        world.bus.subscribe(self.receive)

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def receive(self, event: "Event") -> None:
        """Hand an event to the people who may know of it."""
        if not self._open or not event.to_people or event.name not in SHOWN:
            return
        frame = orjson.dumps({"t": event.name, "d": event.data})
        for stream in list(self._open):
            if not self._may_know(event, stream.person_id):
                continue
            if event.name == "GUILD_CREATE" or _joins(event, stream.person_id):
                stream.push(self._guild_frame(event, stream.person_id))
            if event.name != "GUILD_CREATE":
                stream.push(frame)

    def _guild_frame(self, event: "Event", person_id: str) -> bytes:
        guild = self.world.guilds[str(event.guild_id)]
        return orjson.dumps({"t": "GUILD_CREATE", "d": guild_json(self.world, guild, person_id)})

    def _may_know(self, event: "Event", person_id: str) -> bool:
        if event.person_id is not None:
            return event.person_id == person_id
        if event.message is not None and not visible_to(event.message, person_id):
            return False
        if event.channel is not None:
            return self.world.sees(event.channel, person_id)
        if event.guild_id is None:
            return True
        guild = self.world.guilds.get(event.guild_id)
        return guild is not None and person_id in guild.members

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle `WS /play/events?person=ID`; the first frame is READY with the person's state."""
        person_id = request.query.get("person", "")
        self.world.user(person_id)
        ws = web.WebSocketResponse(max_msg_size=4096, heartbeat=30.0)
        await ws.prepare(request)
        stream = Stream(person_id)
        stream.push(orjson.dumps({"t": "READY", "d": state_json(self.world, person_id)}))
        self._open.add(stream)
        writer = asyncio.ensure_future(_write(ws, stream))
        try:
            async for message in ws:
                if message.type is not WSMsgType.TEXT:
                    break
        finally:
            self._open.discard(stream)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return ws


def _joins(event: "Event", person_id: str) -> bool:
    return event.name == "GUILD_MEMBER_ADD" and bool(event.data["user"]["id"] == person_id)


async def _write(ws: web.WebSocketResponse, stream: Stream) -> None:
    with contextlib.suppress(ConnectionError):
        while (frame := await stream.queue.get()) is not None:
            await ws.send_str(frame.decode())
    await ws.close(code=1013, message=b"Too far behind")
