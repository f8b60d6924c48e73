"""From a message body to a message: attachments stored, components numbered, mentions read."""

import mimetypes
from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors
from playground.rules.components import number_components
from playground.rules.messages import Existing, check_message
from playground.world import permissions, talk
from playground.world.files import image_size
from playground.world.message import (
    COMPONENTS_V2,
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Attachment,
    Message,
)

if TYPE_CHECKING:
    from playground.rest.call import Upload
    from playground.world.model import Channel, User
    from playground.world.world import World

Json = dict[str, Any]

SETTABLE: Final = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
EDITABLE: Final = SUPPRESS_EMBEDS | COMPONENTS_V2


def create(
    world: "World",
    channel: "Channel",
    author: "User",
    body: Json,
    uploads: "dict[str, Upload]",
    *,
    ephemeral: bool = False,
) -> Message:
    """Return a new message of a checked body; raises what `check_message` raises."""
    form = FormErrors()
    check_message(form, body, {number: upload.filename for number, upload in uploads.items()})
    message = Message(world.snowflakes.next(), channel.id, author)
    message.flags = int(body.get("flags") or 0) & SETTABLE | (EPHEMERAL if ephemeral else 0)
    message.tts = bool(body.get("tts"))
    message.nonce = body.get("nonce")
    message.poll = body.get("poll")
    _fill(world, message, body, uploads)
    _refer(world, channel, message, body.get("message_reference"))
    return message


def edit(world: "World", message: Message, body: Json, uploads: "dict[str, Upload]") -> None:
    """Change a message by a checked body; what the body leaves out stays."""
    before = Existing(
        content=message.content,
        embeds=bool(message.embeds),
        components=bool(message.components),
        attachment_ids=frozenset(a.id for a in message.attachments),
        filenames=frozenset(a.filename for a in message.attachments),
        v2=bool(message.flags & COMPONENTS_V2),
        other=message.poll is not None,
    )
    check_message(FormErrors(), body, {number: upload.filename for number, upload in uploads.items()}, before)
    flags = body.get("flags")
    if flags is not None:
        kept = message.flags & ~EDITABLE | (message.flags & COMPONENTS_V2)
        message.flags = kept | (int(flags) & EDITABLE)
    _fill(world, message, body, uploads)


def _fill(world: "World", message: Message, body: Json, uploads: "dict[str, Upload]") -> None:
    if "content" in body:
        message.content = body["content"] or ""
    if "embeds" in body:
        message.embeds = [_embed(embed) for embed in body["embeds"] or []]
    if body.get("components") is not None:
        message.components = number_components(body["components"])
    message.attachments = _attachments(world, message, body.get("attachments"), uploads)
    if "content" in body or "components" in body:
        talk.set_mentions(world, message, body.get("allowed_mentions"))


def _embed(embed: Json) -> Json:
    shown = {"type": "rich", **{key: value for key, value in embed.items() if value is not None}}
    for field in shown.get("fields", ()):
        field.setdefault("inline", False)
    shown.setdefault("content_scan_version", 0)
    return shown


def _attachments(
    world: "World", message: Message, listed: list[Json] | None, uploads: "dict[str, Upload]"
) -> list[Attachment]:
    old = {a.id: a for a in message.attachments}
    entries = {str(entry.get("id")): entry for entry in listed or ()}
    kept = [a for a in message.attachments if listed is None or a.id in entries]
    for attachment in kept:
        if "description" in entries.get(attachment.id, {}):
            attachment.description = entries[attachment.id]["description"]
    new = [
        store_file(world, message.channel_id, upload, entries.get(number, {}), ephemeral=message.ephemeral)
        for number, upload in uploads.items()
        if number not in old
    ]
    return kept + new


def store_file(
    world: "World", channel_id: str, upload: "Upload", entry: Json, *, ephemeral: bool = False
) -> Attachment:
    """Put an uploaded file into the CDN and return its attachment."""
    filename = str(entry.get("filename") or upload.filename)
    size = image_size(upload.data)
    kind = upload.content_type
    if kind == "application/octet-stream":
        kind = mimetypes.guess_type(filename)[0] or kind
    made = Attachment(
        world.snowflakes.next(),
        filename,
        len(upload.data),
        kind,
        channel_id,
        description=entry.get("description"),
        title=entry.get("title"),
        width=size[0] if size else None,
        height=size[1] if size else None,
        ephemeral=ephemeral,
    )
    world.files.put(made, upload.data)
    return made


def _refer(world: "World", channel: "Channel", message: Message, reference: object) -> None:
    if not isinstance(reference, dict) or reference.get("message_id") is None:
        return
    message_id = str(reference["message_id"])
    original = world.store(channel.id).get(message_id)
    if original is None and reference.get("fail_if_not_exists", True):
        form = FormErrors()
        form.add(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        raise ApiError(50035, errors=form.tree)
    message.type = 19
    message.reference = {"type": 0, "channel_id": channel.id, "message_id": message_id, "guild_id": channel.guild_id}


def needs_of(body: Json, uploads: "dict[str, Upload]", channel: "Channel") -> int:
    """Return the permissions that a bot needs to send this body into a channel."""
    needs = permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else permissions.SEND_MESSAGES
    if uploads:
        needs |= permissions.ATTACH_FILES
    if body.get("embeds"):
        needs |= permissions.EMBED_LINKS
    if body.get("tts"):
        needs |= permissions.SEND_TTS_MESSAGES
    if body.get("message_reference"):
        needs |= permissions.READ_MESSAGE_HISTORY
    return needs
