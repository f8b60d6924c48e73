"""Private answers from pinned facts and memories, and from what the state knows of whom and what a question names."""

from dataclasses import replace

import pytest

from core.story.oracle import Oracle
from core.story.turn import Turn
from tests.story.table import Table

PINNED = (
    "Celeste prometeu baixar as tochas se Lia trouxer uma prova.",
    "The smuggler Sabiá hides a blue crate under the third plank.",
)
MEMORIES = (
    "Jandira contou que vendeu o badalo por óleo no inverno.",
    "Tobias told Lia that two mules went under near the post.",
)
FACTS = {
    "pt-BR": {
        "O que Celeste prometeu?": PINNED[0],
        "Qual foi a promessa das tochas de Celeste?": PINNED[0],
        "Quem vendeu óleo no inverno?": MEMORIES[0],
    },
    "en-US": {
        "What does Sabiá hide under the plank?": PINNED[1],
        "Which smuggler hides a crate?": PINNED[1],
        "How many mules went under?": MEMORIES[1],
    },
}
STATE = {
    "pt-BR": {
        "Quem é Jandira?": "faroleira",
        "Onde está Kim?": "Kim está no porto",
        "Onde está a lanterna?": "A lanterna está no porto",
        "Onde está a corda?": "A corda está com Nilo",
        "Onde está o arpão?": "O arpão não está no porto",
        "Onde fica o farol?": "farol",
        "Como chego ao sino? onde fica?": "lamaçal",
        "Que horas são?": "acabando",
        "Está chovendo?": "céu limpo",
        "A multidão está com raiva?": "inquieto",
        "Nilo gosta de mim?": "gostar do grupo",
        "Tobias confia na gente?": "não confia",
        "Kim tem algum ferimento?": "Kim está sem ferimentos",
    },
    "en-US": {
        "Who is Jandira?": "keeps the lighthouse",
        "Where is Kim?": "Kim is at the harbor",
        "Where is the lantern?": "The lantern is at the harbor",
        "Where is the rope?": "The rope is with Nilo",
        "Where is the gaff?": "The gaff is not at the harbor",
        "Where is the lighthouse?": "lighthouse",
        "Where is the bell, which way?": "mudflats",
        "What time is it?": "ending",
        "How is the weather?": "clear sky",
        "Is the crowd angry?": "restless",
        "Does Nilo like me?": "like the group",
        "Does Tobias trust us?": "does not trust",
        "Is Kim hurt?": "Kim is unhurt",
    },
}


def turn_of(language: str, *, pinned: tuple[str, ...] = PINNED, memories: tuple[str, ...] = MEMORIES) -> Turn:
    table = Table(language)
    table.join("Lia", "she", "thief")
    table.join("Kim", "they", "sage")
    return replace(table.turn(()), pinned=pinned, memories=memories)


async def answer(turn: Turn, question: str, locale: str = "") -> str:
    return "".join([piece.text async for piece in Oracle().answer(replace(turn, locale=locale), 10, question)])


@pytest.mark.parametrize(
    ("language", "question", "fact"), [(one, q, f) for one, found in FACTS.items() for q, f in found.items()]
)
async def test_a_question_is_answered_with_the_fact_that_fits_it(language: str, question: str, fact: str) -> None:
    assert fact in await answer(turn_of(language), question)


@pytest.mark.parametrize(
    ("language", "question", "expected"), [(one, q, e) for one, found in STATE.items() for q, e in found.items()]
)
async def test_what_the_state_knows_is_answered_from_it_and_not_from_memory(
    language: str, question: str, expected: str
) -> None:
    said = await answer(turn_of(language), question)
    assert expected in said
    assert not any(fact in said for fact in (*PINNED, *MEMORIES))


async def test_where_people_are_now_is_no_matter_of_memory() -> None:
    turn = turn_of("pt-BR", pinned=("Jandira e Nilo são primos.",))
    assert "Nilo está no porto" in await answer(turn, "Onde estão Nilo e Jandira?")
    assert "primos" in await answer(turn, "Nilo e Jandira são primos?")


async def test_of_two_facts_that_fit_the_one_in_the_askers_language_is_given() -> None:
    both = ("Sabiá vende corda perto do sino.", "Sabiá vende rope near the bell and the boat.")
    turn = turn_of("pt-BR", pinned=both, memories=())
    assert both[0] in await answer(turn, "Sabiá vende o quê?", locale="pt-BR")
    assert both[1] in await answer(turn, "Sabiá vende?", locale="en-US")


@pytest.mark.parametrize("question", ["Qual a cor do infinito?", "???", "", "a" * 2_000])
async def test_a_question_that_nothing_fits_names_what_can_be_answered(question: str) -> None:
    assert "Sem IA" in await answer(turn_of("pt-BR"), question)


async def test_a_fact_with_markup_and_slots_is_told_plainly() -> None:
    turn = turn_of("en-US", pinned=("The vault **opens** {p} at @everyone noon {x=eel} <b>only</b>.",))
    said = await answer(turn, "When does the vault open, at noon?")
    assert "opens" in said
    assert not any(mark in said for mark in "*{}<>@")
