"""A message, its attachments, and the store of one channel."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.snowflake import now_iso
from playground.world.model import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playground.world.changes import Changes

Json = dict[str, Any]

CROSSPOSTED, SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING = 1, 1 << 2, 1 << 5, 1 << 6, 1 << 7
SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 12, 1 << 15


@dataclass(slots=True)
class Attachment:
    """A file of a message; its bytes lie in the CDN under its id."""

    id: str
    filename: str
    size: int
    content_type: str
    channel_id: str
    description: str | None = None
    title: str | None = None
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False
    spoiler: bool = False

    def json(self, url: str) -> Json:
        """Return the attachment object with a signed URL."""
        shown: Json = {
            "id": self.id,
            "filename": self.filename,
            "size": self.size,
            "url": url,
            "proxy_url": url,
            "content_type": self.content_type,
            "content_scan_version": 0,
        }
        for name in ("description", "title", "width", "height"):
            value = getattr(self, name)
            if value is not None:
                shown[name] = value
        if self.ephemeral:
            shown["ephemeral"] = True
        return shown


@dataclass(slots=True)
class Message:
    """A message of a channel; `audience` is the only person who sees it when it is ephemeral."""

    id: str
    channel_id: str
    author: User
    content: str = ""
    type: int = 0
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    tts: bool = False
    pinned: bool = False
    nonce: str | int | None = None
    timestamp: str = field(default_factory=now_iso)
    edited_timestamp: str | None = None
    mentions: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    application_id: str | None = None
    webhook_id: str | None = None
    interaction_metadata: Json | None = None
    interaction: Json | None = None
    reference: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    audience: str | None = None
    interaction_id: str | None = None
    username: str | None = None
    late_edits: int = 0
    poll: Json | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & EPHEMERAL)


class MessageStore:
    """The newest messages of one channel, by id and in order; the oldest fall out beyond `keep`."""

    def __init__(self, channel_id: str, keep: int, changes: "Changes | None" = None) -> None:
        self.changes = changes
        self._channel_id = channel_id
        self._keep = keep
        self._by_id: dict[str, Message] = {}
        self._order: list[int] = []

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, message: Message) -> None:
        """Append a message newer than every one before; trims in strides, so that adding stays cheap."""
        self._by_id[message.id] = message
        self._order.append(int(message.id))
        self.touch(message.id)
        if len(self._order) > self._keep + 1000:
            for gone in self._order[:1000]:
                self._by_id.pop(str(gone), None)
                self.touch(str(gone))
            del self._order[:1000]

    def get(self, message_id: str) -> Message | None:
        """Return a message, or None when there is none of that id."""
        return self._by_id.get(message_id)

    def remove(self, message_id: str) -> Message | None:
        """Take a message out and return it."""
        gone = self._by_id.pop(message_id, None)
        if gone is not None:
            del self._order[bisect_left(self._order, int(message_id))]
            self.touch(message_id)
        return gone

    def touch(self, message_id: str) -> None:
        """Note that a message is not what it was."""
        if self.changes is not None:
            self.changes.messages.add((self._channel_id, message_id))

    def newest_first(
        self, accept: "Callable[[Message], bool]", *, before: int | None, after: int | None, limit: int
    ) -> list[Message]:
        """Return up to `limit` accepted messages, newest first; `after` takes the oldest ones past it."""
        if after is not None:
            found = self._collect(iter(range(bisect_right(self._order, after), len(self._order))), accept, limit)
            return found[::-1]
        end = len(self._order) if before is None else bisect_left(self._order, before)
        return self._collect(iter(range(end - 1, -1, -1)), accept, limit)

    def _collect(self, places: "Iterator[int]", accept: "Callable[[Message], bool]", limit: int) -> list[Message]:
        found: list[Message] = []
        for place in places:
            if len(found) >= limit:
                break
            message = self._by_id[str(self._order[place])]
            if accept(message):
                found.append(message)
        return found
