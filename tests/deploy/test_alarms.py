"""The alarms: proved by promtool, complete, and about metrics that we really have."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.promql import ROOT, known_metrics, metrics_in

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "rules.yml").read_text())["groups"][0]["rules"]


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool") or shutil.which("promtool", path=str(ROOT / ".venv" / "bin"))
    if found is None:
        pytest.fail("promtool is missing: `make test` brings it, or install the package `prometheus`.")
    return found


def run(promtool: str, *words: str) -> str:
    done = subprocess.run([promtool, *words], capture_output=True, text=True, timeout=60, check=False, cwd=PROMETHEUS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_alarms_fire_and_stay_silent_as_their_cases_say(promtool: str) -> None:
    assert "SUCCESS" in run(promtool, "test", "rules", "rules.test.yml")


def test_prometheus_takes_its_configuration_and_rules(promtool: str) -> None:
    told = run(promtool, "check", "config", "prometheus.yml")
    assert f"{len(RULES)} rules found" in told


def test_a_changed_threshold_fails_the_cases(promtool: str, tmp_path: Path) -> None:
    for name in ("rules.yml", "rules.test.yml"):
        text = (PROMETHEUS / name).read_text()
        (tmp_path / name).write_text(text.replace("mean5m > 2\n", "mean5m > 20\n"))
    done = subprocess.run([promtool, "test", "rules", tmp_path / "rules.test.yml"], capture_output=True, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("alarm", [rule for rule in RULES if "alert" in rule], ids=lambda rule: rule["alert"])
def test_an_alarm_says_how_grave_it_is_what_happens_and_what_to_do(alarm: dict[str, Any]) -> None:
    assert alarm["labels"]["severity"] in {"page", "ticket"}
    assert alarm["annotations"]["summary"]
    runbook = ROOT / alarm["annotations"]["runbook_url"]
    assert alarm["alert"] in runbook.read_text()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_reads_only_metrics_that_exist(rule: dict[str, Any]) -> None:
    recorded = {other["record"] for other in RULES if "record" in other}
    assert metrics_in(rule["expr"]) <= known_metrics() | recorded
