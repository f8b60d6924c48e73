"""Finds what belongs to a URL path without trying the templates one by one."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_STEPS = 12


@dataclass(slots=True)
class _Node(Generic[T]):
    literal: "dict[str, _Node[T]]" = field(default_factory=dict)
    parameter: "_Node[T] | None" = None
    found: dict[str, tuple[T, tuple[str, ...]]] = field(default_factory=dict)


class PathTable(Generic[T]):
    """Values by method and template such as `/channels/{channel}`; literal steps win over parameters."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, template: str, value: T) -> None:
        """Put a value under a method and a template."""
        node = self._root
        for step in _steps(template):
            if step.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literal.setdefault(step, _Node())
        names = tuple(step[1:-1] for step in _steps(template) if step.startswith("{"))
        node.found[method] = (value, names)

    def find(self, method: str, path: str) -> tuple[T, dict[str, str]] | None:
        """Return the value and the path's parameters, or None. Raises LookupError when only the method is wrong."""
        steps = _steps(path)
        if len(steps) > MAX_STEPS:
            return None
        candidates = list(_matches(self._root, steps, 0))
        for node, values in candidates:
            if method in node.found:
                value, names = node.found[method]
                return value, dict(zip(names, values, strict=True))
        if candidates:
            raise LookupError(method)
        return None


def _steps(path: str) -> list[str]:
    return path.strip("/").split("/")


def _matches(node: _Node[T], steps: list[str], place: int) -> "list[tuple[_Node[T], list[str]]]":
    if place == len(steps):
        return [(node, [])] if node.found else []
    found: list[tuple[_Node[T], list[str]]] = []
    literal = node.literal.get(steps[place])
    if literal is not None:
        found.extend(_matches(literal, steps, place + 1))
    if node.parameter is not None and steps[place]:
        below = _matches(node.parameter, steps, place + 1)
        found.extend((end, [steps[place], *values]) for end, values in below)
    return found
