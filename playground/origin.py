"""Keeps web pages of other origins away from the person and control API, which have no login."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
GUARDED: Final = ("/play/", "/control/")


def _host(text: str) -> str | None:
    try:
        return URL(text).host
    except ValueError:
        return None


def guard(bound_host: str) -> Middleware:
    """Return the middleware for a server bound to a host.

    A browser names its page in `Origin`: it must be ours or a loopback one. Where the server listens on loopback
    only, `Host` must be a loopback name too, which a name that was made to point here later is not.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(GUARDED):
            host = _host(f"http://{request.host}")
            origin = request.headers.get("Origin")
            foreign = origin is not None and _host(origin) not in LOOPBACK | {host}
            renamed = bound_host in LOOPBACK and host not in LOOPBACK
            if foreign or renamed:
                raise web.HTTPForbidden(text="This origin may not use the playground.")
        return await handler(request)

    return check
