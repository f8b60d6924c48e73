"""The dashboard and what goes to New Relic: only metrics that exist, and the form each asks for."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.deploy.promql import ROOT, known_metrics, metrics_in

DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "yourtale.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES = yaml.safe_load((ROOT / "deploy" / "prometheus" / "rules.yml").read_text())["groups"][0]["rules"]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
COLLECTOR = yaml.safe_load((ROOT / "deploy" / "otel" / "collector.yml").read_text())
NEW_RELIC = json.loads((ROOT / "deploy" / "newrelic" / "alerts.tf.json").read_text())["resource"]
CONDITIONS = NEW_RELIC["newrelic_nrql_alert_condition"]


def test_the_reader_of_promql_finds_every_metric_and_no_nonsense() -> None:
    read = metrics_in(
        'histogram_quantile(0.9, sum by (le) (rate(a_bucket{x="y"}[5m]))) / on() max(b) or -c > vector(1)'
    )
    assert read == {"a_bucket", "b", "c"}
    with pytest.raises(ValueError, match=r"."):
        metrics_in("sum(rate(a[5m])")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_reads_only_metrics_that_exist(panel: dict[str, Any]) -> None:
    assert panel["targets"]
    for target in panel["targets"]:
        read = metrics_in(target["expr"])
        assert read, target["expr"]
        assert read <= known_metrics() | RECORDED


def test_the_dashboard_shows_all_that_the_plan_names() -> None:
    shown = set().union(*(metrics_in(target["expr"]) for panel in PANELS for target in panel["targets"]))
    assert shown >= {
        "yourtale_sessions_active",
        "yourtale_ai_cost_micro_usd_total",
        "yourtale_ai_attempts_total",
        "yourtale_interaction_seconds_bucket",
        "yourtale_narration_first_word_seconds_bucket",
        "yourtale_pending_oldest_seconds",
        "yourtale_event_loop_lag_seconds_bucket",
    }


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_the_annotations_show_our_alarms() -> None:
    assert metrics_in(DASHBOARD["annotations"]["list"][0]["expr"]) == {"ALERTS"}


def test_the_collector_sends_what_new_relic_documents() -> None:
    exporter = COLLECTOR["exporters"]["otlphttp"]
    assert exporter["endpoint"] == "${env:OTLP_ENDPOINT:-https://otlp.nr-data.net}"
    assert exporter["encoding"] == "proto"
    assert exporter["compression"] == "gzip"
    assert exporter["headers"] == {"api-key": "${file:/run/secrets/new_relic_license_key}"}
    pipeline = COLLECTOR["service"]["pipelines"]["metrics"]
    assert pipeline["processors"][0] == "memory_limiter"
    # Delta is computed before batching, on whole series.
    assert pipeline["processors"].index("cumulativetodelta") < pipeline["processors"].index("batch")
    for kind in ("receivers", "processors", "exporters"):
        assert set(pipeline[kind]) == set(COLLECTOR[kind]), kind


def test_the_collector_and_prometheus_find_the_roles_in_the_same_way() -> None:
    prometheus = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"][0]
    collector = COLLECTOR["receivers"]["prometheus"]["config"]["scrape_configs"][0]
    for place in ("job_name", "relabel_configs"):
        assert collector[place] == prometheus[place]
    assert collector["dns_sd_configs"][0]["names"] == prometheus["dns_sd_configs"][0]["names"]
    assert collector["dns_sd_configs"][0]["port"] == prometheus["dns_sd_configs"][0]["port"]


def test_the_collector_lets_all_that_the_conditions_read_through() -> None:
    (dropped,) = COLLECTOR["processors"]["filter/ours"]["metrics"]["metric"]
    match = re.fullmatch(r'not IsMatch\(name, "(.*)"\)', dropped)
    assert match
    for condition in CONDITIONS.values():
        for name in re.findall(r"\b(?:yourtale|process)_\w+", condition["nrql"][0]["query"]):
            assert re.search(match[1], name)


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS.keys())
def test_a_new_relic_condition_reads_metrics_that_exist_over_five_minutes(condition: dict[str, Any]) -> None:
    names = re.findall(r"\b(?:yourtale|process)_\w+", condition["nrql"][0]["query"])
    assert names
    for name in names:
        assert known_metrics() & {name, f"{name}_bucket"}
    assert condition["aggregation_window"] == 300
    assert condition["name"] in (ROOT / condition["runbook_url"]).read_text()


def test_new_relic_and_prometheus_know_the_same_alarms() -> None:
    ours = {rule["alert"] for rule in RULES if "alert" in rule} - {"YourTaleNotMeasured"}
    assert {condition["name"] for condition in CONDITIONS.values()} == ours
