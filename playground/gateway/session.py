"""A gateway session: outlives its connection for a while and replays what was missed."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import orjson

if TYPE_CHECKING:
    from playground.world.application import Application
    from playground.world.world import World

Json = dict[str, Any]

REPLAY_KEEP = 20_000


class Sink(Protocol):
    """The connection a session writes to."""

    def send(self, payload: bytes) -> None:
        """Queue one payload."""
        ...

    def close_soon(self, code: int, reason: str) -> None:
        """Close the connection with a code after what is queued."""
        ...


@dataclass
class Session:
    """One identified shard of a bot. `seq` counts its dispatches."""

    id: str
    app: "Application"
    shard: tuple[int, int]
    intents: int
    sink: Sink | None = None
    seq: int = 0
    lost_at: float | None = None
    replay: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REPLAY_KEEP))
    chunk_asked: dict[str, float] = field(default_factory=dict)

    def owns(self, guild_id: str | None) -> bool:
        """Tell whether events of a guild (None: no guild, shard 0) belong to this shard."""
        return self.shard[0] == (0 if guild_id is None else (int(guild_id) >> 22) % self.shard[1])

    def dispatch(self, name: str, data: bytes) -> None:
        """Send one event and remember it for a resume; `data` is JSON."""
        self.seq += 1
        body = {"t": name, "s": self.seq, "op": 0, "d": orjson.Fragment(data)}
        payload = orjson.dumps(body)
        self.replay.append((self.seq, payload))
        if self.sink is not None:
            self.sink.send(payload)

    def acknowledge(self, seq: int) -> None:
        """Forget what the client says it has had, except a little for a client that counts ahead of itself."""
        while self.replay and self.replay[0][0] <= seq - 100:
            self.replay.popleft()

    def can_replay(self, seq: int) -> bool:
        """Tell whether everything after `seq` is still here."""
        oldest = self.replay[0][0] if self.replay else self.seq + 1
        return oldest <= seq + 1

    def missed(self, seq: int) -> list[bytes]:
        """Return the payloads after `seq`."""
        return [payload for number, payload in self.replay if number > seq]

    def lose(self, sink: Sink) -> None:
        """Note that this connection is gone; nothing happens when another took over already."""
        if self.sink is sink:
            self.sink = None
            self.lost_at = time.monotonic()


def event_data(world: "World", session: Session, data: Json) -> Json:
    """Return a message's data without what needs the MESSAGE_CONTENT intent."""
    bot = session.app.user.id
    own = data.get("author", {}).get("id") == bot
    if own or session.intents & (1 << 15) or data.get("guild_id") is None or data.get("application_id") == bot:
        return data
    if any(user["id"] == bot for user in data.get("mentions", ())) or bot not in world.users:
        return data
    bare = data | {"content": "", "embeds": [], "attachments": [], "components": []}
    bare.pop("poll", None)
    return bare
