import re
from dataclasses import replace

import pytest

from core.story.oracle import Oracle
from tests.story.table import Table

QUESTIONS = {
    "pt-BR": {
        "Onde estou?": "Lia está no porto",
        "Quem está aqui?": "Kim, Celeste, Nilo",
        "O que eu carrego?": "a lanterna",
        "Estou ferida?": "mal se aguenta de pé",
        "O que posso fazer agora?": "o lamaçal, o armazém, o farol",
        "Como funciona um teste?": "vinte",
        "O que aconteceu antes?": "A maré some.",
        "Onde está Jandira?": "Jandira não está no porto",
        "Nilo está por perto? Quem?": "Nilo está no porto",
        "Qual a cor do infinito?": "Sem IA",
    },
    "en-US": {
        "Where am I?": "Lia is at the harbor",
        "Who is here?": "Kim, Celeste, Nilo",
        "What do I carry?": "the lantern",
        "How hurt am I?": "barely stand",
        "What can I do now?": "the mudflats, the warehouse, the lighthouse",
        "What are the rules of a check?": "twenty",
        "What happened before?": "A maré some.",
        "Where is Jandira?": "Jandira is not at the harbor",
        "What color is infinity?": "Without AI",
    },
}
CASES = [(s, locale, q, a) for s in QUESTIONS for locale, asked in QUESTIONS.items() for q, a in asked.items()]


def table_of(language: str) -> Table:
    table = Table(language)
    table.join("Lia", "she", "thief")
    table.join("Kim", "they", "sage")
    table.told.append("A maré some. Uma tocha se acende.")
    table.state = table.state.hero("pc1", hp=2).with_(items={**table.state.items, "lantern": "pc1"})
    return table


async def answer(table: Table, question: str, person: int = 10, locale: str = "") -> str:
    turn = replace(table.turn(()), locale=locale)
    return "".join([piece.text async for piece in Oracle().answer(turn, person, question)])


@pytest.mark.parametrize(("session", "locale", "question", "expected"), CASES)
async def test_a_simple_question_is_answered_from_the_state_in_the_language_of_its_asker(
    session: str, locale: str, question: str, expected: str
) -> None:
    assert expected in await answer(table_of(session), question, locale=locale)


async def test_whoever_asks_in_another_language_is_understood_and_answered_in_their_own() -> None:
    assert "Lia is at the harbor" in await answer(table_of("pt-BR"), "Onde estou?", locale="en-US")
    assert "Lia está no porto" in await answer(table_of("pt-BR"), "Where am I?")


@pytest.mark.parametrize("session", list(QUESTIONS))
async def test_no_answer_tells_a_secret_or_a_number_of_the_engine(session: str) -> None:
    table = table_of(session)
    table.state = table.state.hero("pc1", place="warehouse")
    for question in [*QUESTIONS["pt-BR"], *QUESTIONS["en-US"], "Where is the clapper?", "Onde está o badalo?", "s3"]:
        said = await answer(table, question)
        assert not re.search(r"badalo|clapper|\bs3\b|\d", said), said


async def test_whoever_has_no_character_is_told_so() -> None:
    assert "personagem" in await answer(table_of("pt-BR"), "Onde estou?", person=99)
    assert await answer(table_of("pt-BR"), "Como funciona um teste?", person=99)
