"""The way of every REST request: faults, token, rate limits, body, rules of the OpenAPI file, handler, answer."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import web
from multidict import CIMultiDict

from playground.errors import ApiError, form_error, not_found
from playground.rest import body as bodies
from playground.rest.call import Call, Reply
from playground.rest.tables import TABLE

if TYPE_CHECKING:
    from playground.context import Context
    from playground.faults import Fault
    from playground.rest.routes import Route
    from playground.world.application import Application

LOG: Final = logging.getLogger(__name__)
PREFIX: Final = "/api"
BODY_METHODS: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def answer(status: int, body: Any, headers: "CIMultiDict[str] | None" = None) -> web.Response:
    """Return a JSON response; its Content-Type carries no charset, as some clients compare it literally."""
    headers = headers if headers is not None else CIMultiDict()
    headers.setdefault("Via", "1.1 google")
    if body is None:
        return web.Response(status=204 if status == 200 else status, headers=headers)
    headers["Content-Type"] = "application/json"
    return web.Response(status=status, body=orjson.dumps(body), headers=headers)


def rate_limited(seconds: float, scope: str, headers: "CIMultiDict[str]", message: str | None = None) -> web.Response:
    """Return Discord's 429 with its headers; `scope` is user, global or shared."""
    headers["Retry-After"] = str(max(1, int(seconds + 0.999)))
    headers["X-RateLimit-Scope"] = scope
    if scope == "global":
        headers["X-RateLimit-Global"] = "true"
    text = message or "You are being rate limited."
    return answer(429, {"message": text, "retry_after": round(seconds, 3), "global": scope == "global"}, headers)


def path_of(request: web.Request) -> str:
    """Return the path after `/api` and the version, which may be left out; raises 404 for an unknown version."""
    path = request.path.removeprefix(PREFIX)
    first, _, rest = path.lstrip("/").partition("/")
    if first[:1] == "v" and first[1:].isdigit():
        if first not in {"v9", "v10"}:
            raise ApiError(50041, status=400, message="Invalid API version")
        return "/" + rest
    return path


def _handle(route: "Route", call: Call) -> Any:
    """Run the handler; a value whose type it cannot use is the request's mistake, and is logged as well."""
    try:
        return route.handle(call)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        LOG.warning("unusable value in %s %s", route.method, route.template, exc_info=True)
        raise form_error((), "MODEL_TYPE_CONVERT", f"Unusable value: {type(error).__name__}") from error


class Pipeline:
    """Serves `/api/…`."""

    def __init__(self, context: "Context") -> None:
        self.context = context

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        headers: CIMultiDict[str] = CIMultiDict()
        if self.context.limiter.banned():
            # What stands before Discord answers then: no JSON, and no Via header.
            return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "600"})
        try:
            path = path_of(request)
            app = self._application(request)
            fault = self.context.faults.take(request.method, path, app)
            if fault is None:
                return await self._answer(request, path, app, headers)
            return await self._with_fault(fault, request, path, app, headers)
        except ApiError as error:
            if error.status in {401, 403}:
                self.context.limiter.invalid()
            return answer(error.status, error.body(), headers)

    async def _with_fault(
        self,
        fault: "Fault",
        request: web.Request,
        path: str,
        app: "Application | None",
        headers: "CIMultiDict[str]",
    ) -> web.StreamResponse:
        if fault.kind == "status":
            body = {"message": f"{fault.status}: ordered", "code": 0}
            return answer(fault.status, body, headers)
        if fault.kind == "rate_limit":
            return rate_limited(fault.retry_after, fault.scope, headers)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        try:
            response = await self._answer(request, path, app, headers)
        except ApiError as error:
            response = answer(error.status, error.body(), headers)
        if fault.kind == "lost_answer" and request.transport is not None:
            request.transport.abort()
        return response

    async def _answer(
        self, request: web.Request, path: str, app: "Application | None", headers: "CIMultiDict[str]"
    ) -> web.Response:
        route, params = self._find(request.method, path)
        self._check_token(route, request, app)
        limited = self.context.limiter.take(route, params, app, headers)
        if limited is not None:
            return rate_limited(limited.seconds, limited.scope, headers)
        content, uploads = await bodies.read(request) if request.method in BODY_METHODS else (None, {})
        log = self.context.requests
        log.check(request.method, path, content, request.query)
        reason = request.headers.get("X-Audit-Log-Reason")
        call = Call(self.context, params, request.query, app, content, uploads, reason)
        try:
            result = _handle(route, call)
        except ApiError as error:
            log.refused(request.method, path, error)
            raise
        if isinstance(result, Reply):
            return answer(result.status, result.body, headers)
        return answer(200, result, headers)

    def _find(self, method: str, path: str) -> "tuple[Route, dict[str, str]]":
        try:
            found = TABLE.find(method, path)
        except LookupError:
            self.context.requests.unknown(method, path)
            raise ApiError(0, status=405, message="405: Method Not Allowed") from None
        if found is None:
            self.context.requests.unknown(method, path)
            raise not_found()
        return found

    def _application(self, request: web.Request) -> "Application | None":
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme not in {"Bot", "Bearer"}:
            return None
        return self.context.world.by_token.get(token.strip())

    def _check_token(self, route: "Route", request: web.Request, app: "Application | None") -> None:
        given = "Authorization" in request.headers
        if app is None and (route.token or given):
            raise ApiError(0)
