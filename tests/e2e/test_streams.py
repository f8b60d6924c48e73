"""What can happen while the storyteller speaks: the gateway cut, an undo, a message or a right lost, tokens dead."""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot import settings
from bot.delivery.door import open_door
from bot.delivery.showing import Showing
from bot.delivery.store import DeliveryStore
from core.db.vault import Vault
from core.i18n import text
from playground.ai import Fault, ToolAsk, Turn
from tests.e2e.play import Table, content, labels
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ENV = {"YOURTALE_AI_ORDER": "gemini,offline", "YOURTALE_EDIT_INTERVAL": "0.2"}
ROLES = ("shards", "worker", "scheduler")
ACT = "Escuto à porta do armazém."
STORY = (
    "Lia encosta o ouvido na porta. Lá dentro alguém arrasta um peso. "
    "Bento prende a respiração. O sal estala sob as botas dos dois. "
    "Uma corrente range no fundo. A porta treme no batente. "
    "Do outro lado da rua, uma janela se fecha. O vento traz cheiro de alcatrão."
)
PIECES = tuple(f"{word} " for word in STORY.split())
NEXT = (
    "Uma gaivota pousa no mourão e não sai. Na rua de cima alguém fecha a janela com cuidado. "
    "Atrás das redes um cachorro late duas vezes e se cala. A espuma seca risca as pedras do molhe. "
    "Um balde rola até a beira e para. O cheiro de peixe sobe das tábuas."
)
"""Another story: what was told once is not told again."""
CHECK = ToolAsk("check", {"who": "pc1", "skill": "notice", "level": "easy"})
VIEW, SEND, MANAGE_MESSAGES = 1 << 10, 1 << 11, 1 << 13


async def _told_slowly(
    stack: Stack, seconds: float = 0.06, pieces: tuple[str, ...] = PIECES, calls: tuple[ToolAsk, ...] = ()
) -> Table:
    """A table whose story comes word by word."""
    table = await Table.open(stack, channel=await stack.channel())
    await table.join("Lia", "Bento")
    stack.ai.order(Fault("slow_words", seconds=seconds, after=0, times=0))
    stack.ai.script(Turn(pieces=pieces, calls=calls), provider="gemini")
    return table


async def _in_mid_story(table: Table) -> tuple[str, Any]:
    """Act and return the id of the action and the narration once its first words are shown."""
    acted = await table.acted("Lia", ACT)
    assert acted.message is not None
    after = acted.message["id"]
    return after, await table.narration(after=after, finished=False)


async def _delivered(table: Table, message: Any) -> str:
    """How the delivery of a narration ended, once it did."""
    async with asyncio.timeout(20):
        while True:
            status = await table.stack.db.fetchval(
                "SELECT status FROM delivery WHERE session_id = $1 AND $2 = ANY(message_ids)",
                table.session,
                int(message["id"]),
            )
            if status not in {None, "open", "undoing"}:
                return str(status)
            await asyncio.sleep(0.05)


async def _all_told(table: Table, count: int = 1) -> None:
    async with asyncio.timeout(20):
        while len(await table.tellings()) < count:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("action", ["cut", "reconnect"])
async def test_a_connection_lost_in_mid_story_is_resumed_and_nothing_is_missed(shared: Stack, action: str) -> None:
    table = await _told_slowly(shared)
    after, _ = await _in_mid_story(table)
    left = shared.identifies
    await shared.control("gateway", action=action)
    done = await asyncio.gather(table.players["Bento"].command("roll", dice="1d20"), table.gm.command("session status"))
    assert not any(one.failed for one in done), shared.logs()
    assert content(await table.narration(after=after)).startswith(STORY)
    assert shared.identifies == left


async def test_an_act_in_mid_story_leaves_the_story_whole_and_is_told_next(shared: Stack) -> None:
    table = await _told_slowly(shared)
    _, message = await _in_mid_story(table)
    acted = await table.acted("Bento", "Espero.")
    assert acted.message is not None
    shared.ai.faults.clear()
    following = await table.narration(after=acted.message["id"])
    assert following["id"] != message["id"]
    assert content(table.gm.seen[message["id"]]).startswith(STORY)
    assert [(t["start"], t["through"]) for t in await table.tellings()] == [(1, 4), (6, 5)]
    assert await _delivered(table, message) in {"closed", "past"}


async def test_an_invalid_session_is_opened_anew_while_the_story_goes_on(shared: Stack) -> None:
    table = await _told_slowly(shared)
    after, _ = await _in_mid_story(table)
    left = shared.identifies
    await shared.control("gateway", action="invalid_session")
    assert content(await table.narration(after=after)).startswith(STORY)
    async with asyncio.timeout(20):
        while (await table.gm.command("session status")).failed:
            pass
    assert shared.identifies == left - 1


async def test_an_undo_in_mid_story_replaces_the_message_and_the_next_telling_is_another(shared: Stack) -> None:
    table = await _told_slowly(shared)
    _, message = await _in_mid_story(table)
    listed = await table.gm.command("gm undo", steps=1)
    await table.gm.press(listed.message, table.label("undo", n=1))  # type: ignore[arg-type]
    undone = await table.gm.until(lambda m: m["id"] == message["id"] and content(m).startswith("↩"), 20)
    assert content(undone) == text("pt-BR", "telling.undone", person=table.gm.id)
    assert labels(undone) == [table.label("read")]
    assert await _delivered(table, message) == "undone"
    read = await table.players["Lia"].press(undone, table.label("read"))
    assert read.message is not None
    assert read.message["flags"] & 64
    assert STORY.startswith(content(read.message))
    assert len(content(read.message)) < len(STORY)
    assert await table.tellings() == []
    shared.ai.script(Turn(pieces=PIECES), provider="gemini")
    again = await table.told("Lia", ACT)
    assert again["id"] != message["id"]
    assert content(table.gm.seen[message["id"]]).startswith("↩")


async def test_a_game_master_who_tells_in_mid_story_has_the_word(shared: Stack) -> None:
    table = await _told_slowly(shared)
    _, message = await _in_mid_story(table)
    await table.gm.command("gm narrate", text="A porta se abre sozinha.")
    stopped = text("pt-BR", "telling.stopped")
    left = await table.gm.until(lambda m: m["id"] == message["id"] and content(m).endswith(stopped), 20)
    assert STORY.startswith(content(left).removesuffix(stopped).strip())
    assert await table.tellings() == []


async def test_a_pause_in_mid_story_lets_the_sentence_be_told_to_its_end(shared: Stack) -> None:
    table = await _told_slowly(shared)
    after, _ = await _in_mid_story(table)
    await table.gm.command("session pause")
    assert content(await table.narration(after=after)).startswith(STORY)
    assert len(await table.tellings()) == 1


@pytest.mark.parametrize("then", ["resume", "end"])
async def test_a_table_paused_or_ended_before_the_model_asks_leaves_whole_sentences(shared: Stack, then: str) -> None:
    table = await _told_slowly(shared, pieces=PIECES[:14], calls=(CHECK,))
    after, message = await _in_mid_story(table)
    await table.gm.command(f"session {'pause' if then == 'resume' else 'end'}")
    if then == "resume":
        async with asyncio.timeout(20):
            while await shared.db.fetchval(
                "SELECT count(*) FROM ledger WHERE session_id = $1 AND state = 'open'", table.session
            ):
                await asyncio.sleep(0.05)
        assert await table.tellings() == []
        await table.gm.command("session resume")
        told = await table.narration(after=after)
        assert told["id"] == message["id"]
        # What was kept when the pause came stays; a sentence that was not kept yet may be told another way
        assert content(told).startswith(STORY.partition(". ")[0])
    else:
        stopped = text("pt-BR", "telling.stopped")
        left = await table.gm.until(lambda m: m["id"] == message["id"] and content(m).endswith(stopped), 20)
        assert STORY.startswith(content(left).removesuffix(stopped).strip())
    assert "could not be served" not in shared.logs()


async def test_a_message_deleted_in_mid_story_stops_the_showing_and_not_the_telling(shared: Stack) -> None:
    table = await _told_slowly(shared)
    _, message = await _in_mid_story(table)
    rights = str(VIEW | MANAGE_MESSAGES)
    moderator = await shared.control(
        "bots", name="Ordem", guild_ids=[shared.playground.seeded.guild.id], permissions=rights
    )
    url = f"{shared.playground.rest_url}/channels/{message['channel_id']}/messages/{message['id']}"
    headers = {"Authorization": f"Bot {moderator['token']}", "User-Agent": "DiscordBot (https://example.org, 1)"}
    async with aiohttp.ClientSession() as http, http.delete(url, headers=headers) as answer:
        assert answer.status == 204
    assert await _delivered(table, message) == "lost"
    await _all_told(table)
    assert await table.act("Bento", "Espero.")


async def test_rights_lost_in_mid_story_stop_the_showing_and_not_the_telling(shared: Stack) -> None:
    table = await _told_slowly(shared)
    with shared.tokens_of(1.0):
        _, message = await _in_mid_story(table)
        await shared.control(
            "overwrites",
            channel_id=message["channel_id"],
            target_id=shared.playground.seeded.bot.user.id,
            type=1,
            deny=str(VIEW | SEND),
        )
        assert await _delivered(table, message) == "lost"
        await _all_told(table)
    assert not await shared.db.fetchval("SELECT tries FROM sessions WHERE session_id = $1", table.session)


async def test_an_edit_that_is_refused_for_good_does_not_block_the_session(shared: Stack) -> None:
    table = await _told_slowly(shared)
    _, message = await _in_mid_story(table)
    refused = {"method": "PATCH", "path_regex": f"/messages/{message['id']}"}
    await shared.control("faults", match=refused, kind="status", status=400, times=50)
    assert await _delivered(table, message) == "lost"
    await _all_told(table)
    assert await table.act("Bento", "Espero.")


async def test_an_action_taken_back_in_mid_story_stops_the_telling_at_a_sentence(shared: Stack) -> None:
    table = await _told_slowly(shared)
    await _in_mid_story(table)
    shared.ai.script(Turn(pieces=tuple(f"{word} " for word in NEXT.split())), provider="gemini")
    waiting = (await table.acted("Bento", "Corro para a ladeira.")).message
    assert waiting is not None
    message = await table.narration(after=waiting["id"], finished=False)
    await table.players["Bento"].press(waiting, "Cancelar")
    stopped = await table.gm.until(lambda m: m["id"] == message["id"] and "parou aqui" in content(m), 20)
    assert content(stopped).startswith(NEXT.partition(". ")[0])
    assert await _delivered(table, message) == "stopped"
    assert len(await table.tellings()) == 1


async def test_a_story_whose_token_dies_goes_on_by_the_channel(shared: Stack) -> None:
    table = await _told_slowly(shared)
    with shared.tokens_of(0.8):
        after, message = await _in_mid_story(table)
        told = await table.narration(after=after)
    assert told["id"] == message["id"]
    assert content(told).startswith(STORY)


async def test_a_story_whose_every_token_is_dead_begins_as_a_channel_message(shared: Stack) -> None:
    table = await _told_slowly(shared)
    with shared.tokens_of(0.0):
        done = await table.players["Lia"].command("act", text=ACT)
        told = await table.narration(after=done.interaction_id)
    assert content(told).startswith(STORY)
    assert "interaction_metadata" not in told
    assert await _delivered(table, told) == "closed"


async def test_a_long_telling_is_split_at_sentence_ends_and_grows_over_its_messages(shared: Stack) -> None:
    table = await Table.open(shared, channel=await shared.channel())
    given = settings.load(None, beside=False, **_by_field(shared.env))
    sentences = [f"A maré sobe pela {n}ª vez e a areia some debaixo dela." for n in range(1, 90)]
    async with open_door(given) as door:
        store = DeliveryStore(shared.db, Vault(given.master_key_bytes))
        for through in (20, 60, 89):
            showing = Showing(door, store, await store.open(table.session, 9_000))
            await showing.show(" ".join(sentences[:through]))
        await showing.close(" ".join(sentences), "-# 🎲 Lia 17 contra CD 15: passou", None)
    shown = [content(m) for m in reversed(await table.gm.messages(table.channel)) if "maré" in content(m)]
    assert len(shown) == 3
    assert all(len(page) <= 2_000 and page.split("\n")[0].endswith("dela.") for page in shown)
    assert " ".join(shown) == " ".join(sentences) + "\n-# 🎲 Lia 17 contra CD 15: passou"


def _by_field(env: dict[str, str]) -> dict[str, Any]:
    fields = {name: field for field, name in settings.env_names().items()}
    return {fields[name]: value for name, value in env.items() if name in fields}
