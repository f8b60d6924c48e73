"""Threads: made from a message, from nothing or in a forum; joined, left, listed, changed."""

from typing import TYPE_CHECKING, Any, Final

from playground.errors import ApiError, FormErrors, form_error
from playground.rest import channels, draft
from playground.rest.call import Call, Reply
from playground.rest.routes import RouteTable
from playground.rules import checks
from playground.snowflake import now_iso
from playground.world import events, permissions, talk
from playground.world.events import Event
from playground.world.message import HAS_THREAD
from playground.world.model import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    FORUM,
    MEDIA,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
)

if TYPE_CHECKING:
    from playground.world.model import Guild

Json = dict[str, Any]

ROUTES = RouteTable()
DURATIONS: Final = frozenset({60, 1440, 4320, 10080})
MAX_ACTIVE: Final = 1000
THREAD: Final = "/channels/{channel}"


@ROUTES.route("POST", "/channels/{channel}/messages/{message}/threads")
def from_message(call: Call) -> Reply:
    """Make a public thread whose id is the message's."""
    parent = call.channel(permissions.CREATE_PUBLIC_THREADS)
    message = call.world.store(parent.id).get(call.params["message"])
    if message is None or message.ephemeral:
        raise ApiError(10008)
    if parent.type not in {TEXT, ANNOUNCEMENT}:
        raise ApiError(50024)
    if message.id in call.world.channels:
        raise ApiError(160004)
    kind = PUBLIC_THREAD if parent.type == TEXT else ANNOUNCEMENT_THREAD
    thread = _open(call, parent, kind, message.id)
    message.flags |= HAS_THREAD
    talk.edited(call.world, parent, message, stamp=False)
    return Reply(201, _with_member(call, thread))


@ROUTES.route("POST", "/channels/{channel}/threads")
def create_thread(call: Call) -> Reply:
    """Make a thread without a message, or a post in a forum."""
    parent = call.channel()
    if parent.type in {FORUM, MEDIA}:
        return _post(call, parent)
    if parent.type not in {TEXT, ANNOUNCEMENT}:
        raise ApiError(50024)
    kind = call.form.get("type") or PRIVATE_THREAD
    if kind not in {ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD}:
        raise form_error(("type",), "BASE_TYPE_CHOICES", "Value must be one of {10, 11, 12}.")
    private = kind == PRIVATE_THREAD
    call.require(parent, permissions.CREATE_PRIVATE_THREADS if private else permissions.CREATE_PUBLIC_THREADS)
    return Reply(201, _with_member(call, _open(call, parent, kind, call.world.snowflakes.next())))


def _post(call: Call, parent: Channel) -> Reply:
    call.require(parent, permissions.SEND_MESSAGES)
    body = call.form.get("message")
    if not isinstance(body, dict):
        raise form_error(("message",), "BASE_TYPE_REQUIRED", "This field is required")
    tags = [str(tag) for tag in call.form.get("applied_tags") or ()]
    if len(tags) > 5:
        raise form_error(("applied_tags",), "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
    thread_id = call.world.snowflakes.next()
    sketch = Channel(thread_id, PUBLIC_THREAD, parent_id=parent.id, guild_id=parent.guild_id)
    message = draft.create(call.world, sketch, call.bot.user, body, call.uploads)
    message.id = thread_id
    thread = _open(call, parent, PUBLIC_THREAD, thread_id)
    thread.applied_tags = tags
    talk.post(call.world, thread, message)
    return Reply(201, _with_member(call, thread) | {"message": talk.message_json(call.world, message)})


def _open(call: Call, parent: Channel, kind: int, thread_id: str) -> Channel:
    form = FormErrors()
    name = checks.text(form, ("name",), call.form.get("name"), 1, 100, need=True)
    duration = call.form.get("auto_archive_duration")
    if duration is not None:
        checks.choice(form, ("auto_archive_duration",), duration, DURATIONS)
    form.check()
    guild = call.world.guild(parent.guild_id or "")
    if sum(not thread.archived for thread in guild.threads.values()) >= MAX_ACTIVE:
        raise ApiError(160006)
    thread = Channel(thread_id, kind, name, parent_id=parent.id, owner_id=call.bot.user.id)
    thread.auto_archive_duration = duration or 1440
    thread.invitable = bool(call.form.get("invitable", True))
    thread.thread_members[call.bot.user.id] = now_iso()
    return call.world.add_thread(guild, thread)


def _with_member(call: Call, thread: Channel) -> Json:
    shown = thread.json()
    if call.bot.user.id in thread.thread_members:
        shown["member"] = thread.thread_member_json(call.bot.user.id)
    return shown


def _thread(call: Call, needs: int = 0) -> Channel:
    thread = call.channel(needs)
    if not thread.is_thread:
        raise ApiError(50024)
    return thread


@ROUTES.route("PATCH", THREAD, limit=channels.EDIT)
def edit(call: Call) -> Json:
    """Change a channel or thread."""
    channel = call.channel()
    if channel.is_thread:
        _change_thread(call, channel)
        call.world.publish_channel("THREAD_UPDATE", channel)
        return _with_member(call, channel)
    if channel.guild_id is None:
        raise ApiError(50003)
    call.require(channel, permissions.MANAGE_CHANNELS)
    channels.change(call, call.world.guild(channel.guild_id), channel, call.form)
    call.world.publish_channel("CHANNEL_UPDATE", channel)
    return channel.json()


def _change_thread(call: Call, thread: Channel) -> None:
    body = call.form
    own = thread.owner_id == call.bot.user.id
    harmless = set(body) <= {"name", "archived", "auto_archive_duration", "applied_tags"} and not thread.locked
    reopen = set(body) == {"archived"} and not body["archived"] and not thread.locked
    if not (own and harmless) and not reopen:
        call.require(thread, permissions.MANAGE_THREADS)
    if thread.archived and body.get("archived") is not False:
        raise ApiError(50083)
    form = FormErrors()
    name = checks.text(form, ("name",), body.get("name"), 1, 100)
    duration = body.get("auto_archive_duration")
    if duration is not None:
        checks.choice(form, ("auto_archive_duration",), duration, DURATIONS)
    form.check()
    thread.name = name or thread.name
    thread.auto_archive_duration = duration or thread.auto_archive_duration
    thread.locked = bool(body.get("locked", thread.locked))
    thread.invitable = bool(body.get("invitable", thread.invitable))
    thread.rate_limit_per_user = int(body.get("rate_limit_per_user") or thread.rate_limit_per_user)
    thread.applied_tags = [str(tag) for tag in body.get("applied_tags", thread.applied_tags)]
    if bool(body.get("archived", thread.archived)) != thread.archived:
        thread.archived = not thread.archived
        thread.archive_timestamp = now_iso()


@ROUTES.route("PUT", THREAD + "/thread-members/{user}")
def add_member(call: Call) -> None:
    """Join a thread, or bring someone in."""
    user_id = _member_of_path(call)
    speak = permissions.SEND_MESSAGES_IN_THREADS if user_id != call.bot.user.id else 0
    thread = _thread(call, speak)
    if thread.archived:
        raise ApiError(50083)
    guild = call.world.guild(thread.guild_id or "")
    if user_id not in guild.members:
        raise ApiError(10007)
    if user_id not in thread.thread_members:
        thread.thread_members[user_id] = now_iso()
        _tell_members(call, guild, thread, added=user_id)


@ROUTES.route("DELETE", THREAD + "/thread-members/{user}")
def remove_member(call: Call) -> None:
    """Leave a thread, or take someone out."""
    user_id = _member_of_path(call)
    thread = _thread(call)
    if user_id != call.bot.user.id and not (thread.type == PRIVATE_THREAD and thread.owner_id == call.bot.user.id):
        call.require(thread, permissions.MANAGE_THREADS)
    if thread.archived:
        raise ApiError(50083)
    if thread.thread_members.pop(user_id, None) is not None:
        _tell_members(call, call.world.guild(thread.guild_id or ""), thread, removed=user_id)


def _member_of_path(call: Call) -> str:
    return call.bot.user.id if call.params["user"] == "@me" else call.params["user"]


def _tell_members(
    call: Call, guild: "Guild", thread: Channel, *, added: str | None = None, removed: str | None = None
) -> None:
    data: Json = {"id": thread.id, "guild_id": guild.id, "member_count": len(thread.thread_members)}
    if added is not None:
        member = guild.members[added].json()
        data["added_members"] = [thread.thread_member_json(added) | {"member": member, "presence": None}]
    if removed is not None:
        data["removed_member_ids"] = [removed]
    bot = call.world.by_bot.get(added or removed or "")
    if bot is not None:
        if added is not None and thread.type == PRIVATE_THREAD:
            shown = thread.json() | {"member": thread.thread_member_json(added)}
            call.world.bus.publish(
                Event("THREAD_CREATE", shown, guild.id, events.GUILDS, application_id=bot.id, to_people=False)
            )
        call.world.bus.publish(
            Event("THREAD_MEMBERS_UPDATE", data, guild.id, events.GUILDS, application_id=bot.id, to_people=False)
        )
        return
    call.world.bus.publish(Event("THREAD_MEMBERS_UPDATE", data, guild.id, events.GUILD_MEMBERS, thread))
    call.world.publish_channel("THREAD_UPDATE", thread)


@ROUTES.route("GET", THREAD + "/thread-members")
def list_members(call: Call) -> list[Json]:
    """Return who is in a thread."""
    thread = _thread(call)
    return [thread.thread_member_json(user_id) for user_id in thread.thread_members]


@ROUTES.route("GET", THREAD + "/thread-members/{user}")
def get_member(call: Call) -> Json:
    """Return one member of a thread."""
    thread, user_id = _thread(call), _member_of_path(call)
    if user_id not in thread.thread_members:
        raise ApiError(10007)
    return thread.thread_member_json(user_id)


@ROUTES.route("GET", "/guilds/{guild}/threads/active")
def active(call: Call) -> Json:
    """Return the active threads that the bot sees."""
    guild = call.guild()
    seen = [t for t in guild.threads.values() if not t.archived and call.world.sees(t, call.bot.user.id)]
    return {"threads": [thread.json() for thread in seen], "members": _own(call, seen)}


@ROUTES.route("GET", THREAD + "/threads/archived/public")
def archived_public(call: Call) -> Json:
    """Return the archived public threads of a channel."""
    return _archived(call, call.channel(permissions.READ_MESSAGE_HISTORY), {ANNOUNCEMENT_THREAD, PUBLIC_THREAD})


@ROUTES.route("GET", THREAD + "/threads/archived/private")
def archived_private(call: Call) -> Json:
    """Return the archived private threads of a channel."""
    needs = permissions.READ_MESSAGE_HISTORY | permissions.MANAGE_THREADS
    return _archived(call, call.channel(needs), {PRIVATE_THREAD})


@ROUTES.route("GET", THREAD + "/users/@me/threads/archived/private")
def archived_joined(call: Call) -> Json:
    """Return the archived private threads that the bot is in."""
    return _archived(call, call.channel(permissions.READ_MESSAGE_HISTORY), {PRIVATE_THREAD}, joined=True)


def _archived(call: Call, parent: Channel, kinds: set[int], *, joined: bool = False) -> Json:
    guild = call.world.guild(parent.guild_id or "")
    found = [t for t in guild.threads.values() if t.parent_id == parent.id and t.archived and t.type in kinds]
    if joined:
        found = [thread for thread in found if call.bot.user.id in thread.thread_members]
    before = call.query.get("before")
    found = [thread for thread in found if before is None or thread.archive_timestamp < before]
    found.sort(key=lambda thread: thread.archive_timestamp, reverse=True)
    limit = call.number("limit", 50, 2, 100)
    page = found[:limit]
    shown = [thread.json() for thread in page]
    return {"threads": shown, "members": _own(call, page), "has_more": len(found) > limit}


def _own(call: Call, threads: list[Channel]) -> list[Json]:
    me = call.bot.user.id
    return [thread.thread_member_json(me) for thread in threads if me in thread.thread_members]
