"""Channels, threads, guilds, roles, members, webhooks and conversations over bare REST."""

from typing import Any

import pytest

from playground.people import Person
from playground.world import permissions

from .raw import Raw

Json = dict[str, Any]


@pytest.fixture
def guild(raw: Raw) -> str:
    """Give the bot every permission and return the guild's id."""
    made = raw.server.seeded.guild
    member = made.members[raw.server.seeded.bot.user.id]
    made.roles[member.roles[0]].permissions = permissions.ALL & ~permissions.ADMINISTRATOR
    return made.id


async def test_channels_are_made_changed_and_deleted_before_the_eyes_of_all(raw: Raw, guild: str, lia: Person) -> None:
    shard = await raw.ready()
    status, made, _ = await raw.call("POST", f"/guilds/{guild}/channels", {"name": "dungeon", "topic": "dark"})
    assert (status, made["topic"]) == (201, "dark")
    assert (await shard.until("CHANNEL_CREATE"))["d"]["id"] == made["id"]
    path = f"/channels/{made['id']}"
    assert (await raw.call("PATCH", path, {"name": "cave", "topic": None}))[1]["topic"] is None
    assert (await raw.call("PATCH", path, {"topic": "x" * 1025}))[1]["code"] == 50035
    overwrite = {"type": 0, "allow": "0", "deny": str(permissions.VIEW_CHANNEL)}
    assert (await raw.call("PUT", f"{path}/permissions/{guild}", overwrite))[0] == 204
    assert (await raw.call("GET", path))[1]["code"] == 50001
    del raw.server.world.channels[made["id"]].overwrites[guild]
    assert (await raw.call("DELETE", path))[0] == 200
    assert (await shard.until("CHANNEL_DELETE"))["d"]["id"] == made["id"]
    assert (await raw.call("GET", path))[1] == {"message": "Unknown Channel", "code": 10003}
    assert lia.id in raw.server.seeded.guild.members


async def test_a_thread_lives_through_all_its_states(raw: Raw, guild: str, taverna: str, lia: Person) -> None:
    said = await lia.say("a start")
    status, thread, _ = await raw.call("POST", f"/channels/{taverna}/messages/{said['id']}/threads", {"name": "cave"})
    assert (status, thread["id"], thread["type"]) == (201, said["id"], 11)
    again = await raw.call("POST", f"/channels/{taverna}/messages/{said['id']}/threads", {"name": "cave"})
    assert again[1]["code"] == 160004
    path = f"/channels/{thread['id']}"
    assert (await raw.call("PUT", f"{path}/thread-members/{lia.id}"))[0] == 204
    assert len((await raw.call("GET", f"{path}/thread-members"))[1]) == 2
    message = (await raw.call("POST", f"{path}/messages", {"content": "deep"}))[1]
    assert [t["id"] for t in (await raw.call("GET", f"/guilds/{guild}/threads/active"))[1]["threads"]] == [thread["id"]]
    assert (await raw.call("PATCH", path, {"archived": True, "locked": True}))[1]["thread_metadata"]["archived"]
    assert (await raw.call("PATCH", f"{path}/messages/{message['id']}", {"content": "x"}))[1]["code"] == 50083
    archived = (await raw.call("GET", f"/channels/{taverna}/threads/archived/public"))[1]
    assert [t["id"] for t in archived["threads"]] == [thread["id"]]
    assert (await raw.call("PATCH", path, {"archived": False, "locked": False}))[0] == 200
    assert (await raw.call("DELETE", path))[0] == 200


async def test_a_private_thread_is_seen_only_by_its_members(raw: Raw, taverna: str, lia: Person) -> None:
    thread = (await raw.call("POST", f"/channels/{taverna}/threads", {"name": "whispers", "type": 12}))[1]
    world = raw.server.world
    place = world.channels[thread["id"]]
    assert not world.sees(place, lia.id)
    await raw.call("PUT", f"/channels/{thread['id']}/thread-members/{lia.id}")
    assert world.sees(place, lia.id)


async def test_writing_into_a_thread_needs_its_own_permission(raw: Raw, taverna: str) -> None:
    thread = (await raw.call("POST", f"/channels/{taverna}/threads", {"name": "cave", "type": 11}))[1]
    made = raw.server.seeded.guild
    member = made.members[raw.server.seeded.bot.user.id]
    for role in (made.roles[made.id], made.roles[member.roles[0]]):
        role.permissions &= ~permissions.SEND_MESSAGES_IN_THREADS
    assert (await raw.call("POST", f"/channels/{taverna}/messages", {"content": "x"}))[0] == 200
    assert (await raw.call("POST", f"/channels/{thread['id']}/messages", {"content": "x"}))[1]["code"] == 50013


async def test_a_forum_takes_posts_with_at_most_five_tags(raw: Raw, guild: str) -> None:
    tags = [{"name": f"t{n}"} for n in range(21)]
    body: Json = {"name": "stories", "type": 15, "available_tags": tags}
    assert (await raw.call("POST", f"/guilds/{guild}/channels", body))[1]["code"] == 50035
    forum = (await raw.call("POST", f"/guilds/{guild}/channels", body | {"available_tags": tags[:20]}))[1]
    ids = [tag["id"] for tag in forum["available_tags"]]
    post: Json = {"name": "first", "message": {"content": "once upon"}, "applied_tags": ids[:5]}
    path = f"/channels/{forum['id']}/threads"
    made = (await raw.call("POST", path, post))[1]
    assert (made["message"]["content"], made["applied_tags"]) == ("once upon", ids[:5])
    assert (await raw.call("POST", path, post | {"applied_tags": ids[:6]}))[1]["code"] == 50035
    assert (await raw.call("POST", f"/channels/{forum['id']}/messages", {"content": "x"}))[1]["code"] == 50008


async def test_roles_above_the_bot_are_out_of_its_reach(raw: Raw, guild: str, lia: Person) -> None:
    role = (await raw.call("POST", f"/guilds/{guild}/roles", {"name": "GM", "permissions": "2048"}))[1]
    made = raw.server.seeded.guild
    made.roles[role["id"]].position = 0
    member = f"/guilds/{guild}/members/{lia.id}"
    assert (await raw.call("PUT", f"{member}/roles/{role['id']}"))[0] == 204
    assert (await raw.call("GET", member))[1]["roles"] == [role["id"]]
    made.roles[role["id"]].position = 99
    assert (await raw.call("DELETE", f"{member}/roles/{role['id']}"))[1]["code"] == 50013
    assert (await raw.call("PATCH", f"/guilds/{guild}/roles/{role['id']}", {"name": "x"}))[1]["code"] == 50013
    too_much = {"name": "x", "permissions": str(permissions.ADMINISTRATOR)}
    assert (await raw.call("POST", f"/guilds/{guild}/roles", too_much))[1]["code"] == 50013
    assert (await raw.call("GET", f"/guilds/{guild}/members"))[1]["code"] == 50001


async def test_a_webhook_speaks_under_another_name(raw: Raw, taverna: str, lia: Person) -> None:
    hook = (await raw.call("POST", f"/channels/{taverna}/webhooks", {"name": "Goblin"}))[1]
    path = f"/webhooks/{hook['id']}/{hook['token']}"
    status, message, _ = await raw.call("POST", f"{path}?wait=true", {"content": "grr", "username": "Grak"}, token="")
    assert (status, message["author"]["username"], message["webhook_id"]) == (200, "Grak", hook["id"])
    assert (await raw.call("POST", path, {"content": "quiet"}, token=""))[0] == 204
    one = f"{path}/messages/{message['id']}"
    assert (await raw.call("PATCH", one, {"content": "grrr"}, token=""))[1]["content"] == "grrr"
    assert [m["content"] for m in await lia.messages()] == ["quiet", "grrr"]
    assert (await raw.call("DELETE", one, token=""))[0] == 204
    assert (await raw.call("GET", f"/webhooks/{hook['id']}/wrong", token=""))[1]["code"] == 50027
    assert (await raw.call("DELETE", path, token=""))[0] == 204
    assert (await raw.call("GET", f"/webhooks/{hook['id']}"))[1]["code"] == 10015


async def test_a_conversation_is_between_two(raw: Raw, lia: Person) -> None:
    channel = (await raw.call("POST", "/users/@me/channels", {"recipient_id": lia.id}))[1]
    same = (await raw.call("POST", "/users/@me/channels", {"recipient_id": lia.id}))[1]
    assert channel["id"] == same["id"]
    await raw.call("POST", f"/channels/{channel['id']}/messages", {"content": "psst"})
    assert (await lia.until(lambda m: m["content"] == "psst"))["channel_id"] == channel["id"]
    async with await Person.connect(raw.server.page_url, "Caio") as caio:
        with pytest.raises(Exception, match="50001"):
            await caio.messages(channel["id"])


async def test_what_is_not_there_is_not_found(raw: Raw) -> None:
    answers = {
        "/guilds/1": 10004,
        "/channels/1": 10003,
        "/users/1": 10013,
        "/nowhere": 0,
        "/channels/1/messages/1": 10003,
    }
    for path, code in answers.items():
        assert (await raw.call("GET", path))[1]["code"] == code
    assert (await raw.call("DELETE", "/gateway"))[0] == 405
    assert (await raw.call("GET", "/users/@me", token="wrong"))[1] == {"message": "401: Unauthorized", "code": 0}
    unknown = [v.path for v in raw.server.context.requests.violations if v.status in {404, 405}]
    assert unknown == ["/nowhere", "/gateway"]
