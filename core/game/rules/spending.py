"""What a table may spend on its storyteller: a limit of its own below those of the server and the operator."""

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.state import State

LIMIT_MOST = 10_000_000_000


class SetBudget(Command, frozen=True, kw_only=True):
    """Limit what this table spends for good to so many millionths of a dollar; 0 takes the limit away."""

    micro_usd: int


class BudgetSet(Event, frozen=True, kw_only=True):
    """The table's own limit changed."""

    micro_usd: int


@rule(SetBudget, who="gm", when_paused=True)
def set_budget(state: State, command: SetBudget, _: Draws) -> Decision:
    """Take a limit from nothing to ten thousand dollars."""
    if state.status == "ended":
        raise Refusal("no_table")
    if not 0 <= command.micro_usd <= LIMIT_MOST:
        raise Refusal("not_a_number", value=str(command.micro_usd), least=0, most=LIMIT_MOST // 1_000_000)
    return Decision((BudgetSet(micro_usd=command.micro_usd),), {"micro_usd": command.micro_usd})


@applies(BudgetSet)
def _budget_set(state: State, event: BudgetSet, _: int) -> State:
    return state.with_(budget=event.micro_usd)
