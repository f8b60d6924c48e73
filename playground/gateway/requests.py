"""What an identified client may ask for: presence, voice state, members, sounds, channel info."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from playground.gateway.connection import Connection
    from playground.gateway.session import Session
    from playground.world.model import Guild, Member

Json = dict[str, Any]

CHUNK: Final = 1000
ALL_MEMBERS_INTERVAL_S: Final = 30.0


def _nothing(_connection: "Connection", _session: "Session", _body: object) -> None:
    return


def _guild(connection: "Connection", session: "Session", body: Json) -> "Guild | None":
    guild_id = body.get("guild_id")
    if isinstance(guild_id, list):
        guild_id = guild_id[0] if guild_id else None
    known = isinstance(guild_id, str) and guild_id in session.app.guild_ids and session.owns(guild_id)
    return connection.hub.world.guilds[str(guild_id)] if known else None


def _members(connection: "Connection", session: "Session", body: object) -> None:
    guild = _guild(connection, session, body) if isinstance(body, dict) else None
    if guild is None or not isinstance(body, dict):
        return
    if body.get("query") == "" and not body.get("limit") and not body.get("user_ids"):
        left = session.chunk_asked.get(guild.id, 0.0) + ALL_MEMBERS_INTERVAL_S - time.monotonic()
        if left > 0:
            meta = {"guild_id": guild.id, "nonce": body.get("nonce")}
            session.dispatch("RATE_LIMITED", orjson.dumps({"opcode": 8, "retry_after": left, "meta": meta}))
            return
        session.chunk_asked[guild.id] = time.monotonic()
    found, missing = _chosen(guild, body)
    chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
    for index, chunk in enumerate(chunks):
        data: Json = {
            "guild_id": guild.id,
            "members": [member.json() for member in chunk],
            "chunk_index": index,
            "chunk_count": len(chunks),
        }
        if missing and index == 0:
            data["not_found"] = missing
        if isinstance(body.get("nonce"), str) and len(body["nonce"]) <= 32:
            data["nonce"] = body["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", orjson.dumps(data))


def _chosen(guild: "Guild", body: Json) -> "tuple[list[Member], list[str]]":
    wanted = body.get("user_ids")
    if wanted is not None:
        ids = [str(i) for i in (wanted if isinstance(wanted, list) else [wanted])][:100]
        return [guild.members[i] for i in ids if i in guild.members], [i for i in ids if i not in guild.members]
    query, limit = str(body.get("query", "")).lower(), body.get("limit")
    found = [
        member
        for member in guild.members.values()
        if (member.nick or member.user.global_name or member.user.username).lower().startswith(query)
        or member.user.username.startswith(query)
    ]
    return (found[:limit] if isinstance(limit, int) and limit > 0 else found), []


def _sounds(_connection: "Connection", session: "Session", body: object) -> None:
    ids = body.get("guild_ids") if isinstance(body, dict) else None
    for guild_id in ids if isinstance(ids, list) else []:
        if guild_id in session.app.guild_ids:
            data = {"guild_id": guild_id, "soundboard_sounds": []}
            session.dispatch("SOUNDBOARD_SOUNDS", orjson.dumps(data))


def _channel_info(connection: "Connection", session: "Session", body: object) -> None:
    guild = _guild(connection, session, body) if isinstance(body, dict) else None
    if guild is not None:
        data: Json = {"guild_id": guild.id, "channels": []}
        asyncio.get_running_loop().call_soon(session.dispatch, "CHANNEL_INFO", orjson.dumps(data))


HANDLERS: Final[dict[int, Callable[["Connection", "Session", object], None]]] = {
    3: _nothing,
    4: _nothing,
    8: _members,
    31: _sounds,
    43: _channel_info,
}
