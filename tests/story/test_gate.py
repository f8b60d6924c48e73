"""What a model's sentences wait for: the engine, the table's limits, the words told before."""

from dataclasses import replace

import pytest

from core.game.rules.rounds import SetTable
from core.story.model import ModelTeller
from playground.ai import AIProviders, Fault, ToolAsk, Turn
from tests.story.table import GM, Table, pieces_of

CHECK = ToolAsk("check", {"who": "pc1", "skill": "force", "level": "even"})
CALM = "Salt lies on the steps. A gull walks the rail and does not leave."


def table_of(text: str = "I push the door") -> Table:
    table = Table("en-US")
    table.join("Lia", "she", "fighter")
    table.join("Kim", "they", "sage")
    table.act("pc1", text)
    return table


async def told_by(teller: ModelTeller, table: Table, **changes: object) -> str:
    pieces = await pieces_of(teller, replace(table.turn(), **changes), table)
    return " ".join("".join(piece.text for piece in pieces).split())


@pytest.mark.parametrize("line", ["spiders", "aranhas"])
async def test_a_line_of_somebody_at_the_table_is_not_told(ai: AIProviders, one_model: ModelTeller, line: str) -> None:
    ai.script(Turn(text="Salt lies on the steps. Spiders pour out of the bell. A gull walks the rail."))
    assert await told_by(one_model, table_of(), lines=(line,)) == "Salt lies on the steps. A gull walks the rail."


async def test_a_sentence_of_an_earlier_telling_is_not_told_again(ai: AIProviders, one_model: ModelTeller) -> None:
    ai.script(Turn(text=f"{CALM} Under the planks the water knocks slowly."))
    told = await told_by(one_model, table_of(), recent=("A gull walks the rail and does not leave.",))
    assert told == "Salt lies on the steps. Under the planks the water knocks slowly."


async def test_a_telling_stops_before_the_outcome_of_a_called_check(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    table.do(SetTable, GM, rolls="players")
    ai.script(Turn(text="Salt lies on the steps. ", calls=(CHECK,)), Turn(text="The door gives way to Lia."))
    assert await told_by(one_model, table) == "Salt lies on the steps."
    assert len(ai.requests) == 1
    assert table.state.called["pc1"].skill == "force"


async def test_a_called_check_without_a_word_is_led_up_to_and_no_tool_is_offered(
    ai: AIProviders, one_model: ModelTeller
) -> None:
    table = table_of()
    table.do(SetTable, GM, rolls="players")
    ai.script(Turn(text="", calls=(CHECK,)), Turn(text="The hinges are red with rust."))
    assert await told_by(one_model, table) == "The hinges are red with rust."
    assert "Stop before the outcome" in str(ai.requests[1].body)
    assert "tools" not in ai.requests[1].body


async def test_a_blocked_scene_is_put_once_more_without_the_players_words(
    ai: AIProviders, one_model: ModelTeller
) -> None:
    table = table_of("I slit the rope with my bloody dagger")
    ai.order(Fault("blocked"))
    ai.script(Turn(text=CALM))
    assert await told_by(one_model, table) == CALM
    assert "bloody" in str(ai.requests[0].body)
    assert "bloody" not in str(ai.requests[1].body)
    assert len(ai.requests) == 2


async def test_what_was_cut_is_mended_once_and_only_once(ai: AIProviders, one_model: ModelTeller) -> None:
    bad = "“I will do it,” says Lia."
    ai.script(Turn(text=bad), Turn(text=f"Salt lies on the steps. {bad} A gull walks the rail."))
    pieces = await pieces_of(one_model, table_of().turn(), table_of())
    assert "".join(piece.text for piece in pieces).strip() == "Salt lies on the steps. A gull walks the rail."
    assert pieces[-1].cut == ("speech", "speech")
    assert len(ai.requests) == 2
    assert "<cut>" in str(ai.requests[1].body)
    assert "Answer only in American English" in str(ai.requests[1].body["messages"][-1])


async def test_what_stands_behind_a_false_sentence_is_told_where_it_holds(
    ai: AIProviders, one_model: ModelTeller
) -> None:
    ai.script(Turn(text=f"Salt lies on the steps. Kim falls unconscious. {CALM.partition('. ')[2]}"), Turn(text=""))
    pieces = await pieces_of(one_model, table_of().turn(), table_of())
    assert " ".join("".join(piece.text for piece in pieces).split()) == CALM
    assert pieces[-1].cut == ("unconscious",)


async def test_what_was_told_before_an_ask_is_not_told_again_after_it(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.script(Turn(text="Salt lies on the steps. ", calls=(CHECK,)), Turn(text=CALM))
    assert await told_by(one_model, table) == CALM


async def test_a_rerun_is_told_the_secret_that_was_granted_before(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of("I search the warehouse")
    table.dice.faces = [19]
    turn = table.turn()
    await table.ask(CHECK.name, CHECK.arguments)
    await table.ask("reveal", {"secret": "s3"})
    await table.ask("hurt", {"who": "pc2", "source": "pc1"})
    ai.script(Turn(text=CALM))
    await pieces_of(one_model, replace(turn, asks=table.state.asks, attempt=2), table)
    assert "sold the bell" in str(ai.requests[0].body)
    assert "It did not happen" in str(ai.requests[0].body)
