import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from core.ai import NoProvider
from core.game.refusal import Refusal
from core.game.rules.effects import Checked
from core.story.course import ASKS_MOST
from core.story.model import ModelTeller, UnusableError
from core.story.oracle import Oracle
from core.story.sentences import split
from core.story.storyteller import Storyteller
from playground.ai import AIProviders, Fault, ToolAsk, Turn
from tests.story.table import Table, pieces_of

CHECK = ToolAsk("check", {"who": "pc1", "skill": "force", "level": "even"})
PLAIN = "Salt lies on the steps. A gull walks the rail and does not leave."


def table_of(language: str = "en-US", text: str = "I push the door") -> Table:
    table = Table(language)
    table.join("Lia", "she", "fighter")
    table.join("Kim", "they", "sage")
    table.act("pc1", text)
    return table


async def test_a_model_tells_and_its_asks_are_settled_by_the_engine(ai: AIProviders, models: ModelTeller) -> None:
    table = table_of()
    table.dice.faces = [18]
    ai.script(Turn(text="Lia leans on the door. ", calls=(CHECK,)), Turn(text="The door gives. A bell hangs inside."))
    pieces = await pieces_of(models, table.turn(), table)
    text = "".join(piece.text for piece in pieces)
    assert text.split() == [
        "Lia",
        "leans",
        "on",
        "the",
        "door.",
        "The",
        "door",
        "gives.",
        "A",
        "bell",
        "hangs",
        "inside.",
    ]
    assert [e.outcome for e in table.events if isinstance(e, Checked)] == ["success"]
    assert "success" in str(ai.requests[1].body)
    assert "clearly" in str(ai.requests[1].body)
    assert pieces[-1].final


async def test_a_refused_ask_is_told_to_the_model_and_changes_nothing(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    before = table.state
    ai.script(Turn(text="", calls=(ToolAsk("hurt", {"who": "pc2", "source": "pc1"}),)), Turn(text=PLAIN))
    await pieces_of(one_model, table.turn(), table)
    assert table.state.heroes == before.heroes
    assert "needs attack" in str(ai.requests[1].body)
    assert "It did not happen" in str(ai.requests[1].body)


async def test_a_model_asks_four_times_and_no_more(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    for _ in range(3):
        ai.script(Turn(text="", calls=(CHECK, CHECK)))
    ai.script(Turn(text=PLAIN))
    text = "".join(p.text for p in await pieces_of(one_model, table.turn(), table))
    assert len(table.state.asks) == ASKS_MOST
    assert text.strip() == PLAIN
    assert "tools" not in ai.requests[-1].body


async def test_a_granted_secret_is_in_the_prompt_only_after_the_engine_granted_it(
    ai: AIProviders, one_model: ModelTeller
) -> None:
    table = table_of(text="I search the warehouse")
    table.dice.faces = [19]
    reveal = ToolAsk("reveal", {"secret": "s3"})
    ai.script(Turn(text="", calls=(CHECK, reveal)), Turn(text=PLAIN))
    await pieces_of(one_model, table.turn(), table)
    assert "clapper" not in str(ai.requests[0].body)
    assert "sold the bell" in str(ai.requests[1].body)


async def test_a_rerun_is_fed_what_was_asked_before(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.script(Turn(text="", calls=(CHECK,)), Turn(text=PLAIN))
    turn = table.turn()
    await pieces_of(one_model, turn, table)
    rolls = table.state.rolls
    again = replace(turn, asks=table.state.asks, shown="Salt lies on the steps.", attempt=2)
    ai.script(Turn(text=" A gull walks the rail and does not leave."))
    text = "".join(p.text for p in await pieces_of(one_model, again, table))
    assert text.strip() == "A gull walks the rail and does not leave."
    assert table.state.rolls == rolls
    assert "outcome" in str(ai.requests[-1].body)


@pytest.mark.parametrize(
    "bad",
    [
        "“I will do it,” says Lia.",
        "Lia rolls an 18.",
        "O homem abre a porta do armazém e sai com a lanterna na mão.",
        "The deafening silence grows.",
    ],
    ids=["speech for a player", "a digit", "the other language", "a worn phrase"],
)
async def test_a_bad_sentence_is_cut(ai: AIProviders, one_model: ModelTeller, bad: str) -> None:
    table = table_of()
    ai.script(Turn(text=f"Salt lies on the steps. {bad} A gull walks the rail."))
    text = "".join(p.text for p in await pieces_of(one_model, table.turn(), table))
    assert text.strip() == "Salt lies on the steps. A gull walks the rail."


async def test_a_telling_ends_at_a_sentence_within_a_hundred_and_twenty_words(
    ai: AIProviders, one_model: ModelTeller
) -> None:
    table = table_of()
    ai.script(Turn(text="One gull walks along the old rail and stays. " * 40))
    text = "".join(p.text for p in await pieces_of(one_model, table.turn(), table))
    assert len(text.split()) <= 120
    assert text.strip().endswith(".")


async def test_an_unfinished_last_sentence_is_left_out(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.script(Turn(text="Salt lies on the steps. A gull wal"))
    assert "".join(p.text for p in await pieces_of(one_model, table.turn(), table)).strip() == "Salt lies on the steps."


async def test_a_refusal_is_nothing_to_tell(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.script(Turn(text="I'm sorry, but I can't continue this story."))
    with pytest.raises(UnusableError, match="refusal"):
        await pieces_of(one_model, table.turn(), table)


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
async def test_without_any_provider_the_oracle_tells_it_all_and_says_so(
    ai: AIProviders, models: ModelTeller, language: str
) -> None:
    table = table_of(language, {"pt-BR": "empurro a porta", "en-US": "I push the door"}[language])
    ai.order(Fault("status", times=0, status=503))
    pieces = await pieces_of(Storyteller(models, Oracle()), table.turn(), table)
    assert all(piece.outage for piece in pieces)
    assert pieces[-1].teller == "oracle"
    assert "Lia" in "".join(piece.text for piece in pieces)
    assert len([e for e in table.events if isinstance(e, Checked)]) == 1


async def test_a_provider_that_dies_in_mid_story_is_closed_by_the_oracle_at_the_sentence(
    ai: AIProviders, models: ModelTeller
) -> None:
    table = table_of()
    table.dice.faces = [18]
    ai.script(
        Turn(text="", calls=(CHECK,)), Turn(text="Salt lies on the steps. A gull walks the rail and stays there.")
    )
    ai.order(Fault("half_stream", skip=1, after=5), Fault("status", times=0, status=503))
    pieces = await pieces_of(Storyteller(models, Oracle()), table.turn(), table)
    text = " ".join("".join(piece.text for piece in pieces).split())
    assert text.startswith("Salt lies on the steps. ")
    assert "A gull wal" not in text.split(". ")[1]
    assert pieces[-1].teller == "oracle"
    assert pieces[-1].outage
    assert not pieces[0].outage
    assert len([e for e in table.events if isinstance(e, Checked)]) == 1, "the check is not rolled twice"
    assert "Lia" in text


async def test_a_refusing_model_gives_way_to_the_oracle(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.script(Turn(text="As an AI, I must stop here."))
    pieces = await pieces_of(Storyteller(one_model, Oracle()), table.turn(), table)
    assert pieces[-1].teller == "oracle"
    assert "AI" not in "".join(piece.text for piece in pieces).split()


async def test_without_models_there_is_no_outage() -> None:
    table = table_of()
    pieces = await pieces_of(Storyteller(None, Oracle()), table.turn(), table)
    assert not any(piece.outage for piece in pieces)


async def test_a_telling_that_another_worker_told_stops(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    turn = table.turn()

    async def stale(tool: str, arguments: object) -> None:
        raise Refusal("stale_telling")

    ai.script(Turn(text="", calls=(CHECK,)))
    for teller in (Oracle(), one_model, Storyteller(one_model, Oracle())):
        with pytest.raises(Refusal, match="stale_telling"):
            [piece async for piece in teller.tell(turn, stale)]
        ai.script(Turn(text="", calls=(CHECK,)))


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
async def test_a_private_question_is_answered_by_the_model_or_truthfully_by_the_oracle(
    ai: AIProviders, one_model: ModelTeller, language: str
) -> None:
    table = table_of(language)
    question = {"pt-BR": "Onde estou?", "en-US": "Where am I?"}[language]
    said = {"pt-BR": "Lia está no porto, junto aos barcos.", "en-US": "Lia is on the quay, by the boats."}[language]
    storyteller, turn, person = Storyteller(one_model, Oracle()), table.turn(()), table.state.heroes["pc1"].person
    ai.script(Turn(text=said))
    assert "".join([p.text async for p in storyteller.answer(turn, person, question)]).strip() == said
    assert "tools" not in ai.requests[-1].body
    ai.order(Fault("status", times=0, status=503))
    pieces = [p async for p in storyteller.answer(turn, person, question)]
    assert pieces[-1].outage
    assert {"pt-BR": "porto", "en-US": "harbor"}[language] in "".join(p.text for p in pieces)


async def test_no_provider_reaches_whoever_calls_the_model_alone(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.order(Fault("status", times=0, status=503))
    with pytest.raises(NoProvider):
        await pieces_of(one_model, table.turn(), table)


async def test_each_piece_of_a_model_is_whole_sentences(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.script(Turn(text="“The bell,” says Nilo. “It has no tongue!” He points. Salt lies on the steps."))
    pieces = [p.text.strip() for p in await pieces_of(one_model, table.turn(), table) if p.text]
    assert [piece for piece in pieces if split(piece) != [piece]] == []
    assert pieces[-1] == "Salt lies on the steps."


async def test_who_leaves_early_closes_the_call_at_once(ai: AIProviders, one_model: ModelTeller) -> None:
    table = table_of()
    ai.script(Turn(text=PLAIN))
    ai.order(Fault("slow_words", seconds=0.8, after=12))
    async with aclosing(one_model.tell(table.turn(), table.ask)) as pieces:
        async for _ in pieces:
            break
    async with asyncio.timeout(0.5):
        while ai.open_calls:
            await asyncio.sleep(0.01)


async def test_where_the_backup_is_not_wanted_a_broken_telling_stops_at_its_sentence(
    ai: AIProviders, models: ModelTeller
) -> None:
    table = table_of()
    ai.script(Turn(text="Salt lies on the steps. A gull walks the rail and stays there."))
    ai.order(Fault("half_stream", after=5), Fault("status", times=0, status=503))
    pieces = await pieces_of(Storyteller(models, Oracle(), stops=True), table.turn(), table)
    assert "".join(piece.text for piece in pieces).strip() == "Salt lies on the steps."
    assert pieces[-1].broken
    assert pieces[-1].final
    assert pieces[-1].outage


async def test_where_the_backup_is_not_wanted_a_telling_without_a_word_is_tried_again(
    ai: AIProviders, models: ModelTeller
) -> None:
    table = table_of()
    ai.order(Fault("status", times=0, status=503))
    with pytest.raises(NoProvider):
        await pieces_of(Storyteller(models, Oracle(), stops=True), table.turn(), table)
