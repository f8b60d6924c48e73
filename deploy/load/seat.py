"""Seat people at tables of a running playground, and write who they are to people.csv for the load plan.

python deploy/load/seat.py http://127.0.0.1:8080 --sessions 400 --people 5
"""  # noqa: INP001 - a script

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any, Final

import aiohttp

HERE: Final = Path(__file__).parent
CHANNELS_MOST: Final = 100
"""Channels in one guild; Discord's own limit is 500."""
AT_ONCE: Final = 8
ACTS: Final = {
    "pt-BR": (
        "Abro a porta devagar e olho para dentro",
        "Procuro pegadas na lama",
        "Pergunto ao barqueiro o que ele viu esta noite",
        "Subo no telhado e observo a rua",
        "Acendo a lanterna e sigo o som",
        "Seguro a corda com força e desço",
        "Escuto atrás da parede",
    ),
    "en-US": (
        "I open the door slowly and look inside",
        "I search the mud for footprints",
        "I ask the ferryman what he saw tonight",
        "I climb onto the roof and watch the street",
        "I light the lantern and follow the sound",
        "I hold on to the rope and climb down",
        "I listen at the wall",
    ),
}


class Playground:
    """The control and person API of a running playground."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post and return the object. Raises RuntimeError with the playground's own words."""
        async with self._turn, self._http.post(self._url + path, json=body) as response:
            answer: dict[str, Any] = await response.json()
        if response.status >= 400 or answer.get("failed"):
            raise RuntimeError(f"{path}: {str(answer)[:300]}")
        return answer

    async def bot(self) -> str:
        """Return the application id of the bot that plays."""
        async with self._http.get(self._url + "/play/state") as response:
            return str((await response.json())["bots"][0]["application_id"])

    async def command(self, person: str, channel: str, name: str, **options: str) -> None:
        """Use a command and wait for its first answer, which must not be a refusal."""
        body = {"person": person, "channel_id": channel, "name": name, "options": options}
        answer = await self.post("/play/command?wait=1", body)
        message = answer.get("message") or {}
        if int(message.get("flags") or 0) & 64:
            raise RuntimeError(f"{name}: {message.get('content', '')[:300]}")


async def seat(
    playground: Playground, guild: str, number: int, size: int, languages: list[str]
) -> list[tuple[str, str, str]]:
    """Open one table, seat its people, and return who acts where in which language."""
    language = languages[number % len(languages)]
    channel = (await playground.post("/control/channels", {"guild_id": guild, "name": f"mesa-{number}"}))["id"]
    people = []
    for place in range(size):
        body = {"name": f"Pessoa {number}-{place}", "locale": language}
        people.append((await playground.post("/control/people", body))["id"])
        await playground.post("/control/members", {"guild_id": guild, "user_id": people[-1]})
    about = {"title": f"Mesa {number}", "language": language, "pause": "0"}
    await playground.command(people[0], channel, "session start", **about)
    for place, person in enumerate(people):
        await playground.command(person, channel, "join", character=f"Iara {place}")
    return [(person, channel, language) for person in people]


async def run(options: argparse.Namespace) -> int:
    """Seat everybody and write the file."""
    async with aiohttp.ClientSession() as http:
        playground = Playground(http, options.url.rstrip("/"))
        bot = await playground.bot()
        guilds: list[str] = []
        for first in range(0, options.sessions, CHANNELS_MOST):
            made = await playground.post(
                "/control/guilds", {"name": f"Carga {first}", "locale": "pt-BR", "bots": [bot]}
            )
            guilds.append(made["id"])
        # The bot hears of its new guilds before anyone speaks in them.
        await asyncio.sleep(2)
        tables = (
            seat(playground, guilds[number // CHANNELS_MOST], number, options.people, options.languages)
            for number in range(options.sessions)
        )
        seated = await asyncio.gather(*tables)
    # One of each table after the other, so that the people of a table act at different times of the minute.
    people = [one for round_ in zip(*seated, strict=True) for one in round_]
    lines = [
        f"{person};{channel};{ACTS[language][number % len(ACTS[language])]}\n"
        for number, (person, channel, language) in enumerate(people)
    ]
    options.out.write_text("".join(lines), encoding="utf-8")
    sys.stdout.write(f"{len(people)} people sit at {options.sessions} tables; {options.out}\n")
    return 0


def main() -> int:
    """Read the command line and seat people."""
    parser = argparse.ArgumentParser(description="Seat people at tables of a running playground.")
    parser.add_argument("url", help="the playground's page address")
    parser.add_argument("--sessions", type=int, default=400)
    parser.add_argument("--people", type=int, default=5, help="at each table")
    parser.add_argument("--languages", nargs="+", choices=sorted(ACTS), default=["pt-BR", "en-US"])
    parser.add_argument("--out", type=Path, default=HERE / "people.csv")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
