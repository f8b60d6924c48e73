"""Messages of channels, their pins and reactions."""

import time
from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError
from playground.rest import draft
from playground.rest.call import Call
from playground.rest.routes import RouteTable
from playground.snowflake import created_ms
from playground.world import events, permissions, talk
from playground.world.events import Event
from playground.world.model import WRITABLE
from playground.world.world import NONCE_LIFETIME_S

if TYPE_CHECKING:
    from collections import OrderedDict

    from playground.world.message import Message
    from playground.world.model import Channel

Json = dict[str, Any]

ROUTES = RouteTable()
MESSAGES: Final = "/channels/{channel}/messages"
ONE: Final = MESSAGES + "/{message}"
WRITE: Final = (5, 5.0)
HOUR_MS: Final = 3_600_000
LATE_EDITS: Final = 3
LATE_EDIT_PAUSE_S: Final = 60.0
DAYS_14_MS: Final = 14 * 24 * HOUR_MS


def message_of(call: Call, channel: "Channel") -> "Message":
    """Return the message of the path; raises 10008, for ephemeral ones too."""
    found = call.world.store(channel.id).get(call.params["message"])
    if found is None or found.ephemeral:
        raise ApiError(10008)
    return found


@ROUTES.route("GET", MESSAGES, limit=(10, 5.0))
def list_messages(call: Call) -> list[Json]:
    """Return messages, newest first, around, before or after an id."""
    channel = call.channel()
    if not call.world.bits(channel, call.bot.user.id) & permissions.READ_MESSAGE_HISTORY:
        return []
    limit = call.number("limit", 50, 1, 100)
    store = call.world.store(channel.id)

    def accept(message: "Message") -> bool:
        return not message.ephemeral

    around = call.snowflake("around")
    if around is not None:
        older = store.newest_first(accept, before=around + 1, after=None, limit=limit // 2 + 1)
        newer = store.newest_first(accept, before=None, after=around, limit=limit - len(older))
        found = [*newer, *older]
    else:
        before, after = call.snowflake("before"), call.snowflake("after")
        found = store.newest_first(accept, before=before, after=after, limit=limit)
    return [_shown(call, message) for message in found]


def _shown(call: Call, message: "Message") -> Json:
    shown = talk.message_json(call.world, message)
    own = message.author.id == call.bot.user.id or message.application_id == call.bot.id
    if own or call.bot.intents & events.MESSAGE_CONTENT or call.bot.user.id in message.mentions:
        return shown
    return shown | {"content": "", "embeds": [], "attachments": [], "components": []}


@ROUTES.route("GET", ONE, limit=(10, 5.0))
def get_message(call: Call) -> Json:
    """Return a message."""
    return _shown(call, message_of(call, call.channel(permissions.READ_MESSAGE_HISTORY)))


@ROUTES.route("POST", MESSAGES, limit=WRITE)
def create_message(call: Call) -> Json:
    """Send a message; with `enforce_nonce` a repeated nonce gives the first message again."""
    channel = call.world.channel(call.params["channel"])
    call.require(channel, draft.needs_of(call.form, call.uploads, channel))
    if channel.type not in WRITABLE:
        raise ApiError(50008)
    if channel.is_thread and channel.locked:
        call.require(channel, permissions.MANAGE_THREADS)
    before = _same_nonce(call)
    if before is not None:
        return talk.message_json(call.world, before)
    message = draft.create(call.world, channel, call.bot.user, call.form, call.uploads)
    if message.mention_everyone:
        bits = call.world.bits(channel, call.bot.user.id)
        message.mention_everyone = bool(bits & permissions.MENTION_EVERYONE)
    _remember_nonce(call, message)
    talk.post(call.world, channel, message)
    return talk.message_json(call.world, message)


def _nonces(call: Call) -> "OrderedDict[tuple[str, str], tuple[float, Message]]":
    return call.world.nonces


def _same_nonce(call: Call) -> "Message | None":
    nonce = call.form.get("nonce")
    if not call.form.get("enforce_nonce") or nonce is None:
        return None
    made_at, message = _nonces(call).get((call.bot.user.id, str(nonce)), (0.0, None))
    return message if time.monotonic() - made_at < NONCE_LIFETIME_S else None


def _remember_nonce(call: Call, message: "Message") -> None:
    if message.nonce is None:
        return
    nonces = _nonces(call)
    nonces[call.bot.user.id, str(message.nonce)] = (time.monotonic(), message)
    while len(nonces) > 10_000:
        nonces.popitem(last=False)


@ROUTES.route("PATCH", ONE, limit=WRITE)
def edit_message(call: Call) -> Json:
    """Edit an own message; of others' only the flags, with MANAGE_MESSAGES."""
    channel = call.channel()
    message = message_of(call, channel)
    if channel.archived:
        raise ApiError(50083)
    if message.author.id != call.bot.user.id:
        if set(call.form) - {"flags"}:
            raise ApiError(50005)
        call.require(channel, permissions.MANAGE_MESSAGES)
    if call.uploads:
        call.require(channel, permissions.ATTACH_FILES)
    if time.time() * 1000 - created_ms(message.id) > HOUR_MS:
        message.late_edits += 1
        if message.late_edits > LATE_EDITS:
            raise ApiError(30046, retry_after=LATE_EDIT_PAUSE_S)
    draft.edit(call.world, message, call.form, call.uploads)
    talk.edited(call.world, channel, message)
    return talk.message_json(call.world, message)


@ROUTES.route("DELETE", ONE, limit=WRITE)
def delete_message(call: Call) -> None:
    """Delete a message; others' with MANAGE_MESSAGES."""
    channel = call.channel()
    message = message_of(call, channel)
    if channel.archived:
        raise ApiError(50083)
    if message.author.id != call.bot.user.id:
        call.require(channel, permissions.MANAGE_MESSAGES)
    talk.delete(call.world, channel, message)


@ROUTES.route("POST", MESSAGES + "/bulk-delete", limit=(1, 1.0))
def bulk_delete(call: Call) -> None:
    """Delete 2 to 100 messages not older than two weeks."""
    channel = call.channel(permissions.MANAGE_MESSAGES)
    ids = [str(i) for i in call.form.get("messages") or ()]
    if not 2 <= len(set(ids)) <= 100:
        raise ApiError(50016)
    if any(i.isdigit() and time.time() * 1000 - created_ms(i) > DAYS_14_MS for i in ids):
        raise ApiError(50034)
    gone = [i for i in ids if call.world.store(channel.id).remove(i) is not None]
    data = {"ids": gone, "channel_id": channel.id, "guild_id": channel.guild_id}
    call.world.bus.publish(Event("MESSAGE_DELETE_BULK", data, channel.guild_id, events.GUILD_MESSAGES, channel))


@ROUTES.route("GET", MESSAGES + "/pins")
def list_pins(call: Call) -> Json:
    """Return the pinned messages, newest first."""
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    limit = call.number("limit", 50, 1, 50)
    found = call.world.store(channel.id).newest_first(lambda m: m.pinned, before=None, after=None, limit=limit)
    items = [{"pinned_at": m.timestamp, "message": talk.message_json(call.world, m)} for m in found]
    return {"items": items, "has_more": False}


@ROUTES.route("GET", "/channels/{channel}/pins")
def old_pins(call: Call) -> list[Json]:
    """Return the pinned messages in the form of old."""
    return [item["message"] for item in list_pins(call)["items"]]


@ROUTES.route("PUT", MESSAGES + "/pins/{message}")
@ROUTES.route("PUT", "/channels/{channel}/pins/{message}")
def pin(call: Call) -> None:
    """Pin a message."""
    _set_pinned(call, pinned=True)


@ROUTES.route("DELETE", MESSAGES + "/pins/{message}")
@ROUTES.route("DELETE", "/channels/{channel}/pins/{message}")
def unpin(call: Call) -> None:
    """Unpin a message."""
    _set_pinned(call, pinned=False)


def _set_pinned(call: Call, *, pinned: bool) -> None:
    channel = call.channel(permissions.PIN_MESSAGES)
    message = message_of(call, channel)
    if pinned and sum(1 for _ in _pinned(call, channel)) >= 250:
        raise ApiError(30003)
    message.pinned = pinned
    talk.edited(call.world, channel, message, stamp=False)


def _pinned(call: Call, channel: "Channel") -> "list[Message]":
    return call.world.store(channel.id).newest_first(lambda m: m.pinned, before=None, after=None, limit=250)


@ROUTES.route("POST", "/channels/{channel}/typing", limit=(5, 5.0))
def typing(call: Call) -> None:
    """Show that the bot types."""
    channel = call.channel(permissions.SEND_MESSAGES_IN_THREADS if _thread(call) else permissions.SEND_MESSAGES)
    data = {"channel_id": channel.id, "user_id": call.bot.user.id, "timestamp": int(time.time())}
    if channel.guild_id:
        data["guild_id"] = channel.guild_id
    intents = events.GUILD_MESSAGE_TYPING if channel.guild_id else events.DIRECT_MESSAGE_TYPING
    call.world.bus.publish(Event("TYPING_START", data, channel.guild_id, intents, channel))


def _thread(call: Call) -> bool:
    return call.world.channel(call.params["channel"]).is_thread
