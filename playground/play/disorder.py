"""Disturbances of the gateway on order."""

from typing import TYPE_CHECKING, Final

import orjson

from playground.errors import form_error
from playground.gateway.connection import Connection

if TYPE_CHECKING:
    from playground.gateway.hub import GatewayHub

ACTIONS: Final = frozenset({"cut", "reconnect", "invalid_session", "close", "revoke"})

RESUMABLE: Final = frozenset({4000, 4001, 4002, 4003, 4005, 4008})


def disturb(hub: "GatewayHub", action: str, app_id: str | None, shard: int | None, code: int = 4000) -> int:
    """Disturb the chosen connections now and return how many there were.

    cut: TCP is aborted, resumable. reconnect: op 7. invalid_session: op 9 with d false, not resumable.
    close: with a close code, which says whether the session can be resumed. revoke: close code 4004.
    """
    if action not in ACTIONS:
        raise form_error(("action",), "BASE_TYPE_CHOICES", f"Must be one of {sorted(ACTIONS)}.")
    chosen = hub.of(app_id, shard)
    for session in chosen:
        connection = session.sink
        if not isinstance(connection, Connection):
            continue
        if action == "cut":
            connection.abort()
        elif action == "reconnect":
            connection.send(orjson.dumps({"t": None, "s": None, "op": 7, "d": None}))
        elif action == "close":
            if code not in RESUMABLE:
                hub.end(session)
            connection.close_soon(code, "Ordered")
        elif action == "revoke":
            hub.end(session)
            connection.close_soon(4004, "Authentication failed")
        else:
            hub.end(session)
            connection.invalidate()
    return len(chosen)
