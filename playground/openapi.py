"""Validation of every REST request: against Discord's OpenAPI file when its path is given, and by what was refused."""

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson

from playground.errors import ApiError
from playground.paths import PathTable

Json = dict[str, Any]

KEEP_VIOLATIONS: Final = 1000
BITFIELDS: Final = frozenset({"default_member_permissions", "permissions", "allow", "deny"})
ID_LISTS: Final = frozenset({"users", "roles", "messages"})
# Refusals that say the request itself was wrong, in whatever state the world is.
FORM_CODES: Final = frozenset({50006, 50035, 50109, 40005})
JSON_TYPE: Final = "application/json"
ERRORS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Violation:
    """A request that breaks the rules; `errors` name the place in the body and what is wrong there."""

    method: str
    path: str
    status: int
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """The compiled schemas of one operation; `body` is None where it takes no JSON."""

    body: Any
    body_required: bool
    query: Mapping[str, tuple[str, Any]]


class OpenApi:
    """Discord's file, each schema compiled once. Raises OSError or ValueError for a file that is none."""

    def __init__(self, path: Path) -> None:
        import jsonschema_rs

        document = orjson.loads(path.read_bytes())
        registry = jsonschema_rs.Registry([("urn:discord", document)])

        def compiled(*pointer: str) -> Any:
            steps = "/".join(quote(step.replace("~", "~0").replace("/", "~1"), safe="~") for step in pointer)
            return jsonschema_rs.Draft202012Validator({"$ref": f"urn:discord#/{steps}"}, registry=registry)

        self._operations: PathTable[Operation] = PathTable()
        for template, item in document["paths"].items():
            for method, operation in item.items():
                if method == "parameters":
                    continue
                made = _operation(compiled, template, method, operation)
                self._operations.add(method.upper(), template, made)

    def errors(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> list[str]:
        """Return what the file does not allow about a request; [] for a good one."""
        try:
            found = self._operations.find(method, path)
        except LookupError:
            found = None
        if found is None:
            return ["no such operation"]
        operation = found[0]
        errors = [error for name, text in query.items() for error in _query_errors(operation, name, text)]
        if operation.body is None:
            return errors
        if body is None:
            return [*errors, "body: missing"] if operation.body_required else errors
        for error in operation.body.iter_errors(_coerced(body)):
            place = "/".join(str(step) for step in error.instance_path)
            errors.append(f"{place or 'body'}: {error.message[:300]}")
            if len(errors) >= ERRORS_SHOWN:
                break
        return errors


def _operation(compiled: Any, template: str, method: str, operation: Json) -> Operation:
    request = operation.get("requestBody") or {}
    where = ("paths", template, method)
    schema = None
    if JSON_TYPE in request.get("content", {}):
        schema = compiled(*where, "requestBody", "content", JSON_TYPE, "schema")
    query = {}
    for place, parameter in enumerate(operation.get("parameters", ())):
        if parameter.get("in") == "query":
            kind = str(parameter["schema"].get("type", "string"))
            query[parameter["name"]] = (kind, compiled(*where, "parameters", str(place), "schema"))
    return Operation(schema, bool(request.get("required")), query)


def _query_errors(operation: Operation, name: str, text: str) -> list[str]:
    known = operation.query.get(name)
    if known is None:
        return [f"query {name}: unknown"]
    kind, schema = known
    value: Any = text
    if kind == "integer" and text.lstrip("-").isdigit():
        value = int(text)
    elif kind == "boolean" and text.lower() in {"true", "false", "1", "0"}:
        value = text.lower() in {"true", "1"}
    return [] if schema.is_valid(value) else [f"query {name}: {text[:50]!r} does not fit"]


def _coerced(value: Any, key: str = "") -> Any:
    """Return a body with the forms that Discord's documents show and its file does not know.

    Bit fields as strings become integers; ids as integers (of attachments and allowed mentions) become strings.
    """
    if isinstance(value, dict):
        return {name: _coerced_field(key, name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [str(v) if key in ID_LISTS and isinstance(v, int) else _coerced(v, key) for v in value]
    return value


def _coerced_field(parent: str, name: str, value: Any) -> Any:
    if name in BITFIELDS and isinstance(value, str) and value.isdigit():
        return int(value)
    if name == "id" and parent == "attachments" and isinstance(value, int):
        return str(value)
    return _coerced(value, name)


class RequestLog:
    """Counts REST requests and keeps the newest ones that break rules."""

    def __init__(self, spec: OpenApi | None = None) -> None:
        self.spec = spec
        self.count = 0
        self.violations: deque[Violation] = deque(maxlen=KEEP_VIOLATIONS)

    def check(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> None:
        """Check a request against the file and keep it when it breaks its rules."""
        self.count += 1
        errors = self.spec.errors(method, path, body, query) if self.spec is not None else []
        if errors:
            self._note(method, path, 0, errors)

    def unknown(self, method: str, path: str) -> None:
        """Note a request to an operation that is not served."""
        self.count += 1
        self._note(method, path, 404, ["no such operation"])

    def refused(self, method: str, path: str, error: ApiError) -> None:
        """Note a request that our own rules refused for its form."""
        if error.code in FORM_CODES:
            detail = orjson.dumps(error.errors).decode()[:1000] if error.errors else error.message
            self._note(method, path, error.status, [detail])

    def _note(self, method: str, path: str, status: int, errors: list[str]) -> None:
        self.violations.append(Violation(method, path[:200], status, tuple(errors)))

    def clear(self) -> None:
        """Forget what was seen."""
        self.count = 0
        self.violations.clear()

    def json(self) -> Json:
        """Return the count and the violations."""
        return {
            "count": self.count,
            "openapi": self.spec is not None,
            "violations": [asdict(violation) for violation in self.violations],
        }
