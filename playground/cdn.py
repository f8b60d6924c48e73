"""The CDN: `/cdn/attachments/{channel}/{id}/{name}` with signed URLs that expire."""

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from playground.context import Context


class Cdn:
    """Serves attachments."""

    def __init__(self, context: "Context") -> None:
        self._files = context.world.files

    def add_routes(self, app: web.Application) -> None:
        """Register every path."""
        for kind in ("attachments", "ephemeral-attachments"):
            app.router.add_get(f"/cdn/{kind}/{{channel}}/{{id}}/{{name}}", self.serve)

    async def serve(self, request: web.Request) -> web.Response:
        """Return a file; 404 without a valid and fresh signature."""
        query = request.query
        key = request.match_info["id"]
        signed = self._files.valid(key, query.get("ex", ""), query.get("is", ""), query.get("hm", ""))
        found = self._files.get(key)
        if found is None or not signed or found[0].filename != request.match_info["name"]:
            return web.Response(status=404, text="This content is no longer available.")
        attachment, data = found
        headers = {
            "Content-Type": attachment.content_type.partition(";")[0],
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "Access-Control-Allow-Origin": "*",
        }
        return web.Response(body=data, headers=headers)
