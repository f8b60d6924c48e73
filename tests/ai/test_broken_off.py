"""Tellings that broke off: whoever goes on continues the words that were shown, and repeats none of them."""

from __future__ import annotations

import pytest

from core.ai import Account, Call, Message, NoProvider, Prompt, Text
from playground.ai import AIProviders, Fault, ToolAsk, Turn
from tests.ai.conftest import CHECK, MakeRouter, ask, hear
from tests.ai.test_router import LONG, QUICK, asked


@pytest.mark.parametrize("kind", ["half_stream", "truncate", "garbage", "slow_words"])
@pytest.mark.parametrize("second", ["gemini", "mistral", "openai"])
async def test_a_broken_stream_is_continued_elsewhere_and_no_word_is_told_twice(
    kind: str, second: str, ai: AIProviders, router: MakeRouter
) -> None:
    first = "openai" if second != "openai" else "mistral"
    ai.script(Turn(text=LONG), provider=first)
    ai.script(Turn(text="out along the pier, and the dark comes in behind them."), provider=second)
    ai.order(Fault(kind, provider=first, after=4, seconds=5))
    heard = await hear(router(first, second, deadlines=QUICK), ask())
    assert heard.text == "One by one the lamps go out along the pier, and the dark comes in behind them."
    assert heard.end.provider == second


async def test_words_already_shown_are_sent_along_and_not_told_again(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text="The pin gives. Behind the door, steps stop."))
    heard = await hear(router("openai"), ask(prefix="Lia bends to the lock. The pin"))
    assert heard.text == " The pin gives. Behind the door, steps stop."[8:]
    sent = ai.requests[-1].body["messages"]
    assert sent[-2] == {"role": "assistant", "content": "Lia bends to the lock. The pin"}


async def test_mistral_gets_the_shown_words_as_a_prefix_and_its_echo_is_dropped(
    ai: AIProviders, router: MakeRouter
) -> None:
    made = router("mistral")
    for space in ("", " "):
        ai.script(Turn(text=" gives."))
        heard = await hear(made, ask(prefix=f"Lia bends to the lock. The pin{space}"))
        assert space + heard.text == " gives."
        # A space at the end would make a model begin in the middle of a token.
        expected = {"role": "assistant", "content": "Lia bends to the lock. The pin", "prefix": True}
        assert ai.requests[-1].body["messages"][-1] == expected


async def test_a_model_that_starts_over_is_cut_off_and_another_asked(ai: AIProviders, router: MakeRouter) -> None:
    told = "The tide draws back another hand and leaves the mud bare. A rope"
    ai.script(Turn(text="The tide draws back another hand and then something else happens."), provider="openai")
    ai.script(Turn(text="creaks."), provider="gemini")
    heard = await hear(router("openai", "gemini"), ask(prefix=told))
    assert heard.text == " creaks."


async def test_words_that_were_shown_before_the_end_are_in_the_error(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=LONG, repeat=True))
    ai.order(Fault("truncate", after=4), Fault("status", times=0))
    shown = ""
    with pytest.raises(NoProvider) as caught:
        async for event in router("openai").stream(ask(), account=Account()):
            shown += event.text if isinstance(event, Text) else ""
    assert caught.value.shown == shown == "One by one the lamps go out "


async def test_an_ask_that_was_handed_on_ends_the_stream_when_it_breaks(ai: AIProviders, router: MakeRouter) -> None:
    # Gemini hands calls on at once; after that the same ask must not come again from someone else.
    ai.script(Turn(text="Lia bends down.", calls=(ToolAsk("check", {"who": "Lia"}), ToolAsk("check", {"who": "Kim"}))))
    ai.order(Fault("half_stream", after=3))
    heard = await hear(router("gemini", "openai"), ask(tools=(CHECK,)))
    assert [call.arguments for call in heard.calls] == [{"who": "Lia"}]
    assert (heard.text.strip(), heard.end.reason, asked(ai)) == ("Lia bends down.", "tool_calls", ["gemini"])


async def test_a_telling_goes_on_at_another_provider_after_a_tool(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text="Lia bends down.", calls=(ToolAsk("check", {"who": "Lia"}),)), provider="gemini")
    made = router("gemini", "mistral")
    first = await hear(made, ask(tools=(CHECK,)))
    ai.order(Fault("status", provider="gemini", times=0))
    ai.script(Turn(text="Lia bends down. The lock gives."), provider="mistral")
    call = next(event.call for event in first.events if isinstance(event, Call))
    turns = (Message("assistant", first.text, (call,)), Message("tool", '{"ok":true}', tool_call_id=call.id))
    prompt = Prompt("narration", (*ask().messages, *turns), tools=(CHECK,))
    assert (await hear(made, prompt)).text == " The lock gives."
