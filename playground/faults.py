"""Faults to order: what goes wrong with which requests, how often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from playground.errors import form_error

if TYPE_CHECKING:
    from playground.world.application import Application

Json = dict[str, Any]

REST_KINDS: Final = frozenset({"status", "slow", "lost_answer", "rate_limit"})
GATEWAY_KINDS: Final = frozenset({"cut_gateway", "reconnect", "invalid_session"})
MAX_FAULTS: Final = 100


@dataclass(slots=True)
class Fault:
    """One order; `left` counts down with each request it hits, None never ends."""

    id: str
    kind: str
    method: str | None = None
    path: re.Pattern[str] | None = None
    bot: str | None = None
    status: int = 500
    seconds: float = 1.0
    scope: str = "user"
    retry_after: float = 1.0
    left: int | None = 1

    def hits(self, method: str, path: str, app: "Application | None") -> bool:
        """Tell whether a request is meant."""
        if self.kind not in REST_KINDS or self.left == 0:
            return False
        if self.method is not None and self.method != method:
            return False
        if self.bot is not None and (app is None or self.bot not in {app.id, app.name, app.token}):
            return False
        return self.path is None or self.path.search(path[:512]) is not None


class Faults:
    """The orders in force, the oldest first."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []
        self.hits = 0

    def order(self, fault: Fault) -> Fault:
        """Put an order into force."""
        if len(self._orders) >= MAX_FAULTS:
            raise form_error((), "MAX_FAULTS", f"At most {MAX_FAULTS} faults at once.")
        self._orders.append(fault)
        return fault

    def clear(self, fault_id: str | None = None) -> None:
        """End one order or all."""
        self._orders = [] if fault_id is None else [f for f in self._orders if f.id != fault_id]

    def take(self, method: str, path: str, app: "Application | None") -> Fault | None:
        """Return the fault that hits this request and count it."""
        for fault in self._orders:
            if fault.hits(method, path, app):
                self.hits += 1
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left == 0:
                        self._orders.remove(fault)
                return fault
        return None


def read_fault(fault_id: str, body: Json) -> Fault:
    """Return the fault that a control body orders; raises 50035 for one that makes no sense."""
    match = body.get("match") or {}
    if not isinstance(match, Mapping):
        raise form_error(("match",), "MODEL_TYPE_CONVERT", "Must be an object.")
    kind = str(body.get("kind"))
    if kind not in REST_KINDS | GATEWAY_KINDS:
        raise form_error(("kind",), "BASE_TYPE_CHOICES", f"Must be one of {sorted(REST_KINDS | GATEWAY_KINDS)}.")
    pattern = match.get("path_regex")
    try:
        path = re.compile(str(pattern)[:300]) if pattern else None
    except re.error:
        raise form_error(("match", "path_regex"), "REGEX", "No regular expression.") from None
    times = body.get("times", 1)
    return Fault(
        fault_id,
        kind,
        method=str(match["method"]).upper() if match.get("method") else None,
        path=path,
        bot=str(match["bot"]) if match.get("bot") else None,
        status=int(body.get("status", 500)),
        seconds=min(float(body.get("seconds", 1.0)), 3600.0),
        scope=str(body.get("scope", "user")),
        retry_after=float(body.get("retry_after", 1.0)),
        left=None if times is None else int(times),
    )
