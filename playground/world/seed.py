"""The world of a fresh stand-alone playground."""

from dataclasses import dataclass

from playground.world.application import Application
from playground.world.model import TEXT, Channel, Guild
from playground.world.world import World

CHANNELS = ("taverna", "mesa-1", "mesa-2", "tavern")
PEOPLE = (("Ana", "pt-BR"), ("Lia", "pt-BR"), ("Caio", "pt-BR"), ("Bia", "en-US"))


@dataclass(frozen=True, slots=True)
class Seed:
    """What the seed made: the guild and its first bot."""

    guild: Guild
    bot: Application


def seed(world: World, *, token: str | None, bots: int = 1, intents: int = 0, max_concurrency: int = 1) -> Seed:
    """Fill an empty world: one guild, four channels, four people, `bots` bots; the first has the given token."""
    people = [world.add_person(name, locale) for name, locale in PEOPLE]
    guild = world.add_guild("YourTale", people[0], "pt-BR")
    for name in CHANNELS:
        world.add_channel(guild, Channel(world.snowflakes.next(), TEXT, name))
    for person in people[1:]:
        world.add_member(guild, person, [])
    made = [
        world.add_bot(
            "YourTale" if number == 0 else f"YourTale {number + 1}",
            people[0],
            token=token if number == 0 else None,
            intents=intents,
            max_concurrency=max_concurrency,
        )
        for number in range(max(1, bots))
    ]
    for bot in made:
        world.install(bot, guild)
    return Seed(guild, made[0])
