"""Validation of requests against an OpenAPI file: a small one of our own, and Discord's where its path is given."""

import os
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from playground.openapi import OpenApi, RequestLog
from playground.server import Playground

from .raw import Raw

SNOWFLAKE = {"type": "string", "pattern": "^[0-9]+$"}
BODY = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"$ref": "#/components/schemas/Name"},
        "default_member_permissions": {"type": ["integer", "null"]},
        "attachments": {"type": "array", "items": {"type": "object", "properties": {"id": SNOWFLAKE}}},
    },
}
SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/things/{thing_id}": {
            "parameters": [{"name": "thing_id", "in": "path", "schema": SNOWFLAKE, "required": True}],
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}},
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}],
            },
        },
        "/things/@me": {"get": {}},
        "/users/@me": {"get": {}},
    },
    "components": {"schemas": {"Name": {"type": "string", "maxLength": 5}}},
}


@pytest.fixture
def spec_file(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    path.write_bytes(orjson.dumps(SPEC))
    return path


@pytest.mark.parametrize(
    ("operation", "body", "query", "wrong"),
    [
        ("POST /things/1", {"name": "abc"}, {}, []),
        ("POST /things/1", {"name": "abcdef"}, {}, ["name"]),
        ("POST /things/1", {}, {}, ["body"]),
        ("POST /things/1", None, {}, ["body"]),
        ("POST /things/1", {"name": "a", "default_member_permissions": "8"}, {}, []),
        ("POST /things/1", {"name": "a", "default_member_permissions": "x"}, {}, ["default_member_permissions"]),
        ("POST /things/1", {"name": "a", "attachments": [{"id": 0}]}, {}, []),
        ("POST /things/1", {"name": "a"}, {"limit": "100"}, []),
        ("POST /things/1", {"name": "a"}, {"limit": "101"}, ["query limit"]),
        ("POST /things/1", {"name": "a"}, {"other": "1"}, ["query other"]),
        ("GET /things/@me", None, {}, []),
        ("POST /things/@me", {"name": "a"}, {}, []),
        ("GET /things/1", None, {}, ["no such operation"]),
        ("GET /nothing", None, {}, ["no such operation"]),
    ],
)
def test_a_request_is_held_against_the_file(
    spec_file: Path, operation: str, body: Any, query: dict[str, str], wrong: list[str]
) -> None:
    errors = OpenApi(spec_file).errors(*operation.split(" "), body, query)
    assert [error.split(":")[0] for error in errors] == wrong


async def test_the_control_api_tells_the_violations(spec_file: Path) -> None:
    async with Playground(openapi=spec_file) as server, aiohttp.ClientSession() as http:
        raw = Raw(server, http)
        await raw.call("GET", "/users/@me")
        await raw.call("GET", "/gateway/bot")
        taverna = next(iter(server.seeded.guild.channels))
        await raw.call("POST", f"/channels/{taverna}/messages", {"content": "x" * 2001})
        async with http.get(f"{server.page_url}/control/requests") as response:
            seen = await response.json()
        assert (seen["count"], seen["openapi"]) == (3, True)
        assert [(v["path"].split("/")[1], v["status"]) for v in seen["violations"]] == [
            ("gateway", 0),
            ("channels", 0),
            ("channels", 400),
        ]
        await http.delete(f"{server.page_url}/control/requests")
        assert server.context.requests.json() == {"count": 0, "openapi": True, "violations": []}


def test_old_violations_give_way_to_new_ones() -> None:
    log = RequestLog()
    for number in range(1500):
        log.unknown("GET", f"/{number}")
    assert (log.count, len(log.violations), log.violations[-1].path) == (1500, 1000, "/1499")


def test_a_file_that_is_no_openapi_is_an_error_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("no json")
    with pytest.raises(ValueError, match="line 1"):
        OpenApi(path)
    with pytest.raises(OSError, match="No such file"):
        OpenApi(tmp_path / "missing.json")


def test_every_route_we_serve_is_in_discords_file() -> None:
    """Holds wherever the file is there; elsewhere our table has at least no operation twice."""
    from playground.rest.tables import TABLE

    operations = [(route.method, route.template) for route in TABLE.routes]
    assert len(operations) == len(set(operations))
    given = os.environ.get("YOURTALE_OPENAPI")
    spec = OpenApi(Path(given)) if given else None
    strange = [
        (method, template)
        for method, template in operations
        if spec is not None and spec.errors(method, _example(template), None, {}) == ["no such operation"]
    ]
    assert strange == []


def _example(template: str) -> str:
    return "/".join("1" if step.startswith("{") else step for step in template.split("/"))
