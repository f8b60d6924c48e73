"""The metrics that a PromQL expression reads, and those that our processes show."""

import re
from functools import cache
from pathlib import Path

import promql_parser
from prometheus_client import REGISTRY, generate_latest

from bot import metrics

ROOT = Path(__file__).parents[2]
_OF_PROMETHEUS = {"up", "ALERTS", "process_cpu_seconds_total", "process_resident_memory_bytes"}
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


@cache
def known_metrics() -> frozenset[str]:
    """Every series name of bot/metrics.py, and Prometheus' own."""
    assert metrics.INTERACTIONS is not None
    found = set(_OF_PROMETHEUS)
    for line in generate_latest(REGISTRY).decode().splitlines():
        match = re.fullmatch(r"# TYPE (yourtale_\w+) (\w+)", line)
        if match:
            found |= {match[1].removesuffix("_total") + suffix for suffix in _SUFFIXES[match[2]]}
    return frozenset(found)


def metrics_in(expression: str) -> set[str]:
    """Names of the series that an expression reads. Raises ValueError when it is no PromQL."""
    found: set[str] = set()
    _walk(promql_parser.parse(expression.replace("$__rate_interval", "5m")), found)
    return found


def _walk(node: object, found: set[str]) -> None:
    name = getattr(node, "name", None)
    if type(node).__name__ == "VectorSelector" and isinstance(name, str):
        found.add(name)
    for part in ("expr", "lhs", "rhs", "vector_selector", "param", "args"):
        inner = getattr(node, part, None)
        for one in inner if isinstance(inner, list) else [inner]:
            if one is not None:
                _walk(one, found)
