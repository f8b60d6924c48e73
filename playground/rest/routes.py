"""The table of REST routes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from playground.paths import PathTable
from playground.rest.call import Call

Handler = Callable[[Call], Any]
Limit = tuple[int, float]

DEFAULT_LIMIT: Final[Limit] = (10, 5.0)
MAJOR: Final = ("channel", "guild", "webhook", "token")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its handler answers with JSON (200), None (204) or a `Reply`.

    `limit`: calls per seconds of its bucket, None for no bucket; `exempt` from the global limit;
    `major`: the path parameters that split the bucket.
    """

    method: str
    template: str
    handle: Handler
    token: bool = True
    limit: Limit | None = DEFAULT_LIMIT
    exempt: bool = False
    major: tuple[str, ...] = ()


class RouteTable:
    """Collects routes of a module, or of all of them."""

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self._paths: PathTable[Route] = PathTable()

    def route(
        self,
        method: str,
        template: str,
        *,
        token: bool = True,
        limit: Limit | None = DEFAULT_LIMIT,
        exempt: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler; `{name}` in the template is a path parameter."""

        def register(handle: Handler) -> Handler:
            major = tuple(name for name in MAJOR if f"{{{name}}}" in template)
            self.add(Route(method, template, handle, token, limit, exempt, major))
            return handle

        return register

    def add(self, route: Route) -> None:
        """Put one route into the table."""
        self.routes.append(route)
        self._paths.add(route.method, route.template, route)

    def extend(self, other: "RouteTable") -> None:
        """Take over every route of another table."""
        for route in other.routes:
            self.add(route)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route and its parameters, or None; raises LookupError when only the method is wrong."""
        return self._paths.find(method, path)
