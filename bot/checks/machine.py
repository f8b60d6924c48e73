"""This machine: data folder, disk, embedded services, fonts."""

import asyncio
import shutil
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.checks.finding import Finding, failed, ok, warning
from bot.embedded import folder, identity, postgres, redis
from bot.embedded.errors import EmbeddedError
from bot.settings import Settings, run_file

FONTS = Path(__file__).parents[2] / "core" / "maps" / "fonts"
LOW_DISK = 1_000_000_000
"""Bytes free below which the disk is worth a word."""


async def look(settings: Settings) -> list[Finding]:
    """Everything that needs no network."""
    return await asyncio.to_thread(lambda: [*_data(settings), *_embedded(settings), _fonts()])


def _data(settings: Settings) -> list[Finding]:
    try:
        root = folder.prepare(settings.data_dir)
    except EmbeddedError as error:
        return [failed("data folder", error.code.replace("_", " "), str(error))]
    free = shutil.disk_usage(root).free
    told = f"{free / 1e9:.1f} GB free"
    if free < LOW_DISK:
        return [ok("data folder", str(root)), warning("disk", told, f"Free some space on the disk that holds {root}.")]
    return [ok("data folder", str(root)), ok("disk", told)]


def _embedded(settings: Settings) -> list[Finding]:
    """Whether the embedded services could start, where they are wanted and do not run yet."""
    if run_file(settings.data_dir).exists() or (settings.database_url and settings.redis_url):
        return []
    found = []
    try:
        if settings.database_url is None:
            program = postgres.binaries() / "postgres"
            who = identity.find(program, folder.prepare(settings.data_dir))
            found.append(ok("embedded PostgreSQL", f"installed, runs as user {who.uid}; `yourtale run` starts it"))
        if settings.redis_url is None:
            found.append(ok("embedded Redis", f"{redis.binary()}; `yourtale run` starts it"))
    except EmbeddedError as error:
        found.append(failed("embedded services", error.code.replace("_", " "), str(error)))
    return found


def _fonts() -> Finding:
    files = sorted(FONTS.glob("*.ttf"))
    if not files:
        return failed("fonts", f"none in {FONTS}", "Install YourTale again: its fonts belong to the package.")
    for file in files:
        try:
            text = ImageDraw.Draw(Image.new("L", (64, 32))).textbbox((0, 0), "Ação", ImageFont.truetype(file, 16))
        except OSError as error:
            return failed("fonts", f"{file.name}: {error}", "Install YourTale again: the font file is damaged.")
        if text[2] <= 0:
            return failed("fonts", f"{file.name} draws nothing", "Install YourTale again: the font file is damaged.")
    return ok("fonts", ", ".join(file.stem for file in files))
