"""Serves the built page; a short hint where it has not been built."""

from pathlib import Path
from typing import Final

from aiohttp import web

HINT: Final = "The page is not built. Build it with `npm ci && npm run build` in playground/page.\n"
POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob: http: https:; media-src 'self' http: https:; "
    "connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


class Page:
    """Serves the files of a folder; every other path gets its index.html."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add_routes(self, app: web.Application) -> None:
        """Register every path."""
        app.router.add_get("/{tail:.*}", self.serve)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Return a file of the page."""
        folder = self._folder.resolve()
        wanted = (folder / request.match_info["tail"]).resolve()
        inside = wanted.is_relative_to(folder) and wanted.is_file()
        path = wanted if inside else folder / "index.html"
        if not path.is_file():
            return web.Response(status=503, text=HINT)
        response = web.FileResponse(path)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        hashed = inside and "assets" in path.parts
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response
