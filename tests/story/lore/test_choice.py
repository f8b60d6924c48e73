"""Which cards a telling is given: keys and their logic, time, chance, groups, rounds, budget and secrets."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.game.card import BookSettings, Card
from core.story.lore.book import Book
from core.story.lore.choice import CHOSEN_MOST, Chosen, choose, used

SEED = b"s" * 32


def card(*keys: str, text: str = "x", **more: Any) -> Card:
    return Card(keys=keys, text=text, **more)


def chosen(
    cards: Mapping[str, Card],
    *scan: str,
    turn: int = 1,
    history: Mapping[str, int] | None = None,
    seed: bytes = SEED,
    budget: int = 1_000,
    **settings: Any,
) -> tuple[Chosen, ...]:
    revealed = settings.pop("revealed", frozenset())
    book = Book(cards, BookSettings(**settings), revealed)
    return choose(book, scan, turn, history or {}, seed=seed, budget_tokens=budget)


def ids(found: tuple[Chosen, ...]) -> list[str]:
    return [one.id for one in found]


def test_a_card_comes_up_by_its_key_or_always_and_says_why() -> None:
    cards = {"a": card("mar", name="Mar"), "b": card(constant=True), "c": card("sol"), "d": card("mar", on=False)}
    assert [(one.id, one.why, one.key) for one in chosen(cards, "o mar")] == [
        ("a", "heard", "mar"),
        ("b", "constant", ""),
    ]


@pytest.mark.parametrize(
    ("logic", "none", "one", "two"),
    [
        ("and_any", False, True, True),
        ("and_all", False, False, True),
        ("not_any", True, False, False),
        ("not_all", True, True, False),
    ],
)
def test_secondary_keys_decide_by_their_logic(logic: str, *, none: bool, one: bool, two: bool) -> None:
    cards = {"a": card("mar", secondary=("sino", "farol"), logic=logic)}
    found = [bool(chosen(cards, f"o mar {more}")) for more in ("", "o sino", "o sino e o farol")]
    assert found == [none, one, two]
    assert chosen(cards, "o sino e o farol") == ()
    assert chosen({"a": card("mar", secondary=("sino",), selective=False)}, "o mar")


def test_an_unusable_secondary_pattern_counts_as_not_heard() -> None:
    assert chosen({"a": card("mar", secondary=("/x(?=y)/",), logic="and_any")}, "mar xy") == ()
    assert chosen({"a": card("mar", secondary=("/x(?=y)/",), logic="not_any")}, "mar xy")


def test_each_card_looks_as_far_back_as_it_wants() -> None:
    cards = {"a": card("mar"), "b": card("mar", scan_depth=3), "c": card("mar", scan_depth=0)}
    assert ids(chosen(cards, "mar", "nada", "nada", scan_depth=2)) == ["b"]
    assert ids(chosen(cards, "nada", "mar", "nada", scan_depth=2)) == ["a", "b"]


def test_a_card_lasts_then_rests_then_may_come_up_again() -> None:
    cards = {"a": card("mar", sticky=2, cooldown=2)}
    history: dict[str, int] = {}
    seen = []
    for turn in range(1, 9):
        found = chosen(cards, "mar" if turn != 2 else "nada", turn=turn, history=history)
        history |= used(found)
        seen.append((found[0].why, found[0].since) if found else None)
    assert seen == [
        ("heard", 1),
        ("lasting", 1),
        ("lasting", 1),
        None,
        None,
        ("heard", 6),
        ("lasting", 6),
        ("lasting", 6),
    ]


def test_a_card_without_time_leaves_nothing_to_remember() -> None:
    assert used(chosen({"a": card("mar")}, "mar")) == {}


def test_a_card_waits_until_so_many_tellings_are_told() -> None:
    assert [bool(chosen({"a": card("mar", delay=2)}, "mar", turn=turn)) for turn in (1, 2, 3)] == [False, False, True]


def test_what_was_used_in_a_later_telling_that_was_undone_does_not_count() -> None:
    cards = {"a": card("mar", sticky=3, cooldown=3)}
    assert ids(chosen(cards, "mar", turn=4, history={"a": 9})) == ["a"]
    assert chosen(cards, "nada", turn=4, history={"a": 9}) == ()


def test_chance_is_the_same_in_a_rerun_and_about_as_often_as_it_says() -> None:
    cards = {"a": card("mar", probability=30)}
    found = [bool(chosen(cards, "mar", turn=turn)) for turn in range(1, 1_001)]
    assert found == [bool(chosen(cards, "mar", turn=turn)) for turn in range(1, 1_001)]
    assert 240 < sum(found) < 360
    other = [bool(chosen(cards, "mar", turn=turn, seed=b"t" * 32)) for turn in range(1, 1_001)]
    assert other != found
    assert chosen({"a": card("mar", probability=0, use_probability=False)}, "mar")
    assert chosen({"a": card("mar", probability=0)}, "mar") == ()
    assert chosen({"a": card("mar", probability=0, sticky=5)}, "mar", turn=2, history={"a": 1})


def test_a_group_gives_one_card_by_weight() -> None:
    cards = {"a": card("mar", groups=("g",), group_weight=300), "b": card("mar", groups=("g",))}
    found = [ids(chosen(cards, "mar", turn=turn)) for turn in range(1, 401)]
    assert all(len(one) == 1 for one in found)
    assert 260 < sum(one == ["a"] for one in found) < 340


def test_a_group_prefers_what_lasts_then_score_then_who_goes_first() -> None:
    lasting = {"a": card("mar", groups=("g",), sticky=3), "b": card("mar", groups=("g",), group_override=True)}
    assert ids(chosen(lasting, "mar", turn=2, history={"a": 1})) == ["a"]
    assert ids(chosen(lasting, "mar", turn=9, history={"a": 1})) == ["b"]
    scored = {
        "a": card("mar", groups=("g",), group_scoring=True),
        "b": card("mar", "sol", groups=("g",), group_scoring=True),
    }
    assert all(ids(chosen(scored, "mar e sol", turn=turn)) == ["b"] for turn in range(1, 20))
    orders = {n: card("mar", groups=("g",), group_override=True, order=int(n)) for n in ("1", "3", "2")}
    assert ids(chosen(orders, "mar")) == ["3"]


def test_a_group_that_has_its_card_gives_no_other_in_a_later_round() -> None:
    cards = {"a": card("mar", text="o farol", groups=("g",)), "b": card("farol", groups=("g",)), "c": card("farol")}
    assert ids(chosen(cards, "mar", recursive=True)) == ["a", "c"]


def test_what_is_chosen_is_looked_through_only_where_the_book_wants_it() -> None:
    cards = {
        "a": card("mar", text="o farol"),
        "b": card("farol", text="o sino"),
        "c": card("sino", exclude_recursion=True),
        "d": card("sino"),
    }
    assert ids(chosen(cards, "mar")) == ["a"]
    found = chosen(cards, "mar", recursive=True)
    assert [(one.id, one.why) for one in found] == [("a", "heard"), ("b", "followed"), ("d", "followed")]
    stopped = {**cards, "b": card("farol", text="o sino", prevent_recursion=True)}
    assert ids(chosen(stopped, "mar", recursive=True)) == ["a", "b"]


def test_cards_wait_for_their_round() -> None:
    cards = {"a": card("mar"), "b": card("mar", delay_until_recursion=1), "c": card("mar", delay_until_recursion=2)}
    assert ids(chosen(cards, "mar")) == ["a", "b", "c"]
    assert [one.why for one in chosen({"b": cards["b"]}, "mar")] == ["heard"]


def test_a_chain_of_cards_ends() -> None:
    cards = {str(n): card(f"k{n}", text=f"k{n + 1}") for n in range(50)}
    assert len(chosen(cards, "k0", recursive=True)) == 9


def test_within_a_budget_constants_come_first_then_higher_order_and_the_first_too_long_ends_it() -> None:
    cards = {
        "low": card("mar", text="x" * 40, order=1),
        "long": card("mar", text="x" * 400, order=2),
        "high": card("mar", text="x" * 40, order=3),
        "always": card(constant=True, text="x" * 40, order=0),
        "free": card("mar", text="x" * 40, order=1, ignore_budget=True),
    }
    assert ids(chosen(cards, "mar", budget=30)) == ["always", "free", "high"]
    assert ids(chosen(cards, "mar", budget=1_000, token_budget=10)) == ["always", "free"]
    assert ids(chosen(cards, "mar", budget=1_000)) == ["always", "low", "free", "long", "high"]


def test_ignoring_the_budget_doubles_it_at_most() -> None:
    cards = {str(n): card("mar", text="x" * 40, ignore_budget=True) for n in range(30)}
    assert len(chosen(cards, "mar", budget=100)) == 20
    many = {str(n): card("mar") for n in range(CHOSEN_MOST + 9)}
    assert len(chosen(many, "mar")) == CHOSEN_MOST


def test_a_card_behind_a_secret_is_not_chosen_before_it_is_revealed() -> None:
    cards = {"a": card(constant=True, until="s1", text="o farol"), "b": card("farol")}
    assert chosen(cards, "mar", recursive=True) == ()
    assert ids(chosen(cards, "mar", recursive=True, revealed=frozenset({"s1"}))) == ["a", "b"]


def test_a_higher_order_stands_closer_to_the_end() -> None:
    cards = {"a": card("mar", order=9), "b": card("mar", order=1), "c": card("mar", order=9)}
    assert ids(chosen(cards, "mar")) == ["b", "a", "c"]
