"""Which dice of a hand are kept, by d20's rules."""

from collections.abc import Sequence

from core.dice.tree import Pick, Selector


def kept(values: Sequence[int], picks: Sequence[Pick]) -> list[int]:
    """Return the positions in `values` that are kept, ascending.

    Each pick looks only at the dice that the one before left; of equal dice the one thrown first
    counts as the higher, so that the highest and the lowest are never the same die.
    """
    remaining: Sequence[int] = range(len(values))
    for pick in picks:
        if len(pick.selectors) == 1 and not pick.drop:
            remaining = sorted(_chosen(values, remaining, pick.selectors[0]))
            continue
        chosen: set[int] = set()
        for selector in pick.selectors:
            chosen.update(_chosen(values, remaining, selector))
        remaining = [position for position in remaining if (position in chosen) is not pick.drop]
    return list(remaining)


def _chosen(values: Sequence[int], among: Sequence[int], selector: Selector) -> Sequence[int]:
    number = selector.number
    match selector.kind:
        case "h":
            return _descending(values, among)[:number]
        case "l":
            return _descending(values, among)[max(0, len(among) - number) :]
        case ">":
            return [position for position in among if values[position] > number]
        case "<":
            return [position for position in among if values[position] < number]
        case _:
            return [position for position in among if values[position] == number]


def _descending(values: Sequence[int], among: Sequence[int]) -> list[int]:
    return sorted(among, key=values.__getitem__, reverse=True)
