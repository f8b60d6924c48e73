"""The load plan's parts: the plan itself, and the figures made of JMeter's results and the processes' metrics."""

import argparse
import asyncio
import importlib
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from aiohttp import web

from bench import report
from bot import metrics
from bot.http import Health
from tests.deploy.promql import ROOT

LOAD = ROOT / "deploy" / "load"
HEAD = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,bytes,Latency\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(LOAD))
    yield importlib.import_module("run")
    for name in ("run", "scrape"):
        sys.modules.pop(name, None)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    health = Health()
    port = await health.serve("127.0.0.1", 0, 0)
    yield f"http://127.0.0.1:{port}/metrics"
    await health.close()


def test_the_plan_lets_each_person_act_once_a_minute_and_wait_for_the_answer() -> None:
    plan = ET.parse(LOAD / "plan.jmx").getroot()  # noqa: S314 - our own file
    texts = {node.get("name"): node.text for node in plan.iter() if node.get("name")}
    body = json.loads(str(texts["Argument.value"]))
    assert body == {
        "person": "${person}",
        "channel_id": "${channel}",
        "name": "act",
        "options": {"text": "${text}"},
    }
    assert str(texts["variableNames"]).split(",") == ["person", "channel", "text"]
    assert texts["HTTPSampler.path"] == "/play/command?wait=1"
    assert texts["throughput"] == "${__P(acts_per_minute,1.0)}"
    given = set(re.findall(r"__P\((\w+)", (LOAD / "plan.jmx").read_text()))
    assert given - {"acts_per_minute"} == set(
        re.findall(r'^        "(\w+)":', (LOAD / "run.py").read_text(), re.MULTILINE)
    )


def test_only_the_steady_minutes_count_and_one_refusal_shows(run: ModuleType, tmp_path: Path) -> None:
    results = tmp_path / "results.csv"
    acts = [(0, 5000, "false"), (60, 10, "true"), (90, 20, "false"), (119, 30, "true"), (150, 9000, "false")]
    results.write_text(
        HEAD + "".join(f"{1_000_000 + at * 1000},{ms},act,200,OK,t,text,{ok},9,{ms}\n" for at, ms, ok in acts)
    )
    options = argparse.Namespace(people=2, ramp=60, minutes=1.0)
    rows = {row.what: row for row in run.rows(run.read(results), options, run.scrape.Change([], []))}
    assert rows["acts a minute"].value == 3
    assert rows["acts failed or refused"].value == pytest.approx(33.333)
    assert rows["acts failed or refused"].met is False
    assert rows["first answer, mean"].value == 20
    assert rows["first answer, mean"].met is True


async def test_the_figures_of_two_readings_are_what_happened_in_between(run: ModuleType, address: str) -> None:
    metrics.NARRATION_SECONDS.labels("told").observe(50)
    before = await _reading(run, address)
    for seconds in (1.0, 3.0):
        metrics.NARRATION_SECONDS.labels("told").observe(seconds)
    metrics.FIRST_WORD_SECONDS.observe(2.5)
    metrics.WAKE_UPS.labels("failed").inc()
    after = await _reading(run, address)
    rows = {row.what: row for row in run.scrape.Change(before, after).rows()}
    assert rows["stories told"].value == 2
    assert rows["whole story, mean"].value == 2000
    assert rows["first word of a story, mean"].value == 2500
    assert rows["first word of a story, mean"].met is False
    assert rows["wake-ups failed"].met is False


async def _reading(run: ModuleType, address: str) -> object:
    return await asyncio.to_thread(run.scrape.read, [address])


def test_the_results_are_written_in_the_form_of_the_benches(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    samples = [run.Sample(float(at), 0.01, ok=True) for at in range(120)]
    options = argparse.Namespace(people=2, ramp=60, minutes=1.0)
    report.write("load", run.rows(samples, options, run.scrape.Change([], [])), "c")
    document = json.loads((tmp_path / "load.json").read_text())
    assert set(document) == {"name", "machine", "command", "rows"}
    assert {"what", "value", "unit", "peer", "ratio", "target", "met"} == set(document["rows"][0])
    assert (tmp_path / "load.md").read_text().count("\n|") > 5


async def test_seating_says_what_the_playground_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(LOAD))
    seat = importlib.import_module("seat")

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"failed": False, "message": {"flags": 64, "content": "No table here."}})

    app = web.Application()
    app.router.add_post("/play/command", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with seat.aiohttp.ClientSession() as http:
        with pytest.raises(RuntimeError, match="No table here"):
            await seat.Playground(http, url).command("1", "2", "join", character="Iara")
    await runner.cleanup()
    sys.modules.pop("seat", None)
