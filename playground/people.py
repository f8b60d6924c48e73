"""A person's client over the person API: what the page does, for tests, the demo and load."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson

from playground.reading import custom_id_of

Json = dict[str, Any]


class PlayError(Exception):
    """The playground refused an act; `body` is its error object."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Done:
    """The first answer to an act; without waiting only `interaction_id` is known.

    `type` is Discord's callback type; `after_ms` counts from the act to the answer.
    """

    interaction_id: str
    failed: bool = False
    after_ms: float = 0.0
    type: int | None = None
    message: Json | None = None
    modal: Json | None = None


@dataclass
class Person:
    """One person at a playground; made by `connect`. `seen` holds the newest form of each message that was shown."""

    base_url: str
    id: str
    http: aiohttp.ClientSession
    state: Json = field(default_factory=dict)
    channel_id: str | None = None
    seen: dict[str, Json] = field(default_factory=dict)
    modals: list[Json] = field(default_factory=list)
    _queues: "list[asyncio.Queue[Json]]" = field(default_factory=list)
    _reader: "asyncio.Task[None] | None" = None
    _ws: aiohttp.ClientWebSocketResponse | None = None

    @classmethod
    async def connect(cls, base_url: str, person: str, *, channel: str | None = None) -> "Person":
        """Connect as a person, named by id or name; `channel` (id or name) is where acts go by default."""
        http = aiohttp.ClientSession(json_serialize=lambda value: orjson.dumps(value).decode())
        made = cls(base_url.rstrip("/"), person, http)
        try:
            await made._open(person, channel)
        except BaseException:
            await http.close()
            raise
        return made

    async def _open(self, person: str, channel: str | None) -> None:
        everyone = (await self._get("/play/state"))["people"]
        found = [p for p in everyone if person in {p["id"], p["global_name"], p["username"]}]
        if not found:
            raise PlayError(404, {"person": person})
        self.id = found[0]["id"]
        self._ws = await self.http.ws_connect(f"{self.base_url}/play/events?person={self.id}", max_msg_size=0)
        ready = await self._ws.receive_json(loads=orjson.loads)
        self.state = ready["d"]
        if channel is not None:
            self.channel_id = self.channel(channel)
        self._reader = asyncio.create_task(self._read(self._ws))

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in ws:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            event = orjson.loads(frame.data)
            self._note(event)
            for queue in self._queues:
                queue.put_nowait(event)

    def _note(self, event: Json) -> None:
        kind, data = event["t"], event["d"]
        if kind in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            self.seen[data["id"]] = data
            if len(self.seen) > 5000:
                del self.seen[next(iter(self.seen))]
        elif kind == "MESSAGE_DELETE":
            self.seen.pop(data["id"], None)
        elif kind in {"CHANNEL_CREATE", "THREAD_CREATE"}:
            self._note_channel(data)
        elif kind == "GUILD_CREATE":
            self.state["guilds"] = [g for g in self.state["guilds"] if g["id"] != data["id"]] + [data]
        elif kind == "MODAL":
            self.modals.append(data)

    def _note_channel(self, channel: Json) -> None:
        for guild in self.state["guilds"]:
            if guild["id"] == channel["guild_id"]:
                guild["threads" if "thread_metadata" in channel else "channels"].append(channel)

    def channel(self, name: str) -> str:
        """Return the id of a channel or thread by its name or id; raises KeyError."""
        for guild in self.state["guilds"]:
            for channel in [*guild["channels"], *guild["threads"]]:
                if name.lstrip("#") in {channel["id"], channel["name"]}:
                    return str(channel["id"])
        if name.isdigit():
            return name
        raise KeyError(name)

    async def command(
        self, name: str, /, *, channel: str | None = None, wait: bool = True, locale: str | None = None, **options: Any
    ) -> Done:
        """Use a command such as `session start`; a Path as an option's value is uploaded.

        Options named like a parameter, or like no Python word, go into one mapping: `options={"channel": …}`.
        """
        options |= options.pop("options", {})
        files = {key: value for key, value in options.items() if isinstance(value, Path)}
        given = {key: (value.name if key in files else value) for key, value in options.items()}
        body = {"channel_id": self._where(channel), "name": name, "options": given, "locale": locale}
        return await self._act("/play/command", body, wait=wait, files=files)

    async def press(self, message: Json, which: str, values: list[str] | None = None, *, wait: bool = True) -> Done:
        """Press a button or use a select, named by custom id or label; `values` are a select's choices."""
        newest = self.seen.get(message["id"], message)
        body: Json = {
            "channel_id": message["channel_id"],
            "message_id": message["id"],
            "custom_id": custom_id_of(newest, which),
        }
        if values is not None:
            body["values"] = values
        return await self._act("/play/component", body, wait=wait)

    async def submit(
        self, modal: Json, /, *, wait: bool = True, files: Mapping[str, Path] | None = None, **values: Any
    ) -> Done:
        """Submit a modal; values are named by custom id, also in one mapping `values={…}`."""
        values |= values.pop("values", {})
        body = {"modal_id": modal["modal_id"], "values": values}
        return await self._act("/play/modal", body, wait=wait, files=dict(files or {}))

    async def menu(self, name: str, message: Json, *, wait: bool = True) -> Done:
        """Use a message menu command."""
        body = {"channel_id": message["channel_id"], "message_id": message["id"], "name": name}
        return await self._act("/play/menu", body, wait=wait)

    async def autocomplete(
        self, name: str, focused: str, /, *, channel: str | None = None, **options: Any
    ) -> list[Json]:
        """Return the suggestions for the option `focused`."""
        body = {"channel_id": self._where(channel), "name": name, "options": options, "focused": focused}
        answer: Json = await self._post("/play/autocomplete", body)
        return list(answer["choices"])

    async def say(self, content: str, *, channel: str | None = None) -> Json:
        """Write an ordinary message and return it."""
        message: Json = await self._post("/play/message", {"channel_id": self._where(channel), "content": content})
        return message

    async def messages(self, channel: str | None = None, *, limit: int = 100, before: str | None = None) -> list[Json]:
        """Return the messages this person sees, newest first."""
        query = f"person={self.id}&limit={limit}" + (f"&before={before}" if before else "")
        found: list[Json] = await self._get(f"/play/channels/{self._where(channel)}/messages?{query}")
        return found

    async def commands(self, channel: str | None = None) -> list[Json]:
        """Return the commands this person can use."""
        found: list[Json] = await self._get(f"/play/commands?person={self.id}&channel={self._where(channel)}")
        return found

    async def events(self) -> AsyncIterator[Json]:
        """Yield every later event `{t, d}`."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._queues.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.remove(queue)

    async def until(
        self,
        predicate: Callable[[Json], bool],
        timeout: float = 10.0,  # noqa: ASYNC109 - waiting is what this is for
        *,
        channel: str | None = None,
    ) -> Json:
        """Return the first message, shown already or later, whose newest form satisfies the predicate.

        Raises TimeoutError after `timeout` seconds.
        """
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._queues.append(queue)
        try:
            async with asyncio.timeout(timeout):
                return await self._first(predicate, queue, channel and self.channel(channel))
        finally:
            self._queues.remove(queue)

    async def _first(
        self, predicate: Callable[[Json], bool], queue: "asyncio.Queue[Json]", channel_id: str | None
    ) -> Json:
        for message in list(self.seen.values()):
            if channel_id in {None, message["channel_id"]} and predicate(message):
                return message
        while True:
            event = await queue.get()
            if event["t"] not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
                continue
            if channel_id in {None, event["d"]["channel_id"]} and predicate(event["d"]):
                newest: Json = event["d"]
                return newest

    def _where(self, channel: str | None) -> str:
        if channel is not None:
            return self.channel(channel)
        if self.channel_id is None:
            raise KeyError("channel")
        return self.channel_id

    async def _act(self, path: str, body: Json, *, wait: bool, files: Mapping[str, Path] | None = None) -> Done:
        answer = await self._post(path + ("?wait=1" if wait else ""), body, files or {})
        known = {key: answer[key] for key in Done.__slots__ if key in answer}
        return Done(**known)

    async def _post(self, path: str, body: Json, files: Mapping[str, Path] | None = None) -> Any:
        body = {"person": self.id, **{key: value for key, value in body.items() if value is not None}}
        url = self.base_url + path
        if not files:
            async with self.http.post(url, data=orjson.dumps(body), headers=_JSON) as response:
                return await _checked(response)
        form = aiohttp.FormData()
        form.add_field("payload_json", orjson.dumps(body).decode(), content_type="application/json")
        for name, file in files.items():
            form.add_field(name, file.read_bytes(), filename=file.name)
        async with self.http.post(url, data=form) as response:
            return await _checked(response)

    async def _get(self, path: str) -> Any:
        async with self.http.get(self.base_url + path) as response:
            return await _checked(response)

    async def close(self) -> None:
        """Leave."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._ws is not None:
            await self._ws.close()
        await self.http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


_JSON = {"Content-Type": "application/json"}


async def _checked(response: aiohttp.ClientResponse) -> Any:
    body = orjson.loads(await response.read())
    if response.status >= 400:
        raise PlayError(response.status, body)
    return body
