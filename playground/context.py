"""What every handler is given: the world and the services around it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.faults import Faults
    from playground.gateway.hub import GatewayHub
    from playground.interactions import Interactions
    from playground.keeper import Keeper
    from playground.limits import Limiter
    from playground.openapi import RequestLog
    from playground.play.stream import Streams
    from playground.world.world import World


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses of the running process."""

    rest: str = ""
    gateway: str = ""
    page: str = ""


@dataclass(slots=True)
class Context:
    """The services of one playground."""

    world: "World"
    gateway: "GatewayHub"
    interactions: "Interactions"
    streams: "Streams"
    faults: "Faults"
    limiter: "Limiter"
    requests: "RequestLog"
    keeper: "Keeper | None" = None
    urls: Urls = field(default_factory=Urls)
