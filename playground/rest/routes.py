"""The table of REST routes, found by method and path without trying them one by one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from playground.rest.call import Call

Handler = Callable[[Call], Any]
Limit = tuple[int, float]

DEFAULT_LIMIT: Final[Limit] = (10, 5.0)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: answers with JSON (200), None (204) or a `Reply`.

    `limit`: calls per seconds of its bucket, None for no bucket; `major`: the path parameters that split the bucket.
    """

    method: str
    template: str
    handle: Handler
    token: bool = True
    limit: Limit | None = DEFAULT_LIMIT
    exempt: bool = False
    major: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    literal: "dict[str, _Node]" = field(default_factory=dict)
    parameter: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


MAJOR: Final = ("channel", "guild", "webhook", "token")


class RouteTable:
    """Collects routes; literal path segments win over parameters."""

    def __init__(self) -> None:
        self._root = _Node()
        self.routes: list[Route] = []

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
            names = [step[1:-1] for step in template.split("/") if step.startswith("{")]
            major = tuple(name for name in names if name in MAJOR)
            self.add(Route(method, template, handle, token, limit, exempt, major))
            return handle

        return register

    def add(self, route: Route) -> None:
        """Put one route into the table."""
        self.routes.append(route)
        node = self._root
        for step in route.template.strip("/").split("/"):
            if not step.startswith("{"):
                node = node.literal.setdefault(step, _Node())
                continue
            node.parameter = node.parameter or _Node()
            node = node.parameter
        node.routes[route.method] = route

    def extend(self, other: "RouteTable") -> None:
        """Take over every route of another table."""
        for route in other.routes:
            self.add(route)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | set[str] | None:
        """Return the route and its parameters; the methods there are when only the method is wrong; or None."""
        steps = path.strip("/").split("/")
        if len(steps) > 12:
            return None
        node, values = _walk(self._root, steps, 0)
        if node is None or not node.routes:
            return None
        route = node.routes.get(method)
        if route is None:
            return set(node.routes)
        names = [step[1:-1] for step in route.template.split("/") if step.startswith("{")]
        return route, dict(zip(names, values, strict=True))


def _walk(node: _Node, steps: list[str], place: int) -> tuple[_Node | None, list[str]]:
    if place == len(steps):
        return (node if node.routes else None), []
    literal = node.literal.get(steps[place])
    if literal is not None:
        found, values = _walk(literal, steps, place + 1)
        if found is not None:
            return found, values
    if node.parameter is not None and steps[place]:
        found, values = _walk(node.parameter, steps, place + 1)
        if found is not None:
            return found, [steps[place], *values]
    return None, []
