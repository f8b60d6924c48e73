"""Checks that a player rolls: called, rolled once by whom they belong to, told on with their outcome."""

import pytest

from core.game.refusal import Refusal
from core.game.rules.calls import CallRolled, CheckCalled, RollCalled
from core.game.rules.rounds import SetTable
from core.game.rules.telling import Tell
from tests.story.table import GM, Table


async def called() -> Table:
    made = Table("en-US")
    made.join("Lia", "she", "thief")
    made.join("Bento", "he", "fighter")
    made.do(SetTable, GM, rolls="players")
    made.act("pc1", "I force the door")
    await made.ask("check", {"who": "pc1", "skill": "force", "level": "even"})
    return made


def tell(made: Table) -> None:
    made.do(Tell, 0, start=made.state.stand, through=made.state.seq, teller="oracle")


async def test_a_check_waits_for_its_player_where_players_roll() -> None:
    made = await called()
    deed = made.state.pending[0]
    assert [(e.who, e.deed) for e in made.events if isinstance(e, CheckCalled)] == [("pc1", deed)]
    assert made.state.asks[0].result == {"who": "pc1", "skill": "force", "pending": 1}
    assert made.state.rolls == 0
    assert not (await made.ask("check", {"who": "pc1", "skill": "fight", "level": "even"})).ok, "one at a time"


async def test_the_roll_is_the_players_or_the_game_masters_and_happens_once() -> None:
    made = await called()
    tell(made)
    row = made.state.called["pc1"].row
    with pytest.raises(Refusal, match="button_of"):
        made.do(RollCalled, 11, hero="pc1", row=row)
    made.dice.faces = [18]
    made.do(RollCalled, GM, hero="pc1", row=row)
    assert made.state.rolls == 1
    assert not made.state.called
    with pytest.raises(Refusal, match="moved_on"):
        made.do(RollCalled, 10, hero="pc1", row=row)


async def test_the_outcome_is_settled_for_the_next_telling_and_earns_what_a_success_earns() -> None:
    made = await called()
    tell(made)
    made.dice.faces = [19]
    made.do(RollCalled, 10, hero="pc1", row=made.state.called["pc1"].row)
    assert made.state.due() == (made.state.seq,)
    assert [(a.tool, a.result["outcome"]) for a in made.state.settled()] == [("check", "success")]
    assert (await made.ask("reveal", {"secret": "s3"})).ok
    tell(made)
    assert made.state.settled() == ()
    assert not made.state.pending
    assert [e.outcome for e in made.events if isinstance(e, CallRolled)] == ["success"]


async def test_a_roll_in_the_midst_of_anothers_telling_is_not_lost_with_it() -> None:
    made = await called()
    tell(made)
    made.act("pc2", "I look around")
    through = made.state.seq
    made.do(RollCalled, 10, hero="pc1", row=made.state.called["pc1"].row)
    made.do(Tell, 0, start=made.state.stand, through=through, teller="oracle")
    assert [a.tool for a in made.state.settled()] == ["check"]
    assert made.state.pending == (made.state.seq - 1,)
