"""Rules of messages over bare REST."""

from typing import Any

import aiohttp
import pytest

from playground.people import Person
from playground.world import permissions
from playground.world.model import Overwrite

from .raw import Raw
from .table_bot import PNG

Json = dict[str, Any]
V2 = 1 << 15


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def button(custom_id: str, **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": custom_id, **more}


def text(content: str) -> Json:
    return {"type": 10, "content": content}


REFUSED: list[tuple[Json, str, str]] = [
    ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "x" * 4000}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
    ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"fields": [{"name": "", "value": "x"}]}]}, "embeds.0.fields.0.name", "BASE_TYPE_REQUIRED"),
    ({"content": "x", "nonce": "x" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
    (
        {"content": "x", "components": [row(button("a"), button("a"))]},
        "components.0.components.1.custom_id",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        {"content": "x", "components": [row(button("x" * 101))]},
        "components.0.components.0.custom_id",
        "BASE_TYPE_BAD_LENGTH",
    ),
    ({"content": "x", "components": [row(button("a"))] * 6}, "components", "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "components": [text("no flag")]}, "components.0.type", "BASE_TYPE_CHOICES"),
    (
        {"content": "x", "components": [row(*(button(str(n)) for n in range(6)))]},
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        {"content": "x", "components": [row(button("a"), {"type": 5, "custom_id": "s"})]},
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    (
        {"content": "x", "components": [row({"type": 2, "style": 5, "label": "x", "url": "javascript:1"})]},
        "components.0.components.0.url",
        "URL_TYPE_INVALID_SCHEME",
    ),
    (
        {"flags": V2, "content": "x", "components": [text("x")]},
        "content",
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    (
        {"flags": V2, "components": [text("x" * 2001), text("y" * 2000)]},
        "components",
        "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    (
        {"flags": V2, "components": [{"type": 17, "components": [text("x")] * 40}]},
        "components",
        "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    (
        {"flags": V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://no.png"}}]}]},
        "components.0.items.0.media.url",
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
    ),
    (
        {"flags": V2, "components": [{"type": 9, "components": [text("x")]}]},
        "components.0.accessory",
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions.users",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
    ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference", "REPLIES_UNKNOWN_MESSAGE"),
    ({"content": ["x"]}, "content", "STRING_TYPE_CONVERT"),
    ({"content": "x", "embeds": {"a": 1}}, "embeds", "LIST_TYPE_CONVERT"),
]


@pytest.mark.parametrize(("body", "place", "code"), REFUSED, ids=[f"{code}-{place}" for _, place, code in REFUSED])
async def test_a_body_against_the_rules_is_refused_at_its_place(
    raw: Raw, taverna: str, body: Json, place: str, code: str
) -> None:
    status, answer, _ = await raw.call("POST", f"/channels/{taverna}/messages", body)
    assert (status, answer["code"]) == (400, 50035)
    node = answer["errors"]
    for step in place.split("."):
        node = node[step]
    assert code in {error["code"] for error in node["_errors"]}


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"flags": V2, "components": []}])
async def test_an_empty_message_is_refused(raw: Raw, taverna: str, body: Json) -> None:
    status, answer, _ = await raw.call("POST", f"/channels/{taverna}/messages", body)
    assert (status, answer) == (400, {"message": "Cannot send an empty message", "code": 50006})


async def test_what_stands_exactly_at_the_limits_is_accepted(raw: Raw, taverna: str) -> None:
    full = {
        "content": "x" * 2000,
        "nonce": "n" * 25,
        "embeds": [{"description": "x" * 3000}, {"description": "y" * 3000}],
        "components": [row(*(button(f"{r}{n}".ljust(100, "x")) for n in range(5))) for r in range(5)],
    }
    assert (await raw.call("POST", f"/channels/{taverna}/messages", full))[0] == 200
    v2 = {"flags": V2, "components": [{"type": 17, "components": [text("x" * 100)] * 39}]}
    status, message, _ = await raw.call("POST", f"/channels/{taverna}/messages", v2)
    assert status == 200
    assert [c["id"] for c in message["components"][0]["components"]] == list(range(2, 41))


async def test_a_repeated_nonce_gives_the_first_message_again(raw: Raw, taverna: str) -> None:
    path = f"/channels/{taverna}/messages"
    body = {"content": "once", "nonce": "abc", "enforce_nonce": True}
    first, second = [(await raw.call("POST", path, body))[1]["id"] for _ in range(2)]
    assert first == second
    third = (await raw.call("POST", path, body | {"enforce_nonce": False}))[1]["id"]
    assert third != first
    assert len((await raw.call("GET", path))[1]) == 2


@pytest.mark.parametrize("v2", [False, True])
async def test_only_allowed_mentions_ping(raw: Raw, taverna: str, lia: Person, *, v2: bool) -> None:
    said = f"<@{lia.id}> @everyone"
    body: Json = {"flags": V2, "components": [{"type": 17, "components": [text(said)]}]} if v2 else {"content": said}
    path = f"/channels/{taverna}/messages"
    loud = (await raw.call("POST", path, body))[1]
    assert ([u["id"] for u in loud["mentions"]], loud["mention_everyone"]) == ([lia.id], False)
    quiet = (await raw.call("POST", path, body | {"allowed_mentions": {"parse": []}}))[1]
    assert (quiet["mentions"], quiet["mention_everyone"]) == ([], False)
    one = (await raw.call("POST", path, body | {"allowed_mentions": {"users": [lia.id]}}))[1]
    assert [u["id"] for u in one["mentions"]] == [lia.id]


async def test_attachments_unlisted_in_an_edit_vanish(raw: Raw, taverna: str) -> None:
    path = f"/channels/{taverna}/messages"
    form = aiohttp.FormData()
    listed = '[{"id": "0", "description": "A map"}, {"id": "1"}]'
    form.add_field("payload_json", '{"content": "two", "attachments": ' + listed + "}", content_type="application/json")
    for number in range(2):
        form.add_field(f"files[{number}]", PNG, filename=f"{number}.png", content_type="image/png")
    status, message, _ = await raw.call("POST", path, form=form)
    assert status == 200
    first, second = message["attachments"]
    assert (first["description"], first["width"], first["height"]) == ("A map", 2, 3)
    async with raw.http.get(second["url"]) as response:
        assert await response.read() == PNG
    one = f"{path}/{message['id']}"
    kept = (await raw.call("PATCH", one, {"content": "still two"}))[1]
    assert len(kept["attachments"]) == 2
    left = (await raw.call("PATCH", one, {"attachments": [{"id": second["id"]}]}))[1]
    assert [a["id"] for a in left["attachments"]] == [second["id"]]
    status, answer, _ = await raw.call("PATCH", one, {"attachments": [{"id": "5"}]})
    assert (status, answer["code"]) == (400, 50035)


async def test_an_expired_link_to_a_file_is_gone(raw: Raw, taverna: str) -> None:
    raw.server.world.files.lifetime_s = -1
    form = aiohttp.FormData()
    form.add_field("files[0]", PNG, filename="a.png")
    message = (await raw.call("POST", f"/channels/{taverna}/messages", form=form))[1]
    async with raw.http.get(message["attachments"][0]["url"]) as response:
        assert response.status == 404


async def test_a_file_over_ten_mebibytes_is_too_large(raw: Raw, taverna: str) -> None:
    form = aiohttp.FormData()
    form.add_field("files[0]", b"x" * (10 * 1024 * 1024 + 1), filename="big.bin")
    status, answer, _ = await raw.call("POST", f"/channels/{taverna}/messages", form=form)
    assert (status, answer["code"]) == (413, 40005)


@pytest.mark.parametrize("body", [b"{", b"[" * 40 + b"]" * 40, b'{"a":' * 40 + b"1" + b"}" * 40])
async def test_what_is_no_json_or_too_deep_is_refused(raw: Raw, taverna: str, body: bytes) -> None:
    headers = {"Authorization": f"Bot {raw.server.token}", "Content-Type": "application/json"}
    url = f"{raw.server.rest_url}/channels/{taverna}/messages"
    async with raw.http.post(url, data=body, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)


async def test_the_v2_flag_never_comes_off_and_goes_on_only_over_an_empty_message(raw: Raw, taverna: str) -> None:
    path = f"/channels/{taverna}/messages"
    plain = (await raw.call("POST", path, {"content": "plain"}))[1]
    board = {"flags": V2, "components": [text("board")]}
    status, answer, _ = await raw.call("PATCH", f"{path}/{plain['id']}", board)
    assert (status, list(answer["errors"])) == (400, ["content"])
    changed = (await raw.call("PATCH", f"{path}/{plain['id']}", board | {"content": None}))[1]
    assert changed["flags"] == V2
    again = (await raw.call("PATCH", f"{path}/{plain['id']}", {"flags": 0, "components": [text("new")]}))[1]
    assert again["flags"] == V2
    status, answer, _ = await raw.call("PATCH", f"{path}/{plain['id']}", {"content": "back"})
    assert (status, list(answer["errors"])) == (400, ["content"])


async def test_permissions_are_enforced(raw: Raw, taverna: str, lia: Person) -> None:
    path = f"/channels/{taverna}/messages"
    channel, bot = raw.server.world.channels[taverna], raw.server.seeded.bot.user.id
    said = await lia.say("mine")
    assert (await raw.call("PATCH", f"{path}/{said['id']}", {"content": "yours"}))[1]["code"] == 50005
    assert (await raw.call("DELETE", f"{path}/{said['id']}"))[0] == 204

    def deny(bits: int) -> None:
        channel.overwrites[bot] = Overwrite(bot, 1, deny=bits)

    deny(permissions.SEND_MESSAGES)
    assert (await raw.call("POST", path, {"content": "x"}))[1]["code"] == 50013
    deny(permissions.ATTACH_FILES)
    form = aiohttp.FormData()
    form.add_field("files[0]", PNG, filename="a.png")
    assert (await raw.call("POST", path, form=form))[1]["code"] == 50013
    deny(permissions.EMBED_LINKS)
    assert (await raw.call("POST", path, {"embeds": [{"title": "x"}]}))[1]["code"] == 50013
    deny(permissions.MANAGE_MESSAGES)
    said = await lia.say("mine")
    assert (await raw.call("DELETE", f"{path}/{said['id']}"))[1]["code"] == 50013
    deny(permissions.VIEW_CHANNEL)
    status, answer, _ = await raw.call("GET", path)
    assert (status, answer) == (403, {"message": "Missing Access", "code": 50001})


async def test_a_person_without_sight_of_a_channel_is_refused_and_told_nothing(
    raw: Raw, taverna: str, lia: Person
) -> None:
    channel = raw.server.world.channels[taverna]
    channel.overwrites[lia.id] = Overwrite(lia.id, 1, deny=permissions.VIEW_CHANNEL)
    await raw.call("POST", f"/channels/{taverna}/messages", {"content": "hidden"})
    del channel.overwrites[lia.id]
    await raw.call("POST", f"/channels/{taverna}/messages", {"content": "open"})
    first = await lia.until(lambda m: m["content"] in {"hidden", "open"})
    assert first["content"] == "open"


async def test_history_is_paged_by_id(raw: Raw, taverna: str, lia: Person) -> None:
    ids = [(await lia.say(str(n)))["id"] for n in range(10)]
    path = f"/channels/{taverna}/messages"

    async def page(query: str) -> list[str]:
        return [m["id"] for m in (await raw.call("GET", f"{path}?{query}"))[1]]

    assert await page("limit=3") == ids[:-4:-1]
    assert await page(f"limit=2&before={ids[5]}") == [ids[4], ids[3]]
    assert await page(f"limit=2&after={ids[5]}") == [ids[7], ids[6]]
    assert await page(f"limit=3&around={ids[5]}") == [ids[6], ids[5], ids[4]]
    assert (await raw.call("GET", f"{path}?limit=101"))[1]["code"] == 50035
    assert [m["id"] for m in await lia.messages(limit=2, before=ids[5])] == [ids[4], ids[3]]


async def test_messages_over_an_hour_old_can_be_edited_only_a_few_times(raw: Raw, taverna: str) -> None:
    path = f"/channels/{taverna}/messages"
    message = (await raw.call("POST", path, {"content": "old"}))[1]
    store = raw.server.world.store(taverna)
    old = store.remove(message["id"])
    assert old is not None
    old.id = str(int(old.id) - (2 * 3_600_000 << 22))
    store.add(old)
    answers = [await raw.call("PATCH", f"{path}/{old.id}", {"content": str(n)}) for n in range(4)]
    assert [status for status, _, _ in answers] == [200, 200, 200, 429]
    assert (answers[3][1]["code"], answers[3][1]["retry_after"]) == (30046, 60.0)


async def test_a_channel_keeps_only_its_newest_messages(raw: Raw, taverna: str, lia: Person) -> None:
    store = raw.server.world.store(taverna)
    store._keep = 50
    for number in range(1100):
        await lia.say(str(number))
    assert 50 <= len(store) <= 1050
    assert [m["content"] for m in await lia.messages(limit=2)] == ["1099", "1098"]
