"""Request bodies: JSON or multipart with `payload_json` and `files[n]`, bounded before they are parsed."""

import re
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import BodyPartReader, web

from playground.errors import ApiError
from playground.rest.call import Upload

if TYPE_CHECKING:
    from aiohttp import MultipartReader

MAX_REQUEST: Final = 25 * 1024 * 1024
MAX_FILE: Final = 10 * 1024 * 1024
MAX_JSON: Final = 1024 * 1024
MAX_FILES: Final = 10
MAX_DEPTH: Final = 32
_FILE_FIELD: Final = re.compile(r"files\[(\d{1,3})\]|file(\d{0,3})")


async def read(request: web.Request, *, any_field: bool = False) -> tuple[Any, dict[str, Upload]]:
    """Return the JSON body (None when empty) and the uploaded files by number; raises 40005 or 50109.

    With `any_field` file parts may have any name and are returned by it.
    """
    if request.content_length is not None and request.content_length > MAX_REQUEST:
        raise ApiError(40005)
    if request.content_type == "multipart/form-data":
        return await _read_multipart(await request.multipart(), any_field=any_field)
    if not request.body_exists:
        return None, {}
    raw = await _bounded(request)
    if not raw:
        return None, {}
    return parse(raw), {}


async def _bounded(request: web.Request) -> bytes:
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > MAX_REQUEST:
            raise ApiError(40005)
        parts.append(part)
    return b"".join(parts)


def parse(raw: bytes) -> Any:
    """Parse bounded JSON; raises 50109 for what is no JSON or nested too deeply."""
    if len(raw) > MAX_JSON and raw.count(b"data:image") == 0:
        raise ApiError(40005)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ApiError(50109) from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth_exceeds(value):
        raise ApiError(50109)
    return value


def _depth_exceeds(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return False
        level = below
    return True


async def _read_multipart(reader: "MultipartReader", *, any_field: bool) -> tuple[Any, dict[str, Upload]]:
    body: Any = None
    loose: dict[str, Any] = {}
    uploads: dict[str, Upload] = {}
    total = 0
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise ApiError(50109)
        data = await _read_part(part, MAX_REQUEST - total)
        total += len(data)
        if part.name == "payload_json":
            body = parse(data)
        elif part.filename is not None:
            _keep(uploads, part, data, any_field=any_field)
        elif len(loose) < 32:
            loose[part.name] = data.decode("utf-8", "replace")
    return (loose or None) if body is None else body, uploads


def _keep(uploads: dict[str, Upload], part: BodyPartReader, data: bytes, *, any_field: bool) -> None:
    name = str(part.name)
    match = _FILE_FIELD.fullmatch(name)
    if (match is None and not any_field) or len(uploads) >= MAX_FILES:
        raise ApiError(50035, errors={name: {"_errors": [{"code": "FILE", "message": "Unexpected file"}]}})
    number = name if match is None or any_field else match.group(1) or match.group(2) or "0"
    filename = re.sub(r"[^\w.\-]", "_", str(part.filename))[-255:]
    kind = part.headers.get("Content-Type", "application/octet-stream")
    uploads[number] = Upload(name, filename, kind, data)


async def _read_part(part: BodyPartReader, room: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        data += chunk
        if len(data) > min(room, MAX_REQUEST):
            raise ApiError(40005)
        if part.filename is not None and len(data) > MAX_FILE:
            raise ApiError(40005)
    return bytes(part.decode(bytes(data)) if part.headers.get("Content-Encoding") else data)
