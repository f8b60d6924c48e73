"""The world of a stand-alone playground: what a fresh one begins with."""

from dataclasses import dataclass

from playground.world.application import Application
from playground.world.model import TEXT, Channel, Guild, User
from playground.world.world import World

CHANNELS = ("taverna", "mesa-1", "mesa-2", "tavern")
PEOPLE = (("Ana", "pt-BR"), ("Lia", "pt-BR"), ("Caio", "pt-BR"), ("Bia", "en-US"))


@dataclass(frozen=True, slots=True)
class Seed:
    """What the seed made: the guild and its first bot."""

    guild: Guild
    bot: Application


def seed(world: World, *, token: str | None, bots: int = 1, intents: int = 0, max_concurrency: int = 1) -> Seed:
    """Make what is missing: people, a guild with channels, `bots` bots in it, of which one has the given token."""
    people = [user for user in world.users.values() if not user.bot] or [
        world.add_person(name, locale) for name, locale in PEOPLE
    ]
    guild = next(iter(world.guilds.values()), None) or _guild(world, people)
    number = len(world.applications)
    known = token is None or token in world.by_token
    for place in range(number, max(bots, number + (not known), 1)):
        bot = world.add_bot(
            "YourTale" if place == 0 else f"YourTale {place + 1}",
            people[0],
            token=token if place == number and not known else None,
            intents=intents,
            max_concurrency=max_concurrency,
        )
        world.install(bot, guild)
    first = next(iter(world.applications.values()))
    return Seed(guild, world.by_token.get(token or "", first))


def _guild(world: World, people: list[User]) -> Guild:
    guild = world.add_guild("YourTale", people[0], "pt-BR")
    for name in CHANNELS:
        world.add_channel(guild, Channel(world.snowflakes.next(), TEXT, name))
    for person in people[1:]:
        world.add_member(guild, person, [])
    return guild
