"""Bad input: every command, fuzzed. One clear sentence, nothing stored, nobody pinged."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.people import Person, PlayError

from .conftest import House
from .speech import private

NASTY = st.sampled_from(
    [
        "@everyone",
        "@here",
        "<@1> <@&2> <#3>",
        "[x](http://a.b)",
        "```\ncode",
        "`",
        "\\",
        "**" * 100,
        "\u202e",
        "\u200b",
        "🧙🏽‍♀️" * 20,
        "Z͑ͫ̓ͪ̂ͫ̽͏",
        "٣d٦",
        "１ｄ２０",
        "1d0",
        "0d6",
        "-1d6",
        "1d20" + "+1" * 200,
        "(" * 120,
        "9" * 400,
        "1/0",
        "{name}",
        "{0.__class__}",
        "%s%n",
        "'; DROP TABLE log; --",
        "y1.act.1.1..Aaaa",
        "\n\n\n",
        "-# ref 7K2Q",
        "# H",
        "pc1",
        "scene",
        "hp",
    ]
)
TEXT = st.one_of(
    NASTY,
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=200, max_size=600),
)
COMMANDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "act": {"text": TEXT},
    "say": {"text": TEXT},
    "ask": {"question": TEXT},
    "roll": {"dice": TEXT, "label": TEXT},
    "join": {"character": TEXT},
    "session start": {"title": TEXT, "tone": TEXT, "system": TEXT},
    "gm narrate": {"text": TEXT},
    "gm set": {"who": TEXT, "field": TEXT, "value": TEXT},
    "gm roll": {"dice": TEXT},
    "gm undo": {"steps": st.one_of(st.integers(-5, 60), st.integers(-(2**53), 2**53))},
    "map move": {"to": TEXT},
}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest_asyncio.fixture(scope="module")
async def ana(house: House) -> Any:
    """A game master with a character, at a table of her own."""
    guild = house.playground.seeded.guild
    channel = await house.control("channels", guild_id=guild.id, name="fuzz")
    async with await Person.connect(house.playground.page_url, "Ana", channel=channel["id"]) as person:
        await person.command("session start", title="Estrada", lead="gm")
        await person.command("join", character="thief:Lia")
        await person.command("map new", kind="blank")
        yield person


@pytest.mark.parametrize("name", COMMANDS)
def test_no_input_breaks_a_command(house: House, ana: Person, name: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(st.fixed_dictionaries(COMMANDS[name]))
    def run(options: dict[str, Any]) -> None:
        house.bot.loop.run_until_complete(_one(house, ana, name, options))

    run()


async def _one(house: House, person: Person, name: str, options: dict[str, Any]) -> None:
    channel = int(person.channel_id or 0)
    before = (await house.engine.look(channel)).state
    try:
        done = await asyncio.wait_for(person.command(name, **options), 5)
    except PlayError:
        return  # Discord itself would not have sent it
    assert not done.failed
    message = done.message
    assert message is not None
    await house.bot.desk.idle()
    content = message["content"]
    assert len(content) <= 2_000
    assert message["mentions"] == []
    assert message["mention_roles"] == []
    assert message["mention_everyone"] is False
    after = (await house.engine.look(channel)).state
    if content.startswith("⚠"):
        assert private(message)
        assert "Erro nosso" not in content, (options, content)
        sentence, reference = content.splitlines()
        assert len(sentence) <= 142
        assert reference.startswith("-# ref ")
        assert after.seq == before.seq
    else:
        assert after.seq in {before.seq, before.seq + 1}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"x" * 5_000, b"#" * 3_000, "ſ.....\n".encode() * 6, b"@everyone\n" * 8, b"....\n" * 4],
)
def test_no_drawing_breaks_the_map(house: House, ana: Person, content: bytes, tmp_path: Any) -> None:
    drawing = tmp_path / "m.txt"
    drawing.write_bytes(content)

    async def play() -> None:
        before = (await house.engine.look(int(ana.channel_id or 0))).state
        try:
            done = await ana.command("map new", kind="ascii", file=drawing)
        except PlayError:
            return
        assert done.message is not None
        assert done.message["content"].startswith("⚠ ")
        assert "Erro nosso" not in done.message["content"]
        assert (await house.engine.look(int(ana.channel_id or 0))).state.seq == before.seq

    house.bot.loop.run_until_complete(play())


FORM_FIELDS = ("name", "pronoun", "archetype", "line")


def test_no_form_breaks_the_table(house: House, ana: Person) -> None:
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(TEXT, TEXT)
    def run(name: str, line: str) -> None:
        house.bot.loop.run_until_complete(submit(name, line))

    async def submit(name: str, line: str) -> None:
        form = (await ana.command("join")).modal
        try:
            done = await ana.submit(form, name=name, pronoun="she", archetype="sage", line=line)
        except PlayError:
            return
        await house.bot.desk.idle()
        assert done.message is not None
        assert "Erro nosso" not in done.message["content"]
        assert done.message["mentions"] == []

    run()
