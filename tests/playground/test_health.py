"""What the playground says about itself."""

import aiohttp

from playground.people import Person
from playground.server import Playground


async def test_health_readiness_and_figures_are_served(server: Playground, lia: Person) -> None:
    await lia.say("olá")
    async with aiohttp.ClientSession(server.page_url) as http:
        async with http.get("/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
        async with http.get("/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "checks": {"world": True}})
        async with http.get("/metrics") as answer:
            lines = (await answer.text()).splitlines()
    figures = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(figures["yourtale_playground_messages"]) == 1
    assert float(figures["yourtale_playground_guilds"]) == 1
    assert float(figures["yourtale_playground_people"]) == 4
    assert float(figures["yourtale_playground_event_streams"]) == 1
    assert float(figures["process_cpu_seconds_total"]) > 0
