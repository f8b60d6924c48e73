"""IDENTIFY and RESUME."""

from typing import TYPE_CHECKING, Any, Final

import orjson

from playground.gateway.codes import GatewayCloseError
from playground.world.application import PRIVILEGED

if TYPE_CHECKING:
    from playground.gateway.connection import Connection
    from playground.gateway.session import Session
    from playground.world.application import Application

Json = dict[str, Any]

KNOWN_INTENTS: Final = (1 << 26) - 1
PRIVILEGED_INTENTS: Final = sum(PRIVILEGED)


def identify(connection: "Connection", body: object) -> None:
    """Handle op 2: check token, shard, intents and start budget; then READY and GUILD_CREATE."""
    if connection.session is not None:
        raise GatewayCloseError(4005, "Already authenticated")
    if not isinstance(body, dict):
        raise GatewayCloseError(4002, "Error while decoding payload")
    app = _authenticate(connection, body)
    shard = _shard(connection, app, body.get("shard"))
    intents = _intents(app, body.get("intents"))
    hub = connection.hub
    if not hub.may_identify(app, shard[0]):
        connection.send_op(9, False)
        return
    if hub.budget(app).remaining < 0:
        hub.world.by_token.pop(app.token, None)
        for session in hub.of(app.id):
            hub.end(session)
            if session.sink is not None:
                session.sink.close_soon(4004, "Authentication failed")
        raise GatewayCloseError(4004, "Authentication failed")
    connection.payload_compression = body.get("compress") is True
    session = hub.start(app, shard, intents)
    session.sink = connection
    connection.session = session
    _welcome(connection, session)


def _authenticate(connection: "Connection", body: Json) -> "Application":
    token = str(body.get("token", "")).removeprefix("Bot ").strip()
    app = connection.hub.world.by_token.get(token)
    if app is None:
        raise GatewayCloseError(4004, "Authentication failed")
    return app


def _shard(connection: "Connection", app: "Application", shard: object) -> tuple[int, int]:
    if shard is None:
        if len(app.guild_ids) > connection.hub.settings.guilds_a_shard:
            raise GatewayCloseError(4011, "Sharding required")
        return 0, 1
    if not (isinstance(shard, list) and len(shard) == 2 and all(isinstance(n, int) for n in shard)):
        raise GatewayCloseError(4010, "Invalid shard")
    if not 0 <= shard[0] < shard[1] <= 16_384:
        raise GatewayCloseError(4010, "Invalid shard")
    if len(app.guild_ids) > connection.hub.settings.guilds_a_shard * shard[1]:
        raise GatewayCloseError(4011, "Sharding required")
    return shard[0], shard[1]


def _intents(app: "Application", intents: object) -> int:
    if not isinstance(intents, int) or isinstance(intents, bool) or not 0 <= intents <= KNOWN_INTENTS:
        raise GatewayCloseError(4013, "Invalid intent(s)")
    if intents & PRIVILEGED_INTENTS & ~app.intents:
        raise GatewayCloseError(4014, "Disallowed intent(s)")
    return intents


def _welcome(connection: "Connection", session: "Session") -> None:
    hub, app = connection.hub, session.app
    guilds = [hub.world.guilds[g] for g in sorted(app.guild_ids) if session.owns(g)]
    ready = {
        "v": 10,
        "user": app.user.json() | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0},
        "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": hub.url,
        "shard": list(session.shard),
        "application": {"id": app.id, "flags": app.flags()},
        "private_channels": [],
        "relationships": [],
        "presences": [],
        "user_settings": {},
        "geo_ordered_rtc_regions": [],
        "_trace": [],
    }
    session.dispatch("READY", orjson.dumps(ready))
    if not session.intents & 1:
        return
    for guild in guilds:
        seen = guild.create_json(app.user.id, hub.world.visible(guild, app.user.id))
        session.dispatch("GUILD_CREATE", orjson.dumps(seen))


def resume(connection: "Connection", body: object) -> None:
    """Handle op 6: replay what was missed, or say op 9 when that is no longer possible."""
    if connection.session is not None:
        raise GatewayCloseError(4005, "Already authenticated")
    if not isinstance(body, dict):
        raise GatewayCloseError(4002, "Error while decoding payload")
    app = _authenticate(connection, body)
    hub = connection.hub
    hub.sweep()
    session = hub.sessions.get(str(body.get("session_id")))
    seq = body.get("seq")
    if session is None or session.app is not app or not isinstance(seq, int):
        connection.send_op(9, False)
        return
    if seq > session.seq:
        raise GatewayCloseError(4007, "Invalid seq")
    if not session.can_replay(seq):
        hub.end(session)
        connection.send_op(9, False)
        return
    if session.sink is not None:
        session.sink.close_soon(4000, "Resumed elsewhere")
    session.sink, session.lost_at = connection, None
    connection.session = session
    for payload in session.missed(seq):
        connection.send(payload)
    session.dispatch("RESUMED", orjson.dumps({"_trace": []}))
