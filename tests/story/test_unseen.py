"""What a model never sees: a digit of rolls, wounds or margins, and a secret that is not out."""

import random
import re

import pytest

from core.game.rules.rolls import Roll, SecretRoll
from core.game.world import SKILLS, world
from core.story.model import ModelTeller, UnusableError
from core.story.prompt import secret_text
from core.story.sentences import folded
from playground.ai import AIProviders, ToolAsk, Turn
from tests.story.table import GM, Table

ALLOWED = re.compile(r'seq="\d+"|\b(?:pc|s|eel|crab|guard|earlier)\d+\b|call_\w+|"?at most \w+')
GAMES = 12
TURNS = 6


def random_ask(table: Table, rng: random.Random) -> ToolAsk:
    heroes, figures = list(table.state.heroes), list(table.state.figures)
    somebody = [*heroes, *figures]
    place = rng.choice(list(world(table.state.world).places))
    return rng.choice(
        [
            ToolAsk("check", {"who": rng.choice(heroes), "skill": rng.choice(SKILLS), "level": "easy"}),
            ToolAsk("attack", {"npc": rng.choice(figures), "target": rng.choice(heroes)}),
            ToolAsk("hurt", {"who": rng.choice(somebody), "source": rng.choice([*heroes, "mud"])}),
            ToolAsk("fate", {"who": rng.choice(heroes), "likelihood": "even"}),
            ToolAsk("spawn", {"kind": rng.choice(["eel", "crab"]), "place": place}),
            ToolAsk("move", {"who": rng.choice(["group", *somebody]), "to": place}),
            ToolAsk("reveal", {"secret": "s3"}),
            ToolAsk("clock", {"id": "unrest", "by": "1"}),
        ]
    )


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
async def test_no_number_of_the_rules_and_no_secret_before_its_time_reaches_a_model(
    ai: AIProviders, one_model: ModelTeller, language: str
) -> None:
    seen = 0
    for game in range(GAMES):
        rng = random.Random(f"{language}{game}")
        table = Table(language, seed=f"seed {game} of sixteen bytes".encode())
        table.join("Lia", "she", "thief")
        table.join("Kim", "they", "sage")
        for _ in range(TURNS):
            table.do(Roll, 10, dice="4d6kh3")
            table.do(SecretRoll, GM, dice="2d20")
            table.act(rng.choice(["pc1", "pc2"]) if table.state.heroes["pc1"].hp > 0 else "pc2", "I look around")
            ai.reset()
            ai.script(*(Turn(text="", calls=(random_ask(table, rng), random_ask(table, rng))) for _ in range(2)))
            try:
                await table.tell(one_model)
            except UnusableError:
                table.state = table.state.with_(pending=())
            for request in ai.requests:
                said = "\n".join(str(message.get("content") or "") for message in request.body["messages"])
                digits = re.findall(r".{20}\d.{10}", ALLOWED.sub("", said))
                assert not digits, digits
                granted = '"told"' in said or "s3" in table.state.revealed
                assert granted or folded(secret_text(table.state, "s3"))[:40] not in folded(said)
                seen += 1
            if any(hero.hp <= 0 for hero in table.state.heroes.values()):
                break
    assert seen > GAMES
